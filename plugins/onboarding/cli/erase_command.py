"""``onboard erase``: one person out of every zone; what would go is shown first."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from onboarding.cli.airflow_client import REQUESTER, AirflowClient
from onboarding.cli.console import progress, say
from onboarding.cli.erase_keys import named_values
from onboarding.cli.follow import wait_for_run
from onboarding.cli.platform_access import running_platform
from onboarding.cli.replay_command import needed_running
from onboarding.cli.run_command import PIPELINE_TIMEOUT_SECONDS
from onboarding.spec.config_files import SourceConfig
from onboarding.spec.settings import Settings, load_settings
from onboarding.workspace.deployed import needed_deployed, version_key
from onboarding.workspace.store import Store
from shared.operators.pipeline_erasure import CONF_KEY
from shared.operators.pipeline_steps import aws_access, load_id_of, without_connection
from shared.pipeline import engine
from shared.pipeline.erasure import Found, Person, find
from shared.pipeline.erasure_list import DONE, Erasure, ErasureError, digest_of, read_erasures
from shared.pipeline.zones import Lake


def erase(workload: str, keys: list[str], *, yes: bool, json_path: Path | None) -> int:
    """Show what the lake has of a person and, with ``yes``, run the pipeline with the conf ``{"erase": ...}``.

    :param keys: ``COLUMN=VALUE``, all of which a row must have.
    :returns: 0 when everything asked for is done (also: it was done before, or only shown), else 1.
    :raises StorageError: no such workload is deployed.
    :raises ErasureError: the key cannot be used, or nobody has it.
    :raises ReplayError: the pipeline is paused.
    """
    client = AirflowClient(running_platform(), REQUESTER)
    return erase_with(client, load_settings(), workload, keys, yes=yes, json_path=json_path)


def erase_with(
    client: AirflowClient, settings: Settings, workload: str, keys: list[str], *, yes: bool, json_path: Path | None
) -> int:
    """As :func:`erase`, on a given platform."""
    dags = Store(settings.dags_uri)
    deployed = needed_deployed(dags, workload)
    config = f"{version_key(deployed.name, deployed.version)}/config"
    source = SourceConfig.model_validate(yaml.safe_load(dags.read(f"{config}/source.yaml")))
    masking = yaml.safe_load(dags.read(f"{config}/transformations.yaml")).get("masking") or {}
    values = named_values(keys, source, masking)
    lake = Lake(without_connection(settings.lake_uri), workload)
    with aws_access(settings.aws_conn_id):
        with engine.connection() as con:
            person = Person(tuple(sorted(values)), digest_of(con, workload, values))
        found = find(lake, source.table, person)
        before = [erasure for erasure in read_erasures(lake) if erasure.digest == person.digest]
    conf = {CONF_KEY: {"columns": list(person.columns), "digest": person.digest}}
    document: dict[str, Any] = {"workload": workload, "conf": conf, "found": asdict(found), "erased": None}
    _show_found(workload, person, found)
    if not found.rows and not sum(found.quarantine.get(kind, 0) for kind in ("silver", "duplicates")):
        return _nobody(workload, person, before, json_path, document)
    if not yes:
        say("nothing was erased: repeat the command with --yes")
        _write(json_path, document)
        return 0
    needed_running(client, workload)
    run_id = f"erase__{datetime.now(tz=UTC):%Y%m%dT%H%M%S}"
    client.trigger(workload, run_id, conf)
    progress(f"erasing from {workload}: {client.platform.api_url}/dags/{workload}/runs/{run_id}")
    state = wait_for_run(client, workload, run_id, progress=progress, timeout_seconds=PIPELINE_TIMEOUT_SECONDS)
    timezone = str(yaml.safe_load(dags.read(f"{config}/schedule.yaml")).get("timezone") or "UTC")
    load_id = load_id_of(workload, run_id, client.run(workload, run_id)["run_after"], timezone)
    with aws_access(settings.aws_conn_id):
        erasure = next((entry for entry in read_erasures(lake) if entry.load_id == load_id), None)
    _write(json_path, {**document, "run_id": run_id, "erased": asdict(erasure) if erasure else None})
    return _show_erased(workload, state, erasure)


def _show_found(workload: str, person: Person, found: Found) -> None:
    say(f"{workload}: rows with this {' and '.join(person.columns)}")
    say(f"  bronze      {found.rows:,} in {len(found.loads)} loads")
    say(f"  silver      {found.silver:,}")
    held = ", ".join(f"{kind} {count:,}" for kind, count in sorted(found.quarantine.items()))
    say(f"  quarantine  {held} (gold: all rows, for they do not say whose they are)")
    say("  gold        rebuilt from what is left")
    if found.not_searched:
        say(f"  not searched, for they lack the column: {', '.join(found.not_searched)}")


def _nobody(
    workload: str, person: Person, before: list[Erasure], json_path: Path | None, document: dict[str, Any]
) -> int:
    if not before:
        raise ErasureError(
            "Nobody has this key.",
            where=f"bronze of {workload}, column {', '.join(person.columns)}",
            expected="a value that a row of Bronze has",
            given="a value that none has (not shown)",
            remedy="Check the value as the source writes it; blanks at its ends and letter case do not matter.",
        )
    _write(json_path, {**document, "erased": asdict(before[-1])})
    if before[-1].state == DONE:
        say(f"erased before, by the run {before[-1].run_id}; nothing is left to do")
        return 0
    say(f"the run {before[-1].run_id} began it; Silver and Gold still have a version from before")
    say("what to do: clear that run in Airflow, or run `onboard replay`")
    return 1


def _show_erased(workload: str, state: str, erasure: Erasure | None) -> int:
    if erasure is None:
        say(f"{workload}: the run {state}; nothing was erased, its log says why")
        return 1
    say(f"{workload}: erased {erasure.rows:,} rows of bronze in {len(erasure.loads)} loads")
    for place, versions in sorted(erasure.removed.items()):
        say(f"  {place}: published anew, {len(versions)} older versions removed")
    if state != "success" or erasure.state != DONE:
        say(f"the run {state}: Silver and Gold may still have a version from before")
        say("what to do: the run's log has the reason; clear it when that is cured")
        return 1
    return 0


def _write(path: Path | None, document: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
