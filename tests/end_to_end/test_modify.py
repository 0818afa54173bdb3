"""A workload whose source changed: the change is told, accepted with intent modify, and replayed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from onboarding.cli.airflow_client import AirflowClient
from onboarding.cli.follow import wait_for_run
from onboarding.local_platform import PlatformInfo
from shared.pipeline.zones import Lake, read_pointer
from tests.end_to_end.onboarding import onboard

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
WORKLOAD = "parcels"


def deliver(path: Path, *, carriers: bool) -> None:
    """Eighty parcels; with their carriers or without."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["parcel_id", "weight", *(["carrier"] if carriers else [])])
        for number in range(80):
            carrier = [("post", "rail", "road")[number % 3]] if carriers else []
            out.writerow([f"P-{number:04d}", f"{number / 4:.2f}", *carrier])


def columns(platform: PlatformInfo, zone: str) -> set[str]:
    """Names of the columns of the published table."""
    published = read_pointer(Lake((platform.home / "lake").as_uri(), WORKLOAD), zone, WORKLOAD)
    assert published is not None
    return {column["name"] for column in published.columns}


def listed_version(platform: PlatformInfo) -> str:
    """The version of the workload's DAG that Airflow lists."""
    dag = AirflowClient(platform, "viewer").api.dag(WORKLOAD)
    assert dag is not None
    return next(tag["name"] for tag in dag["tags"] if tag["name"].startswith("version:"))


@pytest.fixture(scope="module")
def first(platform: PlatformInfo, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The workload, onboarded without carriers and with a threshold of its own; its version."""
    folder = tmp_path_factory.mktemp("parcels")
    deliver(folder / "parcels.csv", carriers=False)
    (folder / "conf.yaml").write_text(json.dumps({"workload": WORKLOAD, "quality.silver_threshold": 0.77}))
    finished = onboard(
        platform, "run", "--data", str(folder / "parcels.csv"), "--conf", str(folder / "conf.yaml"),
        "--approve", "auto",
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    return listed_version(platform)


def test_a_new_column_is_told_on_the_run(first: str, platform: PlatformInfo) -> None:
    deliver(platform.home / "landing" / WORKLOAD / "parcels.csv", carriers=True)
    client = AirflowClient(platform, "requester")
    client.trigger(WORKLOAD, "with-carriers", {})
    assert wait_for_run(client, WORKLOAD, "with-carriers", progress=print, timeout_seconds=300) == "success"
    note = client.run(WORKLOAD, "with-carriers")["note"]
    assert "parcels.carrier is new (VARCHAR): added to Bronze" in note
    assert "intent: modify" in note
    assert "carrier" not in columns(platform, "silver")


def test_the_change_is_accepted_with_intent_modify(first: str, platform: PlatformInfo, tmp_path: Path) -> None:
    (tmp_path / "modify.yaml").write_text(json.dumps({"intent": "modify", "workload": WORKLOAD}))
    finished = onboard(
        platform, "run", "--conf", str(tmp_path / "modify.yaml"), "--approve", "auto",
        "--json", str(tmp_path / "report.json"), "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.errors + finished.output
    assert finished.report["source_uri"].endswith("/parcels/parcels.csv")
    rows = finished.report["rows"]
    assert (rows["bronze"], rows["silver"], rows["gold"]) == (80, 80, {WORKLOAD: 80})
    assert listed_version(platform) != first
    assert "0.77" in (tmp_path / "out" / WORKLOAD / "config" / "quality_rules.yaml").read_text()
    assert "carrier" in columns(platform, "silver") & columns(platform, "gold")


def test_replay_takes_bronze_again(first: str, platform: PlatformInfo) -> None:
    before = read_pointer(Lake((platform.home / "lake").as_uri(), WORKLOAD), "gold", WORKLOAD)
    finished = onboard(platform, "replay", WORKLOAD)
    assert finished.exit_code == 0, finished.errors + finished.output
    assert "parcels: replay succeeded" in finished.output
    assert "bronze 80 -> silver 80 -> gold parcels 80" in finished.output
    after = read_pointer(Lake((platform.home / "lake").as_uri(), WORKLOAD), "gold", WORKLOAD)
    assert before is not None
    assert after is not None
    assert (before.load_id != after.load_id, before.rows) == (True, after.rows)


def test_to_modify_what_is_not_deployed_is_one_clear_error(first: str, platform: PlatformInfo, tmp_path: Path) -> None:
    (tmp_path / "modify.yaml").write_text(json.dumps({"intent": "modify", "workload": "letters"}))
    finished = onboard(platform, "run", "--conf", str(tmp_path / "modify.yaml"), "--approve", "auto")
    assert finished.exit_code not in (0, 5), finished.output
    assert "`letters` is not deployed" in finished.output + finished.errors
