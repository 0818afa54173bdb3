"""Phase 0: what is missing ends the run or is told, and MCP servers are asked about only where they are needed."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from onboarding.environment.errors import EnvironmentNotReadyError
from onboarding.environment.mcp_config import SERVERS
from onboarding.operators.environment_card import environment_card
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.health import check_environment
from onboarding.spec.settings import SettingsError, load_settings
from onboarding.workspace.record import RunRecord
from tests.onboarding.operators.meta_run import Run
from tests.shared.hooks.test_mcp_servers import MODULE, ROOT

READY = "Environment ready. 0/13 MCP servers connected (none are configured; none are needed)."


@pytest.fixture(autouse=True)
def _settings(record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All locations are there; nobody answers for AWS."""
    for name in ("workspace", "dags", "lake", "landing"):
        (tmp_path / name).mkdir(exist_ok=True)
    extra = {"endpoint_url": "http://127.0.0.1:9", "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    load_settings.cache_clear()


def _option(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{name.upper()}", value)
    load_settings.cache_clear()


def _checked(run: Run) -> StepResult:
    return check_environment(StepContext(run.store, load_settings(), run.run, {}))


def _servers(folder: Path, monkeypatch: pytest.MonkeyPatch, file: str = ".mcp.json", **behaviours: str) -> None:
    """A configuration in which these servers behave so."""
    entries = {}
    for name, behaviour in behaviours.items():
        code = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['stdio', '0', {behaviour!r}]; "
        code += f"runpy.run_module({MODULE!r}, run_name='__main__')"
        entries[name.replace("_", "-")] = {"command": sys.executable, "args": ["-c", code]}
    (folder / file).write_text(json.dumps({"mcpServers": entries}))
    _option(monkeypatch, "mcp_folder", str(folder))


def _shown(run: Run) -> Any:
    run.step("environment", "health:check_environment")
    return environment_card(StepContext(run.store, load_settings(), run.run, run.outputs))


def test_an_account_that_says_nothing_is_told_and_ends_nothing() -> None:
    run = Run("file:///x.csv")
    result = _checked(run)
    assert (result.branch, result.summary["ready"]) == ("", READY)
    kept = run.record.read("environment") or {}
    statuses = {resource["kind"]: resource["status"] for resource in kept["resources"]}
    assert (statuses["folder"], statuses["LF-tag"]) == ("FOUND", "NO ANSWER")


def test_a_missing_location_ends_the_run_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "lake").rmdir()
    (tmp_path / "lake").write_text("a file where a folder belongs")
    with pytest.raises(EnvironmentNotReadyError) as caught:
        _checked(Run("file:///x.csv"))
    assert "lake_uri" in caught.value.where
    assert "onboard up" in caught.value.remedy


def test_the_engine_aws_needs_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run("file:///x.csv", **{"deployment.engine": "aws"})
    with pytest.raises(EnvironmentNotReadyError, match="1 of the resources") as caught:
        _checked(run)
    assert "glue_role_arn" in caught.value.remedy


def test_what_was_found_within_the_hour_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run("file:///x.csv")
    _checked(run)
    kept = run.store.read_json("environment/inventory.json")
    kept["found"][0]["detail"] = "from the store"
    run.store.write_json("environment/inventory.json", kept)
    _checked(run)
    assert (run.record.read("environment") or {})["resources"][0]["detail"] == "from the store"
    kept["at"] = (datetime.now(tz=UTC) - timedelta(minutes=61)).isoformat()
    run.store.write_json("environment/inventory.json", kept)
    _checked(run)
    assert (run.record.read("environment") or {})["resources"][0]["detail"] == ""
    kept["at"] = datetime.now(tz=UTC).isoformat()
    run.store.write_json("environment/inventory.json", kept)
    _option(monkeypatch, "glue_database_prefix", "other_")
    _checked(run)
    assert (run.record.read("environment") or {})["resources"][0]["detail"] == ""


def test_servers_that_are_down_are_told_and_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _servers(tmp_path, monkeypatch, iam="", core="crash")
    run = Run("file:///x.csv")
    result = _checked(run)
    assert result.branch == ""
    assert result.summary["ready"] == "Environment ready. 1/13 MCP servers connected (LOCAL)."
    states = {server["name"]: server for server in (run.record.read("environment") or {})["servers"]}
    assert list(states) == list(SERVERS)
    assert (states["iam"]["status"], states["iam"]["tools"]) == ("connected", ["alpha_read", "zeta_list"])
    assert (states["core"]["status"], states["redshift"]["status"]) == ("down", "not available")


def test_where_they_are_needed_somebody_says_how_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _servers(tmp_path, monkeypatch, iam="crash")
    _option(monkeypatch, "mcp_required", "true")
    run = Run("file:///x.csv")
    assert _checked(run).branch == "phase_0_health.fix_environment"
    card = _shown(run)
    assert [item.title for item in card.items] == [
        "glue-athena is not available", "lakeformation is not available", "iam is down",
    ]  # fmt: skip
    assert card.options == ["retry", "go on without", "stop"]
    assert card.following["retry"].mcp_mode == "LOCAL"
    run.record.write("gate-fix_environment-01", {"verdict": "approve"})
    assert _checked(run).branch == ""


def test_the_other_mode_is_offered_where_its_file_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _servers(tmp_path, monkeypatch, file=".mcp.gateway.json", iam="crash")
    _servers(tmp_path, monkeypatch, glue_athena="", lakeformation="", iam="")
    _option(monkeypatch, "mcp_required", "true")
    run = Run("file:///x.csv")
    card = _shown(run)
    assert "switch mode" in card.options
    assert card.following["switch mode"].mcp_mode == "LOCAL"
    run.record.write("handover-02", {"run_id": "run-1__round_02"})
    resume = {"root_run_id": "run-1", "iteration": 2, "from_phase": 1, "mcp_mode": "LOCAL"}
    run.run = replace(run.run, iteration=2, conf={**run.run.conf, "resume": resume})
    result = _checked(run)
    assert (result.branch, result.summary["ready"]) == ("", "Environment ready. 3/13 MCP servers connected (LOCAL).")


def test_a_wrong_option_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _option(monkeypatch, "mcp_required", "perhaps")
    with pytest.raises(SettingsError, match="mcp_required"):
        _checked(Run("file:///x.csv"))
