"""``onboard quality``: scores, rules and what is unusual, as the last checks of a deployed workload found."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from onboarding.cli.console import say
from onboarding.cli.platform_access import running_platform
from onboarding.cli.quality_page import html_page, text_page
from onboarding.cli.quality_standing import ZONES, quality_of
from onboarding.spec.config_files import QualityRulesConfig
from onboarding.spec.plans import Zone
from onboarding.spec.quality_report import WorkloadQuality
from onboarding.spec.settings import load_settings
from onboarding.workspace.deployed import needed_deployed, version_key
from onboarding.workspace.store import Store
from shared.pipeline.disk import whole_file
from shared.pipeline.errors import DataOnboardingError


class QualityReportError(DataOnboardingError):
    """There is nothing to report."""

    code = "quality_report"


def quality(workload: str, zone: Zone | None, json_path: Path | None, html_path: Path | None) -> int:
    """Print the report, and write it where it was asked for.

    :param zone: only this one; it alone decides the exit code then.
    :returns: 0 when the last check of every table passed (Bronze only informs), else 1.
    :raises StorageError: no such workload is deployed.
    :raises QualityReportError: no load was checked yet.
    """
    running_platform()
    settings = load_settings()
    report = read_quality(Store(settings.dags_uri), Store(settings.lake_uri), workload, zone)
    if json_path is not None:
        _write(json_path, json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n")
    if html_path is not None:
        _write(html_path, html_page(report))
    say(text_page(report))
    return 0 if report.passed else 1


def read_quality(dags: Store, lake: Store, workload: str, zone: Zone | None = None) -> WorkloadQuality:
    """The report of a deployed workload.

    :raises StorageError: no such workload is deployed.
    :raises QualityReportError: no load was checked yet.
    """
    deployed = needed_deployed(dags, workload)
    content = dags.read(f"{version_key(workload, deployed.version)}/config/quality_rules.yaml")
    config = QualityRulesConfig.model_validate(yaml.safe_load(content))
    report = quality_of(lake, config, deployed.version, ZONES if zone is None else (zone,))
    if not report.tables:
        raise QualityReportError(
            f"no load of `{workload}` was checked yet",
            where=f"{lake.uri}/_state/{workload}/quality",
            expected=f"the verdict of a check of {zone or 'any zone'}",
            given="none",
            remedy="run the pipeline once, or look at its failed task in Airflow",
        )
    return report


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
