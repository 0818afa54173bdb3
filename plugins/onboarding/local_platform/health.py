"""Are the platform's parts healthy, and if one is not, why."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from onboarding.local_platform.state import State

# Never through a proxy: these are loopback addresses.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# What the health report calls a part, and the key of its last heartbeat.
_PARTS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag_processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}


def request_json(
    url: str,
    *,
    method: str = "GET",
    body: Any = None,
    token: str = "",
    timeout_seconds: float = 5.0,
) -> tuple[int, Any]:
    """Status and JSON value of an answer; status 0 when there was none.

    :param body: sent as JSON when it is not None.
    :param token: bearer token.
    """
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with _OPENER.open(request, timeout=timeout_seconds) as answer:
            return int(answer.status), json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return int(error.code), None
    except (OSError, ValueError):
        return 0, None


def aws_answers(aws_url: str) -> bool:
    """True if the emulated AWS serves requests."""
    try:
        with _OPENER.open(f"{aws_url}/moto-api/", timeout=2) as answer:
            return int(answer.status) == 200
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def unhealthy_parts(state: State) -> list[str]:
    """Names of Airflow's parts that are not healthy yet.

    A heartbeat from before this start (a killed predecessor's) does not count.
    """
    status, report = request_json(f"{state.api_url}/api/v2/monitor/health")
    if status != 200 or not isinstance(report, dict):
        return ["api-server"]
    if request_json(f"{state.execution_url}/execution/health")[0] != 200:
        return ["execution-api"]
    waiting = [] if report.get("metadatabase", {}).get("status") == "healthy" else ["metadatabase"]
    stale = [name for name, key in _PARTS.items() if not _is_fresh(report.get(name) or {}, key, state.since)]
    return waiting + stale


def _is_fresh(part: dict[str, Any], heartbeat_key: str, since: float) -> bool:
    heartbeat = part.get(heartbeat_key)
    if part.get("status") != "healthy" or not heartbeat:
        return False
    return datetime.fromisoformat(heartbeat).timestamp() >= since


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file; empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
