"""Parquet tables of the lake: bring files here, view them, count them, write and upload them.

``con`` is a DuckDB connection, or a :class:`shared.pipeline.session.Session` of another engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.pipeline import engine, storage
from shared.pipeline.errors import DiskFullError
from shared.pipeline.literals import identifiers, quote_identifier, quote_list, quote_literal
from shared.pipeline.session import Session
from shared.pipeline.storage import StoredFile, join

PART = "part-00000.parquet"
# Characters; Silver of 20 columns has about 12,000.
LONG_STATEMENT = 100_000
FOOTER_BYTES = 64 * 1024


def bring_tables(uris: Sequence[str], folder: Path) -> list[Path]:
    """Local paths of the files; objects of S3 are downloaded to ``folder``, local files stay where they are."""
    paths = []
    for index, uri in enumerate(uris):
        if storage.is_s3(uri):
            path = folder / f"{index:05d}.parquet"
            storage.download(uri, path)
            paths.append(path)
        else:
            paths.append(storage.local_path(uri))
    return paths


def bring(con: Any, uris: Sequence[str], folder: Path) -> list[Path]:
    """The files, readable for the engine of ``con``: for DuckDB :func:`bring_tables`."""
    return con.bring(uris, folder) if isinstance(con, Session) else bring_tables(uris, folder)


def parquet_files(uri: str) -> list[str]:
    """URIs of the Parquet files below a folder, sorted."""
    return [file.uri for file in storage.list_files(uri) if file.uri.endswith(".parquet")]


def scan(paths: Sequence[Path]) -> str:
    """The SQL that reads these files as one table; folder names are no columns."""
    files = quote_list(str(path) for path in paths)
    return f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"


def relation(con: Any, paths: Sequence[Path]) -> str:
    """The SQL that reads these files as one table, on the engine of ``con``."""
    return con.relation(paths) if isinstance(con, Session) else scan(paths)


def quoted(con: Any, *names: str) -> str:
    """Names as identifiers of the engine of ``con``, separated by commas."""
    return ", ".join(map(con.quote, names)) if isinstance(con, Session) else identifiers(names)


def create_view(con: Any, name: str, paths: Sequence[Path]) -> None:
    """A temporary view ``name`` over the files."""
    if isinstance(con, Session):
        con.create_view(name, paths)
        return
    con.execute(f"CREATE OR REPLACE TEMP VIEW {quote_identifier(name)} AS SELECT * FROM {scan(paths)}")  # noqa: S608


def count_rows(con: Any, paths: Sequence[Path]) -> int:
    """Rows of the files, from their footers."""
    if not paths:
        return 0
    if isinstance(con, Session):
        return sum(con.row_counts(paths))
    files = quote_list(str(path) for path in paths)
    counted = con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({files})")  # noqa: S608
    return int(counted.fetchall()[0][0])


def count_stored(con: Any, uris: Sequence[str], folder: Path) -> int:
    """Rows of these files of the lake, counted from their own footers.

    :param uris: files, or folders whose Parquet files are counted.
    :param folder: scratch: of an object of S3 only the footer is brought here.
    """
    files = [file for uri in uris for file in _stored(uri)]
    if isinstance(con, Session):
        return count_rows(con, con.bring([file.uri for file in files], folder / "counted"))
    return count_rows(con, [_footer(file, folder, index) for index, file in enumerate(files)])


def _stored(uri: str) -> list[StoredFile]:
    if uri.endswith(".parquet"):
        found = storage.find_file(uri)
        return [found] if found else []
    return [file for file in storage.list_files(uri) if file.uri.endswith(".parquet")]


def _footer(file: StoredFile, folder: Path, index: int) -> Path:
    """A file that has the footer where the object has it, and nothing before."""
    if not storage.is_s3(file.uri):
        return storage.local_path(file.uri)
    end = storage.read_end(file.uri, FOOTER_BYTES)
    needed = int.from_bytes(end[-8:-4], "little") + 8
    if needed > len(end):
        end = storage.read_end(file.uri, needed)
    path = folder / f"footer_{index:05d}.parquet"
    with path.open("wb") as sparse:
        sparse.write(b"PAR1")
        sparse.seek(max(file.bytes - len(end), 0))
        sparse.write(end)
    return path


def columns_of(con: Any, query: str) -> list[tuple[str, str]]:
    """Name and DuckDB type of each column of a query."""
    if isinstance(con, Session):
        return con.columns(query)
    return [(row[0], row[1]) for row in con.execute(f"DESCRIBE {query}").fetchall()]


def columns_in(con: Any, source: str) -> list[tuple[str, str]]:
    """Name and DuckDB type of each column of a table, a view or what :func:`relation` gave."""
    return columns_of(con, f"SELECT * FROM {source}")  # noqa: S608


def write_parquet(
    con: Any, query: str, target: Path, *, partition_by: Sequence[str] = (), parameters: dict[str, str] | None = None
) -> None:
    """Write a query to ``target/part-00000.parquet``, or to one folder for each partition below ``target``.

    Partition columns are in the files as well, so that their types do not depend on what a folder is called.
    Another engine than DuckDB writes as many files as it likes; all of them stand for the one here.
    """
    if isinstance(con, Session):
        con.write(query, target, partition_by=partition_by, parameters=parameters)
        return
    target.mkdir(parents=True, exist_ok=True)
    if partition_by:
        options = f"PARTITION_BY ({identifiers(partition_by)}), WRITE_PARTITION_COLUMNS true"
        _execute(con, f"COPY ({query}) TO {quote_literal(str(target))} (FORMAT parquet, {options})", parameters)
    if not any(target.rglob("*.parquet")):
        # Also when there is no row and so no partition: an empty table has its columns all the same.
        _execute(con, f"COPY ({query}) TO {quote_literal(str(target / PART))} (FORMAT parquet)", parameters)


def prepare_for(con: Any, statement: str) -> None:
    """Fit the optimizer to the length of a statement: with thousands of columns, statistics take minutes."""
    if len(statement) > LONG_STATEMENT:
        con.execute(f"SET disabled_optimizers = '{engine.NEVER_OPTIMIZED},statistics_propagation'")


def _execute(con: Any, statement: str, parameters: dict[str, str] | None) -> None:
    prepare_for(con, statement)
    con.execute(statement, parameters) if parameters else con.execute(statement)


def upload_tree(folder: Path, uri: str) -> list[str]:
    """Upload every file below ``folder`` and return their URIs, sorted."""
    uploaded = []
    for path in sorted(folder.rglob("*.parquet")):
        target = join(uri, path.relative_to(folder).as_posix())
        storage.upload(path, target)
        uploaded.append(target)
    return uploaded


def replace_tree(folder: Path, uri: str) -> list[str]:
    """Remove what is below ``uri`` and upload ``folder`` there."""
    storage.delete_tree(uri)
    try:
        return upload_tree(folder, uri)
    except DiskFullError:
        storage.delete_tree(uri)
        raise


def put_table(con: Any, folder: Path, uri: str) -> list[tuple[str, int]]:
    """Put what :func:`write_parquet` wrote to ``folder`` in place of what is below ``uri``.

    :returns: path below ``uri`` and rows of each file, sorted.
    """
    if isinstance(con, Session):
        return con.replace(folder, uri)
    replace_tree(folder, uri)
    files = sorted(folder.rglob("*.parquet"))
    return [(file.relative_to(folder).as_posix(), count_rows(con, [file])) for file in files]


def put_file(con: Any, query: str, folder: Path, uri: str) -> int:
    """Put the rows of a query at ``uri`` as one file; without a row there is none.

    :param folder: scratch.
    :returns: rows.
    """
    if isinstance(con, Session):
        con.write(query, folder, one_file=True)
    else:
        write_parquet(con, query, folder)
    rows = count_rows(con, [folder / PART])
    if rows and isinstance(con, Session):
        con.put_file(folder, uri)
    elif rows:
        storage.upload(folder / PART, uri)
    return rows
