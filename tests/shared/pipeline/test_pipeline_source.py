"""Reading a source: every row is a row or is counted, and what cannot be read says so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from shared.pipeline import engine, storage
from shared.pipeline.errors import SourceError
from shared.pipeline.source import open_source

HEADER = "id,name,amount\n"


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return storage.file_uri(path)


def read(uri: str, format: str | None = None, **options) -> list[tuple]:
    with open_source(uri, format, options) as source, engine.connection() as con:
        source.create_view(con, "v")
        return con.execute("SELECT * EXCLUDE (_source_file, _source_row) FROM v ORDER BY _source_row").fetchall()


@pytest.mark.parametrize(("name", "delimiter"), [("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("pipe", "|")])
def test_delimiters(tmp_path, name, delimiter):
    text = "id,name\n1,Ann\n2,Bob\n".replace(",", delimiter)

    with open_source(write(tmp_path, "a.csv", text)) as source:
        assert source.options.delimiter == delimiter
        assert [column.name for column in source.columns] == ["id", "name"]


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(tmp_path, encoding, detected):
    uri = write(tmp_path, "a.csv", (HEADER + "1,Zoë,5 €\n").encode(encoding))

    with open_source(uri) as source:
        assert source.options.encoding == detected
    assert read(uri) == [("1", "Zoë", "5 €")]


def test_latin_1_where_windows_has_no_character(tmp_path):
    assert read(write(tmp_path, "a.csv", (HEADER + "1,é\x81,3\n").encode("latin-1"))) == [("1", "é\x81", "3")]


def test_one_bad_byte_does_not_turn_a_utf8_file_into_another_encoding(tmp_path):
    uri = write(tmp_path, "a.csv", (HEADER + "1,Zoë,3\n" * 5).encode() + b"2,\xff,3\n")

    with open_source(uri) as source:
        assert (source.rows, source.unreadable) == (5, 1)
    assert read(uri)[0] == ("1", "Zoë", "3")


def test_quotes_line_breaks_and_windows_line_ends(tmp_path):
    uri = write(tmp_path, "a.csv", 'id,name,amount\r\n1,"two\nlines, one ""cell""",3\r\n')

    assert read(uri) == [("1", 'two\nlines, one "cell"', "3")]


def test_backslash_escapes_are_recognised(tmp_path):
    assert read(write(tmp_path, "a.csv", 'id,name\n1,"5\\" screw"\n')) == [("1", '5" screw')]


@pytest.mark.parametrize(
    "above",
    ["sep=,\n", '"sep=,"\r\n', "# made by a tool\n", "#\n# of today, and here\n", "Sales\n2025\n\n"],
    ids=["excel", "quoted", "comment", "comments", "title"],
)
def test_lines_above_the_table_are_no_rows(tmp_path, above):
    uri = write(tmp_path, "a.csv", f"{above}{HEADER}1,a,2\n2,b,3\n")

    assert read(uri) == [("1", "a", "2"), ("2", "b", "3")]


def test_the_separator_that_a_file_names_is_its_own(tmp_path):
    assert read(write(tmp_path, "a.csv", "sep=;\nid;name\n1;a,b\n")) == [("1", "a,b")]


@pytest.mark.parametrize(("header", "row"), [("#id,name,amount", "1,a,2"), ("#id", "1")])
def test_a_header_may_begin_as_a_comment_does(tmp_path, header, row):
    uri = write(tmp_path, "a.csv", f"{header}\n{row}\n")

    with open_source(uri) as source:
        assert [column.name for column in source.columns] == header.split(",")
        assert source.rows == 1


def test_a_line_without_a_delimiter_above_rows_of_any_width_is_the_header(tmp_path):
    uri = write(tmp_path, "a.csv", "notes\nfirst\nsecond, and more\nthird\nfourth\n")

    with open_source(uri) as source:
        assert [column.name for column in source.columns] == ["notes"]
        assert (source.rows, source.unreadable) == (3, 1)


def test_a_short_first_line_of_a_file_without_a_header_is_counted(tmp_path):
    uri = write(tmp_path, "a.csv", "1\n" + "2,b,3\n" * 4)

    with open_source(uri, None, {"header": False}) as source:
        assert (source.rows, source.unreadable) == (4, 1)


def test_texts_with_a_comma_under_a_name_are_no_table_under_a_title(tmp_path):
    uri = write(tmp_path, "a.csv", "notes\nfirst, then\nsecond, and more\nthird, last\n")

    with open_source(uri) as source, pytest.raises(SourceError, match="No row of the source can be read"):
        assert source.rows


def test_a_comment_between_rows_is_a_row(tmp_path):
    assert read(write(tmp_path, "a.csv", "id\n1\n# two\n")) == [("1",), ("# two",)]


def test_a_source_of_which_hardly_a_row_is_read_is_refused(tmp_path):
    uri = write(tmp_path, "a.csv", "id,name\n1,a\n" + "1,a,2\n" * 40)

    with open_source(uri) as source, pytest.raises(SourceError) as caught:
        assert source.rows
    assert caught.value.text() == (
        f"[source] Hardly a row of the source can be read.\n  where: {uri}\n  expected: rows of 2 columns\n"
        "  given: 40 unreadable rows, 1 that can be read\n"
        "  what to do: Check source.format and source.options (delimiter, quote, header, encoding)."
    )


def test_blanks_before_quotes_are_padding(tmp_path):
    uri = write(tmp_path, "a.csv", 'id,   "name", amount\n1,   "a, b", 3\n2,"c ""d""",   4\n3,   "e\nf",5\n')

    assert read(uri) == [("1", "a, b", "3"), ("2", 'c "d"', "4"), ("3", "e\nf", "5")]
    with open_source(uri) as source, engine.connection() as con:
        source.create_view(con, "v")
        assert [column.name for column in source.columns] == ["id", "name", "amount"]
        assert source.unreadable == 0


def test_quotes_within_a_text_are_not_padded(tmp_path):
    uri = write(tmp_path, "a.csv", HEADER + '1, "so" they say,3\n2, "a",4\n')

    assert read(uri) == [("1", ' "so" they say', "3"), ("2", ' "a"', "4")]


@pytest.mark.parametrize(
    ("body", "rows", "unreadable"),
    [
        ("1,a,2\n2,b\n3,c,4\n", 2, 1),
        ("1,a,2\n2,b,3,4\n", 1, 1),
        ('1,a,2\n2,"b,3\n3,c,4\n', 2, 1),
        ('1,"a"x,2\n2,b,3\n', 1, 1),
        ("1,a,2\r\n2,b,3\n3,c,4\r\n", 3, 0),
        ("1,a,2\n\n\n2,b,3\n", 2, 0),
        ("1,a,2\n2,b,3", 2, 0),
    ],
    ids=["short", "long", "open quote", "after quote", "mixed line ends", "blank lines", "no end"],
)
def test_every_row_is_read_or_counted(tmp_path, body, rows, unreadable):
    with open_source(write(tmp_path, "a.csv", HEADER + body)) as source:
        assert (source.rows, source.unreadable) == (rows, unreadable)


def test_an_open_quote_in_a_long_file_costs_its_own_line(tmp_path):
    lines = [f"{number},name {number},{number}.5\n" for number in range(200_000)]
    lines[100_000] = '100000,"oops\n'

    with open_source(write(tmp_path, "a.csv", HEADER + "".join(lines))) as source:
        assert (source.rows, source.unreadable) == (199_999, 1)


def test_row_numbers_run_over_all_files(tmp_path):
    for name in ("b.csv", "a.csv"):
        write(tmp_path, f"in/{name}", HEADER + "1,x,1\n2,y,2\n")

    with open_source(storage.file_uri(tmp_path / "in")) as source, engine.connection() as con:
        source.create_view(con, "v")
        rows = con.execute("SELECT _source_row, right(_source_file, 5) FROM v ORDER BY 1").fetchall()

    assert rows == [(1, "a.csv"), (2, "a.csv"), (3, "b.csv"), (4, "b.csv")]


def test_columns_in_another_order_are_matched_by_name(tmp_path):
    write(tmp_path, "in/a.csv", "id,name\n1,x\n")
    write(tmp_path, "in/b.csv", "name,id\ny,2\n")

    assert read(storage.file_uri(tmp_path / "in")) == [("1", "x"), ("2", "y")]


def test_header_is_missed_only_on_clear_evidence(tmp_path):
    assert read(write(tmp_path, "a.csv", "1,Ann,2026-01-01\n2,Bob,2026-01-02\n"))[0] == ("1", "Ann", "2026-01-01")
    assert read(write(tmp_path, "b.csv", "Ann,Berlin\nBob,Paris\n")) == [("Bob", "Paris")]
    assert read(write(tmp_path, "c.csv", "country,2019,2020\nch,1,2\n")) == [("ch", "1", "2")]
    assert read(write(tmp_path, "d.csv", "1,2\n3,4\n"), header=True) == [("3", "4")]


def test_null_values_are_applied_and_only_those(tmp_path):
    uri = write(tmp_path, "a.csv", HEADER + '1,N/A,\n2,"",NULL\n')

    assert read(uri) == [("1", "N/A", None), ("2", None, "NULL")]
    assert read(uri, null_values=["N/A"]) == [("1", None, ""), ("2", "", "NULL")]


def test_gzip(tmp_path):
    assert read(write(tmp_path, "a.csv.gz", gzip.compress((HEADER + "1,a,2\n").encode()))) == [("1", "a", "2")]


def test_a_truncated_gzip_is_named(tmp_path):
    with pytest.raises(SourceError, match="damaged"):
        open_source(write(tmp_path, "a.csv.gz", gzip.compress(HEADER.encode() * 99)[:-9]))


def test_json_keeps_the_characters_of_numbers_and_nested_values(tmp_path):
    uri = write(
        tmp_path, "a.json", '[{"id": 1.50, "tags": ["x", {"y": 1}]}, {"id": 12345678901234567890.5, "ok": true}]'
    )

    assert read(uri) == [("1.50", '["x",{"y":1}]', None), ("12345678901234567890.5", None, "true")]


def test_json_lines_have_the_union_of_keys_and_count_damaged_lines(tmp_path):
    uri = write(tmp_path, "a.jsonl", '{"b": 1}\n\nnot json\n{"a": null, "b": "x"}\n[1]\n{"b": "\\ud800"}\n')

    with open_source(uri) as source:
        assert [column.name for column in source.columns] == ["b", "a"]
        assert (source.format, source.rows, source.unreadable) == ("jsonl", 2, 3)


def test_a_json_array_longer_than_the_buffer(tmp_path):
    rows = ",\n ".join(f'{{"id": {number}, "text": "{"x" * 100}"}}' for number in range(30_000))

    with open_source(write(tmp_path, "a.json", f"[{rows}]")) as source:
        assert source.rows == 30_000


def test_parquet_has_its_types_and_its_rows_are_numbered(tmp_path):
    with engine.connection() as con:
        for number in (1, 2):
            target = str(tmp_path / f"day={number}.parquet")
            con.execute("COPY (SELECT range AS id, 1.5::DECIMAL(5,2) AS amount FROM range(3)) TO $t", {"t": target})
        with open_source(storage.file_uri(tmp_path)) as source:
            source.create_view(con, "v")
            rows = con.execute("SELECT id, _source_row FROM v ORDER BY 2").fetchall()
            types = [column.physical_type for column in source.columns]

    assert (types, rows[-1]) == (["BIGINT", "DECIMAL(5,2)"], (2, 6))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "0 bytes"),
        (HEADER.encode(), "column names only"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"PK\x03\x04\x14\x00", "Export as CSV"),
        (b"<!DOCTYPE html><html>no</html>", "HTML"),
        (b"id,ID\n1,2\n", "column name twice"),
        (b"id,_load_id\n1,2\n", "reserved"),
        (b"\x00\x01\x02\x00\x05", "binary"),
        (b"PAR1 and then nothing", "Parquet file cannot be read"),
        (b'[{"a": 1}, {"a":', "cut off"),
        (b'{\n "a": 1\n}', "one object"),
        (b"a,b,c\n1,2\n3,4\n", "2 unreadable rows"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, content, says):
    with pytest.raises(SourceError) as caught, open_source(write(tmp_path, "a.csv", content)) as source:
        assert source.rows

    assert says in caught.value.text()


def test_a_format_that_the_bytes_deny(tmp_path):
    with pytest.raises(SourceError, match="not what its format says"):
        open_source(write(tmp_path, "a.csv", HEADER + "1,a,2\n"), "parquet")


def test_files_that_do_not_agree(tmp_path):
    write(tmp_path, "in/a.csv", HEADER + "1,a,2\n")
    write(tmp_path, "in/b.csv", "id,name,price\n1,a,2\n")

    with (
        pytest.raises(SourceError, match=r"missing: amount; more: price"),
        open_source(storage.file_uri(tmp_path / "in")) as source,
    ):
        assert source.rows


def test_a_location_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="no file"):
        open_source(storage.file_uri(tmp_path / "none"))
    with pytest.raises(SourceError, match="file:// or s3://"):
        open_source("ftp://host/file.csv")


def test_an_unknown_option_is_named(tmp_path):
    with pytest.raises(SourceError, match="delimeter"):
        open_source(write(tmp_path, "a.csv", HEADER + "1,a,2\n"), options={"delimeter": ";"})


def test_s3_key_prefix_and_missing_bucket(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="landing", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="landing", Key="orders/a b.csv", Body=(HEADER + "1,a,2\n").encode())
    s3.put_object(Bucket="landing", Key="orders/_SUCCESS", Body=b"")
    s3.put_object(Bucket="landing", Key="orders_old/x.csv", Body=b"other\n1\n")

    assert read("s3://landing/orders/") == [("1", "a", "2")]
    assert read("s3://landing/orders") == [("1", "a", "2")]
    assert read("s3://landing/orders/a b.csv") == [("1", "a", "2")]
    with pytest.raises(SourceError, match="does not exist"):
        open_source("s3://nowhere/orders/")


def test_names_from_data_are_never_sql(tmp_path):
    name = "a'); DROP TABLE x; --\"b.csv"
    uri = write(tmp_path, name, 'id,"na""me; DROP"\n1,x\n')

    with open_source(uri) as source, engine.connection() as con:
        source.create_view(con, 'v"; --')
        assert con.execute('SELECT "na""me; DROP", _source_file FROM "v""; --"').fetchall() == [("x", uri)]
