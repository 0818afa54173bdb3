"""``python -m benchmarks.personal_data``: profile the labelled sets, print the scores, write the page about them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.personal_data.held_back import held_back
from benchmarks.personal_data.page import page, set_report
from benchmarks.personal_data.scores import verdicts
from benchmarks.personal_data.tuning import tuning

PAGE = Path(__file__).parents[2] / "docs" / "personal-data.md"


def main() -> int:
    """Measure both sets, print them, and write ``docs/personal-data.md``."""
    parser = argparse.ArgumentParser(prog="benchmarks.personal_data", description=__doc__)
    parser.add_argument("--only", choices=("tuning", "held-back"), help="one set, printed and not written")
    arguments = parser.parse_args()
    sets = {"tuning": tuning, "held-back": held_back}
    chosen = [arguments.only] if arguments.only else list(sets)
    reports = {name: set_report(name, verdicts(sets[name]())) for name in chosen}
    sys.stdout.write("\n".join(reports.values()))
    if not arguments.only:
        PAGE.write_text(page(reports), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
