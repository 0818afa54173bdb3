"""Start, find and stop the platform."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from onboarding.local_platform import airflow_setup, ports, processes, secrets_store, state
from onboarding.local_platform.account import Account
from onboarding.local_platform.environment import component_environment, sample_data_folder
from onboarding.local_platform.files import read_json, write_json
from onboarding.local_platform.foreground import sigterm_interrupts, stay
from onboarding.local_platform.health import aws_answers, log_tail, unhealthy_parts
from onboarding.local_platform.info import Home, PlatformError, PlatformInfo
from onboarding.local_platform.processes import Component
from onboarding.local_platform.state import State

Progress = Callable[[str], None]
AWS = "aws"
EXECUTION_API = "execution-api"
# Arguments of `python -m airflow` per component. Logs are read from the shared folder: no log servers.
#
# The tasks' API has a server of its own. Airflow writes who did what while the loop of the server stands still; with
# SQLite that write waits for the lock of a task's request, whose commit waits for the loop: both for a whole minute.
AIRFLOW_COMPONENTS: dict[str, tuple[str, ...]] = {
    "api-server": ("api-server", "--apps", "core"),
    EXECUTION_API: ("api-server", "--apps", "execution"),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
# It reports every look at every bundle otherwise: 100 MB a day.
QUIETER = {"dag-processor": {"AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}}
START_SECONDS = 240.0


def up(home: Path, *, foreground: bool = False, port: int | None = None, progress: Progress) -> PlatformInfo:
    """Start the platform, or find it running; return when every part is healthy.

    :param home: its home folder; created when missing.
    :param foreground: stay until Ctrl-C or SIGTERM, then stop the platform.
    :param port: TCP port of Airflow's UI and REST API, this one and no other; any free one when absent.
    :param progress: called with one line per step.
    :raises PlatformError: a part did not start; the text holds the end of its log. Nothing is left running.
        Or ``port`` is taken, or the platform runs already on another one: then nothing was started or stopped.
    """
    place = Home.at(home)
    place.create()
    with sigterm_interrupts() if foreground else contextlib.nullcontext():
        with _locked(place, progress):
            info = _running(place)
            if info is None:
                info = _start(place, port, progress)
            elif port is not None and not info.api_url.endswith(f":{port}"):
                raise _runs_elsewhere(info, port)
        if foreground:
            stay(place, lambda: down(home, progress), progress)
    return info


def down(home: Path, progress: Progress) -> None:
    """Stop the platform and whatever a killed one left behind; nothing happens when there is none."""
    place = Home.at(home)
    if not place.root.is_dir():
        return
    with _locked(place, progress):
        _stop(place, progress)


def read_platform(home: Path) -> PlatformInfo | None:
    """The running platform of this home, or None when there is none or it is not healthy."""
    return _running(Home.at(home))


def _running(home: Home) -> PlatformInfo | None:
    known = state.read(home)
    if known is None or not known.ready or known.dead():
        return None
    if not aws_answers(known.aws_url) or unhealthy_parts(known):
        return None
    return known.info(home, secrets_store.people(home))


def _start(home: Home, port: int | None, progress: Progress) -> PlatformInfo:
    started = time.monotonic()
    _stop(home, progress)
    reservation = ports.Reservation()
    with contextlib.ExitStack() as promises, contextlib.ExitStack() as undo:
        promises.callback(reservation.release)
        current = _choose_ports(home, reservation, port)
        secrets_store.ensure(home)
        environment = component_environment(home, current.api_url, current.aws_url, current.execution_url)
        undo.callback(_stop, home, progress)  # whatever goes wrong, Ctrl-C included
        current = _start_aws(home, current, environment, progress)
        _prepare(home, current, environment, progress)
        current = replace(_start_airflow(home, current, environment, progress), ready=True)
        state.write(home, current)
        undo.pop_all()
    progress(f"the platform is healthy after {time.monotonic() - started:.0f} s: {current.api_url}")
    return current.info(home, secrets_store.people(home))


def _stop(home: Home, progress: Progress) -> None:
    known = state.read(home)
    count = processes.stop(known.components if known else (), home.root)
    home.state_file.unlink(missing_ok=True)
    if count:
        progress(f"stopped {count} processes")


def _choose_ports(home: Home, reservation: ports.Reservation, port: int | None) -> State:
    """The one that was asked for; else those of the last start if they are free: an open browser tab stays valid."""
    remembered = read_json(home.airflow / "ports.json") or {}
    if port is not None:
        if not reservation.claim(port):
            raise _port_taken(port)
        api = port
    else:
        api = reservation.take([int(known) for known in (remembered.get("api"), 8080) if known])
    execution, aws = (
        reservation.take([int(known) for known in (remembered.get(name),) if known]) for name in ("execution", "aws")
    )
    write_json(home.airflow / "ports.json", {"api": api, "execution": execution, "aws": aws})
    return State(api_port=api, execution_port=execution, aws_port=aws, since=time.time())


def _start_aws(home: Home, current: State, environment: dict[str, str], progress: Progress) -> State:
    progress("starting the emulated AWS")
    command = processes.python_command("-m", "onboarding.local_platform.aws_server")
    command += ["--port", str(current.aws_port), "--data", str(home.aws)]
    log = home.logs / "aws.log"
    # A megabyte of an object stays in memory, the rest goes to a temporary file.
    settings = {**environment, "MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": "1048576"}
    component = processes.start(AWS, command, settings, log, home.root)
    current = replace(current, components=(component,))
    state.write(home, current)
    return current


def _prepare(home: Home, current: State, environment: dict[str, str], progress: Progress) -> None:
    """The database and the account, at the same time."""
    with ThreadPoolExecutor(2) as pool:
        database = pool.submit(_migrate, home, environment, progress)
        account = pool.submit(_set_up_account, home, current, progress)
        account.result()
        database.result()


def _set_up_account(home: Home, current: State, progress: Progress) -> None:
    def answers() -> bool:
        return bool(current.dead()) or aws_answers(current.aws_url)

    if not processes.wait_for(answers, START_SECONDS) or current.dead():
        raise _failed("the emulated AWS did not start", home.logs / "aws.log")
    Account(current.aws_url).ensure(sample_data_folder())
    progress("the AWS account is complete")


def _migrate(home: Home, environment: dict[str, str], progress: Progress) -> None:
    from importlib.metadata import version

    stamp, wanted = home.airflow / "migrated.json", {"airflow": version("apache-airflow-core")}
    database = home.airflow / "airflow.db"
    if database.exists() and read_json(stamp) == wanted:
        return
    progress("preparing Airflow's database")
    (home.airflow / "airflow.cfg").write_text("# The settings come from the environment.\n")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # kept in the file: readers do not block the writer
    log = home.logs / "migrate.log"
    command = processes.python_command("-m", "airflow", "db", "migrate")
    migration = processes.start("migrate", command, environment, log, home.root)
    if _exit_code(migration, START_SECONDS) != 0:
        raise _failed("Airflow's database could not be prepared", log)
    write_json(stamp, wanted)


def _exit_code(component: Component, seconds: float) -> int | None:
    """Exit code of a child of ours, or None when it did not end in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pid, status = os.waitpid(component.pid, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    return None


def _start_airflow(home: Home, current: State, environment: dict[str, str], progress: Progress) -> State:
    progress("starting Airflow")
    for name, arguments in AIRFLOW_COMPONENTS.items():
        command = processes.python_command("-m", "airflow", *arguments)
        settings = {**environment, **QUIETER.get(name, {})}
        if name == EXECUTION_API:
            command += ["--port", str(current.execution_port)]
        component = processes.start(name, command, settings, home.logs / f"{name}.log", home.root)
        current = replace(current, components=(*current.components, component))
        state.write(home, current)
    _wait_until_healthy(home, current)
    airflow_setup.ensure(current.api_url, secrets_store.passwords(home))
    return current


def _wait_until_healthy(home: Home, current: State) -> None:
    end = time.monotonic() + START_SECONDS
    waiting = ["api-server"]
    while waiting and time.monotonic() < end:
        dead = current.dead()
        if dead:
            raise _failed(f"{dead[0].name} ended while it started", home.logs / f"{dead[0].name}.log")
        waiting = unhealthy_parts(current)
        time.sleep(0.3 if waiting else 0)
    if waiting:
        name = waiting[0].replace("_", "-")
        raise _failed(f"{name} is not healthy after {START_SECONDS:.0f} s", home.logs / f"{name}.log")


def _port_taken(port: int) -> PlatformError:
    return PlatformError(
        "the port is taken",
        where=f"--port {port}",
        expected=f"a port of {ports.LOOPBACK} that nothing listens on",
        given=f"{port}, on which another program listens or a platform is starting",
        remedy="end that program, name another port, or leave --port out: then a free one is chosen",
    )


def _runs_elsewhere(info: PlatformInfo, port: int) -> PlatformError:
    return PlatformError(
        "the platform runs already, on another port",
        where=f"--port {port}",
        expected=f"the port of {info.api_url}",
        given=str(port),
        remedy="leave --port out to use it as it is, or `onboard down` first",
    )


def _failed(what: str, log: Path) -> PlatformError:
    return PlatformError(
        what,
        where=str(log),
        given="\n" + log_tail(log),
        remedy="read the log; `onboard down` and `onboard up` start afresh without losing data",
    )


@contextlib.contextmanager
def _locked(home: Home, progress: Progress) -> Iterator[None]:
    """One starter or stopper at a time per home; the others wait and then find its work done."""
    with home.lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another start or stop of this platform")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
