"""The small parts: arguments, resources, quoting, secrets, storage, manifest."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import traceback

import pytest

from shared.pipeline import engine, secrets, storage
from shared.pipeline.arguments import RunArguments, parse_arguments
from shared.pipeline.control_groups import granted_processors
from shared.pipeline.errors import ArgumentsError, MaskingKeyError, ValueRefusedError, WorkloadChangedError
from shared.pipeline.literals import quote_identifier, quote_list, quote_literal
from shared.pipeline.resources import MINIMUM_BYTES, measure_resources
from shared.pipeline.version import RUNTIME_VERSION
from shared.pipeline.workload import verify_directory, verify_when_settled

ARGUMENTS = RunArguments("file:///w", "2026-01-05", "2026-01-05-abc", "local", "file:///lake")


def test_arguments_survive_the_command_line():
    assert parse_arguments(ARGUMENTS.as_argv()) == ARGUMENTS


@pytest.mark.parametrize(
    ("position", "value", "names"),
    [
        (3, "5.1.2026", "--run-date"),
        (5, "other", "--load-id"),
        (5, "2026-01-05-../x", "--load-id"),
        (7, "spark", "--engine"),
        (9, "/lake", "--lake-uri"),
    ],
)
def test_a_wrong_argument_is_named(position, value, names):
    argv = ARGUMENTS.as_argv()
    argv[position] = value

    with pytest.raises(ArgumentsError, match=names):
        parse_arguments(argv)


def test_missing_arguments_are_an_error_and_not_an_exit():
    with pytest.raises(ArgumentsError, match="--lake-uri"):
        parse_arguments(ARGUMENTS.as_argv()[:-2])


def fake_machine(root, available_kb: int, **groups: int) -> None:
    (root / "proc").mkdir()
    (root / "proc/meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {available_kb} kB\n")
    for name, value in groups.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("memory_", "memory.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")


def test_memory_is_a_share_of_what_is_available(tmp_path):
    fake_machine(tmp_path, 8 * 1024 * 1024)

    two = measure_resources(tmp_path, {}).memory_bytes
    four = measure_resources(tmp_path, {"ONBOARDING_WORKER_CONCURRENCY": "4"}).memory_bytes

    assert two == int(8 * 1024**3 * 0.6 / 2)
    assert four == pytest.approx(two / 2, abs=1)


def test_the_control_group_limits_more_than_the_machine(tmp_path):
    fake_machine(tmp_path, 64 * 1024 * 1024, memory_max=2 * 1024**3, memory_current=1024**3)

    assert measure_resources(tmp_path, {}).memory_bytes == int(1024**3 * 0.6 / 2)


def test_control_group_version_1(tmp_path):
    fake_machine(tmp_path, 64 * 1024 * 1024, memory__memory_limit_in_bytes=2 * 1024**3)
    (tmp_path / "sys/fs/cgroup/memory/memory.usage_in_bytes").write_text("0")

    assert measure_resources(tmp_path, {}).memory_bytes == int(2 * 1024**3 * 0.6 / 2)


def test_the_own_group_and_those_above_it_count_in_a_machine_with_many(tmp_path):
    fake_machine(tmp_path, 64 * 1024 * 1024)
    (tmp_path / "proc/self").mkdir()
    (tmp_path / "proc/self/cgroup").write_text("4:memory:/team/worker\n2:cpu,cpuacct:/team/worker\n0::/\n")
    for name, text in {
        "memory/team/memory.limit_in_bytes": str(1024**3),
        "memory/team/worker/memory.limit_in_bytes": str(2 * 1024**3),
        "cpu/team/worker/cpu.cfs_quota_us": "50000",
        "cpu/team/worker/cpu.cfs_period_us": "100000",
    }.items():
        path = tmp_path / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    assert measure_resources(tmp_path, {}).memory_bytes == int(1024**3 * 0.6 / 2)
    assert granted_processors(tmp_path) == 0.5
    assert measure_resources(tmp_path, {}).threads == 1


@pytest.mark.parametrize(("text", "granted"), [("max 100000", None), ("150000 100000", 1.5)])
def test_processors_in_control_group_version_2(tmp_path, text, granted):
    fake_machine(tmp_path, 64 * 1024 * 1024)
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cpu.max").write_text(text)

    assert granted_processors(tmp_path) == granted


@pytest.mark.parametrize(
    ("variables", "concurrency"),
    [
        ({"AIRFLOW__CELERY__WORKER_AUTOSCALE": "5,1"}, 5),
        ({"AIRFLOW__CELERY__WORKER_CONCURRENCY": "8"}, 8),
        ({"AIRFLOW__CELERY__WORKER_AUTOSCALE": "5,1", "ONBOARDING_WORKER_CONCURRENCY": "1"}, 1),
        ({"AIRFLOW__CELERY__WORKER_AUTOSCALE": "", "ONBOARDING_WORKER_CONCURRENCY": "many"}, 2),
    ],
)
def test_tasks_of_a_worker_share_its_memory(tmp_path, variables, concurrency):
    fake_machine(tmp_path, 64 * 1024 * 1024)

    assert measure_resources(tmp_path, variables).memory_bytes == int(64 * 1024**3 * 0.6 / concurrency)


def test_memory_never_falls_below_what_duckdb_needs(tmp_path):
    fake_machine(tmp_path, 1000)

    assert measure_resources(tmp_path, {}).memory_bytes == MINIMUM_BYTES


def test_connections_have_their_limits():
    with engine.connection() as con:
        settings = con.execute("SELECT current_setting('threads'), current_setting('autoload_known_extensions')")
        assert settings.fetchall()[0][1] is False


@pytest.mark.parametrize("text", ["plain", "it's", '"', "a\\'b", "--", "; DROP", "é\n\t", "'''", "$masking_key"])
def test_quoting_gives_back_what_went_in(text):
    with engine.connection() as con:
        assert con.execute(f"SELECT {quote_literal(text)}").fetchall() == [(text,)]
        assert con.execute(f"SELECT {quote_list([text, text])}").fetchall() == [([text, text],)]
        con.execute(f"CREATE TABLE t ({quote_identifier(text)} INTEGER)")
        assert con.execute("DESCRIBE t").fetchall()[0][0] == text


def test_nul_and_empty_names_are_refused():
    for bad in ("", "a\x00"):
        with pytest.raises(ValueError, match="NUL"):
            quote_identifier(bad)


def test_a_short_key_is_refused_without_being_shown():
    secrets.set_key_provider(lambda workload: "short")
    try:
        with pytest.raises(MaskingKeyError) as caught:
            secrets.masking_key("orders")
    finally:
        secrets.set_key_provider(None)

    assert "short'" not in caught.value.text()
    assert "5 characters" in caught.value.text()


def test_the_key_comes_from_secrets_manager(aws):
    aws("secretsmanager").create_secret(Name="onboarding/masking_key", SecretString="a" * 32)

    assert secrets.masking_key("orders") == "a" * 32


@pytest.mark.parametrize("kind", ["file", "s3"])
def test_storage_is_the_same_on_both(kind, tmp_path, request):
    root = storage.file_uri(tmp_path / "a b=c")
    if kind == "s3":
        root = "s3://bucket/a b=c"
        request.getfixturevalue("aws")("s3").create_bucket(
            Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )

    storage.write_json(storage.join(root, "x", "1.json"), {"é": 1})
    storage.write_bytes(storage.join(root, "y#?.txt"), b"12345")
    storage.write_bytes(storage.join(root, "x", "1.json"), b"[2]")

    assert storage.read_json(storage.join(root, "x/1.json")) == [2]
    assert storage.read_json(storage.join(root, "none.json"), 7) == 7
    assert [storage.relative(file.uri, root) for file in storage.list_files(root)] == ["x/1.json", "y#?.txt"]
    found = storage.find_file(storage.join(root, "y#?.txt"), digest=True)
    assert (found.bytes, found.etag) == (5, hashlib.md5(b"12345").hexdigest())
    storage.delete_tree(storage.join(root, "x"))
    storage.delete_file(storage.join(root, "y#?.txt"))
    assert storage.list_files(root) == []


def workload(folder, runtime: str = "1.0.0"):
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts/a.py").write_text("x = 1\n")
    digest = hashlib.sha256(b"x = 1\n").hexdigest()
    manifest = json.dumps({"runtime_version": runtime, "files": {"scripts/a.py": digest, "tests/t.py": "0"}})
    (folder / ".onboarding").mkdir()
    (folder / ".onboarding/manifest.json").write_text(manifest)
    return hashlib.sha256(manifest.encode()).hexdigest()[:12]


def test_an_untouched_directory_is_verified(tmp_path):
    version = workload(tmp_path, "1.9.3")

    assert verify_directory(tmp_path, version=version)["files"].keys() == {"scripts/a.py", "tests/t.py"}


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "scripts/a.py").write_text("x = 2\n"), "another content"),
        (lambda folder: (folder / "scripts/a.py").unlink(), "no such file"),
        (lambda folder: (folder / "scripts/b.py").write_text(""), "does not list"),
        (lambda folder: (folder / ".onboarding/manifest.json").write_text("{"), "JSON"),
        (lambda folder: (folder / ".onboarding/manifest.json").unlink(), "no such file"),
    ],
)
def test_a_changed_directory_is_refused(tmp_path, spoil, says):
    workload(tmp_path)
    spoil(tmp_path)

    with pytest.raises(WorkloadChangedError, match=says):
        verify_directory(tmp_path)


class Clock:
    """Time that passes while somebody sleeps; something may happen after each second."""

    def __init__(self, then):
        self.now, self.then = 0.0, then

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.then(self.now)


def test_a_directory_that_is_still_being_copied_is_waited_for(tmp_path):
    version = workload(tmp_path)
    script, half_copied = tmp_path / "scripts/a.py", tmp_path / "scripts/a.py.1f0c"
    script.rename(half_copied)
    clock = Clock(lambda now: half_copied.rename(script) if now == 5 else None)

    found = verify_when_settled(tmp_path, version=version, wait_seconds=60, sleep=clock.sleep, clock=clock)

    assert "scripts/a.py" in found["files"]
    assert clock.now == 5


def test_a_file_that_never_arrives_is_refused_in_the_end(tmp_path):
    version = workload(tmp_path)
    (tmp_path / "scripts/a.py").unlink()
    clock = Clock(lambda now: None)

    with pytest.raises(WorkloadChangedError, match="no such file"):
        verify_when_settled(tmp_path, version=version, wait_seconds=60, sleep=clock.sleep, clock=clock)
    assert clock.now == 60


def test_a_changed_file_is_refused_at_once(tmp_path):
    version = workload(tmp_path)
    (tmp_path / "scripts/a.py").write_text("x = 2\n")
    clock = Clock(lambda now: None)

    with pytest.raises(WorkloadChangedError, match="another content"):
        verify_when_settled(tmp_path, version=version, sleep=clock.sleep, clock=clock)
    assert clock.now == 0


def test_another_manifest_than_the_dag_names_is_refused(tmp_path):
    workload(tmp_path)

    with pytest.raises(WorkloadChangedError, match="version 0123456789ab"):
        verify_directory(tmp_path, version="0123456789ab")


def test_another_major_runtime_is_refused_clearly(tmp_path):
    workload(tmp_path, "2.1.0")

    with pytest.raises(WorkloadChangedError) as caught:
        verify_directory(tmp_path)

    assert "run-time 2.x (generated with 2.1.0)" in caught.value.text()
    assert f"run-time {RUNTIME_VERSION}" in caught.value.text()


def test_the_data_plane_needs_nothing_but_boto3_and_duckdb():
    code = (
        "import sys, shared.pipeline.extract, shared.pipeline.transform, shared.pipeline.check, shared.pipeline.load, "
        "shared.pipeline.workload\n"
        "heavy = {'airflow', 'pydantic', 'sqlglot', 'yaml', 's3fs', 'pandas', 'duckdb', 'boto3'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT CAST(text AS BIGINT) FROM (SELECT 'zq' AS text)", "values that can be read as INT64"),
        ("SELECT strptime('zq', '%Y')", "values that the statement can use"),
        ("SELECT json_extract('zq{', '$.a')", "values that the statement can use"),
        ("SELECT 777000 * 9223372036854775807", "values that the statement can use"),
    ],
)
def test_an_error_about_a_value_does_not_show_it(query: str, expected: str) -> None:
    with pytest.raises(ValueRefusedError) as caught, engine.connection() as con:
        con.execute(query).fetchall()
    shown = "".join(traceback.format_exception(caught.value))
    assert caught.value.expected == expected
    assert "zq" not in shown.replace(query, "")
    assert "Conversion Error" not in shown
    assert not caught.value.transient
