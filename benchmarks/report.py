"""The numbers as tables of text, and as JSON values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from benchmarks.measure import Measured, Memory

TARGET_RATIO = 1.8
TARGET_INSTANCES = 45
_SHOWN_TASKS = 12


def as_json(runs: Sequence[Measured], memory: Sequence[Memory], instances: int) -> dict[str, Any]:
    """Everything that was measured."""
    floor, real = _of(runs, "floor"), _of(runs, "real")
    return {
        "cores": os.cpu_count(),
        "task_instances": {"value": instances, "target": TARGET_INSTANCES},
        "ratio": {"value": round(_ratio(floor, real, "total"), 3), "target": TARGET_RATIO},
        "ratio_without_answering": round(_ratio(floor, real, "machine"), 3),
        "runs": [asdict(run) for run in runs],
        "memory_megabytes": [asdict(sample) for sample in memory],
    }


def tables(runs: Sequence[Measured], memory: Sequence[Memory], instances: int) -> str:
    """What is printed: phases, the tasks that cost most beyond the floor, memory."""
    floor, real = _of(runs, "floor"), _of(runs, "real")
    parts = [
        f"{os.cpu_count()} cores, {len(floor)} runs of each kind in turn, mean seconds",
        _table(("phase", "floor", "real", "beyond the floor", "ratio"), _phase_rows(floor, real)),
        f"ratio of totals {_ratio(floor, real, 'total'):.2f} (target: at most {TARGET_RATIO}); "
        f"without the time that gates wait for an answer {_ratio(floor, real, 'machine'):.2f}\n"
        f"task instances {instances} (target: at most {TARGET_INSTANCES})\n"
        f"single totals: {_singles(floor)} floor, {_singles(real)} real",
        _table(("task", "floor", "real", "beyond the floor"), _task_rows(floor, real)),
        _table(
            ("memory of the platform, MB", "processes", "PSS", "RSS"),
            [(sample.moment, str(sample.processes), f"{sample.pss:.0f}", f"{sample.rss:.0f}") for sample in memory],
        ),
    ]
    return "\n\n".join(parts)


def _of(runs: Iterable[Measured], kind: str) -> list[Measured]:
    return [run for run in runs if run.kind == kind]


def _mean(runs: Sequence[Measured], name: str) -> float:
    return mean(getattr(run, name) for run in runs)


def _ratio(floor: Sequence[Measured], real: Sequence[Measured], name: str) -> float:
    return _mean(real, name) / _mean(floor, name)


def _singles(runs: Sequence[Measured]) -> str:
    return ", ".join(f"{run.total:.1f}" for run in runs)


def _row(name: str, floor: float, real: float) -> tuple[str, ...]:
    ratio = f"{real / floor:.2f}" if floor else ""
    return (name, f"{floor:.1f}", f"{real:.1f}", f"{real - floor:.1f}", ratio)


def _phase_rows(floor: Sequence[Measured], real: Sequence[Measured]) -> list[tuple[str, ...]]:
    rows = []
    for phase in real[0].phases:
        seconds = [mean(run.phases.get(phase, 0.0) for run in runs) for runs in (floor, real)]
        rows.append(_row(phase, *seconds))
    for label, name in (("total", "total"), ("of it waiting for answers", "answering"), ("the rest", "machine")):
        rows.append(_row(label, _mean(floor, name), _mean(real, name)))
    return rows


def _task_rows(floor: Sequence[Measured], real: Sequence[Measured]) -> list[tuple[str, ...]]:
    rows = []
    for task in real[0].tasks:
        if task.endswith(".wait"):
            continue
        seconds = [mean(run.tasks.get(task, 0.0) for run in runs) for runs in (floor, real)]
        rows.append((seconds[1] - seconds[0], _row(task, *seconds)[:4]))
    rows.sort(reverse=True)
    return [row for _, row in rows[:_SHOWN_TASKS]]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
