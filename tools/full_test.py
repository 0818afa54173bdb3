"""``python -m tools.full_test``: run every test and keep the result in ``docs/test-full.md``.

Tests of a platform mostly wait for Airflow: they run at the same time as all others. The page is written whatever the
result is; the exit code is that of the part that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "test-full.md"
PARTS = ("e2e", "not e2e and slow", "not e2e and not slow")


@dataclass
class Group:
    """Tests of one folder below ``tests/``."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


@dataclass
class Result:
    """What one run of pytest said.

    :ivar groups: folder -> counts; parametrised cases count each.
    :ivar failures: names of the tests that failed, in the order in which they ran.
    """

    exit_code: int
    groups: dict[str, Group] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def read_result(report: Path, exit_code: int) -> Result:
    """Counts from a JUnit report; none when pytest left no report."""
    result = Result(exit_code)
    if not report.exists():
        return result
    # Written by the pytest that we started; it holds no external entities.
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        parts = str(case.get("classname", "")).split(".")
        group = result.groups.setdefault(
            "/".join(parts[: 3 if parts[1:2] in (["onboarding"], ["shared"]) else 2]), Group()
        )
        group.seconds += float(case.get("time", "0"))
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            group.failed += 1
            result.failures.append(f"{'/'.join(parts)}::{case.get('name')}")
        elif "skipped" in kinds:
            group.skipped += 1
        else:
            group.passed += 1
    return result


def page(result: Result, *, commit: str, finished: datetime, seconds: float, cores: int) -> str:
    """The page's text."""
    total = Group(
        *(sum(getattr(group, name) for group in result.groups.values()) for name in ("passed", "failed", "skipped"))
    )
    verdict = "passed" if result.exit_code == 0 and total.passed else "FAILED"
    lines = [
        "# The last run of every test",
        "",
        "Written by `make test-full`, whatever its result.",
        "",
        "| | |",
        "|---|---|",
        f"| result | **{verdict}**: {total.passed} passed, {total.failed} failed, {total.skipped} skipped |",
        f"| commit | {commit} |",
        f"| finished | {finished:%Y-%m-%d %H:%M} UTC |",
        f"| took | {seconds / 60:.0f} minutes on {cores} cores |",
        f"| Python | {sys.version.split()[0]} |",
        "",
        "| tests | passed | failed | skipped | seconds |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| `{name}` | {group.passed} | {group.failed} | {group.skipped} | {group.seconds:.0f} |"
        for name, group in sorted(result.groups.items())
    ]
    if result.failures:
        lines += ["", "Failed:", "", *[f"- `{name}`" for name in result.failures]]
    return "\n".join(lines) + "\n"


def commit_of(root: Path) -> str:
    """The commit that is checked out, and whether files differ from it; ``unknown`` outside of a repository."""
    head = _git(root, "rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    return f"{head}, with uncommitted changes" if _git(root, "status", "--porcelain") else head


def _git(root: Path, *arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else ""


def run_part(part: str, scratch: Path, extra: Sequence[str]) -> Result:
    """Run pytest on the tests with this marker expression; what it prints is printed when it has ended."""
    name = "-".join(part.split())
    report, output = scratch / f"{name}.xml", scratch / f"{name}.txt"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", part, f"--junitxml={report}", *extra]
    with output.open("wb") as stream:
        process = subprocess.run(command, cwd=ROOT, check=False, stdout=stream, stderr=subprocess.STDOUT)
    sys.stdout.write(output.read_text("utf-8", errors="replace"))
    sys.stdout.flush()
    return read_result(report, process.returncode)


def together(results: Iterable[Result]) -> Result:
    """Several parts as one; the exit code is 0 only when that of each part is."""
    whole = Result(0)
    for result in results:
        whole.exit_code = whole.exit_code or result.exit_code
        whole.failures += result.failures
        for name, group in result.groups.items():
            known = whole.groups.setdefault(name, Group())
            known.passed += group.passed
            known.failed += group.failed
            known.skipped += group.skipped
            known.seconds += group.seconds
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pytest with these further arguments; returns its exit code."""
    extra = list(sys.argv[1:] if arguments is None else arguments)
    commit, started = commit_of(ROOT), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="test-full-") as scratch, ThreadPoolExecutor(len(PARTS)) as pool:
        result = together(pool.map(lambda part: run_part(part, Path(scratch), extra), PARTS))
    finished = datetime.now(UTC)
    text = page(
        result,
        commit=commit,
        finished=finished,
        seconds=(finished - started).total_seconds(),
        cores=os.cpu_count() or 0,
    )
    scratch_page = PAGE.with_suffix(".tmp")
    scratch_page.write_text(text)
    scratch_page.replace(PAGE)
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
