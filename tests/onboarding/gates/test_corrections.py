"""What a person wants changed at a gate becomes the conf of the next run, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.gates.corrections import CHANGEABLE, change, corrected_conf, parsed_changes
from onboarding.gates.definitions import GATES
from onboarding.spec.conf import ColumnType, Conf, Masking, Role
from onboarding.spec.parse import ConfError

EARLIER = {
    "source": {"location": "s3://landing/orders/"},
    "domain": {"columns": {"zip": {"description": "where it goes"}}},
    "transformations": {"masking": {"email": "hash"}},
    "quality": {"silver_threshold": 0.8},
}


def _corrected(*changes: str, gate: str = "approve_plan") -> Conf:
    return corrected_conf(gate, EARLIER, changes)


def test_nothing_changed_is_the_conf_as_it_was() -> None:
    assert _corrected().model_dump() == Conf.model_validate(EARLIER).model_dump()


def test_a_change_sets_its_key_and_nothing_else() -> None:
    conf = _corrected("schedule.cron = 0 5 * * *", "quality.gold_threshold=0.99", "workload = new_orders")
    assert (conf.schedule.cron, conf.quality.gold_threshold, conf.workload) == ("0 5 * * *", 0.99, "new_orders")
    assert conf.quality.silver_threshold == 0.8


def test_an_expression_may_have_an_equals_sign() -> None:
    assert parsed_changes("approve_plan", ["domain.description = a = b"]) == {"domain.description": "a = b"}


def test_a_key_of_several_columns_is_read_off_its_text() -> None:
    assert _corrected("domain.primary_key = country, year").domain.primary_key == ["country", "year"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("type = text", {"type": ColumnType.TEXT}), ("role = identifier", {"role": Role.IDENTIFIER}),
        ("pii = EMAIL", {"pii": "EMAIL"}), ("pii = none", {"pii": "none"}),
    ],
)  # fmt: skip
def test_a_column_becomes_what_is_chosen(text: str, wanted: dict[str, Any]) -> None:
    column = _corrected(f"domain.columns.zip.{text}").domain.columns["zip"]
    assert {name: getattr(column, name) for name in wanted} == wanted
    assert column.description == "where it goes"


def test_several_columns_at_once() -> None:
    columns = _corrected("domain.columns.zip.type = text", "domain.columns.age.role = measure").domain.columns
    assert (columns["zip"].type, columns["age"].role) == (ColumnType.TEXT, Role.MEASURE)


def test_a_mask_is_added_to_the_others() -> None:
    conf = _corrected("transformations.masking.zip = redact", gate="approve_deploy")
    assert conf.transformations.masking == {"email": Masking.HASH, "zip": Masking.REDACT}


def test_rules_are_added_to_those_that_only_inform() -> None:
    once = _corrected("quality.informing_rules = zip_not_null", "quality.informing_rules = zip_format")
    twice = corrected_conf("approve_deploy", once.model_dump(mode="json"), ["quality.informing_rules = age_range"])
    assert twice.quality.informing_rules == ["age_range", "zip_format", "zip_not_null"]


def test_regulations_are_a_list_and_none_is_an_empty_one() -> None:
    assert _corrected("quality.regulations = HIPAA, GDPR", "quality.regulations = SOX").quality.regulations == [
        "GDPR", "HIPAA", "SOX",
    ]  # fmt: skip
    assert _corrected("quality.regulations = none").quality.regulations == []
    assert change("quality.regulations", ["GDPR", "SOX"]) == "quality.regulations = GDPR, SOX"
    assert change("quality.regulations", []) == "quality.regulations = none"


def test_an_empty_value_leaves_it_to_the_system_again() -> None:
    assert _corrected("quality.silver_threshold =").quality.silver_threshold is None


@pytest.mark.parametrize("text", ["zip is text", "", "= 3", "at noon"])
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(ConfError):
        _corrected(text)


@pytest.mark.parametrize(
    "text",
    [
        "schedule.cron = at noon", "workload = No Name", "quality.gold_threshold = 7", "schedule.corn = 0 5 * * *",
        "domain.columns.zip.type = blob", "quality.regulations = GDPX", "domain.columns = x",
    ],
)  # fmt: skip
def test_a_value_that_no_conf_may_have_is_refused(text: str) -> None:
    with pytest.raises(ConfError):
        _corrected(text)


def test_two_changes_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ConfError, match="changed twice"):
        _corrected("schedule.cron = 0 5 * * *", "schedule.cron = 0 6 * * *")
    _corrected("schedule.cron = 0 5 * * *", "schedule.cron = 0 5 * * *")


@pytest.mark.parametrize(
    ("gate", "key"),
    [
        ("approve_plan", "source.location"), ("approve_plan", "source.filter"),
        ("approve_plan", "reviewers.approve_deploy"),
        ("approve_plan", "deployment.engine"), ("approve_plan", "resume.iteration"), ("approve_plan", "intent"),
        ("approve_plan", "sourcery.format"), ("approve_plan", "workloads"),
        ("confirm_profile", "workload"), ("approve_deploy", "domain.columns.zip.type"),
    ],
)  # fmt: skip
def test_who_decides_where_the_data_is_and_what_an_earlier_gate_asked_cannot_be_changed(gate: str, key: str) -> None:
    with pytest.raises(ConfError, match="cannot be changed"):
        _corrected(change(key, "x"), gate=gate)


def test_each_gate_has_its_keys() -> None:
    assert set(CHANGEABLE) == {gate.name for gate in GATES}


def test_a_filter_is_one_predicate_whatever_it_is_made_of_or_none() -> None:
    earlier = {"source": {"location": "s3://landing/orders/"}, "transformations": {"filters": ["amount > 1"]}}
    text = "transformations.filters = status IN ('open', 'paid') AND amount = 5"
    assert corrected_conf("resolve", earlier, [text]).transformations.filters == [
        "status IN ('open', 'paid') AND amount = 5"
    ]
    assert corrected_conf("resolve", earlier, [change("transformations.filters", [])]).transformations.filters == []
