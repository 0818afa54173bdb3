"""The test gate's plugin: one engine for all connections of a process, each with tables of its own."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json
{start}
from shared.pipeline.engine import connect
one, other = connect(), connect()
one.execute("ATTACH ':memory:' AS seen")
one.execute("CREATE TEMP TABLE own AS SELECT 1 AS number")
databases = [row[0] for row in other.execute("SELECT database_name FROM duckdb_databases()").fetchall()]
tables = [row[0] for row in other.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
one.close()
left = [row[0] for row in connect().execute("SELECT table_name FROM duckdb_tables()").fetchall()]
print(json.dumps(["seen" in databases, tables, left]))
"""


def found(start: str) -> list[object]:
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(start=start)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr[-3000:]
    answer: list[object] = json.loads(said.stdout)
    return answer


def test_connections_share_the_engine_and_no_table() -> None:
    assert found("import shared.testing.one_engine") == [True, [], []]


def test_without_the_plugin_each_connection_has_an_engine() -> None:
    assert found("") == [False, [], []]
