"""Free text of a person: an address is read by a rule, the rest by Claude, and everything that was read is listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onboarding.operators.cards import plan_card
from onboarding.operators.step import StepContext
from onboarding.spec.settings import load_settings
from onboarding.workspace.record import RunRecord
from tests.claude_server import ClaudeServer, Reply, claude_server, error, filled
from tests.onboarding.operators.meta_run import Run, write_tickets

CONNECTION = "AIRFLOW_CONN_ANTHROPIC_DEFAULT"
CRON = {"key": "schedule.cron", "value_json": '"0 5 * * *"', "words": "daily at 5"}
MASKING = {"key": "transformations.masking", "value_json": '{"note": "redact"}', "words": "hide the notes"}


@pytest.fixture
def server() -> Iterator[ClaudeServer]:
    with claude_server() as running:
        yield running


@pytest.fixture
def location(record: RunRecord, server: ClaudeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A source, and a connection to the loopback Claude."""
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(tmp_path))
    monkeypatch.setenv(CONNECTION, server.connection())
    load_settings.cache_clear()
    return write_tickets(tmp_path)


def settings(*given: dict[str, Any], not_understood: tuple[str, ...] = ()) -> Reply:
    return filled({"settings": list(given), "not_understood": list(not_understood)}, tool="set_conf")


def discover(location: str, **conf: Any) -> Run:
    run = Run(location, **{"request": "Daily at 5, hide the notes.", **conf})
    run.step("conf", "route:validate_conf")
    run.step("discovery", "discovery:discover", "conf")
    return run


def file(run: Run, name: str) -> Any:
    return json.loads(run.store.read(f"{run.outputs['discovery'].key}/{name}"))


def assumed(run: Run) -> dict[str, str]:
    return {item["key"]: item["reason"] for item in file(run, "discovery.json")["assumptions"]}


def card(run: Run) -> str:
    return plan_card(StepContext(run.store, load_settings(), run.run, dict(run.outputs))).markdown()


def test_a_request_becomes_settings_that_are_listed(location: str, server: ClaudeServer) -> None:
    server.script = [settings(CRON, MASKING, not_understood=("call me",))]
    run = discover(location)
    conf = file(run, "conf.json")
    assert (conf["schedule"]["cron"], conf["transformations"]["masking"]) == ("0 5 * * *", {"note": "redact"})
    assert assumed(run)["schedule.cron"] == "the request says: daily at 5"
    assert assumed(run)["transformations.masking"] == "the request says: hide the notes"
    assert "call me" in card(run)
    kept = run.record.read("request")
    assert kept is not None
    assert kept["conf"]["schedule"]["cron"] == "0 5 * * *"
    assert set(server.received[0].data) == {"request", "columns", "given"}


def test_later_steps_follow_it(location: str, server: ClaudeServer) -> None:
    server.script = [settings(MASKING), filled({"amendments": []})]
    run = discover(location)
    profile = run.step("profile", "profile:measure", "conf", "discovery")
    columns = json.loads(run.store.read(f"{profile.key}/profile.json"))["columns"]
    assert next(column for column in columns if column["name"] == "note")["top_values"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {**MASKING, "value_json": '{"colour": "redact"}'},
        {**CRON, "value_json": '"every morning"'},
        {**CRON, "value_json": "not json"},
        {**CRON, "key": "source.location"},
        {**CRON, "key": "transformations.filters", "value_json": '["1 = 1; DROP TABLE x"]'},
    ],
    ids=["column", "cron", "json", "key", "sql"],
)
def test_what_cannot_be_set_is_repaired_or_left_out(location: str, server: ClaudeServer, wrong: dict[str, Any]) -> None:
    server.script = [settings(wrong), settings(CRON)]
    run = discover(location)
    assert file(run, "conf.json")["schedule"]["cron"] == "0 5 * * *"
    assert len(server.received) == 2
    server.script = [settings(wrong)]


def test_what_the_form_says_stays(location: str, server: ClaudeServer) -> None:
    server.script = [settings(CRON)]
    run = discover(location, **{"schedule.cron": "0 2 * * *"})
    assert file(run, "conf.json")["schedule"]["cron"] == "0 2 * * *"
    assert "was not read" in card(run)


@pytest.mark.parametrize("reply", [None, error(400, "invalid_request_error")], ids=["no connection", "refused"])
def test_a_request_that_nobody_read_is_on_the_card(
    location: str, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch, reply: Reply | None
) -> None:
    if reply is None:
        monkeypatch.delenv(CONNECTION)
    else:
        server.script = [reply]
    run = discover(location)
    assert file(run, "conf.json")["request"] == "Daily at 5, hide the notes."
    text = card(run)
    assert text.startswith("**LOOK**")
    assert "the request was not read" in text


def test_an_address_is_read_by_a_rule(location: str, server: ClaudeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONNECTION)
    run = discover("", request=f"Please onboard {location}, thank you.")
    assert file(run, "conf.json")["source"]["location"] == location
    assert assumed(run)["source.location"] == "the only address in the request"
