from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.local_platform.aws_server.object_files import (
    ObjectFiles,
    StoredObject,
    file_name,
    folder_name,
)

KEYS = st.text(alphabet=st.sampled_from("ab./\\~%_- é\x00\n"), min_size=1, max_size=40)
AWKWARD = ["a", "a/b", "a/", "/a", "../../etc/passwd", "..", ".", "a//b", "A", "ü/ñ.csv", "x" * 1024, "a\nb"]


def _object(key: str) -> StoredObject:
    return StoredObject(key, "etag", "2026-01-01T00:00:00+00:00", metadata={"Content-Type": "text/csv"})


@given(KEYS)
def test_a_file_name_is_one_plain_path_segment(key: str) -> None:
    name = file_name(key)
    assert Path(name).name == name
    assert "\x00" not in name
    assert len(name.encode()) <= 255


@given(st.sets(KEYS, min_size=2, max_size=20))
def test_two_keys_never_share_a_name(keys: set[str]) -> None:
    assert len({file_name(key).lower() for key in keys}) == len(keys)


@pytest.mark.parametrize("bucket", ["..", "a..b", "../x", "/etc", "a/b", "", ".hidden", "UPPER"])
def test_an_impossible_bucket_name_becomes_a_digest(bucket: str) -> None:
    assert folder_name(bucket).startswith("_")


def test_a_possible_bucket_name_stays_readable() -> None:
    assert folder_name("onboarding-dags") == "onboarding-dags"


def test_what_is_put_is_found_again_byte_for_byte(tmp_path: Path) -> None:
    files = ObjectFiles(tmp_path / "s3")
    files.put_bucket("bucket", {"region": "us-east-1"})
    for key in AWKWARD:
        files.put("bucket", _object(key), key.encode() + b"\n\x00{}")
    found = {stored.key: (stored, body) for stored, body in ObjectFiles(tmp_path / "s3").objects("bucket")}
    assert found == {key: (_object(key), key.encode() + b"\n\x00{}") for key in AWKWARD}
    assert [path.name for path in tmp_path.iterdir()] == ["s3"]


def test_deleted_objects_and_buckets_are_gone(tmp_path: Path) -> None:
    files = ObjectFiles(tmp_path)
    files.put_bucket("bucket", {})
    files.put("bucket", _object("k"), b"")
    files.delete("bucket", "k")
    files.delete("bucket", "never-there")
    assert list(files.objects("bucket")) == []
    files.delete_bucket("bucket")
    assert list(files.buckets()) == []


def test_a_half_written_file_is_not_an_object(tmp_path: Path) -> None:
    files = ObjectFiles(tmp_path)
    files.put_bucket("bucket", {})
    (tmp_path / "bucket" / ".partial.object.x1y2").write_bytes(b"{")
    assert list(files.objects("bucket")) == []
