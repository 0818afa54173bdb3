"""Glue's crawlers and Athena on the loopback interface, over the objects of a moto server: what they find is real.

A crawl makes the table that the classifier, or Parquet itself, describes. A statement is translated from Athena's
dialect and run by DuckDB over the objects of the table; its results are objects in S3, as on AWS. Every other call goes
on to moto.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import duckdb
import sqlglot

from shared.pipeline.literals import identifiers, quote_identifier, quote_list, quote_literal
from shared.pipeline.storage import bucket_and_key
from tests.loopback_aws import ServiceError, serving

_UNLOAD = re.compile(r"UNLOAD \((.*)\) TO '([^']*)' WITH \(format = 'PARQUET'\)", re.DOTALL)
_OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
_PAGE = 100


@dataclass
class Query:
    """A statement that was run."""

    id: str
    sql: str
    output: str
    state: str = "SUCCEEDED"
    reason: str = ""
    scanned: int = 0
    rows: list[list[str | None]] = field(default_factory=list)


class CrawlersAndAthena:
    """What the two services hold.

    :ivar queries: every statement, in order.
    :ivar refused: text; a statement that has it fails, as one does that Athena cannot read.
    :ivar may_read: whether the role of the crawlers may read the source.
    """

    def __init__(self, moto_url: str) -> None:
        self.crawlers: dict[str, dict[str, Any]] = {}
        self.classifiers: dict[str, dict[str, Any]] = {}
        self.queries: list[Query] = []
        self.refused = ""
        self.may_read = True
        self._moto_url = moto_url

    def client(self, service: str) -> Any:
        """A client of moto."""
        return boto3.client(
            service,
            endpoint_url=self._moto_url,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def call(self, service: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to a call (see :data:`tests.loopback_aws.Call`)."""
        service = {"AWSGlue": "glue", "AmazonAthena": "athena"}.get(service, "")
        name = re.sub("(?<!^)([A-Z])", r"_\1", operation).lower()
        handler = getattr(self, f"_{service}_{name}", None)
        return None if handler is None else dict(handler(given) or {})

    def _glue_create_classifier(self, given: Mapping[str, Any]) -> None:
        classifier = given["CsvClassifier"]
        if classifier["Name"] in self.classifiers:
            raise ServiceError("AlreadyExistsException", "it exists")
        self.classifiers[classifier["Name"]] = classifier

    def _glue_delete_classifier(self, given: Mapping[str, Any]) -> None:
        if self.classifiers.pop(given["Name"], None) is None:
            raise ServiceError("EntityNotFoundException", "no such classifier")

    def _glue_create_crawler(self, given: Mapping[str, Any]) -> None:
        if given["Name"] in self.crawlers:
            raise ServiceError("AlreadyExistsException", "it exists")
        self.crawlers[given["Name"]] = {**given, "State": "READY"}

    def _glue_update_crawler(self, given: Mapping[str, Any]) -> None:
        self._crawler(given).update(given)

    def _glue_delete_crawler(self, given: Mapping[str, Any]) -> None:
        del self.crawlers[self._crawler(given)["Name"]]

    def _glue_stop_crawler(self, given: Mapping[str, Any]) -> None:
        self._crawler(given)
        raise ServiceError("CrawlerNotRunningException", "it does not run")

    def _glue_get_crawler(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"Crawler": self._crawler(given)}

    def _glue_get_crawler_metrics(self, given: Mapping[str, Any]) -> dict[str, Any]:
        counts = {"TablesCreated": 1, "TablesUpdated": 0, "TablesDeleted": 0}
        seconds = {"LastRuntimeSeconds": 1.0, "MedianRuntimeSeconds": 1.0}
        return {"CrawlerMetricsList": [{"CrawlerName": name, **counts, **seconds} for name in given["CrawlerNameList"]]}

    def _crawler(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["Name"] not in self.crawlers:
            raise ServiceError("EntityNotFoundException", "no such crawler")
        return self.crawlers[given["Name"]]

    def _glue_start_crawler(self, given: Mapping[str, Any]) -> None:
        crawler = self._crawler(given)
        if not self.may_read:
            crawler["LastCrawl"] = {"Status": "FAILED", "ErrorMessage": "Access Denied for the role"}
            return
        (target,) = crawler["Targets"]["S3Targets"]
        classifiers = [self.classifiers[name] for name in crawler["Classifiers"]]
        with tempfile.TemporaryDirectory() as scratch:
            paths, _ = self._bring(target["Path"], Path(scratch))
            columns = _csv_columns(classifiers[0]) if classifiers else _parquet_columns(paths)
        table = {
            "Name": target["Path"].rstrip("/").rpartition("/")[2],
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "csv" if classifiers else "parquet"},
            "StorageDescriptor": {
                "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
                "Location": target["Path"],
                "SerdeInfo": {
                    "SerializationLibrary": _OPEN_CSV if classifiers else "parquet",
                    "Parameters": {"classifier": json.dumps(classifiers[0])} if classifiers else {},
                },
            },
        }
        self.client("glue").create_table(DatabaseName=crawler["DatabaseName"], TableInput=table)
        crawler["LastCrawl"] = {"Status": "SUCCEEDED"}

    def _athena_start_query_execution(self, given: Mapping[str, Any]) -> dict[str, Any]:
        number = len(self.queries)
        query = Query(f"{number:08x}", given["QueryString"], given["ResultConfiguration"]["OutputLocation"])
        self.queries.append(query)
        try:
            self._run(query)
        except (duckdb.Error, ServiceError, sqlglot.errors.SqlglotError) as error:
            query.state, query.reason = "FAILED", str(error)
        return {"QueryExecutionId": query.id}

    def _athena_get_query_execution(self, given: Mapping[str, Any]) -> dict[str, Any]:
        query = self._query(given)
        execution = {
            "QueryExecutionId": query.id,
            "Status": {"State": query.state, "StateChangeReason": query.reason},
            "Statistics": {"DataScannedInBytes": query.scanned},
            "ResultConfiguration": {"OutputLocation": f"{query.output}{query.id}.csv"},
        }
        return {"QueryExecution": execution}

    def _athena_get_query_results(self, given: Mapping[str, Any]) -> dict[str, Any]:
        query, start = self._query(given), int(given.get("NextToken") or 0)
        cells = query.rows[start : start + _PAGE]
        rows = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in cells]
        following = {"NextToken": str(start + _PAGE)} if start + _PAGE < len(query.rows) else {}
        return {"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": []}}, **following}

    def _athena_stop_query_execution(self, _: Mapping[str, Any]) -> None:
        """It has ended already."""

    def _query(self, given: Mapping[str, Any]) -> Query:
        return next(query for query in self.queries if query.id == given["QueryExecutionId"])

    def _run(self, query: Query) -> None:
        if self.refused and self.refused in query.sql:
            raise ServiceError("INVALID", "this is refused")
        unload = _UNLOAD.fullmatch(query.sql)
        tree = sqlglot.parse_one(unload.group(1) if unload else query.sql, read="athena")
        (table,) = list(tree.find_all(sqlglot.exp.Table))
        with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as con:
            query.scanned = self._create_view(con, table.db, table.name, Path(scratch))
            sql = tree.sql("duckdb")
            if unload:
                self._unload(con, sql, unload.group(2), query, Path(scratch))
                return
            result = con.execute(sql)
            query.rows = [[str(column[0]) for column in result.description]]
            query.rows += [[None if cell is None else str(cell) for cell in row] for row in result.fetchall()]
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in query.rows)
        for suffix in (".csv", ".csv.metadata"):
            self._put(f"{query.output}{query.id}{suffix}", text.encode())

    def _unload(self, con: Any, sql: str, target: str, query: Query, scratch: Path) -> None:
        bucket, prefix = bucket_and_key(target)
        if self.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents"):
            raise ServiceError("HIVE_PATH_ALREADY_EXISTS", target)
        con.execute(f"CREATE TABLE unloaded AS {sql}")
        for part in (0, 1):
            path = scratch / f"part_{part}.parquet"
            con.execute(
                f"COPY (SELECT * FROM unloaded WHERE rowid % 2 = {part}) TO {quote_literal(str(path))} (FORMAT PARQUET)"
            )
            self._put(f"{target}{query.id}_{part}", path.read_bytes())
        self._put(f"{query.output}{query.id}-manifest.csv", target.encode())

    def _create_view(self, con: Any, database: str, name: str, scratch: Path) -> int:
        described = self.client("glue").get_table(DatabaseName=database, Name=name)["Table"]["StorageDescriptor"]
        paths, size = self._bring(described["Location"], scratch)
        names = [column["Name"] for column in described["Columns"]]
        classifier = json.loads(described["SerdeInfo"]["Parameters"].get("classifier", "null"))
        listed = quote_list([str(path) for path in paths])
        if classifier:
            columns = ", ".join(f"{quote_literal(column)}: 'VARCHAR'" for column in names)
            source = (
                f"read_csv({listed}, auto_detect=false, columns={{{columns}}},"
                f" delim={quote_literal(classifier['Delimiter'])},"
                f" quote={quote_literal(classifier['QuoteSymbol'])}, escape={quote_literal(classifier['QuoteSymbol'])},"
                f" header={classifier['ContainsHeader'] == 'PRESENT'}, force_not_null={quote_list(names)})"
            )
        else:
            source = f"read_parquet({listed})"
        con.execute(f"CREATE SCHEMA {quote_identifier(database)}")
        con.execute(
            f"CREATE VIEW {quote_identifier(database)}.{quote_identifier(name)} AS SELECT * FROM {source}"
            f" AS t({identifiers(names)})"
        )
        return size

    def _bring(self, location: str, scratch: Path) -> tuple[list[Path], int]:
        s3, (bucket, prefix) = self.client("s3"), bucket_and_key(location)
        paths, size = [], 0
        for item in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ()):
            if item["Key"].rpartition("/")[2].startswith(("_", ".")):
                continue
            paths.append(scratch / f"{len(paths):04d}{Path(item['Key']).suffix}")
            s3.download_file(bucket, item["Key"], str(paths[-1]))
            size += item["Size"]
        return paths, size

    def _put(self, uri: str, content: bytes) -> None:
        bucket, key = bucket_and_key(uri)
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=content)


def _csv_columns(classifier: Mapping[str, Any]) -> list[tuple[str, str]]:
    # The catalog's names are lower case.
    kinds = [kind.lower() for kind in classifier["CustomDatatypes"]]
    return list(zip([name.lower() for name in classifier["Header"]], kinds, strict=True))


def _parquet_columns(paths: list[Path]) -> list[tuple[str, str]]:
    with duckdb.connect() as con:
        found = con.execute(
            f"DESCRIBE SELECT * FROM read_parquet({quote_list([str(path) for path in paths])})"
        ).fetchall()
    return [(str(row[0]).lower(), str(row[1]).lower()) for row in found]


@contextmanager
def athena_server(moto_url: str) -> Iterator[tuple[str, CrawlersAndAthena]]:
    """The URL of the services, and what they hold, while they serve."""
    services = CrawlersAndAthena(moto_url)
    with serving(services.call, moto_url) as url:
        yield url, services


def airflow_connection(moto_url: str, services_url: str) -> str:
    """The Airflow connection to moto with these services, as JSON."""
    here = {"endpoint_url": services_url}
    extra = {"endpoint_url": moto_url, "region_name": "eu-west-1", "service_config": {"glue": here, "athena": here}}
    return json.dumps({"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra})
