"""``python -m benchmarks.evaluation``: onboard public data sets, and write ``docs/evaluation.md`` about them.

A platform of its own is started in a temporary home and stopped at the end. Exit code 1 when one did not end green.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.evaluation.datasets import DatasetError, bring, datasets
from benchmarks.evaluation.onboarded import onboard
from benchmarks.evaluation.page import page

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"


def main() -> int:
    """Onboard all of them, print a line for each, and write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.evaluation", description=__doc__)
    parser.add_argument("--only", help="one data set, printed and not written")
    arguments = parser.parse_args()
    chosen = [found for found in datasets() if arguments.only in (None, found.name)]
    results = []
    with tempfile.TemporaryDirectory(prefix="onboarding-evaluation-") as folder:
        home, scratch = Path(folder, "home"), Path(folder)
        try:
            for dataset in chosen:
                data = bring(dataset, scratch / "packages")
                (scratch / "runs" / dataset.name).mkdir(parents=True)
                found = onboard(data, home, scratch / "runs" / dataset.name)
                results.append((dataset, found))
                sys.stdout.write(f"{dataset.name}: {found.report['status']} {found.report['reason']}\n")
                sys.stdout.flush()
        except DatasetError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            down = [sys.executable, "-m", "onboarding.cli.main", "down"]
            subprocess.run(down, env={**os.environ, "ONBOARD_HOME": str(home)}, capture_output=True, check=False)
    if not arguments.only:
        PAGE.write_text(page(results), encoding="utf-8")
    return 0 if all(found.exit_code == 0 for _, found in results) else 1


if __name__ == "__main__":
    sys.exit(main())
