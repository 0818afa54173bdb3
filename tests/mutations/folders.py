"""The workloads that are mutated: the worked example, one without a key, one with an aggregate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from onboarding.codegen import render
from tests.hard_input import onboarding_path
from tests.mutations.mutation import EXAMPLE
from tests.onboarding.codegen.sales import sales_plan, sales_profile
from tools.render_example import FOLDER

KEYLESS, AGGREGATE = "readings", "shop_orders"


def copy_example(folder: Path) -> None:
    """The checked-in worked example."""
    shutil.copytree(FOLDER / EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))


def render_keyless(folder: Path) -> None:
    """JSON lines without a key: a row hash, exact duplicates flagged."""
    rows = [
        {"sensor": f"S{n % 7}", "day": f"2024-03-{n % 28 + 1:02d}", "level": n % 11 / 4, "ok": n % 3 > 0}
        for n in range(200)
    ]
    source = folder.parent / "source" / f"{KEYLESS}.jsonl"
    source.parent.mkdir(parents=True)
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    _, _, files = onboarding_path.render(source.as_uri())
    write(files, folder)


def render_aggregate(folder: Path) -> None:
    """A hand-made plan: derived column, filter of Gold, partitions, dropped column, aggregate beside a flat table."""
    write(render(sales_plan(), sales_profile()), folder)


def write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


WORKLOADS: Mapping[str, Callable[[Path], None]] = {
    EXAMPLE: copy_example,
    KEYLESS: render_keyless,
    AGGREGATE: render_aggregate,
}
