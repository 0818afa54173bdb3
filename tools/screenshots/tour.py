"""The tour: two people onboard the bundled sales data; a duplicate is blocked and another source rejected."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onboarding.cli.airflow_client import FINISHED, META_DAG, AirflowClient, WaitingGate
from onboarding.cli.follow import SECONDS_BEFORE_ANSWER
from onboarding.gates.links import list_url, report_url
from onboarding.local_platform import PlatformInfo
from onboarding.local_platform.account_names import FAKE_KEY, REGION
from onboarding.workspace.chain import chain_run_id
from tools.screenshots.browser import HEIGHT, WIDTH, Person, TourError, wait_until

SALES = "s3://onboarding-landing/sales/"
SALES_BUCKET, SALES_KEY = "onboarding-landing", "sales/orders.csv"
WORKLOAD = "sales_tour"
FIRST_SECTION = "1. Data source"
# Windows that show a whole graph beside its map, and every task of the meta-DAG in the grid.
WIDE = (1600, 640)
TALL = (1000, 1350)
GATE_SECONDS = 900.0
RUN_SECONDS = 900.0
REJECTED_FILE, FILTERED_FILE = "shops.csv", "branches.csv"
FILTER = "opened > DATE '2099-01-01'"
REJECTED_ROWS = "shop_id,city,opened\nS1,Lisbon,2021-03-01\nS2,Graz,2022-07-15\nS3,Turku,2023-01-09\n"


@dataclass
class Tour:
    """Who goes where; every wait ends in time.

    :param progress: called with one line per step.
    """

    platform: PlatformInfo
    requester: Person
    reviewer: Person
    progress: Callable[[str], None]

    def __post_init__(self) -> None:
        self.api = AirflowClient(self.platform, "reviewer")
        for person, user in ((self.requester, "requester"), (self.reviewer, "reviewer")):
            person.log_in(user, self.platform.users[user])

    def go(self) -> None:
        """The whole tour."""
        self.onboard()
        self.run_pipeline()
        self.duplicate_is_blocked()
        self.type_is_corrected()
        self.agent_is_helped()
        self.bad_delivery_is_stopped()

    def onboard(self) -> None:
        """From the form to the deployed pipeline; the profile is confirmed by marking its task."""
        run_id = self.ask_for(WORKLOAD, SALES, pictures=True)
        self.approve_plan(run_id)
        self.confirm_profile(run_id)
        self.approve_deploy(run_id)
        self.ended(META_DAG, run_id)
        self.meta_dag_pictures(run_id)
        self.requester.open(report_url("", META_DAG, run_id))
        self.requester.picture("report-tab")

    def ask_for(self, workload: str, location: str, *, pictures: bool = False) -> str:
        """Fill in the trigger form and press Trigger; returns the run."""
        self.progress(f"requester: onboard {location} as {workload}")
        form = self.requester.open_trigger_form(META_DAG)
        if pictures:
            self.requester.picture("trigger-form")
        values = {"source.location": location, "workload": workload}
        self.requester.fill(form, FIRST_SECTION, values)
        if pictures:
            self.requester.picture("trigger-form-filled")
        return self.requester.trigger(form, META_DAG)

    def approve_plan(self, run_id: str) -> None:
        """In Required Actions; the list of onboardings says so, too."""
        gate = self.gate(run_id, "approve_plan")
        self.requester.open(list_url(""))
        self.requester.picture("onboarding-page", height=420)
        link = self.reviewer.open_required_actions(gate.subject)
        self.reviewer.picture("required-actions", height=360)
        self.reviewer.read_card(link)
        self.reviewer.picture("approve-plan")
        self.reviewer.press("approve")
        self.answered(gate, "success")

    def confirm_profile(self, run_id: str) -> None:
        """By "Mark success" on the task of the gate."""
        gate = self.gate(run_id, "confirm_profile")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.picture("confirm-profile")
        confirm = self.reviewer.mark("Success")
        self.reviewer.picture("confirm-profile-mark-success")
        confirm.click()
        self.answered(gate, "success")

    def approve_deploy(self, run_id: str) -> None:
        """In Required Actions."""
        gate = self.gate(run_id, "approve_deploy")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.picture("approve-deploy")
        self.reviewer.press("deploy")
        self.answered(gate, "success")

    def meta_dag_pictures(self, run_id: str) -> None:
        """The whole flow as a graph, one phase of it with its gate, and every task in the grid."""
        person = self.requester
        person.open_run(META_DAG, run_id)
        person.resize(*WIDE)
        person.show_graph()
        person.picture("meta-dag", width=WIDE[0], height=WIDE[1])
        person.resize(*WIDE)
        person.show_graph("phase_2_validate", "phase_2_validate.approve_plan")
        person.picture("meta-dag-gate", width=WIDE[0], height=WIDE[1])
        person.resize(*TALL)
        person.page.get_by_test_id("grid-view-button").click()
        person.expand_groups()
        person.picture("meta-dag-grid", width=TALL[0], height=TALL[1])
        person.resize(WIDTH, HEIGHT)

    def run_pipeline(self) -> None:
        """The generated DAG, triggered by hand once."""
        wait_until(f"the DAG {WORKLOAD}", 60, lambda: self.api.api.dag(WORKLOAD))
        self.progress(f"requester: run {WORKLOAD}")
        form = self.requester.open_trigger_form(WORKLOAD)
        run_id = self.requester.trigger(form, WORKLOAD)
        self.ended(WORKLOAD, run_id)
        self.requester.open_run(WORKLOAD, run_id)
        self.requester.expand_groups()
        self.requester.picture("pipeline-grid")
        self.requester.resize(*WIDE)
        self.requester.show_graph()
        self.requester.picture("pipeline-graph", width=WIDE[0], height=WIDE[1])
        self.requester.resize(WIDTH, HEIGHT)

    def duplicate_is_blocked(self) -> None:
        """The same source under another name."""
        run_id = self.ask_for("sales_again", SALES)
        self.noted(run_id, "blocked")
        self.requester.picture("blocked-note")

    def type_is_corrected(self) -> None:
        """At the profile's gate, in its form: a new run asks again, and is turned down by "Mark failed"."""
        source = self.platform.home / "landing" / REJECTED_FILE
        source.write_text(REJECTED_ROWS)
        run_id = self.ask_for("shops", source.as_uri())
        gate = self.gate(run_id, "approve_plan")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.press("approve")
        self.answered(gate, "success")
        gate = self.gate(run_id, "confirm_profile")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.choose("opened is text")
        self.reviewer.picture("correction")
        self.reviewer.press("corrections")
        self.answered(gate, "success")
        self.noted(run_id, "superseded")
        self.profile_is_rejected(chain_run_id(run_id, 2))

    def profile_is_rejected(self, run_id: str) -> None:
        """By "Mark failed" on the task of the gate, which says what was corrected."""
        gate = self.gate(run_id, "confirm_profile")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.picture("corrected")
        self.reviewer.mark("Failed").click()
        self.answered(gate, "failed")
        self.noted(run_id, "rejected")
        self.requester.picture("rejected-note")

    def agent_is_helped(self) -> None:
        """A filter that keeps no row: the tests of the quality agent fail twice, and a person says how it goes on."""
        source, run_id = self.platform.home / "landing" / FILTERED_FILE, "branches"
        source.write_text(REJECTED_ROWS.replace("shop_id", "branch_id"))
        conf = {"source.location": source.as_uri(), "workload": "branches", "intent": "onboard"}
        self.progress("requester: onboard branches with a filter that keeps no row")
        AirflowClient(self.platform, "requester").trigger(
            META_DAG, run_id, {**conf, "transformations.filters": [FILTER]}
        )
        for name, option in (("approve_plan", "approve"), ("confirm_profile", "confirm")):
            gate = self.gate(run_id, name)
            self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
            self.reviewer.press(option)
            self.answered(gate, "success")
        gate = self.gate(run_id, "resolve")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.choose("no filter: every row of Silver goes on to Gold")
        self.reviewer.picture("resolve")
        self.reviewer.press("fix and retry")
        self.answered(gate, "success")
        self.noted(run_id, "superseded")
        self.helped_is_deployed(chain_run_id(run_id, 2))

    def helped_is_deployed(self, run_id: str) -> None:
        """The second round tests again, and asks what is left to ask."""
        gate = self.gate(run_id, "approve_deploy")
        self.reviewer.read_card(self.reviewer.open_required_actions(gate.subject))
        self.reviewer.picture("resolved")
        self.reviewer.press("deploy")
        self.answered(gate, "success")
        self.noted(run_id, "deployed")

    def bad_delivery_is_stopped(self) -> None:
        """The next delivery has a third of its rows broken: the quality gate fails, and nothing is published."""
        self.progress("a bad delivery arrives")
        break_every_third_row(self.platform)
        form = self.requester.open_trigger_form(WORKLOAD)
        run_id = self.requester.trigger(form, WORKLOAD)
        self.ended(WORKLOAD, run_id, "failed")
        self.requester.open_run(WORKLOAD, run_id)
        self.requester.expand_groups()
        self.requester.picture("bad-delivery")

    def gate(self, run_id: str, name: str) -> WaitingGate:
        """Wait for a gate of the run, and then as long as a person would need at least."""

        def waiting() -> WaitingGate | None:
            state = str(self.api.run(META_DAG, run_id)["state"])
            if state in FINISHED:
                raise TourError(f"the run {run_id} ended as {state} before {name}")
            return next((gate for gate in self.api.waiting_gates(run_id) if gate.gate == name), None)

        found: WaitingGate = wait_until(f"the gate {name}", GATE_SECONDS, waiting)
        self.progress(f"reviewer: {name}")
        time.sleep(SECONDS_BEFORE_ANSWER)
        return found

    def answered(self, gate: WaitingGate, state: str) -> None:
        """Wait until the gate's task has this state."""
        wait_until(f"{gate.gate} {state}", 60, lambda: self.api.approve_state(gate) == state)

    def ended(self, dag_id: str, run_id: str, state: str = "success") -> None:
        """Wait for the end of a run, in this state."""

        def finished() -> dict[str, Any] | None:
            run = self.api.run(dag_id, run_id)
            return run if run["state"] in FINISHED else None

        run = wait_until(f"the end of {dag_id}", RUN_SECONDS, finished)
        if run["state"] != state:
            raise TourError(f"{dag_id}, run {run_id}: {run['state']} ({run['note'] or 'no note'})")

    def noted(self, run_id: str, word: str) -> None:
        """Wait for the end of a meta run, and open it: its note says this word."""
        self.ended(META_DAG, run_id)
        note = str(self.api.run(META_DAG, run_id)["note"])
        if word not in note:
            raise TourError(f"the note of {run_id} does not say `{word}`: {note}")
        self.requester.open_run(META_DAG, run_id)
        self.requester.page.get_by_test_id("grid-view-button").click()
        self.requester.settle()


def break_every_third_row(platform: PlatformInfo) -> None:
    """In the delivered file: a date, a quantity and an amount that cannot be read."""
    import boto3

    client = boto3.client(
        "s3",
        endpoint_url=platform.aws_url,
        region_name=REGION,
        aws_access_key_id=FAKE_KEY,
        aws_secret_access_key=FAKE_KEY,
    )
    delivered = client.get_object(Bucket=SALES_BUCKET, Key=SALES_KEY)["Body"].read().decode()
    rows = list(csv.reader(io.StringIO(delivered)))
    columns = {name: number for number, name in enumerate(rows[0])}
    for row in rows[1::3]:
        row[columns["order_date"]] = row[columns["quantity"]] = row[columns["amount"]] = "see invoice"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    client.put_object(Bucket=SALES_BUCKET, Key=SALES_KEY, Body=text.getvalue().encode())
