"""Dirt is never blessed, and what is legitimate is no dirt: real files with planted slips, and without."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from onboarding.agents import AgentContext, propose_all
from onboarding.discovery import look_at_source, resolve
from onboarding.spec.conf import Conf
from onboarding.spec.plans import Decision, QualityRule

ROWS = 3_000
Cell = Callable[[int, random.Random], Any]


def _context(path: Path, columns: dict[str, Cell]) -> AgentContext:
    chance = random.Random(5)
    lines = [",".join(["row_id", *columns])]
    lines += [",".join([f"K{n:05d}", *(str(cell(n, chance)) for cell in columns.values())]) for n in range(ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    conf = Conf.model_validate({"source": {"location": path.as_uri()}})
    profile = look_at_source(conf)
    return propose_all(AgentContext(conf=conf, discovery=resolve(conf, profile.look()), profile=profile))


def _found(context: AgentContext) -> dict[str, Decision]:
    kinds = ("misspelt", "negative", "far_out", "far_dates", "other_form", "header", "options", "format")
    decisions = context.need_metadata().decisions
    return {decision.subject: decision for decision in decisions if decision.subject.rpartition(".")[2] in kinds}


def _rules(context: AgentContext) -> dict[str, QualityRule]:
    return {rule.id: rule for rule in context.need_quality().rules}


def _status(n: int, chance: random.Random) -> str:
    if n % 250 == 0:
        return "aktive"
    return "pendingg" if n % 900 == 2 else chance.choice(["active", "inactive", "pending", "closed"])


def _date(n: int, chance: random.Random) -> str:
    if n % 1_000 == 5:
        return "0001-01-01"
    return f"20{chance.randint(10, 24)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> AgentContext:
    columns: dict[str, Cell] = {
        "status": _status,
        "quantity": lambda n, chance: chance.randint(1, 9) * (-1 if n % 700 == 3 else 1),
        "amount": lambda n, chance: 9999999.99 if n == 77 else f"{chance.uniform(5, 900):.2f}",
        "signup": _date,
    }
    return _context(tmp_path_factory.mktemp("dirty") / "dirty.csv", columns)


def test_each_kind_of_dirt_is_on_the_card(dirty: AgentContext) -> None:
    found = _found(dirty)
    assert set(found) == {
        "columns.status.misspelt", "columns.quantity.negative", "columns.amount.far_out", "columns.signup.far_dates",
    }  # fmt: skip
    assert all(decision.needs_eyes and decision.cost_of_error for decision in found.values())
    assert "12 rows hold 'aktive', one or two letters from 'active'" in found["columns.status.misspelt"].reason
    assert found["columns.quantity.negative"].reason.startswith("5 of 3000 values are negative")
    assert found["columns.signup.far_dates"].reason.startswith("3 of 3000 dates")


def test_a_slip_too_rare_to_be_shown_is_counted_and_not_named(dirty: AgentContext) -> None:
    reason = _found(dirty)["columns.status.misspelt"].reason
    assert "4 rows hold a rare value, one or two letters from 'pending'" in reason
    assert "pendingg" not in dirty.need_profile().model_dump_json()


def test_a_misspelt_value_is_no_allowed_value(dirty: AgentContext) -> None:
    rule = _rules(dirty)["status_in_set"]
    assert rule.arguments["values"] == ["active", "closed", "inactive", "pending"]
    assert "all but 16 of 3000" in rule.reason


def test_the_rules_flag_it_and_block_nothing(dirty: AgentContext) -> None:
    rules = _rules(dirty)
    assert rules["quantity_range"].arguments["minimum"] == 0
    assert rules["amount_range"].arguments["maximum"] < 100_000
    assert rules["signup_date"].arguments == {"minimum": "1900-01-01", "maximum": "2100-12-31"}
    for name in ("status_in_set", "quantity_range", "amount_range", "signup_date"):
        assert (rules[name].severity, rules[name].on_fail) == ("warning", "flag")


def _columns_without_dirt() -> Iterator[tuple[str, Cell]]:
    yield "refunds", lambda n, chance: f"{chance.uniform(-50, 50):.2f}"
    yield "rare_but_right", lambda n, chance: "Liechtenstein" if n % 300 == 0 else chance.choice(["Austria", "Germany"])
    yield "near_in_letters", lambda n, chance: "Australia" if n % 100 == 0 else "Austria"
    yield "both_frequent", lambda n, chance: chance.choice(["receipt", "receipts"])
    yield "graded", lambda n, chance: "Grade C" if n % 100 == 0 else chance.choice(["Grade A", "Grade B"])
    yield "coded", lambda n, chance: "DEPT-19" if n % 100 == 0 else chance.choice(["DEPT-11", "DEPT-12"])
    yield "mostly_empty", lambda n, chance: "" if n % 50 else chance.choice(["gift", "hurry"])
    yield "heavy_tail", lambda n, chance: f"{chance.lognormvariate(3, 1):.2f}"
    yield "births", lambda n, chance: f"19{chance.randint(10, 99)}-{chance.randint(1, 12):02d}-01"
    yield "sexes", lambda n, chance: "male" if n % 40 == 0 else "female"


@pytest.mark.parametrize(
    ("name", "cell"), _columns_without_dirt(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_legitimate_is_no_finding_and_no_blocking_rule(name: str, cell: Cell, tmp_path: Path) -> None:
    context = _context(tmp_path / "clean.csv", {name: cell})
    assert _found(context) == {}
    rules = [rule for rule in context.need_quality().rules if name in rule.columns and rule.check != "parsed"]
    assert not [rule.id for rule in rules if rule.severity == "critical" or rule.on_fail != "flag"]


def test_a_row_of_totals_is_found_by_the_form_of_its_identifier(tmp_path: Path) -> None:
    context = _context(tmp_path / "totals.csv", {
        "order_no": lambda n, chance: "Total" if n == ROWS - 1 else f"O-{n + 1}",
        "invoice_no": lambda n, chance: f"INV{n % 90}/{n}",
    })  # fmt: skip
    found = _found(context)
    assert set(found) == {"columns.order_no.other_form"}
    assert found["columns.order_no.other_form"].needs_eyes
    assert found["columns.order_no.other_form"].reason.startswith(f"1 of {ROWS} sampled values")


def test_a_title_above_the_header_is_put_before_a_person(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    lines = [
        "Sales report,,,",
        "Order ID,Customer,Amount,Date",
        *(f"O{n:04d},Firm,{n}.50,2025-01-03" for n in range(50)),
    ]
    path.write_text("\n".join(lines) + "\n")
    conf = Conf.model_validate({"source": {"location": path.as_uri()}})
    profile = look_at_source(conf)
    context = propose_all(AgentContext(conf=conf, discovery=resolve(conf, profile.look()), profile=profile))
    assert "3 of 4 columns have no name" in _found(context)["source.options.header"].reason


def _of_file(path: Path) -> AgentContext:
    conf = Conf.model_validate({"source": {"location": path.as_uri()}})
    profile = look_at_source(conf)
    return propose_all(AgentContext(conf=conf, discovery=resolve(conf, profile.look()), profile=profile))


def test_rows_that_cannot_be_read_are_put_before_a_person(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    lines = [f"O{n:04d},{n}.50" + (",more" if n % 10 == 0 else "") for n in range(100)]
    path.write_text("\n".join(["order_id,amount", *lines]) + "\n")
    found = _found(_of_file(path))["source.options"]
    assert found.reason == "10 of 100 rows cannot be read"
    assert found.needs_eyes


def test_a_line_at_the_end_that_is_no_row_needs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,amount\n" + "".join(f"O{n:04d},{n}.50\n" for n in range(200)) + "200 rows\n")
    assert "source.options" not in _found(_of_file(path))


@pytest.mark.parametrize(("rows", "asked"), [(100, True), (2, False)])
def test_an_answer_of_an_api_is_put_before_a_person(tmp_path: Path, rows: int, asked: bool) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"status": "ok", "data": [{"id": n, "amount": n / 4} for n in range(rows)]}))
    assert ("source.format" in _found(_of_file(path))) == asked
