"""Twenty cards: ten of sound plans, which stop nobody, and ten with one mistake, which is among what the card shows.

The plans are those of the agents on real sources, with the dry run of the real pipeline. A mistake is planted in what
an agent, a model or a person may get wrong; the card does not know of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from onboarding.codegen import build_workload
from onboarding.deploy.dry_run import dry_run
from onboarding.gates.card import MAXIMUM_ITEMS, Card, CardItem
from onboarding.operators.step import StepContext
from onboarding.operators.steps.planning import profile_of
from onboarding.operators.steps.route import MODIFIES
from onboarding.spec.conf import Masking
from onboarding.spec.plans import Decision, QualityRule, WorkloadPlan
from onboarding.spec.settings import load_settings
from onboarding.workspace.outputs import output_key, write_output
from onboarding.workspace.store import Store, canonical_json
from tests.onboarding.operators.meta_run import Run

CARDS = "onboarding.operators.cards"
KNOWN = ("conf", "discovery", "reuse", "profile")
ROWS = 400
Change = Callable[[dict[str, Any]], None]


def people(folder: Path) -> str:
    """Persons with numbers of their own, days before months, and codes that begin with a zero."""
    lines = ["person_no,ssn,joined,zip,amount,region"]
    lines += [
        f"P{number:05d},{100 + number % 700}-{10 + number % 89}-{1000 + number * 7 % 9000},"
        f"{1 + number % 28:02d}/{1 + number % 12:02d}/2024,0{1000 + number * 13 % 9000},"
        f"{number % 97}.{number % 100:02d},{('north', 'south', 'east')[number % 3]}"
        for number in range(ROWS)
    ]
    return _written(folder, "people", lines)


def orders(folder: Path) -> str:
    """Orders with a customer each, none of it personal."""
    lines = ["order_id,customer,placed_on,quantity,status"]
    lines += [
        f"O-{number:06d},C{number % 60:03d},2025-0{1 + number % 9}-{10 + number % 18},{1 + number % 9},"
        f"{('open', 'paid', 'sent')[number % 3]}"
        for number in range(ROWS)
    ]
    return _written(folder, "orders", lines)


def visits(folder: Path) -> str:
    """Visits with time stamps, and a little dirt that no one has to be stopped by."""
    lines = ["visit_id,at,page,seconds"]
    lines += [
        f"{7000 + number},2025-03-{1 + number % 28:02d} {number % 24:02d}:15:00,{('home', 'cart', 'help')[number % 3]},"
        f"{'' if number % 50 == 0 else number % 300}"
        for number in range(ROWS)
    ]
    return _written(folder, "visits", lines)


def _written(folder: Path, name: str, lines: list[str]) -> str:
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return (folder / f"{name}.csv").as_uri()


@dataclass(frozen=True)
class Made:
    """An onboarding as far as its last card, whose outputs a case may replace."""

    run: Run

    def card(self, gate: str, **outputs: Any) -> Card:
        """The card of a gate, with other outputs in the place of some."""
        context = StepContext(self.run.store, load_settings(), self.run.run, {**self.run.outputs, **outputs})
        module = __import__(CARDS, fromlist=["_"])
        card: Card = getattr(module, f"{gate}_card")(context)
        return card

    def output(self, name: str, files: dict[str, bytes], summary: dict[str, Any] | None = None) -> Any:
        key = output_key(
            "run-1", f"planted.{name}", 1, {str(number): data.decode() for number, data in enumerate(files.values())}
        )
        return write_output(self.run.store, key, files, summary or {})

    def metadata(self, change: Change) -> Any:
        """The metadata plan with a mistake."""
        plan = self.run.plan("metadata")
        change(plan)
        return self.output("metadata", {"plan.json": canonical_json(plan)})

    def review(self, change: Callable[[WorkloadPlan], WorkloadPlan], edit: Callable[[str], str] | None = None) -> Any:
        """The review of another plan, or of another Gold statement, with a dry run of its own."""
        reviewed = self.run.outputs["review"]
        plan = change(WorkloadPlan.model_validate_json(self.run.store.read(f"{reviewed.key}/plans.json")))
        context = StepContext(self.run.store, load_settings(), self.run.run, self.run.outputs)
        workload = build_workload(plan, profile_of(context))
        files = dict(workload.files)
        if edit is not None:
            path = "sql/gold/aggregate_gold.duckdb.sql"
            files[path] = edit(files[path].decode()).encode()
        trial = dry_run(files, workload.script_order, run_date="2026-01-05", engine="local", aws_conn_id="aws_default")
        content = {"plans.json": canonical_json(plan.model_dump(mode="json"))}
        content["dry_run.json"] = canonical_json(trial.model_dump(mode="json"))
        return self.output("review", content, dict(reviewed.summary))


@pytest.fixture(scope="module")
def onboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Callable[[Path], str]], Made]]:
    """Onboards a source once, as far as the review."""
    made: dict[str, Made] = {}
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cards")
        for name in ("workspace", "dags", "lake", "landing"):
            patch.setenv(f"AIRFLOW__ONBOARDING__{name.upper()}_URI", (folder / name).as_uri())
        patch.setenv("AIRFLOW__ONBOARDING__ALLOWED_FILE_ROOTS", str(folder))
        patch.setenv("AIRFLOW_CONN_ONBOARDING_MASKING_KEY", json.dumps({"conn_type": "generic", "password": "x" * 32}))
        load_settings.cache_clear()

        def once(source: Callable[[Path], str]) -> Made:
            if source.__name__ not in made:
                made[source.__name__] = _onboarded(source(folder), source.__name__)
            return made[source.__name__]

        yield once
    load_settings.cache_clear()


def _onboarded(location: str, name: str) -> Made:
    run = Run(location)
    run.run = replace(run.run, run_id=name, root_run_id=name, conf={**run.run.conf, "workload": name})
    run.to_plan()
    run.step("profile", "profile:measure", "conf", "discovery")
    run.step("metadata", "profile:propose", *KNOWN)
    run.outputs["tests"] = write_output(run.store, f"runs/{name}/tests", {}, {"unit": 6, "integration": 3})
    before: tuple[str, ...] = (*KNOWN, "metadata")
    for agent in ("transformation", "quality", "dag"):
        run.step(agent, f"build:propose_{agent}", *before)
        before = (*before, agent)
    run.step("review", "build:review", *before)
    return Made(run)


def shown(card: Card) -> list[CardItem]:
    """What fits on the card, worst first."""
    return sorted(card.items, key=lambda item: item.level != "STOP")[:MAXIMUM_ITEMS]


@pytest.mark.parametrize("source", [people, orders, visits])
@pytest.mark.parametrize("gate", ["plan", "profile", "deploy"])
def test_a_sound_plan_stops_nobody(onboard: Any, source: Callable[[Path], str], gate: str) -> None:
    card = onboard(source).card(gate)
    assert card.level != "STOP", card.markdown()
    assert len(card.items) <= MAXIMUM_ITEMS


def test_a_tighter_gate_is_no_finding(onboard: Any) -> None:
    made = onboard(orders)
    review = made.review(lambda plan: _with_quality(plan, gold_threshold=0.99))
    assert not [item for item in made.card("deploy", review=review).items if "quality gate" in item.title]


def _with_quality(plan: WorkloadPlan, **change: Any) -> WorkloadPlan:
    return plan.model_copy(update={"quality": plan.quality.model_copy(update=change)})


def _of_column(name: str, **change: Any) -> Change:
    def planted(plan: dict[str, Any]) -> None:
        next(column for column in plan["columns"] if column["name"] == name).update(change)
        # Sure of itself, as a mistake is.
        plan["decisions"] = [one for one in plan["decisions"] if not one["subject"].startswith(f"columns.{name}.")]

    return planted


def _wrong_key(plan: dict[str, Any]) -> None:
    plan["primary_key"], plan["technical_key"] = ["region"], False
    plan["decisions"] = [one for one in plan["decisions"] if one["subject"] != "primary_key"]


NOBODY = {"type": "NONE", "sensitivity": "NONE", "confidence": 0.0, "evidence": []}


@pytest.mark.parametrize(
    ("change", "title", "evidence"),
    [
        pytest.param(_wrong_key, "primary key region is not unique", "3 different values in 400", id="wrong key"),
        pytest.param(_of_column("ssn", personal_data=NOBODY), "ssn looks like US_SSN", "sure", id="missed SSN"),
        pytest.param(
            _of_column("joined", date_format="%m/%d/%Y"), "dates of joined", "%d/%m/%Y reads 400", id="day and month"
        ),
        pytest.param(_of_column("zip", type="integer"), "zip as integer", "begin with a zero", id="leading zeros"),
        pytest.param(_of_column("region", type="integer"), "region as integer", "400 of 400 values", id="wrong type"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_profile_is_on_its_card(onboard: Any, change: Change, title: str, evidence: str) -> None:
    made = onboard(people)
    card = made.card("profile", metadata=made.metadata(change))
    found = [item for item in shown(card) if item.title == title]
    assert found, card.markdown()
    assert evidence in found[0].evidence
    assert card.level == "STOP"


def _held_back(plan: WorkloadPlan) -> WorkloadPlan:
    rule = QualityRule(
        id="status_is_paid", zone="silver", table="orders", columns=["status"], dimension="validity", check="in_set",
        arguments={"values": ["paid"]}, severity="warning", on_fail="quarantine", reason="planted",
    )  # fmt: skip
    return _with_quality(plan, rules=[*plan.quality.rules, rule], silver_threshold=0.30)


def _unmasked(plan: WorkloadPlan) -> WorkloadPlan:
    given = Decision(subject="masking.ssn", value="keep", reason="given", source="human")
    others = [one for one in plan.transformation.decisions if one.subject != "masking.ssn"]
    change = {"masking": {**plan.transformation.masking, "ssn": Masking.KEEP}, "decisions": [*others, given]}
    return plan.model_copy(update={"transformation": plan.transformation.model_copy(update=change)})


def _same(plan: WorkloadPlan) -> WorkloadPlan:
    return plan


def _doubled(statement: str) -> str:
    return statement.replace('FROM "silver"', 'FROM "silver" CROSS JOIN (VALUES (1), (2)) AS "twice"("n")')


@pytest.mark.parametrize(
    ("source", "change", "edit", "title"),
    [
        pytest.param(orders, _same, _doubled, "Gold orders multiplies rows", id="doubled join"),
        pytest.param(orders, _held_back, None, "rows quarantined", id="rule that holds back most"),
        pytest.param(people, _unmasked, None, "ssn is not masked", id="not masked"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_built_is_on_its_card(
    onboard: Any, source: Any, change: Any, edit: Callable[[str], str] | None, title: str
) -> None:
    made = onboard(source)
    card = made.card("deploy", review=made.review(change, edit))
    assert title in {item.title for item in shown(card)}, card.markdown()


@pytest.fixture
def deployed(onboard: Any) -> Iterator[Made]:
    """Orders, deployed as they were made; the onboarding is one that changes them."""
    made: Made = onboard(orders)
    reviewed = made.run.outputs["review"]
    dags, version = Store(load_settings().dags_uri), str(reviewed.summary["version"])
    for key in made.run.store.find(f"{reviewed.key}/workload/config"):
        dags.write(f"workloads/orders/{version}/config/{Path(key).name}", made.run.store.read(key))
    made.run.record.write(MODIFIES, {"workload": "orders", "version": version})
    yield made
    made.run.store.delete("runs/orders/record/modifies.json")


def test_a_loosened_gate_is_on_the_card(deployed: Made) -> None:
    review = deployed.review(lambda plan: _with_quality(plan, gold_threshold=0.90))
    card = deployed.card("deploy", review=review)
    (item,) = [item for item in shown(card) if item.title == "quality gate of gold"]
    assert item.evidence == "0.90 is less than the deployed version's 0.95"


def test_twenty_times_the_cost_is_on_the_card(deployed: Made) -> None:
    run = deployed.run
    run.run = replace(run.run, conf={**run.run.conf, "schedule.cron": "* * * * *"})
    run.step("conf", "route:validate_conf")
    run.step("discovery", "discovery:discover", "conf")
    plan = run.step("plan", "validation:summarize_plan", "conf", "discovery", "connectivity", "duplicates", "reuse")
    card = deployed.card("plan", plan=plan)
    titles = {item.title: item.evidence for item in shown(card)}
    assert titles["schedule"] == "43,200 runs a month, one every 1.0 minutes"
    assert titles["cost"] == "180 hours of runs a month, 1440 times the deployed version's"
