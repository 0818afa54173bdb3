"""``python -m tools.screenshots``: write the pictures of ``docs/tour.md``.

A platform of its own is started in a temporary home and stopped at the end. Exit code 0: every picture is new.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from onboarding.local_platform import PlatformError, down, up
from onboarding.local_platform.foreground import sigterm_interrupts
from shared.hooks.airflow_api import AirflowApiError
from tools.screenshots.browser import Person, TourError, find_chromium, open_browser
from tools.screenshots.tour import Tour

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures; 1 and a message if that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder of the pictures (docs/images)")
    images: Path = parser.parse_args(arguments).images
    home = Path(tempfile.mkdtemp(prefix="onboarding-tour-"))
    try:
        with sigterm_interrupts():
            _take_pictures(find_chromium(), home, images)
    except (TourError, PlatformError, AirflowApiError) as error:
        return _failed(str(error), home)
    except KeyboardInterrupt:
        return _failed("interrupted", home)
    shutil.rmtree(home, ignore_errors=True)
    return 0


def _take_pictures(chromium: Path, home: Path, images: Path) -> None:
    from playwright.sync_api import Error as BrowserError

    taken = home / "images"
    taken.mkdir()
    try:
        platform = up(home, progress=_say)
        with open_browser(chromium) as browser:
            requester, reviewer = (Person(browser, platform.api_url, taken) for _ in range(2))
            try:
                Tour(platform, requester, reviewer, _say).go()
            except (TourError, BrowserError) as error:
                _keep_what_was_seen((requester, reviewer), home)
                raise TourError(str(error)) from error
    finally:
        down(home, _say)
    images.mkdir(parents=True, exist_ok=True)
    pictures = sorted(taken.glob("*.png"))
    for picture in pictures:
        shutil.copyfile(picture, images / picture.name)
    _say(f"{len(pictures)} pictures in {images}")


def _keep_what_was_seen(people: Sequence[Person], home: Path) -> None:
    from playwright.sync_api import Error as BrowserError

    for number, person in enumerate(people):
        try:
            person.page.screenshot(path=str(home / f"failed-{number}.png"))
        except BrowserError as error:
            _say(f"no picture of the failure: {error}")


def _failed(text: str, home: Path) -> int:
    _say(f"FAILED: {text}")
    if any(home.iterdir()):
        _say(f"what the browser showed and the logs are in {home}; the platform is stopped")
    else:
        home.rmdir()
    return 1


def _say(text: str) -> None:
    sys.stderr.write(f"screenshots: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
