"""What Airflow itself must hold before the first DAG runs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from onboarding.local_platform.health import request_json
from onboarding.local_platform.info import PlatformError

# Tasks that load the machine; one with a pool that does not exist would never start.
HEAVY_POOL = "onboarding_heavy"
#: A server that starts beside runs that go on may not answer at once.
PATIENCE_SECONDS = 120.0


def ensure(api_url: str, passwords: Mapping[str, str]) -> None:
    """Create the pool for heavy tasks when it is missing; its size is then the user's to change.

    :raises PlatformError: Airflow refuses the administrator, or does not answer within two minutes.
    """
    token = login(api_url, "admin", passwords["admin"])
    end = time.monotonic() + PATIENCE_SECONDS
    status = _made(api_url, token)
    while (status == 0 or status >= 500) and time.monotonic() < end:
        time.sleep(2)
        status = _made(api_url, token)
    if status not in (200, 201, 409):
        raise PlatformError(
            f"the pool {HEAVY_POOL} could not be made",
            where=f"{api_url}/api/v2/pools",
            given=f"HTTP {status}",
            remedy="read api-server.log in the platform's logs folder",
        )


def _made(api_url: str, token: str) -> int:
    """HTTP status of the look for the pool, or of making it; 0 without an answer."""
    status, _ = request_json(f"{api_url}/api/v2/pools/{HEAVY_POOL}", token=token)
    if status == 404:
        slots = max(1, min(4, os.cpu_count() or 1))
        pool = {"name": HEAVY_POOL, "slots": slots, "description": "Onboarding tasks that load the machine."}
        status, _ = request_json(f"{api_url}/api/v2/pools", method="POST", body=pool, token=token)
    return status


def login(api_url: str, user: str, password: str) -> str:
    """A bearer token for Airflow's REST API.

    :raises PlatformError: the user or the password is wrong.
    """
    body = {"username": user, "password": password}
    status, answer = request_json(f"{api_url}/auth/token", method="POST", body=body, timeout_seconds=30)
    if status != 201 or not isinstance(answer, dict):
        raise PlatformError(
            "Airflow refused the login",
            where=f"{api_url}/auth/token",
            given=f"user {user}, HTTP {status}",
            remedy="`onboard down` and `onboard up`; airflow/passwords.json in the home holds the passwords",
        )
    return str(answer["access_token"])
