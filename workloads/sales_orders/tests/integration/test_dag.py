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
from airflow.sdk import Connection, Variable
from airflow.serialization.serialized_objects import DagSerialization

import shared.operators.pipeline_steps  # noqa: F401

DAG_FILE = Path(__file__).resolve().parents[2] / "dags" / "sales_orders_dag.py"
SECONDS = 60
FOLDER = DAG_FILE.parents[1]
FORBIDDEN_EVENTS = ("socket.connect", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen", "os.system")
FORBIDDEN_FILES = (".yaml", ".json", ".sql", ".db", ".csv")


def parse() -> dict[str, Any]:
    warnings.simplefilter("error", DeprecationWarning)
    loaded = runpy.run_path(str(DAG_FILE))
    assert loaded["dag"].tasks
    return loaded


def parse_apart_from_everything() -> None:
    """What is reached for is noted, not refused: a DAG file might ignore a refusal."""
    seen: list[str] = []
    for kind in (Variable, Connection):
        kind.get = note(seen, kind.__name__)
    sys.addaudithook(lambda event, arguments: seen.extend(forbidden(event, arguments)))
    parse()
    assert seen == [], seen


def note(seen: list[str], name: str) -> Callable[..., str]:
    def get(key: str, *_: Any, **__: Any) -> str:
        seen.append(f"{name} {key}")
        return ""

    return get


def forbidden(event: str, arguments: tuple[Any, ...]) -> list[str]:
    if event in FORBIDDEN_EVENTS:
        return [event]
    path = str(arguments[0]) if event == "open" else ""
    below = path.startswith(str(FOLDER)) and not path.endswith((".py", ".pyc"))
    return [f"open {path}"] if below or path.endswith(FORBIDDEN_FILES) else []


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
