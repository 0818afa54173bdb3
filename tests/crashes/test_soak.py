"""Twenty onboardings at once, people who answer at random, components that die at random: each ends as its record says.

What is answered and killed is chosen by a fixed seed; when, depends on the machine.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from onboarding.cli.airflow_client import META_DAG, REQUESTER, REVIEWER, AirflowClient, WaitingGate
from onboarding.gates.definitions import GATE_BY_NAME
from onboarding.local_platform import PlatformInfo, up
from onboarding.local_platform.account_names import DAGS_BUCKET
from onboarding.workspace.chain import chain_run_id
from onboarding.workspace.record import RunRecord, gate_entry
from onboarding.workspace.store import Store
from shared.hooks.airflow_api import AirflowApiError
from tests.crashes.account_content import account_content, differences, objects_below
from tests.crashes.test_platform_kills import own_platform, say
from tests.crashes.what_readers_see import check_dags
from tests.end_to_end.onboarding import onboard
from tests.end_to_end.planted_dags import planted_dags, tickets

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(7200)]
SEED = 20
# By what they are called: no defect, one that the agents mend, and one that only a person can answer.
NAMES = [f"{kind}_{number:02d}" for number, kind in enumerate(["plain"] * 12 + ["once"] * 3 + ["twice"] * 4)]
#: Two people ask for the same source at the same moment.
SAME_SOURCE = "plain_00"
KILLED = ("scheduler", "dag-processor", "api-server", "triggerer", "aws", "execution-api", "scheduler", "aws")
LEAST_KILLS = 5
LONGEST_SECONDS = 6000.0
#: Of 100 answers: how many go on, ask for a change, or end the onboarding.
SHARES = {"approve": 74, "change": 13, "reject": 13}


@dataclass
class Person:
    """Who answers every gate: the same at the same gate of the same round, whatever happened between.

    :ivar given: (root run id, gate, round) -> the option that was given.
    """

    given: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def answer(self, client: AirflowClient, root: str, iteration: int, gate: WaitingGate) -> None:
        """Press a button, or mark the task; an answer that did not arrive is given again later."""
        choice = random.Random(f"{SEED} {root} {gate.gate} {iteration}")
        verdicts = {label: GATE_BY_NAME[gate.gate].verdict(label) for label in gate.options}
        possible = sorted(set(verdicts.values()) - ({"change"} if iteration > 2 else set()))
        # Three rounds are enough; a gate without another way on is asked to stop.
        verdict = choice.choices(possible, [SHARES[one] for one in possible])[0]
        options = [label for label, means in verdicts.items() if means == verdict and label != "I edited the files"]
        option = choice.choice(options) if options else next(iter(reversed(gate.options)))
        marks = {GATE_BY_NAME[gate.gate].marked: "success", next(reversed(verdicts)): "failed"}
        is_marked = option in marks and choice.random() < 0.5
        changes = [choice.choice(sorted(gate.choices))] if verdicts[option] == "change" and gate.choices else []
        # Noted first: an answer may arrive although the server dies before it says so.
        self.given[root, gate.gate, iteration] = option
        if is_marked:
            path = f"/dags/{gate.dag_id}/dagRuns/{quote(gate.run_id)}/taskInstances/approve"
            client.api.send("PATCH", path, {"new_state": marks[option]})
        else:
            client.answer(gate, option, changes)
        say(f"{root}, round {iteration}: {gate.gate}: {option}{' by a mark' if is_marked else ''} {changes or ''}")


def test_twenty_onboardings_end_as_their_records_say(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with planted_dags(tmp_path), own_platform(home) as platform:
        requester = AirflowClient(platform, REQUESTER)
        before = account_content(platform)
        roots = {name: name for name in NAMES} | {f"{SAME_SOURCE}_again": SAME_SOURCE}
        assert len(roots) == 20
        for root, name in roots.items():
            _ask(requester, root, _conf(home, root, name))
        person = Person()
        ends = _until_all_ended(home, platform, list(roots), person)
        platform = up(home, progress=say)
        outcomes = {root: _explained(home, root, ends[root], person) for root in roots}
        for root in roots:
            checked = onboard(platform, "verify-record", root)
            assert (checked.exit_code, checked.errors) == (0, ""), checked.output
        deployed = {_workload(home, root) for root, status in outcomes.items() if status == "deployed"}
        say(f"{len(deployed)} deployed; {sorted(outcomes.items())}")
        _nothing_is_half_deployed(platform, deployed, before)
        assert not [path for path in (home / "lake").rglob("*") if path.is_file()]
    same = {outcomes[SAME_SOURCE], outcomes[f"{SAME_SOURCE}_again"]}
    assert same != {"deployed"}
    assert {"deployed", "rejected"} <= set(outcomes.values())


def _conf(home: Path, root: str, name: str) -> dict[str, Any]:
    source = tickets(home / "landing" / name, name)
    # Pipelines that ran would change the lake and the catalog, as they should.
    return {
        "workload": f"{root}_tickets", "source.location": source.as_uri(), "intent": "onboard",
        "schedule.paused": True,
    }  # fmt: skip


def _ask(client: AirflowClient, root: str, conf: dict[str, Any]) -> None:
    """Trigger the meta-DAG; a busy server may take the request and not say so."""
    for _ in range(10):
        try:
            client.trigger(META_DAG, root, conf)
        except AirflowApiError as error:
            if error.status == 409:
                return
            time.sleep(5)
        else:
            return
    raise AssertionError(f"{root} could not be asked for")


def _until_all_ended(home: Path, platform: PlatformInfo, roots: list[str], person: Person) -> dict[str, dict[str, Any]]:
    """Root run id -> the last run of each onboarding, when the last of them has ended."""
    chance, kills = random.Random(SEED), list(KILLED)
    rounds, ends = dict.fromkeys(roots, 1), dict[str, dict[str, Any]]()
    deadline, next_kill = time.monotonic() + LONGEST_SECONDS, time.monotonic() + 60
    while len(ends) < len(roots):
        assert time.monotonic() < deadline, f"still going on: {sorted(set(roots) - set(ends))}"
        time.sleep(2)
        if kills and time.monotonic() > next_kill:
            platform = _kill(home, platform, kills.pop(0))
            next_kill = time.monotonic() + chance.uniform(45, 150)
        client, requester = AirflowClient(platform, REVIEWER), AirflowClient(platform, REQUESTER)
        for root in (root for root in roots if root not in ends):
            run_id = chain_run_id(root, rounds[root])
            try:
                run = requester.run(META_DAG, run_id)
                if run["state"] in ("success", "failed"):
                    if _is_handed_on(requester, root, rounds[root] + 1):
                        rounds[root] += 1
                    else:
                        ends[root] = run
                        say(f"{root} ended: {run['state']}: {run['note']}")
                    continue
                for gate in client.waiting_gates(run_id):
                    person.answer(client, root, rounds[root], gate)
            except AirflowApiError as error:
                # The answer of a killed server, or of a gate whose answer arrived although nobody was told.
                say(f"{root}: {error.text().splitlines()[0]}")
    # On a quick machine the last onboardings end before the last kills.
    assert len(KILLED) - len(kills) >= LEAST_KILLS, f"all ended before these were killed: {kills}"
    return ends


def _is_handed_on(client: AirflowClient, root: str, iteration: int) -> bool:
    try:
        client.run(META_DAG, chain_run_id(root, iteration))
    except AirflowApiError as error:
        if error.status == 404:
            return False
        raise
    return True


def _kill(home: Path, platform: PlatformInfo, component: str) -> PlatformInfo:
    victim = psutil.Process(platform.pids[component])
    victim.kill()
    victim.wait(30)
    say(f"killed {component}")
    return up(home, progress=say)


def _record(home: Path, root: str) -> RunRecord:
    return RunRecord(Store((home / "workspace").as_uri()), root)


def _workload(home: Path, root: str) -> str:
    return str((_record(home, root).read("request") or {})["workload"])


def _explained(home: Path, root: str, end: Mapping[str, Any], person: Person) -> str:
    """The status that the record has, after a look whether it is what happened."""
    record = _record(home, root)
    outcome = record.read("outcome")
    assert outcome is not None, f"{root}: its record has no outcome"
    assert outcome["run_id"] == end["dag_run_id"]
    answers = {key[1:]: option for key, option in person.given.items() if key[0] == root}
    for (gate, iteration), option in answers.items():
        entry = record.read(gate_entry(gate, iteration))
        assert entry is not None, f"{root}: {gate} of round {iteration} was answered, its record does not say so"
        assert (entry["option"], entry["by"]) == (option, REVIEWER)
    status = str(outcome["status"])
    if status == "failed":
        assert outcome["failed_tasks"], root
        assert end["state"] == "failed"
        return status
    assert end["state"] == "success", (root, end["note"])
    refused = [answer for answer in answers.items() if GATE_BY_NAME[answer[0][0]].verdict(answer[1]) == "reject"]
    assert (status == "rejected") == bool(refused), (root, outcome, answers)
    if status == "deployed":
        assert "deploy" in answers.values()
        assert record.read("verification") is not None
    assert status in ("deployed", "rejected", "blocked"), (root, outcome)
    assert record.read("deployment") is None or status == "deployed"
    return status


def _nothing_is_half_deployed(platform: PlatformInfo, deployed: set[str], before: Mapping[str, Any]) -> None:
    """What is new in the account are the deployed workloads, whole; Airflow has the DAG of each of them."""
    dag_files = check_dags(objects_below(platform, "dags/workloads/"))
    assert {name.split("/")[2] for name in dag_files} == deployed
    client = AirflowClient(platform, REVIEWER)
    for workload in sorted(deployed):
        dag = client.api.dag(workload)
        assert dag is not None, workload
        assert dag["has_import_errors"] is False
    new = differences(before, account_content(platform))
    # With the first workload comes the file that keeps its folders out of the DAG processor's sight.
    expected = tuple(
        f"s3://{DAGS_BUCKET}/dags/workloads/{name}" for name in (".airflowignore", *(f"{name}/" for name in deployed))
    )
    assert [name for name in new if not name.startswith(expected)] == [], "what was not deployed left something behind"
