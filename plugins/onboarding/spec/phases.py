"""The phases of an onboarding in their order, and what the states of a phase's tasks say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PHASES = (
    "route", "phase_0_health", "phase_1_discovery", "phase_2_validate", "phase_3_profile", "phase_4_build",
    "phase_5_deploy", "summary",
)  # fmt: skip
_FINISHED = {"success", "skipped"}
_NOT_STARTED = {"None", "none", ""}
_ASKED = ("scheduled", "queued", "running", "success")


#: Starts the next run of a chain; no phase of its own, and skipped on the straight path.
HAND_OVER = "hand_over"


def phase_of(task_id: str) -> str:
    """The phase (outermost task group) of a task of the meta-DAG."""
    return task_id.split(".", maxsplit=1)[0]


#: The gate that asks when an agent's tests failed twice.
RESOLVE = "phase_4_build.resolve"


def phase_status(states: Mapping[str, object], *, escalated: bool = False) -> str:
    """``waiting`` (not started), ``running``, ``success``, ``skipped`` or ``failed``.

    :param states: task id -> state of the phase's tasks. A gate's sensor fails on a "no", which is no fault, and
        neither is a red test gate as long as the second attempt has not failed too.
    :param escalated: a person was asked what to do about tests that failed twice: they are no fault either.
    """
    known = {
        str(state)
        for task_id, state in states.items()
        if not task_id.endswith(".wait")
        and not (str(state) == "failed" and _has_second_attempt(states, task_id))
        and not (escalated and str(state) in ("failed", "upstream_failed"))
    }
    if known & {"failed", "upstream_failed"}:
        return "failed"
    if known <= _FINISHED:
        return "success" if "success" in known else "skipped"
    return "waiting" if known <= _NOT_STARTED else "running"


def failed_tasks(states: Mapping[str, object]) -> list[str]:
    """Tasks that failed, sorted; no sensor whose gate was decided, no test gate whose second attempt passed.

    What failed twice is no fault any more when a person decided what to do about it.
    """
    resolved = str(states.get(f"{RESOLVE}.decision", "")) == "success"
    return sorted(
        task_id
        for task_id, state in states.items()
        if str(state) == "failed"
        and not (resolved and task_id.endswith((".test_gate", ".second_attempt")))
        and not (task_id.endswith(".wait") and _state_beside(states, task_id, "decision") == "success")
        and not (task_id.endswith(".test_gate") and _state_beside(states, task_id, "second_attempt") == "success")
    )


def _has_second_attempt(states: Mapping[str, object], task_id: str) -> bool:
    second = _state_beside(states, task_id, "second_attempt")
    return task_id.endswith(".test_gate") and second not in ("", "failed", "upstream_failed", "skipped")


def _state_beside(states: Mapping[str, object], task_id: str, name: str) -> str:
    return str(states.get(f"{task_id.rsplit('.', maxsplit=1)[0]}.{name}", ""))


def phase_statuses(states: Mapping[str, object]) -> dict[str, str]:
    """Status of each phase that has tasks, in the order of the flow."""
    groups: dict[str, dict[str, object]] = {}
    for task_id, state in states.items():
        if task_id == HAND_OVER:
            continue
        groups.setdefault(phase_of(task_id), {})[task_id] = state
    escalated = str(states.get(f"{RESOLVE}.request", "")) in _ASKED
    return {phase: phase_status(groups[phase], escalated=escalated) for phase in in_order(groups)}


def in_order(phases: Iterable[str]) -> list[str]:
    """Phases in the order of the flow, unknown ones last."""
    return sorted(phases, key=lambda name: (PHASES.index(name) if name in PHASES else len(PHASES), name))
