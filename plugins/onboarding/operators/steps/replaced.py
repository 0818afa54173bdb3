"""What the deployed version says that an onboarding with intent modify takes the place of."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from onboarding.discovery.estimates import Estimate, estimate
from onboarding.operators.step import StepContext
from onboarding.operators.steps.route import MODIFIES
from onboarding.spec.config_files import DeploymentConfig, QualityRulesConfig, ScheduleConfig, read_config
from onboarding.workspace.deployed import version_key
from onboarding.workspace.store import Store

_Config = TypeVar("_Config", bound=BaseModel)


def thresholds_before(context: StepContext) -> dict[str, float]:
    """Zone -> threshold of its quality gate; empty where no version is replaced."""
    config = _config(context, "config/quality_rules.yaml", QualityRulesConfig)
    return {} if config is None else {str(zone): value for zone, value in config.thresholds.items()}


def estimate_before(context: StepContext, delivery_bytes: int) -> Estimate | None:
    """What its runs take, for deliveries of this size; None where no version is replaced."""
    schedule = _config(context, "config/schedule.yaml", ScheduleConfig)
    deployment = _config(context, "config/deployment.yaml", DeploymentConfig)
    if schedule is None or deployment is None:
        return None
    return estimate(deployment.engine, delivery_bytes, schedule.cron)


def _config(context: StepContext, path: str, model: type[_Config]) -> _Config | None:
    replaced = context.record.read(MODIFIES)
    if replaced is None:
        return None
    dags = Store(context.settings.dags_uri)
    key = f"{version_key(str(replaced['workload']), str(replaced['version']))}/{path}"
    try:
        content = dags.read(key)
    except FileNotFoundError:
        return None
    return read_config(content, model, where=dags.uri_of(key))
