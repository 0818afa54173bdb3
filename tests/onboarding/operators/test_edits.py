"""Files that a person edits after tests failed twice: shown before they run, tested, and part of the workload."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onboarding.agents import QualityAgent
from onboarding.gates.card import Card, NextRun
from onboarding.operators.escalation import edits_card
from onboarding.operators.step import StepContext
from onboarding.operators.steps.edits import EditedFilesError, changed_files, edited_files, leave_to_edit
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord, last_attempts
from shared.operators.test_gate import TestGateError
from tests.onboarding.operators.meta_run import Run, write_tickets
from tests.onboarding.operators.test_escalation import failed
from tests.onboarding.operators.test_second_attempt import plant

RULES, SCRIPT = "config/quality_rules.yaml", "scripts/quality/check_silver.py"
PRODUCED = {
    SCRIPT: b"LIMIT = 3\nNAME = 'silver'\n",
    "tests/unit/test_quality.py": b"def test_it() -> None:\n    assert 1 == 1\n",
    "sql/quality/silver.dqdl": b"Rules = []",
}


@pytest.fixture(autouse=True)
def _readable(record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources in the test's own folder may be read."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    load_settings.cache_clear()


@pytest.fixture
def asked(record: RunRecord, tmp_path: Path) -> Run:
    """A run whose quality agent left :data:`PRODUCED`, on which its tests failed twice."""
    run = Run(write_tickets(tmp_path))
    run.step("conf", "route:validate_conf")
    run.step("discovery", "discovery:discover", "conf")
    run.record.write("tests-quality-01-second", failed("quality"))
    leave_to_edit(context(run), "quality", b"{}", PRODUCED)
    return run


def context(run: Run) -> StepContext:
    return StepContext(run.store, load_settings(), run.run, run.outputs)


def edit(run: Run, path: str, old: str, new: str) -> None:
    key = f"runs/run-1/edit/quality-{run.run.iteration:02d}/{path}"
    before = run.store.read(key).decode()
    assert old in before
    run.store.write(key, before.replace(old, new).encode())


def card(run: Run) -> Card:
    shown = edits_card(context(run))
    assert shown is not None
    return shown


def test_only_what_may_be_edited_lies_there(asked: Run) -> None:
    assert asked.store.find("runs/run-1/edit/quality-01") == [
        f"runs/run-1/edit/quality-01/{path}" for path in (SCRIPT, "tests/unit/test_quality.py")
    ]
    assert changed_files(context(asked), "quality") == []


def test_the_difference_is_shown_before_anything_runs(asked: Run) -> None:
    edit(asked, SCRIPT, "LIMIT = 3", "LIMIT = 2")
    edit(asked, "tests/unit/test_quality.py", "assert 1 == 1", "assert True")
    shown = card(asked)
    assert (shown.level, shown.options) == ("LOOK", ["run the tests", "edit again", "stop"])
    assert [item.title for item in shown.items] == ["tests/unit/test_quality.py (a test)", SCRIPT]
    assert shown.items[1].evidence == "1 lines added, 1 removed: -LIMIT = 3 +LIMIT = 2"
    digest = shown.following["run the tests"].edits["quality"]
    assert shown.numbers[0] == f"Digest of the edited files: {digest}"
    assert shown.following["edit again"].edits == {}
    entry = asked.record.read("edits-quality-01")
    assert entry is not None
    assert entry["digest"] == digest
    assert "-LIMIT = 3\n+LIMIT = 2" in entry["diff"]


def test_what_runs_is_what_was_shown_whatever_is_edited_later(asked: Run) -> None:
    edit(asked, SCRIPT, "LIMIT = 3", "LIMIT = 2")
    following = card(asked).following["run the tests"]
    edit(asked, SCRIPT, "LIMIT = 2", "LIMIT = 1")
    asked.go_on(following)
    assert edited_files(context(asked)) == {SCRIPT: b"LIMIT = 2\nNAME = 'silver'\n"}
    assert asked.step("conf", "route:validate_conf")
    asked.step("discovery", "discovery:discover", "conf")
    plan = json.loads(asked.store.read(f"{asked.outputs['discovery'].key}/discovery.json"))
    assert plan["edited"] == [SCRIPT]


def test_another_edit_is_another_digest(asked: Run) -> None:
    edit(asked, SCRIPT, "LIMIT = 3", "LIMIT = 2")
    first = card(asked).following["run the tests"].edits
    edit(asked, SCRIPT, "LIMIT = 2", "LIMIT = 1")
    assert card(asked).following["run the tests"].edits != first


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        (SCRIPT, b"import os\n", "line 1: it imports os, which the rendered file does not"),
        (SCRIPT, None, "it is not there any more: put it back"),
        ("scripts/quality/other.py", b"", "it is not one of the files of the quality agent: take it away"),
    ],
)
def test_what_may_not_run_stops(asked: Run, path: str, content: bytes | None, said: str) -> None:
    key = f"runs/run-1/edit/quality-01/{path}"
    if content is None:
        asked.store.delete(key)
    else:
        asked.store.write(key, content)
    shown = card(asked)
    assert (shown.level, shown.options) == ("STOP", ["edit again", "stop"])
    assert shown.items[0].evidence == said
    assert set(shown.following) == {"edit again"}
    assert not asked.store.find("runs/run-1/edited")


def test_nothing_edited_runs_the_tests_again(asked: Run) -> None:
    shown = card(asked)
    assert (shown.level, shown.items) == ("OK", [])
    assert shown.following["run the tests"] == NextRun(from_phase=4, edits={"quality": ""})


def test_a_profile_is_not_edited_but_tested_again(asked: Run) -> None:
    asked.record.write("tests-profiling-01-second", failed("profiling"))
    shown = card(asked)
    assert shown.following["run the tests"] == NextRun(from_phase=3, edits={"profiling": ""})


def test_the_next_round_begins_with_what_was_edited(asked: Run) -> None:
    edit(asked, SCRIPT, "LIMIT = 3", "import os")
    asked.go_on(card(asked).following["edit again"])
    leave_to_edit(context(asked), "quality", b"{}", PRODUCED)
    assert asked.store.read(f"runs/run-1/edit/quality-02/{SCRIPT}") == b"import os\nNAME = 'silver'\n"
    # A task that runs again takes nothing back.
    edit(asked, SCRIPT, "import os", "LIMIT = 4")
    leave_to_edit(context(asked), "quality", b"{}", PRODUCED)
    assert asked.store.read(f"runs/run-1/edit/quality-02/{SCRIPT}") == b"LIMIT = 4\nNAME = 'silver'\n"


def test_confirmed_files_that_were_changed_are_refused(asked: Run) -> None:
    edit(asked, SCRIPT, "LIMIT = 3", "LIMIT = 2")
    following = card(asked).following["run the tests"]
    (key,) = [key for key in asked.store.find("runs/run-1/edited") if key.endswith(f"edited/{SCRIPT}")]
    asked.store.write(key, b"LIMIT = 1\n")
    asked.go_on(following)
    with pytest.raises(EditedFilesError, match="not those that were confirmed"):
        edited_files(context(asked))


def test_edited_files_are_tested_and_become_the_workload(
    record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(write_tickets(tmp_path))
    run.to_profile()
    run.profiling()
    # A plan that fails its tests, and for which the rules have no answer.
    plant(monkeypatch, QualityAgent, lambda plan: plan.model_copy(update={"silver_threshold": 1.01}))
    with pytest.raises(TestGateError, match="failed again"):
        run.build()
    # The integration tests take a threshold that nothing reaches, too: as a threshold that nothing reaches.
    edited = [path for path in run.store.find("runs/run-1/edit/quality-01") if "/integration/" not in path]
    wrong = [path for path in edited if b"1.01" in run.store.read(path)]
    for path in wrong:
        edit(run, path.removeprefix("runs/run-1/edit/quality-01/"), "1.01", "0.91")
    following = card(run).following["run the tests"]

    run.go_on(following)
    run.to_profile()
    run.profiling()
    # What an agent would propose now is not asked for: the files belong to the plan that they were edited from.
    plant(monkeypatch, QualityAgent, lambda plan: plan.model_copy(update={"silver_threshold": 0.5}))
    run.build()
    assert run.plan("quality")["silver_threshold"] == 1.01
    attempts = {str(entry["agent"]): entry for entry in last_attempts(run.record.entries())}
    assert attempts["quality"]["passed"]
    workload = f"{run.outputs['review'].key}/workload"
    assert b"0.91" in run.store.read(f"{workload}/{SCRIPT}")
    assert b"1.01" not in run.store.read(f"{workload}/{RULES}")
    manifest = run.store.read_json(f"{workload}/.onboarding/manifest.json")
    assert manifest["edited"] == sorted(path.removeprefix("runs/run-1/edit/quality-01/") for path in wrong)
    readme = run.store.read(f"{workload}/README.md").decode()
    assert "## Edited by a person" in readme
    assert f"- `{SCRIPT}`" in readme
