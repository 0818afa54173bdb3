"""Questions of discovery: the card, what an answer makes of them, and what is asked again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from onboarding.gates.card import Card
from onboarding.gates.corrections import change, corrected_conf
from onboarding.operators.route_cards import questions_card
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.asking import asked_before
from onboarding.operators.steps.discovery import discover
from onboarding.spec.plans import DiscoveryPlan
from onboarding.spec.settings import load_settings
from onboarding.workspace.chain import chain_run_id, handover_entry
from tests.onboarding.operators.meta_run import Run, write_tickets

pytestmark = pytest.mark.usefixtures("readable")


def _discovered(run: Run) -> StepResult:
    run.step("conf", "route:validate_conf")
    run.step("discovery", "discovery:discover", "conf")
    return discover(StepContext(run.store, load_settings(), run.run, {"conf": run.outputs["conf"]}))


def _card(run: Run) -> Card:
    return questions_card(StepContext(run.store, load_settings(), run.run, run.outputs))


def _answered(run: Run, *changes: str) -> Run:
    """The next run of the chain, as the task that hands over starts it."""
    option = _card(run).following["submit answers"].conf
    earlier = (run.record.read("request") or {})["conf"]
    conf = corrected_conf("answer_discovery", earlier, changes, option=option)
    number = run.run.iteration + 1
    entry = {"gate": "answer_discovery", "by": "ann", "run_id": chain_run_id("run-1", number), "chosen": list(changes)}
    run.record.write(handover_entry(number), {**entry, "problem": ""})
    following = Run("")
    resume = {"from_phase": 1, "root_run_id": "run-1", "iteration": number}
    given = {**conf.model_dump(mode="json", exclude_unset=True), "resume": resume}
    following.run = replace(run.run, run_id=chain_run_id("run-1", number), iteration=number, conf=given)
    return following


def _plan(run: Run, result: StepResult) -> dict[str, Any]:
    plan = DiscoveryPlan.model_validate_json(result.files["discovery.json"])
    return {made.key: made for made in plan.assumptions}


def test_without_questions_the_plan_is_made_at_once(tmp_path: Path) -> None:
    result = _discovered(Run(write_tickets(tmp_path)))
    assert result.branch == ""
    assert "discovery.json" in result.files


def test_who_wants_to_be_asked_gets_a_card_with_defaults(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), mode="interactive")
    result = _discovered(run)
    assert result.branch == "phase_1_discovery.answer_discovery"
    assert list(result.files) == ["questions.json"]
    card = _card(run)
    assert (card.level, len(card.items)) == ("LOOK", 4)
    assert card.following["submit answers"].conf == {
        "quality.regulations": [], "destination.gold.use_case": "adhoc", "schedule.cron": "0 2 * * *",
        "domain.owner": "data-platform",
    }  # fmt: skip
    assert change("schedule.cron", "0 5 * * *") in [choice.change for choice in card.choices]


def test_a_default_that_is_taken_is_that_persons_assumption(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), mode="interactive")
    _discovered(run)
    following = _answered(run, "schedule.cron = 0 5 * * *", "quality.regulations = GDPR")
    result = _discovered(following)
    assert result.branch == ""
    assumed = _plan(following, result)
    assert assumed["domain.owner"].value == "data-platform"
    assert assumed["domain.owner"].reason == "the default that answer_discovery showed, taken by ann"
    assert "schedule.cron" not in assumed
    conf = (run.record.read("request") or {})["conf"]
    assert (conf["schedule"]["cron"], conf["quality"]["regulations"]) == ("0 5 * * *", ["GDPR"])


def test_a_source_is_asked_for_and_asked_again_without_an_answer(tmp_path: Path) -> None:
    for name in ("parcel_scans", "invoices"):
        (tmp_path / "landing" / name).mkdir(parents=True)
        write_tickets(tmp_path / "landing" / name)
    run = Run("", workload=None, request="the weather", **{"source.location": None})
    assert _discovered(run).branch == "phase_1_discovery.answer_discovery"
    assert (run.record.read("request") or {})["workload"] == "unnamed_source"
    card = _card(run)
    places = [f"{(tmp_path / 'landing' / name).as_uri()}/" for name in ("invoices", "parcel_scans")]
    assert [choice.change for choice in card.choices] == [f"source.location = {place}" for place in places]
    again = _answered(run)
    assert _discovered(again).branch == "phase_1_discovery.answer_discovery"
    given = _answered(again, f"source.location = {places[1]}")
    result = _discovered(given)
    assert result.branch == ""
    assert _plan(given, result)["workload"].value == "parcel_scans"


def test_a_source_that_fits_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "landing" / "parcel_scans").mkdir(parents=True)
    place = write_tickets(tmp_path / "landing" / "parcel_scans").rpartition("/")[0] + "/"
    run = Run("", workload=None, request="scans of parcels", **{"source.location": None})
    _discovered(run)
    assert _card(run).following["submit answers"].conf == {"source.location": place}
    assert (run.record.read("request") or {})["workload"] == "parcel_scans"
    following = _answered(run)
    plan = _plan(following, _discovered(following))
    assert plan["source.location"].reason == "the default that answer_discovery showed, taken by ann"


def test_an_answer_that_was_not_taken_is_asked_for_again(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), mode="interactive")
    _discovered(run)
    following = _answered(run)
    context = StepContext(run.store, load_settings(), following.run, {})
    assert "domain.owner" in asked_before(context).answered
    entry = run.record.read(handover_entry(2)) or {}
    run.record.write(handover_entry(2), {**entry, "problem": "not taken: no such cron"})
    assert asked_before(context).answered == frozenset()
