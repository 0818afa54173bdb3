"""Proposals of the agents on the bundled data and on files made here, good and bad."""

from __future__ import annotations

import functools
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import onboarding
from onboarding.agents import AgentContext, AgentError, DagAgent, MetadataAgent, TransformationAgent, propose_all
from onboarding.discovery import look_at_source, resolve
from onboarding.spec.conf import Conf, Masking
from onboarding.spec.plans import CleaningOperation, MetadataPlan, QualityPlan, TransformationPlan
from onboarding.spec.profile import ProfileReport

ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"


def _context(path: Path, **conf: Any) -> AgentContext:
    source = {"location": path.as_uri(), **conf.pop("source", {})}
    given = Conf.model_validate({"source": source, **conf})
    look = _orders_look() if path == ORDERS else look_at_source(given)
    return AgentContext(given, resolve(given, look.look()), look)


@functools.cache
def _orders_look() -> ProfileReport:
    return look_at_source(Conf.model_validate({"source": {"location": ORDERS.as_uri()}}))


def _plans(path: Path, **conf: Any) -> tuple[MetadataPlan, TransformationPlan, QualityPlan]:
    context = propose_all(_context(path, **conf))
    assert context.metadata and context.transformation and context.quality
    return context.metadata, context.transformation, context.quality


def _csv(tmp_path: Path, header: str, rows: list[str]) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def _operations(plan: TransformationPlan, column: str) -> list[CleaningOperation]:
    return [operation for operation in plan.cleaning if operation.column == column]


@pytest.fixture(scope="module")
def orders() -> tuple[MetadataPlan, TransformationPlan, QualityPlan]:
    return _plans(ORDERS)


def test_roles_of_the_bundled_data(orders: tuple[MetadataPlan, TransformationPlan, QualityPlan]) -> None:
    roles = {column.name: column.role.value for column in orders[0].columns}
    assert roles == {
        "order_id": "identifier", "order_date": "temporal", "customer_name": "attribute",
        "customer_email": "attribute", "phone": "attribute", "product": "dimension", "category": "dimension",
        "region": "dimension", "quantity": "measure", "unit_price": "measure", "amount": "measure",
        "currency": "dimension", "status": "dimension", "shipped_date": "temporal",
    }  # fmt: skip


def test_the_bundled_data_is_cleaned_in_order(
    orders: tuple[MetadataPlan, TransformationPlan, QualityPlan],
) -> None:
    names = {name: [step.operation for step in _operations(orders[1], name)] for name in ("amount", "order_date")}
    assert names == {"amount": ["trim", "nullify", "cast"], "order_date": ["trim", "nullify", "parse_date"]}
    assert [step.operation for step in _operations(orders[1], "customer_email")][-1] == "require_format"
    assert [step.operation for step in _operations(orders[1], "category")][-1] == "title"
    assert "title" not in [step.operation for step in _operations(orders[1], "product")]


def test_the_bundled_data_is_masked_by_the_table(
    orders: tuple[MetadataPlan, TransformationPlan, QualityPlan],
) -> None:
    assert orders[1].masking == {
        "customer_email": Masking.HASH, "customer_name": Masking.PARTIAL, "phone": Masking.LAST4,
    }  # fmt: skip


def test_duplicates_of_a_keyed_source_are_removed_by_its_key(
    orders: tuple[MetadataPlan, TransformationPlan, QualityPlan],
) -> None:
    assert (orders[0].primary_key, orders[0].technical_key) == (["order_id"], False)
    assert (orders[1].deduplication.mode, orders[1].deduplication.keys) == ("remove", ["order_id"])


def test_gold_is_one_flat_table_named_as_the_workload(
    orders: tuple[MetadataPlan, TransformationPlan, QualityPlan],
) -> None:
    (table,) = orders[1].gold_tables
    assert (table.name, table.kind, len(table.columns)) == ("orders", "flat", 14)


def test_rules_of_the_bundled_data(orders: tuple[MetadataPlan, TransformationPlan, QualityPlan]) -> None:
    rules = {rule.id: rule for rule in orders[2].rules}
    assert len(rules) == len(orders[2].rules)
    assert (rules["order_id_key_not_null"].severity, rules["key_unique"].severity) == ("critical", "critical")
    assert rules["region_in_set"].arguments == {"values": ["East", "North", "South", "West"]}
    assert rules["amount_range"].arguments["minimum"] == 0
    assert rules["order_date_parsed"].on_fail == "quarantine"
    assert {rule.zone for rule in orders[2].rules} == {"bronze", "silver", "gold"}
    masked = {"customer_email", "customer_name", "phone"}
    assert not [rule for rule in rules.values() if rule.check in ("in_set", "range") and masked & set(rule.columns)]


def test_every_decision_has_its_reason(orders: tuple[MetadataPlan, TransformationPlan, QualityPlan]) -> None:
    for plan in orders:
        assert plan.decisions
        assert all(decision.reason and decision.value for decision in plan.decisions)


def test_the_same_source_gives_the_same_plans(orders: tuple[MetadataPlan, TransformationPlan, QualityPlan]) -> None:
    assert _plans(ORDERS) == orders


def test_no_decision_tells_a_personal_value(orders: tuple[MetadataPlan, TransformationPlan, QualityPlan]) -> None:
    text = "".join(plan.model_dump_json() for plan in orders)
    for line in ORDERS.read_text().splitlines()[1:300]:
        assert line.split(",")[2] not in text


def test_without_a_key_exact_duplicates_are_flagged(tmp_path: Path) -> None:
    rows = [f"{kind},{amount}.5" for kind in "ab" for amount in range(10)] * 3
    metadata, transformation, quality = _plans(_csv(tmp_path, "kind,amount", rows))
    assert (metadata.primary_key, metadata.technical_key) == (["row_hash"], True)
    assert (transformation.deduplication.mode, transformation.deduplication.keys) == ("flag", ["row_hash"])
    assert not [rule for rule in quality.rules if rule.check == "unique"]
    assert "row_hash" not in transformation.gold_tables[0].columns


def test_leading_zero_identifiers_stay_text(tmp_path: Path) -> None:
    metadata, _, _ = _plans(_csv(tmp_path, "account,x", [f"{i:08d},{i % 7}" for i in range(50)]))
    assert metadata.column("account").type.value == "text"
    assert metadata.primary_key == ["account"]


def test_what_a_person_says_wins(tmp_path: Path) -> None:
    path = _csv(tmp_path, "id,email,code,amount", [f"{i},a{i}@example.com,{i % 3},{i}.5" for i in range(40)])
    metadata, transformation, _ = _plans(
        path,
        domain={
            "primary_key": ["code", "id"],
            "columns": {"code": {"type": "text", "role": "dimension", "description": "Kind of order"}},
        },
        transformations={"masking": {"email": "keep"}, "deduplicate": {"keep": "first"}},
    )
    code = metadata.column("code")
    assert (code.type.value, code.role.value, code.description) == ("text", "dimension", "Kind of order")
    assert metadata.primary_key == ["code", "id"]
    assert transformation.masking == {"email": Masking.KEEP}
    assert transformation.deduplication.keep == "first"
    human = {
        decision.subject for decision in [*metadata.decisions, *transformation.decisions] if decision.source == "human"
    }
    assert {"primary_key", "columns.code.type", "columns.code.role", "masking.email"} <= human


def test_a_dropped_column_is_nowhere(tmp_path: Path) -> None:
    path = _csv(tmp_path, "id,secret,amount", [f"A-{i:03d},s{i},{i}.5" for i in range(40)])
    _, transformation, quality = _plans(path, transformations={"masking": {"secret": "drop"}})
    assert not _operations(transformation, "secret")
    assert "secret" not in transformation.gold_tables[0].columns
    assert not [rule for rule in quality.rules if "secret" in rule.columns]


def test_a_personal_key_is_hashed(tmp_path: Path) -> None:
    path = _csv(tmp_path, "email,amount", [f"a{i}@example.com,{i}.5" for i in range(40)])
    _, transformation, quality = _plans(path, domain={"primary_key": ["email"]})
    assert transformation.masking == {"email": Masking.HASH}
    assert "key_unique" in {rule.id for rule in quality.rules}


def test_given_cleaning_comes_before_the_type_and_replaces_it(tmp_path: Path) -> None:
    path = _csv(tmp_path, "id,day,price", [f"A-{i:03d},{1 + i % 28:02d}#03#2024,{i}" for i in range(40)])
    steps = [
        {"column": "day", "op": "parse_date", "format": "%d#%m#%Y"},
        {"column": "price", "op": "replace", "old": "x", "new": ""},
        {"column": "price", "op": "round", "scale": 1},
    ]
    metadata, transformation, _ = _plans(path, transformations={"cleaning": steps})
    assert metadata.column("day").type.value == "date"
    assert _operations(transformation, "day")[-1].arguments == {"format": "%d#%m#%Y"}
    names = [step.operation for step in _operations(transformation, "price")]
    assert names == ["trim", "nullify", "replace", "cast", "round"]


def test_case_variants_of_names_with_capitals_inside_are_mapped(tmp_path: Path) -> None:
    values = ["USB-C Cable"] * 40 + ["usb-c cable"] * 12 + ["Olive Oil"] * 40
    _, transformation, quality = _plans(_csv(tmp_path, "product,n", [f"{value},{i}" for i, value in enumerate(values)]))
    step = _operations(transformation, "product")[-1]
    assert (step.operation, step.arguments) == ("map_values", {"mapping": {"usb-c cable": "USB-C Cable"}})
    rule = next(rule for rule in quality.rules if rule.check == "in_set")
    assert rule.arguments["values"] == ["Olive Oil", "USB-C Cable"]


def test_money_signs_are_taken_off_before_the_cast(tmp_path: Path) -> None:
    rows = [f'A-{i:03d},"$1,{i:03d}.50"' for i in range(40)]
    _, transformation, _ = _plans(_csv(tmp_path, "id,price", rows))
    last = _operations(transformation, "price")[-1]
    assert last.operation == "cast" and last.arguments["thousands_separator"] == ","


def test_several_date_formats_are_all_given(tmp_path: Path) -> None:
    rows = [f"A-{i:03d},2024-01-{1 + i % 28:02d}" for i in range(40)] + [
        f"B-{i:03d},{13 + i % 9}/02/2024" for i in range(20)
    ]
    _, transformation, _ = _plans(_csv(tmp_path, "id,day", rows))
    assert _operations(transformation, "day")[-1].arguments == {"formats": ["%Y-%m-%d", "%d/%m/%Y"]}


def test_metrics_become_an_aggregate_by_dimensions() -> None:
    _, transformation, quality = _plans(ORDERS, destination={"gold": {"use_case": "metrics"}})
    (table,) = transformation.gold_tables
    measures = {measure.name: measure.aggregation for measure in table.measures}
    assert (table.kind, len(table.grain)) == ("aggregate", 2)
    assert measures["row_count"] == "count"
    assert (measures["total_amount"], measures["average_unit_price"]) == ("sum", "avg")
    assert next(rule for rule in quality.rules if rule.id == "gold_key_unique").columns == table.grain


def test_declared_gold_tables_measures_and_dimensions_are_taken() -> None:
    _, transformation, _ = _plans(
        ORDERS,
        destination={
            "gold": {"tables": [{"name": "by_region", "kind": "aggregate", "grain": ["region"]}, {"name": "detail"}]}
        },
        domain={"measures": {"revenue": {"aggregation": "sum", "expression": "quantity * unit_price"}}},
    )
    first, second = transformation.gold_tables
    assert (first.grain, [measure.name for measure in first.measures]) == (["region"], ["revenue"])
    assert (second.name, second.kind) == ("detail", "flat")


def test_derived_columns_are_typed_by_the_engine() -> None:
    derived = [
        {"name": "net", "expression": "quantity * unit_price"},
        {"name": "is_big", "expression": "net > 100"},
        {"name": "label", "expression": "upper(status)"},
    ]
    _, transformation, _ = _plans(ORDERS, transformations={"derived": derived, "filters": ["status <> 'cancelled'"]})
    assert [column.type.value for column in transformation.derived] == ["decimal", "boolean", "text"]
    assert transformation.gold_filters == ["status <> 'cancelled'"]
    assert transformation.gold_tables[0].columns[-3:] == ["net", "is_big", "label"]


def test_a_derived_column_that_cannot_be_is_refused() -> None:
    with pytest.raises(AgentError, match=r"transformations\.derived\.bad"):
        _plans(ORDERS, transformations={"derived": [{"name": "bad", "expression": "status * 2"}]})


def test_a_rule_of_a_person_replaces_ours_and_keeps_its_numbers() -> None:
    given = {
        "id": "my_amount", "column": "amount", "dimension": "accuracy", "check": "range",
        "args": {"minimum": 1, "maximum": 9}, "severity": "critical", "on_fail": "quarantine", "min_pass_rate": 0.5,
    }  # fmt: skip
    _, _, quality = _plans(ORDERS, quality={"rules": [given], "gold_threshold": 0.9})
    ranges = [rule for rule in quality.rules if rule.check == "range" and rule.columns == ["amount"]]
    assert [(rule.id, rule.min_pass_rate, rule.arguments["maximum"]) for rule in ranges] == [("my_amount", 0.5, 9)]
    assert quality.gold_threshold == 0.9


def test_a_rule_for_an_unknown_column_is_refused() -> None:
    rule = {"id": "my_rule", "column": "nope", "dimension": "accuracy", "check": "not_null"}
    with pytest.raises(AgentError, match="nope"):
        _plans(ORDERS, quality={"rules": [rule]})


def test_large_sources_are_partitioned_by_a_dimension_without_gaps() -> None:
    context = _context(ORDERS)
    assert context.profile
    columns = [
        column.model_copy(update={"distinct_count": 5}) if column.name == "status" else column
        for column in context.profile.columns
    ]
    large = context.profile.model_copy(update={"rows": 2_000_000, "columns": columns})
    context = replace(context, metadata=MetadataAgent().propose(context), profile=large)
    plan = TransformationAgent().propose(context)
    assert len(plan.silver_partition_columns) == 1


def test_the_dag_follows_the_conf_or_the_defaults() -> None:
    plan = DagAgent().propose(_context(ORDERS))
    assert (plan.dag_id, plan.cron, plan.timezone, plan.retries, plan.deadline_minutes) == (
        "orders", "0 2 * * *", "UTC", 3, 120,
    )  # fmt: skip
    schedule = {"depends_on": ["b", "a"], "retries": 0, "deadline_minutes": 30, "timezone": "Europe/Berlin"}
    plan = DagAgent().propose(_context(ORDERS, schedule=schedule))
    assert (plan.cron, plan.depends_on, plan.retries, plan.deadline_minutes) == ("", ["a", "b"], 0, 30)


def test_an_agent_without_its_input_says_what_is_missing() -> None:
    with pytest.raises(AgentError, match="profile"):
        MetadataAgent().propose(AgentContext(Conf()))


def test_types_roles_and_key_do_not_rest_on_names(tmp_path: Path) -> None:
    import duckdb

    chance = random.Random(9)
    original, _, _ = _plans(ORDERS)
    pairs = [(column.source_name, f"x{chance.randrange(10**6)}") for column in original.columns]
    chance.shuffle(pairs)
    path = tmp_path / "renamed.csv"
    selected = ", ".join(f'"{old}" AS "{new}"' for old, new in pairs)
    duckdb.connect().execute(
        f"COPY (SELECT {selected} FROM read_csv('{ORDERS}', all_varchar=true)) TO '{path}' (HEADER)"
    )
    renamed, _, _ = _plans(path)
    back = {new: old for old, new in pairs}
    assert {back[column.source_name]: (column.type, column.role) for column in renamed.columns} == {
        column.source_name: (column.type, column.role) for column in original.columns
    }
    assert [back[renamed.column(name).source_name] for name in renamed.primary_key] == ["order_id"]


@pytest.mark.parametrize(
    "conf",
    [
        {"domain": {"columns": {"nope": {"type": "text"}}}},
        {"transformations": {"cleaning": [{"column": "nope", "op": "trim"}]}},
        {"transformations": {"masking": {"nope": "hash"}}},
    ],
)
def test_an_answer_about_an_unknown_column_is_refused(conf: dict[str, Any]) -> None:
    with pytest.raises(AgentError, match="nope"):
        _plans(ORDERS, **conf)


def test_a_few_negative_numbers_are_flagged_not_taken_as_usual(tmp_path: Path) -> None:
    rows = [f"A-{i:03d},{-5 if i == 7 else i}.50" for i in range(100)]
    _, _, quality = _plans(_csv(tmp_path, "id,amount", rows))
    assert next(rule for rule in quality.rules if rule.check == "range").arguments["minimum"] == 0
