"""Structure of the meta-DAG: groups, gates, steps and what each step reads."""

from __future__ import annotations

import inspect
import runpy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from onboarding.gates.definitions import GATES
from onboarding.operators.step import load_function

META_DAG = Path(__file__).resolve().parents[2] / "dags" / "onboard_meta_dag.py"
GROUPS = [
    "route", "phase_0_health", "phase_1_discovery", "phase_2_validate", "phase_3_profile", "phase_4_build",
    "phase_5_deploy", "hand_over", "summary",
]  # fmt: skip
GATE_GROUPS = {
    "choose_found": "route", "choose_partial": "route", "fix_environment": "phase_0_health",
    "answer_discovery": "phase_1_discovery",
    "approve_plan": "phase_2_validate", "approve_overlap": "phase_2_validate", "confirm_profile": "phase_3_profile",
    "resolve": "phase_4_build", "confirm_edits": "phase_4_build",
    "approve_deploy": "phase_4_build",
}  # fmt: skip


@pytest.fixture(scope="module")
def dag() -> Any:
    """The meta-DAG."""
    return runpy.run_path(str(META_DAG))["dag"]


def test_groups_come_in_the_order_of_the_flow(dag: Any) -> None:
    assert list(dag.task_group.children) == GROUPS
    order = [GROUPS.index(task.task_id.split(".")[0]) for task in dag.topological_sort()]
    assert order == sorted(order)


def test_phase_4_has_its_agents_in_order(dag: Any) -> None:
    children = [name.removeprefix("phase_4_build.") for name in dag.task_group.children["phase_4_build"].children]
    wanted = [
        "structure", "metadata", "transformation", "quality", "dag", "ontology", "resolve", "confirm_edits",
        "review", "approve_deploy",
    ]  # fmt: skip
    assert children == wanted
    for agent in wanted[1:5]:
        names = ("propose", "render", "test_gate", "second_attempt")
        tasks = [f"phase_4_build.{agent}.{name}" for name in names]
        assert [task for task in dag.task_ids if task.startswith(f"phase_4_build.{agent}.")] == tasks


def test_every_gate_has_request_wait_and_decision(dag: Any) -> None:
    assert [gate.name for gate in GATES] == list(GATE_GROUPS)
    for gate, group in GATE_GROUPS.items():
        request, wait, decision = (dag.get_task(f"{group}.{gate}.{name}") for name in ("request", "wait", "decision"))
        assert request.trigger_dag_id == wait.external_dag_id == f"onboard_gate_{gate}"
        assert wait.external_task_id == "approve"
        assert wait.deferrable
        assert decision.upstream_task_ids == {request.task_id, wait.task_id}
        assert str(decision.trigger_rule.value) == "all_done_min_one_success"


def test_tasks_of_a_gate_survive_the_schedulers_race(dag: Any) -> None:
    for gate, group in GATE_GROUPS.items():
        for name in ("request", "wait", "decision"):
            task = dag.get_task(f"{group}.{gate}.{name}")
            assert task.retries >= 2, task.task_id
            assert task.retry_delay <= timedelta(seconds=5), task.task_id


def test_approve_itself_survives_it_too() -> None:
    for name, value in runpy.run_path(str(META_DAG.with_name("onboard_gate_dags.py"))).items():
        if name.startswith("onboard_gate_"):
            approve = value.get_task("approve")
            assert approve.retries >= 2
            assert approve.retry_delay <= timedelta(seconds=5)


def test_who_lets_a_gate_wait_is_reminded_once_before_it_closes() -> None:
    for name, value in runpy.run_path(str(META_DAG.with_name("onboard_gate_dags.py"))).items():
        if name.startswith("onboard_gate_"):
            (deadline,) = value.deadline if isinstance(value.deadline, list) else [value.deadline]
            assert deadline.callback.path == "shared.operators.approval.remind"
            assert timedelta(hours=1) < deadline.interval < value.get_task("approve").response_timeout


def test_the_straight_path_has_at_most_45_instances(dag: Any) -> None:
    optional = [f".{gate.name}." for gate in GATES if not gate.approval]
    beside = [
        name for name in dag.task_ids if name.endswith(".second_attempt") or any(gate in name for gate in optional)
    ]
    assert len(beside) == 5 + 3 * len(optional)
    approvals = [gate for gate in GATES if gate.approval]
    assert len(approvals) <= 4
    assert len(dag.task_ids) - len(beside) + len(approvals) <= 45


def test_at_most_one_branch_goes_on(dag: Any) -> None:
    for name, following in (
        ("route.find_workload", "phase_0_health.check_environment"),
        ("phase_0_health.check_environment", "phase_1_discovery.discover"),
        ("phase_1_discovery.discover", "phase_2_validate.detect_duplicates"),
        ("phase_1_discovery.discover", "phase_2_validate.check_connectivity"),
        ("phase_2_validate.summarize_plan", "phase_3_profile.measure"),
    ):
        task = dag.get_task(name)
        assert task.branches
        for branch in task.branches:
            assert any(f"{found}.".startswith(f"{branch}.") for found in dag.task_ids), branch
        assert str(dag.get_task(following).trigger_rule.value) == "none_failed_min_one_success"


def test_a_person_is_asked_when_any_second_attempt_failed(dag: Any) -> None:
    request = dag.get_task("phase_4_build.resolve.request")
    assert request.upstream_task_ids == {name for name in dag.task_ids if name.endswith(".second_attempt")}
    assert str(request.trigger_rule.value) == "one_failed"


def test_every_step_and_card_is_a_function_of_one_context(dag: Any) -> None:
    paths = [getattr(task, name) for task in dag.tasks for name in ("step", "card") if hasattr(task, name)]
    assert len(paths) > 30
    for path in paths:
        assert list(inspect.signature(load_function(path)).parameters) == ["context"], path


def test_every_input_is_upstream_of_the_step_that_reads_it(dag: Any) -> None:
    faults = [
        f"{task.task_id} reads {source}"
        for task in dag.tasks
        for given in getattr(task, "inputs", {}).values()
        for source in ([given] if isinstance(given, str) else given)
        if source not in task.get_flat_relative_ids(upstream=True)
    ]
    assert faults == []


def test_every_task_is_upstream_of_the_summary(dag: Any) -> None:
    before = dag.get_task("summary").get_flat_relative_ids(upstream=True)
    assert before == set(dag.task_ids) - {"summary"}


def test_a_second_attempt_answers_a_red_test_gate_and_either_lets_the_next_begin(dag: Any) -> None:
    groups = [
        "phase_3_profile",
        *(f"phase_4_build.{agent}" for agent in ("metadata", "transformation", "quality", "dag")),
    ]
    after = ["phase_3_profile.confirm_profile.request", *(f"{group}.propose" for group in groups[2:])]
    after.append("phase_4_build.ontology.stage")
    for group, following in zip(groups, after, strict=True):
        second = dag.get_task(f"{group}.second_attempt")
        assert second.upstream_task_ids == {f"{group}.test_gate"}
        assert str(second.trigger_rule.value) == "one_failed"
        assert dag.get_task(following).upstream_task_ids == {f"{group}.test_gate", second.task_id}
        assert str(dag.get_task(following).trigger_rule.value) == "one_success"


def test_joins_after_optional_tasks_run_when_those_are_skipped(dag: Any) -> None:
    for join in ("phase_2_validate.summarize_plan", "phase_4_build.review"):
        assert str(dag.get_task(join).trigger_rule.value) == "none_failed_min_one_success"
    assert str(dag.get_task("summary").trigger_rule.value) == "all_done"


def test_many_onboardings_may_wait_for_people_at_once(dag: Any) -> None:
    assert dag.max_active_runs >= 200
    assert dag.catchup is False
