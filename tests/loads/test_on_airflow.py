"""What a person sees in Airflow when a run finds nothing new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.loads.deployed import Deployed, write_csv
from tests.loads.on_airflow import run_on_airflow


def test_a_run_without_a_new_file_is_skipped_and_the_run_is_a_success(
    tmp_path: Path, aws_connection: dict[str, Any]
) -> None:
    landing = tmp_path / "landing" / "orders"
    write_csv(landing / "day-05.csv", ("order_id", "amount"), [(f"ORD-{n:04d}", f"{n}.50") for n in range(30)])
    deployed = Deployed.onboard(f"{landing.as_uri()}/", tmp_path, {"source.load": "new_files"})
    first, second = run_on_airflow(
        deployed,
        tmp_path / "airflow",
        [("2026-01-05T03:00:00+00:00", {}), ("2026-01-06T03:00:00+00:00", {})],
        {"aws_default": aws_connection},
    )
    assert (first["state"], set(first["tasks"].values())) == ("success", {"success"})
    assert (second["state"], set(second["tasks"].values())) == ("success", {"skipped"})
    assert len(deployed.gold()) == 30
