"""``python -m tools.full_test``: run every test and keep the result in ``docs/test-full.md`` (and ``.json``).

Tests of a platform mostly wait for Airflow: they run at the same time as all others, which have a worker per core.
Each side runs one part after the other, and the page is written after each part, whatever its result is: what was found
stays when the rest is interrupted. The exit code is that of a part that failed.
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
from threading import Lock

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "test-full.md"
KEPT = ROOT / "docs" / "test-full.json"


@dataclass(frozen=True)
class Part:
    """Tests that run together.

    :ivar marker: pytest's marker expression.
    :ivar folders: below ``tests/``; empty for all but those of ``elsewhere``.
    :ivar elsewhere: folders whose tests with this marker are another part's.
    """

    name: str
    marker: str
    folders: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """What selects them, for pytest."""
        return [
            "-m", self.marker, *(f"tests/{folder}" for folder in self.folders),
            *(f"--ignore=tests/{folder}" for folder in self.elsewhere),
        ]  # fmt: skip

    @property
    def on_platform(self) -> bool:
        """Whether its tests share one local platform: one worker runs them all."""
        return self.marker == "e2e"


def _by_folder(title: str, marker: str, folders: Sequence[str]) -> list[Part]:
    """A part for each of these folders, and one for all others: no test is in none."""
    parts = [Part(f"{title}: {folder}", marker, (folder,)) for folder in folders]
    return [*parts, Part(f"{title}: all others", marker, (), tuple(folders))]


#: Parts of which one runs after the other.
SIDES = (
    tuple(_by_folder("platform", "e2e", ("end_to_end",))),
    (
        Part("fast", "not e2e and not slow"),
        *_by_folder("slow", "not e2e and slow", ("crashes", "hard_input", "loads", "mwaa")),
    ),
)
PARTS = {part.name: part for side in SIDES for part in side}


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
    """The last run of each part that was ever run; nothing of parts that there are no more."""
    document = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    runs = {}
    for part, run in document.items():
        if part not in PARTS:
            continue
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
        "Written by `make test-full`, whatever its result. It runs these parts, those of a platform beside the others. "
        '`make test-full PART="slow: loads"` runs one of them, and `FAILED=yes` beside it only what failed there.',
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


def run_part(part: Part, scratch: Path, extra: Sequence[str]) -> Result:
    """Run pytest on the tests of a part, or on those that ``extra`` names; its output is printed when it has ended."""
    name = "-".join(part.name.replace(":", "").split())
    report, output = scratch / f"{name}.xml", scratch / f"{name}.txt"
    workers = [] if part.on_platform else ["-n", str(os.cpu_count() or 1)]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *workers]
    command += extra or part.arguments()
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
    """Run all parts, or the one that ``--part`` names; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--part", choices=[*PARTS], help="run this part only; what is known of the others stays")
    parser.add_argument(
        "--failed", action="store_true", help="with --part: only its tests that failed; the others keep their result"
    )
    options = parser.parse_args(arguments)
    known = read_runs(KEPT)
    failed = known[options.part].result.failures if options.failed and options.part in known else []
    if options.failed and not failed:
        parser.error("--failed needs a --part of which tests failed")
    sides = ((PARTS[options.part],),) if options.part else SIDES
    commit, one_writes = commit_of(ROOT), Lock()

    def run_side(side: Sequence[Part], scratch: Path) -> list[int]:
        codes = []
        for part in side:
            run = timed(part, commit, scratch, [node_id(name) for name in failed])
            with one_writes:
                runs = read_runs(KEPT)
                keep({**runs, part.name: merged(runs[part.name], run) if failed else run}, KEPT, PAGE)
            codes.append(run.result.exit_code)
        return codes

    with tempfile.TemporaryDirectory(prefix="test-full-") as scratch, ThreadPoolExecutor(len(sides)) as pool:
        done = pool.map(lambda side: run_side(side, Path(scratch)), sides)
        return next((code for codes in done for code in codes if code), 0)


def timed(part: Part, commit: str, scratch: Path, extra: Sequence[str]) -> PartRun:
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
