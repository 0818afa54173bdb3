"""Plans are rendered and run: the profiled data passes its own rules, really bad data does not."""

from __future__ import annotations

import csv
import importlib.util
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import onboarding
from onboarding.agents import AgentContext, DagAgent, propose_all
from onboarding.codegen import render
from onboarding.discovery import look_at_source, resolve
from onboarding.spec.conf import Conf
from onboarding.spec.plans import DraftPlan, WorkloadPlan
from shared.pipeline import secrets
from shared.pipeline.errors import QualityGateFailed

ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"
BAD = {"order_date": "not-a-date", "amount": "abc", "quantity": "many", "customer_email": "broken", "order_id": ""}


def _spoiled(tmp_path: Path, share: float, columns: list[str]) -> Path:
    """The bundled data with one bad value in a share of its rows."""
    chance = random.Random(1)
    header, *rows = list(csv.reader(ORDERS.read_text().splitlines()))
    for row in rows:
        if chance.random() < share:
            column = chance.choice(columns)
            row[header.index(column)] = BAD[column]
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _silver(tmp_path: Path, source: Path) -> dict[str, Any]:
    """Propose, render, and run up to the Silver gate; the summary of the gate."""
    conf = Conf.model_validate({"source": {"location": source.as_uri()}})
    look = look_at_source(conf)
    context = propose_all(AgentContext(conf, resolve(conf, look.look()), look))
    assert context.discovery and context.metadata and context.transformation and context.quality
    plan = WorkloadPlan(
        discovery=context.discovery,
        metadata=context.metadata,
        transformation=context.transformation,
        quality=context.quality,
        dag=DagAgent().propose(context),
    )
    folder = tmp_path / "workload"
    for name, content in render(plan, look).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    arguments = ["--workload-uri", folder.as_uri(), "--lake-uri", (tmp_path / "lake").as_uri()]
    arguments += ["--run-date", "2025-02-01", "--load-id", "2025-02-01-abcdef12", "--engine", "local"]
    result: dict[str, Any] = {}
    for script in ("extract/extract_orders", "transform/bronze_to_silver", "quality/check_silver"):
        found = importlib.util.spec_from_file_location("step", folder / f"scripts/{script}.py")
        assert found and found.loader
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        result = module.main(arguments)
    return dict(result["tables"]["orders"])


@pytest.fixture(autouse=True)
def _masking_key() -> Iterator[None]:
    secrets.set_key_provider(lambda workload: "0123456789abcdef0123456789abcdef")
    yield
    secrets.set_key_provider(None)


def test_the_bundled_data_passes(tmp_path: Path) -> None:
    gate = _silver(tmp_path, ORDERS)
    assert gate["passed"] and gate["score"] >= 0.95


def test_one_bad_row_in_twenty_passes(tmp_path: Path) -> None:
    assert _silver(tmp_path, _spoiled(tmp_path, 0.05, list(BAD)))["passed"]


@pytest.mark.parametrize("columns", [["amount"], ["order_id"], ["order_date", "amount", "quantity", "customer_email"]])
def test_three_bad_rows_in_ten_fail(tmp_path: Path, columns: list[str]) -> None:
    with pytest.raises(QualityGateFailed):
        _silver(tmp_path, _spoiled(tmp_path, 0.30, columns))


def test_a_dropped_column_is_dropped_before_masking_is_planned() -> None:
    """Phase 4.2 renders and tests the extraction; what is deployed must be the same bytes."""
    conf = Conf.model_validate(
        {"source": {"location": ORDERS.as_uri()}, "transformations": {"masking": {"customer_name": "drop"}}}
    )
    look = look_at_source(conf)
    context = propose_all(AgentContext(conf, resolve(conf, look.look()), look))
    discovery, metadata = context.need_discovery(), context.need_metadata()
    draft = render(DraftPlan(discovery=discovery, metadata=metadata), look, owner="metadata")
    masked = DraftPlan(discovery=discovery, metadata=metadata, transformation=context.transformation)
    assert draft == render(masked, look, owner="metadata")
    assert b"customer_name" in draft["scripts/extract/extract_orders.py"].split(b"dropped_columns=")[1]
