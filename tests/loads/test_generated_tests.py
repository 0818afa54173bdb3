"""The tests that are generated with a workload pass for every way of loading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onboarding.operators.steps.testing import TEST_FILES
from shared.operators.test_gate import run_test_gate
from tests.loads.deployed import Deployed, write_csv

HEADER = ("order_id", "email", "amount", "updated_at")
ROWS = [(f"ORD-{n:05d}", f"ann{n}@example.com", f"{n}.50", f"2026-01-04 03:{n:02d}:00") for n in range(60)]
CONFS: dict[str, dict[str, Any]] = {
    "new_files": {"source.load": "new_files"},
    "watermark": {"source.watermark_column": "updated_at"},
}


@pytest.mark.parametrize("load", ["watermark", pytest.param("new_files", marks=pytest.mark.slow)])
def test_generated_tests_pass(tmp_path: Path, load: str) -> None:
    write_csv(tmp_path / "landing" / "orders.csv", HEADER, ROWS)
    deployed = Deployed.onboard((tmp_path / "landing").as_uri(), tmp_path, {"workload": "orders", **CONFS[load]})
    assert deployed.plan.discovery.source.load == load
    for agent in ("metadata", "transformation", "quality", "dag"):
        result = run_test_gate(deployed.folder, agent=agent, file_name=TEST_FILES[agent])
        assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]
