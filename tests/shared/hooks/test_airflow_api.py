"""Airflow's REST API through both back ends, against a server on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.hooks.airflow_api import AirflowApi, AirflowApiError, ConnectionBackend

Answer = tuple[int, Any]
Route = Answer | Callable[[dict[str, str], Any], Answer]


class Server:
    """Answers from a table ``"METHOD /path"`` -> (status, JSON value); keeps every request."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {"POST /auth/token": (201, {"access_token": "the-token"})}
        self.requests: list[tuple[str, dict[str, str], Any, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, value = server.answer(self.command, self.path, dict(self.headers), body)
                data = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if isinstance(value, dict) and "__type" in value:
                    self.send_header("x-amzn-ErrorType", value["__type"])
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = _answer

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to one request."""
        parts = urlsplit(target)
        query, value = dict(parse_qsl(parts.query)), json.loads(body) if body else None
        self.requests.append((f"{method} {parts.path}", query, value, headers))
        route = self.routes.get(f"{method} {parts.path}", (404, {"detail": "not found"}))
        return route(query, value) if callable(route) else route

    def named(self, name: str) -> list[tuple[str, dict[str, str], Any, dict[str, str]]]:
        """Requests of one kind."""
        return [request for request in self.requests if request[0] == name]

    def close(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    started = Server()
    yield started
    started.close()


@pytest.fixture
def api(server: Server) -> AirflowApi:
    return AirflowApi(ConnectionBackend(server.url, "service", "a password"))


def test_one_token_serves_every_call(server: Server, api: AirflowApi) -> None:
    server.routes["GET /api/v2/dags/orders/details"] = (200, {"dag_id": "orders"})
    assert api.dag("orders") == api.dag("orders") == {"dag_id": "orders"}
    [login] = server.named("POST /auth/token")
    assert login[2] == {"username": "service", "password": "a password"}
    assert {headers["Authorization"] for name, _, _, headers in server.requests if name.startswith("GET")} == {
        "Bearer the-token"
    }


def test_a_dag_that_airflow_does_not_list_is_none(api: AirflowApi) -> None:
    assert api.dag("unknown") is None


def test_a_refusal_names_the_call_the_status_and_the_remedy(server: Server, api: AirflowApi) -> None:
    server.routes["GET /api/v2/dags/orders/details"] = (403, {"detail": "Forbidden"})
    with pytest.raises(AirflowApiError) as caught:
        api.dag("orders")
    error = caught.value
    assert (error.status, error.transient) == (403, False)
    assert "HTTP 403" in error.text()
    assert "permissions" in error.text()
    assert "a password" not in error.text()


@pytest.mark.parametrize(("status", "transient"), [(400, False), (401, False), (429, True), (500, True), (503, True)])
def test_what_may_pass_is_told_from_what_will_not(
    server: Server, api: AirflowApi, status: int, transient: bool
) -> None:
    server.routes["PATCH /api/v2/dags/orders/dagRuns/r"] = (status, {"detail": "no"})
    with pytest.raises(AirflowApiError) as caught:
        api.set_note("orders", "r", "note")
    assert caught.value.transient is transient


def test_a_wrong_password_is_a_refusal(server: Server, api: AirflowApi) -> None:
    server.routes["POST /auth/token"] = (401, {"detail": "Invalid credentials"})
    with pytest.raises(AirflowApiError) as caught:
        api.dag("orders")
    assert caught.value.status == 401


def test_nobody_there_is_transient_and_names_the_address() -> None:
    closed = Server()
    closed.close()
    with pytest.raises(AirflowApiError) as caught:
        AirflowApi(ConnectionBackend(closed.url, "service", "x")).dag("orders")
    assert caught.value.transient
    assert closed.url in caught.value.text()
    assert "does not answer" in caught.value.text()


def test_import_errors_are_those_of_the_file(server: Server, api: AirflowApi) -> None:
    errors = [
        {"filename": "workloads/orders/orders_dag.py", "stack_trace": "mine"},
        {"filename": "workloads/sales/sales_dag.py", "stack_trace": "another's"},
    ]
    server.routes["GET /api/v2/importErrors"] = (200, {"import_errors": errors})
    assert api.import_errors("orders_dag.py") == ["mine"]
    assert api.import_errors("other_dag.py") == []


def test_an_import_error_of_a_longer_name_is_not_the_files(server: Server, api: AirflowApi) -> None:
    errors = [{"filename": "workloads/web_orders/web_orders_dag.py", "stack_trace": "another's"}]
    server.routes["GET /api/v2/importErrors"] = (200, {"import_errors": errors})
    assert api.import_errors("orders_dag.py") == []


def test_import_errors_beyond_the_first_page_are_found(server: Server, api: AirflowApi) -> None:
    errors = [{"filename": f"other_{n}_dag.py", "stack_trace": "x"} for n in range(150)]
    errors.append({"filename": "workloads/orders/orders_dag.py", "stack_trace": "mine"})

    def pages(query: dict[str, str], body: Any) -> Answer:
        start, limit = int(query.get("offset", 0)), min(100, int(query.get("limit", 50)))
        return 200, {"import_errors": errors[start : start + limit], "total_entries": len(errors)}

    server.routes["GET /api/v2/importErrors"] = pages
    assert api.import_errors("orders_dag.py") == ["mine"]


def event(name: str, owner: str, task_id: str | None = "approve") -> dict[str, Any]:
    return {"event": name, "owner": owner, "task_id": task_id}


def test_who_marked_is_the_newest_mark_of_the_task_or_of_the_whole_run(server: Server, api: AirflowApi) -> None:
    path = "GET /api/v2/eventLogs"
    server.routes[path] = (200, {"event_logs": [event("get", "viewer"), event("patch_task_instance", "anna"),
                                                event("patch_task_instance", "bert")]})  # fmt: skip
    assert api.who_marked("gate", "run", "approve") == "anna"
    server.routes[path] = (200, {"event_logs": [event("patch_dag_run", "carl", None)]})
    assert api.who_marked("gate", "run", "approve") == "carl"
    server.routes[path] = (200, {"event_logs": [event("patch_task_instance", "dora", "other")]})
    assert api.who_marked("gate", "run", "approve") == ""
    [(_, query, _, _), *_] = server.named(path)
    assert (query["dag_id"], query["run_id"], query["order_by"]) == ("gate", "run", "-event_log_id")


def test_a_note_is_put_on_a_run_whatever_is_in_its_id(server: Server, api: AirflowApi) -> None:
    server.routes["PATCH /api/v2/dags/orders/dagRuns/manual__2026-01-01T00%3A00%3A00%2B00%3A00"] = (200, {})
    api.set_note("orders", "manual__2026-01-01T00:00:00+00:00", "deployed")
    assert server.requests[-1][2] == {"note": "deployed"}


def test_a_connection_names_address_and_user(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = urlsplit(server.url)
    connection = {"conn_type": "http", "schema": "http", "host": parts.hostname, "port": parts.port,
                  "login": "service", "password": "x"}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_THE_API", json.dumps(connection))
    api = AirflowApi.from_settings(conn_id="the_api", mwaa_environment="", aws_conn_id="")
    assert api is not None
    assert api.user == "service"
    assert api.dag("unknown") is None


def test_without_a_connection_there_is_no_api() -> None:
    assert AirflowApi.from_settings(conn_id="", mwaa_environment="", aws_conn_id="") is None


@pytest.fixture
def mwaa(server: Server, monkeypatch: pytest.MonkeyPatch) -> AirflowApi:
    """The back end of MWAA; the server answers ``InvokeRestApi`` of the environment ``prod``."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_MWAA", server.url)
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    connection = {"conn_type": "aws", "login": "testing", "password": "testing", "extra": {"region_name": "eu-west-1"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
    api = AirflowApi.from_settings(conn_id="", mwaa_environment="prod", aws_conn_id="aws_default")
    assert api is not None
    return api


INVOKE = "POST /restapi/prod"


def test_mwaa_invokes_the_rest_api_of_its_environment(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = (200, {"RestApiStatusCode": 200, "RestApiResponse": {"import_errors": [
        {"filename": "orders_dag.py", "stack_trace": "mine"}]}})  # fmt: skip
    assert mwaa.import_errors("orders_dag.py") == ["mine"]
    [(_, _, body, _)] = server.named(INVOKE)
    assert (body["Method"], body["Path"]) == ("GET", "/importErrors")
    assert body["QueryParameters"]["limit"] == 100


def test_mwaa_sends_a_body(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = (200, {"RestApiStatusCode": 200, "RestApiResponse": {}})
    mwaa.set_note("orders", "r", "deployed")
    [(_, _, body, _)] = server.named(INVOKE)
    assert (body["Method"], body["Path"], body["Body"]) == ("PATCH", "/dags/orders/dagRuns/r", {"note": "deployed"})


def refused(status: int) -> Answer:
    """What MWAA answers when Airflow itself refused."""
    return 400, {"__type": "RestApiClientException", "RestApiStatusCode": status, "RestApiResponse": {"detail": "no"}}


def test_mwaa_a_dag_that_airflow_does_not_list_is_none(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = refused(404)
    assert mwaa.dag("unknown") is None


def test_mwaa_a_refusal_keeps_airflows_status(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = refused(403)
    with pytest.raises(AirflowApiError) as caught:
        mwaa.dag("orders")
    assert (caught.value.status, caught.value.transient) == (403, False)
    assert "airflow:InvokeRestApi" in caught.value.text()


def test_mwaa_too_many_calls_may_pass(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = (400, {"__type": "ThrottlingException", "message": "slow down"})
    with pytest.raises(AirflowApiError) as caught:
        mwaa.set_note("orders", "r", "note")
    assert caught.value.transient


def test_mwaa_without_permission_is_final(server: Server, mwaa: AirflowApi) -> None:
    server.routes[INVOKE] = (403, {"__type": "AccessDeniedException", "message": "not authorized"})
    with pytest.raises(AirflowApiError) as caught:
        mwaa.dag("orders")
    assert caught.value.transient is False
