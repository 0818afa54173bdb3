"""What the tasks of a generated pipeline call.

This module is imported whenever a DAG file is parsed: everything heavy is imported where it is used.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.pipeline.arguments import RunArguments

log = logging.getLogger(__name__)
SECTION = "onboarding"
EXTRACT_SCRIPTS = "scripts/extract/"
_FINDINGS_IN_NOTE = 5
MASKING_KEY_CONNECTION = "onboarding_masking_key"
_UNUSUAL_IN_ALERT = 5
Callback = Callable[[Mapping[str, Any]], None]


def run_step(*, workload: str, version: str, dag_file: str, scripts: list[str], **context: Any) -> dict[str, Any]:
    """Run scripts of a deployed workload, one after the other: the callable of a pipeline's tasks.

    :param version: the directory beside the DAG file, named after the digest of its manifest.
    :param dag_file: ``__file__`` of the DAG file.
    :param scripts: paths below that directory.
    :param context: Airflow's context.
    :returns: script -> its counts, without the lists of rules and columns; small enough for XCom.
    :raises AirflowFailException: a failed gate, a bad source, a changed workload: nothing a retry can cure.
    :raises AirflowSkipException: there is nothing new to load; the run gets a note that says so.
    """
    from shared.operators.pipeline_notes import note_run
    from shared.pipeline.errors import NothingNewError

    folder = Path(dag_file).parent / version
    with final_errors():
        try:
            return _run_step(workload, version, folder, scripts, context)
        except NothingNewError as error:
            note_run(context, f"skipped: {error.what} {error.where}")
            raise


def _run_step(
    workload: str, version: str, folder: Path, scripts: list[str], context: Mapping[str, Any]
) -> dict[str, Any]:
    from shared.pipeline.errors import QualityGateFailed
    from shared.pipeline.workload import verify_when_settled

    verify_when_settled(folder, version=version)
    arguments = _arguments(folder, context)
    connection_id = _option("aws_conn_id", "aws_default")
    try:
        summaries = {}
        if scripts[0].startswith(EXTRACT_SCRIPTS):
            with aws_access(connection_id):
                summaries = _instead_of_extract(workload, folder, arguments, context["dag_run"])
        summaries = summaries or _run(folder, scripts, arguments, connection_id)
    except QualityGateFailed:
        _note_drift(workload, arguments, context, connection_id)
        _verdict_to_catalog(workload, arguments, connection_id)
        raise
    if scripts[0].startswith(EXTRACT_SCRIPTS):
        _note_drift(workload, arguments, context, connection_id)
    _describe_outlets(workload, version, arguments, context, connection_id)
    return summaries


def _instead_of_extract(workload: str, folder: Path, arguments: RunArguments, run: Any) -> dict[str, Any]:
    """A replay, or an erasure with a replay after it, when the run's conf asks for one; else nothing."""
    from shared.operators import pipeline_erasure, pipeline_replay

    person = pipeline_erasure.person_of(run.conf)
    if person is not None:
        erased = pipeline_erasure.erase_person(workload, folder, arguments, person, run.run_id)
        replayed = pipeline_replay.replay(workload, arguments)
        return {pipeline_erasure.CONF_KEY: erased, pipeline_replay.CONF_KEY: replayed}
    if pipeline_replay.is_asked_for(run.conf):
        return {pipeline_replay.CONF_KEY: pipeline_replay.replay(workload, arguments)}
    return {}


def run_scripts(
    folder: Path,
    scripts: list[str],
    *,
    run_date: str,
    load_id: str,
    engine: str,
    lake_uri: str,
    aws_conn_id: str,
) -> dict[str, dict[str, Any]]:
    """Run scripts of a workload directory outside a deployed pipeline, for example for a dry run.

    :param load_id: begins with ``run_date``.
    :param aws_conn_id: Airflow connection for S3 and other services; empty: boto3's own credentials.
    :returns: script -> its summary.
    :raises DataOnboardingError: as the scripts do.
    """
    from shared.pipeline.arguments import RunArguments
    from shared.pipeline.storage import file_uri

    arguments = RunArguments(file_uri(folder), run_date, load_id, engine, without_connection(lake_uri))
    return _run(folder, scripts, arguments, aws_conn_id)


def update_catalog(*, workload: str, version: str, dag_file: str, **context: Any) -> list[str]:
    """Write tables, scores and lineage of this run to the Glue Data Catalog, and remove what must go.

    That is what was kept long enough, and versions of tables from before a person was erased.

    :returns: the tables that were written, ``<database>.<table>``.
    """
    from shared.operators.pipeline_catalog import expire, write_catalog
    from shared.pipeline.erasure import finish
    from shared.pipeline.workload import verify_when_settled
    from shared.pipeline.zones import Lake

    folder = Path(dag_file).parent / version
    with final_errors():
        verify_when_settled(folder, version=version)
        arguments = _arguments(folder, context)
        with aws_access(_option("aws_conn_id", "aws_default")):
            written = write_catalog(workload, version, folder, arguments, _catalog_prefix())
            finish(Lake(arguments.lake_uri, workload))
            removed = expire(workload, folder, arguments, _catalog_prefix())
            if any(removed.values()):
                log.info("Kept long enough and removed: %s", removed)
            return written


def completion_summary(*, workload: str, version: str, dag_file: str, **context: Any) -> dict[str, Any]:
    """The counts and scores of this run, for the completion alert and for XCom."""
    folder = Path(dag_file).parent / version
    arguments = _arguments(folder, context)
    with aws_access(_option("aws_conn_id", "aws_default")):
        return {"workload": workload, "version": version, **_totals(workload, arguments)}


def completion_callback() -> Callback:
    """A success callback that tells the topic what was published; without a topic it does nothing."""
    return _tell_completion


def failure_callback() -> Callback:
    """A failure callback that tells the topic what failed and what to do; without a topic it does nothing."""
    return _tell_failure


def deadline_missed(*positional: Any, **given: Any) -> None:
    """Callback of a pipeline's deadline; called with ``workload`` and ``version``."""
    from shared.hooks.notifications import send

    workload = given.get("workload", "a pipeline")
    send(
        f"{workload}: deadline missed",
        f"The pipeline {workload} has not finished before its deadline.\n"
        "What to do: look at its running task in Airflow; the last good version of Gold stays published.",
    )


def load_id_of(dag_id: str, run_id: str, run_after: datetime | str, timezone: str) -> str:
    """The id of the load that a DAG run makes: its date, and a digest that no other run shares.

    :param run_after: of the DAG run, with its offset.
    :param timezone: of the schedule (``config/schedule.yaml``).
    """
    digest = hashlib.sha256(f"{dag_id}|{run_id}".encode()).hexdigest()
    return f"{run_date_of(run_after, timezone)}-{digest[:8]}"


def run_date_of(run_after: datetime | str, timezone: str) -> str:
    """The date of a run: ``run_after`` in the schedule's time zone, ``YYYY-MM-DD``."""
    from zoneinfo import ZoneInfo

    moment = run_after
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()


def without_connection(uri: str) -> str:
    """A lake URI without the connection that ``ObjectStoragePath`` takes in it (``s3://aws_default@bucket``)."""
    scheme, separator, rest = uri.partition("://")
    bucket, slash, key = rest.partition("/")
    return f"{scheme}{separator}{bucket.rpartition('@')[2]}{slash}{key}"


@contextmanager
def aws_access(aws_conn_id: str) -> Iterator[None]:
    """Within it, the data plane's AWS clients, databases and masking key come from Airflow's connections."""
    from shared.hooks.databases import open_database
    from shared.pipeline import database, secrets, storage

    if aws_conn_id:
        storage.set_client_factory(_client_factory(aws_conn_id))
    secrets.set_key_provider(_masking_key)
    database.set_connector(open_database)
    try:
        yield
    finally:
        storage.set_client_factory(None)
        secrets.set_key_provider(None)
        database.set_connector(None)


def _client_factory(aws_conn_id: str) -> Callable[[str], Any]:
    def make(service: str) -> Any:
        from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

        return AwsBaseHook(aws_conn_id=aws_conn_id, client_type=service).get_conn()

    return make


def _masking_key(workload: str) -> str:
    """The password of the connection ``onboarding_masking_key``; without it, AWS Secrets Manager's secret."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from shared.pipeline.secrets import key_from_secrets_manager

    try:
        return BaseHook.get_connection(MASKING_KEY_CONNECTION).password or ""
    except AirflowNotFoundException:
        return key_from_secrets_manager(workload)


def _run(folder: Path, scripts: list[str], arguments: RunArguments, aws_conn_id: str) -> dict[str, dict[str, Any]]:
    with aws_access(aws_conn_id):
        return {script: _small(_main_of(folder, script)(arguments.as_argv())) for script in scripts}


def _main_of(folder: Path, script: str) -> Callable[[list[str]], dict[str, Any]]:
    """``main`` of a script, loaded by its path under a name that nothing else has."""
    from importlib.util import module_from_spec, spec_from_file_location

    path = folder / script
    name = f"onboarded_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        from shared.pipeline.errors import WorkloadChangedError

        raise WorkloadChangedError(
            "A script of the workload is missing.", where=str(path), remedy="Deploy the workload again."
        )
    module = module_from_spec(spec)
    # Compiled files beside the scripts would not be in the manifest.
    import sys

    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    main: Callable[[list[str]], dict[str, Any]] = module.main
    return main


def _arguments(folder: Path, context: Mapping[str, Any]) -> RunArguments:
    from shared.pipeline.arguments import RunArguments
    from shared.pipeline.storage import file_uri

    run = context["dag_run"]
    timezone = str(_config(folder, "schedule").get("timezone") or "UTC")
    return RunArguments(
        workload_uri=file_uri(folder),
        run_date=run_date_of(run.run_after, timezone),
        load_id=load_id_of(run.dag_id, run.run_id, run.run_after, timezone),
        engine=str(_config(folder, "deployment").get("engine") or "local"),
        lake_uri=without_connection(_option("lake_uri", "")),
    )


def _config(folder: Path, name: str) -> dict[str, Any]:
    import yaml

    path = folder / "config" / f"{name}.yaml"
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}


def _option(name: str, default: str) -> str:
    from airflow.sdk.configuration import conf

    return str(conf.get(SECTION, name, fallback=default))


def _catalog_prefix() -> str:
    return _option("glue_database_prefix", "onboarding_")


@contextmanager
def final_errors() -> Iterator[None]:
    """What names its cause and its remedy is final, unless it may pass; everything else is tried again."""
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    from shared.pipeline.errors import DataOnboardingError, NothingNewError

    try:
        yield
    except NothingNewError as error:
        raise AirflowSkipException(error.text()) from error
    except DataOnboardingError as error:
        if error.transient:
            raise
        raise AirflowFailException(error.text()) from error


def _small(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A summary without what grows with the columns; the state in the lake has all of it."""
    kept = {key: value for key, value in summary.items() if key not in ("rules", "columns", "baseline")}
    return {key: _small(value) if isinstance(value, Mapping) else value for key, value in kept.items()}


def _note_drift(workload: str, arguments: RunArguments, context: Mapping[str, Any], aws_conn_id: str) -> None:
    """Tell the run how its delivery differs from what was onboarded, worst first; nothing when it does not."""
    from shared.operators.pipeline_notes import note_run
    from shared.pipeline import schema_drift
    from shared.pipeline.zones import Lake

    with aws_access(aws_conn_id):
        found = schema_drift.read_report(Lake(arguments.lake_uri, workload), arguments.load_id)
    if not found:
        return
    found.sort(key=lambda finding: (-finding.rows, finding.column))
    more = [f"and {len(found) - _FINDINGS_IN_NOTE} more"] if len(found) > _FINDINGS_IN_NOTE else []
    lines = [finding.text() for finding in found[:_FINDINGS_IN_NOTE]]
    note_run(context, "\n".join(["schema drift:", *lines, *more, f"To accept it: {schema_drift.HOW_TO_ACCEPT}."]))


def _describe_outlets(
    workload: str, version: str, arguments: RunArguments, context: Mapping[str, Any], aws_conn_id: str
) -> None:
    """Give the asset events of the task date, rows, score and workload version."""
    outlets = getattr(context.get("task"), "outlets", None) or []
    events = context.get("outlet_events")
    if not outlets or events is None:
        return
    with aws_access(aws_conn_id):
        for outlet in outlets:
            events[outlet].extra.update(outlet_extra(workload, version, arguments, outlet.name))


def outlet_extra(workload: str, version: str, arguments: RunArguments, asset_name: str) -> dict[str, Any]:
    """What an asset event tells.

    :param asset_name: ``<workload>.<zone>`` or ``<workload>.<zone>.<table>``.
    :returns: ``run_date``, ``load_id``, ``workload_version``, ``rows`` and, where a gate judged it, ``score``.
    """
    from shared.pipeline import state
    from shared.pipeline.zones import Lake

    lake = Lake(arguments.lake_uri, workload)
    zone, _, table = asset_name.removeprefix(f"{workload}.").partition(".")
    step = "extract" if zone == "bronze" else f"check_{zone}"
    summary = state.read_summary(lake, arguments.load_id, step) or {}
    if zone == "bronze" and not summary:
        summary = state.read_summary(lake, arguments.load_id, "replay") or {}
    rows: Any = summary.get("bronze" if zone == "bronze" else "published")
    if zone == "gold":
        published = summary.get("published_tables", {})
        rows = published.get(table) if table else sum(published.values())
    extra = {
        "run_date": arguments.run_date,
        "load_id": arguments.load_id,
        "workload_version": version,
        "rows": rows,
    }
    return extra if zone == "bronze" else {**extra, "score": summary.get("score")}


def _verdict_to_catalog(workload: str, arguments: RunArguments, aws_conn_id: str) -> None:
    """Record a failed gate on the tables as they are; the gate's error matters more than an error here."""
    from botocore.exceptions import BotoCoreError, ClientError

    from shared.operators.pipeline_catalog import write_verdict

    try:
        with aws_access(aws_conn_id):
            write_verdict(workload, arguments, _catalog_prefix())
    except (BotoCoreError, ClientError):
        log.exception("The verdict could not be written to the catalog; it is in the quality history.")


def _totals(workload: str, arguments: RunArguments) -> dict[str, Any]:
    from shared.pipeline import schema_drift, state
    from shared.pipeline.baselines import unusual_texts
    from shared.pipeline.zones import Lake

    lake = Lake(arguments.lake_uri, workload)
    drift = schema_drift.read_report(lake, arguments.load_id)
    steps = {
        name: state.read_summary(lake, arguments.load_id, name) or {}
        for name in ("extract", "replay", "transform_silver", "check_silver", "check_gold")
    }
    return {
        "run_date": arguments.run_date,
        "load_id": arguments.load_id,
        "source": steps["extract"].get("source"),
        "bronze": steps["extract"].get("bronze", steps["replay"].get("bronze")),
        **({"replayed": len(steps["replay"]["replayed"])} if steps["replay"] else {}),
        **({"schema_drift": len(drift)} if drift else {}),
        "duplicates": steps["transform_silver"].get("duplicates"),
        "silver": steps["check_silver"].get("published"),
        "quarantined": sum(steps[name].get("quarantined", 0) for name in ("check_silver", "check_gold")),
        "gold": steps["check_gold"].get("published_tables", {}),
        "silver_score": steps["check_silver"].get("score"),
        "gold_score": steps["check_gold"].get("score"),
        "unusual": [
            text
            for verdict in steps["check_silver"].get("tables", {}).values()
            for text in unusual_texts(verdict, _UNUSUAL_IN_ALERT)
        ],
    }


def _tell_completion(context: Mapping[str, Any]) -> None:
    from shared.hooks.notifications import send

    instance = context["ti"]
    totals = instance.xcom_pull(task_ids=instance.task_id) or {}
    lines = [f"{name}: {value}" for name, value in totals.items() if name != "unusual"]
    lines += [f"unusual: {text}" for text in totals.get("unusual", [])]
    send(f"{instance.dag_id}: published", "\n".join([f"The pipeline {instance.dag_id} has finished.", *lines]))


def _tell_failure(context: Mapping[str, Any]) -> None:
    from shared.hooks.notifications import send

    instance = context["ti"]
    error = context.get("exception")
    lines = [
        f"Task {instance.task_id} of the pipeline {instance.dag_id} failed in run {instance.run_id}.",
        str(error) if error else "The task's log has the reason.",
        "The last good version of every table stays published.",
    ]
    send(f"{instance.dag_id}: {instance.task_id} failed", "\n".join(lines))
