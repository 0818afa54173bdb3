"""The DAG agent: schedule, retries, time limits and engine of the generated DAG."""

from __future__ import annotations

from typing import Any

from onboarding.agents.base import AgentContext
from onboarding.agents.fallbacks import fallback_decision, replaced
from onboarding.spec.plans import DagPlan, Decision

DEFAULT_CRON = "0 2 * * *"
DEFAULT_TIMEZONE = "UTC"
DEFAULT_RETRIES = 3
DEFAULT_DEADLINE_MINUTES = 120
#: First wait before a retry; it doubles from there.
RETRY_DELAY_SECONDS = 60


class DagAgent:
    """Proposes the DAG plan by rules."""

    name = "dag"

    def propose(self, context: AgentContext) -> DagPlan:
        """What the conf says, and the documented defaults for the rest."""
        plan = self._plan(context)
        return _back_to_defaults(plan, context) if context.failures else plan

    def _plan(self, context: AgentContext) -> DagPlan:
        discovery, schedule = context.need_discovery(), context.conf.schedule
        deadline = schedule.deadline_minutes or DEFAULT_DEADLINE_MINUTES
        depends_on = sorted(set(schedule.depends_on))
        cron = "" if depends_on else schedule.cron or DEFAULT_CRON
        retries = DEFAULT_RETRIES if schedule.retries is None else schedule.retries
        return DagPlan(
            dag_id=discovery.workload,
            description=discovery.description,
            owner=discovery.owner,
            cron=cron,
            timezone=schedule.timezone or DEFAULT_TIMEZONE,
            start_date=schedule.start_date,
            depends_on=depends_on,
            retries=retries,
            retry_delay_seconds=RETRY_DELAY_SECONDS,
            execution_timeout_minutes=deadline,
            deadline_minutes=deadline,
            paused=bool(schedule.paused),
            engine=discovery.engine,
            tags=sorted({"onboarding", discovery.workload, f"engine:{discovery.engine}"}),
            decisions=_decisions(context, cron, depends_on, retries, deadline),
        )


def _back_to_defaults(plan: DagPlan, context: AgentContext) -> DagPlan:
    """The plan with its defaults wherever nobody gave a value: what a failed test of a DAG asks for."""
    schedule, discovery = context.conf.schedule, context.need_discovery()
    deadline = schedule.deadline_minutes or DEFAULT_DEADLINE_MINUTES
    wanted: dict[str, Any] = {
        "dag_id": discovery.workload,
        "cron": "" if plan.depends_on else schedule.cron or DEFAULT_CRON,
        "timezone": schedule.timezone or DEFAULT_TIMEZONE,
        "retries": DEFAULT_RETRIES if schedule.retries is None else schedule.retries,
        "retry_delay_seconds": RETRY_DELAY_SECONDS,
        "execution_timeout_minutes": deadline,
        "deadline_minutes": deadline,
    }
    changed = {name: value for name, value in wanted.items() if getattr(plan, name) != value}
    made = [
        fallback_decision(
            f"dag.{name}",
            str(value) or "none",
            context.failures[0],
            before=str(getattr(plan, name)),
            cost="the pipeline runs at another time or pace",
        )
        for name, value in changed.items()
    ]
    return plan.model_copy(update={**changed, "decisions": replaced(plan.decisions, made)})


def _decisions(context: AgentContext, cron: str, depends_on: list[str], retries: int, deadline: int) -> list[Decision]:
    schedule = context.conf.schedule
    if depends_on:
        when = _decision("dag.schedule", f"after {', '.join(depends_on)}", "it reads their Gold tables", given=True)
        if schedule.cron:
            reason = f"given; the cron {schedule.cron} has no effect next to depends_on"
            when = when.model_copy(update={"reason": reason, "needs_eyes": True})
    else:
        when = _decision("dag.schedule", cron, "once a day, at night", given=schedule.cron is not None)
    engine_given = context.conf.deployment.engine in ("local", "aws")
    engine = context.need_discovery().engine
    return [
        when,
        _decision(
            "dag.timezone", schedule.timezone or DEFAULT_TIMEZONE, "none was given", given=bool(schedule.timezone)
        ),
        _decision("dag.retries", str(retries), "for what passes by itself", given=schedule.retries is not None),
        _decision(
            "dag.deadline_minutes", str(deadline), "somebody is told then", given=schedule.deadline_minutes is not None
        ),
        _decision("dag.engine", engine, "by the size of the source", given=engine_given),
    ]


def _decision(subject: str, value: str, reason: str, *, given: bool) -> Decision:
    return Decision(
        subject=subject, value=value, reason="given" if given else reason, source="human" if given else "rules"
    )
