"""Integration tests of the DAG agent: the file as Airflow's dag processor takes it."""

from __future__ import annotations

import multiprocessing
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import airflow.providers.standard.operators.python  # noqa: F401
from airflow.serialization.serialized_objects import DagSerialization

import shared.operators.pipeline_steps  # noqa: F401

DAG_FILE = Path(__file__).resolve().parents[2] / "dags" / "sales_orders_dag.py"
SECONDS = 60
FORBIDDEN_EVENTS = ("socket.connect", "sqlite3.connect", "subprocess.Popen")
FORBIDDEN_FILES = (".yaml", ".json", ".sql", ".db", ".csv")


def parse() -> dict[str, Any]:
    warnings.simplefilter("error", DeprecationWarning)
    loaded = runpy.run_path(str(DAG_FILE))
    assert loaded["dag"].tasks
    return loaded


def parse_apart_from_everything() -> None:
    sys.addaudithook(forbid)
    parse()


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN_EVENTS:
        raise RuntimeError(event)
    if event == "open" and str(arguments[0]).endswith(FORBIDDEN_FILES):
        raise RuntimeError(f"open {arguments[0]}")


def store_and_read_back() -> None:
    loaded = parse()
    warnings.simplefilter("default")
    again = DagSerialization.from_dict(DagSerialization.to_dict(loaded["dag"]))
    assert again.dag_id == loaded["WORKLOAD"], again.dag_id
    assert sorted(again.task_ids) == sorted(loaded["dag"].task_ids)


def in_a_process_of_its_own(check: Callable[[], object]) -> str:
    """What went wrong in ``check``; empty when nothing did. A fork: Airflow is imported once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = multiprocessing.get_context("fork")
        reader, writer = context.Pipe(duplex=False)
        child = context.Process(target=report, args=(check, writer))
        child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
    return str(reader.recv()) if reader.poll() else f"no answer within {SECONDS} seconds"


def report(check: Callable[[], object], writer: Any) -> None:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever it is, it is the answer
        writer.send(traceback.format_exc()[-2000:])
    else:
        writer.send("")


def test_it_is_parsed_without_a_deprecation_warning() -> None:
    assert in_a_process_of_its_own(parse) == ""


def test_parsing_reads_no_other_file_and_no_network() -> None:
    assert in_a_process_of_its_own(parse_apart_from_everything) == ""


def test_the_scheduler_can_store_it_and_read_it_back() -> None:
    assert in_a_process_of_its_own(store_and_read_back) == ""


def test_the_dag_processor_would_look_at_it() -> None:
    text = DAG_FILE.read_text("utf-8").lower()
    assert "dag" in text
    assert "airflow" in text
