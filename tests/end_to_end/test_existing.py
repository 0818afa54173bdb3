"""What is there already, on real Airflow: an unfinished onboarding, a deployed workload, and overlapping sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.gates.card import plain
from onboarding.local_platform import PlatformInfo
from tests.end_to_end.onboarding import onboard
from tests.end_to_end.test_gates import _ended, _gate, _mark

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
NAME = "resumed_codes"


def _source(platform: PlatformInfo, name: str) -> str:
    """Rows that no other test has: a workload with the same rows would be asked about."""
    path = platform.home / "landing" / name / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("code,amount,shelf\n" + "".join(f"R-{n:04d},{n}.5,S{n % 4}\n" for n in range(50)))
    return path.as_uri()


@pytest.fixture(scope="module")
def completed(platform: PlatformInfo) -> dict[str, Any]:
    """An onboarding that was rejected at its last gate, asked for again, completed and deployed."""
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    location = _source(platform, NAME)
    requester.trigger(META_DAG, "begun", {"source.location": location})
    for gate, option in (("approve_plan", "approve"), ("confirm_profile", "confirm"), ("approve_deploy", "reject")):
        reviewer.answer(_gate(reviewer, "begun", gate), option)
    _ended(requester, "begun")
    requester.trigger(META_DAG, "again", {"source.location": location, "schedule.cron": "0 5 * * *"})
    asked = _gate(reviewer, "again", "choose_partial")
    reviewer.answer(asked, "complete")
    seen: dict[str, Any] = {"card": plain(asked.body), "again": _ended(requester, "again")}
    reviewer.answer(_gate(reviewer, "begun__round_02", "approve_deploy"), "deploy")
    seen["last"] = _ended(requester, "begun__round_02")
    seen["tasks"] = {task["task_id"]: task["state"] for task in requester.tasks(META_DAG, "begun__round_02")}
    return seen


def test_an_unfinished_onboarding_is_gone_on_with(completed: dict[str, Any]) -> None:
    assert "rejected: approve_deploy: reject by reviewer" in completed["card"]
    assert "complete asks next: approve_deploy" in completed["card"]
    assert completed["again"]["note"] == "superseded: choose_partial: complete by reviewer (required actions)"
    assert (completed["last"]["state"], completed["last"]["note"]) == ("success", "deployed")
    assert completed["tasks"]["phase_3_profile.confirm_profile.decision"] == "success"


def test_what_was_given_the_second_time_counts(
    completed: dict[str, Any], platform: PlatformInfo, tmp_path: Path
) -> None:
    assert onboard(platform, "export", NAME, "--to", str(tmp_path)).exit_code == 0
    assert "0 5 * * *" in (tmp_path / NAME / "config" / "schedule.yaml").read_text()


def test_words_lead_to_what_is_deployed(completed: dict[str, Any], platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, "meant", {"request": "our resumed codes"})
    asked = _gate(reviewer, "meant", "choose_found")
    assert "name has `resumed`" in plain(asked.body).replace("name has resumed", "name has `resumed`")
    _mark(reviewer, asked, "success")
    run = _ended(requester, "meant")
    assert (run["state"], run["note"]) == ("success", "rejected: choose_found: stop by reviewer (marked success)")


def test_quality_and_gold_are_asked_at_once(completed: dict[str, Any], platform: PlatformInfo, tmp_path: Path) -> None:
    checked = _asked(platform, tmp_path, f"intent: check_quality\nworkload: {NAME}\n")
    assert checked.exit_code == 0, checked.errors + checked.output
    assert "both quality gates pass; silver 1.000 (at least 0.80)" in checked.report["reason"]
    assert checked.report["deployed"] == []
    requester = AirflowClient(platform, "requester")
    requester.trigger(NAME, "first", {})
    _pipeline_ended(requester)
    question = f"SELECT count(*) AS codes, max(amount) AS most FROM {NAME}"
    answered = _asked(platform, tmp_path, f"intent: query_gold\nworkload: {NAME}\nquestion: {question}\n")
    assert answered.exit_code == 0, answered.errors + answered.output
    assert answered.report["answer"]["columns"] == ["codes", "most"]
    assert answered.report["answer"]["rows"] == [["50", "49.50"]]
    assert "49.50" in answered.output
    refused = _asked(platform, tmp_path, f"intent: query_gold\nworkload: {NAME}\nquestion: SELECT getenv('HOME')\n")
    assert refused.exit_code == 1
    assert "the question cannot be asked of Gold like this" in refused.report["reason"]


def _asked(platform: PlatformInfo, folder: Path, text: str) -> Any:
    (folder / "conf.yaml").write_text(text)
    return onboard(
        platform, "run", "--conf", str(folder / "conf.yaml"), "--approve", "auto", "--json",
        str(folder / "report.json"),
    )  # fmt: skip


def _pipeline_ended(client: AirflowClient) -> None:
    from tests.end_to_end.test_gates import _wait

    assert _wait(lambda: client.run(NAME, "first")["state"] in ("success", "failed"), 300)
    assert client.run(NAME, "first")["state"] == "success"


def test_a_source_that_contains_another_is_asked_about(completed: dict[str, Any], platform: PlatformInfo) -> None:
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    folder = (platform.home / "landing" / NAME).as_uri() + "/"
    requester.trigger(META_DAG, "wider", {"source.location": folder, "workload": "wider_codes"})
    asked = _gate(reviewer, "wider", "approve_overlap")
    assert f"overlaps with {NAME}" in plain(asked.body)
    _mark(reviewer, asked, "success")
    run = _ended(requester, "wider")
    assert run["state"] == "failed"
    given = {"source.location": folder, "workload": "wider_codes", "intent": "onboard"}
    requester.trigger(META_DAG, "wider-2", given)
    reviewer.answer(_gate(reviewer, "wider-2", "approve_overlap"), "extend the existing")
    assert _ended(requester, "wider-2")["note"].startswith("superseded: approve_overlap: extend the existing")
    plan = _gate(reviewer, "wider-2__round_02", "approve_plan")
    assert NAME in plan.subject
    assert folder in plain(plan.body)
    _mark(reviewer, plan, "failed")
    _ended(requester, "wider-2__round_02")
