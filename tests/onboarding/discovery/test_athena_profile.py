"""The profile by crawler and Athena: a share is measured, what depends on every row is counted over every row."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from onboarding.discovery import first_look, list_files, look_at_source
from onboarding.discovery.athena_profile import AthenaAccess, profile_by_athena, share_of, why_not_athena
from onboarding.discovery.errors import DiscoveryError
from onboarding.spec.conf import Conf, Format
from onboarding.spec.plans import SourcePlan
from onboarding.spec.profile import ProfileReport, ReadOptions, SourceFile
from shared.hooks.athena import AthenaError
from shared.hooks.crawler import CrawlerError
from shared.operators.pipeline_steps import aws_access
from tests.athena_server import CrawlersAndAthena, Query, airflow_connection, athena_server

ROWS, BUCKET, OUTPUT = 60_000, "athena-landing", "athena-output"
ROLE = "arn:aws:iam::123456789012:role/glue"
#: Twelve of 60,000 rows: a share of a third need not have one of them.
SELDOM = "on hold"


def _rows() -> list[list[str]]:
    """Orders with leading zeros, a person's address, a value that is seldom, and copies of rows."""
    states = ("open", "shipped", "returned")
    rows = [
        [
            f"{number:07d}",
            f"person{number % 900}@example.org" if number % 50 else "",
            SELDOM if number % 5_000 == 17 else states[number % 3],
            f"{number % 97}.50",
            f"2026-0{1 + number % 9}-1{number % 9}",
            # Unique but for one pair of rows.
            f"T-{(number if number != 59_000 else 1):06d}",
        ]
        for number in range(ROWS - 60)
    ]
    return [*rows, *rows[:60]]


HEADER = ["Order No", "Email", "State", "Amount", "Ordered On", "Ticket Id"]


@dataclass(frozen=True)
class Aws:
    """Moto with crawlers and Athena, and a source in it."""

    services: CrawlersAndAthena
    access: AthenaAccess

    def put(self, prefix: str, *contents: bytes, suffix: str = "csv") -> Conf:
        """The conf of a source with these objects."""
        s3 = self.services.client("s3")
        for number, content in enumerate(contents):
            s3.put_object(Bucket=BUCKET, Key=f"{prefix}/part-{number}.{suffix}", Body=content)
        return Conf.model_validate(
            {"source": {"location": f"s3://{BUCKET}/{prefix}/"}, "deployment": {"engine": "aws"}}
        )

    def profile(self, conf: Conf) -> tuple[ProfileReport, int]:
        with aws_access("aws_default"):
            look = first_look(conf)
            source = SourcePlan(location=look.location, format=look.format, read_options=look.read_options)
            return profile_by_athena(conf, source, look.source_columns, list_files(conf), self.access)

    def content(self) -> dict[str, Any]:
        """What is in the account."""
        s3, glue = self.services.client("s3"), self.services.client("glue")
        objects = {
            item["Key"]: item["ETag"]
            for bucket in (BUCKET, OUTPUT)
            for item in s3.list_objects_v2(Bucket=bucket).get("Contents", ())
        }
        databases = [database["Name"] for database in glue.get_databases()["DatabaseList"]]
        return {"objects": objects, "databases": databases, "crawlers": self.services.crawlers.copy(),
                "classifiers": self.services.classifiers.copy()}  # fmt: skip


@pytest.fixture(scope="module")
def aws(aws_endpoint: str) -> Iterator[Aws]:
    urllib.request.urlopen(urllib.request.Request(f"{aws_endpoint}/moto-api/reset", method="POST"), timeout=30).close()
    with athena_server(aws_endpoint) as (url, services), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", airflow_connection(aws_endpoint, url))
        for bucket in (BUCKET, OUTPUT):
            services.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
        access = AthenaAccess("aws_default", "primary", f"s3://{OUTPUT}/athena", ROLE, "onboarding_profile_orders")
        patch.setattr("shared.hooks.crawler._LOOK_SECONDS", 0)
        patch.setattr("shared.hooks.athena._LOOK_SECONDS", 0)
        yield Aws(services, access)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    text.write(";".join(f'"{name}"' for name in HEADER) + "\n")
    for row in rows:
        text.write(";".join(f'"{cell}"' if cell else "" for cell in row) + "\n")
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def orders(aws: Aws) -> Conf:
    rows = _rows()
    return aws.put("orders", *(_csv(rows[start : start + 20_000]) for start in range(0, ROWS, 20_000)))


@dataclass(frozen=True)
class Measured:
    """A profile, what Athena was asked for it, and the account before and after."""

    report: ProfileReport
    scanned: int
    queries: list[Query]
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def measured(aws: Aws, orders: Conf) -> Measured:
    before = aws.content()
    report, scanned = aws.profile(orders)
    return Measured(report, scanned, list(aws.services.queries), before, aws.content())


def test_what_depends_on_every_row_is_counted_over_every_row(aws: Aws, measured: Measured) -> None:
    report = measured.report
    assert 19_000 < report.rows < 21_000
    assert (report.source_rows, report.distinct_source_rows, report.duplicate_rows) == (ROWS, ROWS - 60, 60)
    (key, *others) = report.key_candidates
    assert (key.columns, key.exact, key.distinct_count, key.null_count) == (["order_no"], True, ROWS - 60, 0)
    ticket = next(found for found in others if found.columns == ["ticket_id"])
    assert (ticket.exact, ticket.needs_eyes, ticket.distinct_count) == (False, True, ROWS - 61)
    state = report.column("state")
    assert (state.distinct_count, state.rare_value_count) == (4, 0)
    assert {found.value for found in state.top_values} == {"open", "shipped", "returned", SELDOM}
    assert sum(found.count for found in state.top_values) == pytest.approx(report.rows, abs=4)
    objects = sum(item["Size"] for item in aws.services.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"])
    assert measured.scanned == objects * len(measured.queries)


def test_nothing_stays_in_the_account(measured: Measured) -> None:
    assert measured.after == measured.before


def test_the_share_says_what_all_rows_say(aws: Aws, orders: Conf, measured: Measured) -> None:
    report = measured.report
    with aws_access("aws_default"):
        whole = look_at_source(orders)
    assert [(column.name, column.source_name, column.type, column.personal_data.type) for column in report.columns] == [
        (column.name, column.source_name, column.type, column.personal_data.type) for column in whole.columns
    ]
    assert report.column("order_no").leading_zero_count > 0
    shares = [
        (found.missing_count / report.rows, every.missing_count / whole.rows)
        for found, every in zip(report.columns, whole.columns, strict=True)
    ]
    assert all(found == pytest.approx(every, abs=0.005) for found, every in shares)


def test_no_value_of_a_personal_column_leaves_the_share(measured: Measured) -> None:
    told = " ".join(cell or "" for query in measured.queries for row in query.rows for cell in row)
    assert "shipped" in told
    assert "@example.org" not in told
    assert not any("@example.org" in query.sql for query in measured.queries)


def test_parquet_keeps_its_types(aws: Aws, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT i AS id, i % 7 AS grade, DATE '2026-01-01' + CAST(i % 90 AS INTEGER) AS day"
            f" FROM range(30000) t(i)) TO '{path}' (FORMAT PARQUET)"
        )
    conf = aws.put("days", path.read_bytes(), suffix="parquet")
    report, _ = aws.profile(conf)
    assert [(column.name, column.physical_type) for column in report.columns] == [
        ("id", "BIGINT"), ("grade", "BIGINT"), ("day", "DATE"),
    ]  # fmt: skip
    assert (report.all_rows, report.key_candidates[0].columns) == (30_000, ["id"])
    assert report.column("grade").distinct_count == 7


def test_a_role_that_may_not_read_is_told_and_nothing_stays(
    aws: Aws, orders: Conf, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = aws.content()
    monkeypatch.setattr(aws.services, "may_read", False)
    with pytest.raises(CrawlerError, match="Access Denied for the role"):
        aws.profile(orders)
    assert aws.content() == before


def test_what_athena_refuses_is_told_and_nothing_stays(aws: Aws, orders: Conf, monkeypatch: pytest.MonkeyPatch) -> None:
    before = aws.content()
    monkeypatch.setattr(aws.services, "refused", "UNLOAD")
    with pytest.raises(AthenaError, match="this is refused"):
        aws.profile(orders)
    assert aws.content() == before


def test_what_a_killed_task_left_is_taken_over_and_the_report_is_the_same(
    aws: Aws, orders: Conf, measured: Measured
) -> None:
    name, services, before = aws.access.name, aws.services, aws.content()
    services.client("glue").create_database(DatabaseInput={"Name": name})
    services.crawlers[name] = {"Name": name, "State": "READY", "Targets": {}, "Classifiers": []}
    services.classifiers[name] = {"Name": name, "Header": ["other"]}
    services.client("s3").put_object(Bucket=OUTPUT, Key=f"athena/{name}/left_over", Body=b"not Parquet")
    again, _ = aws.profile(orders)
    assert again.model_dump_json() == measured.report.model_dump_json()
    assert aws.content() == before


def test_another_number_of_columns_is_refused(aws: Aws, orders: Conf, tmp_path: Path) -> None:
    with aws_access("aws_default"):
        look = first_look(orders)
        source = SourcePlan(location=look.location, format=look.format, read_options=look.read_options)
        with duckdb.connect() as con:
            con.execute(f"COPY (SELECT 1 AS id) TO '{tmp_path / 'a.parquet'}' (FORMAT PARQUET)")
        aws.put("days", (tmp_path / "a.parquet").read_bytes(), suffix="parquet")
        elsewhere = orders.model_copy(deep=True)
        elsewhere.source.location = f"s3://{BUCKET}/days/"
        parquet = source.model_copy(update={"format": Format.PARQUET})
        with pytest.raises(DiscoveryError, match="other columns than the first look"):
            profile_by_athena(elsewhere, parquet, look.source_columns, [], aws.access)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"location": "file:///data/orders/"}, "not in S3"),
        ({"location": "s3://b/orders/a.csv"}, "one object"),
        ({"format": Format.JSON}, "other columns"),
        ({"read_options": ReadOptions(encoding="cp1252")}, "encoding cp1252"),
    ],
)
def test_sources_that_athena_cannot_measure(change: dict[str, Any], reason: str) -> None:
    source = SourcePlan(location="s3://b/orders/", format=Format.CSV, read_options=ReadOptions())
    files = [SourceFile(uri="s3://b/orders/a.csv", bytes=1, etag="")]
    found = why_not_athena(source.model_copy(update=change), files)
    assert bool(found) == bool(reason)
    assert re.search(reason, found)


def test_five_percent_but_never_too_few_or_too_many() -> None:
    assert share_of(0) == 1.0
    assert share_of(10_000) == 1.0
    assert share_of(100_000) == 0.2
    assert share_of(10_000_000) == 0.05
    assert share_of(1_000_000_000) == 0.002
