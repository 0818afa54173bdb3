"""Confs: both spellings, and one clear error for each thing that can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.spec.parse import ConfError, CredentialsInConfError, fold, overlay, parse_conf
from shared.pipeline.errors import DataOnboardingError


def test_dotted_and_nested_keys_are_the_same_conf() -> None:
    dotted = parse_conf({"source.location": "s3://a/b", "source.options.delimiter": ";"})
    nested = parse_conf({"source": {"location": "s3://a/b", "options": {"delimiter": ";"}}})
    mixed = parse_conf({"source": {"location": "s3://a/b"}, "source.options.delimiter": ";"})
    assert dotted == nested == mixed


def test_null_means_decide_for_me() -> None:
    assert parse_conf({"source.location": "s3://a/b", "schedule.retries": None}) == parse_conf(
        {"source.location": "s3://a/b"}
    )


def test_a_dot_in_a_column_name_stays_in_the_name() -> None:
    conf = parse_conf({"domain": {"columns": {"address.city": {"role": "dimension"}}}})
    assert list(conf.domain.columns) == ["address.city"]


def test_fold_refuses_two_values_for_one_leaf() -> None:
    with pytest.raises(ConfError, match="given twice"):
        fold({"source.location": "s3://a/b", "source": {"location": "s3://c/d"}})


def test_an_unknown_key_names_its_neighbour() -> None:
    with pytest.raises(ConfError) as caught:
        parse_conf({"source": {"locaton": "s3://x/y"}}, where="orders.yaml")
    assert caught.value.where == "orders.yaml: source.locaton"
    assert caught.value.remedy == "did you mean `source.location`?"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"schedule.retries": "often"}, "schedule.retries"),
        ({"source.format": "xls"}, "source.format"),
        ({"workload": "Bad Name"}, "workload"),
        ({"workload": "onboard_x"}, "workload"),
        ({"quality.silver_threshold": 1.5}, "quality.silver_threshold"),
        ({"source.location": "http://host/file"}, "source.location"),
        ({"source.location": "s3:///key"}, "source.location"),
        ({"source.location": "file://relative"}, "source.location"),
        ({"source.location": "file:///data/../etc/passwd"}, "source.location"),
        ({"reviewers": {"approve_plans": ["ann"]}}, "reviewers.approve_plans"),
        ({"deployment.engine": "aws", "source.location": "file:///data/a.csv"}, "source.location"),
        ({"ontology.enabled": True}, "ontology.enabled"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_key(raw: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfError) as caught:
        parse_conf(raw)
    assert caught.value.where == f"conf: {key}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    "raw",
    [
        {"source.location": "s3://user:hunter2@bucket/key"},
        {"source.location": "s3://bucket/key?X-Amz-Signature=abc"},
        {"domain.description": "key AKIAABCDEFGHIJKLMNOP"},
        {"source": {"password": "hunter2"}},
    ],
)
def test_credentials_are_refused_and_not_repeated(raw: dict[str, Any]) -> None:
    with pytest.raises(CredentialsInConfError) as caught:
        parse_conf(raw)
    text = caught.value.text()
    assert "hunter2" not in text
    assert "abc" not in text
    assert "AKIAABCD" not in text


def test_a_column_may_be_called_password() -> None:
    conf = parse_conf({"transformations.masking": {"password": "redact"}})
    assert conf.transformations.masking["password"] == "redact"


def test_the_whole_conf_with_its_defaults_is_accepted() -> None:
    conf = parse_conf(
        {
            "intent": "onboard",
            "mode": "interactive",
            "workload": "ecommerce_orders",
            "request": "",
            "question": "",
            "source": {
                "location": "s3://landing/ecommerce_orders/",
                "format": "csv",
                "options": {"delimiter": ",", "header": True, "encoding": "utf-8", "null_values": ["", "NULL"]},
                "filter": "",
                "load": "full",
                "watermark_column": "",
            },
            "destination": {
                "zones": ["bronze", "silver", "gold"],
                "gold": {"use_case": "adhoc", "format": "flat", "tables": []},
            },
            "domain": {"primary_key": ["order_id"], "columns": {}, "measures": {}, "relationships": []},
            "transformations": {"cleaning": [], "deduplicate": {"keys": [], "order_by": "", "keep": "last"}},
            "quality": {"silver_threshold": 0.8, "gold_threshold": 0.95, "rules": [], "regulations": []},
            "schedule": {"cron": "0 2 * * *", "timezone": "UTC", "start_date": None, "retries": 3, "paused": False},
            "deployment": {"engine": "auto", "topology": "single", "region": None},
            "retention": {"bronze_days": None, "quarantine_days": 90},
            "reviewers": {},
            "ontology": {"enabled": False, "namespace": ""},
            "resume": {},
        }
    )
    assert conf.workload == "ecommerce_orders"


def test_an_expression_that_is_no_plain_sql_is_refused_with_its_key() -> None:
    with pytest.raises(DataOnboardingError) as caught:
        parse_conf({"transformations.filters": ["amount > (SELECT 1)"]})
    assert caught.value.where.startswith("conf: transformations.filters[0]")


def test_what_is_given_now_lies_over_the_earlier_conf() -> None:
    earlier = parse_conf(
        {
            "workload": "orders", "source.location": "s3://landing/orders/", "domain.primary_key": ["order_id"],
            "domain.columns": {"email": {"pii": "EMAIL"}}, "quality.silver_threshold": 0.7, "intent": "modify",
        }
    ).model_dump(mode="json", exclude_none=True)  # fmt: skip
    given = {"quality": {"gold_threshold": 0.9}, "domain": {"primary_key": ["order_id", "line"]}}

    conf = overlay(earlier, given)

    assert conf.source.location == "s3://landing/orders/"
    assert conf.domain.primary_key == ["order_id", "line"]
    assert conf.domain.columns["email"].pii == "EMAIL"
    assert (conf.quality.silver_threshold, conf.quality.gold_threshold) == (0.7, 0.9)
