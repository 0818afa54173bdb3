"""What a conf may not say: one clear error each, before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onboarding.cli.conf_file import read_conf
from onboarding.operators.steps.route import check_file_root
from onboarding.spec.expressions import ExpressionError
from onboarding.spec.parse import ConfError, parse_conf
from tests.refusals import golden

SOURCE = "s3://landing/orders/"
CONFS: dict[str, dict[str, Any]] = {
    "unknown_section": {"sorce": {"location": SOURCE}},
    "unknown_key": {"source": {"locaton": SOURCE}},
    "unknown_dotted_key": {"quality.silver_treshold": 0.8},
    "unknown_key_without_a_neighbour": {"xyzzy": 1},
    "mistyped_column_role": {"domain.columns": {"order_id": {"role": "identifer"}}},
    "mistyped_operation": {"transformations.cleaning": [{"column": "a", "op": "upercase"}]},
    "operation_with_unknown_argument": {"transformations.cleaning": [{"column": "a", "op": "round", "scael": 2}]},
    "operation_without_its_argument": {"transformations.cleaning": [{"column": "a", "op": "nullify"}]},
    "operation_with_an_argument_of_another": {
        "transformations.cleaning": [{"column": "a", "op": "replace", "old": "x", "replacement": "y"}]
    },
    "operation_scale_is_text": {"transformations.cleaning": [{"column": "a", "op": "round", "scale": "two"}]},
    "operation_limits_crossed": {
        "transformations.cleaning": [
            {"column": "b", "op": "trim"},
            {"column": "a", "op": "clip", "minimum": 10, "maximum": 1},
        ]
    },
    "operation_date_format": {
        "transformations.cleaning": [{"column": "a", "op": "parse_date", "format": "DD/MM/YYYY"}]
    },
    "operation_look_ahead": {
        "transformations.cleaning": [{"column": "a", "op": "require_format", "pattern": "(?=.*[0-9]).+"}]
    },
    "operation_replacement_without_group": {
        "transformations.cleaning": [{"column": "a", "op": "replace", "pattern": "([0-9])", "replacement": "\\2"}]
    },
    "operation_json_path": {"transformations.cleaning": [{"column": "a", "op": "json_field", "path": "$..name"}]},
    "operation_format_named_wrongly": {
        "transformations.cleaning": [{"column": "a", "op": "require_format", "format": "phone"}]
    },
    "derived_with_computed_pattern": {"transformations.derived": [{"name": "d", "expression": "regexp_matches(a, b)"}]},
    "derived_with_substring_from_zero": {
        "transformations.derived": [{"name": "d", "expression": "substring(a, 0, 2)"}]
    },
    "mistyped_intent": {"intent": "onbord"},
    "mistyped_gate": {"reviewers": {"aprove_plan": ["ann"]}},
    "threshold_is_text": {"quality": {"silver_threshold": "high"}},
    "threshold_is_a_percentage": {"quality": {"gold_threshold": 95}},
    "key_is_a_number": {"domain": {"primary_key": 5}},
    "section_is_a_text": {"source": SOURCE},
    "two_things_wrong": {"workload": "Orders", "quality": {"gold_threshold": "x"}},
    "retries_negative": {"schedule": {"retries": -1}},
    "cron_with_six_fields": {"schedule": {"cron": "0 0 2 * * *"}},
    "timezone_unknown": {"schedule": {"timezone": "Europe/Atlantis"}},
    "delimiter_of_two_characters": {"source": {"location": SOURCE, "options": {"delimiter": "||"}}},
    "encoding_is_a_list": {"source": {"location": SOURCE, "options": {"encoding": ["utf-8"]}}},
    "given_twice": {"source": {"location": SOURCE}, "source.location": "s3://other/"},
    "workload_with_capitals": {"workload": "Orders-2026"},
    "workload_is_a_path": {"workload": "../../etc/passwd"},
    "workload_too_short": {"workload": "ab"},
    "workload_reserved": {"workload": "onboard_orders"},
    "path_that_climbs": {"source": {"location": "file:///data/../etc/passwd"}},
    "path_that_climbs_encoded": {"source": {"location": "file:///data/%2e%2e/etc/passwd"}},
    "key_that_climbs": {"source": {"location": "s3://landing/orders/../other/"}},
    "file_of_another_host": {"source": {"location": "file://server/share/orders.csv"}},
    "relative_path": {"source": {"location": "data/orders.csv"}},
    "http_source": {"source": {"location": "https://example.com/orders.csv"}},
    "no_bucket": {"source": {"location": "s3:///orders.csv"}},
    "database_without_a_schema": {"source": {"location": "db://warehouse/orders"}},
    "database_without_a_connection": {"source": {"location": "db:///public.orders"}},
    "database_with_a_password": {"source": {"location": "db://ann:hunter2@warehouse/public.orders"}},
    "new_files_of_a_database": {"source": {"location": "db://warehouse/public.orders", "load": "new_files"}},
    "delimiter_of_a_database": {"source": {"location": "db://warehouse/public.orders", "options": {"delimiter": ";"}}},
    "csv_of_a_database": {"source": {"location": "db://warehouse/public.orders", "format": "csv"}},
    "table_of_files": {"source": {"location": SOURCE, "format": "table"}},
    "watermark_without_its_column": {"source": {"location": SOURCE, "load": "watermark"}},
    "watermark_column_of_new_files": {"source": {"location": SOURCE, "load": "new_files", "watermark_column": "id"}},
    "engine_aws_of_a_database": {
        "source": {"location": "db://warehouse/public.orders"},
        "deployment": {"engine": "aws"},
    },
    "engine_aws_of_files_of_the_worker": {
        "source": {"location": "file:///data/orders.csv"},
        "deployment": {"engine": "aws"},
    },
    "engine_aws_with_a_watermark": {
        "source": {"location": SOURCE, "load": "watermark", "watermark_column": "id"},
        "deployment": {"engine": "aws"},
    },
    "access_key_in_text": {"request": "use AKIAIOSFODNN7EXAMPLE to read the bucket"},
    "password_in_url": {"source": {"location": "s3://user:hunter2@landing/orders/"}},
    "presigned_url": {"source": {"location": "s3://landing/o.csv?X-Amz-Signature=abc123"}},
    "key_named_password": {"source": {"password": "hunter2"}},
    "filter_with_a_subquery": {"source": {"location": SOURCE, "filter": "id IN (SELECT id FROM other)"}},
    "filter_that_writes": {"source": {"location": SOURCE, "filter": "1 = 1; DROP TABLE bronze"}},
    "filter_that_reads_a_file": {"source": {"location": SOURCE, "filter": "read_text('/etc/passwd') <> ''"}},
    "filter_that_does_not_parse": {"source": {"location": SOURCE, "filter": "amount >"}},
    "derived_that_aggregates_elsewhere": {
        "transformations.derived": [{"name": "x", "expression": "(SELECT max(a) FROM b)"}]
    },
}
SECRETS = ("hunter2", "AKIAIOSFODNN7EXAMPLE", "abc123")


@pytest.mark.parametrize("name", CONFS)
def test_a_conf_is_refused(name: str) -> None:
    with pytest.raises((ConfError, ExpressionError)) as caught:
        parse_conf(CONFS[name])
    assert not any(secret in caught.value.text() for secret in SECRETS)
    golden.check(f"conf_{name}", caught.value.text(), {})


FILES = {
    "not_yaml": "source: {location: s3://landing/orders/",
    "a_list": "- source\n- destination\n",
    "key_twice": "workload: orders\nsource:\n  location: s3://a/\n  location: s3://b/\n",
}


@pytest.mark.parametrize("name", [*FILES, "missing"])
def test_a_conf_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "conf.yaml"
    if name in FILES:
        path.write_text(FILES[name])
    with pytest.raises(ConfError) as caught:
        read_conf(path)
    golden.check(f"conf_file_{name}", caught.value.text(), {"folder": tmp_path})


@pytest.mark.parametrize("name", ["elsewhere", "link", "encoded", "none_allowed"])
def test_a_file_outside_the_allowed_folders_is_refused(name: str, tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed, other):
        folder.mkdir()
    (other / "orders.csv").write_text("id\n1\n")
    (allowed / "link.csv").symlink_to(other / "orders.csv")
    locations = {
        "elsewhere": (other / "orders.csv").as_uri(),
        "link": (allowed / "link.csv").as_uri(),
        "encoded": f"{allowed.as_uri()}/%2e%2e/other/orders.csv",
        "none_allowed": (allowed / "orders.csv").as_uri(),
    }
    with pytest.raises(ConfError) as caught:
        check_file_root(locations[name], () if name == "none_allowed" else (str(allowed),))
    golden.check(f"file_root_{name}", caught.value.text(), {"folder": tmp_path})
