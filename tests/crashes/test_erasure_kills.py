"""SIGKILL at writes of a run that erases a person: after a re-run nothing of the person is left, and the books hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.pipeline import engine, secrets
from shared.pipeline.erasure_list import DONE, digest_of, read_erasures
from tests.crashes.conftest import MakePlaces
from tests.crashes.onboarding_run import every_write
from tests.crashes.pipeline_run import TASKS, WORKLOAD, Pipeline
from tests.crashes.task_driver import TaskHost, small_source

KEY = "a key for tests only, long enough"
EMAIL = small_source().decode().splitlines()[1].split(",")[3]
ERASE, FINISH = TASKS[0], "catalog.update_lakehouse_catalog"


class Erasing(Pipeline):
    """The second run erases the customer of the first row."""

    def prepare(self) -> None:
        super().prepare()
        secrets.set_key_provider(lambda workload: KEY)
        with engine.connection() as con:
            digest = digest_of(con, WORKLOAD, {"customer_email": EMAIL})
        secrets.set_key_provider(None)
        self.second_conf = {"erase": {"columns": ["customer_email"], "digest": digest}}

    def nothing_is_left(self) -> None:
        """No file of the lake but what the source delivered holds the value, and the erasure is done."""
        with self.data_plane():
            (erasure,) = read_erasures(self.lake)
            bronze = self._rows(_parquet_of(self.places.uri("lake"), f"bronze/{WORKLOAD}"))
        assert erasure.state == DONE
        assert erasure.rows >= 1
        assert not [row for row in bronze if EMAIL in row]


def _parquet_of(root: str, path: str) -> list[str]:
    from shared.pipeline.tables import parquet_files

    return parquet_files(f"{root}/{path}")


def after_bronze_and_between_versions(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """Right after Bronze was rewritten, and in the middle of the removal of old versions."""
    if task_id == ERASE:
        return [max(number for number, write in enumerate(writes, 1) if "/bronze/" in write) + 1]
    if task_id == FINISH:
        return [max(number for number, write in enumerate(writes, 1) if "?delete" in write or "/gold/" in write)]
    return []


def erasing_and_finishing(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """Every write of the two tasks that do something else in this run than in others."""
    return every_write(task_id, writes) if task_id in (ERASE, FINISH) else []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_after_bronze_and_between_versions(
    host: TaskHost, make_places: MakePlaces, aws_url: str, tmp_path: Path
) -> None:
    pipeline = Erasing(host, make_places("s3"), aws_url, tmp_path / "workload")
    pipeline.prepare()
    pipeline.second_day(after_bronze_and_between_versions)
    assert len(pipeline.tried) == 2
    pipeline.nothing_is_left()


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["s3", "file"])
def test_killed_at_every_write_of_the_erasure(
    host: TaskHost, make_places: MakePlaces, aws_url: str, tmp_path: Path, kind: str
) -> None:
    pipeline = Erasing(host, make_places(kind), aws_url, tmp_path / "workload")
    pipeline.prepare()
    pipeline.second_day(erasing_and_finishing)
    print(f"{kind}: {len(pipeline.tried)} kills at {pipeline.writes} writes")
    assert len(pipeline.tried) >= 10
    pipeline.nothing_is_left()
