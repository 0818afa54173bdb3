"""The only file of this folder that Airflow's plugin loader sees (see ``.airflowignore`` beside it).

It hands out the plugin when the folder was dropped in. Where the package is installed as well, its entry
point gives the plugin already, and a second one of the same name would be reported as an import error.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution


def _has_entry_point() -> bool:
    try:
        entry_points = distribution("airflow-data-onboarding").entry_points
    except PackageNotFoundError:
        return False
    return any(entry_point.group == "airflow.plugins" for entry_point in entry_points)


if not _has_entry_point():
    from onboarding.plugin import OnboardingPlugin  # noqa: F401
