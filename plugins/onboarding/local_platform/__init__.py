"""The local platform: Airflow's components and an emulated AWS.

:func:`up` starts it (or finds it running), :func:`read_platform` finds it, :func:`down` stops it.
"""

from __future__ import annotations

from onboarding.local_platform.info import PlatformError, PlatformInfo, default_home
from onboarding.local_platform.lifecycle import down, read_platform, up

__all__ = ["PlatformError", "PlatformInfo", "default_home", "down", "read_platform", "up"]
