"""The profile of a source: measured, named, typed, searched for personal data and keys, and scrubbed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onboarding.discovery.answers import given_names, read_options
from onboarding.discovery.column_concepts import name_sense
from onboarding.discovery.enumerations import with_every_value
from onboarding.discovery.errors import DiscoveryError
from onboarding.discovery.first_look import source_location
from onboarding.discovery.functional_hints import find_hints
from onboarding.discovery.key_candidates import find_key_candidates, given_key, identifier_look, proved_in_source
from onboarding.discovery.known_keys import KnownKey
from onboarding.discovery.personal_data import SENSITIVITY, detect
from onboarding.discovery.possible_identifiers import is_possible_identifier, possible_identifiers
from onboarding.discovery.references import find_references
from onboarding.discovery.types import TypeDecision, decide_type
from onboarding.spec.conf import ColumnType, Conf, Masking
from onboarding.spec.names import column_names
from onboarding.spec.plans import MetadataPlan
from onboarding.spec.profile import ColumnProfile, NumberFormat, PersonalData, ProfileReport
from shared.pipeline.profile import Measurement, measuring

#: Personal numbers are identifiers: no arithmetic, and masking needs their text. Dates keep their year.
_TEXT_WHEN_PERSONAL = frozenset(SENSITIVITY) - {"BIRTH_DATE", "ADMISSION_DATE", "PERSON_NAME", "GENDER"}
#: Confidence of a model's word: a person should look at it.
SAID_BY_A_MODEL = 0.7
#: Name of a format of moments as numbers -> how many of its units are a second.
EPOCH_UNITS = {"epoch": 1, "epoch_ms": 1_000}
_VALUES_OF = ("top_values", "quantiles", "case_matches", "misspellings")


@dataclass(frozen=True)
class Neighbours:
    """What is known of other workloads: their keys, and the lake that holds their Gold."""

    keys: Sequence[KnownKey]
    lake_uri: str


def look_at_source(conf: Conf, neighbours: Neighbours | None = None) -> ProfileReport:
    """Measure the source of a conf over all of its rows.

    :param conf: ``source.location`` must be given.
    :param neighbours: workloads to whose keys columns may refer.
    :returns: the report; values, extremes and means of columns that are personal or masked are not in it.
    :raises DiscoveryError: no location, or a key of columns that do not exist.
    :raises SourceError: the source is missing, empty or unreadable.
    """
    with looking_at_source(conf, neighbours=neighbours) as look:
        return look.report


@dataclass(frozen=True)
class OpenLook:
    """The report of a source, and its measurement, of which more may be asked."""

    report: ProfileReport
    measurement: Measurement


@contextmanager
def looking_at_source(conf: Conf, *, share: float = 1.0, neighbours: Neighbours | None = None) -> Iterator[OpenLook]:
    """As :func:`look_at_source`; inside the block the source stays open.

    :param share: part of the rows that is measured, 0 to 1. Keys are proved over every row all the same: a column
        that is unique in a share of the rows need not be unique.
    """
    format_ = conf.source.format.value if conf.source.format else None
    options, location = read_options(conf), source_location(conf)
    with measuring(location, format=format_, options=options, share=share) as measurement:
        yield OpenLook(report_of(conf, measurement, neighbours), measurement)


def report_of(conf: Conf, measurement: Measurement, neighbours: Neighbours | None) -> ProfileReport:
    """The report of a measured source; see :func:`look_at_source`."""
    names = column_names([str(measures["source_name"]) for measures in measurement.columns])
    rows = measurement.rows
    types = [decide_type(measures, rows) for measures in measurement.columns]
    measured = list(zip(measurement.columns, (decided.type for decided in types), strict=True))
    columns = [_column(*parts) for parts in zip(names, measurement.columns, types, detect(measured, rows), strict=True)]
    columns = [_with_look(_with_answer(column, conf)) for column in columns]
    candidates = find_key_candidates(columns, measurement)
    key = given_names(conf.domain.primary_key or [], columns, "domain.primary_key")
    if key:
        given = given_key(columns, key, measurement.distinct_rows, measurement.count_distinct)
        candidates = [given, *(found for found in candidates if found.columns != key)]
    if measurement.is_share:
        candidates = proved_in_source(candidates, columns, measurement, key)
    hidden = {column.name for column in columns if _is_hidden(column, conf) or is_possible_identifier(column, rows)}
    if measurement.is_share:
        columns = [column if column.name in hidden else with_every_value(column, measurement) for column in columns]
    hints = find_hints(columns, hidden, measurement)
    if neighbours is not None:
        hints += find_references(columns, hidden, neighbours.keys, neighbours.lake_uri, measurement)
    whole = (measurement.source_rows, measurement.whole.distinct_rows()) if measurement.is_share else (None, None)
    report = measurement.report() | {
        "source_rows": whole[0],
        "distinct_source_rows": whole[1],
        "columns": [scrubbed(column) if column.name in hidden else column for column in columns],
        "hints": hints,
        "key_candidates": candidates,
        "possible_identifiers": [
            found for found in possible_identifiers(columns, rows) if not _is_answered(found.column, columns, conf)
        ],
    }
    return ProfileReport.model_validate(report)


def _is_answered(name: str, columns: list[ColumnProfile], conf: Conf) -> bool:
    """Whether a person said already what a column is."""
    column = next(column for column in columns if column.name == name)
    answer = conf.domain.columns.get(column.name) or conf.domain.columns.get(column.source_name)
    return answer is not None and answer.pii is not None


def _column(name: str, measures: dict[str, Any], decided: TypeDecision, personal: PersonalData) -> ColumnProfile:
    if personal.type in _TEXT_WHEN_PERSONAL and decided.type is not ColumnType.TEXT:
        reason = f"an identifier of persons ({personal.type}), not a number"
        decided = TypeDecision(ColumnType.TEXT, reason, number_format=_kept_format(decided))
    if decided.type is ColumnType.INTEGER and name_sense(str(measures["source_name"])).says("postal_code"):
        reason = f"the name says that these are postal codes, which are no numbers ({decided.reason})"
        decided = TypeDecision(ColumnType.TEXT, reason, number_format=_kept_format(decided))
    if decided.number_format == "whole":
        measures = measures | {end: f"{float(measures[end]):.0f}" for end in ("minimum", "maximum")}
    if decided.date_formats and decided.date_formats[0] in EPOCH_UNITS:
        measures = _as_moments(measures, decided.date_formats[0])
    if decided.type in (ColumnType.TEXT, ColumnType.BOOLEAN):
        measures = measures | {"minimum": None, "maximum": None, "mean": None, "standard_deviation": None}
        measures = measures | {"quantiles": {}}
    return ColumnProfile.model_validate(
        {key: value for key, value in measures.items() if key != "json_fields"}
        | {
            "name": name,
            "type": decided.type,
            "date_format": decided.date_formats[0] if decided.date_formats else None,
            "date_formats": decided.date_formats,
            "number_format": decided.number_format,
            "type_reason": decided.reason,
            "type_needs_eyes": decided.needs_eyes,
            "type_alternatives": decided.alternatives,
            "personal_data": personal,
        }
    )


def _kept_format(decided: TypeDecision) -> NumberFormat:
    """How numbers are written that stay texts: without the point that another tool gave them, no identifier has it."""
    return "whole" if decided.number_format == "whole" else "plain"


def _as_moments(measures: dict[str, Any], name: str) -> dict[str, Any]:
    """The measures of numbers that are moments: their extremes as such, no mean and no quantiles."""
    ends = {end: int(float(measures[end])) / EPOCH_UNITS[name] for end in ("minimum", "maximum")}
    shown = {end: f"{datetime.fromtimestamp(value, tz=UTC):%Y-%m-%d %H:%M:%S}" for end, value in ends.items()}
    matches = measures["type_matches"] | {f"timestamp:{name}": measures["type_matches"]["integer"]}
    return measures | shown | {"type_matches": matches, "mean": None, "standard_deviation": None, "quantiles": {}}


def _with_answer(column: ColumnProfile, conf: Conf) -> ColumnProfile:
    """What a person says about personal data decides what may be shown of the column."""
    answer = conf.domain.columns.get(column.name) or conf.domain.columns.get(column.source_name)
    if answer is None or answer.pii is None:
        return column
    kind = answer.pii.strip().upper()
    said = PersonalData(evidence=[*column.personal_data.evidence, "a person says: none"])
    if kind != "NONE":
        evidence = [*column.personal_data.evidence, f"a person says: {kind}"]
        said = PersonalData(type=kind, sensitivity=SENSITIVITY.get(kind, "HIGH"), confidence=1.0, evidence=evidence)
    return column.model_copy(update={"personal_data": said})


def reclassified(column: ColumnProfile, kind: str, reason: str) -> ColumnProfile:
    """The column when it holds this kind of personal data, though the detectors saw none: without values, text.

    :param reason: who says so and why; it becomes the evidence.
    :raises DiscoveryError: there is no such kind.
    """
    if kind not in SENSITIVITY:
        raise DiscoveryError(
            "there is no such kind of personal data",
            where=column.name,
            expected=", ".join(sorted(SENSITIVITY)),
            given=kind,
            remedy="take the nearest of these",
        )
    said = PersonalData(type=kind, sensitivity=SENSITIVITY[kind], confidence=SAID_BY_A_MODEL, evidence=[reason])
    changed: dict[str, Any] = {"personal_data": said}
    if kind in _TEXT_WHEN_PERSONAL and column.type is not ColumnType.TEXT:
        kept = "whole" if column.number_format == "whole" else "plain"
        changed |= {"type": ColumnType.TEXT, "date_format": None, "date_formats": [], "number_format": kept}
        changed |= {"type_reason": f"an identifier of persons ({kind}), not a number"}
    return scrubbed(column.model_copy(update=changed))


def as_planned(profile: ProfileReport, metadata: MetadataPlan) -> ProfileReport:
    """The profile without values of columns that only the plan knows to be personal."""
    kinds = {column.name: column.personal_data for column in metadata.columns if column.personal_data.type != "NONE"}
    columns = [
        scrubbed(column.model_copy(update={"personal_data": kinds[column.name]}))
        if column.name in kinds and not column.is_personal
        else column
        for column in profile.columns
    ]
    return profile.model_copy(update={"columns": columns})


def _with_look(column: ColumnProfile) -> ColumnProfile:
    look = identifier_look(column)
    return column.model_copy(update={"identifier_strength": look.strength, "identifier_reason": look.reason})


def _is_hidden(column: ColumnProfile, conf: Conf) -> bool:
    """Whether no value of it may be shown: it is personal, or a person asks for masking, whatever it looks like."""
    given = conf.transformations.masking
    asked = given.get(column.name, given.get(column.source_name, Masking.KEEP))
    return column.is_personal or asked is not Masking.KEEP


def scrubbed(column: ColumnProfile) -> ColumnProfile:
    """The column without values, extremes and means."""
    emptied: dict[str, Any] = {name: type(getattr(column, name))() for name in _VALUES_OF}
    emptied |= {"minimum": None, "maximum": None, "mean": None, "standard_deviation": None}
    return column.model_copy(update=emptied)
