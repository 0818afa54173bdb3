"""Publishes Gold of the workload sales_orders. Rendered from its plan: change the plan, not this file."""

from __future__ import annotations

import sys
from typing import Any

from shared.pipeline.arguments import parse_arguments
from shared.pipeline.load import LoadSpec, publish_gold

SPEC = LoadSpec(
    workload="sales_orders",
    tables=("sales_orders",),
)


def main(argv: list[str]) -> dict[str, Any]:
    """Switch every Gold table to the rows that passed; returns the counts."""
    return publish_gold(SPEC, parse_arguments(argv))


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
