"""A gate in the meta-DAG: request (card, then a run of the gate's DAG), wait (sensor), decision."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import BaseOperator, Context, SkipMixin, TaskGroup, TriggerRule
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from onboarding.gates.answer import GateAnswer, read_answer
from onboarding.gates.card import Card, plain
from onboarding.gates.definitions import GATE_BY_NAME, Gate
from onboarding.gates.who import answer_right
from onboarding.operators.step import (
    OUTCOME_KEY,
    REQUEST_KEY,
    Inputs,
    StepContext,
    open_step_context,
    tasks_that_end_with,
)
from onboarding.workspace.chain import MOST_RUNS, handover_entry
from onboarding.workspace.outputs import output_key, read_output, safe_segment, write_output
from onboarding.workspace.record import gate_entry
from onboarding.workspace.store import canonical_json, sha256
from shared.hooks.airflow_api import AirflowApi, AirflowApiError

APPROVE_TASK = "approve"
#: Outcome of a run that a later run of its chain goes on from.
SUPERSEDED = "superseded"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_WINDOW_MICROSECONDS = 20 * 365 * 24 * 3600 * 1_000_000

#: None: there is nothing to ask.
CardFunction = Callable[[StepContext], Card | None]


def gate_date(digest: str) -> datetime:
    """A date that only this gate run has: the sensor finds a run by its logical date and nothing else.

    :param digest: hexadecimal digest of what identifies the gate run.
    """
    return _EPOCH + timedelta(microseconds=int(digest[:15], 16) % _WINDOW_MICROSECONDS)


def gate_run_id(meta_run_id: str, gate: str, iteration: int, digest: str) -> str:
    """Run id of a gate run: the same evidence in the same meta run finds the existing run and its answer."""
    return f"{safe_segment(meta_run_id)[:120]}__{gate}__{iteration:02d}__{digest[:12]}"


class GateRequestOperator(TriggerDagRunOperator):
    """Build the card, store it, and trigger the gate's DAG unless the very same question was asked before.

    :param gate: which gate.
    :param card: ``module:function`` that makes the :class:`Card` from a :class:`StepContext`.
    :param inputs: name -> task id, as in :class:`OnboardingStepOperator`.
    """

    template_fields = ()

    def __init__(self, *, gate: Gate, card: str, inputs: Inputs, **kwargs: Any) -> None:
        super().__init__(trigger_dag_id=gate.dag_id, openlineage_inject_parent_info=False, **kwargs)
        self.gate = gate.name
        self.card = card
        self.inputs = dict(inputs)

    def execute(self, context: Context) -> Any:
        """See the class."""
        step_context = open_step_context(context, self.inputs)
        run = step_context.run
        if self._is_approved(context, step_context):
            return
        card_uri, card_sha256, shown = self._store_card(step_context)
        identity = sha256(canonical_json([run.run_id, self.gate, run.iteration, card_sha256]))
        self.trigger_run_id = gate_run_id(run.run_id, self.gate, run.iteration, identity)
        self.logical_date = gate_date(identity)
        self.conf = {
            "card_uri": card_uri,
            "card_sha256": card_sha256,
            "meta_dag_id": run.dag_id,
            "meta_run_id": run.run_id,
        }
        context["ti"].xcom_push(
            key=REQUEST_KEY,
            value={
                "run_id": self.trigger_run_id,
                "logical_date": self.logical_date.isoformat(),
                "card_sha256": card_sha256,
                "card_uri": card_uri,
                "level": shown["level"],
                "following": shown["following"],
            },
        )
        if context["ti"].get_dr_count(dag_id=self.trigger_dag_id, run_ids=[self.trigger_run_id]):
            self.log.info("this question was asked before: going on with the run %s", self.trigger_run_id)
            return
        super().execute(context)

    def _is_approved(self, context: Context, step_context: StepContext) -> bool:
        """Whether an earlier run of the chain was let through here, and a later phase is what is gone back to.

        What was changed there is shown there again, to who approves it.
        """
        run = step_context.run
        if run.iteration == 1 or GATE_BY_NAME[self.gate].phase >= run.from_phase:
            return False
        entries = (step_context.record.read(gate_entry(self.gate, n)) for n in range(run.iteration - 1, 0, -1))
        entry = next((found for found in entries if found), None)
        if entry is None or entry["verdict"] != "approve":
            return False
        value = {name: entry[name] for name in ("card_uri", "logical_date", "level")}
        value |= {"run_id": entry["gate_run_id"], "card_sha256": entry["report_sha256"], "carried_over": True}
        context["ti"].xcom_push(key=REQUEST_KEY, value=value)
        self.log.info("approved in an earlier run of this onboarding: %s", entry["gate_run_id"])
        return True

    def _store_card(self, step_context: StepContext) -> tuple[str, str, dict[str, Any]]:
        """URI, SHA-256 and content of the stored card; a card that is stored already stays."""
        module, _, name = self.card.partition(":")
        make_card: CardFunction = getattr(importlib.import_module(module), name)
        made, run = make_card(step_context), step_context.run
        if made is None:
            raise AirflowSkipException(f"{self.gate}: nothing to ask")
        card = made
        restricted = answer_right(self.gate, step_context.record.read("request") or {}).line
        if restricted:
            card = card.model_copy(update={"numbers": [restricted, *card.numbers]})
        if run.iteration > 1 and GATE_BY_NAME[self.gate].phase >= run.from_phase:
            card = card.model_copy(update={"changed": _changed(step_context), "round": run.iteration})
        data = canonical_json(
            {
                "subject": card.subject,
                "body": card.markdown(),
                "text": plain(card.markdown()),
                "level": card.level,
                "fields": card.form(),
                "options": card.options,
                "following": {option: found.model_dump(mode="json") for option, found in card.following.items()},
            }
        )
        digests = {input_name: found.digest for input_name, found in step_context.inputs.items()}
        key = output_key(run.root_run_id, self.task_id, run.iteration, digests)
        reference = read_output(step_context.store, key)
        if reference is None:
            write_output(step_context.store, key, {"card.json": data}, {"level": card.level})
        stored = step_context.store.read(f"{key}/card.json")
        return step_context.store.uri_of(f"{key}/card.json"), sha256(stored), dict(json.loads(stored))


def _changed(step_context: StepContext) -> list[str]:
    """What this run of a chain was handed, in a line."""
    entry = step_context.record.read(handover_entry(step_context.run.iteration)) or {}
    said = entry.get("problem") or "; ".join(entry.get("changes", ())) or "nothing was changed"
    if entry.get("dropped_edits"):
        said += f"; without the edited files of {', '.join(entry['dropped_edits'])}, which other settings rendered"
    return [f"round {step_context.run.iteration} of {MOST_RUNS}, after {entry.get('gate')}: {said}"]


def requested_date(logical_date: datetime, **context: Any) -> datetime:
    """Date of the gate run that the ``request`` task beside a ``wait`` task asked for."""
    request = _request_of(context["ti"], context["task"].task_id)
    return datetime.fromisoformat(request["logical_date"])


def _request_of(task_instance: Any, sibling_task_id: str) -> dict[str, Any]:
    request_id = f"{sibling_task_id.rsplit('.', maxsplit=1)[0]}.request"
    request = task_instance.xcom_pull(task_ids=request_id, key=REQUEST_KEY)
    if not request:
        raise AirflowFailException(f"{request_id} left no gate run to look at: clear it and run it again")
    return dict(request)


class GateDecisionOperator(BaseOperator, SkipMixin):
    """Read the answer from the gate's own ``approve`` task; go on, or end the run as rejected or superseded.

    The sensor beside it is never trusted: it may have been marked, or have failed because of a "no".

    :returns: the answer as a mapping (see :class:`GateAnswer`).
    """

    def __init__(self, *, gate: Gate, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate = gate.name

    def execute(self, context: Context) -> Any:
        """See the class."""
        gate = GATE_BY_NAME[self.gate]
        ti = context["ti"]
        request = _request_of(ti, self.task_id)
        run_id = str(request["run_id"])
        states = ti.get_task_states(dag_id=gate.dag_id, task_ids=[APPROVE_TASK], run_ids=[run_id])
        state = str(states.get(run_id, {}).get(APPROVE_TASK) or "none")
        answered = ti.xcom_pull(dag_id=gate.dag_id, run_id=run_id, task_ids=APPROVE_TASK)
        step_context = open_step_context(context, {})
        answer = read_answer(gate, state, answered, shown_sha256=str(request["card_sha256"]))
        if answer is None and state == "success":
            raise AirflowFailException(
                f"{gate.name}: marking `approve` success says nothing here, since {' and '.join(gate.labels[:2])} are "
                f"two different things. Clear `approve` in {gate.dag_id}, run {run_id}, answer it in Required Actions, "
                f"then clear {ti.task_id.rsplit('.', 1)[0]}.wait and its decision"
            )
        if answer is None:
            raise AirflowException(
                f"{gate.name} is not answered: its task `approve` is `{state}`. Answer it in Required Actions of "
                f"{gate.dag_id}, run {run_id}, then clear {ti.task_id.rsplit('.', 1)[0]}.wait"
            )
        if answer.how == "marked_success" and answer.verdict != "reject" and request.get("level") == "STOP":
            raise AirflowFailException(
                f"{gate.name}: its card shows a STOP, so marking `approve` success approves nothing. Clear `approve` "
                f"in {gate.dag_id}, run {run_id}, answer it in Required Actions, then clear this task's group"
            )
        api = _airflow_api(step_context)
        if answer.how != "required_actions":
            answer = answer.model_copy(update={"by": self._who_marked(api, gate, run_id)})
        if api is not None and api.user and answer.by == api.user:
            raise AirflowFailException(
                f"{gate.name} was answered by {api.user}, the user that tasks use: only a person's answer counts"
            )
        problem = answer_right(gate.name, step_context.record.read("request") or {}).problem(answer)
        if problem:
            raise AirflowFailException(
                f"{gate.name}: {problem}. Clear `approve` in {gate.dag_id}, run {run_id}, let the right person answer "
                f"in Required Actions, then clear {ti.task_id.rsplit('.', 1)[0]}.wait and its decision"
            )
        if not request.get("carried_over"):
            where = {name: request.get(name) for name in ("card_uri", "logical_date", "level")}
            entry = {"gate_run_id": run_id, **where, **answer.model_dump()}
            step_context.record.write(gate_entry(gate.name, step_context.run.iteration), entry)
        self.log.info("%s: %s by %s (%s)", gate.name, answer.option, answer.by, answer.how)
        if answer.verdict != "approve":
            following = dict((request.get("following") or {}).get(answer.option) or {})
            ended = _rejected(answer) if answer.verdict == "reject" else _handed_on(answer, step_context, following)
            ti.xcom_push(key=OUTCOME_KEY, value={"summary": ended})
            self.skip(ti=ti, tasks=tasks_that_end_with(self))
        return answer.model_dump()

    def _who_marked(self, api: AirflowApi | None, gate: Gate, run_id: str) -> str:
        if api is None:
            return "unknown"
        try:
            return api.who_marked(gate.dag_id, run_id, APPROVE_TASK) or "unknown"
        except AirflowApiError as error:
            self.log.warning("who marked is not known: %s", error.text())
            return "unknown"


def _airflow_api(step_context: StepContext) -> AirflowApi | None:
    settings = step_context.settings
    return AirflowApi.from_settings(
        conn_id=settings.airflow_api_conn_id,
        mwaa_environment=settings.mwaa_environment,
        aws_conn_id=settings.aws_conn_id,
    )


def _rejected(answer: GateAnswer) -> dict[str, str]:
    reason = f"{answer.gate}: {answer.option} by {answer.by} ({answer.how.replace('_', ' ')})"
    return {OUTCOME_KEY: "rejected", "reason": reason}


def _handed_on(answer: GateAnswer, step_context: StepContext, following: dict[str, Any]) -> dict[str, Any]:
    """How a run ends that a person wants changed: another one goes on, unless there were too many already."""
    if step_context.run.iteration >= MOST_RUNS and not following.get("root_run_id"):
        given = "; ".join(answer.changes)
        reason = f"{answer.gate}: {answer.option} by {answer.by} in round {MOST_RUNS}, the last one"
        remedy = f"onboard with a conf that has {given}" if given else "onboard with a conf that has the change"
        return {OUTCOME_KEY: "rejected", "reason": f"{reason}; {remedy}"}
    reason = f"{answer.gate}: {answer.option} by {answer.by} ({answer.how.replace('_', ' ')})"
    return handed_on(answer.gate, reason, by=answer.by, changes=answer.changes, following=following)


def handed_on(
    gate: str, reason: str, *, by: str, changes: Sequence[str] = (), following: Mapping[str, Any]
) -> dict[str, Any]:
    """The summary of a task that hands the onboarding on, as :class:`HandOverOperator` reads it.

    :param gate: the gate that was answered, or the intent that says the same.
    :param following: a :class:`NextRun` as JSON; empty for one that only the changes tell from this run.
    """
    asked = {"gate": gate, "by": by, "changes": list(changes), "following": dict(following)}
    return {OUTCOME_KEY: SUPERSEDED, "reason": reason, **asked}


def gate_task_group(
    gate_name: str,
    *,
    card: str,
    inputs: Inputs,
    timeout_hours: int,
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS,
) -> tuple[TaskGroup, BaseOperator]:
    """The three tasks of a gate as a group; returns the group and its decision task.

    :param timeout_hours: how long the sensor waits at most; the gate's own task closes earlier.
    :param trigger_rule: of the gate's first task.
    """
    gate = GATE_BY_NAME[gate_name]
    with TaskGroup(group_id=gate.name, tooltip=gate.question) as group:
        request = GateRequestOperator(task_id="request", gate=gate, card=card, inputs=inputs, trigger_rule=trigger_rule)
        wait = ExternalTaskSensor(
            task_id="wait",
            external_dag_id=gate.dag_id,
            external_task_id=APPROVE_TASK,
            execution_date_fn=requested_date,
            # Any end of `approve` ends the wait, a "no" too: the decision reads what it means.
            allowed_states=["success", "failed", "upstream_failed", "skipped"],
            deferrable=True,
            poke_interval=2,
            timeout=timedelta(hours=timeout_hours).total_seconds(),
            retries=2,
            retry_delay=timedelta(seconds=2),
        )
        decision = GateDecisionOperator(
            task_id="decision",
            gate=gate,
            trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
            retries=2,
            retry_delay=timedelta(seconds=3),
        )
        request >> wait >> decision
        request >> decision
    return group, decision
