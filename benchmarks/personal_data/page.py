"""The scores as Markdown, and the page that explains the detector around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.personal_data.labelled import NONE, UNDECIDABLE
from benchmarks.personal_data.scores import Verdict, by_type, calibration, confusions, scores
from onboarding.agents.masking import DEFAULT_MASKING
from onboarding.discovery.personal_kinds import KINDS

TEXT = Path(__file__).with_name("page.md")


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def set_report(name: str, found: list[Verdict]) -> str:
    """Scores, types, confusions and calibration of one set."""
    score = scores(found)
    opaque = sum(not verdict.honest for verdict in found)
    personal = sum(verdict.label != NONE for verdict in found)
    summary = _table(
        ("measure", "value"),
        (
            ("columns", f"{score.columns}, {personal} of them personal, {opaque} under an opaque name"),
            ("personal or not: precision", f"{score.precision:.3f}"),
            ("personal or not: recall", f"{score.recall:.3f}"),
            ("personal or not: F1", f"{score.f1:.3f}"),
            ("right type", f"{score.right_type:.3f}"),
            ("recall where a check digit or an exact form says so", f"{score.provable_recall:.3f}"),
            ("recall where the name says so", f"{score.named_recall:.3f}"),
            ("undecidable columns put before a person", f"{score.asked} of {score.undecidable}"),
            ("business columns put before a person as well", score.listed_in_vain),
        ),
    )
    types = _table(
        ("type", "columns", "found as personal", "found as this type", "others taken for it"), by_type(found)
    )
    wrong = confusions(found)
    confused = _table(("is", "taken for", "times", "columns"), wrong) if wrong else "None."
    calibrated = _table(
        ("confidence", "columns", "mean confidence", "share that is personal"),
        ((label, count, f"{mean:.3f}", f"{right:.3f}") for label, count, mean, right in calibration(found)),
    )
    return (
        f"## The {name} set\n\n{summary}\n\n### Per type\n\n{UNDECIDABLE}: no name and no value tells.\n\n{types}\n\n"
        f"### Confusions\n\n{confused}\n\n### Calibration\n\n{calibrated}\n"
    )


def page(reports: dict[str, str]) -> str:
    """``docs/personal-data.md``: the explanation with the kinds, then the sets."""
    kinds = _table(
        ("type", "sensitivity", "default masking", "needs persons beside it"),
        (
            (kind.type, kind.sensitivity, DEFAULT_MASKING[kind.type].value, "yes" if kind.persons == "needed" else "")
            for kind in KINDS
        ),
    )
    return TEXT.read_text(encoding="utf-8").replace("KINDS_TABLE", kinds) + "\n" + "\n".join(reports.values())
