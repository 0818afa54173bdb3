"""Phase 3 on AWS: what the plan says of it, what the profile takes over, and when the worker measures itself."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import pytest

from onboarding.spec.settings import SettingsError, load_settings
from onboarding.workspace.record import RunRecord
from shared.operators.pipeline_steps import aws_access
from tests.athena_server import CrawlersAndAthena, airflow_connection, athena_server
from tests.onboarding.operators.meta_run import Run

BUCKETS = ("landing-of-aws", "lake-of-aws", "dags-of-aws", "athena-of-aws")
ROWS = 30_000


@pytest.fixture
def services(aws_endpoint: str, record: RunRecord, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrawlersAndAthena]:
    """An account with everything that engine aws needs, and a source of 30,000 rows in two objects."""
    urllib.request.urlopen(urllib.request.Request(f"{aws_endpoint}/moto-api/reset", method="POST"), timeout=30).close()
    with athena_server(aws_endpoint) as (url, services):
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", airflow_connection(aws_endpoint, url))
        options = {
            "dags_uri": "s3://aws_default@dags-of-aws/dags",
            "lake_uri": "s3://aws_default@lake-of-aws/lake",
            "glue_role_arn": "arn:aws:iam::123456789012:role/glue",
            "athena_output_uri": "s3://aws_default@athena-of-aws/out",
            "athena_from_megabytes": "0.1",
        }
        for name, value in options.items():
            monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{name.upper()}", value)
        monkeypatch.setattr("shared.hooks.crawler._LOOK_SECONDS", 0)
        monkeypatch.setattr("shared.hooks.athena._LOOK_SECONDS", 0)
        load_settings.cache_clear()
        s3 = services.client("s3")
        for bucket in BUCKETS:
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for part in (0, 1):
            lines = [
                f"T{number:06d},{('mail', 'phone', 'chat')[number % 3]},{number % 47}"
                for number in range(part * ROWS // 2, (part + 1) * ROWS // 2)
            ]
            body = "\n".join(["ticket_id,channel,minutes", *lines]) + "\n"
            s3.put_object(Bucket="landing-of-aws", Key=f"tickets/{part}.csv", Body=body.encode())
        yield services
    load_settings.cache_clear()


def test_a_large_source_of_engine_aws_is_profiled_by_crawler_and_athena(services: CrawlersAndAthena) -> None:
    run = Run("s3://landing-of-aws/tickets/", **{"deployment.engine": "aws"})
    with aws_access("aws_default"):
        run.to_plan()
        card = run.card("onboarding.operators.cards:plan_card")
        assert any(
            line.startswith("Profile: a Glue crawler, then about 8 statements on Athena") for line in card.numbers
        )
        measured = run.step("profile", "profile:measure", "conf", "discovery", "connectivity").summary
        assert measured["rows"] == ROWS
        assert 19_000 < measured["measured_rows"] < 21_000
        assert measured["athena_bytes"] > 0
        run.profiling()
        plan = run.plan("metadata")
        confirm = run.card("onboarding.operators.cards:profile_card")
    assert plan["primary_key"] == ["ticket_id"]
    assert services.crawlers == {}
    assert any(line.startswith("Measured: ") and line.endswith(" of these rows, by Athena") for line in confirm.numbers)
    profile = run.record.read("profile")
    assert profile is not None
    assert profile["rows"] == ROWS
    assert [query.sql.split(" ", maxsplit=1)[0] for query in services.queries[:2]] == ["SELECT", "UNLOAD"]


def test_a_place_that_athena_cannot_write_to_is_named(
    services: CrawlersAndAthena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__ONBOARDING__ATHENA_OUTPUT_URI", "file:///tmp/out")
    load_settings.cache_clear()
    run = Run("s3://landing-of-aws/tickets/", **{"deployment.engine": "aws"})
    with aws_access("aws_default"), pytest.raises(SettingsError, match="athena_output_uri"):
        run.to_plan()
    assert (services.queries, services.crawlers) == ([], {})


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("athena_output_uri", "", "athena_output_uri is not set"),
        ("athena_from_megabytes", "1000", "MB are less than [onboarding] athena_from_megabytes"),
    ],
)
def test_the_worker_measures_what_is_small_or_not_set_up(
    services: CrawlersAndAthena, monkeypatch: pytest.MonkeyPatch, option: str, value: str, why: str
) -> None:
    monkeypatch.setenv(f"AIRFLOW__ONBOARDING__{option.upper()}", value)
    load_settings.cache_clear()
    run = Run("s3://landing-of-aws/tickets/", **{"deployment.engine": "aws"})
    with aws_access("aws_default"):
        run.to_profile()
    found = run.outputs["profile"].summary
    assert found["rows"] == ROWS
    assert why in found["measured_here"]
    assert services.queries == []
