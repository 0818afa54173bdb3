"""The app that Airflow's api-server mounts: pages to read, no route that writes.

Answers to gates go through Airflow's own pages and API, so that its permissions and audit log apply.
"""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import HTMLResponse

from onboarding.gates.definitions import GATES
from onboarding.gates.links import META_DAG, airflow_path, report_url
from onboarding.spec.settings import load_settings
from onboarding.ui.airflow_access import MAY_LIST, MAY_READ_RUN, ReadableDags, SessionDep, find_run
from onboarding.ui.onboardings import LIMIT, onboardings
from onboarding.ui.pages import page
from onboarding.ui.report import read_report
from onboarding.workspace.store import Store
from shared.pipeline.errors import DataOnboardingError

_GATE_DAGS = {gate.dag_id for gate in GATES}
_REFUSALS = {
    401: "You are not signed in to Airflow, or no longer. Sign in, then load this page again.",
    403: "Your Airflow user may not read this. Somebody who manages Airflow's users can change that.",
    404: "There is no such page.",
}


def create_app() -> FastAPI:
    """The app with all routes; without the generated API pages, which nobody would have to sign in for."""
    app = FastAPI(title="Onboarding", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/", list_page, methods=["GET"], dependencies=MAY_LIST, response_class=HTMLResponse)
    app.add_api_route(
        "/runs/{dag_id}/{run_id:path}",
        report_page,
        methods=["GET"],
        dependencies=MAY_READ_RUN,
        response_class=HTMLResponse,
    )
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(DataOnboardingError, _not_set_up)
    return app


def list_page(session: SessionDep, readable: ReadableDags) -> HTMLResponse:
    """All onboardings, the newest first."""
    base = airflow_path()
    workspace = Store(load_settings().workspace_uri)
    rows = onboardings(session, workspace, readable, base)
    return page(
        "list.html.j2",
        {"rows": rows, "limit": LIMIT, "trigger": f"{base}/dags/{META_DAG}", "meta_dag": META_DAG},
    )


def report_page(dag_id: str, run_id: str, session: SessionDep, readable: ReadableDags) -> HTMLResponse:
    """The tab on a run: the full report of a meta run, the way to it from a gate run, a kind word otherwise."""
    base = airflow_path()
    if dag_id != META_DAG and dag_id not in _GATE_DAGS:
        return page("other.html.j2", {"dag_id": dag_id, "report": "", "meta_dag": META_DAG})
    run = find_run(session, dag_id, run_id)
    if run is None:
        raise HTTPException(404, "Airflow has no such run (any more).")
    if dag_id in _GATE_DAGS:
        meta_run_id = str(run.conf.get("meta_run_id") or "")
        report = report_url(base, META_DAG, meta_run_id) if meta_run_id else ""
        return page("other.html.j2", {"dag_id": dag_id, "report": report, "meta_dag": META_DAG})
    report_of_run = read_report(session, Store(load_settings().workspace_uri), run, readable, base)
    return page("report.html.j2", {"report": report_of_run})


async def _refused(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    detail = str(error.detail) if isinstance(error, StarletteHTTPException) else ""
    text = detail if status == 404 and detail != "Not Found" else _REFUSALS.get(status, detail)
    return page("refused.html.j2", {"status": status, "text": text, "parts": {}}, status)


async def _not_set_up(request: Request, error: Exception) -> HTMLResponse:
    parts = error.as_dict() if isinstance(error, DataOnboardingError) else {}
    text = parts.pop("what", "This page cannot be made.")
    parts.pop("code", None)
    return page("refused.html.j2", {"status": 503, "text": text, "parts": parts}, 503)
