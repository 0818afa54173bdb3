"""The running platform for commands that need one and do not start it."""

from __future__ import annotations

import os

from onboarding.local_platform import PlatformInfo, default_home, read_platform
from onboarding.local_platform.info import PlatformError
from onboarding.spec.settings import load_settings


def running_platform() -> PlatformInfo:
    """The platform of ``$ONBOARD_HOME``, with this process's settings pointing at it.

    :raises PlatformError: it does not run.
    """
    home = default_home()
    platform = read_platform(home)
    if platform is None:
        raise PlatformError(
            "the local platform does not run",
            where=str(home),
            expected="a running platform",
            given="none",
            remedy="`onboard up` starts it; ONBOARD_HOME names its home",
        )
    point_at(platform)
    return platform


def point_at(platform: PlatformInfo) -> None:
    """Let this process's settings, connections and credentials be those of a platform.

    What Airflow logs about connections at the level INFO would stand between a command's own lines.
    """
    os.environ.update({**platform.environment(), "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"})
    load_settings.cache_clear()
