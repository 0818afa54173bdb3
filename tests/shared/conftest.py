"""A lake on disk and one on S3, and a small workload written by hand after the contract."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from shared.pipeline import engine, secrets, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.check import CheckSpec, Rule, check_zone
from shared.pipeline.extract import ExtractSpec, extract_to_bronze
from shared.pipeline.load import LoadSpec, publish_gold
from shared.pipeline.tables import bring_tables, parquet_files, scan
from shared.pipeline.transform import TransformSpec, transform
from shared.pipeline.zones import Lake, published_files, read_pointer

WORKLOAD = "orders"
COLUMNS = ("order_id", "email", "amount", "region")
MASKING_KEY = "a test key of 24 letters"
SILVER_SQL = """
WITH typed AS (
    SELECT order_id, email, try_cast(amount AS DECIMAL(10, 2)) AS amount, upper(region) AS region,
           _source_file, _source_row, _load_id,
           CASE WHEN amount IS NOT NULL AND try_cast(amount AS DECIMAL(10, 2)) IS NULL THEN ',amount,' ELSE '' END
               AS _unparsed
    FROM bronze)
SELECT order_id, sha256($masking_key || email) AS email, amount, region, _source_file, _source_row, _load_id,
       _unparsed,
       CAST(row_number() OVER (PARTITION BY order_id ORDER BY _load_id DESC, _source_row DESC) AS INTEGER)
           AS _duplicate_rank
FROM typed;
"""
GOLD_SQL = "SELECT order_id, email, amount, region FROM silver WHERE amount IS NULL OR amount >= 0"
TOTALS_SQL = "SELECT region, sum(amount) AS amount, count(*) AS orders FROM silver GROUP BY region ORDER BY region"
ROWS = [
    ("1", "a@example.com", "10.50", "eu"),
    ("2", "b@example.com", "20.00", "us"),
    ("2", "b@example.com", "21.00", "us"),
    ("3", "c@example.com", "junk", "us"),
    ("4", "d@example.com", "-5.00", "eu"),
    ("5", "e@example.com", "7.25", "eu"),
]


def same(text: str) -> dict[str, str]:
    """One predicate for every engine."""
    return {"duckdb": text, "spark": text}


def rule(id: str, dimension: str, satisfied: str, applies: str = "true", **others: Any) -> Rule:
    """A rule that only counts, but for what ``others`` says."""
    return Rule(id, dimension, applies=same(applies), satisfied=same(satisfied), **others)


SILVER_RULES = (
    rule(
        "order_id_unique",
        "uniqueness",
        "count(*) OVER (PARTITION BY order_id) = 1",
        severity="critical",
        min_pass_rate=1.0,
    ),
    rule("amount_parsed", "validity", "NOT contains(_unparsed, ',amount,')", on_fail="quarantine", min_pass_rate=0.5),
    rule("region_known", "validity", "region IN ('EU', 'US')", "region IS NOT NULL"),
    rule(
        "enough_rows",
        "completeness",
        "count(*) >= 1",
        severity="critical",
        on_fail="block",
        min_pass_rate=1.0,
        kind="table",
    ),
)
GOLD_RULES = (rule("amount_there", "completeness", "amount IS NOT NULL", severity="critical", min_pass_rate=0.9),)


@dataclass
class Pipeline:
    """The workload ``orders`` in one lake; ``run`` runs its steps as its DAG does."""

    folder: Path
    lake_uri: str
    silver_rules: tuple[Rule, ...] = SILVER_RULES
    gold_rules: tuple[Rule, ...] = GOLD_RULES
    silver_threshold: float = 0.8
    gold_threshold: float = 0.9
    load: str = "full"
    partitions: tuple[str, ...] = ("region",)
    options: dict[str, Any] = field(default_factory=dict)
    measures: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sql = self.folder / "workload" / "sql"
        for name, text in (("silver", SILVER_SQL), ("gold", GOLD_SQL), ("totals", TOTALS_SQL)):
            sql.mkdir(parents=True, exist_ok=True)
            (sql / f"{name}.sql").write_text(text)
        self.source.mkdir(exist_ok=True)

    @property
    def source(self) -> Path:
        """Folder of the source's files."""
        return self.folder / "source"

    @property
    def lake(self) -> Lake:
        """The workload's places."""
        return Lake(self.lake_uri, WORKLOAD)

    def deliver(self, rows: Sequence[Sequence[str]], name: str = "orders.csv") -> None:
        """Put a delivery where the source is."""
        with (self.source / name).open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])

    def arguments(self, run_date: str = "2026-01-05", suffix: str = "run1") -> RunArguments:
        """Arguments of one run."""
        workload = storage.file_uri(self.folder / "workload")
        return RunArguments(workload, run_date, f"{run_date}-{suffix}", "local", self.lake_uri)

    def extract(self, arguments: RunArguments) -> dict[str, Any]:
        """Source -> Bronze."""
        spec = ExtractSpec(
            WORKLOAD, WORKLOAD, storage.file_uri(self.source), "csv", columns=COLUMNS, null_values=("",), load=self.load
        )
        return extract_to_bronze(replace(spec, **self.options), arguments)

    def to_silver(self, arguments: RunArguments) -> dict[str, Any]:
        """Bronze -> Silver candidate."""
        paths = same("sql/silver.sql")
        inputs = {"bronze": "bronze/orders"}
        spec = TransformSpec(WORKLOAD, WORKLOAD, "silver", inputs, paths, self.partitions, True, measures=self.measures)
        return transform(spec, arguments)

    def check_silver(self, arguments: RunArguments) -> dict[str, Any]:
        """Silver's gate."""
        return check_zone(
            CheckSpec(
                WORKLOAD,
                WORKLOAD,
                "silver",
                self.silver_threshold,
                {"validity": 2.0},
                self.silver_rules,
                self.partitions,
            ),
            arguments,
        )

    def to_gold(self, arguments: RunArguments) -> dict[str, Any]:
        """Silver -> Gold candidates."""
        inputs = {"silver": "silver/orders"}
        return {
            name: transform(TransformSpec(WORKLOAD, name, "gold", inputs, same(f"sql/{sql}.sql")), arguments)
            for name, sql in (("orders_gold", "gold"), ("totals", "totals"))
        }

    def check_gold(self, arguments: RunArguments) -> dict[str, Any]:
        """Gold's gates."""
        rules = {"orders_gold": self.gold_rules, "totals": ()}
        return {
            name: check_zone(CheckSpec(WORKLOAD, name, "gold", self.gold_threshold, {}, rules[name]), arguments)
            for name in rules
        }

    def publish(self, arguments: RunArguments) -> dict[str, Any]:
        """Gold's pointers."""
        return publish_gold(LoadSpec(WORKLOAD, ("orders_gold", "totals")), arguments)

    def run(self, run_date: str = "2026-01-05", suffix: str = "run1") -> dict[str, Any]:
        """All steps."""
        arguments = self.arguments(run_date, suffix)
        return {
            "extract": self.extract(arguments),
            "to_silver": self.to_silver(arguments),
            "check_silver": self.check_silver(arguments),
            "to_gold": self.to_gold(arguments),
            "check_gold": self.check_gold(arguments),
            "publish": self.publish(arguments),
        }

    def published(self, zone: str, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """The rows that readers see, sorted."""
        pointer = read_pointer(self.lake, zone, table)
        assert pointer is not None
        return self.rows(published_files(self.lake, zone, table, pointer), columns)

    def stored(self, uri: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """The rows of all Parquet files below a folder, sorted."""
        return self.rows(parquet_files(uri), columns)

    def rows(self, uris: list[str], columns: str) -> list[tuple[Any, ...]]:
        """Rows of files, sorted."""
        if not uris:
            return []
        paths = bring_tables(uris, self.folder / "brought")
        with engine.connection() as con:
            rows = con.execute(f"SELECT {columns} FROM {scan(paths)}").fetchall()
        return sorted(rows, key=repr)


@pytest.fixture
def aws(aws_endpoint: str) -> Iterator[Callable[[str], Any]]:
    """The data plane's clients talk to an empty moto account."""
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{aws_endpoint}/moto-api/reset", method="POST")).close()

    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws_endpoint,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    storage.set_client_factory(make)
    yield make
    storage.set_client_factory(None)


@pytest.fixture
def key() -> Iterator[None]:
    """The masking key comes from the test."""
    secrets.set_key_provider(lambda workload: MASKING_KEY)
    yield
    secrets.set_key_provider(None)


@pytest.fixture
def pipeline(tmp_path: Path, key: None) -> Pipeline:
    """The workload on a lake of files, with a delivery."""
    made = Pipeline(tmp_path, storage.file_uri(tmp_path / "lake"))
    made.deliver(ROWS)
    return made


@pytest.fixture(params=["file", "s3"])
def any_pipeline(request: pytest.FixtureRequest, tmp_path: Path, key: None) -> Pipeline:
    """The workload on each kind of lake."""
    uri = storage.file_uri(tmp_path / "lake")
    if request.param == "s3":
        request.getfixturevalue("aws")("s3").create_bucket(
            Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        uri = "s3://lake/zones"
    made = Pipeline(tmp_path, uri)
    made.deliver(ROWS)
    return made
