"""SIGKILL at writes of a generated pipeline: readers see the last good day or the new one, and a re-run gives it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.crashes.conftest import MakePlaces
from tests.crashes.onboarding_run import every_write
from tests.crashes.pipeline_run import Pipeline
from tests.crashes.task_driver import TaskHost

PUBLISHING = ("transform.quality_check_silver", "transform.quality_check_gold")


def quick_choice(task_id: str, writes: Sequence[str]) -> Sequence[int]:
    """Right after the last move of a pointer."""
    moves = [number for number, write in enumerate(writes, 1) if write.endswith("/_published.json")]
    return [moves[-1] + 1] if task_id in PUBLISHING else []


def test_killed_at_a_pointer_a_pipeline_on_s3_ends_in_the_same_gold(
    host: TaskHost, make_places: MakePlaces, aws_url: str, tmp_path: Path
) -> None:
    pipeline = Pipeline(host, make_places("s3"), aws_url, tmp_path / "workload")
    pipeline.prepare()
    pipeline.second_day(quick_choice)
    assert len(pipeline.tried) == len(PUBLISHING)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["s3", "file"])
def test_killed_at_every_write_a_pipeline_ends_in_the_same_gold(
    host: TaskHost, make_places: MakePlaces, aws_url: str, tmp_path: Path, kind: str
) -> None:
    pipeline = Pipeline(host, make_places(kind), aws_url, tmp_path / "workload")
    pipeline.prepare()
    pipeline.second_day(every_write)
    print(f"{kind}: {len(pipeline.tried)} kills at {pipeline.writes} writes")
    assert len(pipeline.tried) >= 30
