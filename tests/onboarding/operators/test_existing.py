"""The route: unfinished onboardings, deployed workloads by their words, and questions to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onboarding.gates.card import Card
from onboarding.operators.route_cards import found_card, partial_card
from onboarding.operators.step import StepContext
from onboarding.operators.steps.existing import find_workload
from onboarding.operators.steps.route import validate_conf
from onboarding.spec.conf_errors import ConfError
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from onboarding.workspace.store import Store
from shared.pipeline.errors import DataOnboardingError
from tests.onboarding.operators.meta_run import Run, write_tickets

pytestmark = pytest.mark.usefixtures("readable")


def deploy(name: str, location: str, description: str = "") -> None:
    """A deployed workload, as far as the router looks."""
    dags = Store(load_settings().dags_uri)
    dags.write(f"workloads/{name}/{name}_dag.py", b'VERSION = "abc"\n')
    about = {"description": description, "columns": ["customer_id", "email"], "gold": {name: ["customer_id"]}}
    manifest = {"workload": name, "source": {"location": location, "filter": ""}, "about": about}
    dags.write(f"workloads/{name}/abc/.onboarding/manifest.json", json.dumps(manifest).encode())


def leave_draft(store: Store, location: str, root: str = "earlier", status: str = "rejected") -> RunRecord:
    """The record of an onboarding that was rejected at its last gate."""
    record = RunRecord(store, root)
    conf = {"source": {"location": location}, "workload": "planted", "quality": {"silver_threshold": 0.9}}
    record.write(
        "request",
        {"triggered_by": "requester", "run_id": root, "root_run_id": root, "workload": "planted", "conf": conf},
    )
    for gate, verdict in (("approve_plan", "approve"), ("confirm_profile", "approve"), ("approve_deploy", "reject")):
        record.write(f"gate-{gate}-01", {"gate": gate, "verdict": verdict})
    record.write("profile", {"rows": 119})
    if status:
        record.write("outcome", {"run_id": root, "status": status, "reason": "approve_deploy: reject by ann"})
    return record


def routed(location: str = "", **conf: Any) -> tuple[Run, dict[str, Any]]:
    """A run as far as the router, and the router's summary."""
    run = Run(location, **conf)
    run.step("conf", "route:validate_conf")
    run.step("found", "existing:find_workload", "conf")
    result = find_workload(StepContext(run.store, load_settings(), run.run, run.outputs))
    return run, {**result.summary, "branch": result.branch}


def card(run: Run, name: str) -> Card:
    make = {"found": found_card, "partial": partial_card}[name]
    return make(StepContext(run.store, load_settings(), run.run, run.outputs))


def test_a_new_source_goes_straight_on(record: RunRecord, tmp_path: Path) -> None:
    _, summary = routed(write_tickets(tmp_path))
    assert (summary["result"], summary["branch"]) == ("NOT FOUND", "")


def test_an_unfinished_onboarding_of_the_source_is_asked_about(record: RunRecord, tmp_path: Path) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location)
    run, summary = routed(location, **{"schedule.cron": "0 5 * * *"})
    assert summary["result"] == "PARTIAL"
    shown = card(run, "partial")
    assert "reject by ann" in shown.items[0].evidence
    assert "complete asks next: approve_deploy" in shown.numbers
    following = shown.following["complete"]
    assert (following.root_run_id, following.from_phase) == ("earlier", 4)
    assert following.conf["schedule"] == {"cron": "0 5 * * *"}
    assert "intent" not in following.conf


@pytest.mark.parametrize(
    ("conf", "phase"),
    [
        ({}, 4), ({"quality.silver_threshold": 0.9}, 4), ({"quality.silver_threshold": 0.5}, 4),
        ({"domain.primary_key": ["ticket_id"]}, 3), ({"reviewers": {"approve_deploy": ["requester"]}}, 1),
        ({"source.load": "new_files"}, 1),
    ],
)  # fmt: skip
def test_what_differs_from_what_was_approved_is_asked_again(
    record: RunRecord, tmp_path: Path, conf: dict[str, Any], phase: int
) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location)
    run, _ = routed(location, **conf)
    assert card(run, "partial").following["complete"].from_phase == phase


def test_what_somebody_else_asked_for_is_approved_anew(record: RunRecord, tmp_path: Path) -> None:
    location = write_tickets(tmp_path)
    draft = leave_draft(Store(load_settings().workspace_uri), location)
    draft.write("request", {**(draft.read("request") or {}), "triggered_by": "somebody_else"})
    run, _ = routed(location)
    assert card(run, "partial").following["complete"].from_phase == 1


@pytest.mark.parametrize("conf", [{"intent": "onboard"}, {"intent": "restart"}, {"mode": "assume_defaults"}])
def test_who_says_so_is_not_asked(record: RunRecord, tmp_path: Path, conf: dict[str, Any]) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location)
    _, summary = routed(location, **conf)
    assert summary["result"] == "NOT FOUND"


def test_intent_complete_goes_on_without_asking(record: RunRecord, tmp_path: Path) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location, status="")
    run = Run(location, intent="complete")
    run.step("conf", "route:validate_conf")
    result = find_workload(StepContext(run.store, load_settings(), run.run, run.outputs))
    assert result.outcome == "superseded"
    assert result.summary["following"]["root_run_id"] == "earlier"
    assert result.summary["following"]["from_phase"] == 4


def test_what_still_runs_is_not_unfinished(record: RunRecord, tmp_path: Path) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location, status="")
    run = Run(location)
    run.step("conf", "route:validate_conf")
    context = StepContext(
        run.store, load_settings(), run.run, run.outputs, is_active=lambda run_id: run_id == "earlier"
    )
    assert find_workload(context).summary["result"] == "NOT FOUND"


@pytest.mark.parametrize("status", ["deployed", "blocked", "answered"])
def test_what_ended_is_nothing_to_complete(record: RunRecord, tmp_path: Path, status: str) -> None:
    location = write_tickets(tmp_path)
    leave_draft(Store(load_settings().workspace_uri), location, status=status)
    _, summary = routed(location)
    assert summary["result"] == "NOT FOUND"
    with pytest.raises(ConfError, match="no unfinished onboarding"):
        routed(location, intent="complete")


def test_another_source_under_the_name_is_another_onboarding(record: RunRecord, tmp_path: Path) -> None:
    leave_draft(Store(load_settings().workspace_uri), "s3://landing/elsewhere/")
    _, summary = routed(write_tickets(tmp_path))
    assert summary["result"] == "NOT FOUND"


def test_words_find_the_workload_that_is_meant(record: RunRecord) -> None:
    deploy("customer_master", "s3://landing/people/", "All customers")
    deploy("payroll", "s3://landing/pay/")
    run, summary = routed(**{"source.location": None, "workload": None, "request": "CRM data"})
    assert (summary["result"], summary["workload"], summary["branch"]) == (
        "FOUND", "customer_master", "route.choose_found",
    )  # fmt: skip
    shown = card(run, "found")
    assert shown.level == "OK"
    assert shown.following["modify"].conf == {"intent": "modify", "workload": "customer_master"}
    assert shown.following["query Gold"].conf["question"] == "CRM data"


def test_several_are_chosen_from(record: RunRecord) -> None:
    deploy("customer_master", "s3://landing/people/")
    deploy("customer_visits", "s3://landing/visits/")
    run, summary = routed(**{"source.location": None, "workload": None, "request": "customers"})
    assert summary["result"] == "SEVERAL"
    shown = card(run, "found")
    assert shown.items[0].title == "more than one workload fits"
    assert [choice.change for choice in shown.choices] == ["workload = customer_visits"]


def test_nothing_that_fits_is_left_to_discovery(record: RunRecord) -> None:
    _, summary = routed(**{"source.location": None, "workload": None, "request": "weather"})
    assert (summary["result"], summary["branch"]) == ("NOT FOUND", "")


@pytest.mark.parametrize("conf", [{"mode": "assume_defaults"}, {"intent": "modify", "workload": "weather"}])
def test_nothing_that_fits_is_an_error_where_nobody_may_be_asked(record: RunRecord, conf: dict[str, Any]) -> None:
    with pytest.raises(DataOnboardingError) as caught:
        routed(**{"source.location": None, "workload": None, "request": "weather", **conf})
    assert caught.value.remedy


def test_a_question_without_a_workload_says_what_fits(record: RunRecord) -> None:
    deploy("customer_master", "s3://landing/people/")
    _, summary = routed(**{"source.location": None, "workload": None, "intent": "check_quality", "request": "crm"})
    assert (summary["workload"], summary["branch"]) == ("customer_master", "route.check_quality")
    with pytest.raises(ConfError, match="does not say which workload"):
        routed(**{"source.location": None, "workload": None, "intent": "query_gold", "question": "SELECT 1"})
    with pytest.raises(DataOnboardingError, match="not deployed"):
        routed(**{"source.location": None, "workload": "unknown_one", "intent": "query_gold", "question": "SELECT 1"})


def test_a_conf_with_nothing_in_it_is_refused_at_once(record: RunRecord) -> None:
    run = Run("", workload=None, **{"source.location": None})
    with pytest.raises(ConfError, match="location is missing"):
        validate_conf(StepContext(run.store, load_settings(), run.run, {}))
