"""Thresholds that a person gives, up to the strictest: the workload's own tests hold at each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import onboarding
from onboarding.operators.steps.testing import TEST_FILES
from shared.operators.test_gate import run_test_gate
from tests.hard_input.onboarding_path import render

ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"


@pytest.mark.parametrize("threshold", [0.5, 0.9, 0.97, 0.995, 1.0])
def test_the_tests_of_the_gates_pass(threshold: float, tmp_path: Path) -> None:
    conf = {"quality.silver_threshold": threshold, "quality.gold_threshold": threshold}
    _, _, files = render(ORDERS.as_uri(), conf)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    result = run_test_gate(tmp_path, agent="quality", file_name=TEST_FILES["quality"])
    assert result.passed, [f"{failure.name}: {failure.message}" for failure in result.failures]
