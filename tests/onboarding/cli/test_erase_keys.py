"""Whom ``onboard erase`` may be asked to erase, and what it says when it may not."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.cli.erase_keys import named_values
from onboarding.codegen.configs import source_config
from onboarding.spec.config_files import SourceConfig
from shared.pipeline.erasure_list import ErasureError
from tests.onboarding.codegen.sales import sales_plan

MASKING = {"customer_email": "hash", "internal_note": "drop"}


@pytest.fixture(scope="module")
def source() -> SourceConfig:
    plan = sales_plan()
    return source_config(plan.discovery, plan.metadata)


def test_names_of_the_workload_and_of_the_source_name_the_same_column(source: SourceConfig) -> None:
    by_name = named_values(["order_id=A-1"], source, MASKING)
    assert by_name == named_values(["Order ID=A-1"], source, MASKING) == {"Order ID": "A-1"}


def test_a_value_may_have_an_equals_sign(source: SourceConfig) -> None:
    assert named_values(["customer_email=a=b@x.com"], source, MASKING) == {"customer_email": "a=b@x.com"}


def test_several_columns(source: SourceConfig) -> None:
    found = named_values(["customer_email=a@x.com", "order_id=A-1"], source, MASKING)
    assert found == {"customer_email": "a@x.com", "Order ID": "A-1"}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ([], "No key is given"),
        (["customer_email"], "A key has no value"),
        (["customer_email= "], "A key has no value"),
        (["customer_mail=secret-value"], "Did you mean customer_email?"),
        (["region=secret-value"], "The column is no key"),
        (["internal_note=secret-value"], "never reaches the lake"),
        (["order_id=secret-value", "Order ID=secret-value"], "A column is given twice"),
    ],
)
def test_a_key_that_cannot_be_used(source: SourceConfig, keys: list[str], says: Any) -> None:
    with pytest.raises(ErasureError) as caught:
        named_values(keys, source, MASKING)
    assert says in caught.value.text()
    assert "secret-value" not in caught.value.text()
