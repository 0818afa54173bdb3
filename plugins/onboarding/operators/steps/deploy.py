"""Group ``phase_5_deploy``: exactly what was approved goes to the DAGs location, and Airflow takes it."""

from __future__ import annotations

from onboarding.deploy.glue_files import glue_files
from onboarding.deploy.publication import (
    DeploymentError,
    present_dag,
    publication_steps,
    publish,
    take_back,
    wait_until_listed,
)
from onboarding.deploy.staging import check_dag_import, check_python
from onboarding.operators.step import StepContext, StepResult
from onboarding.operators.steps.route import MODIFIES
from onboarding.spec.plans import WorkloadPlan
from onboarding.workspace.deployed import version_of
from onboarding.workspace.outputs import forget_output, output_files
from onboarding.workspace.store import Store, canonical_json
from shared.hooks.airflow_api import AirflowApi

# Airflow looks for new files every five minutes by default, and MWAA copies them before that.
_LIST_TIMEOUT_SECONDS = 900.0
# Entry of the record: the DAG file that a new version takes the place of.
REPLACED = "replaced"


def deploy(context: StepContext) -> StepResult:
    """Compile, import, then publish the reviewed workload, the DAG file last."""
    files = output_files(context.store, context.inputs["review"])
    tree = {name.removeprefix("workload/"): data for name, data in files.items() if name.startswith("workload/")}
    summary = context.inputs["review"].summary
    plans = WorkloadPlan.model_validate_json(files["plans.json"])
    workload = plans.workload
    version = str(summary["version"])
    dag_source = tree.pop(f"dags/{workload}_dag.py")
    check_python({**tree, f"{workload}_dag.py": dag_source})
    check_dag_import(workload, version, tree, dag_source)
    if plans.dag.engine == "aws":
        tree |= glue_files()
    dags = Store(context.settings.dags_uri)
    replaces = _modifies(context)
    _keep_replaced(context, dags, workload, replaces)
    keys = publish(dags, publication_steps(workload, version, tree, dag_source), replaces=replaces)
    context.deployed.note(workload)
    uris = [dags.uri_of(key) for key in keys]
    reviewed = context.store.uri_of(f"{context.inputs['review'].key}/workload")
    context.record.write(
        "deployment",
        {
            "workload": workload,
            "version": version,
            "timezone": plans.dag.timezone,
            "files": uris,
            "workload_uri": reviewed,
        },
    )
    return StepResult(
        files={"deployed.json": canonical_json({"workload": workload, "version": version, "files": uris})},
        summary={"workload": workload, "version": version, "files": len(uris)},
    )


def _modifies(context: StepContext) -> str:
    """The version that this run started from, with intent modify; empty otherwise."""
    return str((context.record.read(MODIFIES) or {"version": ""})["version"])


def _keep_replaced(context: StepContext, dags: Store, workload: str, replaces: str) -> None:
    """Note the DAG file that this deployment takes the place of, before anything is written; later it is gone."""
    present = present_dag(dags, workload)
    if replaces and present is not None and version_of(present) == replaces:
        context.record.write(REPLACED, {"version": version_of(present), "dag_file": present.decode()})


def _replaced(context: StepContext) -> bytes | None:
    """The DAG file that this deployment takes the place of; None when it is the workload's first."""
    kept = context.record.read(REPLACED)
    return None if kept is None else str(kept["dag_file"]).encode()


def verify(context: StepContext) -> StepResult:
    """Wait until Airflow lists the DAG without an import error, else take the deployment back.

    :raises DeploymentError: also when nobody can be asked: deployed and not verified is not green.
    """
    settings = context.settings
    deployed = context.inputs["deployment"].summary
    workload, version = str(deployed["workload"]), str(deployed["version"])
    api = AirflowApi.from_settings(
        conn_id=settings.airflow_api_conn_id,
        mwaa_environment=settings.mwaa_environment,
        aws_conn_id=settings.aws_conn_id,
    )
    if api is None:
        raise DeploymentError(
            f"`{workload}` is deployed, not verified: Airflow's REST API is not configured",
            where="airflow.cfg [onboarding] airflow_api_conn_id, mwaa_environment",
            expected="an HTTP connection, or the name of this MWAA environment",
            given="neither",
            remedy="set one of them and clear phase_5_deploy.verify",
        )
    try:
        listed = wait_until_listed(api, workload, version, timeout_seconds=_LIST_TIMEOUT_SECONDS)
    except DeploymentError:
        # First: otherwise `deploy`, cleared as the error says, would take its work for done and write nothing.
        forget_output(context.store, context.inputs["deployment"].key)
        if version == _modifies(context):
            # Nothing was changed: what is deployed is what was deployed before.
            raise
        take_back(Store(settings.dags_uri), workload, version, replaced=_replaced(context))
        context.deployed.note(workload)
        raise
    context.record.write("verification", {"workload": workload, "version": version, **listed})
    return StepResult(
        files={"listed.json": canonical_json(listed)},
        summary={"workload": workload, "bundle": listed["bundle_name"]},
    )
