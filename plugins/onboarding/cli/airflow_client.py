"""Airflow as its users see it: trigger, follow, answer, through the REST API with a named user's token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from onboarding.gates.corrections import CHANGES
from onboarding.local_platform import PlatformInfo
from onboarding.workspace.chain import root_run_id
from onboarding.workspace.outputs import safe_segment
from shared.hooks.airflow_api import AirflowApi, AirflowApiError, ConnectionBackend

META_DAG = "onboard_meta_dag"
REQUESTER = "requester"
REVIEWER = "reviewer"
FINISHED = ("success", "failed")


@dataclass(frozen=True)
class WaitingGate:
    """A gate that waits for a person.

    :ivar choices: change (``KEY = VALUE``) that the card offers -> the same in words.
    """

    gate: str
    dag_id: str
    run_id: str
    subject: str
    body: str
    options: tuple[str, ...]
    url: str
    choices: dict[str, str] = field(default_factory=dict)


class AirflowClient:
    """One user's view of Airflow."""

    def __init__(self, platform: PlatformInfo, user: str) -> None:
        self.platform = platform
        self.user = user
        self.api = AirflowApi(ConnectionBackend(platform.api_url, user, platform.users[user]))

    def trigger(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> None:
        """Trigger a DAG run."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self.api.send("POST", f"/dags/{quote(dag_id)}/dagRuns", body)

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """The DAG run."""
        return dict(self.api.get(f"/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}"))

    def runs(self, dag_id: str, limit: int = 100) -> list[dict[str, Any]]:
        """The newest runs of a DAG; empty when Airflow does not know the DAG."""
        try:
            found = self.api.get(f"/dags/{quote(dag_id)}/dagRuns", order_by="-run_after", limit=limit)
        except AirflowApiError as error:
            if error.status == 404:
                return []
            raise
        return list(found["dag_runs"])

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Task instances of a run."""
        path = f"/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances"
        return list(self.api.get(path, limit=200)["task_instances"])

    def waiting_gates(self, meta_run_id: str) -> list[WaitingGate]:
        """Gates of a meta run that wait for an answer now, oldest first."""
        details = self.api.get(
            "/dags/~/dagRuns/~/hitlDetails", response_received="false", state="awaiting_input", limit=200
        )["hitl_details"]
        prefix = f"{safe_segment(meta_run_id)[:120]}__"
        return [
            _waiting_gate(detail, self.platform.api_url)
            for detail in details
            if str(detail["task_instance"]["dag_run_id"]).startswith(prefix)
        ]

    def answer(self, gate: WaitingGate, option: str, changes: Sequence[str] = ()) -> None:
        """Answer a gate the way the Required Actions page does."""
        path = f"/dags/{gate.dag_id}/dagRuns/{quote(gate.run_id)}/taskInstances/approve/-1/hitlDetails"
        given = {CHANGES: list(changes)} if changes else {}
        self.api.send("PATCH", path, {"chosen_options": [option], "params_input": given})

    def approve_state(self, gate: WaitingGate) -> str:
        """State of the gate's ``approve`` task."""
        path = f"/dags/{gate.dag_id}/dagRuns/{quote(gate.run_id)}/taskInstances/approve"
        return str(self.api.get(path)["state"])


def root_of(meta_run: dict[str, Any]) -> str:
    """Root run id of the chain that a meta run, as Airflow lists it, belongs to."""
    return root_run_id(str(meta_run["dag_run_id"]), (meta_run.get("conf") or {}).get("resume"))


def _waiting_gate(detail: dict[str, Any], api_url: str) -> WaitingGate:
    instance = detail["task_instance"]
    dag_id, run_id = str(instance["dag_id"]), str(instance["dag_run_id"])
    return WaitingGate(
        gate=dag_id.removeprefix("onboard_gate_"),
        dag_id=dag_id,
        run_id=run_id,
        subject=str(detail["subject"]),
        body=str(detail.get("body") or ""),
        options=tuple(detail["options"]),
        url=f"{api_url}/dags/{dag_id}/runs/{quote(run_id)}/tasks/approve/required_actions",
        choices=dict((detail.get("params") or {}).get(CHANGES, {}).get("schema", {}).get("values_display") or {}),
    )
