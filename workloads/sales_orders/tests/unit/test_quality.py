"""Unit tests of the quality agent: every rule on synthetic rows, right ones and planted bad ones."""

from __future__ import annotations

import pytest

from shared.testing.workload import CHECK_SCRIPTS, WorkloadFolder

# Silver rules by what they check; each is broken on purpose below.
NOT_NULL = {
    "order_id_key_not_null": "order_id",
    "order_date_not_null": "order_date",
    "customer_name_not_null": "customer_name",
    "customer_email_not_null": "customer_email",
    "phone_not_null": "phone",
    "product_not_null": "product",
    "category_not_null": "category",
    "region_not_null": "region",
    "quantity_not_null": "quantity",
    "unit_price_not_null": "unit_price",
    "amount_not_null": "amount",
    "currency_not_null": "currency",
    "status_not_null": "status",
}
UNIQUE = {"key_unique": ["order_id"]}
PARSED = {
    "order_date_parsed": "order_date",
    "customer_email_parsed": "customer_email",
    "phone_parsed": "phone",
    "quantity_parsed": "quantity",
    "unit_price_parsed": "unit_price",
    "amount_parsed": "amount",
    "shipped_date_parsed": "shipped_date",
    "rows_parsed": "order_date",
}
BOUNDED = {
    "product_in_set": ("product", "NOT-IN-THE-SET"),
    "category_in_set": ("category", "NOT-IN-THE-SET"),
    "region_in_set": ("region", "NOT-IN-THE-SET"),
    "currency_in_set": ("currency", "NOT-IN-THE-SET"),
    "status_in_set": ("status", "NOT-IN-THE-SET"),
    "quantity_range": ("quantity", "10"),
}
# Rule -> zone, dimension, severity, what happens to a bad row, and the share of rows that must keep it.
RULES = {
    "bronze_row_count": ("bronze", "completeness", "critical", "block", 1.0),
    "bronze_key_not_null": ("bronze", "completeness", "warning", "flag", 0.95),
    "silver_row_count": ("silver", "completeness", "critical", "block", 1.0),
    "order_id_key_not_null": ("silver", "completeness", "critical", "quarantine", 0.95),
    "key_unique": ("silver", "uniqueness", "critical", "quarantine", 0.99),
    "order_date_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "order_date_date": ("silver", "accuracy", "warning", "flag", 0.9),
    "customer_name_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "customer_email_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "phone_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "product_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "product_in_set": ("silver", "consistency", "warning", "flag", 0.9),
    "category_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "category_in_set": ("silver", "consistency", "warning", "flag", 0.9),
    "region_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "region_in_set": ("silver", "consistency", "warning", "flag", 0.9),
    "quantity_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "quantity_range": ("silver", "accuracy", "warning", "flag", 0.9),
    "unit_price_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "unit_price_range": ("silver", "accuracy", "warning", "flag", 0.9),
    "amount_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "amount_range": ("silver", "accuracy", "warning", "flag", 0.9),
    "currency_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "currency_in_set": ("silver", "consistency", "warning", "flag", 0.9),
    "status_not_null": ("silver", "completeness", "warning", "flag", 0.9),
    "status_in_set": ("silver", "consistency", "warning", "flag", 0.9),
    "shipped_date_date": ("silver", "accuracy", "warning", "flag", 0.9),
    "order_date_parsed": ("silver", "validity", "critical", "quarantine", 0.8),
    "customer_email_parsed": ("silver", "validity", "warning", "quarantine", 0.8),
    "phone_parsed": ("silver", "validity", "warning", "quarantine", 0.8),
    "quantity_parsed": ("silver", "validity", "critical", "quarantine", 0.8),
    "unit_price_parsed": ("silver", "validity", "critical", "quarantine", 0.8),
    "amount_parsed": ("silver", "validity", "critical", "quarantine", 0.8),
    "shipped_date_parsed": ("silver", "validity", "critical", "quarantine", 0.8),
    "rows_parsed": ("silver", "validity", "critical", "flag", 0.8),
    "gold_row_count": ("gold", "completeness", "critical", "block", 1.0),
    "gold_key_not_null": ("gold", "completeness", "critical", "block", 1.0),
    "gold_key_unique": ("gold", "uniqueness", "critical", "block", 1.0),
}
THRESHOLDS = {"bronze": 0.0, "silver": 0.8, "gold": 0.95}
WEIGHTS = {"completeness": 0.25, "accuracy": 0.2, "consistency": 0.15, "validity": 0.25, "uniqueness": 0.15}
# Rule -> column, type, the outermost values that it takes, and the next ones, which it does not.
LIMITS = {
    "order_date_date": ("order_date", "DATE", ["1900-01-01", "2100-12-31"], ["1899-12-31", "2101-01-01"]),
    "product_in_set": (
        "product",
        "VARCHAR",
        [
            "Bookshelf",
            "Coffee Beans 1kg",
            "Green Tea",
            "Laptop Stand",
            "Noise Cancelling Headphones",
            "Office Chair",
            "Olive Oil",
            "Rain Jacket",
            "Running Shoes",
            "Standing Desk",
            "USB-C Cable",
            "Wireless Mouse",
            "Wool Socks",
        ],
        ["NOT-IN-THE-SET", "Bookshelf?"],
    ),
    "category_in_set": (
        "category",
        "VARCHAR",
        ["Apparel", "Electronics", "Furniture", "Grocery"],
        ["NOT-IN-THE-SET", "Apparel?"],
    ),
    "region_in_set": ("region", "VARCHAR", ["East", "North", "South", "West"], ["NOT-IN-THE-SET", "East?"]),
    "quantity_range": ("quantity", "BIGINT", ["0", "9"], ["-1", "10"]),
    "unit_price_range": ("unit_price", "DECIMAL(38, 6)", ["0", "992"], ["-0.001", "992.001"]),
    "amount_range": ("amount", "DECIMAL(38, 6)", ["0", "5030"], ["-0.001", "5030.001"]),
    "currency_in_set": ("currency", "VARCHAR", ["EUR", "GBP", "USD"], ["NOT-IN-THE-SET", "EUR?"]),
    "status_in_set": (
        "status",
        "VARCHAR",
        ["cancelled", "delivered", "processing", "returned", "shipped"],
        ["NOT-IN-THE-SET", "cancelled?"],
    ),
    "shipped_date_date": ("shipped_date", "DATE", ["1900-01-01", "2100-12-31"], ["1899-12-31", "2101-01-01"]),
}
MEASURED_ON_CLEAN_ROWS = [
    "order_id_key_not_null",
    "key_unique",
    "order_date_not_null",
    "customer_name_not_null",
    "customer_email_not_null",
    "phone_not_null",
    "product_not_null",
    "category_not_null",
    "region_not_null",
    "quantity_not_null",
    "unit_price_not_null",
    "amount_not_null",
    "currency_not_null",
    "status_not_null",
    "order_date_parsed",
    "customer_email_parsed",
    "phone_parsed",
    "quantity_parsed",
    "unit_price_parsed",
    "amount_parsed",
    "shipped_date_parsed",
    "rows_parsed",
]


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


def source_name(workload: WorkloadFolder, name: str) -> str:
    return next(column.source_name for column in workload.columns if column.name == name)


def test_thresholds_and_weights_are_shares(workload: WorkloadFolder) -> None:
    config = workload.config("quality_rules")
    assert all(0 <= value <= 1 for value in config["thresholds"].values())
    assert all(0 <= value <= 1 for value in config["dimension_weights"].values())


def test_the_scripts_have_the_thresholds_of_the_config(workload: WorkloadFolder) -> None:
    thresholds = workload.config("quality_rules")["thresholds"]
    for zone in ("silver", "gold"):
        for spec in workload.script(CHECK_SCRIPTS[zone]).SPECS:
            assert spec.threshold == thresholds[zone], zone


def test_thresholds_and_weights_are_the_planned_ones(workload: WorkloadFolder) -> None:
    config = workload.config("quality_rules")
    assert config["thresholds"] == {zone: THRESHOLDS[zone] for zone in ("silver", "gold")}
    for zone in CHECK_SCRIPTS:
        for spec in workload.script(CHECK_SCRIPTS[zone]).SPECS:
            assert (spec.zone, spec.threshold, dict(spec.dimension_weights)) == (zone, THRESHOLDS[zone], WEIGHTS)


def test_every_rule_is_as_strict_as_planned(workload: WorkloadFolder) -> None:
    scripts = {
        rule.id: (zone, rule.dimension, rule.severity, rule.on_fail, rule.min_pass_rate)
        for zone in CHECK_SCRIPTS
        for rule in workload.rules(zone).values()
    }
    assert scripts == RULES
    config = workload.config("quality_rules")["rules"]
    keys = ("zone", "dimension", "severity", "on_fail", "min_pass_rate")
    assert {rule["id"]: tuple(rule[key] for key in keys) for rule in config} == RULES


def test_rules_about_limits_take_the_last_value_and_not_the_next(workload: WorkloadFolder) -> None:
    for rule_id, (column, kind, inside, outside) in LIMITS.items():
        for value in inside:
            assert workload.accepts("silver", rule_id, column, kind, value), (rule_id, value)
        for value in outside:
            assert not workload.accepts("silver", rule_id, column, kind, value), (rule_id, value)


def test_every_table_is_checked_with_its_partitions(workload: WorkloadFolder) -> None:
    (silver,) = workload.script(CHECK_SCRIPTS["silver"]).SPECS
    assert (silver.table, silver.partition_columns) == (workload.table, ())
    assert [spec.table for spec in workload.script(CHECK_SCRIPTS["gold"]).SPECS] == ["sales_orders"]


def test_every_rule_of_the_config_is_in_a_script(workload: WorkloadFolder) -> None:
    config = workload.config("quality_rules")["rules"]
    written = {zone: set(workload.rules(zone)) for zone in CHECK_SCRIPTS}
    assert [rule["id"] for rule in config if rule["id"] not in written[rule["zone"]]] == []
    assert len({rule["id"] for rule in config}) == len(config)


def test_every_rule_speaks_both_engines(workload: WorkloadFolder) -> None:
    for zone in CHECK_SCRIPTS:
        for rule in workload.rules(zone).values():
            assert set(rule.applies) == set(rule.satisfied) == {"duckdb", "spark"}, rule.id
            assert rule.kind in ("row", "table"), rule.id


def test_right_rows_keep_every_silver_rule(workload: WorkloadFolder) -> None:
    with workload.silver_view(workload.rows(20)) as con:
        for rule_id in MEASURED_ON_CLEAN_ROWS:
            broken = [applies and not keeps for applies, keeps in workload.judge("silver", rule_id, con)]
            assert not any(broken), rule_id


def test_a_missing_value_breaks_the_rules_that_want_one(workload: WorkloadFolder) -> None:
    for rule_id, column in NOT_NULL.items():
        rows = workload.rows(3)
        rows[1][source_name(workload, column)] = None
        assert broken_rows(workload, rule_id, rows) == [1], rule_id


def test_what_cannot_be_read_breaks_the_rules_about_reading(workload: WorkloadFolder) -> None:
    for rule_id, column in PARSED.items():
        rows = workload.rows(3)
        rows[2][source_name(workload, column)] = "?!"
        assert broken_rows(workload, rule_id, rows) == [2], rule_id


def test_a_value_outside_breaks_the_rules_about_values(workload: WorkloadFolder) -> None:
    for rule_id, (column, bad) in BOUNDED.items():
        rows = workload.rows(3)
        rows[0][source_name(workload, column)] = bad
        assert broken_rows(workload, rule_id, rows) == [0], rule_id


def test_a_repeated_value_breaks_the_rules_about_uniqueness(workload: WorkloadFolder) -> None:
    for rule_id, columns in UNIQUE.items():
        rows = workload.rows(3)
        for column in columns:
            rows[2][source_name(workload, column)] = rows[0][source_name(workload, column)]
        assert broken_rows(workload, rule_id, rows) == [0, 2], rule_id


def broken_rows(workload: WorkloadFolder, rule_id: str, rows: list[dict[str, str | None]]) -> list[int]:
    """Positions of the rows that a Silver rule applies to and that do not keep it."""
    with workload.silver_view(rows) as con:
        judged = workload.judge("silver", rule_id, con)
    return [number for number, (applies, keeps) in enumerate(judged) if applies and not keeps]
