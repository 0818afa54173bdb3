"""What is kept between the steps and the runs of a pipeline: loads, summaries, quality history."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from shared.pipeline import storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import StepOrderError
from shared.pipeline.storage import StoredFile
from shared.pipeline.zones import Lake

LOADS = "loads.json"
# Name of the summary of a run that found nothing new to load.
SKIPPED = "skipped"


@dataclass(frozen=True)
class Load:
    """One load of Bronze.

    :ivar mode: ``full``: it replaces all loads before; ``new_files`` and ``watermark``: it adds to those of other
        dates.
    :ivar files: the files of the delivery, the empty ones among them.
    :ivar rows: rows in Bronze.
    :ivar unreadable: rows of the source that could not be read.
    :ivar low: of a load by watermark: its rows are above this value; empty: from the beginning.
    :ivar high: of a load by watermark: the highest value among its rows; empty: no row has one.
    """

    run_date: str
    load_id: str
    mode: str
    files: tuple[StoredFile, ...]
    rows: int
    unreadable: int
    low: str = ""
    high: str = ""


def read_loads(lake: Lake) -> list[Load]:
    """All loads, by date, in each date in the order of their runs."""
    document: dict[str, list[dict[str, Any]]] = storage.read_json(lake.state(LOADS), {})
    return [
        Load(run_date=run_date, **{**entry, "files": tuple(StoredFile(**file) for file in entry["files"])})
        for run_date, entries in sorted(document.items())
        for entry in entries
    ]


def record_load(lake: Lake, load: Load) -> None:
    """Make ``load`` the latest of its date; the same load recorded again replaces itself."""
    document: dict[str, list[dict[str, Any]]] = storage.read_json(lake.state(LOADS), {})
    entry = asdict(load)
    entry["files"] = [asdict(file) for file in load.files]
    del entry["run_date"]
    if load.mode != "watermark":
        del entry["low"], entry["high"]
    others = [other for other in document.get(load.run_date, []) if other["load_id"] != load.load_id]
    document[load.run_date] = [*others, entry]
    storage.write_json(lake.state(LOADS), document)


def forget_load(lake: Lake, load: Load) -> None:
    """Remove a load from the list; nothing happens when it is not there."""
    document: dict[str, list[dict[str, Any]]] = storage.read_json(lake.state(LOADS), {})
    kept = [entry for entry in document.get(load.run_date, []) if entry["load_id"] != load.load_id]
    others = {run_date: entries for run_date, entries in document.items() if run_date != load.run_date}
    storage.write_json(lake.state(LOADS), {**others, load.run_date: kept} if kept else others)


def change_rows(lake: Lake, load: Load, rows: int) -> None:
    """Let the list say that a load has fewer rows than it had, in its place: rows of it were erased."""
    document: dict[str, list[dict[str, Any]]] = storage.read_json(lake.state(LOADS), {})
    for entry in document[load.run_date]:
        if entry["load_id"] == load.load_id:
            entry["rows"] = rows
    storage.write_json(lake.state(LOADS), document)


def current_loads(lake: Lake) -> list[Load]:
    """The loads that Silver is a function of: the latest of every date; of the latest date for ``full``.

    The answer depends on dates and not on the order in which the dates were run.
    """
    latest = {load.run_date: load for load in read_loads(lake)}
    ordered = [latest[run_date] for run_date in sorted(latest)]
    newest_full = max((index for index, load in enumerate(ordered) if load.mode == "full"), default=0)
    return ordered[newest_full:]


def write_summary(lake: Lake, arguments: RunArguments, step: str, summary: dict[str, Any]) -> dict[str, Any]:
    """Keep the summary of a step of this load and return it, with the load's names added."""
    named = {"step": step, "run_date": arguments.run_date, "load_id": arguments.load_id, **summary}
    storage.write_json(lake.state("runs", arguments.load_id, f"{step}.json"), named)
    return named


def read_summary(lake: Lake, load_id: str, step: str) -> dict[str, Any] | None:
    """The summary of a step, or ``None`` when the step has not run in this load."""
    document: dict[str, Any] | None = storage.read_json(lake.state("runs", load_id, f"{step}.json"))
    return document


def forget_summary(lake: Lake, load_id: str, step: str) -> None:
    """Remove the summary of a step that no longer holds; nothing happens when there is none."""
    if read_summary(lake, load_id, step) is not None:
        storage.delete_file(lake.state("runs", load_id, f"{step}.json"))


def needed_summary(lake: Lake, load_id: str, step: str) -> dict[str, Any]:
    """The summary of an earlier step.

    :raises StepOrderError: that step has not run in this load.
    """
    summary = read_summary(lake, load_id, step)
    if summary is None:
        raise StepOrderError(
            f"The step {step} has not run in this load.",
            where=lake.state("runs", load_id),
            expected=f"{step}.json, written by that step",
            remedy="Run the steps in the order of the DAG; clear the earlier task together with this one.",
        )
    return summary


def record_quality(lake: Lake, zone: str, entry: dict[str, Any]) -> None:
    """Append to the quality history of a zone; the same load and table again replaces its line."""
    uri = lake.state("quality", f"{zone}.jsonl")
    same = (entry["load_id"], entry["table"])
    kept = [line for line in read_quality(lake, zone) if (line["load_id"], line["table"]) != same]
    lines = [json.dumps(line, sort_keys=True, ensure_ascii=False) for line in [*kept, entry]]
    storage.write_bytes(uri, ("\n".join(lines) + "\n").encode())


def read_quality(lake: Lake, zone: str) -> list[dict[str, Any]]:
    """The quality history of a zone, oldest first."""
    content = storage.read_bytes(lake.state("quality", f"{zone}.jsonl")) or b""
    return [json.loads(line) for line in content.decode().splitlines()]
