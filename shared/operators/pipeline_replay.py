"""A run of a pipeline that reads no source: the loads that Bronze has go through Silver and Gold again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.pipeline import state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.errors import DataOnboardingError, StepOrderError
from shared.pipeline.zones import Lake

CONF_KEY = "replay"
STEP = "replay"


class ReplayConfError(DataOnboardingError):
    """The conf of a pipeline's run does not say clearly whether it is a replay."""

    code = "run_conf"


def is_asked_for(conf: Mapping[str, Any] | None) -> bool:
    """Whether the conf of a DAG run asks for a replay: ``{"replay": true}``.

    :raises ReplayConfError: the value is neither true nor false.
    """
    value = (conf or {}).get(CONF_KEY, False)
    if not isinstance(value, bool):
        raise ReplayConfError(
            "The conf of this run cannot be read.",
            where=f"dag_run.conf: {CONF_KEY}",
            expected="true or false",
            given=repr(value)[:100],
            remedy='Trigger the pipeline with the conf {"replay": true}, or with none.',
        )
    return value


def replay(workload: str, arguments: RunArguments) -> dict[str, Any]:
    """What takes the place of the extract: no byte of the source is read, Bronze stays as it is.

    :returns: ``replayed`` (ids of the loads that Silver will be made of) and ``bronze`` (their rows).
    :raises StepOrderError: there is no load yet.
    """
    lake = Lake(arguments.lake_uri, workload)
    loads = state.current_loads(lake)
    if not loads:
        raise StepOrderError(
            "There is nothing to replay.",
            where=f"bronze of {workload}",
            expected="at least one load",
            given="none",
            remedy="Run the pipeline without the conf first.",
        )
    summary = {"replayed": [load.load_id for load in loads], "bronze": sum(load.rows for load in loads)}
    state.write_summary(lake, arguments, STEP, summary)
    return {"replayed": len(loads), "bronze": summary["bronze"]}
