"""One run of everything for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.privacy.places import Places, run_everything


@pytest.fixture(scope="session")
def aws_connection() -> Iterator[dict[str, Any]]:
    """An Airflow connection to a moto server on a free port of the loopback interface."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    extra = {"endpoint_url": f"http://{host}:{port}", "region_name": "eu-west-1"}
    yield {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
    server.stop()


@pytest.fixture(scope="session")
def places(aws_connection: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Places:
    """What a good run and one run for each broken delivery have left."""
    return run_everything(tmp_path_factory.mktemp("no-leak"), aws_connection)
