"""The meta-DAG against its floor, in turn, on one platform of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dag_files import write_dag_files
from benchmarks.floor import CARD, CARD_KEY, FLOOR_DAG
from benchmarks.measure import Measured, Memory, Session, real_conf
from benchmarks.structure import instances
from onboarding.cli.airflow_client import META_DAG
from onboarding.local_platform import PlatformInfo, down, up
from onboarding.local_platform.environment import DAGS_FOLDER_VARIABLE, dags_folder, sample_data_folder


@dataclass(frozen=True)
class Comparison:
    """What was measured."""

    runs: list[Measured]
    memory: list[Memory]
    instances: int


def compare(scratch: Path, count: int) -> Comparison:
    """Start a platform, run the floor and the meta-DAG ``count`` times in turn, stop the platform."""
    structure = write_dag_files(dags_folder(), scratch / "dags")
    os.environ[DAGS_FOLDER_VARIABLE] = str(scratch / "dags")
    home = scratch / "home"
    try:
        session = Session(up(home, progress=say))
        runs = _runs(session, count)
    finally:
        down(home, say)
    return Comparison(runs, session.memory, instances(structure))


def _runs(session: Session, count: int) -> list[Measured]:
    _write_card(session.platform)
    for dag_id in (FLOOR_DAG, META_DAG):
        session.wait_until_listed(dag_id)
    session.note_memory("idle after the start")
    sample = sample_data_folder() / "sales" / "orders.csv"
    measured: list[Measured] = []
    for number in range(1, count + 1):
        measured.append(session.run("floor", FLOOR_DAG, f"floor-{number}", {}))
        say(f"floor {number}: {measured[-1].total:.1f} s")
        conf = real_conf(session.platform, sample, f"bench_{number}")
        measured.append(session.run("real", META_DAG, f"real-{number}", conf))
        say(f"real {number}: {measured[-1].total:.1f} s")
    session.note_memory("idle at the end")
    return measured


def _write_card(platform: PlatformInfo) -> None:
    path = platform.home / "workspace" / CARD_KEY
    path.parent.mkdir(parents=True)
    path.write_bytes(CARD)


def say(text: str) -> None:
    """A line about what goes on."""
    sys.stderr.write(f"{text}\n")
