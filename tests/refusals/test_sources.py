"""Sources that cannot be onboarded: one clear error each, and nothing is left behind."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from onboarding.discovery import DiscoveryError, first_look, list_files, look_at_source
from onboarding.discovery.engine_choice import local_reason
from onboarding.spec.parse import parse_conf
from shared.pipeline import storage
from shared.pipeline.errors import DataOnboardingError, SourceError, TooLargeForLocalError
from shared.pipeline.resources import Resources
from tests.refusals import golden

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
CSV = b"order_id,amount\nA-1,1.5\nA-2,2.5\n"


def zipped(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "<xml/>")
    return content.getvalue()


# name -> (file, its bytes, format that a person gave, further options of the source)
FILES: dict[str, tuple[str, bytes, str | None]] = {
    "empty_file": ("orders.csv", b"", None),
    "blank_file": ("orders.csv", b"\n\n  \n", None),
    "header_only": ("orders.csv", b"order_id,amount\n", None),
    "empty_json_array": ("orders.json", b"[]", None),
    "duplicate_columns": ("orders.csv", b"id,Amount,amount\n1,2,3\n", None),
    "duplicate_keys_but_for_case": ("orders.jsonl", b'{"id": 1, "ID": 2}\n', None),
    "reserved_column": ("orders.csv", b"id,_source_row\n1,2\n", None),
    "picture_as_csv": ("orders.csv", PNG, "csv"),
    "picture": ("orders.png", PNG, None),
    "csv_as_parquet": ("orders.parquet", CSV, "parquet"),
    "csv_as_json": ("orders.json", CSV, "json"),
    "json_as_csv_of_parquet_bytes": ("orders.csv", b"PAR1" + bytes(64) + b"PAR1", "csv"),
    "truncated_parquet": ("orders.parquet", b"PAR1" + bytes(64), None),
    "html_page": ("orders.csv", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", None),
    "html_page_as_csv": ("orders.csv", b"<html><body>Sign in</body></html>\n", "csv"),
    "xml": ("orders.xml", b'<?xml version="1.0"?>\n<orders/>\n', None),
    "excel": ("orders.xlsx", zipped("xl/workbook.xml"), None),
    "excel_as_csv": ("orders.csv", zipped("xl/workbook.xml"), "csv"),
    "old_excel": ("orders.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None),
    "pdf": ("orders.pdf", b"%PDF-1.7\n" + bytes(100), None),
    "binary": ("orders.csv", bytes([0, 0, 1, 0, 7, 9, 0, 0, 255, 3]) * 50, None),
    "damaged_gzip": ("orders.csv.gz", gzip.compress(CSV * 100)[:-20], None),
    "damaged_json": ("orders.json", b'[{"id": 1}, {"id": ', None),
    "lines_of_no_objects": ("orders.jsonl", b'{"id": 1\n[1]\n"x"\n', "jsonl"),
}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files of the test; at its end there must be none."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert golden.files_below(folder) == []


def refusal(location: str, **source: object) -> DataOnboardingError:
    """The error that ends phase 1, or else phase 3."""
    conf = parse_conf({"source": {"location": location, **source}})
    with pytest.raises((SourceError, DiscoveryError)) as caught:
        local_reason(conf, list_files(conf))
        first_look(conf)
        look_at_source(conf)
    return caught.value


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_refused(name: str, tmp_path: Path) -> None:
    file, content, given = FILES[name]
    path = tmp_path / "in" / file
    path.parent.mkdir()
    path.write_bytes(content)
    error = refusal(path.as_uri(), **({"format": given} if given else {}))
    golden.check(f"source_{name}", error.text(), {"folder": tmp_path})
    assert golden.files_below(path.parent) == [file]


def test_a_filter_that_compares_text_with_a_number(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(CSV)
    error = refusal(path.as_uri(), filter="amount > 1")
    golden.check("source_filter_of_two_types", error.text(), {"folder": tmp_path})


def test_no_such_file(tmp_path: Path) -> None:
    golden.check("source_missing", refusal((tmp_path / "none.csv").as_uri()).text(), {"folder": tmp_path})


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "_SUCCESS").write_text("")
    golden.check("source_empty_folder", refusal((tmp_path / "in").as_uri()).text(), {"folder": tmp_path})


MIXED = {
    "two_formats": {"a.csv": CSV, "b.jsonl": b'{"order_id": "A-1"}\n'},
    "other_columns": {"a.csv": CSV, "b.csv": b"order_id,price\nA-3,1\n"},
}


@pytest.mark.parametrize("name", MIXED)
def test_files_that_do_not_agree(name: str, tmp_path: Path) -> None:
    for file, content in MIXED[name].items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / file).write_bytes(content)
    golden.check(f"source_{name}", refusal((tmp_path / "in").as_uri()).text(), {"folder": tmp_path})


OPTIONS = {
    "encoding_unknown": {"encoding": "utf-99"},
    "encoding_wrong_utf16": {"encoding": "utf-16"},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_that_do_not_fit(name: str, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(CSV + "A-3,Zürich\n".encode("latin-1") + b"x")
    error = refusal(path.as_uri(), format="csv", options=OPTIONS[name])
    golden.check(f"source_{name}", error.text(), {"folder": tmp_path})


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("no_such_bucket", "s3://no-such-bucket/orders/"),
        ("no_such_bucket_file", "s3://no-such-bucket/orders.csv"),
        ("no_such_prefix", "s3://landing/nothing/"),
        ("no_such_object", "s3://landing/nothing.csv"),
    ],
)
def test_s3(name: str, location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="landing")
        storage.set_client_factory(lambda service: boto3.client(service))
        try:
            error = refusal(location)
        finally:
            storage.set_client_factory(None)
    golden.check(f"source_{name}", error.text(), {})


def test_too_large_for_this_worker(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with path.open("wb") as sparse:
        sparse.write(b"id\n1\n")
        sparse.truncate(5_000_000)
    conf = parse_conf({"source.location": path.as_uri()})
    with pytest.raises(TooLargeForLocalError) as caught:
        local_reason(conf, list_files(conf), resources=Resources(1_000_000, 1, "unused"))
    golden.check("source_too_large", caught.value.text(), {"folder": tmp_path})
