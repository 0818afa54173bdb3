"""JSON, JSON Lines and Parquet: nested values, keys that come and go, folders of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.pipeline import engine
from tests.hard_input.onboarding_path import Onboarded, onboard


def events(count: int = 40) -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"E-{i:05d}",
            "kind": ("view", "click")[i % 2],
            "amount": i + 0.25,
            "ok": i % 3 == 0,
            "payload": {"page": {"path": f"/p/{i}", "depth": i}, "tags": ["a", f"b{i}"]},
            "items": [{"sku": f"S{i}", "n": i}, {"sku": "x"}],
            "nothing": None,
        }
        for i in range(count)
    ]


def check(done: Onboarded) -> None:
    assert not done.blocked
    found = {row["event_id"]: row for row in done.gold()}
    assert len(found) == 40
    assert json.loads(found["E-00007"]["payload"]) == events()[7]["payload"]
    assert json.loads(found["E-00007"]["items"]) == events()[7]["items"]


def test_json_array(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(json.dumps(events(), indent=1))
    check(onboard(tmp_path / "events.json", tmp_path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_lines(tmp_path: Path, encoding: str) -> None:
    lines = "\r\n".join(json.dumps(event, ensure_ascii=False) for event in events())
    (tmp_path / "events.jsonl").write_bytes(lines.encode(encoding))
    check(onboard(tmp_path / "events.jsonl", tmp_path))


def test_keys_that_come_and_go_and_change_their_kind(tmp_path: Path) -> None:
    rows = events()
    for i, row in enumerate(rows):
        row["late"] = {"only": i} if i % 2 else i
        if i > 30:
            row["new_key"] = "x"
            del row["amount"]
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\nnot json\n[1, 2]\n")
    done = onboard(tmp_path / "events.jsonl", tmp_path)
    check(done)
    assert done.profile.unreadable_rows == 2


def test_a_parquet_folder_with_types_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "events"
    with engine.connection() as con:
        for day in (1, 2):
            (folder / f"day={day}").mkdir(parents=True)
            con.execute(
                f"""COPY (SELECT 'E-' || lpad(((i * 2) + {day})::VARCHAR, 5, '0') AS event_id, i::INTEGER AS n,
                    (i / 4)::DECIMAL(10, 2) AS price, i % 2 = 0 AS ok, DATE '2025-01-01' + i::INTEGER AS "on",
                    TIMESTAMP '2025-01-01 10:00:00' + to_hours(i) AS moment, i::DOUBLE * 1e10 AS big,
                    [i, i + 1] AS list, {{'a': i, 'b': ['x']}} AS struct, MAP {{'k': i}} AS map,
                    'raw'::BLOB AS bytes, '\u00fc' || i AS text, NULL::INTEGER AS nothing,
                    TIMESTAMPTZ '2025-01-01 10:00:00+02' AS zoned, TIME '10:00:00' AS clock,
                    gen_random_uuid() AS guid
                FROM range(20) AS t(i)) TO '{folder}/day={day}/part.parquet' (FORMAT parquet)"""
            )
    (folder / "_SUCCESS").write_text("")
    done = onboard(folder, tmp_path)
    assert not done.blocked
    assert (done.profile.rows, len(done.gold())) == (40, 40)
    types = {column.name: column.type.value for column in done.plan.metadata.columns}
    assert (types["n"], types["price"], types["ok"], types["on"]) == ("integer", "decimal", "boolean", "date")
