"""Nobody reads a page without a user and the permission; no route writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airflow.api_fastapi.core_api.security import get_user
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from onboarding.ui.app import create_app
from tests.onboarding.ui.conftest import Permissions
from tests.onboarding.ui.rows import Rows

PAGES = ["/onboarding/", "/onboarding/runs/onboard_meta_dag/first", "/onboarding/runs/onboard_meta_dag/unknown"]


def _calls(dependant: Any) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def test_every_route_asks_airflow_who_it_is_and_whether_he_may() -> None:
    routes = create_app().routes
    assert len(routes) == 2
    for route in routes:
        assert isinstance(route, APIRoute), f"{route} is served without Airflow's permissions"
        assert route.methods == {"GET"}
        calls = list(_calls(route.dependant))
        assert get_user in calls
        assert any(call.__qualname__.startswith("requires_access_dag.") for call in calls)


@pytest.mark.parametrize("page", PAGES)
def test_anonymous_gets_nothing(anonymous: TestClient, rows: Rows, page: str) -> None:
    rows.run("first")
    answer = anonymous.get(page)
    assert answer.status_code == 401
    assert "first" not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_without_the_permission_it_is_403(client: TestClient, permissions: Permissions, rows: Rows, page: str) -> None:
    rows.run("first")
    permissions.allowed.remove("onboard_meta_dag")
    answer = client.get(page)
    assert answer.status_code == 403
    assert "first" not in answer.text


def test_another_dag_that_one_may_read_does_not_open_the_report(client: TestClient, rows: Rows) -> None:
    rows.run("first")
    answer = client.get("/onboarding/runs/other/first")
    assert answer.status_code == 200
    assert "Nothing to show" in answer.text


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_route_writes(client: TestClient, method: str) -> None:
    assert getattr(client, method)("/onboarding/").status_code == 405


@pytest.mark.parametrize("page", ["/onboarding/", "/onboarding/nowhere"])
def test_a_browser_may_load_nothing_and_store_nothing(client: TestClient, page: str) -> None:
    headers = client.get(page).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
