"""``onboard erase`` with a deployed workload, a lake on disk, and a stand-in for Airflow that runs the pipeline."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from onboarding.cli.airflow_client import AirflowClient
from onboarding.cli.erase_command import erase_with
from onboarding.cli.replay_command import ReplayError
from onboarding.codegen.manifest import version_of
from onboarding.local_platform import PlatformInfo
from onboarding.spec.settings import Settings
from onboarding.workspace.store import StorageError
from shared.operators import pipeline_steps
from shared.pipeline.erasure import finish
from shared.pipeline.erasure_list import ErasureError, read_erasures
from tests.hard_input.onboarding_path import KEY
from tests.loads.deployed import Deployed, write_csv

WORKLOAD = "club_members"
HEADER = ("member_id", "email", "points")
RUN_AFTER = "2026-01-07T03:00:00+00:00"


@dataclass
class Airflow:
    """Runs the pipeline as soon as it is triggered.

    :ivar asked: confs of the runs that were triggered.
    """

    deployed: Deployed
    dag_file: Path
    version: str
    paused: bool = False
    passes: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    state: str = "queued"

    def answer(self, method: str, path: str, body: Any) -> Any:
        """What the REST API answers."""
        if path == "/auth/token":
            return {"access_token": "token"}
        if method == "POST" and path.endswith("/dagRuns"):
            self.asked.append(body)
            self.state = self._run(body["dag_run_id"], body["conf"])
            return {}
        if path.endswith("/taskInstances"):
            return {"task_instances": []}
        if "/dagRuns/" in path:
            return {"state": self.state, "run_after": RUN_AFTER}
        return {"is_paused": self.paused}

    def _run(self, run_id: str, conf: dict[str, Any]) -> str:
        run = SimpleNamespace(dag_id=WORKLOAD, run_id=run_id, run_after=datetime.fromisoformat(RUN_AFTER), conf=conf)
        scripts = list(self.deployed.scripts)
        given = {"workload": WORKLOAD, "version": self.version, "dag_file": str(self.dag_file), "dag_run": run}
        pipeline_steps.run_step(scripts=scripts[:2], **given)
        if not self.passes:
            return "failed"
        pipeline_steps.run_step(scripts=scripts[2:], **given)
        finish(self.deployed.lake)
        return "success"


@dataclass(frozen=True)
class Command:
    """The command on a platform of its own."""

    airflow: Airflow
    client: AirflowClient
    settings: Settings

    def __call__(self, *keys: str, yes: bool = False, json_path: Path | None = None, workload: str = WORKLOAD) -> int:
        return erase_with(self.client, self.settings, workload, list(keys), yes=yes, json_path=json_path)


@pytest.fixture
def erase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Forty members, of whom number 7 is there twice; loaded once."""
    source = tmp_path / "landing" / f"{WORKLOAD}.csv"
    rows = [(f"M-{n:03d}", f"member{n}@example.com", str(n)) for n in range(40)]
    write_csv(source, HEADER, [*rows, ("M-007", " Member7@Example.com", "8")])
    deployed = Deployed.onboard(source.as_uri(), tmp_path, {"workload": WORKLOAD, "domain.primary_key": ["member_id"]})
    deployed.run("2026-01-05")
    version = version_of((deployed.folder / ".onboarding/manifest.json").read_bytes())
    place = tmp_path / "dags" / "workloads" / WORKLOAD
    place.mkdir(parents=True)
    (place / version).symlink_to(deployed.folder)
    dag_file = place / f"{WORKLOAD}_dag.py"
    dag_file.write_bytes((deployed.folder / "dags" / dag_file.name).read_bytes())
    monkeypatch.setenv("AIRFLOW__ONBOARDING__LAKE_URI", deployed.lake.uri)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__AWS_CONN_ID", "")
    connection = json.dumps({"conn_type": "generic", "password": KEY})
    monkeypatch.setenv("AIRFLOW_CONN_ONBOARDING_MASKING_KEY", connection)
    airflow = Airflow(deployed, dag_file, version)
    server = _server(airflow)
    info = PlatformInfo(tmp_path, f"http://127.0.0.1:{server.server_port}", "", {"requester": "x"}, {})
    settings = Settings(
        **{
            **dict.fromkeys(Settings.__dataclass_fields__, ""),
            "dags_uri": (tmp_path / "dags").as_uri(),
            "lake_uri": deployed.lake.uri,
            "glue_database_prefix": "onboarding_",
            "gate_timeout_hours": "1",
        }
    )
    yield Command(airflow, AirflowClient(info, "requester"), settings)
    server.shutdown()
    server.server_close()


def _server(airflow: Airflow) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = airflow.answer(self.command, urlsplit(self.path).path, json.loads(content) if content else None)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_what_would_go_is_shown_and_nothing_is_changed(
    erase: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase("email=member7@example.com", json_path=tmp_path / "found.json") == 0
    assert capsys.readouterr().out.splitlines() == [
        "club_members: rows with this email",
        "  bronze      2 in 1 loads",
        "  silver      1",
        "  quarantine  duplicates 1, gold 0, silver 0 (gold: all rows, for they do not say whose they are)",
        "  gold        rebuilt from what is left",
        "nothing was erased: repeat the command with --yes",
    ]
    assert erase.airflow.asked == []
    document = json.loads((tmp_path / "found.json").read_text())
    assert (document["found"]["silver"], document["erased"]) == (1, None)


def test_a_person_is_erased(erase: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert erase("email=member7@example.com", yes=True, json_path=tmp_path / "erased.json") == 0
    assert capsys.readouterr().out.splitlines()[5:] == [
        "club_members: erased 2 rows of bronze in 1 loads",
        "  gold/club_members: published anew, 1 older versions removed",
        "  silver/club_members: published anew, 1 older versions removed",
    ]
    assert len(erase.airflow.deployed.gold()) == 39
    (asked,) = erase.airflow.asked
    document = json.loads((tmp_path / "erased.json").read_text())
    assert asked["conf"] == document["conf"]
    assert "member7" not in json.dumps([asked, document])
    assert read_erasures(erase.airflow.deployed.lake)[0].run_id == asked["dag_run_id"]


def test_a_second_time_there_is_nothing_left_to_do(erase: Command, capsys: pytest.CaptureFixture[str]) -> None:
    erase("email=member7@example.com", yes=True)
    assert erase("email=MEMBER7@example.com", yes=True) == 0
    assert "erased before, by the run erase__" in capsys.readouterr().out
    assert len(erase.airflow.asked) == 1


def test_a_run_that_does_not_publish_is_told(erase: Command, capsys: pytest.CaptureFixture[str]) -> None:
    erase.airflow.passes = False
    assert erase("email=member7@example.com", yes=True) == 1
    assert "Silver and Gold may still have a version from before" in capsys.readouterr().out
    assert erase("email=member7@example.com") == 1
    assert "clear that run in Airflow" in capsys.readouterr().out


def test_nobody_has_the_key(erase: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ErasureError, match="Nobody has this key") as caught:
        erase("email=stranger@example.com", yes=True)
    assert "stranger" not in caught.value.text() + capsys.readouterr().out
    assert erase.airflow.asked == []


def test_what_cannot_be(erase: Command) -> None:
    with pytest.raises(StorageError, match="is not deployed"):
        erase("email=member7@example.com", workload="elsewhere")
    with pytest.raises(ErasureError, match="The column is no key"):
        erase("points=7")
    erase.airflow.paused = True
    with pytest.raises(ReplayError, match="paused"):
        erase("email=member7@example.com", yes=True)
    assert erase.airflow.asked == []
