"""The screenshots tool fails early and clearly; the tour shows pictures that exist and that the tool takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.screenshots import __main__ as screenshots
from tools.screenshots import tour
from tools.screenshots.browser import TourError, find_chromium, wait_until

ROOT = Path(__file__).resolve().parents[2]
PICTURE = re.compile(r"!\[[^\]]+\]\(images/([\w-]+)\.png\)")


def test_without_a_chromium_there_is_one_message_and_no_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(screenshots, "up", lambda *_, **__: pytest.fail("the platform was started"))
    assert screenshots.main([]) == 1
    message = capsys.readouterr().err
    assert "no Chromium on PATH" in message
    assert "apt-get install -y chromium" in message


def test_a_chromium_of_another_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "google-chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == browser


def test_waiting_ends_in_time_and_says_for_what() -> None:
    with pytest.raises(TourError, match="the gate approve_plan: not within 0 s"):
        wait_until("the gate approve_plan", 0, lambda: None, every=0)


def test_waiting_returns_what_was_found() -> None:
    results = iter([None, "found"])
    assert wait_until("it", 5, lambda: next(results), every=0) == "found"


def test_the_tour_shows_every_picture_and_no_other() -> None:
    shown = set(PICTURE.findall((ROOT / "docs" / "tour.md").read_text()))
    taken = set(re.findall(r'\.picture\(\s*"([\w-]+)"', Path(tour.__file__).read_text()))
    present = {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}
    assert shown == taken
    assert shown <= present
