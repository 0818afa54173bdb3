"""Chains of meta runs: a change that a person asked for is a new run, with the same record and the same root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Runs of one onboarding at most; who then still wants a change starts anew with a conf that has it.
MOST_RUNS = 5
#: Entry of the record of a run that let an earlier onboarding go on: its ``root_run_id``, ``iteration``, ``run_id``.
CONTINUED = "continued"


def chain_run_id(root_run_id: str, iteration: int) -> str:
    """Run id of a run of a chain: made by the system, so that no other run can pass for one.

    :param iteration: 1 for the first run, whose id it keeps.
    """
    return root_run_id if iteration == 1 else f"{root_run_id}__round_{iteration:02d}"


def root_run_id(run_id: str, resume: Any) -> str:
    """Root of the chain that a run belongs to; its own id, unless that is the system's for a later run of the chain.

    :param resume: ``resume`` of the run's conf, whatever it is: a person may have written it.
    """
    return chain_position(run_id, resume)[0]


def chain_position(run_id: str, resume: Any) -> tuple[str, int, int]:
    """Root run id, iteration and the phase that the run goes back to; see :func:`root_run_id`."""
    if not isinstance(resume, Mapping):
        return run_id, 1, 1
    root, iteration, phase = resume.get("root_run_id"), resume.get("iteration"), resume.get("from_phase")
    if not isinstance(root, str) or not isinstance(iteration, int) or iteration < 2:
        return run_id, 1, 1
    if chain_run_id(root, iteration) != run_id:
        return run_id, 1, 1
    return root, iteration, phase if isinstance(phase, int) else 1


def next_iteration(entries: Iterable[str]) -> int:
    """The iteration of the run that a chain would go on with, from the names of its record's entries."""
    numbers = [int(name.rpartition("-")[2]) for name in entries if name.startswith("handover-")]
    return max([1, *numbers]) + 1


def handover_entry(iteration: int) -> str:
    """Name of the record's entry with what the run of this iteration was handed."""
    return f"handover-{iteration:02d}"
