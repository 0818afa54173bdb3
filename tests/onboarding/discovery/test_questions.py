"""What discovery asks: only what has no sensible default, and everything untold where a person wants to be asked."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.discovery.questions import Question, location_question, open_questions
from onboarding.spec.conf import Conf, Format
from onboarding.spec.profile import ReadOptions, SourceFile, SourceLook

COLUMNS = ["visit_id", "mrn", "card_number", "created_at", "updated_at", "amount"]


def _look(*columns: str, files: int = 1) -> SourceLook:
    read = ReadOptions(delimiter=",", quote='"', escape='"', header=True, encoding="utf-8", null_values=[])
    found = [SourceFile(uri=f"file:///landing/v/{n}.csv", bytes=9, etag="") for n in range(files)]
    return SourceLook(
        location="file:///landing/v/", format=Format.CSV, read_options=read, files=found, source_columns=list(columns)
    )


def _asked(files: int = 1, **conf: Any) -> dict[str, Question]:
    found = open_questions(Conf.model_validate(conf), _look(*COLUMNS, files=files))
    return {question.key: question for question in found}


def test_nothing_is_asked_that_has_a_default_unless_somebody_wants_it() -> None:
    assert _asked(files=3) == {}
    assert _asked(files=3, mode="assume_defaults", source={"load": "watermark"}) == {}


def test_a_watermark_without_its_column_is_asked_for_with_the_surest_name() -> None:
    question = _asked(source={"load": "watermark"})["source.watermark_column"]
    assert question.default == "updated_at"
    assert set(question.others) == set(COLUMNS) - {"updated_at"}
    named = open_questions(Conf.model_validate({"source": {"load": "watermark"}}), _look("a", "b"))
    assert named[0].default == ""


def test_who_wants_to_be_asked_is_asked_what_no_byte_tells() -> None:
    asked = _asked(files=3, mode="interactive")
    assert {key: question.default for key, question in asked.items()} == {
        "source.load": "full", "quality.regulations": "HIPAA, PCI_DSS", "destination.gold.use_case": "adhoc",
        "schedule.cron": "0 2 * * *", "domain.owner": "data-platform",
    }  # fmt: skip
    assert "mrn may fall under HIPAA; card_number may fall under PCI_DSS" in asked["quality.regulations"].evidence
    assert "HIPAA, PCI_DSS, SOX" in asked["quality.regulations"].others
    assert "source.load" not in _asked(mode="interactive")


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("source.load", {"source": {"load": "new_files"}}), ("domain.owner", {"domain": {"owner": "crm"}}),
        ("schedule.cron", {"schedule": {"depends_on": ["other"]}}),
        ("quality.regulations", {"quality": {"regulations": ["GDPR"]}}),
        ("destination.gold.use_case", {"destination": {"gold": {"use_case": "ml"}}}),
    ],
)  # fmt: skip
def test_what_is_given_is_not_asked(key: str, given: dict[str, Any]) -> None:
    assert key in _asked(files=2, mode="interactive")
    assert key not in _asked(files=2, mode="interactive", **given)


def test_what_was_answered_is_not_asked_again() -> None:
    conf = Conf.model_validate({"mode": "interactive"})
    left = open_questions(conf, _look(*COLUMNS), {"schedule.cron", "domain.owner", "quality.regulations"})
    assert [question.key for question in left] == ["destination.gold.use_case"]


def test_more_than_a_card_holds_is_never_asked() -> None:
    for load in (None, "watermark", "full"):
        assert len(_asked(files=9, mode="interactive", source={"load": load})) <= 5


def test_the_source_that_fits_the_words_is_proposed() -> None:
    places = ["s3://landing/clicks/", "s3://landing/customer_export/", "s3://landing/old.csv"]
    question = location_question(Conf.model_validate({"request": "the CRM export"}), places)
    assert question.default == "s3://landing/customer_export/"
    assert list(question.others) == ["s3://landing/clicks/", "s3://landing/old.csv"]
    named = location_question(Conf.model_validate({"request": "s3://landing/clicks/ or s3://landing/old.csv"}), places)
    assert named.default == "s3://landing/clicks/"


def test_without_a_place_that_fits_there_is_no_default() -> None:
    assert location_question(Conf.model_validate({"request": "weather"}), ["s3://landing/clicks/"]).default == ""
    assert "nothing in the landing zone" in location_question(Conf.model_validate({"request": "x"}), []).evidence
