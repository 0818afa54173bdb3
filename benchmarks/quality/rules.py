"""The twenty rules, and how the project's own check counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onboarding.codegen.schema import TableColumn
from onboarding.codegen.sql.engines import ENGINES
from onboarding.codegen.sql.rules import rule_kind, rule_predicates
from onboarding.spec.conf import ColumnType
from onboarding.spec.plans import QualityRule
from shared.pipeline.scoring import Rule

COLUMNS: dict[str, TableColumn] = {
    column.name: column
    for column in (
        TableColumn("order_id", ColumnType.TEXT),
        TableColumn("customer_id", ColumnType.INTEGER),
        TableColumn("order_date", ColumnType.DATE),
        TableColumn("shipped_date", ColumnType.DATE),
        TableColumn("region", ColumnType.TEXT),
        TableColumn("status", ColumnType.TEXT),
        TableColumn("currency", ColumnType.TEXT),
        TableColumn("category", ColumnType.TEXT),
        TableColumn("quantity", ColumnType.INTEGER),
        TableColumn("unit_price", ColumnType.DECIMAL, 10, 2),
        TableColumn("amount", ColumnType.DECIMAL, 12, 2),
        TableColumn("email", ColumnType.TEXT),
        TableColumn("postcode", ColumnType.TEXT),
        TableColumn("phone", ColumnType.TEXT),
    )
}
_DATES = {"minimum": "2000-01-01", "maximum": "2100-12-31"}
_REGIONS = ["North", "South", "East", "West"]
_STATUSES = ["placed", "paid", "shipped", "delivered", "returned"]
_CATEGORIES = ["Apparel", "Electronics", "Furniture", "Grocery"]
#: Name, columns, check, arguments; in the order of by_hand.sql.
RULES: tuple[tuple[str, list[str], str, Mapping[str, Any]], ...] = (
    ("rows", [], "row_count", {"minimum": 1}),
    ("order_id_there", ["order_id"], "not_null", {}),
    ("order_id_once", ["order_id"], "unique", {}),
    ("customer_id_there", ["customer_id"], "not_null", {}),
    ("order_date_there", ["order_date"], "not_null", {}),
    ("order_date_good", ["order_date"], "date", _DATES),
    ("shipped_date_good", ["shipped_date"], "date", _DATES),
    ("shipped_after", ["shipped_date"], "expression", {"expression": "shipped_date >= order_date"}),
    ("region_good", ["region"], "in_set", {"values": _REGIONS}),
    ("status_good", ["status"], "in_set", {"values": _STATUSES}),
    ("currency_good", ["currency"], "in_set", {"values": ["EUR", "USD", "GBP"]}),
    ("category_there", ["category"], "not_null", {}),
    ("category_good", ["category"], "in_set", {"values": _CATEGORIES}),
    ("quantity_good", ["quantity"], "range", {"minimum": 1, "maximum": 100}),
    ("unit_price_good", ["unit_price"], "range", {"minimum": 0, "maximum": 10000}),
    ("amount_good", ["amount"], "range", {"minimum": 0, "maximum": 100000}),
    ("amount_right", ["amount"], "expression", {"expression": "amount = quantity * unit_price"}),
    ("email_good", ["email"], "regex", {"pattern": r"[a-z0-9]+@[a-z]+\.[a-z]+"}),
    ("postcode_good", ["postcode"], "regex", {"pattern": "[0-9]{5}"}),
    ("phone_good", ["phone"], "regex", {"pattern": r"\+[0-9]{8,14}"}),
)


def rendered_rules() -> tuple[Rule, ...]:
    """The rules as a generated check script has them."""
    duckdb = next(engine for engine in ENGINES if engine.name == "duckdb")
    rendered = []
    for name, columns, check, arguments in RULES:
        plan = QualityRule.model_validate(
            {
                "id": name, "zone": "gold", "table": "orders", "columns": columns, "dimension": "validity",
                "check": check, "arguments": dict(arguments),
            }
        )  # fmt: skip
        predicates = rule_predicates(plan, COLUMNS, duckdb)
        rendered.append(
            Rule(
                name, "validity", applies={"duckdb": predicates.applies}, satisfied={"duckdb": predicates.satisfied},
                kind=rule_kind(plan),
            )
        )  # fmt: skip
    return tuple(rendered)
