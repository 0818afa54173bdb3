"""What the cards' forms offer: every choice makes a valid conf, says something else than what is proposed, in words."""

from __future__ import annotations

import pytest

from onboarding.gates.card import CardChoice
from onboarding.gates.corrections import corrected_conf
from onboarding.operators.card_choices import MOST_CHOICES, deploy_choices, plan_choices, profile_choices
from onboarding.spec.plans import Decision
from tests.onboarding.codegen.sales import sales_metadata, sales_plan

DISCOVERY = sales_plan().discovery
CONF = {"source": {"location": "s3://landing/sales/"}}


@pytest.mark.parametrize("gate", ["approve_plan", "confirm_profile", "approve_deploy"])
def test_every_choice_can_be_taken(gate: str) -> None:
    offered = {
        "approve_plan": plan_choices(DISCOVERY, "0 2 * * *"),
        "confirm_profile": profile_choices(sales_metadata()),
        "approve_deploy": deploy_choices(sales_plan()),
    }[gate]
    assert len(offered) > 10
    assert len({choice.change for choice in offered}) == len({choice.label for choice in offered}) == len(offered)
    for choice in offered:
        corrected_conf(gate, CONF, [choice.change])


def _changes(choices: list[CardChoice]) -> set[str]:
    return {choice.change for choice in choices}


def test_what_is_proposed_is_no_choice() -> None:
    plan = sales_metadata()
    key, column = plan.primary_key, plan.columns[0]
    offered = _changes(profile_choices(plan))
    assert f"domain.primary_key = {', '.join(key)}" not in offered
    assert f"domain.columns.{column.name}.type = {column.type.value}" not in offered
    assert f"domain.columns.{column.name}.role = {column.role.value}" not in offered
    assert "schedule.cron = 0 2 * * *" not in _changes(plan_choices(DISCOVERY, "0 2 * * *"))
    masked = sales_plan().transformation.masking
    assert not {f"transformations.masking.{name} = {mask}" for name, mask in masked.items()} & _changes(
        deploy_choices(sales_plan())
    )


def test_a_pipeline_that_follows_others_has_no_schedule_to_choose() -> None:
    assert not any("schedule" in change for change in _changes(plan_choices(DISCOVERY, "")))


def test_what_the_card_asks_about_comes_first() -> None:
    plan = sales_metadata()
    last = plan.columns[-1].name
    unsure = [
        Decision(
            subject="primary_key", value="row_hash", reason="x", needs_eyes=True, alternatives=["row_hash", "a, b"]
        ),
        Decision(subject=f"columns.{last}.type", value="text", reason="x", needs_eyes=True),
    ]
    choices = profile_choices(plan.model_copy(update={"decisions": unsure}))
    assert choices[0].change == "domain.primary_key = a, b"
    types = [choice.change for choice in choices if ".type = " in choice.change]
    assert types[0].startswith(f"domain.columns.{last}.")


def test_a_wide_table_has_no_endless_list() -> None:
    plan = sales_metadata()
    wide = [plan.columns[0].model_copy(update={"name": f"c{number:03d}"}) for number in range(300)]
    assert len(profile_choices(plan.model_copy(update={"columns": wide}))) == MOST_CHOICES
