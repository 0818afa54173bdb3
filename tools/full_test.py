"""``python -m tools.full_test``: run every test and keep the result in ``docs/test-full.md`` (and ``.json``).

Tests of a platform mostly wait for Airflow: they run at the same time as all others, which have a worker per core and
run one part after the other. The page is written whatever the
result is; the exit code is that of the part that failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "test-full.md"
KEPT = ROOT / "docs" / "test-full.json"
PARTS = ("e2e", "not e2e and slow", "not e2e and not slow")
#: Parts of which one runs after the other.
SIDES = (("e2e",), ("not e2e and slow", "not e2e and not slow"))


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
    :ivar repeated: tests that failed and were run again, each with the commit of that time.
    """

    exit_code: int
    groups: dict[str, Group] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    repeated: dict[str, str] = field(default_factory=dict)


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


@dataclass
class PartRun:
    """What is kept of the last run of one part.

    :ivar commit: what was checked out.
    :ivar finished: ISO 8601, in UTC.
    :ivar seconds: by the clock, other parts beside it or not.
    """

    commit: str
    finished: str
    seconds: float
    cores: int
    python: str
    result: Result


def read_runs(kept: Path) -> dict[str, PartRun]:
    """The last run of each part that was ever run."""
    document = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    runs = {}
    for part, run in document.items():
        groups = {name: Group(**group) for name, group in run["result"]["groups"].items()}
        runs[part] = PartRun(**{**run, "result": Result(**{**run["result"], "groups": groups})})
    return runs


def keep(runs: Mapping[str, PartRun], kept: Path, page_file: Path) -> None:
    """Write what is known of all parts, and the page about it."""
    document = {part: asdict(runs[part]) for part in sorted(runs)}
    _replace(kept, json.dumps(document, indent=1) + "\n")
    _replace(page_file, page(runs))


def page(runs: Mapping[str, PartRun]) -> str:
    """The page's text; a part that was never run is a failure."""
    whole = together(run.result for run in runs.values())
    missing = [part for part in PARTS if part not in runs]
    total = Group(
        *(sum(getattr(group, name) for group in whole.groups.values()) for name in ("passed", "failed", "skipped"))
    )
    verdict = "passed" if whole.exit_code == 0 and total.passed and not missing else "FAILED"
    commits = sorted({commit for run in runs.values() for commit in (run.commit, *run.result.repeated.values())})
    lines = [
        "# The last run of every test",
        "",
        "Written by `make test-full`, whatever its result. It runs three parts, e2e beside the others; "
        '`make test-full PART="e2e"` runs one of them again, and `FAILED=yes` beside it only what failed there.',
        "",
        f"**{verdict}**: {total.passed} passed, {total.failed} failed, {total.skipped} skipped; "
        f"commit {' and '.join(commits)}.",
        "",
        "| part | result | commit | finished (UTC) | took | on |",
        "|---|---|---|---|---:|---|",
    ]
    for part in PARTS:
        run = runs.get(part)
        if run is None:
            lines.append(f"| {part} | **never run** | | | | |")
            continue
        said = "passed" if run.result.exit_code == 0 else "**FAILED**"
        lines.append(
            f"| {part} | {said} | {run.commit} | {run.finished[:16].replace('T', ' ')} | {run.seconds / 60:.0f} min "
            f"| {run.cores} cores, Python {run.python} |"
        )
    lines += ["", "| tests | passed | failed | skipped | seconds |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| `{name}` | {group.passed} | {group.failed} | {group.skipped} | {group.seconds:.0f} |"
        for name, group in sorted(whole.groups.items())
    ]
    again = {name: commit for run in runs.values() for name, commit in run.result.repeated.items()}
    if again:
        lines += ["", "Failed at first, and run again on its own:", ""]
        lines += [f"- `{name}`, on {commit}" for name, commit in sorted(again.items())]
    if whole.failures:
        lines += ["", "Failed:", "", *[f"- `{name}`" for name in whole.failures]]
    return "\n".join(lines) + "\n"


def commit_of(root: Path) -> str:
    """The commit that is checked out, and whether files differ from it; ``unknown`` outside of a repository.

    The page of the part before is no difference: it is what this command writes.
    """
    head = _git(root, "rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    own = [f":(exclude){file.relative_to(ROOT).as_posix()}" for file in (PAGE, KEPT)]
    changed = _git(root, "status", "--porcelain", "--", ".", *own)
    return f"{head}, with uncommitted changes" if changed else head


def _git(root: Path, *arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else ""


def run_part(part: str, scratch: Path, extra: Sequence[str]) -> Result:
    """Run pytest on the tests with this marker expression; what it prints is printed when it has ended."""
    name = "-".join(part.split())
    report, output = scratch / f"{name}.xml", scratch / f"{name}.txt"
    workers = [] if part == "e2e" else ["-n", str(os.cpu_count() or 1)]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", part, f"--junitxml={report}"]
    command += [*workers, *extra]
    with output.open("wb") as stream:
        process = subprocess.run(command, cwd=ROOT, check=False, stdout=stream, stderr=subprocess.STDOUT)
    sys.stdout.write(output.read_text("utf-8", errors="replace"))
    sys.stdout.flush()
    return read_result(report, process.returncode)


def merged(before: PartRun, again: PartRun) -> PartRun:
    """A part whose failed tests, and no others, were run again: what is known of the others stays.

    It passes when none of them failed again, and all of them ran.
    """
    failed = before.result.failures
    ran = sum(group.passed + group.failed for group in again.result.groups.values())
    if ran != len(failed):
        # Which of them ran is not known: nothing new is known of any.
        return replace(before, result=replace(before.result, exit_code=again.result.exit_code or 1))
    groups = {name: Group(**asdict(group)) for name, group in before.result.groups.items()}
    for name in failed:
        groups[_group_of(name)].failed -= 1
    for name, group in again.result.groups.items():
        known = groups.setdefault(name, Group())
        for count in ("passed", "failed", "seconds"):
            setattr(known, count, getattr(known, count) + getattr(group, count))
    repeated = {**before.result.repeated, **dict.fromkeys(failed, again.commit)}
    result = Result(again.result.exit_code, groups, again.result.failures, dict(sorted(repeated.items())))
    return replace(before, finished=again.finished, seconds=before.seconds + again.seconds, result=result)


def _group_of(test: str) -> str:
    parts = test.partition("::")[0].split("/")
    return "/".join(parts[: 3 if parts[1:2] in (["onboarding"], ["shared"]) else 2])


def node_id(test: str) -> str:
    """What pytest calls a test that is kept as ``tests/package/module::test[case]``."""
    module, _, name = test.partition("::")
    return f"{module}.py::{name}"


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
    """Run all parts, or the one that ``--part`` names, with further arguments for pytest; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--part", choices=PARTS, help="run this part only; what is known of the others stays")
    parser.add_argument(
        "--failed", action="store_true", help="with --part: only its tests that failed; the others keep their result"
    )
    options, extra = parser.parse_known_args(arguments)
    known = read_runs(KEPT)
    failed = known[options.part].result.failures if options.failed and options.part in known else []
    if options.failed and not failed:
        parser.error("--failed needs a --part of which tests failed")
    extra += [node_id(name) for name in failed]
    sides = ((options.part,),) if options.part else SIDES
    commit = commit_of(ROOT)
    with tempfile.TemporaryDirectory(prefix="test-full-") as scratch, ThreadPoolExecutor(len(sides)) as pool:
        done = pool.map(lambda side: {part: timed(part, commit, Path(scratch), extra) for part in side}, sides)
        finished = {part: run for side in done for part, run in side.items()}
    if failed:
        finished = {options.part: merged(known[options.part], finished[options.part])}
    keep({**known, **finished}, KEPT, PAGE)
    return next((run.result.exit_code for run in finished.values() if run.result.exit_code), 0)


def timed(part: str, commit: str, scratch: Path, extra: Sequence[str]) -> PartRun:
    """Run one part and note when and how long."""
    started = datetime.now(UTC)
    result = run_part(part, scratch, extra)
    ended = datetime.now(UTC)
    seconds = round((ended - started).total_seconds(), 1)
    return PartRun(
        commit, ended.isoformat(timespec="seconds"), seconds, os.cpu_count() or 0, sys.version.split()[0], result
    )


def _replace(path: Path, text: str) -> None:
    scratch = path.with_name(f"{path.name}.tmp")
    scratch.write_text(text, "utf-8")
    scratch.replace(path)


if __name__ == "__main__":
    sys.exit(main())
