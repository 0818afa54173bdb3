"""An onboarding, task by task: cards, run record, workload files, XComs and logs of its tasks have no raw value."""

from __future__ import annotations

from pathlib import Path

from tests.crashes.airflow_stand_in import airflow_stand_in
from tests.crashes.onboarding_run import Onboarding, no_write
from tests.crashes.places import Folders, emulated_aws
from tests.crashes.task_driver import task_host
from tests.hard_input.onboarding_path import KEY
from tests.privacy.leak_scan import LeakScan
from tests.privacy.planted_source import CONF, WORDS, WORKLOAD, deliveries

# They run generated tests on synthetic rows, which takes long and reads nothing of the source.
AGENT_TESTS = tuple(f"phase_4_build.{agent}.test_gate" for agent in ("metadata", "transformation", "quality", "dag"))


class Planted(Onboarding):
    """An onboarding of the planted delivery."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.run.conf = {**CONF, "source.location": f"{self.places.uri('landing')}/{WORKLOAD}.csv"}

    def deliver(self) -> None:
        self.places.restore({f"landing/{WORKLOAD}.csv": deliveries()[0].content})


def test_an_onboarding_leaves_no_raw_value(tmp_path: Path) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "host").mkdir()
    places = Folders(tmp_path / "places")
    with emulated_aws(tmp_path / "aws") as aws_url, task_host(tmp_path / "host") as host, airflow_stand_in() as airflow:
        onboarding = Planted(host, places, airflow, aws_url, leave_out=AGENT_TESTS)
        onboarding.deliver()
        onboarding.to_the_end(no_write)
    said = [value for _, task, key, value in onboarding.run.xcoms if (task, key) == ("summary", "return_value")]
    assert said == [{"status": "deployed", "reason": ""}]
    assert [name for name in places.content() if name.startswith("workspace/runs/")]

    scan = LeakScan(WORDS, KEY)
    assert scan.folder("stores", places.root, leave_out=["landing/"]) == []
    assert scan.folder("tasks", tmp_path / "host") == []
    assert scan.document("xcoms", onboarding.run.xcoms) == []
    assert scan.document("source", places.content()[f"landing/{WORKLOAD}.csv"].decode()) != []
