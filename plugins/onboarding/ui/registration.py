"""What the plugin tells the api-server: the pages' app, navigation entry and tab on a run, and who waits for whom."""

from __future__ import annotations

from typing import Any

from onboarding.gates.links import LIST_ROUTE, REPORT_ROUTE, airflow_path

URL_PREFIX = "/onboarding"


def fastapi_apps() -> list[dict[str, Any]]:
    """The app that the api-server mounts at :data:`URL_PREFIX`."""
    from onboarding.ui.app import create_app

    return [{"app": create_app(), "url_prefix": URL_PREFIX, "name": "Onboarding"}]


def root_middlewares() -> list[dict[str, Any]]:
    """Nothing, but where Airflow's database is SQLite."""
    from airflow.configuration import conf

    if not conf.get("database", "sql_alchemy_conn").startswith("sqlite"):
        return []
    from onboarding.ui.one_write import OneWriteAtATime

    return [{"middleware": OneWriteAtATime, "name": "One write at a time"}]


def external_views() -> list[dict[str, Any]]:
    """The two places where Airflow's UI shows the pages, each in a frame; Airflow fills in the placeholders."""
    base = f"{airflow_path()}{URL_PREFIX}"
    return [
        {
            "name": "Onboarding",
            "href": f"{base}/",
            "destination": "nav",
            "url_route": LIST_ROUTE,
            "nav_top_level": True,
            "icon": ICON,
            "icon_dark_mode": ICON_DARK_MODE,
        },
        {
            "name": "Onboarding report",
            "href": f"{base}/runs/{{DAG_ID}}/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": REPORT_ROUTE,
            "icon": ICON,
            "icon_dark_mode": ICON_DARK_MODE,
        },
    ]


def _icon(colour: str, halo: str) -> str:
    """An arrow into a tray; the halo keeps it visible on the background of the chosen entry."""
    path = "d='M12 3v10m-4-4l4 4 4-4M4 15v4a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4'"
    return (
        "data:image/svg+xml,"
        "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' "
        "stroke-linecap='round' stroke-linejoin='round'%3E"
        f"%3Cpath {path} stroke='%23{halo}' stroke-width='5'/%3E"
        f"%3Cpath {path} stroke='%23{colour}' stroke-width='2'/%3E%3C/svg%3E"
    )


ICON = _icon("3f5573", "dbe7f5")
ICON_DARK_MODE = _icon("e4e9f2", "1f3358")
