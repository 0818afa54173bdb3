"""What has been kept long enough: loads of Bronze that nothing is made of any more, and rows that were held back."""

from __future__ import annotations

from datetime import date, timedelta

from shared.pipeline import state, storage
from shared.pipeline.state import Load
from shared.pipeline.zones import Lake

DATE_FOLDER = "ingestion_date="
KINDS = ("duplicates", "gold", "silver")


def expired_loads(lake: Lake, run_date: str, days: int | None) -> list[Load]:
    """Loads of Bronze older than ``days`` before ``run_date``, oldest first.

    A load that Silver is a function of is never among them, however old it is.

    :param run_date: of the run that asks, ``YYYY-MM-DD``: a run of an old date expires less than one of today.
    :param days: how long loads are kept; ``None``: for ever.
    """
    if days is None:
        return []
    needed = {load.load_id for load in state.current_loads(lake)}
    first_kept = _first_kept(run_date, days)
    return [load for load in state.read_loads(lake) if load.run_date < first_kept and load.load_id not in needed]


def expire_quarantine(lake: Lake, run_date: str, days: int | None) -> list[str]:
    """Remove the rows that loads of more than ``days`` before ``run_date`` held back, of every kind.

    Removing is repeatable: after a kill the next run removes what is left.

    :param days: how long they are kept; ``None``: for ever.
    :returns: the folders that were removed, ``<kind>/ingestion_date=<date>``.
    """
    if days is None:
        return []
    first_kept = _first_kept(run_date, days)
    removed = []
    for kind in KINDS:
        folder = lake.quarantine_kind(kind)
        names = {storage.relative(file.uri, folder).split("/")[0] for file in storage.list_files(folder)}
        for name in sorted(names):
            if name.startswith(DATE_FOLDER) and name.removeprefix(DATE_FOLDER) < first_kept:
                storage.delete_tree(storage.join(folder, name))
                removed.append(f"{kind}/{name}")
    return removed


def _first_kept(run_date: str, days: int) -> str:
    return (date.fromisoformat(run_date) - timedelta(days=days)).isoformat()
