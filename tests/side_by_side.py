"""Which tests share a worker when several workers run (``pytest -n``).

pytest-xdist's own ``--dist loadgroup`` hands its groups over in node ids, which pytest 9.2 no longer lets it change: it
then spreads the tests of a group over all workers, without a word.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

#: Where tests with the marker ``e2e`` stand: two platforms at a time are more than a small machine can take.
PLATFORM = (
    "tests/crashes/test_platform_kills.py",
    "tests/crashes/test_soak.py",
    "tests/end_to_end/",
    "tests/mwaa/test_smoke.py",
    "tests/onboarding/local_platform/test_platform_e2e.py",
)


#: Files that look at what one run of pipelines left, which takes more than a minute.
ONE_RUN = ("tests/privacy/test_leak_scan.py", "tests/privacy/test_no_leak.py")


class PlatformScheduling(LoadFileScheduling):
    """One worker runs all tests of the platform; those of any other file stay together."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(PLATFORM):
            return "platform"
        return "one run" if nodeid.startswith(ONE_RUN) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> PlatformScheduling:
    """Rows are taken in the order in which their tests were collected."""
    config.option.loadscopereorder = False
    return PlatformScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The platform's tests are the longest row, so they begin.

    :raises pytest.UsageError: a test with the marker ``e2e`` stands elsewhere.
    """
    strays = [item.nodeid for item in items if item.get_closest_marker("e2e") and not item.nodeid.startswith(PLATFORM)]
    if strays:
        raise pytest.UsageError(f"marked e2e, but not in {', '.join(PLATFORM)}: {', '.join(strays)}")
    items.sort(key=lambda item: not item.nodeid.startswith(PLATFORM))
