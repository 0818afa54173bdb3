"""The plan that a person approves: what it says of costs, and of neighbours that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from onboarding.gates.card import Card
from onboarding.operators.cards import overlap_card, plan_card
from onboarding.operators.step import StepContext
from onboarding.spec.settings import load_settings
from onboarding.workspace.store import Store
from shared.pipeline import state
from shared.pipeline.state import Load
from shared.pipeline.zones import Lake
from tests.onboarding.operators.meta_run import Run, write_tickets

pytestmark = pytest.mark.usefixtures("readable")


def _planned(run: Run) -> Card:
    run.to_plan()
    return plan_card(StepContext(run.store, load_settings(), run.run, run.outputs))


def test_the_plan_says_what_runs_take_and_cost(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), **{"schedule.cron": "0 * * * *"})
    card = _planned(run)
    line = "Estimated for deliveries like this: 15 s a run, 720 runs a month; no charge beyond this worker"
    assert line in card.numbers
    plan = run.record.read("plan") or {}
    assert (plan["estimate"]["runs_per_month"], plan["claude_limits"]) == (720, {})


def test_claude_is_on_the_plan_where_it_is_connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ANTHROPIC_DEFAULT", json.dumps({"conn_type": "anthropic", "password": "unused"}))
    card = _planned(Run(write_tickets(tmp_path)))
    assert "Claude: at most 300,000 tokens and 2.00 USD for all of this, none for runs" in card.numbers


def test_a_neighbour_that_cannot_be_read_is_told_and_ends_nothing(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path))
    dags = Store(load_settings().dags_uri)
    dags.write("workloads/older/older_dag.py", b'VERSION = "abc"\n')
    columns = ["ticket_id", "opened_on", "minutes", "channel", "note"]
    manifest = {"workload": "older", "source": {"location": "s3://b/x/", "filter": ""}, "about": {"columns": columns}}
    dags.write("workloads/older/abc/.onboarding/manifest.json", json.dumps(manifest).encode())
    lake = Lake(load_settings().lake_uri, "older")
    load = Load(load_id="l1", run_date="2026-01-05", rows=9, mode="full", files=(), unreadable=0)
    folder = Path(lake.bronze_load("older", load.run_date, load.load_id).removeprefix("file://"))
    folder.mkdir(parents=True)
    (folder / "part-00000.parquet").write_bytes(b"not Parquet")
    state.record_load(lake, load)
    (item,) = _planned(run).items
    assert item.title == "a workload with the same columns could not be compared"
    assert "Bronze of `older` cannot be read" in item.evidence


def test_of_several_overlapping_workloads_one_is_chosen(tmp_path: Path) -> None:
    run = Run(write_tickets(tmp_path), workload="planted")
    dags = Store(load_settings().dags_uri)
    for name, location in (("all_calls", tmp_path.as_uri()), ("mail_only", (tmp_path / "tickets.csv").as_uri())):
        dags.write(f"workloads/{name}/{name}_dag.py", b'VERSION = "abcabcabcabc"\n')
        source = {"location": location, "filter": "channel = 'mail'" if name == "mail_only" else ""}
        manifest = {"workload": name, "source": source, "about": {"columns": ["ticket_id"]}}
        dags.write(f"workloads/{name}/abcabcabcabc/.onboarding/manifest.json", json.dumps(manifest).encode())
    run.to_plan()
    card = overlap_card(StepContext(run.store, load_settings(), run.run, run.outputs))
    first, second = (item.title.rpartition(" ")[2] for item in card.items[:2])
    assert {first, second} == {"all_calls", "mail_only"}
    assert f"a new version of {first} that reads " in card.effect
    assert "or of another that is chosen in the form (1 of them)" in card.effect
    chosen = card.choices[0]
    assert chosen.change == f"workload = {second}"
    following, left = card.following["extend the existing"].chosen([chosen.change])
    assert (following.conf["workload"], following.conf["intent"], left) == (second, "modify", [])
    assert str(following.conf["source"]["location"]) in chosen.label
    assert card.following["extend the existing"].conf["workload"] == first


def _decided_elsewhere(*decisions: tuple[str, str]) -> None:
    """A deployed workload in which people decided about columns."""
    dags = Store(load_settings().dags_uri)
    told = [{"subject": subject, "value": value, "source": "human"} for subject, value in decisions]
    manifest = {"workload": "older", "source": {"location": "s3://b/x/", "filter": ""}, "decisions": told}
    dags.write("workloads/older/older_dag.py", b'VERSION = "abc"\n')
    dags.write("workloads/older/abc/.onboarding/manifest.json", json.dumps(manifest).encode())
    semantic = yaml.safe_dump({"workload": "older", "description": "", "owner": "", "tables": []})
    dags.write("workloads/older/abc/config/semantic.yaml", semantic.encode())


def test_what_people_decided_elsewhere_is_on_the_plan_and_in_what_is_proposed(tmp_path: Path) -> None:
    _decided_elsewhere(("columns.note.personal_data", "HEALTH"), ("masking.note", "drop"))
    run = Run(write_tickets(tmp_path))
    card = _planned(run)
    (line,) = [line for line in card.numbers if line.startswith("Reuses: ")]
    assert "note is HEALTH, as in older" in line
    assert "note masked as drop, as in older" in line
    assert (run.record.read("plan") or {})["reuses"][0].startswith("shared/ ")

    run.step("profile", "profile:measure", "conf", "discovery")
    run.step("metadata", "profile:propose", "conf", "discovery", "reuse", "profile")
    metadata = run.plan("metadata")
    (decision,) = [one for one in metadata["decisions"] if one["subject"] == "columns.note.personal_data"]
    assert (decision["value"], decision["needs_eyes"]) == ("HEALTH", True)
    assert "decided in the workload older" in decision["reason"]
    # What never reaches Bronze is left out by the extraction already.
    assert metadata["dropped_columns"] == ["note"]


def test_what_the_conf_says_is_stronger_than_what_was_decided_elsewhere(tmp_path: Path) -> None:
    _decided_elsewhere(("columns.note.personal_data", "HEALTH"))
    run = Run(write_tickets(tmp_path), **{"domain.columns": {"note": {"pii": "none"}}})
    _planned(run)
    run.step("profile", "profile:measure", "conf", "discovery")
    run.step("metadata", "profile:propose", "conf", "discovery", "reuse", "profile")
    (note,) = [column for column in run.plan("metadata")["columns"] if column["name"] == "note"]
    assert note["personal_data"]["type"] == "NONE"
