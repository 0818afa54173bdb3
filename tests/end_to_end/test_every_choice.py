"""Each choice of each gate, by its button or by a mark, on real Airflow: many onboardings at a time.

What other modules show is not shown again: rows of ``ELSEWHERE`` say where it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate
from onboarding.gates.definitions import GATES
from onboarding.local_platform import PlatformInfo
from onboarding.workspace.chain import chain_run_id
from shared.hooks.airflow_api import AirflowApiError
from tests.end_to_end.test_gates import _mark
from tests.end_to_end.test_marks import clear

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(3600)]
LONGEST_SECONDS = 900.0
#: ``MARK``: as the gate table has it for the choice; ``MARK_FAILED``: also where a mark of success says the same.
BUTTON, MARK, MARK_FAILED = "button", "mark", "mark failed"
NO_ROW = "opened > DATE '2099-01-01'"
#: Deployed, and then asked about: its name in words is how people mean it.
DEPLOYED = "kestrel_feeds"


class Step(NamedTuple):
    """One answer: ``iteration`` is of the chain, 1 for the first run; ``changes`` how many of the offered ones."""

    iteration: int
    gate: str
    option: str
    how: str = BUTTON
    changes: int = 0


@dataclass(frozen=True)
class Script:
    """An onboarding and its answers.

    :ivar notes: beginning of the note of each run of the chain.
    :ivar edits: a file of the agent is edited before the answer at ``resolve``.
    """

    run_id: str
    conf: dict[str, Any]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    state: str = "success"
    edits: bool = False


def _by_button(gate: str, option: str, how: str = "rejected") -> str:
    return f"{how}: {gate}: {option} by reviewer (required actions)"


PLAN, PROFILE = Step(1, "approve_plan", "approve"), Step(1, "confirm_profile", "confirm")
FILTERED = {"transformations.filters": [NO_ROW]}
#: Scripts that begin at the same time; those of one row one after the other.
FIRST: dict[str, tuple[Script, ...]] = {
    "plan": (
        Script(
            "changed_plan", {},
            (Step(1, "approve_plan", "change the answers", changes=1), Step(2, "approve_plan", "reject")),
            (_by_button("approve_plan", "change the answers", "superseded"), _by_button("approve_plan", "reject")),
        ),
    ),
    "marks": (
        Script(
            DEPLOYED, {},
            (
                Step(1, "approve_plan", "approve", MARK), Step(1, "confirm_profile", "confirm", MARK),
                Step(1, "approve_deploy", "changes needed", changes=1), Step(2, "approve_deploy", "deploy", MARK),
            ),
            (_by_button("approve_deploy", "changes needed", "superseded"), "deployed"),
        ),
    ),
    "partial": (
        Script(
            "begun_moss", {}, (PLAN, PROFILE, Step(1, "approve_deploy", "reject", MARK)),
            ("rejected: approve_deploy: reject by reviewer (marked failed)",),
        ),
        Script(
            "moss_stop", {"of": "begun_moss"}, (Step(1, "choose_partial", "stop"),),
            (_by_button("choose_partial", "stop"),),
        ),
        Script(
            "moss_marked", {"of": "begun_moss"}, (Step(1, "choose_partial", "stop", MARK),),
            ("rejected: choose_partial: stop by reviewer (marked success)",),
        ),
        Script(
            "moss_failed", {"of": "begun_moss"}, (Step(1, "choose_partial", "stop", MARK_FAILED),),
            ("rejected: choose_partial: stop by reviewer (marked failed)",),
        ),
        Script(
            "moss_fresh", {"of": "begun_moss"},
            (Step(1, "choose_partial", "start fresh"), Step(1, "approve_plan", "reject")),
            (_by_button("approve_plan", "reject"),),
        ),
    ),
    "questions": (
        Script(
            "asked_lark", {"mode": "interactive"},
            (Step(1, "answer_discovery", "submit answers", changes=1), Step(2, "approve_plan", "reject")),
            (_by_button("answer_discovery", "submit answers", "superseded"), _by_button("approve_plan", "reject")),
        ),
        Script(
            "cancelled_lark", {"mode": "interactive"}, (Step(1, "answer_discovery", "cancel"),),
            (_by_button("answer_discovery", "cancel"),),
        ),
    ),
    "resolve": (
        Script("stopped_fern", FILTERED, (PLAN, PROFILE, Step(1, "resolve", "stop")), (_by_button("resolve", "stop"),)),
        Script(
            "edited_fern", FILTERED,
            (
                PLAN, PROFILE, Step(1, "resolve", "I edited the files"),
                Step(1, "confirm_edits", "run the tests", MARK), Step(2, "resolve", "stop", MARK),
            ),
            (
                "superseded: confirm_edits: run the tests by reviewer (marked success)",
                "rejected: resolve: stop by reviewer (marked failed)",
            ),
            edits=True,
        ),
    ),
    "edits": (
        Script(
            "dropped_fern", FILTERED,
            (PLAN, PROFILE, Step(1, "resolve", "I edited the files"), Step(1, "confirm_edits", "stop")),
            (_by_button("confirm_edits", "stop"),), edits=True,
        ),
    ),
    "stop item": (
        Script(
            "sick_heron", {}, (PLAN, PROFILE, Step(1, "approve_deploy", "deploy", MARK)), ("failed",), state="failed"
        ),
    ),
}  # fmt: skip
WORDS = {"request": f"our {DEPLOYED.replace('_', ' ')}"}
COUNTED = {"question": f"SELECT count(*) AS feeds FROM {DEPLOYED}"}
#: Scripts about what is deployed by then, and has run.
SECOND: dict[str, tuple[Script, ...]] = {
    "found": (
        Script("found_stop", WORDS, (Step(1, "choose_found", "stop"),), (_by_button("choose_found", "stop"),)),
        Script(
            "found_marked", WORDS, (Step(1, "choose_found", "stop", MARK),),
            ("rejected: choose_found: stop by reviewer (marked success)",),
        ),
        Script(
            "found_failed", WORDS, (Step(1, "choose_found", "stop", MARK_FAILED),),
            ("rejected: choose_found: stop by reviewer (marked failed)",),
        ),
        Script(
            "found_check", WORDS, (Step(1, "choose_found", "check quality"),),
            (_by_button("choose_found", "check quality", "superseded"), "answered"),
        ),
        Script(
            "found_query", {**WORDS, **COUNTED}, (Step(1, "choose_found", "query Gold"),),
            (_by_button("choose_found", "query Gold", "superseded"), "answered"),
        ),
        Script(
            "found_modify", WORDS, (Step(1, "choose_found", "modify"), Step(2, "approve_plan", "reject")),
            (_by_button("choose_found", "modify", "superseded"), _by_button("approve_plan", "reject")),
        ),
    ),
    "overlap": (
        Script(
            "wide_reject", {"around": DEPLOYED}, (Step(1, "approve_overlap", "reject"),),
            (_by_button("approve_overlap", "reject"),),
        ),
        Script(
            "wide_changed", {"around": DEPLOYED},
            (Step(1, "approve_overlap", "change the answers", changes=1), Step(2, "approve_overlap", "reject", MARK)),
            (
                _by_button("approve_overlap", "change the answers", "superseded"),
                "rejected: approve_overlap: reject by reviewer (marked failed)",
            ),
        ),
        Script(
            "wide_separate", {"around": DEPLOYED},
            (Step(1, "approve_overlap", "keep separate"), Step(1, "confirm_profile", "reject")),
            (_by_button("confirm_profile", "reject"),),
        ),
    ),
}  # fmt: skip
SCRIPTS = {script.run_id: script for rows in (FIRST, SECOND) for row in rows.values() for script in row}
#: Gate -> choice -> the module that shows it.
ELSEWHERE = {
    "choose_partial": {"complete": "test_existing"},
    "fix_environment": dict.fromkeys(("retry", "switch mode", "go on without", "stop"), "test_environment"),
    "approve_overlap": {"extend the existing": "test_existing"},
    "confirm_profile": {"corrections": "test_corrections"},
    "resolve": {"fix and retry": "test_second_attempts", "skip": "test_second_attempts"},
    "confirm_edits": {"edit again": "test_second_attempts"},
}


Found = TypeVar("Found")


@dataclass
class Shown:
    """What became of the scripts.

    :ivar runs: run id of a script -> the runs of its chain, as Airflow lists them.
    :ivar gates: run id of a script -> the last gate that it answered.
    :ivar stopped: run id of a script -> what kept it from its end.
    """

    platform: PlatformInfo
    runs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    gates: dict[str, WaitingGate] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)

    def play(self, scripts: tuple[Script, ...]) -> None:
        """Play one after the other, up to the first that does not come to its end."""
        for script in scripts:
            try:
                self.runs[script.run_id] = self._play(script)
            except (AirflowApiError, AssertionError) as error:
                self.stopped |= {
                    left.run_id: f"{script.run_id}: {error}" for left in scripts if left.run_id not in self.runs
                }
                return

    def _play(self, script: Script) -> list[dict[str, Any]]:
        requester, reviewer = AirflowClient(self.platform, "requester"), AirflowClient(self.platform, "reviewer")
        requester.trigger(META_DAG, script.run_id, self._conf(script))
        for step in script.steps:
            run_id = chain_run_id(script.run_id, step.iteration)
            gate = _until(
                lambda run_id=run_id, step=step: _waiting(reviewer, run_id, step.gate), f"{run_id}: {step.gate}"
            )
            self.gates[script.run_id] = gate
            time.sleep(6)  # an answer within seconds of the opening can meet the scheduler half-way
            if script.edits and step.gate == "resolve" and step.iteration == 1:
                self._edit(script.run_id)
            _until(lambda gate=gate, step=step: self._answered(reviewer, gate, step), f"an answer to {gate.run_id}")
        chain = [chain_run_id(script.run_id, number) for number in range(1, len(script.notes) + 1)]
        return [_until(lambda run_id=run_id: _over(requester, run_id), f"the end of {run_id}") for run_id in chain]

    def _conf(self, script: Script) -> dict[str, Any]:
        given = dict(script.conf)
        of, around = given.pop("of", ""), given.pop("around", "")
        if "request" in given:
            return given
        if around:
            return {**given, "source.location": _landed(self.platform, around).parent.as_uri() + "/",
                    "workload": script.run_id, "intent": "onboard"}  # fmt: skip
        location = _landed(self.platform, of or script.run_id).as_uri()
        if of:
            return {**given, "source.location": location}
        return {**given, "source.location": location, "workload": script.run_id, "intent": "onboard"}

    def _answered(self, reviewer: AirflowClient, gate: WaitingGate, step: Step) -> bool:
        """Press the button or mark the task, unless an answer that a busy server never confirmed has arrived."""
        if reviewer.approve_state(gate) != "awaiting_input":
            return True
        marked = {found.name: found.marked for found in GATES}[step.gate]
        if step.how == MARK:
            _mark(reviewer, gate, "success" if step.option == marked else "failed")
        elif step.how == MARK_FAILED:
            _mark(reviewer, gate, "failed")
        else:
            reviewer.answer(gate, step.option, sorted(gate.choices)[: step.changes])
        return True

    def _edit(self, run_id: str) -> None:
        folder = self.platform.home / "workspace" / "runs" / run_id / "edit" / "quality-01"
        path = folder / "config" / "quality_rules.yaml"
        path.write_text(path.read_text() + "# looked at by hand\n")


def _landed(platform: PlatformInfo, name: str) -> Path:
    """A source whose rows no other has; that of ``sick`` fails the gate of Silver."""
    path = platform.home / "landing" / name / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    sick = name.startswith("sick")
    rows = []
    for n in range(200):
        day = "never" if sick and n % 10 > 6 else f"2024-0{1 + n % 9}-1{n % 9}"
        amount = "x" if sick and n % 10 < 4 else f"{n}.5"
        rows.append(f"{name}-{n:03d},{name[:3]}{n % 4},{day},{amount}")
    path.write_text("\n".join([f"{name}_id,kind,opened,amount", *rows]) + "\n")
    return path


def _waiting(client: AirflowClient, run_id: str, name: str) -> WaitingGate | None:
    gates = [gate for gate in client.waiting_gates(run_id) if gate.gate == name]
    return next((gate for gate in gates if ("__round_" in gate.run_id) == ("__round_" in run_id)), None)


def _over(client: AirflowClient, run_id: str, dag_id: str = META_DAG) -> dict[str, Any] | None:
    run = client.run(dag_id, run_id)
    return run if run["state"] in ("success", "failed") else None


def _until(find: Callable[[], Found | None], what: str) -> Found:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        try:
            found = find()
        except AirflowApiError as error:
            if not error.transient and error.status != 404:
                raise
            found = None  # a busy server, or a run that is not there yet
        if found:
            return found
        time.sleep(2)
    raise AssertionError(f"{what} did not come within {LONGEST_SECONDS:.0f} seconds")


def _all_at_once(shown: Shown, rows: dict[str, tuple[Script, ...]]) -> None:
    """Play the rows, four at a time; one that fails does not keep the others from their end."""
    with ThreadPoolExecutor(4) as people:
        played: list[Future[None]] = [people.submit(shown.play, row) for row in rows.values()]
    for one in played:
        one.result()


@pytest.fixture(scope="module")
def shown(platform: PlatformInfo) -> Shown:
    """Every script, played to its end."""
    found = Shown(platform)
    _all_at_once(found, FIRST)
    requester = AirflowClient(platform, "requester")
    requester.trigger(DEPLOYED, "first", {})
    run = _until(lambda: _over(requester, "first", DEPLOYED), f"the end of {DEPLOYED}")
    assert run["state"] == "success"
    _all_at_once(found, SECOND)
    return found


@pytest.mark.parametrize("run_id", SCRIPTS)
def test_every_choice_leads_on_or_ends(shown: Shown, run_id: str) -> None:
    assert run_id in shown.runs, f"it did not come to its end: {shown.stopped[run_id]}"
    runs, script = shown.runs[run_id], SCRIPTS[run_id]
    assert [str(run["note"])[: len(note)] for run, note in zip(runs, script.notes, strict=True)] == list(script.notes)
    assert runs[-1]["state"] == script.state


def test_who_marked_at_a_stop_is_asked_again(shown: Shown) -> None:
    """As the decision's error says: clear the gate's task, answer it, clear the decision."""
    run_id, gate = "sick_heron", shown.gates["sick_heron"]
    reviewer = AirflowClient(shown.platform, "reviewer")
    clear(reviewer, gate.dag_id, gate.run_id, "approve")
    again = _until(lambda: _waiting(reviewer, run_id, "approve_deploy"), "the gate once more")
    time.sleep(6)
    reviewer.answer(again, "reject")
    _until(lambda: reviewer.approve_state(again) == "success", "the answer")
    clear(reviewer, META_DAG, run_id, "phase_4_build.approve_deploy.decision")
    time.sleep(6)
    run = _until(lambda: _over(reviewer, run_id), f"the end of {run_id}")
    assert (run["state"], run["note"]) == ("success", _by_button("approve_deploy", "reject"))


def test_only_what_was_to_be_deployed_is(shown: Shown) -> None:
    requester = AirflowClient(shown.platform, "requester")
    assert [name for name in SCRIPTS if requester.api.dag(name) is not None] == [DEPLOYED]


def test_no_choice_is_left_out() -> None:
    there = {(gate.name, label) for gate in GATES for label in gate.labels}
    here = {(step.gate, step.option) for script in SCRIPTS.values() for step in script.steps}
    elsewhere = {(gate, label) for gate, labels in ELSEWHERE.items() for label in labels}
    assert here | elsewhere == there
    assert not here & elsewhere
    files = {module for labels in ELSEWHERE.values() for module in labels.values()}
    assert all(Path(__file__).with_name(f"{module}.py").exists() for module in files)
