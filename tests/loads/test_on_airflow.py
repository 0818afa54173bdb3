"""What a person sees in Airflow when a run finds nothing new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.slow
def test_a_delivery_with_other_columns_is_told_in_the_log_and_the_run_goes_on(
    tmp_path: Path, aws_connection: dict[str, Any]
) -> None:
    file = tmp_path / "landing" / "orders" / "orders.csv"
    rows = [(f"ORD-{n:04d}", f"{n}.50") for n in range(30)]
    write_csv(file, ("order_id", "amount"), rows)
    deployed = Deployed.onboard(f"{file.parent.as_uri()}/", tmp_path)
    write_csv(file, ("order_id", "amount", "driver"), [(*row, "Anna Muster") for row in rows])

    [run] = run_on_airflow(
        deployed, tmp_path / "airflow", [("2026-01-05T03:00:00+00:00", {})], {"aws_default": aws_connection}
    )

    assert (run["state"], set(run["tasks"].values())) == ("success", {"success"})
    log = (tmp_path / "airflow" / "log.txt").read_text()
    assert "schema drift:" in log
    assert "orders.driver is new (VARCHAR): added to Bronze" in log
    assert "intent: modify" in log
    assert "Anna" not in log
