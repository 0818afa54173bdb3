"""The page about the last run of every test says what the run said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tools.full_test import Result, page, read_result, together

REPORT = """<testsuites><testsuite>
<testcase classname="tests.shared.pipeline.test_run" name="test_a" time="1.5"/>
<testcase classname="tests.shared.pipeline.test_run" name="test_b[x]" time="2"><failure message="no"/></testcase>
<testcase classname="tests.end_to_end.test_gates" name="test_c" time="60"><skipped/></testcase>
<testcase classname="tests.end_to_end.test_gates" name="test_d" time="1"><error message="no"/></testcase>
</testsuite></testsuites>"""


def text(result: Result) -> str:
    finished = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    return page(result, commit="abc", finished=finished, seconds=600, cores=2)


def test_counts_and_failures_are_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    shown = text(read_result(tmp_path / "junit.xml", 1))
    assert "**FAILED**: 1 passed, 2 failed, 1 skipped" in shown
    assert "| `tests/shared/pipeline` | 1 | 1 | 0 | 4 |" in shown
    assert "| `tests/end_to_end` | 0 | 1 | 1 | 61 |" in shown
    assert "- `tests/shared/pipeline/test_run::test_b[x]`" in shown
    assert "| finished | 2026-03-04 05:06 UTC |" in shown


def test_a_run_without_a_report_or_without_a_test_is_no_pass(tmp_path: Path) -> None:
    assert "**FAILED**: 0 passed" in text(read_result(tmp_path / "none.xml", 2))
    (tmp_path / "junit.xml").write_text("<testsuites/>")
    assert "**FAILED**: 0 passed" in text(read_result(tmp_path / "junit.xml", 0))


def test_parts_count_together_and_one_that_fails_is_enough(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    red = read_result(tmp_path / "junit.xml", 1)
    whole = together([Result(0), red, Result(0)])
    assert (whole.exit_code, whole.failures, whole.groups) == (1, red.failures, red.groups)
    assert together([red, red]).groups["tests/end_to_end"].failed == 2
    assert red.groups["tests/end_to_end"].failed == 1
