"""The profile of a large source in S3: crawled, measured on a share of its rows, counted exactly where that matters."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onboarding.discovery.athena_queries import AthenaTable
from onboarding.discovery.engine_choice import unpacked_bytes
from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.first_look import source_location
from onboarding.discovery.profiling import Neighbours, report_of
from onboarding.spec.conf import Conf, Format
from onboarding.spec.plans import SourcePlan
from onboarding.spec.profile import ProfileReport, SourceFile
from onboarding.spec.settings import Settings
from shared.hooks.athena import AthenaQueries
from shared.hooks.crawler import CsvLayout, crawled
from shared.pipeline import storage
from shared.pipeline.engine import connection
from shared.pipeline.literals import identifiers, quote_identifier, quote_list
from shared.pipeline.profile import measure_view
from shared.pipeline.profile.table import TextTable
from shared.pipeline.profile.validators import VALIDATOR_SAMPLE
from shared.pipeline.reading.tables import ROW_COLUMN

#: Share of the rows that is measured (the flow's own number), and rows at most: what a worker takes in a minute.
SHARE, MOST_ROWS = 0.05, 2_000_000
_SAMPLE_VIEW = "athena_sample"


@dataclass(frozen=True)
class AthenaAccess:
    """What of an installation a profile by Athena needs.

    :ivar output_uri: ``s3://`` prefix for the share of the rows and for results, both removed again.
    :ivar role_arn: role that the crawler reads with.
    :ivar name: of what is made in the account meanwhile: of one onboarding.
    """

    aws_conn_id: str
    workgroup: str
    output_uri: str
    role_arn: str
    name: str


class _EveryRow:
    """Every row of the source, counted by Athena (:class:`shared.pipeline.profile.whole.WholeSource`)."""

    def __init__(self, queries: AthenaQueries, table: AthenaTable) -> None:
        self._queries, self._table = queries, table
        (counted,) = queries.rows(table.row_counts())
        self._rows, self._distinct = int(counted[0] or 0), int(counted[1] or 0)
        self.null_words: Sequence[Sequence[str]] = ()
        self._counted: dict[tuple[int, ...], tuple[int, int]] = {}

    @property
    def rows(self) -> int:
        return self._rows

    def distinct_rows(self) -> int:
        return self._distinct

    def count_distinct(self, positions: list[int]) -> tuple[int, int]:
        asked = tuple(positions)
        if asked not in self._counted:
            (found,) = self._queries.rows(self._table.distinct(positions, self.null_words))
            self._counted[asked] = int(found[0] or 0), int(found[1] or 0)
        return self._counted[asked]

    def value_counts(self, position: int, most: int) -> dict[str, int] | None:
        found = self._queries.rows(self._table.value_counts(position, self.null_words[position], most))
        return None if len(found) > most else {str(value): int(rows or 0) for value, rows in found}


def why_on_the_worker(conf: Conf, source: SourcePlan, files: Sequence[SourceFile], settings: Settings) -> str:
    """Why the worker measures a source itself, every row of it; empty where Athena measures a share.

    :raises SettingsError: ``athena_from_megabytes`` is no number, or ``athena_output_uri`` no S3 prefix.
    """
    if conf.deployment.engine != "aws":
        return "deployment.engine is not aws"
    if not settings.athena_prefix:
        return "[onboarding] athena_output_uri is not set"
    size = unpacked_bytes(files)
    if size < settings.number("athena_from_megabytes") * 1_000_000:
        return f"{size / 1_000_000:.1f} MB are less than [onboarding] athena_from_megabytes"
    return why_not_athena(source, files)


def why_not_athena(source: SourcePlan, files: Sequence[SourceFile]) -> str:
    """Why Athena cannot measure a source; empty when it can."""
    if not source.location.startswith("s3://"):
        return "the source is not in S3"
    if [file.uri for file in files] == [source.location]:
        return "the source is one object, and Athena reads folders"
    if source.format is Format.PARQUET:
        return ""
    if source.format is not Format.CSV:
        return f"a crawler gives {source.format.value} other columns than the pipeline"
    options = source.read_options
    if options.encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "ascii"):
        return f"Athena does not read the encoding {options.encoding}"
    packed = next((file.uri for file in files if file.uri.endswith(".zip")), "")
    return f"Athena does not read {packed}" if packed else ""


def profile_by_athena(
    conf: Conf,
    source: SourcePlan,
    columns: Sequence[str],
    files: Sequence[SourceFile],
    access: AthenaAccess,
    neighbours: Neighbours | None = None,
) -> tuple[ProfileReport, int]:
    """Measure a share of the rows; count keys, duplicates and the values of enumerations over every row.

    :param columns: names in the source, as the first look found them.
    :param files: of the source, as they are listed.
    :returns: the report, and the bytes that Athena read.
    :raises DiscoveryError: the crawler found other columns than the first look.
    :raises CrawlerError: it failed, or found no table, or several.
    :raises AthenaError: a statement failed.
    """
    folder = f"{source_location(conf).rstrip('/')}/"
    options = source.read_options
    layout = None
    if source.format is Format.CSV:
        layout = CsvLayout(options.delimiter or ",", options.quote or '"', options.header, columns)
    sample_uri = f"{access.output_uri}/{access.name}/"
    with crawled(
        folder, name=access.name, role_arn=access.role_arn, aws_conn_id=access.aws_conn_id, csv=layout
    ) as found:
        if len(found.columns) != len(columns):
            raise DiscoveryError(
                "the crawler found other columns than the first look",
                where=folder,
                expected=f"{len(columns)} columns",
                given=f"{len(found.columns)} in the table of the crawler: {', '.join(found.columns)}"[:500],
                remedy="leave [onboarding] athena_output_uri out: then the worker measures the source",
            )
        queries = AthenaQueries(
            aws_conn_id=access.aws_conn_id,
            workgroup=access.workgroup,
            output_uri=access.output_uri,
            database=found.database,
        )
        table = AthenaTable(found.database, found.name, found.columns)
        whole = _EveryRow(queries, table)
        storage.delete_tree(sample_uri)
        try:
            queries.run(table.sample(share_of(whole.rows), sample_uri))
            report = _measured(conf, source, columns, files, sample_uri, whole, neighbours)
        finally:
            storage.delete_tree(sample_uri)
    return report, queries.scanned_bytes


def share_of(rows: int) -> float:
    """Share of the rows that is measured: 5 %, never fewer rows than the validators take, never more than fit."""
    if not rows:
        return 1.0
    return min(1.0, max(SHARE, VALIDATOR_SAMPLE / rows), MOST_ROWS / rows)


def _measured(
    conf: Conf,
    source: SourcePlan,
    columns: Sequence[str],
    files: Sequence[SourceFile],
    sample_uri: str,
    whole: _EveryRow,
    neighbours: Neighbours | None,
) -> ProfileReport:
    with tempfile.TemporaryDirectory(prefix="onboarding_sample_") as scratch, connection() as con:
        paths = []
        for number, part in enumerate(storage.list_files(sample_uri)):
            paths.append(f"{scratch}/{number:05d}.parquet")
            storage.download(part.uri, Path(paths[-1]))
        if not paths:
            raise DiscoveryError(
                "the source has no rows",
                where=sample_uri,
                expected="rows",
                given=f"{whole.rows} rows, none of them in the share",
                remedy="check that the delivery has arrived",
            )
        numbered = [f"c{i}" for i in range(len(columns))]
        named = ", ".join(
            f"{quote_identifier(short)} AS {quote_identifier(name)}"
            for short, name in zip(numbered, columns, strict=True)
        )
        # Athena writes in any order: the rows get one of their own, so that the same source gives the same report.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {_SAMPLE_VIEW} AS SELECT {named},"  # noqa: S608 (quoted)
            f" row_number() OVER (ORDER BY {identifiers(numbered)}) AS {ROW_COLUMN}"
            f" FROM read_parquet({quote_list(paths)})"
        )
        described = con.execute(f"DESCRIBE {_SAMPLE_VIEW}").fetchall()
        typed = [(str(row[0]), str(row[1])) for row in described if row[0] != ROW_COLUMN]
        facts = {
            "location": source.location,
            "format": source.format.value,
            "read_options": source.read_options.model_dump(mode="json"),
            "files": [file.model_dump(mode="json") for file in files],
            "unreadable_rows": 0,
        }
        null_values = list(source.read_options.null_values)
        measurement = measure_view(con, _SAMPLE_VIEW, typed, null_values=null_values, facts=facts)
        whole.null_words = _words(measurement.table)
        measurement.whole = whole
        return report_of(conf, measurement, neighbours)


def _words(table: TextTable) -> list[tuple[str, ...]]:
    return [tuple(word.lower() for word in words) for words in table.null_words]
