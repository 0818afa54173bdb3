"""``onboard profile``: a file measured and what the rules propose for it, without Airflow."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from onboarding.agents import AgentContext, propose_all
from onboarding.agents.base import present
from onboarding.agents.metadata import readable
from onboarding.agents.quality_checks import SPELLED
from onboarding.cli.console import say
from onboarding.cli.platform_access import point_at
from onboarding.cli.profile_page import html_page, text_page
from onboarding.cli.profile_trial import TrialResult, try_proposal
from onboarding.discovery import OpenLook, looking_at_source, resolve
from onboarding.local_platform import default_home, read_platform
from onboarding.spec.cleaning import TYPING
from onboarding.spec.conf import Conf, Masking
from onboarding.spec.parse import parse_conf
from onboarding.spec.plans import CleaningOperation
from onboarding.spec.profile import ColumnProfile, ProfileReport
from onboarding.spec.profile_document import ProfiledColumn, ProfileDocument, ProposedCleaning, ProposedRule
from onboarding.spec.report import PersonalColumn
from shared.pipeline.disk import whole_file
from shared.pipeline.errors import SourceError
from shared.pipeline.profile.measurement import SOURCE_VIEW

#: A person gives credentials in one of these ways; then the local platform's emulated AWS is not meant.
_AWS_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_ACCESS_KEY_ID")


def profile(
    source: str, sample_percent: float | None, json_path: Path | None, html_path: Path | None, *, trial: bool
) -> int:
    """Profile a source, print what was found, and write the reports that were asked for.

    :param source: a path, or a ``file://`` or ``s3://`` URI, of a file or a folder.
    :param sample_percent: measure this share of the rows; keys are proved over all rows all the same.
    :param trial: try the proposed cleaning and rules on every row.
    :returns: 0.
    :raises SourceError: it is missing, empty or unreadable.
    """
    document = profile_document(source, share=(sample_percent or 100) / 100, trial=trial)
    if json_path is not None:
        _write(json_path, json.dumps(document.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n")
    if html_path is not None:
        _write(html_path, html_page(document))
    say(text_page(document))
    return 0


def profile_document(source: str, *, share: float = 1.0, trial: bool = True) -> ProfileDocument:
    """Profile and proposals of a source; parameters and errors as :func:`profile`, ``share`` from 0 to 1."""
    conf = parse_conf({"source.location": _location(source)}, where="onboard profile")
    # Which engine would run a pipeline is no question here, and none is refused for its size.
    conf = conf.model_copy(update={"deployment": conf.deployment.model_copy(update={"engine": "local"})})
    with _reachable(source), looking_at_source(conf, share=share) as look:
        known = _proposed(conf, look.report)
        tried = try_proposal(look.measurement.table.connection, SOURCE_VIEW, known) if trial else None
        return _document(look, known, tried)


@contextmanager
def _reachable(source: str) -> Iterator[None]:
    """What botocore cannot do before S3 has answered, as a clear error."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except BotoCoreError as error:
        raise SourceError(
            "S3 cannot be asked for the source",
            where=source,
            expected="credentials and a region that the AWS SDK finds, or a running local platform",
            given=str(error),
            remedy="set AWS_PROFILE (or AWS_ACCESS_KEY_ID and so on), or `onboard up` for the emulated S3",
        ) from error


def _location(given: str) -> str:
    """The source as a URI. S3 is the local platform's while it runs and nothing else is set.

    :raises SourceError: there is no such file.
    """
    scheme = urlsplit(given).scheme
    if scheme == "s3" and not any(os.environ.get(name) for name in _AWS_VARIABLES):
        platform = read_platform(default_home())
        if platform is not None:
            point_at(platform)
    if scheme in ("s3", "file"):
        return given
    if scheme == "db":
        raise SourceError(
            "tables of databases are profiled in Airflow, which has the connections",
            where=given,
            expected="a file or a folder, or a URI such as s3://bucket/key",
            given="a table of a database",
            remedy="onboard it: the profile is in the report of its run",
        )
    path = Path(given)
    if not path.exists():
        raise SourceError(
            "the source does not exist",
            where=given,
            expected="a file or a folder, or a URI such as s3://bucket/key",
            given="nothing there",
            remedy="check the path",
        )
    return path.resolve().as_uri() + ("/" if path.is_dir() else "")


def _proposed(conf: Conf, report: ProfileReport) -> AgentContext:
    discovery = resolve(conf, report.look())
    return propose_all(AgentContext(conf=conf, discovery=discovery, profile=report))


def _document(look: OpenLook, known: AgentContext, tried: TrialResult | None) -> ProfileDocument:
    report, metadata, transformation = look.report, known.need_metadata(), known.need_transformation()
    quality = known.need_quality()
    decisions = [*metadata.decisions, *transformation.decisions, *quality.decisions]
    return ProfileDocument(
        source=report.location,
        format=report.format,
        read_options=report.read_options,
        files=report.files,
        rows=look.measurement.source_rows,
        profiled_rows=report.rows,
        unreadable_rows=report.unreadable_rows,
        duplicate_rows=report.duplicate_rows,
        columns=[_column(column, report.rows, known) for column in report.columns],
        primary_key=metadata.primary_key,
        technical_key=metadata.technical_key,
        key_candidates=report.key_candidates,
        pii=[_personal(column) for column in report.columns if column.is_personal],
        possible_identifiers=report.possible_identifiers,
        hints=report.hints,
        please_look=[decision for decision in decisions if decision.needs_eyes],
        cleaning=[_cleaning(operation, report) for operation in transformation.cleaning],
        quality_rules=[_rule(rule.model_dump(), tried) for rule in quality.rules if rule.zone != "bronze"],
        trial=tried.trial if tried else None,
        decisions=decisions,
    )


def _column(column: ColumnProfile, rows: int, known: AgentContext) -> ProfiledColumn:
    metadata, masking = known.need_metadata(), known.need_transformation().masking
    return ProfiledColumn.model_validate(
        column.model_dump()
        | {
            "role": metadata.column(column.name).role,
            "masking": masking.get(column.name, Masking.KEEP),
            "in_key": column.name in metadata.primary_key,
            "missing_share": round(column.missing_count / rows, 6) if rows else 0.0,
        }
    )


def _personal(column: ColumnProfile) -> PersonalColumn:
    found = column.personal_data
    return PersonalColumn(
        column=column.name, type=found.type, sensitivity=found.sensitivity, confidence=found.confidence
    )


def _cleaning(operation: CleaningOperation, report: ProfileReport) -> ProposedCleaning:
    changed = _changed_rows(operation, report.column(operation.column), report.rows)
    return ProposedCleaning.model_validate(operation.model_dump() | {"rows": changed})


def _changed_rows(operation: CleaningOperation, column: ColumnProfile, rows: int) -> int | None:
    """Values that an operation changes, or that it cannot read, as far as the profile counted them exactly."""
    if operation.operation == "trim":
        return column.padded_count
    if operation.operation == "nullify":
        words = {word.value: word.count for word in column.null_words}
        return column.empty_count + sum(words.get(str(value), 0) for value in operation.arguments["values"] if value)
    if operation.operation == "map_values":
        mapped = operation.arguments["mapping"]
        return sum(entry.count for entry in column.top_values if entry.value in mapped)
    if operation.operation in SPELLED and column.rare_value_count == 0:
        spell = SPELLED[operation.operation]
        return sum(entry.count for entry in column.top_values if spell(entry.value) != entry.value)
    if operation.operation in TYPING:
        return max(0, present(column, rows) - readable(column, column.type))
    return None


def _rule(rule: dict[str, Any], tried: TrialResult | None) -> ProposedRule:
    applicable, violating = (None, None) if tried is None else tried.rules.get(str(rule["id"]), (None, None))
    return ProposedRule.model_validate(rule | {"applicable_rows": applicable, "violating_rows": violating})


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
