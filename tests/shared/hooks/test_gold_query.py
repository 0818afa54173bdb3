"""Published Gold answers a SELECT; what was never published, does not fit, or takes too long says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from shared.hooks import gold_query
from shared.hooks.gold_query import GoldQuestionError, ask_gold
from shared.pipeline import storage
from shared.pipeline.zones import Lake, Published, PublishedFile


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Gold of ``orders`` with three rows."""
    lake = Lake((tmp_path / "lake").as_uri(), "orders")
    folder = tmp_path / "lake" / "gold" / "orders" / "orders" / "version=v1"
    folder.mkdir(parents=True)
    values = "('EU', 1.5, DATE '2026-01-05'), ('EU', 2, NULL), ('US', 4, NULL)"
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {values}) AS t(region, amount, day)) TO '{folder}/part-00000.parquet'")
    published = Published(
        version="v1", load_id="l1", run_date="2026-01-05", path="version=v1", rows=3,
        files=(PublishedFile("version=v1/part-00000.parquet", 3),), columns=(),
    )  # fmt: skip
    storage.write_json(lake.pointer("gold", "orders"), published.as_dict())
    return lake


def test_a_question_is_answered_with_text(lake: Lake) -> None:
    sql = "SELECT region, sum(amount) AS amount, max(day) AS day FROM orders GROUP BY region ORDER BY region LIMIT 10"
    answer = ask_gold(lake.uri, "orders", sql, ["orders"])
    assert answer.columns == ("region", "amount", "day")
    assert answer.rows == (("EU", "3.5", "2026-01-05"), ("US", "4.0", None))


def test_what_was_never_published_cannot_answer(lake: Lake) -> None:
    with pytest.raises(GoldQuestionError, match="never published") as caught:
        ask_gold(lake.uri, "orders", "SELECT 1 FROM other", ["other"])
    assert "run the pipeline orders once" in caught.value.remedy


def test_what_does_not_fit_says_what(lake: Lake) -> None:
    with pytest.raises(GoldQuestionError, match="does not fit") as caught:
        ask_gold(lake.uri, "orders", "SELECT region + amount FROM orders", ["orders"])
    assert caught.value.given


def test_what_takes_too_long_is_stopped(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gold_query, "MOST_SECONDS", 0.2)
    joins = ", ".join(f"orders AS o{number}" for number in range(20))
    with pytest.raises(GoldQuestionError, match="too long"):
        ask_gold(lake.uri, "orders", f"SELECT count(DISTINCT o1.amount + o2.amount) FROM {joins}", ["orders"])


def test_no_file_is_left_behind(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    found: Any = ask_gold(lake.uri, "orders", "SELECT count(*) AS n FROM orders LIMIT 1", ["orders"])
    assert found.rows == (("3",),)
    assert list(scratch.iterdir()) == []
