"""The trigger form offers exactly what this version does, and Airflow takes it."""

from __future__ import annotations

import json

import jsonschema
import pytest

from onboarding.operators.trigger_form import trigger_form
from onboarding.spec.leaves import NOT_OFFERED, conf_leaves
from onboarding.spec.parse import ConfError, parse_conf


def test_every_offered_leaf_is_in_the_form_and_no_other() -> None:
    offered = [leaf.key for leaf in conf_leaves() if leaf.offered]
    assert sorted(trigger_form()) == sorted(offered)


def test_the_names_of_what_is_not_offered_are_leaves() -> None:
    assert {leaf.key for leaf in conf_leaves()} >= NOT_OFFERED


def test_every_field_may_stay_empty() -> None:
    for param in trigger_form().values():
        assert param.resolve() is None


def test_the_examples_fit_their_own_schema() -> None:
    for key, param in trigger_form().items():
        for example in param.schema.get("examples", []):
            jsonschema.validate(example, json.loads(json.dumps(param.schema)))
            parse_conf({key: example})


def test_sections_come_in_the_order_of_discovery() -> None:
    sections = [param.schema["section"] for param in trigger_form().values()]
    assert sections == sorted(sections)


@pytest.mark.parametrize("key", sorted(NOT_OFFERED))
def test_what_is_not_offered_is_refused(key: str) -> None:
    values: dict[str, object] = {
        "destination.zones": ["bronze"],
        "destination.gold.tables": [{"name": "facts"}], "deployment.topology": "multi",
        "domain.relationships": [{"column": "a", "references": "b.c.d"}], "quality.regulations": ["GDPR"],
        "deployment.catalog_account_id": "123456789012", "deployment.jobs_account_id": "123456789012",
        "reviewers": {"approve_plan": ["ann"]}, "ontology.enabled": True,
    }  # fmt: skip
    with pytest.raises(ConfError, match="does not do yet") as caught:
        parse_conf({key: values.get(key, "x")})
    assert caught.value.where == f"conf: {key}"
