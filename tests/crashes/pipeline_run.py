"""A generated pipeline, task by task, in which tasks are killed at writes and run again; readers look in between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onboarding.codegen import build_workload
from shared.pipeline import engine, storage
from shared.pipeline.tables import bring_tables, parquet_files, scan
from shared.pipeline.zones import Lake, published_files, read_pointer
from tests.crashes.onboarding_run import Chooser
from tests.crashes.places import Content, Places, client, task_environment
from tests.crashes.task_driver import Run, TaskHost, small_source
from tests.hard_input.onboarding_path import render

WORKLOAD = "orders"
CONF = {
    "workload": WORKLOAD,
    "destination.gold.use_case": "reporting",
    "domain.primary_key": ["order_id"],
}
TASKS = (
    f"extract.extract_{WORKLOAD}_to_bronze", "transform.transform_bronze_to_silver",
    "transform.quality_check_silver", "transform.transform_silver_to_gold", "transform.quality_check_gold",
    "catalog.update_lakehouse_catalog", "notify.send_completion_alert",
)  # fmt: skip
DELIVERY = f"landing/{WORKLOAD}.csv"
# What a version's folder is called does not matter: a repeated run takes a second name.
_VERSION = re.compile(r"version=[^/]*/")
Rows = dict[str, list[str]]


@dataclass
class Pipeline:
    """A deployed pipeline with one day published, and a second delivery to load.

    :ivar second_conf: conf of the second day's run.
    :ivar tried: the kills so far, ``<task>: <write>``.
    """

    host: TaskHost
    places: Places
    aws_url: str
    folder: Path
    second_conf: Mapping[str, Any] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    writes: int = 0
    tables: tuple[str, ...] = ()

    @property
    def lake(self) -> Lake:
        """The workload's places in the lake."""
        return Lake(self.places.uri("lake"), WORKLOAD)

    def prepare(self) -> None:
        """Generate the workload from the first delivery, load it, and deliver again."""
        lines = small_source().splitlines(keepends=True)
        self.places.restore({DELIVERY: b"".join(lines[:161])})
        with self.data_plane():
            profile, plan, files = render(f"{self.places.uri('landing')}/{WORKLOAD}.csv", CONF)
        version = build_workload(plan, profile).version
        self.tables = tuple(table.name for table in plan.transformation.gold_tables)
        dag_source = files.pop(f"dags/{WORKLOAD}_dag.py")
        for name, data in {**{f"{version}/{name}": data for name, data in files.items()}, "dag.py": dag_source}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(data)
        self.finish(self.run("day-1", "2026-01-05T03:00:00+00:00"))
        changed = [line.replace(b",shipped,", b",returned,") for line in lines[40:]]
        self.places.restore({**self.places.content(), DELIVERY: b"".join([lines[0], *changed, changed[0]])})

    def run(self, run_id: str, run_after: str, conf: Mapping[str, Any] | None = None) -> Run:
        """A run of the pipeline, none of whose tasks has run yet."""
        environment = task_environment(self.places, self.aws_url, api_port=1)
        dag_file = str(self.folder / "dag.py")
        return Run(self.host, self.places, environment, run_id, conf or {}, dag_file=dag_file, run_after=run_after)

    def finish(self, run: Run, *, begin: int = 0) -> None:
        """Run the tasks from the one with this number to the end."""
        for task_id in TASKS[begin:]:
            run.keep(task_id, run.attempt(task_id))

    def second_day(self, chosen: Chooser) -> None:
        """The second day once undisturbed, then once more from the beginning of a task for every chosen kill."""
        first = self.readable()
        run = self.run("day-2", "2026-01-06T03:00:00+00:00", self.second_conf)
        before: list[Content] = []
        points: list[tuple[int, int, list[str]]] = []
        for index, task_id in enumerate(TASKS):
            before.append(self.places.content())
            # Every try begins with the same folders: a restored content has no empty ones.
            self.places.restore(before[-1])
            attempt = run.attempt(task_id)
            run.keep(task_id, attempt)
            self.writes += len(attempt.writes)
            points += [(index, number, attempt.writes) for number in chosen(task_id, attempt.writes)]
        second, books = self.readable(), self.books()
        assert first != second
        for index, number, writes in points:
            self.places.restore(before[index])
            self.tried.append(f"{TASKS[index]}: {writes[number - 1]}")
            killed = run.attempt(TASKS[index], kill_at=number)
            assert killed.killed, f"{self.tried[-1]}\n{killed.log}"
            assert killed.writes == writes[:number], self.tried[-1]
            self._check_readers(first, second)
            self.finish(run, begin=index)
            assert self.readable() == second, self.tried[-1]
            assert self.books() == books, self.tried[-1]

    def _check_readers(self, first: Rows, second: Rows) -> None:
        """Every published table is whole, and is that of the first or that of the second day."""
        for name, rows in self.readable().items():
            assert rows in (first[name], second[name]), f"{self.tried[-1]}: {name}"

    def readable(self) -> Rows:
        """The rows that readers see: ``<zone>/<table>`` -> rows."""
        found: Rows = {}
        with self.data_plane():
            for zone, table in (("silver", WORKLOAD), *(("gold", table) for table in self.tables)):
                pointer = read_pointer(self.lake, zone, table)
                assert pointer is not None, table
                rows = self._rows(published_files(self.lake, zone, table, pointer))
                assert len(rows) == pointer.rows, table
                found[f"{zone}/{table}"] = rows
        return found

    def books(self) -> dict[str, Any]:
        """What else a run leaves: Bronze, quarantine, the state, the catalog; and that it left no candidate."""
        content = self.places.content()
        state = f"lake/_state/{WORKLOAD}/"
        # What a killed write leaves under its temporary name is nothing that a reader sees.
        content = {name: data for name, data in content.items() if not name.rpartition("/")[2].startswith(".")}
        names = sorted({_VERSION.sub("", name) for name in content if name.startswith(("lake/bronze", "lake/quarant"))})
        with self.data_plane():
            rows = {name: self._rows(parquet_files(f"{self.places.uri('lake')}/{name}")) for name in
                    (f"bronze/{WORKLOAD}", f"quarantine/{WORKLOAD}")}  # fmt: skip
        return {
            "names": names,
            "rows": rows,
            "state": {name: data for name, data in content.items() if name.startswith(state)},
            "catalog": self._catalog(),
        }

    def _catalog(self) -> list[Any]:
        glue = client(self.aws_url, "glue")
        tables = [
            table for zone in ("bronze", "silver", "gold")
            for table in glue.get_tables(DatabaseName=f"onboarding_{zone}")["TableList"]
        ]  # fmt: skip
        kept = ("Name", "DatabaseName", "Description", "Parameters", "PartitionKeys")
        return [[*(table.get(name) for name in kept), table["StorageDescriptor"]["Columns"]] for table in tables]

    def _rows(self, uris: list[str]) -> list[str]:
        if not uris:
            return []
        with engine.connection() as con:
            paths = bring_tables(uris, self.folder / "brought")
            return sorted(repr(row) for row in con.execute(f"SELECT * FROM {scan(paths)}").fetchall())

    @contextmanager
    def data_plane(self) -> Iterator[None]:
        """Within it, this process reads the same stores as the tasks."""
        storage.set_client_factory(lambda service: client(self.aws_url, service))
        try:
            yield
        finally:
            storage.set_client_factory(None)
