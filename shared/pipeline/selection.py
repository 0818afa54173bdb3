"""Which part of the source a run takes, by the way it is loaded: all of it, new files, or new rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline.errors import NothingNewError, SourceError
from shared.pipeline.reading.database_rows import Bounds
from shared.pipeline.state import Load
from shared.pipeline.storage import StoredFile
from shared.pipeline.tables import PART, count_rows
from shared.pipeline.watermark import Watermark, Window, highest, leave_to_others, window_of
from shared.pipeline.zones import Lake

LOADS = ("full", "new_files", "watermark")


@dataclass(frozen=True)
class Selection:
    """What a run of one date takes.

    :ivar load: ``full``, ``new_files`` or ``watermark``.
    :ivar leave_out: files that are not read: other dates have loaded them.
    :ivar window: of a load by watermark.
    """

    load: str
    leave_out: Collection[StoredFile] = ()
    watermark: Watermark | None = None
    window: Window | None = None

    def condition(self, con: Any) -> tuple[str, dict[str, str]]:
        """SQL condition over the source's columns, and its parameters; ``true`` for all rows."""
        if self.watermark is None or self.window is None:
            return "true", {}
        return self.window.condition(con, self.watermark)

    @property
    def bounds(self) -> Bounds | None:
        """What a database may leave out before it sends rows."""
        if self.watermark is None or self.window is None:
            return None
        return Bounds(self.watermark.column, self.watermark.kind, self.window.low, self.window.high)

    def own_rows(self, con: Any, lake: Lake, table: str, candidate: Path, columns: Collection[str]) -> Path:
        """Folder of the candidate's rows that no other date has loaded.

        :raises NothingNewError: there is none.
        """
        if self.watermark is None or self.window is None:
            return candidate
        own = leave_to_others(con, lake, table, candidate, tuple(columns), self.window, self.watermark)
        if not count_rows(con, [own / PART]):
            raise _nothing_new(self.watermark, self.window)
        return own

    def marks(self, con: Any, rows: Path) -> Mapping[str, str]:
        """``low`` and ``high`` of the load that is made of these rows."""
        if self.watermark is None or self.window is None:
            return {}
        return {"low": self.window.low, "high": highest(con, rows, self.watermark)}


def select(con: Any, loads: list[Load], run_date: str, load: str, watermark: Watermark | None) -> Selection:
    """What a run takes, as the current loads are now.

    :param loads: the current loads.
    :raises SourceError: the way of loading is not known.
    """
    others = [other for other in loads if other.run_date != run_date]
    if load == "new_files":
        # Later dates count as well: a file is loaded once, whatever the order of the runs.
        return Selection(load, {file for other in others for file in other.files})
    if load == "watermark" and watermark is not None:
        window = window_of(con, loads, run_date, watermark)
        # A new date finds nothing above the highest value in a file that was read to its end.
        new_date = len(others) == len(loads) and not window.repeated
        read = {file for other in others for file in other.files} if new_date else set()
        return Selection(load, read, watermark, window)
    if load == "full":
        return Selection(load)
    raise SourceError(
        "The way of loading is not known, or its watermark is missing.",
        where="source.load",
        expected=", ".join(LOADS),
        given=load,
        remedy="Correct source.load and source.watermark_column, and onboard the source again.",
    )


def _nothing_new(watermark: Watermark, window: Window) -> NothingNewError:
    end = f" and up to {window.high}" if window.high else ""
    return NothingNewError(
        "No row of the source is new.",
        where=f"column {watermark.column}",
        expected=f"a value above {window.low or 'any'}{end}, in a row that no other date has loaded",
        remedy="Nothing to do; the next run looks again. Run an earlier date again for rows that came late.",
    )
