"""One emulated AWS, one stand-in for Airflow's API and one warmed interpreter for all crash tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crashes.airflow_stand_in import StandIn, airflow_stand_in
from tests.crashes.places import Buckets, Folders, Places, client, emulated_aws
from tests.crashes.task_driver import TaskHost, task_host

MakePlaces = Callable[[str], Places]


@pytest.fixture(scope="session")
def aws_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The platform's emulated AWS in a process of its own."""
    with emulated_aws(tmp_path_factory.mktemp("crashes-aws")) as url:
        yield url


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskHost]:
    """The interpreter that forks the tasks."""
    with task_host(tmp_path_factory.mktemp("tasks")) as running:
        yield running


@pytest.fixture
def airflow() -> Iterator[StandIn]:
    """Airflow's REST API, as far as tasks ask it."""
    with airflow_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def make_places(request: pytest.FixtureRequest, tmp_path: Path, aws_url: str) -> MakePlaces:
    """Stores of a kind (``s3`` or ``file``) for this test alone."""

    def make(kind: str) -> Places:
        s3: Any = client(aws_url, "s3")
        return Buckets(s3, request.node.name.replace("[", "-").rstrip("]")) if kind == "s3" else Folders(tmp_path / "p")

    return make
