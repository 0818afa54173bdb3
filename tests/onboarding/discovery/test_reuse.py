"""What is taken over from other workloads: only what people said, only what makes a column safer."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.discovery.known_keys import KnownKey
from onboarding.discovery.reuse import matching_keys, reusable_decisions
from onboarding.workspace.deployed import DeployedWorkload


def deployed(name: str, *decisions: tuple[str, str, str]) -> DeployedWorkload:
    told = [{"subject": subject, "value": value, "source": source} for subject, value, source in decisions]
    manifest: dict[str, Any] = {"workload": name, "decisions": told}
    return DeployedWorkload(name, "abc", manifest)


def texts(*workloads: DeployedWorkload, columns: set[str] | None = None) -> list[str]:
    return [one.text for one in reusable_decisions(workloads, columns or {"tax_no", "email"})]


def test_what_people_decided_about_a_column_of_the_same_name() -> None:
    crm = deployed(
        "crm", ("columns.tax_no.personal_data", "NATIONAL_ID", "human"), ("masking.email", "redact", "human")
    )
    assert texts(crm) == ["email masked as redact, as in crm", "tax_no is NATIONAL_ID, as in crm"]


@pytest.mark.parametrize(
    "decision",
    [
        ("columns.tax_no.personal_data", "NATIONAL_ID", "rules"),
        ("columns.tax_no.personal_data", "NATIONAL_ID", "claude"),
        ("columns.tax_no.personal_data", "NONE", "human"),
        ("columns.tax_no.personal_data", "<b>", "human"),
        ("columns.other.personal_data", "NATIONAL_ID", "human"),
        ("columns.tax_no.type", "text", "human"),
        ("masking.email", "keep", "human"),
        ("masking.email", "shred", "human"),
        ("masking.email'; DROP", "hash", "human"),
    ],
)
def test_nothing_else_is_taken_over(decision: tuple[str, str, str]) -> None:
    assert texts(deployed("crm", decision)) == []


def test_of_several_masks_the_strictest_counts_whatever_the_order() -> None:
    mild, strict = (
        deployed("a", ("masking.email", "partial", "human")),
        deployed("b", ("masking.email", "drop", "human")),
    )
    assert texts(mild, strict) == texts(strict, mild) == ["email masked as drop, as in b"]


def test_tables_that_a_column_is_named_like() -> None:
    keys = [KnownKey("crm", "customers", "customer_id"), KnownKey("crm", "regions", "region")]
    assert matching_keys(keys, {"customer_id", "amount"}) == ["crm.customers.customer_id"]


def test_a_manifest_of_another_time_is_no_fault() -> None:
    assert texts(DeployedWorkload("old", "abc", {"workload": "old"})) == []
