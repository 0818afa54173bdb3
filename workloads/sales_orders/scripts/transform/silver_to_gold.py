"""Silver -> Gold of the workload sales_orders. Rendered from its plan: change the plan, not this file."""

from __future__ import annotations

import sys
from typing import Any

from shared.pipeline.arguments import parse_arguments
from shared.pipeline.transform import TransformSpec, transform

SPECS = (
    TransformSpec(
        workload="sales_orders",
        table="sales_orders",
        zone="gold",
        inputs={"silver": "silver/sales_orders"},
        sql={"duckdb": "sql/gold/aggregate_gold.duckdb.sql", "spark": "sql/gold/aggregate_gold.sql"},
        partition_columns=(),
        needs_masking_key=False,
    ),
)


def main(argv: list[str]) -> dict[str, Any]:
    """Write the candidate of each table; the quality check decides what of it is published."""
    arguments = parse_arguments(argv)
    tables = {spec.table: transform(spec, arguments) for spec in SPECS}
    return {"rows": sum(table["rows"] for table in tables.values()), "tables": tables}


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
