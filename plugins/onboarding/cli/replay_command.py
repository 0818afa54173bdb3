"""``onboard replay``: Bronze through Silver and Gold again, for example after the rules were changed."""

from __future__ import annotations

from datetime import UTC, datetime

import yaml

from onboarding.cli import report as reports
from onboarding.cli.airflow_client import REQUESTER, AirflowClient
from onboarding.cli.console import progress, say
from onboarding.cli.follow import wait_for_run
from onboarding.cli.platform_access import running_platform
from onboarding.cli.run_command import PIPELINE_TIMEOUT_SECONDS
from onboarding.spec.settings import load_settings
from onboarding.workspace.deployed import needed_deployed, version_key
from onboarding.workspace.store import Store
from shared.operators.pipeline_steps import load_id_of
from shared.pipeline.errors import DataOnboardingError


class ReplayError(DataOnboardingError):
    """The workload cannot be replayed."""

    code = "replay"


def replay(workload: str) -> int:
    """Run the deployed pipeline with the conf ``{"replay": true}`` and say what came of it.

    :returns: 0 when the run succeeded, else 1.
    :raises StorageError: no such workload is deployed.
    :raises ReplayError: its pipeline is paused.
    """
    client = AirflowClient(running_platform(), REQUESTER)
    settings = load_settings()
    dags = Store(settings.dags_uri)
    deployed = needed_deployed(dags, workload)
    needed_running(client, workload)
    run_id = f"replay__{datetime.now(tz=UTC):%Y%m%dT%H%M%S}"
    client.trigger(workload, run_id, {"replay": True})
    progress(f"replaying {workload}: {client.platform.api_url}/dags/{workload}/runs/{run_id}")
    state = wait_for_run(client, workload, run_id, progress=progress, timeout_seconds=PIPELINE_TIMEOUT_SECONDS)
    schedule = dags.read(f"{version_key(deployed.name, deployed.version)}/config/schedule.yaml")
    run = client.run(workload, run_id)
    timezone = str(yaml.safe_load(schedule).get("timezone") or "UTC")
    load_id = load_id_of(workload, run_id, run["run_after"], timezone)
    rows, quality = reports.pipeline_numbers(Store(settings.lake_uri), workload, load_id)
    gold = ", ".join(f"{table} {count:,}" for table, count in sorted(rows.gold.items())) or "nothing"
    say(f"{workload}: replay {'succeeded' if state == 'success' else state}")
    say(f"  rows     bronze {rows.bronze:,} -> silver {rows.silver:,} -> gold {gold}")
    say(f"           quarantined {rows.quarantined:,}, duplicates {rows.duplicates:,}")
    say(f"  quality  silver {reports.score_text(quality.silver)}, gold {reports.score_text(quality.gold)}")
    return 0 if state == "success" else 1


def needed_running(client: AirflowClient, workload: str) -> None:
    """Refuse to trigger a pipeline whose run would wait for ever.

    :raises ReplayError: it is paused.
    """
    if (client.api.dag(workload) or {}).get("is_paused"):
        raise ReplayError(
            f"the pipeline {workload} is paused: its run would wait for ever",
            where=f"{client.platform.api_url}/dags/{workload}",
            expected="a pipeline that is switched on",
            given="is_paused: true",
            remedy="switch it on in the UI and repeat the command",
        )
