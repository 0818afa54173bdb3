"""The approval shows exactly the announced card, and nobody's silence approves."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from shared.operators.approval import CardApprovalOperator, read_card

CARD = json.dumps({"subject": "approve_plan: orders (OK)", "body": "**OK**", "level": "OK"}).encode()


def context(conf: dict[str, Any] | None) -> Any:
    return {"dag_run": SimpleNamespace(conf=conf)}


def stored(folder: Path, data: bytes = CARD) -> dict[str, Any]:
    """A conf that announces :data:`CARD`, and a card file with these bytes."""
    path = folder / "card.json"
    path.write_bytes(data)
    return {"card_uri": path.as_uri(), "card_sha256": hashlib.sha256(CARD).hexdigest()}


def operator() -> CardApprovalOperator:
    return CardApprovalOperator(task_id="approve", options=["approve", "reject"], response_timeout=timedelta(hours=1))


def test_the_announced_card_is_read(tmp_path: Path) -> None:
    assert read_card(context(stored(tmp_path))) == json.loads(CARD)


def test_a_changed_card_is_refused_before_anything_is_shown(tmp_path: Path) -> None:
    conf = stored(tmp_path, CARD.replace(b"**OK**", b"**changed**"))
    with pytest.raises(AirflowFailException, match="changed after the run was triggered"):
        operator().execute(context(conf))


@pytest.mark.parametrize("conf", [None, {}, {"card_uri": "file:///x"}, {"card_sha256": "0" * 64}])
def test_a_run_that_nobody_asked_for_is_refused(conf: dict[str, Any] | None) -> None:
    with pytest.raises(AirflowFailException, match="triggered by onboard_meta_dag only"):
        read_card(context(conf))


def test_the_answer_carries_the_digest_of_what_was_shown(tmp_path: Path) -> None:
    conf = stored(tmp_path)
    event = {
        "chosen_options": ["approve"], "params_input": {}, "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "responded_by_user": {"id": "1", "name": "reviewer"},
    }  # fmt: skip
    answer = operator().execute_complete(context(conf), event)
    assert answer["chosen_options"] == ["approve"]
    assert answer["shown_sha256"] == conf["card_sha256"]


FORM = [
    {"name": "zip", "title": "Type of zip", "default": "integer", "type": "string", "enum": ["integer", "text"]},
    {"name": "share", "title": "Score", "default": 0.8, "type": "number", "minimum": 0, "maximum": 1},
]


def _answered(**fields: Any) -> dict[str, Any]:
    return {
        "chosen_options": ["approve"], "params_input": fields, "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "responded_by_user": {"id": "1", "name": "reviewer"},
    }  # fmt: skip


def _with_form(folder: Path) -> dict[str, Any]:
    card = json.dumps({**json.loads(CARD), "fields": FORM}).encode()
    path = folder / "card.json"
    path.write_bytes(card)
    return {"card_uri": path.as_uri(), "card_sha256": hashlib.sha256(card).hexdigest()}


def test_the_cards_fields_are_the_form(tmp_path: Path) -> None:
    asking, conf = operator(), _with_form(tmp_path)
    answer = asking.execute_complete(context(conf), _answered(zip="text", share=0.9))
    assert answer["params_input"] == {"zip": "text", "share": 0.9}
    assert asking.serialized_params["zip"]["schema"]["enum"] == ["integer", "text"]
    assert asking.serialized_params["zip"]["schema"]["title"] == "Type of zip"


@pytest.mark.parametrize(
    "fields", [{"zip": "blob", "share": 0.9}, {"zip": "text", "share": 7}, {"zip": "text"}, {"zip": "text", "other": 1}]
)
def test_what_does_not_fit_the_form_is_no_answer(fields: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises((ValueError, ParamValidationError)):
        operator().execute_complete(context(_with_form(tmp_path)), _answered(**fields))


def test_a_form_that_nobody_touched_is_an_answer(tmp_path: Path) -> None:
    assert operator().execute_complete(context(_with_form(tmp_path)), _answered())["params_input"] == {}


def test_silence_fails_for_good(tmp_path: Path) -> None:
    event = {"error": "no answer", "error_type": "timeout"}
    with pytest.raises(AirflowFailException, match="nothing was approved"):
        operator().execute_complete(context(stored(tmp_path)), event)


def test_another_choice_than_the_offered_ones_is_no_answer(tmp_path: Path) -> None:
    event = {
        "chosen_options": ["perhaps"], "params_input": {}, "responded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "responded_by_user": None,
    }  # fmt: skip
    with pytest.raises(ValueError, match="perhaps"):
        operator().execute_complete(context(stored(tmp_path)), event)
