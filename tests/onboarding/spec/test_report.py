"""The report's schema in docs/ is the model's; every key is always there."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from onboarding.spec.report import EXIT_CODES, RunReport, RunStatus

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "report.schema.json"


def test_the_schema_in_docs_is_the_models() -> None:
    """Write it again with: python -m tools.reference."""
    assert json.loads(SCHEMA.read_text()) == RunReport.model_json_schema(mode="serialization")


def test_an_empty_report_has_all_keys() -> None:
    report = RunReport().model_dump(mode="json")
    jsonschema.validate(report, json.loads(SCHEMA.read_text()))
    assert set(report) == set(RunReport.model_fields)
    del report["rows"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(("status", "code"), sorted(EXIT_CODES.items()))
def test_exit_codes(status: RunStatus, code: int) -> None:
    assert RunReport(status=status).exit_code == code
