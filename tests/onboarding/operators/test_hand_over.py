"""A change at a gate starts the next run of the chain, once, with the conf that it makes."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, DagRunTriggerException

from onboarding.operators.gate import SUPERSEDED
from onboarding.operators.hand_over import HandOverOperator
from onboarding.operators.step import OUTCOME_KEY
from onboarding.spec.parse import parse_conf
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from tests.onboarding.operators.contexts import Instance, make_context

DECISIONS = ["plan.decision", "profile.decision"]
CONF = {"source": {"location": "s3://landing/orders/"}, "quality": {"silver_threshold": 0.9}}


def _asked(changes: list[str], gate: str = "confirm_profile") -> Instance:
    instance = Instance("hand_over")
    summary = {OUTCOME_KEY: SUPERSEDED, "reason": "x", "gate": gate, "by": "reviewer", "changes": changes}
    instance.give({"summary": summary}, "profile.decision", OUTCOME_KEY)
    return instance


def _hand_over(instance: Instance, **context: Any) -> DagRunTriggerException | None:
    operator = HandOverOperator(task_id="hand_over", dag_id="onboard_meta_dag", decisions=DECISIONS)
    try:
        operator.execute(make_context(instance, **context))
    except DagRunTriggerException as triggered:
        return triggered
    return None


@pytest.fixture(autouse=True)
def _requested(record: RunRecord) -> None:
    record.write("request", {"triggered_by": "requester", "workload": "orders", "conf": CONF})


def test_without_a_change_it_is_skipped() -> None:
    with pytest.raises(AirflowSkipException):
        _hand_over(Instance("hand_over"))
    rejected = Instance("hand_over")
    rejected.give({"summary": {OUTCOME_KEY: "rejected", "reason": "x"}}, "plan.decision", OUTCOME_KEY)
    with pytest.raises(AirflowSkipException):
        _hand_over(rejected)


def test_the_next_run_has_the_changed_conf_and_its_place_in_the_chain(record: RunRecord) -> None:
    triggered = _hand_over(_asked(["domain.columns.zip.type = text"]))
    assert triggered is not None
    assert (triggered.trigger_dag_id, triggered.dag_run_id) == ("onboard_meta_dag", "run-1__round_02")
    assert triggered.logical_date is None
    assert triggered.conf is not None
    conf = parse_conf(triggered.conf)
    assert str(conf.domain.columns["zip"].type) == "text"
    assert conf.quality.silver_threshold == 0.9
    resume = {"root_run_id": "run-1", "iteration": 2, "from_phase": 3}
    assert {name: triggered.conf["resume"][name] for name in resume} == resume
    entry = record.read("handover-02")
    assert entry is not None
    assert (entry["run_id"], entry["gate"], entry["by"]) == ("run-1__round_02", "confirm_profile", "reviewer")
    assert (entry["changes"], entry["problem"]) == (["domain.columns.zip.type = text"], "")
    assert triggered.conf["resume"]["corrections"] == {"domain.columns.zip.type": "text"}


@pytest.mark.parametrize(
    ("chosen", "workload", "location", "problem"),
    [
        ([], "orders_eu", "s3://landing/", ""),
        (["workload = orders_us"], "orders_us", "s3://other/", ""),
        (["workload = orders_us", "workload = orders_uk"], "", "s3://landing/orders/", "`workload` is changed twice"),
    ],
)
def test_one_of_several_workloads_is_extended(
    record: RunRecord, chosen: list[str], workload: str, location: str, problem: str
) -> None:
    def extended(name: str, place: str) -> dict[str, Any]:
        return {"intent": "modify", "workload": name, "source": {"location": place, "filter": None}}

    others = {"orders_us": "s3://other/", "orders_uk": "s3://third/"}
    instead = {f"workload = {name}": extended(name, place) for name, place in others.items()}
    instance = Instance("hand_over")
    summary = {OUTCOME_KEY: SUPERSEDED, "reason": "x", "gate": "approve_overlap", "by": "reviewer", "changes": chosen}
    summary["following"] = {"conf": extended("orders_eu", "s3://landing/"), "instead": instead, "from_phase": 1}
    instance.give({"summary": summary}, "profile.decision", OUTCOME_KEY)
    triggered = _hand_over(instance)
    assert triggered is not None
    assert triggered.conf is not None
    conf = parse_conf(triggered.conf)
    assert (conf.workload or "", conf.source.location) == (workload, location)
    entry = record.read("handover-02")
    assert entry is not None
    assert problem in entry["problem"]
    assert bool(entry["problem"]) == bool(problem)


def test_a_later_run_hands_on_to_the_one_after_it(record: RunRecord) -> None:
    record.write("handover-02", {"run_id": "run-1__round_02"})
    conf = {**CONF, "resume": {"root_run_id": "run-1", "iteration": 2, "from_phase": 3}}
    triggered = _hand_over(_asked([], "approve_deploy"), conf=conf, run_id="run-1__round_02")
    assert triggered is not None
    assert triggered.dag_run_id == "run-1__round_03"
    assert triggered.conf is not None
    assert triggered.conf["resume"]["from_phase"] == 4


def test_a_retry_triggers_nothing_twice() -> None:
    instance = _asked([])
    instance.existing_runs = {"run-1__round_02"}
    assert _hand_over(instance) is None


def test_a_change_that_makes_no_conf_is_told_and_asked_about_again(record: RunRecord) -> None:
    triggered = _hand_over(_asked(["schedule.cron = at noon"], "approve_plan"))
    assert triggered is not None
    assert triggered.conf is not None
    assert parse_conf(triggered.conf).schedule.cron is None
    assert triggered.conf["resume"]["corrections"] == {}
    entry = record.read("handover-02")
    assert entry is not None
    assert "given 'at noon'" in entry["problem"]


def _completes(**following: Any) -> Instance:
    """An answer that lets the onboarding ``earlier`` go on."""
    instance = Instance("hand_over")
    summary = {OUTCOME_KEY: SUPERSEDED, "reason": "x", "gate": "choose_partial", "by": "reviewer", "changes": []}
    summary["following"] = {"root_run_id": "earlier", "from_phase": 4, **following}
    instance.give({"summary": summary}, "plan.decision", OUTCOME_KEY)
    return instance


def test_another_onboarding_goes_on_with_what_is_given_now(record: RunRecord) -> None:
    other = _other(record, "earlier")
    other.write("handover-02", {"run_id": "earlier__round_02"})
    triggered = _hand_over(_completes(conf={"schedule": {"cron": "0 5 * * *"}}))
    assert triggered is not None
    assert triggered.dag_run_id == "earlier__round_03"
    assert triggered.conf is not None
    conf = parse_conf(triggered.conf)
    assert (conf.schedule.cron, conf.quality.gold_threshold) == ("0 5 * * *", 0.97)
    assert (triggered.conf["resume"]["root_run_id"], triggered.conf["resume"]["from_phase"]) == ("earlier", 4)
    entry = other.read("handover-03")
    assert entry is not None
    assert (entry["from_run_id"], entry["run_id"]) == ("run-1", "earlier__round_03")
    # Who approves it sees what it changes, and who asked for it now counts as who asked.
    assert entry["changes"] == ["schedule.cron = 0 5 * * *"]
    assert entry["asked_by"] == "requester"
    assert record.read("handover-02") is None
    # A retry, when the entry is there already, asks for the same run.
    again = _hand_over(_completes(conf={"schedule": {"cron": "0 5 * * *"}}))
    assert again is not None
    assert again.dag_run_id == "earlier__round_03"


def test_gaps_are_handed_on_as_long_as_the_tests_fail(record: RunRecord) -> None:
    failed = {"failed": 1, "passed": 2, "failures": [{"name": "test_a", "message": "x"}]}
    entry = {"agent": "quality", "unit": failed, "integration": {"failed": 0, "passed": 1, "failures": []}}
    record.write("tests-quality-01-second", {**entry, "gap": True})
    record.write("tests-dag-01-second", {**entry, "agent": "dag"})
    triggered = _hand_over(_asked([], "approve_deploy"))
    assert triggered is not None
    assert triggered.conf is not None
    assert triggered.conf["resume"]["gaps"] == {"quality": ["test_a"]}


@pytest.mark.parametrize(
    ("changes", "kept"), [([], {"quality": "ab12"}), (["quality.gold_threshold = 0.90"], {})], ids=["same", "other"]
)
def test_edited_files_go_on_with_the_settings_that_rendered_them(
    record: RunRecord, changes: list[str], kept: dict[str, str]
) -> None:
    record.write("handover-02", {"run_id": "run-1__round_02"})
    resume = {"root_run_id": "run-1", "iteration": 2, "from_phase": 4, "edits": {"quality": "ab12"}}
    triggered = _hand_over(_asked(changes, "approve_deploy"), conf={**CONF, "resume": resume}, run_id="run-1__round_02")
    assert triggered is not None
    assert triggered.conf is not None
    assert triggered.conf["resume"]["edits"] == kept
    assert parse_conf(triggered.conf).resume.edits == kept
    entry = record.read("handover-03")
    assert entry is not None
    assert entry.get("dropped_edits") == (None if kept else ["quality"])


def test_an_edit_that_was_taken_back_is_not_kept(record: RunRecord) -> None:
    record.write("handover-02", {"run_id": "run-1__round_02"})
    instance = Instance("hand_over")
    summary = {OUTCOME_KEY: SUPERSEDED, "reason": "x", "gate": "confirm_edits", "by": "reviewer", "changes": []}
    summary["following"] = {"from_phase": 4, "edits": {"quality": ""}}
    instance.give({"summary": summary}, "profile.decision", OUTCOME_KEY)
    resume = {"root_run_id": "run-1", "iteration": 2, "from_phase": 4, "edits": {"quality": "ab12", "dag": "cd34"}}
    triggered = _hand_over(instance, conf={**CONF, "resume": resume}, run_id="run-1__round_02")
    assert triggered is not None
    assert triggered.conf is not None
    assert triggered.conf["resume"]["edits"] == {"dag": "cd34"}


def test_a_confirmed_edit_is_handed_on(record: RunRecord) -> None:
    instance = Instance("hand_over")
    summary = {OUTCOME_KEY: SUPERSEDED, "reason": "x", "gate": "confirm_edits", "by": "reviewer", "changes": []}
    summary["following"] = {"from_phase": 4, "edits": {"quality": "ab12"}}
    instance.give({"summary": summary}, "profile.decision", OUTCOME_KEY)
    triggered = _hand_over(instance)
    assert triggered is not None
    assert triggered.conf is not None
    assert triggered.conf["resume"]["edits"] == {"quality": "ab12"}
    assert record.read("handover-02") is not None


def _other(record: RunRecord, root: str) -> RunRecord:
    other = RunRecord(Store(load_settings().workspace_uri), root)
    conf = {**CONF, "quality": {"gold_threshold": 0.97}}
    other.write("request", {"triggered_by": "ann", "workload": "orders", "conf": conf})
    return other
