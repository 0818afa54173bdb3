"""A defect in each agent's plan, on the real platform: red, then green; and red twice, where a person decides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient
from onboarding.gates.card import plain
from onboarding.local_platform import PlatformInfo, down, up
from tests.end_to_end.onboarding import check_balance, onboard
from tests.end_to_end.planted_dags import planted_dags, tickets
from tests.end_to_end.test_gates import _ended, _gate, _mark

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
AGENTS = ("profiling", "metadata", "transformation", "quality", "dag")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlatformInfo]:
    """A platform of its own, whose meta-DAG plants the defects."""
    folder = tmp_path_factory.mktemp("planted")
    with planted_dags(folder):
        yield up(folder / "home", progress=print)
        down(folder / "home", print)


def states(platform: PlatformInfo, run_id: str) -> dict[str, str]:
    tasks = AirflowClient(platform, "requester").tasks(META_DAG, run_id)
    return {str(task["task_id"]): str(task["state"]) for task in tasks}


def test_every_agent_is_red_then_green(planted: PlatformInfo, tmp_path: Path) -> None:
    source, conf = tickets(tmp_path, "once_tickets"), tmp_path / "conf.yaml"
    conf.write_text("workload: once_tickets\n")
    finished = onboard(
        planted, "run", "--data", str(source), "--conf", str(conf), "--approve", "auto",
        "--json", str(tmp_path / "report.json"), "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    gates = {gate["agent"]: gate for gate in finished.report["test_gates"]}
    assert {name: gate["attempts"] for name, gate in gates.items()} == dict.fromkeys(AGENTS, 2)
    fallbacks = {name: [text.split(" (")[0] for text in gate["fallbacks"]] for name, gate in gates.items()}
    assert fallbacks == {
        "profiling": ["columns.opened_on.type: text"],
        "metadata": ["columns.minutes.type: text"],
        "transformation": ["columns.channel.cleaning: plain"],
        "quality": ["quality.channel_unique: flag"],
        "dag": ["dag.dag_id: once_tickets"],
    }
    for gate in gates.values():
        assert (gate["failures"], gate["unit"]["failed"], gate["integration"]["failed"]) == ([], 0, 0)
    found = states(planted, finished.report["run_ids"][0])
    assert sorted(task for task, state in found.items() if state == "failed") == sorted(
        f"{group}.test_gate" for group in ("phase_3_profile", *(f"phase_4_build.{agent}" for agent in AGENTS[1:]))
    )
    assert finished.output.count("second attempt: ") == 5
    check_balance(finished.report, tmp_path / "out")


def test_red_twice_asks_a_person_who_tries_again_and_stops(planted: PlatformInfo, tmp_path: Path) -> None:
    source, conf = tickets(tmp_path, "twice_tickets"), tmp_path / "conf.yaml"
    conf.write_text("workload: twice_tickets\n")
    finished = onboard(
        planted, "run", "--data", str(source), "--conf", str(conf), "--approve", "auto",
        "--json", str(tmp_path / "report.json"),
    )  # fmt: skip
    assert finished.exit_code == 3, finished.errors + finished.output
    assert finished.report["status"] == "waiting"
    assert finished.report["reason"].startswith("resolve waits for a person")
    gate = next(gate for gate in finished.report["test_gates"] if gate["agent"] == "quality")
    assert (gate["attempts"], gate["fallbacks"]) == (2, [])
    assert gate["failures"]
    assert all("assert" in failure["message"] for failure in gate["failures"])
    assert "scripts/quality/check_silver.py" in gate["produced"]
    assert finished.report["deployed"] == []
    run_id = finished.report["run_ids"][0]
    found = states(planted, run_id)
    assert found["phase_4_build.dag.propose"] == "upstream_failed"
    assert "files were produced, none was deployed" in finished.output
    assert gate["failures"][0]["name"] in finished.output

    reviewer = AirflowClient(planted, "reviewer")
    asked = _gate(reviewer, run_id, "resolve")
    assert asked.options == ("fix and retry", "I edited the files", "skip", "stop")
    assert gate["failures"][0]["name"].rpartition("::")[2] in plain(asked.body)
    reviewer.answer(asked, "fix and retry", ["quality.gold_threshold = 0.90"])
    first = _ended(reviewer, run_id)
    assert (first["state"], first["note"]) == (
        "success", "superseded: resolve: fix and retry by reviewer (required actions)",
    )  # fmt: skip
    again = _gate(reviewer, f"{run_id}__round_02", "resolve")
    assert "quality.gold_threshold" in plain(again.body)
    _mark(reviewer, again, "failed")
    last = _ended(reviewer, f"{run_id}__round_02")
    assert (last["state"], last["note"]) == ("success", "rejected: resolve: stop by reviewer (marked failed)")
    kept = states(planted, f"{run_id}__round_02")
    assert kept["phase_3_profile.confirm_profile.decision"] == "success"


def test_what_is_skipped_is_a_gap_that_everybody_sees(planted: PlatformInfo, tmp_path: Path) -> None:
    source, conf = tickets(tmp_path, "skipped_tickets"), tmp_path / "conf.yaml"
    conf.write_text("workload: skipped_tickets\nquality: {silver_threshold: 0.01, gold_threshold: 0.01}\n")
    location = planted.home / "landing" / "skipped_tickets" / source.name
    location.parent.mkdir(parents=True)
    shutil.copy(source, location)
    requester, reviewer = AirflowClient(planted, "requester"), AirflowClient(planted, "reviewer")
    given = {
        "workload": "skipped_tickets", "source.location": location.as_uri(), "quality.silver_threshold": 0.01,
        "quality.gold_threshold": 0.01,
    }  # fmt: skip
    requester.trigger(META_DAG, "skipped", given)
    for gate, option in (("approve_plan", "approve"), ("confirm_profile", "confirm"), ("resolve", "skip")):
        reviewer.answer(_gate(reviewer, "skipped", gate), option)
    assert _ended(requester, "skipped")["note"].startswith("superseded: resolve: skip by reviewer")
    deploy = _gate(reviewer, "skipped__round_02", "approve_deploy")
    assert "tests failed twice and were skipped" in plain(deploy.body)
    reviewer.answer(deploy, "deploy")
    run = _ended(requester, "skipped__round_02")
    assert run["state"] == "success", run["note"]
    assert run["note"].startswith("deployed: quality: ")
    exported = onboard(planted, "export", "skipped_tickets", "--to", str(tmp_path / "exported"))
    assert exported.exit_code == 0, exported.errors
    readme = (tmp_path / "exported" / "skipped_tickets" / "README.md").read_text()
    assert "A person decided to go on although these tests failed twice." in readme
    assert "test_right_rows_keep_every_silver_rule" in readme.partition("## Gaps")[2]


def test_files_that_a_person_edited_are_shown_tested_and_deployed(planted: PlatformInfo, tmp_path: Path) -> None:
    source = tickets(tmp_path, "twice_edited")
    location = planted.home / "landing" / "twice_edited" / source.name
    location.parent.mkdir(parents=True)
    shutil.copy(source, location)
    requester, reviewer = AirflowClient(planted, "requester"), AirflowClient(planted, "reviewer")
    requester.trigger(META_DAG, "edited", {"workload": "twice_edited", "source.location": location.as_uri()})
    for gate, option in (("approve_plan", "approve"), ("confirm_profile", "confirm")):
        reviewer.answer(_gate(reviewer, "edited", gate), option)
    asked = _gate(reviewer, "edited", "resolve")
    folder = planted.home / "workspace" / "runs" / "edited" / "edit" / "quality-01"
    assert folder.as_uri() in plain(asked.body)

    # What reaches further than the rendered file is stopped, and nothing of it runs.
    script = folder / "scripts" / "quality" / "check_silver.py"
    as_it_was = script.read_text()
    script.write_text(as_it_was + "\nimport os\n")
    reviewer.answer(asked, "I edited the files")
    stopped = _gate(reviewer, "edited", "confirm_edits")
    assert stopped.options == ("edit again", "stop")
    assert "it imports os" in plain(stopped.body)
    script.write_text(as_it_was)
    reviewer.answer(stopped, "edit again")
    assert _ended(requester, "edited")["note"].startswith("superseded: confirm_edits: edit again by reviewer")

    # Marking is the same as the button.
    folder = folder.with_name("quality-02")
    again = _gate(reviewer, "edited__round_02", "resolve")
    for name in ("config/quality_rules.yaml", "scripts/quality/check_silver.py", "tests/unit/test_quality.py"):
        path = folder / name
        path.write_text(path.read_text().replace("1.01", "0.91"))
    _mark(reviewer, again, "success")
    shown = _gate(reviewer, "edited__round_02", "confirm_edits")
    assert "config/quality_rules.yaml" in plain(shown.body)
    reviewer.answer(shown, "run the tests")
    deploy = _gate(reviewer, "edited__round_03", "approve_deploy")
    assert "files are as a person edited them" in plain(deploy.body)
    reviewer.answer(deploy, "deploy")
    run = _ended(requester, "edited__round_03")
    assert (run["state"], run["note"]) == ("success", "deployed")
    assert states(planted, "edited__round_03")["phase_4_build.quality.second_attempt"] == "skipped"
    exported = onboard(planted, "export", "twice_edited", "--to", str(tmp_path / "exported"))
    assert exported.exit_code == 0, exported.errors
    workload = tmp_path / "exported" / "twice_edited"
    assert "0.91" in (workload / "scripts" / "quality" / "check_silver.py").read_text()
    assert "- `scripts/quality/check_silver.py`" in (workload / "README.md").read_text()
