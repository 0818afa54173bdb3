"""Airflow's REST API for what tasks cannot see: import errors of a new DAG, who marked a task, notes of runs.

Two back ends: an HTTP connection (local platform, any Airflow), and ``InvokeRestApi`` of Amazon MWAA.
"""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import quote

from shared.pipeline.errors import DataOnboardingError

_TIMEOUT_SECONDS = 20.0
_PAGE = 100
_READ_ATTEMPTS = 3


class AirflowApiError(DataOnboardingError):
    """Airflow's REST API is not configured, cannot be reached, or refused the call."""

    code = "airflow_api"

    def __init__(self, what: str, *, status: int = 0, **parts: str) -> None:
        self.status = status
        self.transient = status == 0 or status == 429 or status >= 500
        super().__init__(what, **parts)


class Backend(Protocol):
    """Sends one call to ``/api/v2`` and returns the parsed answer."""

    def send(self, method: str, path: str, params: dict[str, Any], body: dict[str, Any] | None) -> Any:
        """Send the call.

        :raises AirflowApiError: no answer, or a status of 400 and above (in ``status``).
        """
        ...


class ConnectionBackend:
    """An HTTP connection's address and login; the token of ``POST /auth/token`` is kept for one instance."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._login, self._password = login, password
        self._token: str | None = None

    def send(self, method: str, path: str, params: dict[str, Any], body: dict[str, Any] | None) -> Any:
        """See :class:`Backend`."""
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        return self._call(method, f"/api/v2{path}", headers=headers, params=params, json=body)

    def _bearer(self) -> str:
        if self._token is None:
            credentials = {"username": self._login, "password": self._password}
            answer = self._call("POST", "/auth/token", json=credentials)
            self._token = str(answer["access_token"])
        return self._token

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        import httpx

        url = f"{self._base_url}{path}"
        try:
            response = httpx.request(method, url, timeout=_TIMEOUT_SECONDS, **arguments)
        except httpx.HTTPError as error:
            raise AirflowApiError(
                "Airflow's REST API does not answer",
                where=url,
                expected="an answer within 20 seconds",
                given=type(error).__name__,
                remedy="check that the API server runs and that the connection names its address",
            ) from error
        if response.status_code >= 400:
            raise AirflowApiError(
                f"Airflow's REST API refused {method} {path}",
                status=response.status_code,
                where=url,
                given=f"HTTP {response.status_code}: {response.text[:300]}",
                remedy="check the permissions of the connection's user",
            )
        return response.json() if response.content else {}


class MwaaBackend:
    """``mwaa:InvokeRestApi`` of one environment."""

    def __init__(self, client: Any, environment: str) -> None:
        self._client, self._environment = client, environment

    def send(self, method: str, path: str, params: dict[str, Any], body: dict[str, Any] | None) -> Any:
        """See :class:`Backend`."""
        from botocore.exceptions import BotoCoreError, ClientError

        arguments: dict[str, Any] = {"Name": self._environment, "Path": path, "Method": method}
        if params:
            arguments["QueryParameters"] = params
        if body is not None:
            arguments["Body"] = body
        try:
            answer = self._client.invoke_rest_api(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise AirflowApiError(
                f"MWAA refused {method} {path}",
                status=_status_of(error),
                where=f"MWAA environment {self._environment}",
                given=type(error).__name__,
                remedy="the worker's role needs airflow:InvokeRestApi on this environment",
            ) from error
        return answer.get("RestApiResponse", {})


def _status_of(error: Any) -> int:
    """Airflow's status, else that of MWAA itself (no permission, too many calls); 0 when there was no answer."""
    response = getattr(error, "response", {})
    if "Throttling" in str(response.get("Error", {}).get("Code", "")):
        return 429
    own = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return int(response.get("RestApiStatusCode") or own or 0)


def _name_of(import_error: dict[str, Any]) -> str:
    return str(import_error["filename"]).rsplit("/", maxsplit=1)[-1]


class AirflowApi:
    """The few questions that this project asks of Airflow's REST API.

    :ivar user: name of the user that asks, where it is known.
    """

    def __init__(self, backend: Backend, user: str = "") -> None:
        self._backend = backend
        self.user = user

    @classmethod
    def from_settings(cls, *, conn_id: str, mwaa_environment: str, aws_conn_id: str) -> AirflowApi | None:
        """The API through an MWAA environment or an HTTP connection; None when neither is configured."""
        if mwaa_environment:
            from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook

            hook: Any = AwsGenericHook(aws_conn_id=aws_conn_id, client_type="mwaa")
            return cls(MwaaBackend(hook.conn, mwaa_environment))
        if not conn_id:
            return None
        from airflow.sdk import BaseHook
        from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

        try:
            connection = BaseHook.get_connection(conn_id)
        except (AirflowNotFoundException, AirflowRuntimeError):
            return None
        scheme = connection.schema or "http"
        port = f":{connection.port}" if connection.port else ""
        base_url = f"{scheme}://{connection.host}{port}"
        login = connection.login or ""
        return cls(ConnectionBackend(base_url, login, connection.password or ""), login)

    def get(self, path: str, **params: Any) -> Any:
        """``GET /api/v2<path>``; reading is safe to repeat, so what may pass is tried three times."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

        attempts = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, AirflowApiError) and error.transient),
            stop=stop_after_attempt(_READ_ATTEMPTS),
            wait=wait_exponential(multiplier=0.5, max=5),
            reraise=True,
        )
        return attempts(self._backend.send, "GET", path, params, None)

    def send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Any other call with a JSON body."""
        return self._backend.send(method, path, {}, body)

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """The DAG as Airflow lists it, or None while it does not."""
        try:
            return dict(self.get(f"/dags/{quote(dag_id)}/details"))
        except AirflowApiError as error:
            if error.status == 404:
                return None
            raise

    def import_errors(self, file_name: str) -> list[str]:
        """Stack traces of import errors of files with this name, in whatever folder."""
        found: list[str] = []
        offset, total = 0, 1
        while offset < total:
            page = self.get("/importErrors", limit=_PAGE, offset=offset)
            errors = page.get("import_errors", [])
            found += [str(error["stack_trace"]) for error in errors if _name_of(error) == file_name]
            offset, total = offset + _PAGE, int(page.get("total_entries") or 0)
        return found

    def who_marked(self, dag_id: str, run_id: str, task_id: str) -> str:
        """Name of the user whose mark (success, failed, skipped) on the task is the newest; empty if none."""
        events = self.get("/eventLogs", dag_id=dag_id, run_id=run_id, order_by="-event_log_id", limit=50).get(
            "event_logs", []
        )
        marks = ("patch_task_instance", "patch_task_group", "patch_dag_run", "bulk_task_instances")
        for event in events:
            if event.get("event") in marks and event.get("task_id") in (task_id, None):
                return str(event.get("owner") or "")
        return ""

    def set_note(self, dag_id: str, run_id: str, note: str) -> None:
        """Put a note on a DAG run."""
        self.send("PATCH", f"/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}", {"note": note})
