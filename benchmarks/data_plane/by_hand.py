"""The pipeline as a person writes it for just this table: statements for DuckDB, one after the other."""

from __future__ import annotations

import re
import time
from pathlib import Path

from shared.pipeline import engine
from tests.hard_input.onboarding_path import KEY

STATEMENTS = Path(__file__).parent / "by_hand.sql"
#: Tables that the statements write, each to one Parquet file.
TABLES = ("bronze", "silver", "gold", "duplicates", "quarantine")
_READERS = {"csv": "read_csv('{path}', all_varchar=true, header=true)", "parquet": "read_parquet('{path}')"}


def table_file(folder: Path, table: str) -> Path:
    """The file of a table."""
    return folder / f"{table}.parquet"


def run_by_hand(source: Path, folder: Path, load_id: str) -> dict[str, float]:
    """Write every table to ``folder``.

    :param source: a CSV or Parquet file.
    :param load_id: value of ``_load_id``.
    :returns: statement -> seconds; "start" is the engine's.
    """
    text = STATEMENTS.read_text(encoding="utf-8").format(
        read=_READERS[source.suffix[1:]].format(path=source),
        **{table: table_file(folder, table) for table in TABLES},
    )
    known = {"key": KEY, "uri": source.as_uri(), "load_id": load_id}
    seconds, last = {}, time.monotonic()
    with engine.connection() as con:
        for name, statement in re.findall(r"^-- (\w+)\n(.*?);$", text, re.MULTILINE | re.DOTALL):
            seconds.setdefault("start", time.monotonic() - last)
            last = time.monotonic()
            con.execute(statement, {key: value for key, value in known.items() if f"${key}" in statement} or None)
            seconds[name] = time.monotonic() - last
    return seconds
