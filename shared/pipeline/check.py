"""A zone's quality gate: score every candidate row, hold back the bad ones, publish the rest or nothing."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shared.pipeline import balance, baselines, engine, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import QualityGateFailed, StepOrderError
from shared.pipeline.publish import prepare_version, publish
from shared.pipeline.reading.tables import UNCAST_COLUMN
from shared.pipeline.schema_drift import type_change_rules
from shared.pipeline.scoring import Rule, Verdict, flag_rows, judge
from shared.pipeline.tables import (
    PART,
    bring,
    columns_in,
    count_rows,
    parquet_files,
    put_file,
    put_table,
    quoted,
    relation,
    write_parquet,
)
from shared.pipeline.transform import ARRIVAL, CONTROL_COLUMNS, RANK_COLUMN
from shared.pipeline.zones import Lake, read_pointer

__all__ = ["CheckSpec", "Rule", "check_zone"]
log = logging.getLogger(__name__)
_UNUSUAL_IN_ERROR = 3


@dataclass(frozen=True)
class CheckSpec:
    """The rules of one table and what they must reach.

    :ivar zone: ``bronze`` (informs only), ``silver`` or ``gold``.
    :ivar threshold: the score that the gate needs, 0 to 1.
    :ivar dimension_weights: weight of each dimension; those without a rule do not count.
    :ivar partition_columns: of the published Silver table.
    """

    workload: str
    table: str
    zone: str
    threshold: float
    dimension_weights: Mapping[str, float] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    partition_columns: tuple[str, ...] = ()


def check_zone(spec: CheckSpec, arguments: RunArguments) -> dict[str, Any]:
    """Judge one table. Silver is published when it passes, Gold is made ready for ``publish_gold``.

    :returns: ``score``, ``threshold``, ``passed``, ``rows`` (of the candidate), ``quarantined``,
        ``published`` (Silver) or ``accepted`` (Gold), ``rules``, each with its counts, and ``baseline`` (Silver: what
        is unusual about the load of this run; it decides nothing).
    :raises QualityGateFailed: Silver or Gold did not pass; nothing is published, the verdict is kept.
    :raises BalanceError: the rows do not add up; nothing is published.
    """
    lake = Lake(arguments.lake_uri, spec.workload)
    finished = _finished_before(lake, spec, arguments)
    if finished is not None:
        return finished
    with tempfile.TemporaryDirectory(prefix="onboarding_check_") as scratch, engine.opened(arguments) as con:
        source = _source(spec, relation(con, _candidate(con, lake, spec, arguments, Path(scratch))))
        spec = _with_drift_rules(con, spec, source)
        flagged = flag_rows(con, f"FROM {source}", spec.rules, Path(scratch) / "flagged")
        run = _Run(con, lake, spec, arguments, Path(scratch), source, flagged)
        summary = run.inform() if spec.zone == "bronze" else run.gate()
    if spec.zone == "silver":
        storage.delete_tree(lake.candidate(arguments.load_id, "silver", spec.table))
    return summary


def _finished_before(lake: Lake, spec: CheckSpec, arguments: RunArguments) -> dict[str, Any] | None:
    """The verdict of an earlier try that had published before it was interrupted: nothing is left to do."""
    if spec.zone == "bronze" or parquet_files(lake.candidate(arguments.load_id, spec.zone, spec.table)):
        return None
    published = read_pointer(lake, spec.zone, spec.table)
    summary = state.read_summary(lake, arguments.load_id, f"check_{spec.zone}")
    if published and published.load_id == arguments.load_id and summary and summary["passed"]:
        return dict(summary["tables"][spec.table])
    return None


def _candidate(con: Any, lake: Lake, spec: CheckSpec, arguments: RunArguments, folder: Path) -> list[Path]:
    if spec.zone == "bronze":
        uri = lake.bronze_load(spec.table, arguments.run_date, arguments.load_id)
    else:
        uri = lake.candidate(arguments.load_id, spec.zone, spec.table)
    files = parquet_files(uri)
    if not files:
        raise StepOrderError(
            "There is no candidate to check.",
            where=uri,
            expected="what the step before writes",
            remedy="Clear the transformation's task together with this one.",
        )
    return bring(con, files, folder / "candidate")


def _source(spec: CheckSpec, candidate: str) -> str:
    """The rows that are judged: of Silver those that are no duplicates."""
    if spec.zone != "silver":
        return candidate
    return f"(SELECT * FROM {candidate} WHERE {RANK_COLUMN} = 1)"  # noqa: S608


def _with_drift_rules(con: Any, spec: CheckSpec, source: str) -> CheckSpec:
    """The rules of Silver, and one for each column that was delivered with another type than the onboarded one."""
    if spec.zone != "silver" or UNCAST_COLUMN not in {name for name, _ in columns_in(con, source)}:
        return spec
    named = con.execute(f"SELECT DISTINCT unnest({UNCAST_COLUMN}) AS name FROM {source} ORDER BY name").fetchall()  # noqa: S608
    return replace(spec, rules=(*spec.rules, *type_change_rules([row[0] for row in named])))


@dataclass(frozen=True)
class _Run:
    """One check of one table: everything its steps share.

    :ivar source: SQL that reads the candidate.
    :ivar flagged: SQL that reads it with what each rule says of each row.
    """

    con: Any
    lake: Lake
    spec: CheckSpec
    arguments: RunArguments
    folder: Path
    source: str
    flagged: str

    def inform(self) -> dict[str, Any]:
        """Bronze: a score for the record."""
        verdict = self._judge()
        summary = {**verdict.as_dict(), "quarantined": 0}
        self._record(verdict, summary)
        return summary

    def gate(self) -> dict[str, Any]:
        """Silver and Gold: pass and publish (or get ready), or fail and keep everything as it was."""
        verdict = self._judge()
        quarantined = self._quarantine(verdict)
        summary = {**verdict.as_dict(), **self._baseline(), "quarantined": quarantined}
        if not verdict.passed:
            self._record(verdict, {**summary, "published": 0})
            raise self._failed(verdict, quarantined, summary)
        if self.spec.zone == "silver":
            summary["published"] = self._publish_silver(verdict, summary)
        else:
            summary["accepted"] = self._accept_gold(verdict)
            self._record(verdict, summary)
        return summary

    def _baseline(self) -> dict[str, Any]:
        found = baselines.compare_load(self.lake, self.arguments) if self.spec.zone == "silver" else None
        if found is None:
            return {}
        for finding in found["findings"]:
            log.warning("%s: unusual: %s", self.spec.workload, finding["text"])
        return {"baseline": found}

    def _judge(self) -> Verdict:
        return judge(self.con, self.flagged, self.spec.rules, self.spec.threshold, self.spec.dimension_weights)

    def _quarantine(self, verdict: Verdict) -> int:
        """Write the rows that are held back, each with all its reasons."""
        held = verdict.held_back()
        target = self.lake.quarantine(self.spec.zone, self.arguments)
        file = storage.join(target, f"{self.spec.table}.parquet")
        storage.delete_file(file)
        if held == "false":
            return 0
        reasons = verdict.reasons(self.con)
        query = f"SELECT {self._columns()}, {reasons} AS _reasons FROM {self.flagged} WHERE {held} {self._order()}"  # noqa: S608
        return put_file(self.con, query, self.folder / "quarantine", file)

    def _columns(self) -> str:
        every = columns_in(self.con, self.source)
        return quoted(self.con, *(name for name, _ in every if name not in CONTROL_COLUMNS))

    def _good_rows(self, verdict: Verdict) -> str:
        good = f"NOT ({verdict.held_back()})"
        return f"SELECT {self._columns()} FROM {self.flagged} WHERE {good} {self._order()}"  # noqa: S608

    def _order(self) -> str:
        """Rows of Silver know how they came; a transform does not keep that order."""
        return ARRIVAL if self.spec.zone == "silver" else ""

    def _publish_silver(self, verdict: Verdict, summary: dict[str, Any]) -> int:
        """Data first, then the books, the pointer last."""
        query, partitions = self._good_rows(verdict), self.spec.partition_columns
        version = prepare_version(
            self.con, self.lake, "silver", self.spec.table, self.arguments, query, partitions, self.folder
        )
        balance.check_silver(self.con, self.lake, self.spec.table, self.arguments, version, self.folder)
        self._record(verdict, {**summary, "published": version.rows})
        baselines.record_load(self.lake, self.arguments)
        publish(self.lake, "silver", self.spec.table, version)
        return version.rows

    def _accept_gold(self, verdict: Verdict) -> int:
        write_parquet(self.con, self._good_rows(verdict), self.folder / "accepted")
        put_table(self.con, self.folder / "accepted", self.lake.accepted(self.arguments.load_id, self.spec.table))
        return count_rows(self.con, [self.folder / "accepted" / PART])

    def _record(self, verdict: Verdict, summary: dict[str, Any]) -> None:
        """Keep the verdict: in the history, and in the summary of the step over all its tables."""
        arguments, spec = self.arguments, self.spec
        names = {"run_date": arguments.run_date, "load_id": arguments.load_id, "table": spec.table}
        unusual = {"baseline": summary["baseline"]} if "baseline" in summary else {}
        state.record_quality(self.lake, spec.zone, {**names, **verdict.as_dict(), **unusual})
        step = f"check_{spec.zone}"
        earlier = state.read_summary(self.lake, arguments.load_id, step) or {"tables": {}}
        tables = {**earlier["tables"], spec.table: summary}
        totals: dict[str, Any] = {
            key: sum(table.get(key, 0) for table in tables.values())
            for key in ("rows", "quarantined", "published", "accepted")
        }
        totals["score"] = min(table["score"] for table in tables.values())
        totals["passed"] = all(table["passed"] for table in tables.values())
        totals["threshold"] = max(table["threshold"] for table in tables.values())
        state.write_summary(self.lake, arguments, step, {**totals, "tables": tables})

    def _failed(self, verdict: Verdict, quarantined: int, summary: dict[str, Any]) -> QualityGateFailed:
        worst = "; ".join(verdict.worst())
        unusual = "; ".join(baselines.unusual_texts(summary, _UNUSUAL_IN_ERROR))
        return QualityGateFailed(
            f"The quality gate of {self.spec.zone} did not pass: nothing is published, the last good version stays.",
            where=f"{self.spec.zone}/{self.spec.workload}/{self.spec.table}, load {self.arguments.load_id}",
            expected=f"a score of at least {verdict.threshold:.4f} and no critical or blocking rule failed",
            given=f"score {verdict.score:.4f}; worst rules: {worst}; {quarantined} rows in quarantine"
            + (f"; unusual: {unusual}" if unusual else ""),
            remedy="Look at the rows in "
            f"{self.lake.quarantine(self.spec.zone, self.arguments)}; correct the source and run again, "
            "or change the rules with intent modify.",
        )
