"""What a person changes in a card's form becomes the conf of the next run, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.gates.corrections import (
    BECOMES,
    COLUMN,
    IN_KEY,
    MASKED_AS,
    MASKED_COLUMN,
    ONLY_INFORMS,
    RULE,
    RULE_BECOMES,
    column_choices,
    corrected_conf,
)
from onboarding.spec.conf import ColumnType, Conf, Masking, Role
from onboarding.spec.parse import ConfError

EARLIER = {
    "source": {"location": "s3://landing/orders/"},
    "domain": {"columns": {"zip": {"description": "where it goes"}}},
    "transformations": {"masking": {"email": "hash"}},
    "quality": {"silver_threshold": 0.8},
}


def _corrected(**changed: Any) -> Conf:
    return corrected_conf(EARLIER, {name.replace("__", "."): value for name, value in changed.items()})


def test_nothing_changed_is_the_conf_as_it_was() -> None:
    assert corrected_conf(EARLIER, {}).model_dump() == Conf.model_validate(EARLIER).model_dump()


def test_a_field_named_after_a_key_sets_that_key() -> None:
    conf = _corrected(schedule__cron="0 5 * * *", quality__gold_threshold=0.99, workload="new_orders")
    assert (conf.schedule.cron, conf.quality.gold_threshold, conf.workload) == ("0 5 * * *", 0.99, "new_orders")
    assert conf.quality.silver_threshold == 0.8


def test_a_key_of_several_columns_is_read_off_its_text() -> None:
    assert _corrected(domain__primary_key="country, year").domain.primary_key == ["country", "year"]


@pytest.mark.parametrize(
    ("becomes", "wanted"),
    [
        ("type: text", {"type": ColumnType.TEXT}), ("role: identifier", {"role": Role.IDENTIFIER}),
        ("personal data: EMAIL", {"pii": "EMAIL"}), ("personal data: none", {"pii": "none"}),
    ],
)  # fmt: skip
def test_another_column_becomes_what_is_chosen(becomes: str, wanted: dict[str, Any]) -> None:
    column = corrected_conf(EARLIER, {COLUMN: "zip", BECOMES: becomes}).domain.columns["zip"]
    assert {name: getattr(column, name) for name in wanted} == wanted
    assert column.description == "where it goes"


def test_a_column_becomes_the_key() -> None:
    assert corrected_conf(EARLIER, {COLUMN: "zip", BECOMES: IN_KEY}).domain.primary_key == ["zip"]


def test_every_choice_can_be_taken() -> None:
    for choice in column_choices(["EMAIL"])[1:]:
        corrected_conf(EARLIER, {COLUMN: "zip", BECOMES: choice})


def test_a_mask_is_added_to_the_others() -> None:
    conf = corrected_conf(EARLIER, {MASKED_COLUMN: "zip", MASKED_AS: "redact"})
    assert conf.transformations.masking == {"email": Masking.HASH, "zip": Masking.REDACT}


def test_a_rule_is_added_to_those_that_only_inform() -> None:
    once = corrected_conf(EARLIER, {RULE: "zip_not_null", RULE_BECOMES: ONLY_INFORMS})
    twice = corrected_conf(once.model_dump(mode="json"), {RULE: "age_range", RULE_BECOMES: ONLY_INFORMS})
    assert twice.quality.informing_rules == ["age_range", "zip_not_null"]


@pytest.mark.parametrize(
    "changed",
    [{COLUMN: "zip"}, {BECOMES: "type: text"}, {MASKED_AS: "hash"}, {RULE: "zip_not_null"}, {MASKED_COLUMN: "zip"}],
)
def test_half_a_pair_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ConfError, match="was filled in"):
        corrected_conf(EARLIER, changed)


@pytest.mark.parametrize(
    ("field", "value"), [("schedule.cron", "at noon"), ("workload", "No Name"), ("quality.gold_threshold", 7)]
)
def test_a_value_that_no_conf_may_have_is_refused(field: str, value: Any) -> None:
    with pytest.raises((ConfError, ValueError)):
        corrected_conf(EARLIER, {field: value})
