"""A Glue crawler for one source: it runs once, its table is used, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from shared.pipeline.errors import DataOnboardingError

#: Seconds between two looks at a crawler that runs.
_LOOK_SECONDS = 10


class CrawlerError(DataOnboardingError):
    """A crawler did not find the one table that was asked for."""

    code = "crawler"


@dataclass(frozen=True)
class CsvLayout:
    """How text is written, as it was found by a first look: the crawler does not guess.

    :ivar columns: their names; every one is crawled as text, so that leading zeros and odd dates survive.
    """

    delimiter: str
    quote: str
    header: bool
    columns: Sequence[str]


@dataclass(frozen=True)
class CrawledTable:
    """The table that a crawler made; it lives as long as :func:`crawled` is open.

    :ivar columns: names in the order of the source, partition columns after them.
    """

    database: str
    name: str
    columns: tuple[str, ...]


@contextmanager
def crawled(
    location: str, *, name: str, role_arn: str, aws_conn_id: str, csv: CsvLayout | None = None
) -> Iterator[CrawledTable]:
    """Crawl a folder of S3 into a database of its own; crawler, classifier and database are removed at the end.

    What a killed task left under this name is taken over.

    :param location: ``s3://`` prefix.
    :param name: of the crawler, its classifier and the database: of one onboarding.
    :param role_arn: role that the crawler reads with.
    :param csv: layout of text; None where files describe themselves.
    :raises CrawlerError: the crawler failed, or found no table, or several.
    """
    from airflow.providers.amazon.aws.hooks.glue_crawler import GlueCrawlerHook

    make: Any = GlueCrawlerHook
    hook = make(aws_conn_id=aws_conn_id)
    glue = hook.glue_client
    try:
        with suppress(glue.exceptions.AlreadyExistsException):
            glue.create_database(DatabaseInput={"Name": name, "Description": "onboarding looks at a source"})
        if csv is not None:
            _make_classifier(glue, name, csv)
        _run(hook, name, location, role_arn, with_classifier=csv is not None)
        yield _table(glue, name, location)
    finally:
        _remove(glue, name)


def _make_classifier(glue: Any, name: str, csv: CsvLayout) -> None:
    with suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_classifier(Name=name)
    glue.create_classifier(
        CsvClassifier={
            "Name": name,
            "Delimiter": csv.delimiter,
            "QuoteSymbol": csv.quote,
            "ContainsHeader": "PRESENT" if csv.header else "ABSENT",
            "Header": list(csv.columns),
            "DisableValueTrimming": True,
            "AllowSingleColumn": True,
            "CustomDatatypeConfigured": True,
            "CustomDatatypes": ["STRING"] * len(csv.columns),
            "Serde": "OpenCSVSerDe",
        }
    )


def _run(hook: Any, name: str, location: str, role_arn: str, *, with_classifier: bool) -> None:
    from botocore.exceptions import WaiterError

    wanted = {
        "Name": name,
        "Role": role_arn,
        "DatabaseName": name,
        "Targets": {"S3Targets": [{"Path": location}]},
        "Classifiers": [name] if with_classifier else [],
        "Description": "runs once for an onboarding",
    }
    running = hook.glue_client.exceptions.CrawlerRunningException
    if hook.has_crawler(name):
        with suppress(running):
            hook.update_crawler(**wanted)
    else:
        hook.create_crawler(**wanted)
    with suppress(running):
        hook.start_crawler(name)
    try:
        state = str(hook.wait_for_crawler_completion(name, _LOOK_SECONDS))
    except WaiterError as error:
        state = str(hook.get_crawler(name).get("LastCrawl", {}).get("Status") or error)
    if state != "SUCCEEDED":
        last = hook.get_crawler(name).get("LastCrawl", {})
        raise CrawlerError(
            "the crawler did not get through",
            where=f"crawler {name}, {location}",
            expected="SUCCEEDED",
            given=f"{state}: {last.get('ErrorMessage', 'no message')}"[:500],
            remedy=f"let the role {role_arn} read the source, then clear the task",
        )


def _table(glue: Any, name: str, location: str) -> CrawledTable:
    tables = glue.get_tables(DatabaseName=name)["TableList"]
    if len(tables) != 1:
        found = ", ".join(sorted(str(table["Name"]) for table in tables)) or "none"
        raise CrawlerError(
            "the crawler did not find one table",
            where=location,
            expected="files of one layout, which are one table",
            given=found[:500],
            remedy="give each kind of file a folder of its own, and onboard each as a source",
        )
    (table,) = tables
    described = [*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", ())]
    return CrawledTable(name, str(table["Name"]), tuple(str(column["Name"]) for column in described))


def _remove(glue: Any, name: str) -> None:
    missing = glue.exceptions.EntityNotFoundException
    with suppress(missing, glue.exceptions.CrawlerNotRunningException, glue.exceptions.CrawlerStoppingException):
        glue.stop_crawler(Name=name)
    with suppress(missing):
        glue.delete_crawler(Name=name)
    with suppress(missing):
        glue.delete_classifier(Name=name)
    with suppress(missing):
        # With its tables.
        glue.delete_database(Name=name)
