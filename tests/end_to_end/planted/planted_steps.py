"""The real steps of the agents, in a process in which one agent's plans have a defect.

Which one: by the workload's name. ``once_...``: each agent's plan fails its tests, and its fallback mends it.
``twice_...``: the quality agent's plan has a threshold that nothing reaches, for which there is no fallback.
``skipped_...``: it has a rule that its tests refuse, as if a person had given it, so that it stays as it is.
Workloads of other names have none.
"""

from __future__ import annotations

from functools import partial
from typing import Any


def without_its_second_column(plan: Any) -> Any:
    return plan.model_copy(update={"columns": [plan.columns[0], *plan.columns[2:]]})


def impossible_form(plan: Any) -> Any:
    from onboarding.spec.plans import CleaningOperation

    operation = CleaningOperation(column="channel", operation="require_format", arguments={"pattern": "[0-9]{9}"})
    return plan.model_copy(update={"cleaning": [*plan.cleaning, operation]})


def unique_channel(plan: Any) -> Any:
    from onboarding.spec.plans import QualityRule

    rule = QualityRule(
        id="channel_unique", zone="silver", table=plan.rules[0].table, columns=["channel"], dimension="uniqueness",
        check="unique", severity="critical", on_fail="quarantine", min_pass_rate=0.99, reason="planted",
    )  # fmt: skip
    return plan.model_copy(update={"rules": [*plan.rules, rule]})


def nothing_is_good_enough(plan: Any) -> Any:
    return plan.model_copy(update={"silver_threshold": 1.01})


def given_by_a_person(plan: Any) -> Any:
    from onboarding.spec.plans import Decision

    changed = unique_channel(plan)
    change = {"severity": "warning", "on_fail": "flag", "min_pass_rate": 0.5}
    rules = [rule.model_copy(update=change) if rule.id == "channel_unique" else rule for rule in changed.rules]
    given = Decision(subject="quality.channel_unique", value="flag", reason="planted", source="human")
    return changed.model_copy(update={"rules": rules, "decisions": [*plan.decisions, given]})


def other_name(plan: Any) -> Any:
    return plan.model_copy(update={"dag_id": "somebody_else"})


def impossible_digits(plan: Any) -> Any:
    from onboarding.spec.conf import ColumnType

    change = {"type": ColumnType.DECIMAL, "precision": 2, "scale": 9}
    columns = [column.model_copy(update=change) if column.name == "minutes" else column for column in plan.columns]
    return plan.model_copy(update={"columns": columns})


ONCE = {
    "phase_3_profile": ("MetadataAgent", without_its_second_column),
    "phase_4_build.metadata": ("MetadataAgent", impossible_digits),
    "phase_4_build.transformation": ("TransformationAgent", impossible_form),
    "phase_4_build.quality": ("QualityAgent", unique_channel),
    "phase_4_build.dag": ("DagAgent", other_name),
}
TWICE = {"phase_4_build.quality": ("QualityAgent", nothing_is_good_enough)}
SKIPPED = {"phase_4_build.quality": ("QualityAgent", given_by_a_person)}
BY_NAME = {"once": ONCE, "twice": TWICE, "skipped": SKIPPED}


def _step(group: str, path: str, context: Any) -> Any:
    from onboarding import agents
    from onboarding.operators.step import load_function

    planted = BY_NAME.get(str(context.run.conf.get("workload")).partition("_")[0], {})
    if group in planted:
        name, change = planted[group]
        agent = getattr(agents, name)
        # What an agent proposes, before it answers failed tests.
        confirmed = group == "phase_4_build.metadata"
        original = agent.propose if confirmed else agent._plan
        if confirmed:
            agent.propose = lambda self, known: original(self, _changed(known, change))
        else:
            agent._plan = lambda self, known: change(original(self, known))
    return load_function(path)(context)


def _changed(known: Any, change: Any) -> Any:
    from dataclasses import replace

    return replace(known, metadata=change(known.metadata))


def __getattr__(name: str) -> Any:
    task, separator, path = name.partition("__as__")
    if not separator:
        raise AttributeError(name)
    group = task.replace("__", ".").rpartition(".")[0]
    module, _, function = path.partition("__at__")
    return partial(_step, group, f"{module.replace('__', '.')}:{function}")
