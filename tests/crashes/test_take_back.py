"""A deployment that Airflow did not take is taken back, whenever the task is killed, and can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from onboarding.deploy.publication import IGNORE_FILE, DeploymentError, publication_steps, publish
from onboarding.operators.step import MetaRun, StepContext
from onboarding.operators.steps.deploy import verify
from onboarding.spec.settings import load_settings
from onboarding.workspace.deployed import find_deployed
from onboarding.workspace.outputs import read_output, write_output
from onboarding.workspace.store import Store
from tests.crashes.airflow_stand_in import StandIn
from tests.crashes.conftest import MakePlaces
from tests.crashes.onboarding_run import DEPLOY, Onboarding, no_write
from tests.crashes.places import Folders, task_environment
from tests.crashes.task_driver import Attempt, TaskHost
from tests.crashes.test_onboarding_kills import AGENT_TESTS, finished
from tests.crashes.what_readers_see import check_dags

VERIFY = "phase_5_deploy.verify"


def test_what_was_taken_back_is_no_longer_taken_for_done(
    tmp_path: Path, airflow: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Folders(tmp_path)
    places.restore({})
    airflow.places, airflow.import_error = places, "NameError: x"
    for name, value in task_environment(places, "http://127.0.0.1:1", airflow.port).items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    settings = load_settings()
    store, dags = Store(settings.workspace_uri), Store(settings.dags_uri)
    source = b'VERSION = "abcdefabcdef"\n'
    publish(dags, publication_steps("orders", "abcdefabcdef", {".onboarding/manifest.json": b"{}"}, source))
    deployed = write_output(store, "runs/run-1/outputs/d/01-0", {}, {"workload": "orders", "version": "abcdefabcdef"})
    run = MetaRun("onboard_meta_dag", "run-1", "run-1", 1, 1, "2026-01-05", "requester", {})
    assert find_deployed(dags, "orders") is not None
    with pytest.raises(DeploymentError, match="clear phase_5_deploy"):
        verify(StepContext(store, settings, run, {"deployment": deployed}))
    load_settings.cache_clear()
    assert find_deployed(dags, "orders") is None
    assert read_output(store, deployed.key) is None


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_while_it_takes_back_and_cleared_an_onboarding_finishes(
    host: TaskHost, make_places: MakePlaces, airflow: StandIn, aws_url: str
) -> None:
    places = make_places("s3")
    onboarding = Onboarding(host, places, airflow, aws_url, leave_out=AGENT_TESTS)
    onboarding.deliver()
    onboarding.to_the_end(no_write, until=VERIFY)
    before = places.content()
    airflow.import_error = "NameError: x"
    expected = onboarding.run.attempt(VERIFY)
    _check_taken_back(onboarding, expected)
    for number in range(1, len(expected.writes) + 1, 4):
        places.restore(before)
        airflow.import_error = "NameError: x"
        assert onboarding.run.attempt(VERIFY, kill_at=number).killed
        check_dags(places.content())
        _check_taken_back(onboarding, onboarding.run.attempt(VERIFY))
        airflow.import_error = ""
        for cleared in (DEPLOY, VERIFY, "summary"):
            onboarding.run.keep(cleared, onboarding.run.attempt(cleared))
        assert finished(onboarding)
    print(f"{len(range(1, len(expected.writes) + 1, 4))} kills at {len(expected.writes)} writes")


def _check_taken_back(onboarding: Onboarding, attempt: Attempt) -> None:
    assert attempt.result is not None, attempt.log
    assert attempt.result["state"] == "failed"
    assert "NameError: x" in attempt.result["error"]
    left = [name for name in onboarding.places.content() if name.startswith("dags/workloads/")]
    assert left == [f"dags/{IGNORE_FILE}"], "the ignore file is every workload's"
