"""The Airflow plugin. Every Airflow process imports this module: it must stay cheap."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin


class OnboardingPlugin(AirflowPlugin):
    """Registers the onboarding parts with Airflow.

    What only the api-server needs belongs into properties that import inside, never at module level.
    """

    name = "onboarding"

    @cached_property
    def listeners(self) -> list[Any]:  # type: ignore[override]  # a plain list in Airflow's class
        """What schedulers call when they start."""
        from onboarding.operators import preload

        return [preload]

    @cached_property
    def deadline_references(self) -> list[Any]:  # type: ignore[override]  # a plain list in Airflow's class
        """From when the deadlines of gates and pipelines count."""
        from shared.operators.deadlines import RunQueued

        return [RunQueued]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a plain list in Airflow's class
        """The pages, mounted by the api-server."""
        from onboarding.ui.registration import fastapi_apps

        return fastapi_apps()

    @cached_property
    def fastapi_root_middlewares(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a plain list in Airflow's class
        """What stands around every request of the api-server."""
        from onboarding.ui.registration import root_middlewares

        return root_middlewares()

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:  # type: ignore[override]  # a plain list in Airflow's class
        """Where Airflow's UI shows the pages."""
        from onboarding.ui.registration import external_views

        return external_views()
