"""What Airflow's providers manager is told about this package (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from typing import Any

from onboarding.spec.settings import OPTIONS, SECTION, Option

PACKAGE_NAME = "airflow-data-onboarding"
VERSION = "0.1.0"


def get_provider_info() -> dict[str, Any]:
    """The provider's description and the documented options of ``[onboarding]``."""
    return {
        "package-name": PACKAGE_NAME,
        "name": "Data onboarding",
        "description": "From a new data source to a tested, approved and deployed pipeline.",
        "versions": [VERSION],
        "config": {
            SECTION: {
                "description": "Where data onboarding keeps its state and which services it uses.",
                "options": {option.name: _config_option(option) for option in OPTIONS},
            }
        },
    }


def _config_option(option: Option) -> dict[str, Any]:
    return {
        "description": option.description,
        "version_added": VERSION,
        "type": "string",
        "example": None,
        "default": option.default,
    }
