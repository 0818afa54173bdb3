"""Airflow's components of an :class:`~tests.mwaa.image.Image`, with the settings that MWAA gives them.

Other than on MWAA: LocalExecutor instead of Celery over SQS, SQLite instead of PostgreSQL, Airflow's own passwords
instead of IAM (the auth manager is FAB, as there), and shorter intervals. The AWS beside it is the emulated one; it
runs from the developer's environment, since it is no part of the image.
"""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from onboarding.local_platform import PlatformInfo, airflow_setup, ports, processes, state
from onboarding.local_platform import account_names as names
from onboarding.local_platform.account import Account
from onboarding.local_platform.environment import MARKER, sample_data_folder
from onboarding.local_platform.health import aws_answers, log_tail, request_json, unhealthy_parts
from shared.pipeline.secrets import SECRET_NAME
from tests.mwaa.image import Image, bare_environment
from tests.mwaa.mwaa_api import MwaaApi

ENVIRONMENT = "onboarding-smoke"
WORKSPACE_BUCKET = "onboarding-workspace"
POOL = "onboarding_heavy"
# Least roles: `User` triggers and answers; `Op` also reads the audit log, which names who marked a task.
ROLES = {"admin": "Admin", "requester": "User", "reviewer": "User", "service": "Op"}
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
START_SECONDS = 300.0


@dataclass(frozen=True)
class Environment:
    """A running environment."""

    image: Image
    info: PlatformInfo
    api: MwaaApi
    components: tuple[processes.Component, ...]

    def s3(self) -> Any:
        """A client of the emulated S3."""
        return aws_client(self.info.aws_url, "s3")


def aws_client(url: str, service: str) -> Any:
    """A client of the emulated AWS."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=names.REGION,
        aws_access_key_id=names.FAKE_KEY,
        aws_secret_access_key=names.FAKE_KEY,
        # As AWS_DISABLE_HOST_PREFIX_INJECTION: MWAA's own client would put `env.` before the address.
        config=Config(proxies={}, inject_host_prefix=False),
    )


@contextmanager
def running(image: Image) -> Iterator[Environment]:
    """The environment with an empty database and a fresh AWS account; everything is stopped at the end."""
    reservation = ports.Reservation()
    api_port = reservation.take([])
    known = state.State(api_port=api_port, execution_port=api_port, aws_port=reservation.take([]), since=time.time())
    passwords = {name: secrets.token_urlsafe(12) for name in ROLES}
    root = image.folder
    (root / "logs").mkdir()
    components: list[processes.Component] = []

    def service_token() -> str:
        return airflow_setup.login(known.api_url, "service", passwords["service"])

    try:
        components.append(_start_aws(root, known))
        _set_up_account(known.aws_url)
        with MwaaApi(ENVIRONMENT, known.api_url, service_token) as api:
            variables = environment_variables(image, known, api.url)
            _prepare_database(image, variables, passwords["admin"])
            for name in COMPONENTS:
                command = [str(image.airflow), name]
                components.append(processes.start(name, command, variables, root / "logs" / f"{name}.log", image.home))
            reservation.release()
            _wait_until_healthy(root, known, components)
            _create_users(known.api_url, passwords)
            info = PlatformInfo(
                root, known.api_url, known.aws_url, passwords, {part.name: part.pid for part in components}
            )
            yield Environment(image, info, api, tuple(components[1:]))
    finally:
        reservation.release()
        processes.stop(components, root)


def environment_variables(image: Image, known: state.State, mwaa_url: str) -> dict[str, str]:
    """What each component is started with: MWAA's own settings, and the options that docs/mwaa.md asks for."""
    airflow = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
        "CORE__FERNET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "CORE__EXECUTION_API_SERVER_URL": f"{known.api_url}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{image.home / 'airflow.db'}",
        "DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "onboarding.local_platform.environment.SQLITE_CONNECT_ARGS",
        "DATABASE__SQL_ALCHEMY_CONNECT_ARGS_ASYNC": "onboarding.local_platform.environment.SQLITE_CONNECT_ARGS_ASYNC",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(known.api_port),
        "API__BASE_URL": known.api_url,
        "API__SERVER_TYPE": "gunicorn",
        "API__WORKERS": "1",
        "API__SECRET_KEY": secrets.token_urlsafe(32),
        "API_AUTH__JWT_SECRET": secrets.token_urlsafe(48),
        "API_AUTH__JWT_ALGORITHM": "HS256",
        "EXECUTION_API__JWT_EXPIRATION_TIME": "86400",
        "TRIGGERER__QUEUES_ENABLED": "False",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "5",
        "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        "DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(image.home / "bundles"),
    }
    onboarding = {
        "WORKSPACE_URI": f"s3://{WORKSPACE_BUCKET}/workspace",
        "DAGS_URI": f"s3://{names.DAGS_BUCKET}/{names.DAGS_PREFIX}",
        "LAKE_URI": f"s3://{names.LAKE_BUCKET}",
        "LANDING_URI": f"s3://{names.LANDING_BUCKET}",
        "AIRFLOW_API_CONN_ID": "",
        "MWAA_ENVIRONMENT": ENVIRONMENT,
        "NOTIFICATION_TOPIC_ARN": names.TOPIC_ARN,
    }
    return {
        **bare_environment(image),
        "AIRFLOW_HOME": str(image.home),
        **{f"AIRFLOW__{key}": value for key, value in airflow.items()},
        **{f"AIRFLOW__ONBOARDING__{key}": value for key, value in onboarding.items()},
        # The role of the environment's containers.
        "AWS_ENDPOINT_URL": known.aws_url,
        "AWS_ENDPOINT_URL_MWAA": mwaa_url,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_ACCESS_KEY_ID": names.FAKE_KEY,
        "AWS_SECRET_ACCESS_KEY": names.FAKE_KEY,
        "AWS_REGION": names.REGION,
        "AWS_DEFAULT_REGION": names.REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "SPT_NOENV": "1",
        MARKER: str(image.folder),
    }


def _start_aws(root: Path, known: state.State) -> processes.Component:
    command = processes.python_command("-m", "onboarding.local_platform.aws_server")
    command += ["--port", str(known.aws_port), "--data", str(root / "aws")]
    (root / "aws").mkdir()
    component = processes.start("aws", command, {**os.environ, MARKER: str(root)}, root / "logs" / "aws.log", root)
    assert processes.wait_for(lambda: aws_answers(known.aws_url), 120), log_tail(root / "logs" / "aws.log")
    return component


def _set_up_account(url: str) -> None:
    Account(url).ensure(sample_data_folder())
    aws_client(url, "s3").create_bucket(Bucket=WORKSPACE_BUCKET)
    aws_client(url, "secretsmanager").create_secret(Name=SECRET_NAME, SecretString=secrets.token_urlsafe(32))


def _prepare_database(image: Image, variables: dict[str, str], password: str) -> None:
    airflow = [str(image.airflow)]
    user = ["--username", "admin", "--role", "Admin", "--firstname", "A", "--lastname", "A", "--email", "a@example.org"]
    for arguments in (
        ["db", "migrate"],
        ["users", "create", *user, "--password", password],
        ["pools", "set", POOL, "2", "Onboarding tasks that load the machine."],
    ):
        done = subprocess.run(
            [*airflow, *arguments], env=variables, cwd=image.home, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def _create_users(api_url: str, passwords: dict[str, str]) -> None:
    token = airflow_setup.login(api_url, "admin", passwords["admin"])
    for name, role in ROLES.items():
        if name == "admin":
            continue
        user = {
            "username": name,
            "first_name": name,
            "last_name": name,
            "email": f"{name}@example.org",
            "password": passwords[name],
            "roles": [{"name": role}],
        }
        url = f"{api_url}/auth/fab/v1/users"
        status, answer = request_json(url, method="POST", body=user, token=token, timeout_seconds=30)
        assert status in (200, 201), f"{name}: HTTP {status} {answer}"


def _wait_until_healthy(root: Path, known: state.State, components: list[processes.Component]) -> None:
    waiting: list[str] = []

    def done() -> bool:
        waiting[:] = [part.name for part in components if part.process() is None] or unhealthy_parts(known)
        return not waiting

    if not processes.wait_for(done, START_SECONDS, every=1.0):
        logs = [log_tail(root / "logs" / f"{name}.log", 40) for name in COMPONENTS]
        raise AssertionError(f"{waiting} not healthy\n" + "\n---\n".join(logs))
