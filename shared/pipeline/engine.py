"""Every connection of the data plane to an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.pipeline.arguments import RunArguments
from shared.pipeline.disk import disk_full, full_disk_is_clear, reason_of
from shared.pipeline.errors import TooLargeForLocalError, ValueRefusedError
from shared.pipeline.literals import quote_literal
from shared.pipeline.resources import Resources, measure_resources


def connect(resources: Resources | None = None) -> Any:
    """An in-memory DuckDB connection, limited to its share of the worker and closed to the network.

    :param resources: limits; measured when absent.
    :returns: a ``duckdb.DuckDBPyConnection``. Use ``con.execute(sql).fetchall()``: the relation API differs
        between DuckDB 1 and 2.
    """
    import duckdb

    connection = _kept[0].cursor() if _kept else duckdb.connect()
    configure(connection, resources or measure_resources())
    return connection


#: What a thread keeps of a partitioned table before it writes: DuckDB's default at most, and one row for each 4 KiB of
#: its share of the memory. Ten million rows in four partitions, sorted on the way, did not fit 237 MiB with the
#: default, and did with 65,536 rows.
MOST_UNWRITTEN_ROWS, UNWRITTEN_BYTES_PER_ROW = 524_288, 4_096
#: DuckDB makes a join of every list of values (``x IN (...)``). Over three million rows that was not faster, and for
#: the forty lists of a Silver statement of a hundred columns the plan alone took four seconds.
NEVER_OPTIMIZED = "in_clause"
# A connection's own, unlike the limits.
_TIME_ZONE = "SET TimeZone = 'UTC'"
# The engine that all connections of this process share; empty: each has one of its own.
_kept: list[Any] = []


def share_one_engine() -> None:
    """Let all later connections of this process be connections to one engine, which is never stopped.

    To start an engine takes longer than most statements on a few rows. Temporary tables and views stay a
    connection's own; limits are the engine's, and those that were set last hold for all.
    """
    import duckdb

    if not _kept:
        _kept.append(duckdb.connect())


def another(connection: Any) -> Any:
    """Another connection to the same engine, within the same limits; temporary tables and views are its own."""
    other = connection.cursor()
    other.execute(_TIME_ZONE)
    return other


def configure(connection: Any, limits: Resources) -> None:
    """Limit a connection and close it to the network; another connection to the same engine is limited anew."""
    for statement in (
        f"SET memory_limit = '{limits.memory_bytes // (1024 * 1024)}MiB'",
        f"SET threads = {limits.threads}",
        f"SET partitioned_write_flush_threshold = {unwritten_rows(limits)}",
        f"SET temp_directory = {quote_literal(limits.temp_directory)}",
        f"SET disabled_optimizers = '{NEVER_OPTIMIZED}'",
        "SET preserve_insertion_order = true",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        _TIME_ZONE,
        "SET enable_progress_bar = false",
    ):
        connection.execute(statement)


def unwritten_rows(limits: Resources) -> int:
    """Rows of a partitioned table that each thread keeps before it writes them."""
    share = limits.memory_bytes // max(1, limits.threads)
    return max(2_048, min(MOST_UNWRITTEN_ROWS, share // UNWRITTEN_BYTES_PER_ROW))


# Only names of types: what stands before them in the message is the value.
_TARGET_TYPE = re.compile(r"['\"] to (U?INT\d+|DECIMAL\(\d+,\s?\d+\)|DOUBLE|FLOAT|BOOL|UUID)\b")


@contextmanager
def opened(arguments: RunArguments) -> Iterator[Any]:
    """A connection to the engine of a run, closed at the end.

    :returns: as :func:`connection` for ``local``; for ``aws`` a :class:`shared.pipeline.session.Session` of Spark.
    :raises DataOnboardingError: as :func:`connection`.
    """
    if arguments.engine == "local":
        with connection() as con:
            yield con
        return
    from shared.pipeline.spark.session import spark_session

    with spark_session(arguments) as session:
        yield session


@contextmanager
def connection(resources: Resources | None = None) -> Iterator[Any]:
    """A connection that is closed at the end; out of memory, out of disk and bad values become clear errors.

    :raises TooLargeForLocalError: the work does not fit the memory.
    :raises ValueRefusedError: a value cannot be converted, or a result is out of range.
    :raises DiskFullError: there is no room for temporary files.
    """
    import duckdb

    limits = resources or measure_resources()
    opened = connect(limits)
    try:
        with full_disk_is_clear("temporary files of the task"):
            yield opened
    except duckdb.IOException as error:
        reason = reason_of(str(error))
        if not reason:
            raise
        raise disk_full("temporary files of the engine", reason) from error
    except duckdb.OutOfMemoryException as error:
        raise TooLargeForLocalError(
            "The data does not fit the embedded engine on this worker.",
            expected=f"work within {limits.memory_bytes // (1024 * 1024)} MiB and its scratch space",
            given=str(error).splitlines()[0][:200],
            remedy="Give the worker more memory, lower its concurrency, or set deployment.engine to aws.",
        ) from error
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        # Without the engine's own error, which quotes the value: it would be in the task's log.
        raise _value_refused(str(error)) from None
    finally:
        opened.close()


def _value_refused(message: str) -> ValueRefusedError:
    kind, target = message.split(":")[0].lower(), _TARGET_TYPE.search(message.splitlines()[0])
    return ValueRefusedError(
        "A statement of the workload met a value that it cannot compute with.",
        expected=f"values that can be read as {target.group(1)}" if target else "values that the statement can use",
        given=f"a value that leads to a {kind} (not shown, for it may be personal)",
        remedy="Use TRY_CAST in the expression or the filter that reads the column, or ask for the delivery again.",
    )
