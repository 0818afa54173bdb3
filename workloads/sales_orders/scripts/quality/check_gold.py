"""Quality of Gold of the workload sales_orders. Rendered from its plan: change the plan, not this file."""

from __future__ import annotations

import sys
from typing import Any

from shared.pipeline.arguments import parse_arguments
from shared.pipeline.check import CheckSpec, check_zone
from shared.pipeline.scoring import Rule

SPECS = (
    CheckSpec(
        workload="sales_orders",
        table="sales_orders",
        zone="gold",
        threshold=0.95,
        dimension_weights={
            "completeness": 0.25,
            "accuracy": 0.2,
            "consistency": 0.15,
            "validity": 0.25,
            "uniqueness": 0.15,
        },
        partition_columns=(),
        rules=(
            Rule(
                id="gold_row_count",
                dimension="completeness",
                severity="critical",
                on_fail="block",
                min_pass_rate=1.0,
                applies={"duckdb": "TRUE", "spark": "TRUE"},
                satisfied={"duckdb": "COUNT(*) >= 1", "spark": "COUNT(*) >= 1"},
                kind="table",
            ),
            Rule(
                id="gold_key_not_null",
                dimension="completeness",
                severity="critical",
                on_fail="block",
                min_pass_rate=1.0,
                applies={"duckdb": "TRUE", "spark": "TRUE"},
                satisfied={"duckdb": 'NOT "order_id" IS NULL', "spark": "NOT `order_id` IS NULL"},
                kind="row",
            ),
            Rule(
                id="gold_key_unique",
                dimension="uniqueness",
                severity="critical",
                on_fail="block",
                min_pass_rate=1.0,
                applies={"duckdb": 'NOT "order_id" IS NULL', "spark": "NOT `order_id` IS NULL"},
                satisfied={
                    "duckdb": 'COUNT(*) OVER (PARTITION BY "order_id") = 1',
                    "spark": "COUNT(*) OVER (PARTITION BY `order_id`) = 1",
                },
                kind="row",
            ),
        ),
    ),
)


def main(argv: list[str]) -> dict[str, Any]:
    """Score the candidates; raises QualityGateFailed when one does not pass."""
    arguments = parse_arguments(argv)
    tables = {spec.table: check_zone(spec, arguments) for spec in SPECS}
    return {"rows": sum(table["rows"] for table in tables.values()), "tables": tables}


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
