"""Source -> Bronze of the workload sales_orders, as read. Rendered from its plan: change the plan, not this file."""

from __future__ import annotations

import sys
from typing import Any

from shared.pipeline.arguments import parse_arguments
from shared.pipeline.extract import ExtractSpec, extract_to_bronze

SPEC = ExtractSpec(
    workload="sales_orders",
    table="sales_orders",
    location="s3://onboarding-landing/sales/",
    format="csv",
    delimiter=",",
    quote='"',
    escape='"',
    header=True,
    encoding="utf-8",
    null_values=("",),
    columns=(
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
    dropped_columns=(),
    filter={},
    load="full",
)


def main(argv: list[str]) -> dict[str, Any]:
    """Read the source and write one immutable load of Bronze; returns the counts."""
    return extract_to_bronze(SPEC, parse_arguments(argv))


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
