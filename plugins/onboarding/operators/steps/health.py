"""Group ``phase_0_health``: a read-only look at what this environment has."""

from __future__ import annotations

from typing import Any

from onboarding.operators.step import StepContext, StepResult
from onboarding.spec.settings import Settings
from onboarding.workspace.store import StorageError, Store, canonical_json
from shared.hooks.environment import list_glue_databases, topic_exists

_LOCATIONS = ("workspace_uri", "dags_uri", "lake_uri", "landing_uri")


def check_environment(context: StepContext) -> StepResult:
    """FOUND / NOT FOUND for each resource; a location that cannot be listed ends the run with the remedy.

    Nothing is created. Glue databases and the topic are only reported: pipelines create what they need.
    """
    settings = context.settings
    resources = [_location(name, getattr(settings, name)) for name in _LOCATIONS]
    resources += _glue_databases(settings) + _topic(settings)
    missing = [resource for resource in resources if resource["critical"] and not resource["found"]]
    if missing:
        raise StorageError(
            f"{len(missing)} of the locations that onboarding needs cannot be reached",
            where=", ".join(f"[onboarding] {resource['name']} = {resource['where']}" for resource in missing),
            expected="a folder or a bucket that this worker may list",
            given="; ".join(str(resource["detail"]) for resource in missing),
            remedy="create it or correct the option; `onboard up` sets all of them locally",
        )
    found = sum(1 for resource in resources if resource["found"])
    return StepResult(
        files={"inventory.json": canonical_json(resources)},
        summary={"found": found, "resources": len(resources)},
    )


def _location(name: str, uri: str) -> dict[str, Any]:
    found, detail = True, ""
    try:
        Store(uri).children()
    except (OSError, ValueError) as error:
        found, detail = False, f"{type(error).__name__}: {error}"
    return _resource(name, uri, found, detail, critical=True)


def _glue_databases(settings: Settings) -> list[dict[str, Any]]:
    present, detail = list_glue_databases(settings.aws_conn_id)
    wanted = [settings.glue_database(zone) for zone in ("bronze", "silver", "gold")]
    return [_resource("Glue database", name, name in present, detail, critical=False) for name in wanted]


def _topic(settings: Settings) -> list[dict[str, Any]]:
    arn = settings.notification_topic_arn
    if not arn:
        return [_resource("SNS topic", "", False, "no notification_topic_arn is set", critical=False)]
    found, detail = topic_exists(settings.aws_conn_id, arn)
    return [_resource("SNS topic", arn, found, detail, critical=False)]


def _resource(name: str, where: str, found: bool, detail: str, *, critical: bool) -> dict[str, Any]:
    return {"name": name, "where": where, "found": found, "detail": detail, "critical": critical}
