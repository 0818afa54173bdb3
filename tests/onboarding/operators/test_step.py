"""One step: its output is a function of its inputs, written once, and its end decides what runs after it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, TriggerRule
from airflow.sdk.bases.operator import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, DownstreamTasksSkipped

from onboarding.operators.step import (
    OUTCOME_KEY,
    REQUEST_KEY,
    MetaRun,
    OnboardingStepOperator,
    StepContext,
    StepResult,
    load_function,
    open_step_context,
    require_inputs,
    tasks_that_end_with,
)
from onboarding.workspace.outputs import output_files
from onboarding.workspace.record import RunRecord
from shared.pipeline.errors import DataOnboardingError
from tests.onboarding.operators.contexts import Instance, make_context

STUB = "tests.dags.stub_steps"
META_DAG = Path(__file__).resolve().parents[3] / "dags" / "onboard_meta_dag.py"


class PassingError(DataOnboardingError):
    code = "passing"
    transient = True


def throttled(context: StepContext) -> StepResult:
    raise PassingError("throttled", where="here", expected="an answer", given="none", remedy="wait")


def operator(task_id: str = "a", **arguments: Any) -> OnboardingStepOperator:
    return OnboardingStepOperator(task_id=task_id, **{"step": f"{STUB}:{task_id}", **arguments})


def test_a_first_run_is_its_own_root() -> None:
    run = MetaRun.from_context(make_context(Instance()))
    assert (run.root_run_id, run.iteration, run.triggered_by) == ("run-1", 1, "requester")


def test_a_resumed_run_belongs_to_its_root() -> None:
    conf = {"resume": {"root_run_id": "run-0", "iteration": 3, "from_phase": 4}}
    run = MetaRun.from_context(make_context(Instance(), conf, "run-0__round_03"))
    assert (run.root_run_id, run.iteration, run.from_phase) == ("run-0", 3, 4)


def test_a_run_with_an_id_of_its_own_belongs_to_no_chain() -> None:
    """Whoever writes ``resume`` into a conf does not get into the record of somebody else's onboarding."""
    conf = {"resume": {"root_run_id": "run-0", "iteration": 3}}
    run = MetaRun.from_context(make_context(Instance(), conf))
    assert (run.root_run_id, run.iteration, run.from_phase) == ("run-1", 1, 1)


def test_a_step_is_named_by_module_and_function() -> None:
    assert load_function("onboarding.operators.steps.route:validate_conf").__name__ == "validate_conf"
    with pytest.raises(AttributeError):
        load_function("onboarding.operators.steps.route:no_such_step")


def test_xcom_gets_a_reference_and_the_workspace_the_files(record: RunRecord) -> None:
    instance = Instance("b")
    first = operator().execute(make_context(instance))
    assert set(first) == {"key", "digest", "summary"}
    instance.give(first, "a")
    operator("b", inputs={"before": "a"}).execute(make_context(instance))
    opened = open_step_context(make_context(instance), {"before": "a", "missing": "c"})
    assert output_files(opened.store, opened.inputs["before"]) == {"output.txt": b"a"}
    assert opened.read("before", "output.txt") == b"a"
    assert list(opened.inputs) == ["before"]
    require_inputs(["before"], opened)
    with pytest.raises(AirflowFailException, match="missing"):
        require_inputs(["before", "missing"], opened)


def test_a_complete_output_is_reused(record: RunRecord) -> None:
    first = operator().execute(make_context(Instance()))
    told_to_fail = make_context(Instance(), {"scenario": {"a": "fail"}})
    assert operator().execute(told_to_fail) == first


def test_another_input_is_another_output(record: RunRecord) -> None:
    found = []
    for digest in ("1", "2", "1"):
        instance = Instance()
        instance.give({"key": "k", "digest": digest, "summary": {}}, "before")
        found.append(operator(inputs={"before": "before"}).execute(make_context(instance))["key"])
    assert found[0] == found[2] != found[1]


def test_a_final_error_is_recorded_and_not_tried_again(record: RunRecord) -> None:
    with pytest.raises(AirflowFailException, match="told to fail"):
        operator().execute(make_context(Instance(), {"scenario": {"a": "fail"}}))
    entry = record.read("error-a")
    assert entry is not None
    assert (entry["task"], entry["what"], entry["remedy"]) == ("a", "told to fail", "none: this is a test")


def test_a_passing_error_is_tried_again(record: RunRecord) -> None:
    with pytest.raises(DataOnboardingError) as caught:
        operator(step=f"{__name__}:throttled").execute(make_context(Instance()))
    assert not isinstance(caught.value, AirflowFailException)
    assert record.read("error-a") is not None


def test_nothing_to_do_is_a_skip_without_output(record: RunRecord) -> None:
    conf = {"scenario": {"a": "skip"}}
    for _ in range(2):
        with pytest.raises(AirflowSkipException, match="told to skip"):
            operator().execute(make_context(Instance(), conf))


def chain() -> DAG:
    """``a`` ends the run; ``d`` joins with a branch beside it, ``summary`` runs in any case."""
    with DAG("chain", schedule=None) as dag:
        first, second, third, join = (operator(name) for name in "abcd")
        beside = operator("e")
        summary = operator("summary", trigger_rule=TriggerRule.ALL_DONE)
        join.trigger_rule = TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
        first >> second >> third >> join >> summary
        beside >> join
    return dag


def test_what_ends_with_a_task_is_all_that_follows_but_the_summary() -> None:
    dag = chain()
    first: BaseOperator = dag.get_task("a")
    assert [task.task_id for task in tasks_that_end_with(first)] == ["b", "c", "d"]


def test_an_outcome_leaves_its_reason_and_skips_the_rest_also_when_reused(record: RunRecord) -> None:
    task = chain().get_task("a")
    for conf in ({"scenario": {"a": "block"}}, {"scenario": {"a": "fail"}}):
        instance = Instance("a")
        with pytest.raises(DownstreamTasksSkipped) as caught:
            task.execute(make_context(instance, conf))
        assert list(caught.value.tasks) == ["b", "c", "d"]
        left = instance.outputs["", "a", OUTCOME_KEY]["summary"]
        assert (left[OUTCOME_KEY], left["reason"]) == ("blocked", "told to block in a")


def _later(instance: Instance, record: RunRecord, number: int = 2) -> Any:
    record.write(f"handover-{number:02d}", {"run_id": f"run-1__round_{number:02d}"})
    conf = {"resume": {"root_run_id": "run-1", "iteration": number, "from_phase": 3}}
    return make_context(instance, conf, f"run-1__round_{number:02d}")


def test_a_later_run_takes_over_what_nothing_changed(record: RunRecord) -> None:
    given = {"key": "somewhere", "digest": "d" * 64, "summary": {}}
    first, second = Instance("b"), Instance("b")
    for instance in (first, second):
        instance.give(given, "a")
    made = operator("b", inputs={"before": "a"}).execute(make_context(first))
    assert operator("b", inputs={"before": "a"}).execute(_later(second, record)) == made
    changed = Instance("b")
    changed.give(given | {"digest": "e" * 64}, "a")
    assert operator("b", inputs={"before": "a"}).execute(_later(changed, record))["key"] != made["key"]


def test_a_step_without_inputs_looks_at_the_world_again(record: RunRecord) -> None:
    made = operator("b").execute(make_context(Instance("b")))
    assert operator("b").execute(_later(Instance("b"), record))["key"] != made["key"]


def _first_letter(context: StepContext) -> bytes:
    return context.inputs["before"].digest[:1].encode()


def test_a_basis_says_what_of_its_inputs_a_step_depends_on(record: RunRecord) -> None:
    basis = f"{__name__}:_first_letter"
    made = []
    for number, digest in enumerate(("d" * 64, "d" + "e" * 63, "f" * 64), start=1):
        instance = Instance("b")
        instance.give({"key": "somewhere", "digest": digest, "summary": {}}, "a")
        context = make_context(instance) if number == 1 else _later(instance, record, number)
        made.append(operator("b", inputs={"before": "a"}, basis=basis).execute(context)["key"])
    assert made[0] == made[1] != made[2]


def test_a_run_that_nothing_was_handed_to_writes_into_a_record_of_its_own(record: RunRecord) -> None:
    conf = {"resume": {"root_run_id": "run-1", "iteration": 9}}
    run = open_step_context(make_context(Instance("b"), conf, "run-1__round_09"), {}).run
    assert (run.root_run_id, run.iteration) == ("run-1__round_09", 1)


APPROVALS = ["phase.approve_plan", "phase.approve_overlap"]
GATE_RUN = "run-1__approve_plan__01__abc"


def asked(*, answered: str = "", gate_run: str = GATE_RUN, record: RunRecord | None = None) -> Instance:
    """A task behind a gate that asked, and what the record says of the answer."""
    instance = Instance("b")
    instance.give({"run_id": GATE_RUN}, "phase.approve_plan.request", REQUEST_KEY)
    if answered and record is not None:
        record.write("gate-approve_plan-01", {"gate": "approve_plan", "verdict": answered, "gate_run_id": gate_run})
    return instance


def test_a_step_goes_on_behind_a_gate_that_was_let_through(record: RunRecord) -> None:
    instance = asked(answered="approve", record=record)
    assert operator("b", approvals=APPROVALS).execute(make_context(instance))


@pytest.mark.parametrize(
    ("answered", "gate_run"),
    [("", GATE_RUN), ("reject", GATE_RUN), ("change", GATE_RUN), ("approve", "run-1__approve_plan__01__other")],
    ids=["nobody answered", "rejected", "a change", "another card"],
)
def test_tasks_of_a_gate_that_were_marked_approve_nothing(record: RunRecord, answered: str, gate_run: str) -> None:
    instance = asked(answered=answered, gate_run=gate_run, record=record)
    with pytest.raises(AirflowFailException, match=f"Required Actions of onboard_gate_approve_plan, run {GATE_RUN}"):
        operator("b", approvals=APPROVALS).execute(make_context(instance))
    assert ("", "b", "return_value") not in instance.outputs


def test_a_gate_that_never_asked_approves_nothing(record: RunRecord) -> None:
    with pytest.raises(AirflowFailException, match=r"once phase\.approve_plan was cleared"):
        operator("b", approvals=APPROVALS).execute(make_context(Instance("b")))


def test_what_an_earlier_run_approved_stays_approved(record: RunRecord) -> None:
    instance = asked(answered="approve", record=record)
    record.write("handover-02", {"run_id": "run-1__round_02"})
    conf = {"resume": {"root_run_id": "run-1", "iteration": 2, "from_phase": 4}}
    assert operator("b", approvals=APPROVALS).execute(make_context(instance, conf, "run-1__round_02"))


def test_what_must_be_approved_is_behind_its_gate() -> None:
    dag = runpy.run_path(str(META_DAG))["dag"]
    behind = {task.task_id: task.approvals for task in dag.tasks if getattr(task, "approvals", None)}
    assert behind == {
        "phase_3_profile.measure": ["phase_2_validate.approve_plan", "phase_2_validate.approve_overlap"],
        "phase_4_build.structure": ["phase_3_profile.confirm_profile"],
        "phase_5_deploy.deploy": ["phase_4_build.approve_deploy"],
    }
    for task_id, groups in behind.items():
        for group in groups:
            assert f"{group}.decision" in dag.get_task(task_id).upstream_task_ids
