"""What is known about a platform: where it lives, how to reach it, which processes it has."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.pipeline.errors import DataOnboardingError

HOME_VARIABLE = "ONBOARD_HOME"
DEFAULT_HOME = ".onboarding"


class PlatformError(DataOnboardingError):
    """The local platform could not be started, stopped or read."""

    code = "local_platform"


def default_home() -> Path:
    """``$ONBOARD_HOME``, or ``.onboarding`` in the current directory."""
    return Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).expanduser().resolve()


@dataclass(frozen=True)
class Home:
    """The folders and files of one platform below its home.

    :param root: absolute and resolved; it names the platform.
    """

    root: Path

    @classmethod
    def at(cls, home: Path) -> Home:
        """The home at this path, made absolute."""
        return cls(home.expanduser().resolve())

    @property
    def state_file(self) -> Path:
        """Ports and processes of the running platform."""
        return self.root / "platform.json"

    @property
    def lock_file(self) -> Path:
        """Held while the platform is started or stopped."""
        return self.root / ".lock"

    @property
    def logs(self) -> Path:
        """One log file per component."""
        return self.root / "logs"

    @property
    def airflow(self) -> Path:
        """``AIRFLOW_HOME``."""
        return self.root / "airflow"

    @property
    def aws(self) -> Path:
        """What the emulated AWS must not forget."""
        return self.root / "aws"

    @property
    def workspace(self) -> Path:
        """Drafts and the record of every run."""
        return self.root / "workspace"

    @property
    def lake(self) -> Path:
        """Bronze, Silver, Gold and quarantine."""
        return self.root / "lake"

    @property
    def landing(self) -> Path:
        """Uploaded sources."""
        return self.root / "landing"

    @property
    def secrets_file(self) -> Path:
        """Airflow's keys and the service user's password (mode 0600)."""
        return self.airflow / "secrets.json"

    @property
    def passwords_file(self) -> Path:
        """Passwords of the users in the format of Airflow's SimpleAuthManager (mode 0600)."""
        return self.airflow / "passwords.json"

    def create(self) -> None:
        """Make all folders; those of the platform itself are readable by their owner only."""
        for private in (self.root, self.airflow, self.aws, self.logs):
            private.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.workspace, self.lake, self.landing, self.airflow / "plugins"):
            folder.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True)
class PlatformInfo:
    """A running platform.

    :param home: its home folder, absolute.
    :param api_url: Airflow's UI and REST API, without a trailing slash.
    :param aws_url: endpoint of the emulated AWS, without a trailing slash.
    :param users: password per user name (admin, requester, reviewer, viewer); never shown by ``repr``.
    :param pids: process id per component.
    """

    home: Path
    api_url: str
    aws_url: str
    users: Mapping[str, str] = field(repr=False)
    pids: Mapping[str, int]

    def environment(self) -> dict[str, str]:
        """Variables that point Airflow, boto3 and ``[onboarding]`` at this platform.

        They are an overlay: ``os.environ.update(info.environment())`` before Airflow is imported, or see
        :meth:`child_environment`. They hold secrets of the local platform: not for logs.
        """
        from onboarding.local_platform.environment import overlay

        return overlay(Home.at(self.home), self.api_url, self.aws_url)

    def child_environment(self) -> dict[str, str]:
        """The environment for a child process: this one's, cleaned of other AWS and Airflow settings."""
        from onboarding.local_platform.environment import cleaned

        return {**cleaned(os.environ), **self.environment()}
