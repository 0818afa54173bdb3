"""Measures over real files: every number here can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.pipeline.errors import SourceError
from shared.pipeline.profile import measure, measuring


def _measured(tmp_path: Path, text: str, name: str = "data.csv") -> dict[str, Any]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return measure(path.as_uri())


def _column(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(column for column in report["columns"] if column["source_name"] == name)


def test_counts_rows_and_different_rows(tmp_path: Path) -> None:
    report = _measured(tmp_path, "a,b\n1,x\n1,x\n2,y\n")
    assert (report["rows"], report["distinct_rows"]) == (3, 2)


def test_null_empty_and_words_for_no_value_are_counted_apart(tmp_path: Path) -> None:
    column = _column(_measured(tmp_path, 'i,v\n1,\n2,"  "\n3,N/A\n4,NULL\n5,abc\n'), "v")
    assert (column["null_count"], column["empty_count"], column["null_word_count"]) == (1, 1, 2)
    assert [word["value"] for word in column["null_words"]] == ["N/A", "NULL"]


def test_na_is_a_value_among_two_letter_codes(tmp_path: Path) -> None:
    rows = "".join(f"{code}\n" for code in ["DE", "FR", "US", "NA"] * 20)
    column = _column(_measured(tmp_path, "country\n" + rows), "country")
    assert (column["null_word_count"], column["distinct_count"]) == (0, 4)


def test_words_that_a_person_gave_replace_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("v,w\nmissing,1\nN/A,2\nx,3\n")
    column = _column(measure(path.as_uri(), options={"null_values": ["missing"]}), "v")
    assert column["distinct_count"] == 2
    assert column["null_count"] + column["null_word_count"] == 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("17", "integer"),
        ("-3.50", "decimal"),
        ("1.5e-3", "double"),
        ("$1,234.50", "grouped"),
        ("12,5", "decimal_comma"),
        ("12.5 %", "percent"),
        ("true", "boolean"),
        ("2024-02-29", "date:%Y-%m-%d"),
        ("31/12/2024", "date:%d/%m/%Y"),
        ("1/2/2024", "date:%m/%d/%Y"),
        ("5 Jan 2024", "date:%d %b %Y"),
        ("2024-01-05T10:00:00Z", "timestamp:iso"),
        ("2024-01-05 10:00:00.250", "timestamp:iso"),
        ("31/12/2024 23:59", "timestamp:%d/%m/%Y %H:%M"),
        ("12/31/2024 1:59 PM", "timestamp:%m/%d/%Y %I:%M %p"),
        ("31/12/2024 01:59:07 am", "timestamp:%d/%m/%Y %I:%M:%S %p"),
        ("2024-12-31 08:26:00 PM", "timestamp:%Y-%m-%d %I:%M:%S %p"),
        ("31/Dec/2024:23:59:59 -0500", "timestamp:%d/%b/%Y:%H:%M:%S %z"),
        ("12/31/24 8:26", "timestamp:%m/%d/%y %H:%M"),
        ("31-12-2024 08:26", "timestamp:%d-%m-%Y %H:%M"),
        ("31-DEC-2024 08:26:01", "timestamp:%d-%b-%Y %H:%M:%S"),
        ("31.12.24", "date:%d.%m.%y"),
        ("123e4567-e89b-12d3-a456-426614174000", "uuid"),
        ('{"a": 1}', "json"),
    ],
)
def test_what_a_text_can_be_read_as(tmp_path: Path, value: str, kind: str) -> None:
    quoted = '"' + value.replace('"', '""') + '"'
    column = _column(_measured(tmp_path, "i,v\n" + "".join(f"{i},{quoted}\n" for i in range(12))), "v")
    assert column["type_matches"].get(kind) == 12


@pytest.mark.parametrize(
    "value", ["2024-02-30", "13/13/2024", "1.2.3", "1.2.10", "12/31/2024 13:59 PM", "1_000", "0x1F", "inf", "abc"]
)
def test_what_a_text_cannot_be_read_as(tmp_path: Path, value: str) -> None:
    column = _column(_measured(tmp_path, f"i,v\n1,{value}\n2,{value}\n"), "v")
    assert column["type_matches"] == {}


def test_numbers_are_measured_over_all_rows(tmp_path: Path) -> None:
    column = _column(_measured(tmp_path, "v\n" + "".join(f"{i}\n" for i in range(-1, 11))), "v")
    assert (column["minimum"], column["maximum"], column["mean"], column["negative_count"]) == ("-1", "10", 4.5, 1)


def test_leading_zeros_and_padding_are_counted(tmp_path: Path) -> None:
    report = _measured(tmp_path, "zip,t\n00123,' a'\n99999,b \n01000,c\n0,d\n".replace("'", '"'))
    assert (_column(report, "zip")["leading_zero_count"], _column(report, "t")["padded_count"]) == (2, 2)


def test_rare_values_are_never_listed(tmp_path: Path) -> None:
    rows = ["common"] * 10 + ["rare"] * 9
    column = _column(_measured(tmp_path, "v\n" + "\n".join(rows) + "\n"), "v")
    assert column["top_values"] == [{"value": "common", "count": 10}]
    assert column["rare_value_count"] == 9


def test_case_variants_are_counted(tmp_path: Path) -> None:
    column = _column(_measured(tmp_path, "v\n" + "North\n" * 12 + "north\nSouth\n"), "v")
    assert (column["distinct_count"], column["folded_distinct_count"]) == (3, 2)
    assert column["case_matches"] == {"lower": 1, "title": 13, "upper": 0}


def test_hostile_names_and_values_stay_data(tmp_path: Path) -> None:
    name = 'x"; DROP TABLE all_rows; --'
    path = tmp_path / "data.json"
    path.write_text(json.dumps([{name: "'); SELECT 1; --", "b": 1}] * 3))
    report = measure(path.as_uri())
    assert _column(report, name)["distinct_count"] == 1


def test_nested_json_and_missing_keys(tmp_path: Path) -> None:
    lines = [{"id": i, "tags": ["a", "b"], **({"note": "x"} if i % 2 else {})} for i in range(20)]
    report = _measured(tmp_path, "\n".join(json.dumps(line) for line in lines), "data.jsonl")
    assert _column(report, "tags")["type_matches"]["json"] == 20
    assert _column(report, "note")["null_count"] == 10


def test_parquet_types_are_kept(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "data.parquet"
    duckdb.connect().execute(
        "COPY (SELECT i::BIGINT AS n, i / 3.0::DOUBLE AS d, DATE '2024-01-01' + i::INT AS day"
        f" FROM range(30) t(i)) TO '{path}'"
    )
    report = measure(path.as_uri())
    assert [column["physical_type"] for column in report["columns"]] == ["BIGINT", "DOUBLE", "DATE"]
    assert _column(report, "day")["maximum"] == "2024-01-30"


def test_wide_tables_are_measured_in_slices(tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(150)]
    rows = "".join(",".join(str(i * r) for i in range(150)) + "\n" for r in range(5))
    report = _measured(tmp_path, ",".join(names) + "\n" + rows)
    assert len(report["columns"]) == 150
    assert _column(report, "c149")["maximum"] == str(149 * 4)


def test_combinations_are_counted_exactly(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,1\n1,2\n2,1\n2,1\n,1\n")
    with measuring(path.as_uri()) as measurement:
        assert measurement.count_distinct([0, 1]) == (3, 1)


def test_the_same_file_gives_the_same_report(tmp_path: Path) -> None:
    text = "a,b\n" + "".join(f"{i % 7},{i * 0.1:.3f}\n" for i in range(3000))
    assert _measured(tmp_path, text) == _measured(tmp_path, text)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        measure((tmp_path / "nowhere.csv").as_uri())


def test_sampling_does_not_follow_a_period_of_the_rows(tmp_path: Path) -> None:
    """Every 50th row is empty: a sample of every 50th row would see nothing else."""
    text = "i,phone\n" + "".join(f"{i},{'' if i % 50 == 0 else f'(212) 555-{i % 10000:04d}'}\n" for i in range(41_000))
    column = _column(_measured(tmp_path, text), "phone")
    assert column["sampled_count"] > 12_000
    # Of more than 5,000 different values one in two was asked about.
    assert 0.4 * column["sampled_count"] < column["validator_sample"] < 0.6 * column["sampled_count"]
    assert column["validator_matches"]["phone"] == column["validator_sample"]


def _of_every_kind(rows: int) -> str:
    """SQL of rows with each kind of column twice: of values that repeat, and of values that do not."""
    return f"""
        SELECT
            (i % 40)::INTEGER - 3 AS few_integers,
            (i * 7919)::BIGINT - 5000 AS many_integers,
            CASE WHEN i % 9 = 0 THEN NULL ELSE ((i % 50) / 4)::DECIMAL(9, 2) END AS few_decimals,
            (i / 4)::DECIMAL(12, 3) AS many_decimals,
            CASE WHEN i % 11 = 0 THEN 'nan'::DOUBLE ELSE i % 30 / 8 END AS few_doubles,
            CASE WHEN i % 13 = 0 THEN NULL ELSE i / 7 END AS many_doubles,
            DATE '1890-01-01' + (i % 300 * 100)::INTEGER AS few_dates,
            DATE '1700-01-01' + i::INTEGER AS many_dates,
            TIMESTAMP '2024-01-01' + to_seconds(i * 61) AS many_moments,
            ' ' || ['North', 'north', 'N/A', 'Süd', '', 'Nort'][1 + i % 6] AS few_texts,
            'K-' || i AS many_texts,
            (['$1,234.50', '($5.00)', '12 %', '3'])[1 + i % 4] AS written,
            (['31/12/2024', '1/2/2024', 'never', '2024-02-30'])[1 + i % 4] AS written_dates
        FROM range({rows}) AS numbers(i)
    """


def _parquet(path: Path, select: str) -> Path:
    import duckdb

    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def _alike(given: Any) -> Any:
    """Numbers to nine digits: sums depend on the order in which they are taken."""
    if isinstance(given, float):
        return float(f"{given:.8g}")
    if isinstance(given, dict):
        return {name: _alike(value) for name, value in given.items()}
    return [_alike(value) for value in given] if isinstance(given, list) else given


#: What the way of measuring does not decide: which column, and lengths, which only texts and whole numbers have.
_LENGTHS = {"minimum_length", "maximum_length", "average_length"}


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_values_that_are_counted_first_are_measured_as_rows_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    path = _parquet(tmp_path / "data.parquet", _of_every_kind(45_000))
    with measuring(path.as_uri(), share=share) as measurement:
        counted = measurement.report()
        positions = set(measurement.table.counted)
    monkeypatch.setattr("shared.pipeline.profile.sample._WORTH_COUNTING", 10**9)
    with measuring(path.as_uri(), share=share) as measurement:
        plain = measurement.report()
        assert measurement.table.counted == set()
    names = [column["source_name"] for column in plain["columns"]]
    assert {names[i] for i in positions} == {name for name in names if name.startswith(("few", "written"))}
    for one, other in zip(counted["columns"], plain["columns"], strict=True):
        assert {k: v for k, v in _alike(one).items() if k not in _LENGTHS} == {
            k: v for k, v in _alike(other).items() if k not in _LENGTHS
        }


def test_stored_values_are_measured_as_their_texts_are(tmp_path: Path) -> None:
    """The same rows with types and as texts."""
    select = _of_every_kind(3_000)
    typed = measure(_parquet(tmp_path / "typed.parquet", select).as_uri())
    names = [column["source_name"] for column in typed["columns"]]
    texts = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" for name in names)
    written = measure(_parquet(tmp_path / "texts.parquet", f"SELECT {texts} FROM ({select})").as_uri())
    for one, other in zip(typed["columns"], written["columns"], strict=True):
        left = {k: v for k, v in _alike(one).items() if k not in {*_LENGTHS, "physical_type"}}
        assert left == {k: v for k, v in _alike(other).items() if k not in {*_LENGTHS, "physical_type"}}
    integers = [column for column in typed["columns"] if "integers" in column["source_name"]]
    assert [(c["minimum_length"], c["maximum_length"]) for c in integers] == [
        (c["minimum_length"], c["maximum_length"]) for c in written["columns"] if "integers" in c["source_name"]
    ]


def test_rows_of_several_files_are_numbered_through(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for part in range(3):
        rows = "".join(f"{part * 10_000 + i},{'x' if i % 2 else 'y'}\n" for i in range(10_000))
        (folder / f"{part}.csv").write_text("n,flag\n" + rows)
    with measuring(folder.as_uri() + "/") as measurement:
        assert (measurement.rows, measurement.distinct_rows) == (30_000, 30_000)
        n, flag = measurement.columns
        assert (n["distinct_count"], n["minimum"], n["maximum"]) == (30_000, "0", "29999")
        assert flag["top_values"] == [{"value": "x", "count": 15_000}, {"value": "y", "count": 15_000}]
        assert measurement.may_tell_rows_apart([0]) and not measurement.may_tell_rows_apart([1])
