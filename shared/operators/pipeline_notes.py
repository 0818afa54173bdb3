"""Notes on the runs of a generated pipeline: what a person should see beside a run that did not fail."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)
SECTION = "onboarding"
_OPTIONS = {"airflow_api_conn_id": "onboarding_airflow_api", "mwaa_environment": "", "aws_conn_id": "aws_default"}


def note_run(context: Mapping[str, Any], text: str) -> bool:
    """Put a note on the DAG run; the log has it in any case.

    :param context: Airflow's context of a task.
    :returns: whether the run has it: no without a connection to Airflow's REST API, or when that refuses.
    """
    from airflow.sdk.configuration import conf

    from shared.hooks.airflow_api import AirflowApi, AirflowApiError

    run = context["dag_run"]
    log.info("%s: %s", run.run_id, text)
    options = {name: str(conf.get(SECTION, name, fallback=default)) for name, default in _OPTIONS.items()}
    try:
        api = AirflowApi.from_settings(
            conn_id=options["airflow_api_conn_id"],
            mwaa_environment=options["mwaa_environment"],
            aws_conn_id=options["aws_conn_id"],
        )
        if api is None:
            return False
        api.set_note(run.dag_id, run.run_id, text)
    except AirflowApiError as error:
        log.warning("the run gets no note: %s", error.text())
        return False
    return True
