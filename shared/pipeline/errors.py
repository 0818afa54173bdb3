"""The one base of every error that people see: what, where, expected, given, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class DataOnboardingError(Exception):
    """An error that names its cause and its remedy.

    :param what: one sentence, what is wrong.
    :param where: file, key or URI (with a line where there is one).
    :param expected: what would have been right.
    :param given: what was there; never a raw personal value, never a secret.
    :param remedy: what the reader does next.
    :ivar code: stable machine-readable name of the kind of error, one per class.
    :ivar transient: whether the same call may work later (throttling, a restart); only then a retry makes sense.
    """

    code = "error"
    transient = False

    def __init__(self, what: str, *, where: str = "", expected: str = "", given: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.given = given
        self.remedy = remedy
        super().__init__(self.text())

    def text(self) -> str:
        """The complete message, one labelled line for each part that is known."""
        labelled = (
            ("where", self.where),
            ("expected", self.expected),
            ("given", self.given),
            ("what to do", self.remedy),
        )
        lines = [f"[{self.code}] {self.what}"]
        lines += [f"  {label}: {value}" for label, value in labelled if value]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str]:
        """The parts as a JSON-serialisable mapping."""
        return {
            "code": self.code,
            "what": self.what,
            "where": self.where,
            "expected": self.expected,
            "given": self.given,
            "remedy": self.remedy,
        }


class SourceError(DataOnboardingError):
    """The source is missing, empty, unreadable, or not what its format says."""

    code = "source"


class DatabaseError(SourceError):
    """A database cannot be reached, or was lost on the way: the same call may work later."""

    code = "database"
    transient = True


class WorkloadChangedError(DataOnboardingError):
    """A deployed workload directory is not what its manifest says, or asks for another runtime."""

    code = "workload_changed"


class WorkloadUnsettledError(WorkloadChangedError):
    """A deployed workload directory lacks a file, or has one too many: so it looks while it is being copied, too."""


class QualityGateFailed(DataOnboardingError):
    """A zone's quality gate did not pass: nothing was published."""

    code = "quality_gate_failed"


class BalanceError(DataOnboardingError):
    """Rows in and rows out of a step do not add up."""

    code = "balance"


class TooLargeForLocalError(DataOnboardingError):
    """The embedded engine cannot do this within the memory it has."""

    code = "too_large_for_local"


class ValueRefusedError(DataOnboardingError):
    """A statement met a value that it cannot compute with; the value is never shown."""

    code = "value_refused"


class DiskFullError(DataOnboardingError):
    """A write found no room: disk full, quota used up, or a limit on the size of files."""

    code = "disk_full"


class ArgumentsError(DataOnboardingError):
    """A script was called with arguments that are missing or wrong."""

    code = "arguments"


class NothingNewError(DataOnboardingError):
    """There is nothing to load that was not loaded before: the run is skipped, nothing is wrong."""

    code = "nothing_new"


class StepOrderError(DataOnboardingError):
    """A step needs what an earlier step of the same load writes, and it is not there."""

    code = "step_order"


class MaskingKeyError(DataOnboardingError):
    """The key for keyed hashes is missing or too short."""

    code = "masking_key"


def error_of(parts: Mapping[str, str], *, transient: bool) -> DataOnboardingError:
    """The error that :meth:`DataOnboardingError.as_dict` described, for example on another machine.

    :returns: of the class with its code, where this process knows it.
    """
    kinds = {kind.code: kind for kind in _kinds(DataOnboardingError)}
    given = {name: text for name, text in parts.items() if name != "code"}
    error = kinds.get(parts["code"], DataOnboardingError)(**given)
    error.code, error.transient = parts["code"], transient
    return error


def _kinds(kind: type[DataOnboardingError]) -> Iterator[type[DataOnboardingError]]:
    for below in kind.__subclasses__():
        yield from _kinds(below)
        yield below
