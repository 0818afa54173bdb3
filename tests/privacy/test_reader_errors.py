"""What is said about a source that cannot be read never quotes a row of it."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
from pathlib import Path

import duckdb
import pytest

from shared.pipeline import engine
from shared.pipeline.errors import DataOnboardingError, SourceError
from shared.pipeline.source import open_source
from tests.privacy.leak_scan import LeakScan
from tests.privacy.planted_source import WORDS

VALUE = "zqplanted0042"
ROWS = [{"id": number, "name": f"{VALUE} {number}"} for number in range(5)]
LINES = "\n".join(json.dumps(row) for row in ROWS)


def _parquet(path: Path) -> bytes:
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT '{VALUE}' || i AS name FROM range(2000) r(i)) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def _broken(tmp_path: Path) -> dict[str, tuple[str, bytes, str | None]]:
    """Name -> file name, content, format."""
    parquet = _parquet(tmp_path / "whole.parquet")
    quoted = "id,name\n" + "".join(f'{n},"{VALUE} {n}\n' for n in range(30))
    return {
        "csv_with_open_quotes": ("a.csv", quoted.encode(), "csv"),
        "csv_of_one_broken_row": ("a.csv", f'id,name\n"{VALUE}'.encode(), "csv"),
        "csv_with_more_fields_in_every_row": ("a.csv", f"a\n{VALUE},1,2,3\n{VALUE},1,2,3\n".encode(), "csv"),
        "csv_with_nul": ("a.csv", f"id,name\n1,{VALUE}\x00\n".encode(), "csv"),
        "csv_header_only_a_value": ("a.csv", f"{VALUE},{VALUE}\n".encode(), "csv"),
        "csv_that_is_json": ("a.csv", LINES.encode(), "parquet"),
        "json_cut": ("a.json", json.dumps(ROWS)[:-12].encode(), "json"),
        "json_of_texts": ("a.json", json.dumps([VALUE, VALUE]).encode(), "json"),
        "json_one_text": ("a.json", json.dumps(VALUE).encode(), "json"),
        "jsonl_no_row": ("a.jsonl", f"{VALUE}\n{VALUE}\n".encode(), "jsonl"),
        "jsonl_cut": ("a.jsonl", f'{{"name": "{VALUE}'.encode(), "jsonl"),
        "parquet_cut": ("a.parquet", parquet[: len(parquet) // 2] + parquet[-8:], "parquet"),
        "parquet_with_other_bytes": ("a.parquet", parquet[:40] + VALUE.encode() * 40 + parquet[600:], "parquet"),
        "gzip_cut": ("a.csv.gz", gzip.compress(f"id,name\n1,{VALUE}\n".encode() * 2000)[:-20], "csv"),
        "utf16_cut": ("a.csv", f"id,name\n1,{VALUE}\n".encode("utf-16")[:-1], "csv"),
    }


@pytest.mark.parametrize("name", [
    "csv_header_only_a_value", "csv_of_one_broken_row", "csv_that_is_json", "csv_with_more_fields_in_every_row",
    "csv_with_nul", "csv_with_open_quotes", "gzip_cut", "json_cut", "json_of_texts", "json_one_text", "jsonl_cut",
    "jsonl_no_row", "parquet_cut", "parquet_with_other_bytes", "utf16_cut",
])  # fmt: skip
def test_errors_and_logs_quote_no_row(tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    file_name, content, format_ = _broken(tmp_path)[name]
    (tmp_path / "source").mkdir()
    path = tmp_path / "source" / file_name
    path.write_bytes(content)
    said = ""
    with caplog.at_level(logging.DEBUG):
        try:
            with open_source(path.as_uri(), format_) as source, engine.connection() as con:
                source.create_view(con)
                con.execute("SELECT count(*) FROM source").fetchall()
        except DataOnboardingError as error:
            said = error.text() + "".join(traceback.format_exception(error))
        except duckdb.Error as error:
            said = "".join(traceback.format_exception(error))
    assert LeakScan(WORDS).content(name, f"{said}\n{caplog.text}".encode()) == []


def test_a_file_without_a_header_among_others_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,Ann\n")
    (tmp_path / "b.csv").write_text(f"2,{VALUE}\n3,{VALUE}\n")
    with pytest.raises(SourceError) as caught, open_source(f"{tmp_path.as_uri()}/", "csv", {"header": True}) as source:
        assert source.rows
    assert "2, not shown" in caught.value.given
    assert VALUE not in caught.value.text()
