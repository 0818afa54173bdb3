"""A person with a browser: logs in to Airflow, clicks, and takes pictures."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

WIDTH, HEIGHT = 1280, 800
STEP_MILLISECONDS = 90_000
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# What Airflow's UI shows while it still loads.
LOADING = ".chakra-skeleton:visible, .chakra-spinner:visible"


class TourError(Exception):
    """The tour cannot go on; the text says what was missing and what to do."""


def find_chromium() -> Path:
    """The Chromium on PATH.

    :raises TourError: there is none.
    """
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise TourError(
        f"no Chromium on PATH (looked for {', '.join(CHROMIUM_NAMES)}); install one and try again: "
        "on Debian and Ubuntu `apt-get update && apt-get install -y chromium`"
    )


@contextmanager
def open_browser(chromium: Path) -> Iterator[Browser]:
    """A headless browser; closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=list(CHROMIUM_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def wait_until(what: str, seconds: float, found: Callable[[], Any], *, every: float = 1.0) -> Any:
    """The first true result of ``found``.

    :raises TourError: there was none in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        result = found()
        if result:
            return result
        if time.monotonic() > deadline:
            raise TourError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


class Person:
    """One user in a browser window of their own.

    :param images: folder of the pictures.
    """

    def __init__(self, browser: Browser, api_url: str, images: Path) -> None:
        self.api_url = api_url
        self.images = images
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(STEP_MILLISECONDS)

    def log_in(self, user: str, password: str) -> None:
        """Through the login form."""
        self.page.goto(f"{self.api_url}/")
        self.page.locator("input[name=username]").fill(user)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("button[type=submit]").click()
        self.page.get_by_test_id("nav-home-link").wait_for()

    def open(self, path: str) -> None:
        """Open a page of the UI and wait until it has loaded."""
        self.page.goto(f"{self.api_url}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing loads any more."""
        self.page.wait_for_load_state("networkidle")
        wait_until("the page still loads", 90, lambda: self.page.locator(LOADING).count() == 0, every=0.2)
        self.page.wait_for_timeout(1000)

    def picture(self, name: str, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        """Take a picture of the window as it is."""
        if (width, height) != (WIDTH, HEIGHT):
            self.resize(width, height)
        self.page.screenshot(path=str(self.images / f"{name}.png"), animations="disabled")
        if (width, height) != (WIDTH, HEIGHT):
            self.resize(WIDTH, HEIGHT)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.settle()

    def open_trigger_form(self, dag_id: str) -> Locator:
        """Open the trigger form of a DAG."""
        self.open(f"/dags/{dag_id}")
        self.page.get_by_test_id("trigger-dag-button").click()
        form = self.page.get_by_role("dialog")
        form.get_by_role("button", name="Trigger").wait_for()
        self.settle()
        return form

    def fill(self, form: Locator, section: str, values: Mapping[str, str]) -> None:
        """Open a section of the trigger form and fill in its fields."""
        form.get_by_role("button", name=section).click()
        for key, value in values.items():
            form.locator(f"[id='element_{key}']").fill(value)
        form.get_by_role("heading").first.click()  # no field keeps the focus
        self.page.wait_for_timeout(500)

    def trigger(self, form: Locator, dag_id: str) -> str:
        """Press Trigger; returns the id of the run that the UI opens."""
        form.get_by_role("button", name="Trigger").click()
        self.page.wait_for_url(re.compile(f"/dags/{re.escape(dag_id)}/runs/"))
        return unquote(self.page.url.split("/runs/")[1].split("/")[0].split("?")[0])

    def open_run(self, dag_id: str, run_id: str) -> None:
        """Open the page of a run."""
        self.open(f"/dags/{dag_id}/runs/{quote(run_id)}")

    def expand_groups(self) -> None:
        """Open every task group in the grid; the UI remembers for each DAG whether they were open."""
        button = self.page.get_by_test_id("expand-all-button")
        button.wait_for()
        if button.is_enabled():
            button.click()
        self.settle()

    def open_required_actions(self, subject: str) -> Locator:
        """Open the list of Required Actions; returns the link to the card with this subject."""
        self.open("/")
        self.page.get_by_role("button", name="Browse").click()
        self.page.get_by_role("menuitem", name="Required Actions").click()
        self.settle()
        link = self.page.get_by_role("link", name=subject).first
        link.wait_for()
        return link

    def read_card(self, link: Locator) -> None:
        """Open a card.

        :raises TourError: its buttons are not on the screen at 1280x800.
        """
        link.click()
        button = self.page.locator("[data-testid^=hitl-option-]").last
        button.wait_for()
        self.settle()
        box = button.bounding_box()
        if box is None or box["y"] + box["height"] > HEIGHT:
            raise TourError(f"the buttons of {link} are not visible at {WIDTH}x{HEIGHT} without scrolling: {box}")

    def choose(self, *changes: str) -> None:
        """Choose changes, in words, from the list of the open card."""
        for change in changes:
            self.page.locator("[id='element_changes']").get_by_role("combobox").fill(change)
            self.page.get_by_role("option", name=change, exact=True).click()
        self.settle()

    def press(self, option: str) -> None:
        """Press a button of the open card."""
        self.page.get_by_test_id(f"hitl-option-{option}").click()

    def mark(self, state: str) -> Locator:
        """Choose "Mark as ..." on the open task; returns the button that confirms it."""
        self.page.get_by_role("button", name="Mark Task Instance as...").click()
        self.page.get_by_role("menuitem", name=state).click()
        confirm = self.page.get_by_role("dialog").get_by_role("button", name="Confirm")
        confirm.wait_for()
        self.settle()
        return confirm

    def show_graph(self, *groups: str) -> None:
        """Graph of the open page alone in the window; all task groups closed, then these opened."""
        self.page.get_by_label("Show Graph (Press g)").click()
        self.page.locator(".react-flow__node").first.wait_for()
        self.settle()
        collapse = self.page.get_by_label("Collapse Details Panel")
        if collapse.count():
            collapse.click()
        for group in groups:
            self.page.locator(f"[data-id='{group}']").get_by_role("button").first.click()
            self.settle()
        self.fit_graph()

    def fit_graph(self) -> None:
        """Fit the graph into the window."""
        self.page.get_by_label("Fit View").click()
        self.page.wait_for_timeout(1500)
