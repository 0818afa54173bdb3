"""The page about the last run of every test says what the run said."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tools.full_test import (
    PARTS,
    Group,
    Part,
    PartRun,
    Result,
    commit_of,
    keep,
    merged,
    node_id,
    page,
    read_result,
    read_runs,
    together,
)

REPORT = """<testsuites><testsuite>
<testcase classname="tests.shared.pipeline.test_run" name="test_a" time="1.5"/>
<testcase classname="tests.shared.pipeline.test_run" name="test_b[x]" time="2"><failure message="no"/></testcase>
<testcase classname="tests.end_to_end.test_gates" name="test_c" time="60"><skipped/></testcase>
<testcase classname="tests.end_to_end.test_gates" name="test_d" time="1"><error message="no"/></testcase>
</testsuite></testsuites>"""


def run_of(result: Result, commit: str = "abc") -> PartRun:
    return PartRun(commit, "2026-03-04T05:06:07+00:00", 600, 2, "3.12.1", result)


def text(result: Result) -> str:
    return page({part: run_of(result if part == "platform: end_to_end" else Result(0)) for part in PARTS})


def test_counts_and_failures_are_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    shown = text(read_result(tmp_path / "junit.xml", 1))
    assert "**FAILED**: 1 passed, 2 failed, 1 skipped; commit abc" in shown
    assert "| `tests/shared/pipeline` | 1 | 1 | 0 | 4 |" in shown
    assert "| `tests/end_to_end` | 0 | 1 | 1 | 61 |" in shown
    assert "- `tests/shared/pipeline/test_run::test_b[x]`" in shown
    assert "| platform: end_to_end | **FAILED** | abc | 2026-03-04 05:06 | 10 min | 2 cores, Python 3.12.1 |" in shown


def test_a_run_without_a_report_or_without_a_test_is_no_pass(tmp_path: Path) -> None:
    assert "**FAILED**: 0 passed" in text(read_result(tmp_path / "none.xml", 2))
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    assert "**FAILED**: 0 passed" in text(read_result(tmp_path / "junit.xml", 0))


def test_a_part_that_was_never_run_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(
        REPORT.replace('<failure message="no"/>', "").replace('<error message="no"/>', "")
    )
    passed = run_of(read_result(tmp_path / "junit.xml", 0))
    assert f"**passed**: {3 * len(PARTS)} passed" in page(dict.fromkeys(PARTS, passed))
    shown = page({"platform: end_to_end": passed})
    assert "**FAILED**: 3 passed" in shown
    assert "| slow: loads | **never run** |" in shown


def test_one_part_again_leaves_what_is_known_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    kept, page_file = tmp_path / "kept.json", tmp_path / "page.md"
    keep({part: run_of(read_result(tmp_path / "junit.xml", 1)) for part in PARTS}, kept, page_file)
    again = run_of(Result(0, {"tests/end_to_end": Group(2)}), "def")

    keep({**read_runs(kept), "platform: end_to_end": again}, kept, page_file)

    assert read_runs(kept)["platform: end_to_end"] == again
    assert read_runs(kept)["slow: loads"].result.failures == read_result(tmp_path / "junit.xml", 1).failures
    assert "commit abc and def" in page_file.read_text()
    assert "| platform: end_to_end | passed | def |" in page_file.read_text()


def test_parts_count_together_and_one_that_fails_is_enough(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    red = read_result(tmp_path / "junit.xml", 1)
    whole = together([Result(0), red, Result(0)])
    assert (whole.exit_code, whole.failures, whole.groups) == (1, red.failures, red.groups)
    assert together([red, red]).groups["tests/end_to_end"].failed == 2
    assert red.groups["tests/end_to_end"].failed == 1


def test_the_page_of_the_part_before_is_no_uncommitted_change(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    (tmp_path / "docs").mkdir()
    for name in ("docs/test-full.md", "docs/test-full.json", "code.py"):
        (tmp_path / name).write_text("before")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "all")
    head = git("rev-parse", "--short=12", "HEAD")
    (tmp_path / "docs/test-full.md").write_text("after")
    (tmp_path / "docs/test-full.json").write_text("after")
    assert commit_of(tmp_path) == head
    (tmp_path / "code.py").write_text("after")
    assert commit_of(tmp_path) == f"{head}, with uncommitted changes"


def test_what_failed_is_run_again_and_the_others_keep_their_result(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    before = run_of(read_result(tmp_path / "junit.xml", 1))
    failed = ["tests/shared/pipeline/test_run::test_b[x]", "tests/end_to_end/test_gates::test_d"]
    assert before.result.failures == failed
    assert node_id(failed[0]) == "tests/shared/pipeline/test_run.py::test_b[x]"
    green = Result(0, {"tests/shared/pipeline": Group(1, seconds=3), "tests/end_to_end": Group(1)})
    found = merged(before, run_of(green, "def"))
    assert (found.commit, found.result.exit_code, found.result.failures) == ("abc", 0, [])
    assert found.result.groups["tests/shared/pipeline"] == Group(2, 0, 0, 6.5)
    assert found.result.groups["tests/end_to_end"] == Group(1, 0, 1, 61)
    shown = page(dict.fromkeys(PARTS, found))
    assert "commit abc and def" in shown
    assert "- `tests/end_to_end/test_gates::test_d`, on def" in shown


def test_what_fails_again_or_does_not_run_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    before = run_of(read_result(tmp_path / "junit.xml", 1))
    again = Result(1, {"tests/shared/pipeline": Group(1), "tests/end_to_end": Group(0, 1)}, [before.result.failures[1]])
    red = merged(before, run_of(again, "def"))
    assert (red.result.exit_code, red.result.failures) == (1, [before.result.failures[1]])
    assert red.result.groups["tests/end_to_end"].failed == 1
    half = merged(before, run_of(Result(0, {"tests/shared/pipeline": Group(1)}), "def"))
    assert half.result.exit_code == 1
    nothing = merged(before, run_of(Result(4), "def"))
    assert (nothing.result.exit_code, nothing.result.failures) == (4, before.result.failures)


def test_a_part_that_there_is_no_more_is_forgotten(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    keep({"slow: loads": run_of(Result(0))}, kept, tmp_path / "page.md")
    kept.write_text(kept.read_text().replace("slow: loads", "slow: of old"))
    assert read_runs(kept) == {}


def test_every_test_belongs_to_one_part() -> None:
    """Folders that one part names are left out by the part of all others, and no marker expression is forgotten."""
    by_marker: dict[str, list[Part]] = {}
    for part in PARTS.values():
        by_marker.setdefault(part.marker, []).append(part)
    assert sorted(by_marker) == ["e2e", "not e2e and not slow", "not e2e and slow"]
    for parts in by_marker.values():
        *named, others = parts
        assert [folder for part in named for folder in part.folders] == list(others.elsewhere)
        assert others.folders == ()
        assert all((Path(__file__).parents[1] / folder).is_dir() for folder in others.elsewhere)
