"""Settings of the platform as environment variables: for Airflow, for boto3, for ``[onboarding]``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import onboarding
from onboarding.local_platform import account_names as names
from onboarding.local_platform import secrets_store
from onboarding.local_platform.info import Home

# Every process of a platform carries this variable with the platform's home: orphans are found by it.
MARKER = "ONBOARD_PLATFORM_MARKER"
# Further folders that `file://` sources may lie in, separated by commas.
FILE_ROOTS_VARIABLE = "ONBOARD_FILE_ROOTS"
# Where `onboard up` finds .mcp.json or .mcp.gateway.json, and whether servers in it are needed (true).
MCP_FOLDER_VARIABLE, MCP_REQUIRED_VARIABLE = "ONBOARD_MCP_FOLDER", "ONBOARD_MCP_REQUIRED"
# Another folder of DAG files than the project's own; it must hold the meta-DAG and the gate DAGs, too.
DAGS_FOLDER_VARIABLE = "ONBOARD_DAGS_FOLDER"
# Airflow reads these by their dotted name. Writers wait for each other instead of failing (seconds).
SQLITE_CONNECT_ARGS: dict[str, object] = {"timeout": 60}
SQLITE_CONNECT_ARGS_ASYNC: dict[str, object] = {"timeout": 60}


def dags_folder() -> Path:
    """Folder of the meta-DAG: ``dags/`` of a checkout, else the copy inside the installed package.

    ``ONBOARD_DAGS_FOLDER`` names another one.
    """
    given = os.environ.get(DAGS_FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser().resolve()
    package = Path(onboarding.__file__).resolve().parent
    checkout = package.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "dags").is_dir():
        return checkout / "dags"
    return package / "dag_files"


def sample_data_folder() -> Path:
    """The bundled sample data."""
    return Path(onboarding.__file__).resolve().parent / "sample_data"


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """A copy without what would point at another Airflow or at a real AWS account.

    Connections and Variables of the caller (``AIRFLOW_CONN_*``, ``AIRFLOW_VAR_*``) and options of
    ``[onboarding]`` stay: that is how an LLM connection reaches the local platform.
    """
    kept_prefixes = ("AIRFLOW_CONN_", "AIRFLOW_VAR_", "AIRFLOW__ONBOARDING__")
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(kept_prefixes) or not name.startswith(("AIRFLOW_", "AWS_"))
    }


def overlay(home: Home, api_url: str, aws_url: str) -> dict[str, str]:
    """Everything a process needs to be part of this platform, without the marker."""
    return {
        **_process(home),
        **_airflow(home, api_url),
        **_aws(aws_url),
        **_connections(home, api_url, aws_url),
        **_onboarding(home, api_url),
    }


def component_environment(home: Home, api_url: str, aws_url: str, execution_url: str) -> dict[str, str]:
    """The whole environment of one of the platform's own processes.

    :param execution_url: of the server that running tasks talk to.
    """
    own = {"AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{execution_url}/execution/", MARKER: str(home.root)}
    return {**cleaned(os.environ), **overlay(home, api_url, aws_url), **own}


def _process(home: Home) -> dict[str, str]:
    no_proxy = ",".join(part for part in (os.environ.get("NO_PROXY"), "127.0.0.1,localhost") if part)
    return {
        "ONBOARD_HOME": str(home.root),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::DeprecationWarning,ignore::FutureWarning",
        # setproctitle would write over the environment that the marker is read from.
        "SPT_NOENV": "1",
    }


def _airflow(home: Home, api_url: str) -> dict[str, str]:
    keys = secrets_store.airflow_keys(home)
    package = "onboarding.local_platform.environment"
    # So many workers are forked ahead, each of which counts in memory.
    parallelism = min(8, 2 * (os.cpu_count() or 1) + 2)
    options = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": str(parallelism),
        "CORE__MAX_ACTIVE_TASKS_PER_DAG": str(parallelism),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__FERNET_KEY": keys["fernet_key"],
        "CORE__PLUGINS_FOLDER": str(home.airflow / "plugins"),
        "CORE__DAGS_FOLDER": str(dags_folder()),
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{n}:{r}" for n, r in secrets_store.ROLES.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.passwords_file),
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.airflow / 'airflow.db'}",
        "DATABASE__SQL_ALCHEMY_CONNECT_ARGS": f"{package}.SQLITE_CONNECT_ARGS",
        "DATABASE__SQL_ALCHEMY_CONNECT_ARGS_ASYNC": f"{package}.SQLITE_CONNECT_ARGS_ASYNC",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(urlsplit(api_url).port),
        "API__BASE_URL": api_url,
        "API__WORKERS": "1",
        "API__SECRET_KEY": keys["api_secret_key"],
        "API_AUTH__JWT_SECRET": keys["jwt_secret"],
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        # A killed platform's tasks are taken up again soon after the next start (seconds).
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "90",
        # Seconds that a supervisor may sleep before it looks whether its task's process is gone. By default 5, in which
        # a task that was skipped counts as running.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # A task that the scheduler hands out while the API server still starts, or starts again, waits for it: two to
        # three minutes, as long as a start may take. By default six seconds, after which one of its tries is gone.
        "WORKERS__EXECUTION_API_RETRIES": "60",
        "WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "5",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "3",
        # New and changed files are parsed at once all the same; a shorter one keeps a core busy.
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
        "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        # The default is one folder in /tmp that all platforms of a machine would share.
        "DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home.airflow / "bundles"),
        "DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(_bundles()),
        "LOGGING__BASE_LOG_FOLDER": str(home.airflow / "logs"),
        "LOGGING__LOGGING_LEVEL": "INFO",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return {"AIRFLOW_HOME": str(home.airflow), **{f"AIRFLOW__{key}": value for key, value in options.items()}}


def _bundles() -> list[dict[str, object]]:
    return [
        {
            "name": "onboarding",
            "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
            "kwargs": {"path": str(dags_folder()), "refresh_interval": 3},
        },
        {
            "name": "workloads",
            "classpath": "airflow.providers.amazon.aws.bundles.s3.S3DagBundle",
            "kwargs": {
                "aws_conn_id": "aws_default",
                "bucket_name": names.DAGS_BUCKET,
                "prefix": names.DAGS_PREFIX,
                "refresh_interval": 3,
            },
        },
    ]


def _aws(aws_url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": names.FAKE_KEY,
        "AWS_SECRET_ACCESS_KEY": names.FAKE_KEY,
        "AWS_DEFAULT_REGION": names.REGION,
        "AWS_REGION": names.REGION,
        # Nothing of the machine's own AWS set-up is read.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _connections(home: Home, api_url: str, aws_url: str) -> dict[str, str]:
    api = urlsplit(api_url)
    aws = {
        "conn_type": "aws",
        "login": names.FAKE_KEY,
        "password": names.FAKE_KEY,
        "extra": {"region_name": names.REGION, "endpoint_url": aws_url},
    }
    airflow = {
        "conn_type": "http",
        "schema": "http",
        "host": api.hostname,
        "port": api.port,
        "login": secrets_store.SERVICE_USER,
        "password": secrets_store.passwords(home)[secrets_store.SERVICE_USER],
    }
    masking_key = {"conn_type": "generic", "password": secrets_store.airflow_keys(home)["masking_key"]}
    return {
        "AIRFLOW_CONN_ONBOARDING_MASKING_KEY": json.dumps(masking_key),
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(aws),
        "AIRFLOW_CONN_ONBOARDING_AIRFLOW_API": json.dumps(airflow),
    }


def _onboarding(home: Home, api_url: str) -> dict[str, str]:
    roots = [home.landing, sample_data_folder(), *os.environ.get(FILE_ROOTS_VARIABLE, "").split(",")]
    options = {
        "WORKSPACE_URI": home.workspace.as_uri(),
        "LAKE_URI": home.lake.as_uri(),
        "LANDING_URI": home.landing.as_uri(),
        "DAGS_URI": f"s3://aws_default@{names.DAGS_BUCKET}/{names.DAGS_PREFIX}",
        "ALLOWED_FILE_ROOTS": ",".join(str(root).strip() for root in roots if str(root).strip()),
        "NOTIFICATION_TOPIC_ARN": names.TOPIC_ARN,
        "BASE_URL": api_url,
        "MCP_FOLDER": os.environ.get(MCP_FOLDER_VARIABLE, ""),
        "MCP_REQUIRED": os.environ.get(MCP_REQUIRED_VARIABLE, "false"),
    }
    return {f"AIRFLOW__ONBOARDING__{key}": value for key, value in options.items()}
