"""The profile report: what was measured on the source, and what was recognised in it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from onboarding.spec.conf import ColumnType, Format, Strict

Sensitivity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE"]

#: Half a unit of the last digit, and a little for floating-point numbers.
_HALF_A_UNIT = 0.51
#: More digits behind the point are no scale: such numbers are compared to six digits.
_LARGEST_SCALE, _RELATIVE_ROUNDING = 6, 1e-6

#: How numbers are written: 1234.5, 1,234.50, 1234,50, 12.5 %, $ (1,234.50), EUR 1.234,50.
NumberFormat = Literal["plain", "whole", "grouped", "decimal_comma", "percent", "currency", "currency_comma"]


class ValueCount(Strict):
    """A value (or a shape of values) and how many rows have it."""

    value: str
    count: int


class PersonalData(Strict):
    """What a column's values say about persons; ``type`` is NONE for a column that says nothing.

    ``inside``: the fields of a JSON text that say so, and what each says; empty where the values themselves do.
    """

    type: str = "NONE"
    sensitivity: Sensitivity = "NONE"
    confidence: float = Field(0.0, ge=0, le=1)
    evidence: list[str] = Field(default_factory=list)
    inside: dict[str, str] = Field(default_factory=dict)


class Misspelling(Strict):
    """Rare values that differ from a frequent one (``usual``) in a letter.

    ``values``: those of them that occur often enough to be shown; ``rows``: rows of all of them.
    """

    usual: str
    values: list[str]
    rows: int


class ColumnProfile(Strict):
    """Measures of one column over all rows, but for the validators (a sample of at most 20,000 values).

    ``name`` is the SQL-friendly name that the workload uses, ``source_name`` the name in the source.
    Counts are rows. Values are stored only when the column is neither personal nor masked and they occur often enough.
    ``null_word_count``: rows whose text stands for "no value" (``null_words``: as written).
    ``distinct_count`` counts values after trimming, words for "no value" left out; ``distinct_exact`` is False where
    it was estimated. ``type_matches``: how many values can be read as ``integer``, ``decimal``, ``double``,
    ``boolean``, ``uuid``, ``json``, ``grouped`` (1,234.50), ``decimal_comma``, ``percent``, ``currency``
    ($ (1,234.50), 5.00- USD), ``currency_comma`` (1.234,50 €), ``date:<format>``, ``timestamp:<format>``.
    ``truth_words``: the words for true and false in a column of such. ``unreadable_distinct_count``: different texts
    that the main kind cannot read.
    ``identifier_strength``: 0 (looks like no identifier), 1 (a sequence), 2 (by name), 3 (by form), 4 (both).
    ``far_date_count``: dates before 1900 or after 2100.
    ``shapes`` are those of the ``sampled_count`` values of the sample; ``other_form_count`` of them are not of the most
    frequent form (``A-9+``: runs of digits may be of any length). The validators were asked about
    ``validator_sample`` of them.
    """

    name: str
    source_name: str
    position: int
    physical_type: str
    null_count: int
    empty_count: int
    distinct_count: int
    type: ColumnType
    date_format: str | None = None
    date_formats: list[str] = Field(default_factory=list)
    number_format: NumberFormat = "plain"
    type_reason: str = ""
    type_needs_eyes: bool = False
    type_alternatives: list[str] = Field(default_factory=list)
    null_word_count: int = 0
    null_words: list[ValueCount] = Field(default_factory=list)
    distinct_exact: bool = True
    folded_distinct_count: int | None = None
    rare_value_count: int | None = None
    case_matches: dict[str, int] = Field(default_factory=dict)
    misspellings: list[Misspelling] = Field(default_factory=list)
    far_date_count: int = 0
    negative_count: int = 0
    unreadable_distinct_count: int = 0
    type_matches: dict[str, int] = Field(default_factory=dict)
    truth_words: list[str] = Field(default_factory=list)
    leading_zero_count: int = 0
    padded_count: int = 0
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    standard_deviation: float | None = None
    quantiles: dict[str, float] = Field(default_factory=dict)
    decimal_scale: int | None = None
    minimum_length: int | None = None
    maximum_length: int | None = None
    average_length: float | None = None
    shapes: list[ValueCount] = Field(default_factory=list)
    top_values: list[ValueCount] = Field(default_factory=list)
    sampled_count: int = 0
    other_form_count: int = 0
    validator_sample: int = 0
    validator_matches: dict[str, int] = Field(default_factory=dict)
    personal_data: PersonalData = Field(default_factory=PersonalData)
    identifier_strength: int = Field(0, ge=0, le=4)
    identifier_reason: str = ""

    @property
    def missing_count(self) -> int:
        """Rows without a value: NULL, empty, or a word for "no value"."""
        return self.null_count + self.empty_count + self.null_word_count

    @property
    def is_personal(self) -> bool:
        """Whether the column says something about persons."""
        return self.personal_data.type != "NONE"

    @property
    def rounding(self) -> tuple[float, float]:
        """How far a number that was computed from others may be from the column's: absolutely, and as a share of it."""
        scale = self.decimal_scale or 0
        return (0.0, _RELATIVE_ROUNDING) if scale > _LARGEST_SCALE else (_HALF_A_UNIT * 10**-scale, 0.0)


class SourceFile(Strict):
    """One file of the source."""

    uri: str
    bytes: int
    etag: str


class ReadOptions(Strict):
    """How the source was read: given, or detected from the bytes."""

    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header: bool = True
    encoding: str = "utf-8"
    null_values: list[str] = Field(default_factory=list)


class SourceLook(Strict):
    """What a first look at a source shows without measuring it: where, how it is read, which files and columns."""

    location: str
    format: Format
    read_options: ReadOptions
    files: list[SourceFile]
    source_columns: list[str]

    @property
    def total_bytes(self) -> int:
        """Bytes of all files as they lie in the source (compressed, where they are)."""
        return sum(file.bytes for file in self.files)


class KeyCandidate(Strict):
    """Columns that identify a row; ``distinct_count`` is counted exactly over all rows.

    ``exact``: never empty and unique over the different rows. ``strength``: 1 (weak) to 4 (name and form say so).
    """

    columns: list[str]
    distinct_count: int
    null_count: int
    reason: str
    exact: bool = True
    needs_eyes: bool = False
    strength: int = 0


class PossibleIdentifier(Strict):
    """A column that may identify persons although nothing proves it: a person decides."""

    column: str
    reason: str


HintKind = Literal["product", "sum", "not_before", "decides", "missing_when", "refers_to"]


class FunctionalHint(Strict):
    """What columns say of each other, in ``holds`` of the ``rows`` of the sample that it can be asked of.

    ``product`` and ``sum``: the first column is that of the two others. ``not_before``: the first is not before the
    second. ``decides``: rows with the same value of the first have one value of the second. ``missing_when``: the first
    has no value where the second is one of ``values``. ``refers_to``: its values are those of a known workload's key,
    which ``values`` names (``workload.table.column``).
    """

    kind: HintKind
    columns: list[str]
    values: list[str] = Field(default_factory=list)
    rows: int
    holds: int

    @property
    def text(self) -> str:
        """The hint as a sentence without its counts."""
        if self.kind == "refers_to":
            return f"{self.columns[0]} refers to {self.values[0]}"
        first, second = self.columns[:2]
        if self.kind in ("product", "sum"):
            return f"{first} = {second} {'x' if self.kind == 'product' else '+'} {self.columns[2]}"
        if self.kind == "not_before":
            return f"{first} is not before {second}"
        if self.kind == "decides":
            return f"{first} decides {second}"
        return f"{first} has no value where {second} is {', '.join(self.values)}"


class ProfileReport(Strict):
    """Everything that was measured; ``rows`` = ``distinct_rows`` + exact duplicates.

    ``source_rows`` and ``distinct_source_rows``: of the whole source, where only a share of its rows was measured;
    None otherwise. Counts of columns are of the measured rows; keys, and the values of columns with few of them, are
    those of every row.
    """

    location: str
    format: Format
    read_options: ReadOptions
    files: list[SourceFile]
    rows: int
    unreadable_rows: int
    distinct_rows: int
    source_rows: int | None = None
    distinct_source_rows: int | None = None
    columns: list[ColumnProfile]
    key_candidates: list[KeyCandidate]
    possible_identifiers: list[PossibleIdentifier] = Field(default_factory=list)
    hints: list[FunctionalHint] = Field(default_factory=list)

    @property
    def all_rows(self) -> int:
        """Rows of the source, measured or not."""
        return self.rows if self.source_rows is None else self.source_rows

    @property
    def all_distinct_rows(self) -> int:
        """Different rows of the source, measured or not."""
        return self.distinct_rows if self.distinct_source_rows is None else self.distinct_source_rows

    @property
    def duplicate_rows(self) -> int:
        """Exact duplicates in the source, beyond the first of each."""
        return self.all_rows - self.all_distinct_rows

    def look(self) -> SourceLook:
        """The part of the report that a first look shows."""
        return SourceLook(
            location=self.location,
            format=self.format,
            read_options=self.read_options,
            files=self.files,
            source_columns=[column.source_name for column in self.columns],
        )

    def column(self, name: str) -> ColumnProfile:
        """The column with this SQL-friendly name.

        :raises KeyError: there is no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
