"""Unit tests of the quality agent: every rule on synthetic rows, right ones and planted bad ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from shared.pipeline import engine
from shared.testing.planted import places, plant
from shared.testing.rules import ENGINES, broken, made_rows, single_value, takes_count
from shared.testing.statements import listed
from shared.testing.workload import CHECK_SCRIPTS, WorkloadFolder

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
    "amount_equals_quantity_times_unit_price": ("silver", "consistency", "warning", "flag", 0.9),
    "shipped_date_not_before_order_date": ("silver", "consistency", "warning", "flag", 0.9),
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
# Rule -> table, check, columns, arguments: what the config says of it.
ASKED = {
    "bronze_row_count": ("sales_orders", "row_count", [], {"minimum": 1}),
    "bronze_key_not_null": ("sales_orders", "not_null", ["order_id"], {}),
    "silver_row_count": ("sales_orders", "row_count", [], {"minimum": 1}),
    "order_id_key_not_null": ("sales_orders", "not_null", ["order_id"], {}),
    "key_unique": ("sales_orders", "unique", ["order_id"], {}),
    "order_date_not_null": ("sales_orders", "not_null", ["order_date"], {}),
    "order_date_date": (
        "sales_orders",
        "date",
        ["order_date"],
        {"minimum": "1900-01-01", "maximum": "2100-12-31"},
    ),
    "customer_name_not_null": ("sales_orders", "not_null", ["customer_name"], {}),
    "customer_email_not_null": ("sales_orders", "not_null", ["customer_email"], {}),
    "phone_not_null": ("sales_orders", "not_null", ["phone"], {}),
    "product_not_null": ("sales_orders", "not_null", ["product"], {}),
    "product_in_set": (
        "sales_orders",
        "in_set",
        ["product"],
        {
            "values": [
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
        },
    ),
    "category_not_null": ("sales_orders", "not_null", ["category"], {}),
    "category_in_set": (
        "sales_orders",
        "in_set",
        ["category"],
        {"values": ["Apparel", "Electronics", "Furniture", "Grocery"]},
    ),
    "region_not_null": ("sales_orders", "not_null", ["region"], {}),
    "region_in_set": (
        "sales_orders",
        "in_set",
        ["region"],
        {"values": ["East", "North", "South", "West"]},
    ),
    "quantity_not_null": ("sales_orders", "not_null", ["quantity"], {}),
    "quantity_range": ("sales_orders", "range", ["quantity"], {"minimum": 0, "maximum": 9}),
    "unit_price_not_null": ("sales_orders", "not_null", ["unit_price"], {}),
    "unit_price_range": ("sales_orders", "range", ["unit_price"], {"minimum": 0, "maximum": 992}),
    "amount_not_null": ("sales_orders", "not_null", ["amount"], {}),
    "amount_range": ("sales_orders", "range", ["amount"], {"minimum": 0, "maximum": 5030}),
    "currency_not_null": ("sales_orders", "not_null", ["currency"], {}),
    "currency_in_set": ("sales_orders", "in_set", ["currency"], {"values": ["EUR", "GBP", "USD"]}),
    "status_not_null": ("sales_orders", "not_null", ["status"], {}),
    "status_in_set": (
        "sales_orders",
        "in_set",
        ["status"],
        {"values": ["cancelled", "delivered", "processing", "returned", "shipped"]},
    ),
    "shipped_date_date": (
        "sales_orders",
        "date",
        ["shipped_date"],
        {"minimum": "1900-01-01", "maximum": "2100-12-31"},
    ),
    "amount_equals_quantity_times_unit_price": (
        "sales_orders",
        "expression",
        ["amount", "quantity", "unit_price"],
        {"expression": 'abs("amount" - ("quantity" * "unit_price")) <= 0.0051'},
    ),
    "shipped_date_not_before_order_date": (
        "sales_orders",
        "expression",
        ["shipped_date", "order_date"],
        {"expression": '"shipped_date" >= "order_date"'},
    ),
    "order_date_parsed": ("sales_orders", "parsed", ["order_date"], {}),
    "customer_email_parsed": ("sales_orders", "parsed", ["customer_email"], {}),
    "phone_parsed": ("sales_orders", "parsed", ["phone"], {}),
    "quantity_parsed": ("sales_orders", "parsed", ["quantity"], {}),
    "unit_price_parsed": ("sales_orders", "parsed", ["unit_price"], {}),
    "amount_parsed": ("sales_orders", "parsed", ["amount"], {}),
    "shipped_date_parsed": ("sales_orders", "parsed", ["shipped_date"], {}),
    "rows_parsed": (
        "sales_orders",
        "parsed",
        [
            "order_date",
            "customer_email",
            "phone",
            "quantity",
            "unit_price",
            "amount",
            "shipped_date",
        ],
        {},
    ),
    "gold_row_count": ("sales_orders", "row_count", [], {"minimum": 1}),
    "gold_key_not_null": ("sales_orders", "not_null", ["order_id"], {}),
    "gold_key_unique": ("sales_orders", "unique", ["order_id"], {}),
}
THRESHOLDS = {"bronze": 0.0, "silver": 0.8, "gold": 0.95}
WEIGHTS = {"completeness": 0.25, "accuracy": 0.2, "consistency": 0.15, "validity": 0.25, "uniqueness": 0.15}
# Silver rules that synthetic rows keep for certain.
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
# Silver rules by what they check, with their columns; each is broken on purpose below.
NOT_NULL = {
    "order_id_key_not_null": ["order_id"],
    "order_date_not_null": ["order_date"],
    "customer_name_not_null": ["customer_name"],
    "customer_email_not_null": ["customer_email"],
    "phone_not_null": ["phone"],
    "product_not_null": ["product"],
    "category_not_null": ["category"],
    "region_not_null": ["region"],
    "quantity_not_null": ["quantity"],
    "unit_price_not_null": ["unit_price"],
    "amount_not_null": ["amount"],
    "currency_not_null": ["currency"],
    "status_not_null": ["status"],
}
UNIQUE = {"key_unique": ["order_id"]}
PARSED = {
    "order_date_parsed": ["order_date"],
    "customer_email_parsed": ["customer_email"],
    "phone_parsed": ["phone"],
    "quantity_parsed": ["quantity"],
    "unit_price_parsed": ["unit_price"],
    "amount_parsed": ["amount"],
    "shipped_date_parsed": ["shipped_date"],
    "rows_parsed": [
        "order_date",
        "customer_email",
        "phone",
        "quantity",
        "unit_price",
        "amount",
        "shipped_date",
    ],
}
BOUNDED = {
    "product_in_set": "product",
    "category_in_set": "category",
    "region_in_set": "region",
    "currency_in_set": "currency",
    "status_in_set": "status",
    "quantity_range": "quantity",
}
OUTSIDE = {
    "product": "NOT-IN-THE-SET",
    "category": "NOT-IN-THE-SET",
    "region": "NOT-IN-THE-SET",
    "currency": "NOT-IN-THE-SET",
    "status": "NOT-IN-THE-SET",
    "quantity": "10",
}
# Rule -> zone, column, type, the outermost values that it takes, and the next ones, which it does not.
LIMITS = {
    "order_date_date": (
        "silver",
        "order_date",
        "DATE",
        ["1900-01-01", "2100-12-31"],
        ["1899-12-31", "2101-01-01"],
    ),
    "product_in_set": (
        "silver",
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
        "silver",
        "category",
        "VARCHAR",
        ["Apparel", "Electronics", "Furniture", "Grocery"],
        ["NOT-IN-THE-SET", "Apparel?"],
    ),
    "region_in_set": (
        "silver",
        "region",
        "VARCHAR",
        ["East", "North", "South", "West"],
        ["NOT-IN-THE-SET", "East?"],
    ),
    "quantity_range": ("silver", "quantity", "BIGINT", ["0", "9"], ["-1", "10"]),
    "unit_price_range": (
        "silver",
        "unit_price",
        "DECIMAL(38, 6)",
        ["0", "992"],
        ["-0.001", "992.001"],
    ),
    "amount_range": ("silver", "amount", "DECIMAL(38, 6)", ["0", "5030"], ["-0.001", "5030.001"]),
    "currency_in_set": (
        "silver",
        "currency",
        "VARCHAR",
        ["EUR", "GBP", "USD"],
        ["NOT-IN-THE-SET", "EUR?"],
    ),
    "status_in_set": (
        "silver",
        "status",
        "VARCHAR",
        ["cancelled", "delivered", "processing", "returned", "shipped"],
        ["NOT-IN-THE-SET", "cancelled?"],
    ),
    "shipped_date_date": (
        "silver",
        "shipped_date",
        "DATE",
        ["1900-01-01", "2100-12-31"],
        ["1899-12-31", "2101-01-01"],
    ),
}
# Rules of Bronze and Gold about missing and repeated values: zone, table, columns.
MISSING_ELSEWHERE = {
    "bronze_key_not_null": ("bronze", "sales_orders", ["order_id"]),
    "gold_key_not_null": ("gold", "sales_orders", ["order_id"]),
}
REPEATED_ELSEWHERE = {"gold_key_unique": ("gold", "sales_orders", ["order_id"])}
# Rule -> zone, fewest and most rows.
COUNTS = {
    "bronze_row_count": ("bronze", 1, None),
    "silver_row_count": ("silver", 1, None),
    "gold_row_count": ("gold", 1, None),
}
# Rules that no planted value can break for certain: their conditions.
TEXTS = {
    "amount_equals_quantity_times_unit_price": [
        'NOT (ABS(TRY("amount" - (TRY("quantity" * "unit_price")))) <= 0.0051) IS NULL',
        'ABS(TRY("amount" - (TRY("quantity" * "unit_price")))) <= 0.0051',
        "NOT (ABS(TRY_SUBTRACT(`amount`, (TRY_MULTIPLY(`quantity`, `unit_price`)))) <= 0.0051) IS NULL",
        "ABS(TRY_SUBTRACT(`amount`, (TRY_MULTIPLY(`quantity`, `unit_price`)))) <= 0.0051",
    ],
    "shipped_date_not_before_order_date": [
        'NOT ("shipped_date" >= "order_date") IS NULL',
        '"shipped_date" >= "order_date"',
        "NOT (`shipped_date` >= `order_date`) IS NULL",
        "`shipped_date` >= `order_date`",
    ],
}


@pytest.fixture(scope="module")
def workload() -> WorkloadFolder:
    return WorkloadFolder.of(__file__)


def test_thresholds_and_weights_are_shares(workload: WorkloadFolder) -> None:
    config = workload.config("quality_rules")
    for name, value in (config["thresholds"] | config["dimension_weights"]).items():
        assert 0 <= value <= 1, name


def test_the_scripts_have_the_thresholds_of_the_config(workload: WorkloadFolder) -> None:
    thresholds = workload.config("quality_rules")["thresholds"]
    for zone in ("silver", "gold"):
        for spec in workload.script(CHECK_SCRIPTS[zone]).SPECS:
            assert spec.threshold == thresholds[zone], zone


def test_thresholds_and_weights_are_the_planned_ones(workload: WorkloadFolder) -> None:
    config = workload.config("quality_rules")
    assert config["thresholds"] == {zone: THRESHOLDS[zone] for zone in ("silver", "gold")}
    assert config["dimension_weights"] == WEIGHTS
    for zone in CHECK_SCRIPTS:
        for spec in workload.script(CHECK_SCRIPTS[zone]).SPECS:
            assert (spec.zone, spec.threshold) == (zone, THRESHOLDS[zone]), zone
            for dimension, weight in WEIGHTS.items():
                assert spec.dimension_weights.get(dimension) == weight, (zone, dimension)
            assert len(spec.dimension_weights) == len(WEIGHTS), zone


def test_every_rule_is_as_strict_as_planned(workload: WorkloadFolder) -> None:
    scripts = {
        rule.id: (zone, rule.dimension, rule.severity, rule.on_fail, rule.min_pass_rate)
        for zone in CHECK_SCRIPTS
        for rule in workload.rules(zone).values()
    }
    for rule_id, planned in RULES.items():
        assert scripts.get(rule_id) == planned, rule_id
    assert [rule_id for rule_id in scripts if rule_id not in RULES] == []


def test_the_config_says_what_every_rule_asks(workload: WorkloadFolder) -> None:
    config = {rule["id"]: rule for rule in workload.config("quality_rules")["rules"]}
    strict = ("zone", "dimension", "severity", "on_fail", "min_pass_rate")
    for rule_id, asked in ASKED.items():
        assert rule_id in config, rule_id
        assert tuple(config[rule_id][key] for key in strict) == RULES[rule_id], rule_id
        assert tuple(config[rule_id][key] for key in ("table", "check", "columns", "arguments")) == asked, rule_id
    assert [rule_id for rule_id in config if rule_id not in ASKED] == []


def test_every_table_is_checked_with_its_partitions(workload: WorkloadFolder) -> None:
    (silver,) = workload.script(CHECK_SCRIPTS["silver"]).SPECS
    assert (silver.table, silver.partition_columns) == (workload.table, ())
    assert [spec.table for spec in workload.script(CHECK_SCRIPTS["gold"]).SPECS] == ["sales_orders"]
    specs = [(zone, spec) for zone, path in CHECK_SCRIPTS.items() for spec in workload.script(path).SPECS]
    checked = [(rule.id, (zone, spec.table)) for zone, spec in specs for rule in spec.rules]
    planned = [(rule_id, (RULES[rule_id][0], table)) for rule_id, (table, *_) in ASKED.items()]
    assert sorted(checked) == sorted(planned)


def test_every_rule_speaks_both_engines(workload: WorkloadFolder) -> None:
    for zone in CHECK_SCRIPTS:
        for rule in workload.rules(zone).values():
            assert set(rule.applies) == set(rule.satisfied) == set(ENGINES), rule.id
            assert rule.kind == ("table" if ASKED[rule.id][1] in ("row_count", "freshness") else "row"), rule.id


def test_right_rows_keep_every_silver_rule(workload: WorkloadFolder) -> None:
    found = broken_rows(workload, workload.rows(20), MEASURED_ON_CLEAN_ROWS)
    for (rule_id, engine_name), rows in found.items():
        assert rows == [], (rule_id, engine_name)


def test_rules_about_limits_take_the_last_value_and_not_the_next(workload: WorkloadFolder) -> None:
    rules = {zone: workload.rules(zone) for zone in CHECK_SCRIPTS}
    with engine.connection() as con:
        for rule_id, (zone, column, kind, inside, outside) in LIMITS.items():
            for engine_name in ENGINES:
                refused = {
                    value
                    for value in (None, *inside, *outside)
                    if broken(con, rules[zone][rule_id], engine_name, single_value(column, kind, value), "_position")
                }
                assert refused == set(outside), (rule_id, engine_name)


def test_rules_about_sets_list_the_planned_values(workload: WorkloadFolder) -> None:
    rules = {zone: workload.rules(zone) for zone in CHECK_SCRIPTS}
    for rule_id, (zone, _, _, inside, _) in LIMITS.items():
        rule = rules[zone][rule_id]
        if ASKED[rule_id][1] == "in_set":
            for engine_name in ENGINES:
                assert listed(rule.satisfied[engine_name], engine_name) == inside, (rule_id, engine_name)


def test_a_missing_value_breaks_the_rules_that_want_one(workload: WorkloadFolder) -> None:
    expect_broken(workload, NOT_NULL, {name: None for columns in NOT_NULL.values() for name in columns})


def test_what_cannot_be_read_breaks_the_rules_about_reading(workload: WorkloadFolder) -> None:
    expect_broken(workload, PARSED, {name: "?!" for columns in PARSED.values() for name in columns})


def test_a_value_outside_breaks_the_rules_about_values(workload: WorkloadFolder) -> None:
    expect_broken(workload, {rule_id: [name] for rule_id, name in BOUNDED.items()}, OUTSIDE)


def test_a_repeated_value_breaks_the_rules_about_uniqueness(workload: WorkloadFolder) -> None:
    for rule_id, columns in UNIQUE.items():
        rows = workload.rows(4)
        names = [workload.source_name(column) for column in columns]
        rows[2].update({name: rows[0][name] for name in names})
        keys = [[row[name] for name in names] for row in rows]
        repeated = [number for number, key in enumerate(keys) if keys.count(key) > 1]
        for (_, engine_name), found in broken_rows(workload, rows, [rule_id]).items():
            assert found == repeated, (rule_id, engine_name)


def test_rules_of_bronze_and_gold_see_missing_and_repeated_values(workload: WorkloadFolder) -> None:
    tables = {given[:2] for given in [*MISSING_ELSEWHERE.values(), *REPEATED_ELSEWHERE.values()]}
    types = {(zone, table): workload.types(zone, table) for zone, table in sorted(tables)}
    rules = {zone: workload.rules(zone) for zone in CHECK_SCRIPTS}
    with engine.connection() as con:
        for rule_id, (zone, table, columns) in MISSING_ELSEWHERE.items():
            names = [workload.source_name(name) if zone == "bronze" else name for name in columns]
            rows = made_rows(types[zone, table], [{}, *({name: None} for name in names), {}])
            for engine_name in ENGINES:
                found = broken(con, rules[zone][rule_id], engine_name, rows, "_position")
                assert found == list(range(1, 1 + len(names))), (rule_id, engine_name)
        for rule_id, (zone, table, columns) in REPEATED_ELSEWHERE.items():
            names = [workload.source_name(name) if zone == "bronze" else name for name in columns]
            without = dict.fromkeys(names)
            rows = made_rows(types[zone, table], [{}, {}, dict.fromkeys(names, 0), without, without])
            for engine_name in ENGINES:
                found = broken(con, rules[zone][rule_id], engine_name, rows, "_position")
                assert found == [0, 2], (rule_id, engine_name)


def test_rules_about_the_number_of_rows_count_them(workload: WorkloadFolder) -> None:
    with engine.connection() as con:
        for rule_id, (zone, fewest, most) in COUNTS.items():
            rule = workload.rules(zone)[rule_id]
            for engine_name in ENGINES:
                assert takes_count(con, rule, engine_name, fewest), (rule_id, engine_name)
                assert fewest == 0 or not takes_count(con, rule, engine_name, fewest - 1), (rule_id, engine_name)
                if most is not None:
                    assert takes_count(con, rule, engine_name, most), (rule_id, engine_name)
                    assert not takes_count(con, rule, engine_name, most + 1), (rule_id, engine_name)


def test_other_rules_have_the_planned_conditions(workload: WorkloadFolder) -> None:
    for rule_id, planned in TEXTS.items():
        rule = workload.rules(RULES[rule_id][0])[rule_id]
        found = [texts[name] for name in ENGINES for texts in (rule.applies, rule.satisfied)]
        assert found == planned, rule_id


def broken_rows(
    workload: WorkloadFolder, rows: list[dict[str, str | None]], rule_ids: Iterable[str]
) -> dict[tuple[str, str], list[int]]:
    """For each Silver rule and engine the positions of the rows that it applies to and that do not keep it."""
    rules = workload.rules("silver")
    with workload.silver_view(rows) as con:
        return {
            (rule_id, engine_name): broken(con, rules[rule_id], engine_name)
            for rule_id in rule_ids
            for engine_name in ENGINES
        }



def expect_broken(
    workload: WorkloadFolder, rules: Mapping[str, list[str]], bad: Mapping[str, str | None]
) -> None:
    """Plant the bad value of each column in rows of its own: they break the rules about it, and no other."""
    where = places(bad)
    sources = {workload.source_name(name): name for name in bad}
    rows = workload.rows(len(bad).bit_length() + 1)
    planted = plant(
        rows,
        {source: bad[name] for source, name in sources.items()},
        {source: where[name] for source, name in sources.items()},
    )
    before, after = broken_rows(workload, rows, rules), broken_rows(workload, planted, rules)
    for (rule_id, engine_name), found in after.items():
        wanted = {number for name in rules[rule_id] for number in where[name]}
        assert found == sorted(wanted | set(before[rule_id, engine_name])), (rule_id, engine_name)
