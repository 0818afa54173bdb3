"""``platform.json``: the ports and processes of a started platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from onboarding.local_platform.files import read_json, write_json
from onboarding.local_platform.info import Home, PlatformInfo
from onboarding.local_platform.ports import LOOPBACK
from onboarding.local_platform.processes import Component

SCHEMA_VERSION = 2


@dataclass(frozen=True)
class State:
    """What ``up`` started.

    :param execution_port: of the API that running tasks talk to.
    :param since: start of the platform, seconds since the epoch.
    :param ready: True once everything was healthy.
    """

    api_port: int
    execution_port: int
    aws_port: int
    since: float
    components: tuple[Component, ...] = ()
    ready: bool = False

    @property
    def api_url(self) -> str:
        """Airflow's UI and API."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def execution_url(self) -> str:
        """The server of the API that running tasks talk to."""
        return f"http://{LOOPBACK}:{self.execution_port}"

    @property
    def aws_url(self) -> str:
        """The emulated AWS."""
        return f"http://{LOOPBACK}:{self.aws_port}"

    def dead(self) -> list[Component]:
        """Components that have ended."""
        return [component for component in self.components if component.process() is None]

    def info(self, home: Home, users: Mapping[str, str]) -> PlatformInfo:
        """What callers get to see."""
        pids = {component.name: component.pid for component in self.components}
        return PlatformInfo(home.root, self.api_url, self.aws_url, dict(users), pids)


def write(home: Home, state: State) -> None:
    """Replace ``platform.json``."""
    write_json(home.state_file, {"schema_version": SCHEMA_VERSION, **asdict(state)})


def read(home: Home) -> State | None:
    """The last written state; None when there is none, or none that can be used."""
    value: dict[str, Any] | None = read_json(home.state_file)
    if not isinstance(value, dict) or value.pop("schema_version", None) != SCHEMA_VERSION:
        return None
    try:
        components = tuple(Component(**component) for component in value.pop("components"))
        return State(components=components, **value)
    except (TypeError, KeyError):
        return None
