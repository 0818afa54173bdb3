"""Bronze -> Silver of the workload sales_orders. Rendered from its plan: change the plan, not this file."""

from __future__ import annotations

import sys
from typing import Any

from shared.pipeline.arguments import parse_arguments
from shared.pipeline.transform import TransformSpec, transform

SPECS = (
    TransformSpec(
        workload="sales_orders",
        table="sales_orders",
        zone="silver",
        inputs={"bronze": "bronze/sales_orders"},
        sql={
            "duckdb": "sql/silver/transform_silver.duckdb.sql",
            "spark": "sql/silver/transform_silver.sql",
        },
        partition_columns=(),
        needs_masking_key=True,
        source_names={
            "order_id": "order_id",
            "order_date": "order_date",
            "customer_name": "customer_name",
            "customer_email": "customer_email",
            "phone": "phone",
            "product": "product",
            "category": "category",
            "region": "region",
            "quantity": "quantity",
            "unit_price": "unit_price",
            "amount": "amount",
            "currency": "currency",
            "status": "status",
            "shipped_date": "shipped_date",
        },
        source_types={},
        measures={
            "missing": (
                "order_id",
                "order_date",
                "customer_name",
                "customer_email",
                "phone",
                "product",
                "category",
                "region",
                "quantity",
                "unit_price",
                "amount",
                "currency",
                "status",
                "shipped_date",
            ),
            "numbers": ("quantity", "unit_price", "amount"),
            "categories": ("product", "category", "region", "currency", "status"),
        },
    ),
)


def main(argv: list[str]) -> dict[str, Any]:
    """Write the candidate of each table; the quality check decides what of it is published."""
    arguments = parse_arguments(argv)
    tables = {spec.table: transform(spec, arguments) for spec in SPECS}
    return {"rows": sum(table["rows"] for table in tables.values()), "tables": tables}


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
