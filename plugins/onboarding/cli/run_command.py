"""``onboard run`` and ``onboard demo``: trigger, answer or leave, run the pipeline once, report."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onboarding.cli import report as reports
from onboarding.cli.airflow_client import META_DAG, REQUESTER, REVIEWER, AirflowClient, WaitingGate
from onboarding.cli.console import is_interactive, progress, say
from onboarding.cli.follow import Reply, approving_answer, follow_meta_run, phases_of, wait_for_run
from onboarding.cli.platform_access import point_at
from onboarding.cli.terminal_answer import ask_in_terminal
from onboarding.local_platform import PlatformInfo, up
from onboarding.spec.conf import Conf, Intent, Mode
from onboarding.spec.names import workload_name
from onboarding.spec.parse import ConfError, parse_conf
from onboarding.spec.report import ANSWERED, PhaseReport, RunReport
from onboarding.spec.settings import load_settings
from onboarding.workspace.chain import CONTINUED, chain_run_id, handover_entry
from onboarding.workspace.deployed import dag_file_key, find_deployed, version_key
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store, canonical_json
from shared.operators.pipeline_steps import load_id_of
from shared.pipeline.errors import SourceError

META_TIMEOUT_SECONDS = 3600.0
PIPELINE_TIMEOUT_SECONDS = 3600.0


@dataclass(frozen=True)
class RunRequest:
    """What ``onboard run`` was asked for.

    :ivar conf: the conf as it was written (nested or dotted).
    :ivar conf_name: file name of the conf for error messages.
    :ivar approve: ``auto`` answers the three approvals with the approving choice; ``ask`` leaves them.
    """

    home: Path
    conf: dict[str, Any]
    conf_name: str
    data: Path | None
    approve: str
    engine: str | None
    json_path: Path | None
    out: Path | None


def run(request: RunRequest) -> int:
    """Run one onboarding; returns the exit code of the outcome."""
    started = time.monotonic()
    conf = prepared_conf(request)
    platform = open_platform(request.home)
    settings = load_settings()
    raw = dict(request.conf)
    if request.engine:
        raw["deployment.engine"] = request.engine
    if request.data is not None:
        raw["source.location"] = upload(request.data, settings.landing_uri, conf)
    if request.approve == "auto" and conf.intent is None and (request.data or conf.source.location):
        # Nobody is there who could say whether an earlier, unfinished onboarding shall be completed.
        raw["intent"] = Intent.ONBOARD.value
    report = _onboard(request, platform, raw)
    report.seconds = round(time.monotonic() - started, 1)
    if request.out is not None:
        keep_files(report, request.out)
    if request.json_path is not None:
        write_report(report, request.json_path)
    say(reports.text_report(report, platform.api_url))
    return report.exit_code


def prepared_conf(request: RunRequest) -> Conf:
    """The conf, checked before anything is started.

    :raises ConfError: also when neither ``--data`` nor the conf names a source.
    :raises SourceError: ``--data`` names nothing.
    """
    conf = parse_conf(request.conf, where=request.conf_name)
    names_something = conf.workload or conf.request or conf.question or conf.mode is Mode.INTERACTIVE
    if request.data is None and conf.source.location is None and not names_something:
        raise ConfError(
            "there is no source",
            where=f"{request.conf_name}: source.location",
            expected="a source.location in the conf, or --data FILE_OR_DIR; or what names a workload that is there",
            given="none of them",
            remedy="for example `onboard run --data orders.csv`",
        )
    if request.data is not None:
        if not request.data.exists():
            raise SourceError(
                "the data to onboard does not exist",
                where=f"--data {request.data}",
                expected="a file or a folder",
                given="nothing there",
                remedy="check the path",
            )
        if conf.source.location is not None:
            raise ConfError(
                "the source is given twice",
                where=f"{request.conf_name}: source.location",
                expected="--data or source.location",
                given="both",
                remedy="leave one of them out",
            )
    if request.engine:
        parse_conf({**request.conf, "deployment.engine": request.engine}, where="--engine")
    return conf


def open_platform(home: Path) -> PlatformInfo:
    """The running platform (started if needed), with this process's settings pointing at it."""
    platform = up(home, progress=progress)
    point_at(platform)
    return platform


def upload(data: Path, landing_uri: str, conf: Conf) -> str:
    """Copy a file or folder into the landing zone; returns its URI there.

    The folder's name is the workload's; the same data uploaded again lands in the same place.
    """
    name = conf.workload or workload_name(data.resolve().as_uri())
    landing = Store(landing_uri)
    files = [data] if data.is_file() else sorted(path for path in data.rglob("*") if path.is_file())
    root = data.parent if data.is_file() else data
    for path in files:
        _upload_file(path, landing, f"{name}/{path.relative_to(root).as_posix()}")
    progress(f"uploaded {len(files)} file(s) to {landing.uri_of(name)}")
    return landing.uri_of(f"{name}/{data.name}" if data.is_file() else f"{name}/")


def _upload_file(path: Path, landing: Store, key: str) -> None:
    target = reports.local_path(landing.uri_of(key))
    if "://" in target:
        landing.write(key, path.read_bytes())
        return
    destination = Path(target)
    destination.parent.mkdir(parents=True, exist_ok=True)
    partial = destination.with_name(f"{destination.name}.partial-upload")
    shutil.copyfile(path, partial)
    partial.replace(destination)


def new_run_id(location: str) -> str:
    """Run id of a meta run: when, and for which source."""
    now = datetime.now(tz=UTC)
    return f"onboard__{now:%Y%m%dT%H%M%S}__{hashlib.sha256(f'{location}{now}'.encode()).hexdigest()[:6]}"


def _onboard(request: RunRequest, platform: PlatformInfo, raw: dict[str, Any]) -> RunReport:
    requester, reviewer = AirflowClient(platform, REQUESTER), AirflowClient(platform, REVIEWER)
    run_id = new_run_id(str(raw))
    requester.trigger(META_DAG, run_id, raw)
    progress(f"triggered {META_DAG} as {REQUESTER}: {platform.api_url}/dags/{META_DAG}/runs/{run_id}")
    workspace = Store(load_settings().workspace_uri)
    chain = [run_id]
    while True:
        state = follow_meta_run(
            requester,
            reviewer,
            chain[-1],
            answer=_answerer(request.approve),
            progress=progress,
            timeout_seconds=META_TIMEOUT_SECONDS,
        )
        following = _following(workspace, chain) if state == "success" else []
        if not following:
            break
        progress(f"handed on to {following[-1]}")
        chain = following
    report = reports.onboarding_report(requester, workspace, chain)
    if state == "waiting":
        report.status = "waiting"
        gates = reviewer.waiting_gates(chain[-1])
        report.reason = "; ".join(f"{gate.gate} waits for a person: {gate.url}" for gate in gates)
        return report
    if state != "success":
        report.status, report.reason = "failed", _fault(workspace, chain[0], state)
        return report
    outcome = RunRecord(workspace, chain[0]).read("outcome") or {}
    if outcome.get("status") != "deployed":
        ended = outcome.get("status", "failed")
        report.status = "succeeded" if ended == ANSWERED else ended
        report.reason = str(outcome.get("reason", "no outcome"))
        return report
    deployment = RunRecord(workspace, chain[0]).read("deployment") or {}
    return _run_pipeline(requester, report, str(deployment.get("timezone", "UTC")))


def _following(workspace: Store, chain: list[str]) -> list[str]:
    """The chain with the run that its last one was handed on to; empty when it was not.

    That run may be the next of an earlier onboarding: then it is the chain of that one.
    """
    record = RunRecord(workspace, chain[0])
    outcome = record.read("outcome") or {}
    if outcome.get("run_id") != chain[-1] or outcome.get("status") != "superseded":
        return []
    other = record.read(CONTINUED)
    if other is not None:
        return [chain_run_id(other["root_run_id"], number) for number in range(1, other["iteration"] + 1)]
    return [*chain, str((record.read(handover_entry(len(chain) + 1)) or {})["run_id"])]


def _answerer(approve: str) -> Callable[[WaitingGate], Reply | None]:
    if approve == "auto":
        return approving_answer
    return ask_in_terminal if is_interactive() else _leave


def _leave(gate: WaitingGate) -> Reply | None:
    return None


def _fault(workspace: Store, run_id: str, state: str) -> str:
    entries = RunRecord(workspace, run_id).entries()
    failed = entries.get("outcome", {}).get("failed_tasks")
    errors = [
        entry
        for name, entry in entries.items()
        if name.startswith("error-") and (failed is None or entry["task"] in failed)
    ]
    if errors:
        first = errors[0]
        parts = (("where", "where"), ("expected", "expected"), ("given", "given"), ("remedy", "what to do"))
        details = "; ".join(f"{label}: {first[key]}" for key, label in parts if first.get(key))
        return f"{first['task']}: {first['what']}; {details}"
    outcome = entries.get("outcome", {})
    return str(outcome.get("reason") or f"the meta run ended as {state}")


def _run_pipeline(client: AirflowClient, report: RunReport, timezone: str) -> RunReport:
    dag_id, run_id = report.workload, f"first__{report.run_ids[0]}"
    report.dag_id = dag_id
    dag = client.api.dag(dag_id) or {}
    if dag.get("is_paused"):
        report.status, report.dag_run_state = "succeeded_with_gaps", "not run"
        report.gaps.append("the pipeline was deployed paused, as the conf asks, and has not run")
        return report
    progress(f"running the deployed pipeline {dag_id} once")
    client.trigger(dag_id, run_id, {})
    state = wait_for_run(client, dag_id, run_id, progress=progress, timeout_seconds=PIPELINE_TIMEOUT_SECONDS)
    report.dag_run_state = state
    report.run_ids.append(run_id)
    seconds = sum(phase["seconds"] for phase in phases_of(client.tasks(dag_id, run_id)))
    report.phases.append(PhaseReport(phase="pipeline", status=state, seconds=round(seconds, 1)))
    settings = load_settings()
    lake = Store(settings.lake_uri)
    load_id = load_id_of(dag_id, run_id, client.run(dag_id, run_id)["run_after"], timezone)
    report.rows, report.quality = reports.pipeline_numbers(lake, dag_id, load_id)
    if report.rows.gold:
        report.gold_dir = reports.local_path(lake.uri_of(f"gold/{dag_id}"))
    _judge(report, state)
    return report


def _judge(report: RunReport, state: str) -> None:
    gates = (("silver", report.quality.silver), ("gold", report.quality.gold))
    stopped = [zone for zone, gate in gates if gate.score is not None and not gate.passed]
    if state == "success" and not stopped:
        report.status = "succeeded_with_gaps" if report.gaps else "succeeded"
    elif stopped:
        report.status = "blocked"
        report.reason = f"the pipeline's own {stopped[0]} quality gate did not pass; nothing was published"
    else:
        report.status, report.reason = "failed", f"the pipeline's run {report.run_ids[-1]} ended as {state}"


def keep_files(report: RunReport, out: Path) -> None:
    """Keep the deployed workload folder and the zones as plain files below ``out``."""
    settings = load_settings()
    lake, dags = Store(settings.lake_uri), Store(settings.dags_uri)
    out.mkdir(parents=True, exist_ok=True)
    deployed = find_deployed(dags, report.workload) if report.deployed else None
    if deployed is not None:
        folder = out / report.workload
        reports.copy_tree(dags, version_key(deployed.name, deployed.version), folder)
        dag_file = folder / "dags" / f"{report.workload}_dag.py"
        dag_file.parent.mkdir(parents=True, exist_ok=True)
        dag_file.write_bytes(dags.read(dag_file_key(report.workload)))
        report.workload_dir = str(folder.resolve())
    for zone in ("bronze", "silver", "gold", "quarantine"):
        reports.copy_tree(lake, f"{zone}/{report.workload}", out / zone)
    if report.rows.gold:
        report.gold_dir = str((out / "gold").resolve())


def write_report(report: RunReport, path: Path) -> None:
    """Write the JSON report in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(canonical_json(report.model_dump(mode="json")))
    partial.replace(path)
