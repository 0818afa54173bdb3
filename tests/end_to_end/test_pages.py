"""The plugin's pages in a real api-server: who may read them, and that text from data stays text."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from onboarding.cli.airflow_client import META_DAG, AirflowClient, WaitingGate
from onboarding.gates.links import list_url, report_url
from onboarding.local_platform import PlatformInfo

pytestmark = pytest.mark.e2e
HOSTILE = "<img src=x onerror=alert(1)>"
RUN_ID = "pages"
PAGES = ["/onboarding/", f"/onboarding/runs/{META_DAG}/{RUN_ID}"]


def _wait(find: Callable[[], Any], seconds: float = 240.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(1)
    raise AssertionError("timed out")


def _gate(client: AirflowClient, name: str) -> WaitingGate:
    def find() -> WaitingGate | None:
        return next((gate for gate in client.waiting_gates(RUN_ID) if gate.gate == name), None)

    gate: WaitingGate = _wait(find)
    time.sleep(6)  # an answer within seconds of the opening can meet the scheduler half-way
    return gate


def _get(platform: PlatformInfo, path: str, user: str = "") -> httpx.Response:
    headers = {}
    if user:
        credentials = {"username": user, "password": platform.users[user]}
        answer = httpx.post(f"{platform.api_url}/auth/token", json=credentials, timeout=60)
        headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return httpx.get(f"{platform.api_url}{path}", headers=headers, timeout=60)


@pytest.fixture(scope="module")
def profiled(platform: PlatformInfo) -> WaitingGate:
    """An onboarding that waits at ``confirm_profile``; a column of its source has a name that is markup."""
    path = platform.home / "landing" / "pages" / "pages_codes.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = ([f"C-{number:04d}", f"{number}.5"] for number in range(50))
        csv.writer(file).writerows([["code", HOSTILE], *rows])
    requester, reviewer = AirflowClient(platform, "requester"), AirflowClient(platform, "reviewer")
    requester.trigger(META_DAG, RUN_ID, {"source.location": path.as_uri()})
    reviewer.answer(_gate(reviewer, "approve_plan"), "approve")
    return _gate(reviewer, "confirm_profile")


@pytest.mark.parametrize("path", PAGES)
def test_anonymous_is_401_and_a_viewer_reads(platform: PlatformInfo, profiled: WaitingGate, path: str) -> None:
    refused = _get(platform, path)
    assert refused.status_code == 401
    assert "pages_codes" not in refused.text
    answer = _get(platform, path, "viewer")
    assert answer.status_code == 200
    assert "pages_codes" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_list_leads_to_the_waiting_gate(platform: PlatformInfo, profiled: WaitingGate) -> None:
    text = _get(platform, "/onboarding/", "viewer").text
    assert profiled.url.removeprefix(platform.api_url) in text


def test_a_hostile_column_name_stays_text(platform: PlatformInfo, profiled: WaitingGate) -> None:
    text = _get(platform, PAGES[1], "viewer").text
    assert HOSTILE not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_the_card_links_to_the_report(platform: PlatformInfo, profiled: WaitingGate) -> None:
    assert f"]({report_url(platform.api_url, META_DAG, RUN_ID)})" in profiled.body
    assert len(profiled.body.splitlines()) <= 25


def test_airflow_lists_the_entry_and_the_tab(platform: PlatformInfo) -> None:
    plugins = AirflowClient(platform, "admin").api.get("/plugins")["plugins"]
    views = next(plugin["external_views"] for plugin in plugins if plugin["name"] == "onboarding")
    assert [(view["destination"], view["url_route"]) for view in views] == [
        ("nav", "onboarding"),
        ("dag_run", "onboarding-report"),
    ]
    assert list_url("").endswith(views[0]["url_route"])


def test_the_profile_can_be_rejected(platform: PlatformInfo, profiled: WaitingGate) -> None:
    """Last of this file: it ends the run, and the page says how."""
    AirflowClient(platform, "reviewer").answer(profiled, "reject")

    def ended() -> bool:
        return 'class="badge rejected"' in _get(platform, "/onboarding/", "viewer").text

    assert _wait(ended)
