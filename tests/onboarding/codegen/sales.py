"""A hand-built workload plan of sales orders, and the profile that it would come from."""

from __future__ import annotations

from typing import Any

from onboarding.spec.conf import ColumnType, Format, Masking, Role
from onboarding.spec.plans import (
    CleaningOperation,
    ColumnPlan,
    DagPlan,
    Decision,
    DeduplicationPlan,
    DerivedColumn,
    DiscoveryPlan,
    GoldMeasure,
    GoldTablePlan,
    MetadataPlan,
    QualityPlan,
    QualityRule,
    SourcePlan,
    TransformationPlan,
    WorkloadPlan,
)
from onboarding.spec.profile import (
    ColumnProfile,
    KeyCandidate,
    PersonalData,
    ProfileReport,
    ReadOptions,
    SourceFile,
    ValueCount,
)

EMAIL = PersonalData(type="EMAIL", sensitivity="HIGH", confidence=0.97, evidence=["name and 100 % of values"])
NONE = PersonalData()
READ = ReadOptions(delimiter=",", quote='"', escape='"', header=True, encoding="utf-8", null_values=["", "NULL"])
STATUSES = ["PAID", "OPEN", "CANCELLED"]


def column(name: str, kind: ColumnType, role: Role, source_name: str | None = None, **more: Any) -> ColumnPlan:
    position = int(more.pop("position", 0))
    values: dict[str, Any] = {"nullable": True, "description": f"The {name}.", "personal_data": NONE} | more
    return ColumnPlan(name=name, source_name=source_name or name, position=position, type=kind, role=role, **values)


def sales_columns() -> list[ColumnPlan]:
    columns = [
        column("order_id", ColumnType.TEXT, Role.IDENTIFIER, "Order ID", nullable=False),
        column("order_date", ColumnType.DATE, Role.TEMPORAL, date_format="%d/%m/%Y"),
        column("customer_email", ColumnType.TEXT, Role.ATTRIBUTE, personal_data=EMAIL),
        column("region", ColumnType.TEXT, Role.DIMENSION),
        column("status", ColumnType.TEXT, Role.DIMENSION),
        column("quantity", ColumnType.INTEGER, Role.MEASURE),
        column("unit_price", ColumnType.DECIMAL, Role.MEASURE, precision=12, scale=2),
        column("card_number", ColumnType.TEXT, Role.ATTRIBUTE),
        column("internal_note", ColumnType.TEXT, Role.ATTRIBUTE),
    ]
    return [item.model_copy(update={"position": number}) for number, item in enumerate(columns)]


def sales_metadata() -> MetadataPlan:
    decision = Decision(subject="metadata.primary_key", value="order_id", reason="unique in every row")
    return MetadataPlan(
        table="sales_orders", columns=sales_columns(), primary_key=["order_id"], technical_key=False,
        decisions=[decision],
    )  # fmt: skip


def op(name: str, operation: str, **arguments: Any) -> CleaningOperation:
    return CleaningOperation(column=name, operation=operation, arguments=arguments)


def sales_transformation() -> TransformationPlan:
    daily = GoldTablePlan(
        name="sales_by_region", kind="aggregate", grain=["order_date", "region"],
        description="Revenue a day and region.",
        measures=[
            GoldMeasure(name="revenue", aggregation="sum", expression="total_amount"),
            GoldMeasure(name="orders", aggregation="count_distinct", expression="order_id"),
            GoldMeasure(name="units", aggregation="sum", expression="quantity"),
            GoldMeasure(name="mean_price", aggregation="avg", expression="unit_price"),
        ],
    )  # fmt: skip
    flat = GoldTablePlan(
        name="sales_orders", kind="flat",
        columns=["order_id", "order_date", "customer_email", "region", "status", "quantity", "unit_price",
                 "total_amount"],
    )  # fmt: skip
    return TransformationPlan(
        cleaning=[
            op("order_id", "trim"),
            op("customer_email", "trim"),
            op("customer_email", "lower"),
            op("customer_email", "require_format", format="email"),
            op("region", "trim"),
            op("region", "title"),
            op("status", "trim"),
            op("status", "upper"),
            op("status", "map_values", mapping={"P": "PAID"}),
            op("quantity", "trim"),
            op("quantity", "cast"),
            op("unit_price", "trim"),
            op("unit_price", "cast"),
            op("order_date", "parse_date"),
        ],
        masking={"customer_email": Masking.HASH, "card_number": Masking.LAST4, "internal_note": Masking.DROP},
        deduplication=DeduplicationPlan(mode="remove", keys=["order_id"], order_by="order_date", keep="last"),
        derived=[DerivedColumn(name="total_amount", expression="quantity * unit_price", type=ColumnType.DECIMAL)],
        gold_filters=["status <> 'CANCELLED'"],
        silver_partition_columns=["region"],
        gold_tables=[flat, daily],
    )


def rule(name: str, zone: str, columns: list[str], check: str, dimension: str, **more: Any) -> QualityRule:
    values: dict[str, Any] = {"table": "sales_orders", "reason": f"from the profile of {columns}"} | more
    return QualityRule.model_validate(
        {"id": name, "zone": zone, "columns": columns, "check": check, "dimension": dimension, **values}
    )


def sales_rules() -> list[QualityRule]:
    held = {"severity": "critical", "on_fail": "quarantine", "min_pass_rate": 0.5}
    return [
        rule("bronze_order_id_present", "bronze", ["order_id"], "not_null", "completeness"),
        rule("silver_order_id_present", "silver", ["order_id"], "not_null", "completeness", **held),
        rule("silver_order_id_unique", "silver", ["order_id"], "unique", "uniqueness"),
        rule("silver_amounts_readable", "silver", ["quantity", "unit_price", "order_date"], "parsed", "validity",
             on_fail="quarantine", min_pass_rate=0.5),
        rule("silver_email_readable", "silver", ["customer_email"], "parsed", "validity"),
        rule("silver_status_known", "silver", ["status"], "in_set", "validity", arguments={"values": STATUSES},
             on_fail="quarantine"),
        rule("silver_quantity_range", "silver", ["quantity"], "range", "accuracy",
             arguments={"minimum": 1, "maximum": 1000}, on_fail="quarantine"),
        rule("silver_has_rows", "silver", [], "row_count", "completeness", arguments={"minimum": 1}),
        rule("gold_order_id_present", "gold", ["order_id"], "not_null", "completeness", **held),
        rule("gold_amount_consistent", "gold", ["total_amount"], "expression", "consistency",
             arguments={"expression": "total_amount = quantity * unit_price"}),
        rule("gold_revenue_present", "gold", ["revenue"], "not_null", "completeness", table="sales_by_region"),
    ]  # fmt: skip


def sales_plan() -> WorkloadPlan:
    """The whole plan."""
    discovery = DiscoveryPlan(
        workload="sales_orders", description="Orders of the web shop.", owner="sales-data",
        source=SourcePlan(location="file:///data/landing/sales_orders.csv", format=Format.CSV, read_options=READ),
        quarantine_retention_days=90,
    )  # fmt: skip
    quality = QualityPlan(
        rules=sales_rules(), silver_threshold=0.8, gold_threshold=0.95,
        dimension_weights={
            "completeness": 0.3, "accuracy": 0.2, "consistency": 0.1, "validity": 0.2, "uniqueness": 0.2,
        },
        baselines={"rows": 1000},
    )  # fmt: skip
    dag = DagPlan(
        dag_id="sales_orders", description="Orders of the web shop.", owner="sales-data", cron="0 2 * * *",
        timezone="Europe/Berlin", start_date=None, depends_on=[], retries=3, retry_delay_seconds=60,
        execution_timeout_minutes=60, deadline_minutes=120, paused=False, engine="local", tags=["sales", "gold"],
    )  # fmt: skip
    return WorkloadPlan(
        discovery=discovery, metadata=sales_metadata(), transformation=sales_transformation(), quality=quality, dag=dag
    )


def sales_profile() -> ProfileReport:
    """Measures that fit :func:`sales_plan`."""
    more: dict[str, dict[str, Any]] = {
        "order_id": {"distinct_count": 1000, "shapes": [ValueCount(value="AAA-99999", count=1000)]},
        "order_date": {"minimum": "2024-01-01", "maximum": "2024-12-31", "date_format": "%d/%m/%Y"},
        "status": {"top_values": [ValueCount(value=value, count=300) for value in STATUSES], "distinct_count": 3},
        "region": {"top_values": [ValueCount(value=value, count=250) for value in ("North", "South", "East")]},
        "quantity": {"minimum": "1", "maximum": "20"},
        "unit_price": {"minimum": "0.99", "maximum": "499.00", "decimal_scale": 2},
    }
    columns = [
        ColumnProfile.model_validate(
            {
                "name": plan.name, "source_name": plan.source_name, "position": plan.position,
                "physical_type": "VARCHAR", "null_count": 0, "empty_count": 0, "distinct_count": 500,
                "type": plan.type, "personal_data": plan.personal_data,
            }
            | more.get(plan.name, {})
        )
        for plan in sales_columns()
    ]  # fmt: skip
    return ProfileReport(
        location="file:///data/landing/sales_orders.csv", format=Format.CSV, read_options=READ,
        files=[SourceFile(uri="file:///data/landing/sales_orders.csv", bytes=1000, etag="abc")], rows=1000,
        unreadable_rows=0, distinct_rows=1000, columns=columns,
        key_candidates=[KeyCandidate(columns=["order_id"], distinct_count=1000, null_count=0, reason="unique")],
    )  # fmt: skip
