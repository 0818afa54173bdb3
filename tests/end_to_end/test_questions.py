"""What discovery asks, on real Airflow: words without a source, and somebody who wants to be asked."""

from __future__ import annotations

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.gates.card import plain
from onboarding.local_platform import PlatformInfo
from tests.end_to_end.onboarding import onboard
from tests.end_to_end.test_gates import _ended, _gate, _mark

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
NAME = "parcel_scans"


def _land(platform: PlatformInfo) -> str:
    """A folder in the landing zone; its URI."""
    folder = platform.home / "landing" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.csv").write_text("scan,weight\n" + "".join(f"P-{n:04d},{n}.25\n" for n in range(50)))
    return folder.as_uri() + "/"


def test_words_without_a_source_lead_to_what_landed(platform: PlatformInfo) -> None:
    location = _land(platform)
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "words", {"request": "please take in the scans of our parcels"})
    gate = _gate(reviewer, "words", "answer_discovery")
    assert location in plain(gate.body)
    assert gate.options == ("submit answers", "cancel")
    assert NAME in onboard(platform, "status").output
    _mark(reviewer, gate, "success")
    assert _ended(requester, "words")["note"].startswith("superseded: answer_discovery: submit answers by reviewer")
    plan = _gate(reviewer, "words__round_02", "approve_plan")
    assert location in plain(plan.body)
    assert f"source.location = {location}" in plain(plan.body)
    _mark(reviewer, plan, "failed")
    assert _ended(requester, "words__round_02")["note"].startswith("rejected: approve_plan")


def test_who_wants_to_be_asked_chooses_and_cancels(platform: PlatformInfo) -> None:
    location = _land(platform)
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    conf = {"source.location": location, "workload": "asked_scans", "mode": "interactive", "intent": "onboard"}
    requester.trigger(META_DAG, "asked", conf)
    gate = _gate(reviewer, "asked", "answer_discovery")
    for question in (
        "which regulations apply",
        "what Gold is for",
        "when the pipeline runs",
        "who answers for the data",
    ):
        assert question in plain(gate.body)
    answered = onboard(
        platform, "answer", "answer_discovery", "--workload", "asked_scans", "--option", "submit answers",
        "--set", "schedule.cron=0 5 * * *", "--set", "quality.regulations=GDPR",
    )  # fmt: skip
    assert answered.exit_code == 0, answered.errors
    plan = _gate(reviewer, "asked__round_02", "approve_plan")
    assert "Regulations: GDPR" in plain(plan.body)
    assert "Changed: round 2 of 5, after answer_discovery: schedule.cron=0 5 * * *; quality" in plain(plan.body)
    _mark(reviewer, plan, "failed")
    _ended(requester, "asked__round_02")
    requester.trigger(META_DAG, "cancelled", conf)
    _mark(reviewer, _gate(reviewer, "cancelled", "answer_discovery"), "failed")
    run = _ended(requester, "cancelled")
    assert (run["state"], run["note"]) == (
        "success", "rejected: answer_discovery: cancel by reviewer (marked failed)",
    )  # fmt: skip
