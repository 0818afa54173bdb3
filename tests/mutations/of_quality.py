"""Mutations of what the quality agent writes."""

from __future__ import annotations

from tests.mutations.mutation import Mutation, mutate

OWN = "quality"
BRONZE, SILVER, GOLD = (f"scripts/quality/check_{zone}.py" for zone in ("bronze", "silver", "gold"))
CONFIG = "config/quality_rules.yaml"
_WARNING = '                severity="warning",\n                on_fail="flag",\n                min_pass_rate=0.9,\n'


def silver(name: str, old: str, new: str, blames: str = "", *, quick: bool = False) -> Mutation:
    return mutate(OWN, SILVER, name, old, new, blames, quick=quick)


def _whole_rule(rule_id: str, dimension: str, column: str) -> str:
    return (
        f'            Rule(\n                id="{rule_id}",\n                dimension="{dimension}",\n{_WARNING}'
        '                applies={"duckdb": "TRUE", "spark": "TRUE"},\n'
        f'                satisfied={{"duckdb": \'NOT "{column}" IS NULL\', "spark": "NOT `{column}` IS NULL"}},\n'
        '                kind="row",\n            ),\n'
    )


_STATUS = _whole_rule("status_not_null", "completeness", "status")
_REGION = _whole_rule("region_not_null", "completeness", "region")
_APPLIES_AMOUNT = (
    'id="amount_range",\n                dimension="accuracy",\n'
    + _WARNING
    + '                applies={"duckdb": \'NOT "amount" IS NULL\', "spark": "NOT `amount` IS NULL"},'
)

QUALITY = (
    silver(
        "range widened",
        '"quantity" >= 0 AND "quantity" <= 9',
        '"quantity" >= 0 AND "quantity" <= 99',
        "quantity_range",
        quick=True,
    ),
    silver(
        "range widened for decimals",
        '"duckdb": \'"amount" >= 0 AND "amount" <= 5030\'',
        '"duckdb": \'"amount" >= 0 AND "amount" <= 50300\'',
        "amount_range",
    ),
    silver(
        "range widened, Spark only",
        "`quantity` >= 0 AND `quantity` <= 9",
        "`quantity` >= -9 AND `quantity` <= 9",
        "quantity_range",
    ),
    silver("range widened by its border", '"unit_price" >= 0 AND', '"unit_price" > 0 AND', "unit_price_range"),
    silver(
        "value added to a set",
        "\\\"region\\\" IN ('East', 'North', 'South', 'West')",
        "\\\"region\\\" IN ('East', 'North', 'South', 'West', 'Nowhere')",
        "region_in_set",
    ),
    silver(
        "value missing from a set",
        "\\\"currency\\\" IN ('EUR', 'GBP', 'USD')",
        "\\\"currency\\\" IN ('EUR', 'GBP')",
        "currency_in_set",
    ),
    silver(
        "date limit moved",
        "CAST(\\\"shipped_date\\\" AS DATE) <= CAST('2100-12-31' AS DATE)",
        "CAST(\\\"shipped_date\\\" AS DATE) <= CAST('2199-12-31' AS DATE)",
        "shipped_date_date",
    ),
    silver(
        "rule about another column",
        _STATUS,
        _STATUS.replace('"status" IS', '"amount" IS'),
        "status_not_null",
        quick=True,
    ),
    silver(
        "rule about another column, Spark only",
        _STATUS,
        _STATUS.replace("`status` IS", "`amount` IS"),
        "status_not_null",
    ),
    silver("rule dropped", _REGION, "", "region_not_null", quick=True),
    silver(
        "rule that applies to no row",
        _APPLIES_AMOUNT,
        _APPLIES_AMOUNT.replace('NOT "amount" IS NULL', "FALSE"),
        "amount_range",
    ),
    silver(
        "rule that applies to missing values",
        _APPLIES_AMOUNT,
        _APPLIES_AMOUNT.replace('NOT "amount" IS NULL', "TRUE"),
        "amount_range",
    ),
    silver(
        "uniqueness of another column",
        'COUNT(*) OVER (PARTITION BY "order_id") = 1',
        'COUNT(*) OVER (PARTITION BY "customer_email") = 1',
        "key_unique",
    ),
    silver(
        "two rows a key allowed",
        'COUNT(*) OVER (PARTITION BY "order_id") = 1',
        'COUNT(*) OVER (PARTITION BY "order_id") <= 2',
        "key_unique",
    ),
    silver("empty Silver allowed", '"duckdb": "COUNT(*) >= 1"', '"duckdb": "COUNT(*) >= 0"', "silver_row_count"),
    silver(
        "unreadable values allowed",
        '"duckdb": "NOT CONTAINS(\\"_unparsed\\", \',phone,\')"',
        '"duckdb": "TRUE"',
        "phone_parsed",
    ),
    silver("threshold loosened", "threshold=0.8", "threshold=0.5", quick=True),
    silver("weight changed", '"validity": 0.25', '"validity": 0.05', "validity"),
    silver(
        "critical rule made a warning",
        'id="quantity_parsed",\n                dimension="validity",\n                severity="critical"',
        'id="quantity_parsed",\n                dimension="validity",\n                severity="warning"',
        "quantity_parsed",
    ),
    silver(
        "bad rows flagged instead of held back",
        'id="phone_parsed",\n                dimension="validity",\n                severity="warning",\n                on_fail="quarantine"',
        'id="phone_parsed",\n                dimension="validity",\n                severity="warning",\n                on_fail="flag"',
        "phone_parsed",
    ),
    silver(
        "smaller share of good rows",
        'id="key_unique",\n                dimension="uniqueness",\n                severity="critical",\n                on_fail="quarantine",\n                min_pass_rate=0.99',
        'id="key_unique",\n                dimension="uniqueness",\n                severity="critical",\n                on_fail="quarantine",\n                min_pass_rate=0.09',
        "key_unique",
    ),
    silver(
        "rule of another dimension",
        'id="rows_parsed",\n                dimension="validity"',
        'id="rows_parsed",\n                dimension="accuracy"',
        "rows_parsed",
    ),
    silver(
        "gate without a verdict",
        "check_zone(spec, arguments) for spec in SPECS}",
        'check_zone(type(spec)(**{**vars(spec), "rules": (), "threshold": 0.0}), arguments) for spec in SPECS}',
    ),
    mutate(OWN, GOLD, "threshold of Gold loosened", "threshold=0.95", "threshold=0.8"),
    mutate(
        OWN,
        GOLD,
        "missing keys allowed in Gold",
        'satisfied={"duckdb": \'NOT "order_id" IS NULL\', "spark": "NOT `order_id` IS NULL"},\n                kind="row",\n            ),\n            Rule(\n                id="gold_key_unique"',
        'satisfied={"duckdb": "TRUE", "spark": "TRUE"},\n                kind="row",\n            ),\n            Rule(\n                id="gold_key_unique"',
        "gold_key_not_null",
    ),
    mutate(
        OWN,
        GOLD,
        "repeated keys allowed in Gold",
        "'COUNT(*) OVER (PARTITION BY \"order_id\") = 1'",
        '"TRUE"',
        "gold_key_unique",
    ),
    mutate(
        OWN,
        GOLD,
        "empty Gold allowed",
        'satisfied={"duckdb": "COUNT(*) >= 1", "spark": "COUNT(*) >= 1"}',
        'satisfied={"duckdb": "TRUE", "spark": "TRUE"}',
        "gold_row_count",
    ),
    mutate(
        OWN,
        GOLD,
        "failed Gold gate passes over it",
        "    tables = {spec.table: check_zone(spec, arguments) for spec in SPECS}\n",
        '    tables = {}\n    for spec in SPECS:\n        try:\n            tables[spec.table] = check_zone(spec, arguments)\n        except Exception:\n            tables[spec.table] = {"rows": 0}\n',
    ),
    mutate(
        OWN,
        BRONZE,
        "rule of Bronze about another column",
        "'NOT \"order_id\" IS NULL'",
        "'NOT \"amount\" IS NULL'",
        "bronze_key_not_null",
    ),
    mutate(OWN, BRONZE, "check of Bronze that stops the pipeline", "threshold=0.0", "threshold=0.9"),
    mutate(OWN, CONFIG, "threshold of the config loosened", "silver: 0.8", "silver: 0.5"),
    mutate(OWN, CONFIG, "range of the config widened", "maximum: 9\n", "maximum: 99\n", "quantity_range"),
)
