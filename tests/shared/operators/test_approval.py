"""The approval shows exactly the announced card, and nobody's silence approves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from shared.operators.approval import CardApprovalOperator, read_card, remind, tell

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


TOLD = {"subject": "approve_plan: orders (LOOK)", "body": "**LOOK**: 1\\.", "text": "LOOK: 1."}


@pytest.fixture
def inbox(aws: Callable[[str], Any], aws_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What the notification topic was told so far: subject and text of each message."""
    sns, sqs = aws("sns"), aws("sqs")
    topic, queue = sns.create_topic(Name="alerts")["TopicArn"], sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", topic)
    extra = {
        "endpoint_url": aws_endpoint,
        "region_name": "eu-west-1",
        "config_kwargs": {"retries": {"max_attempts": 1}},
    }
    access = {"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(access))

    def read() -> list[str]:
        bodies = [json.loads(found["Body"]) for found in sqs.receive_message(QueueUrl=queue).get("Messages", [])]
        return [f"{body['Subject']}\n{body['Message']}" for body in bodies]

    return read


def test_people_are_told_what_waits_in_plain_text(inbox: Callable[[], list[str]]) -> None:
    assert tell(TOLD, "Answer it here: https://airflow/x", subject=TOLD["subject"]) is True
    (message,) = inbox()
    assert message.splitlines()[0] == "approve_plan: orders (LOOK)"
    assert "LOOK: 1.\n\nAnswer it here: https://airflow/x" in message


def test_a_message_that_cannot_be_sent_keeps_nobody_from_answering(
    inbox: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:gone")
    assert tell(TOLD, "here", subject="s") is False
    assert "not everybody was told that approve_plan: orders (LOOK) waits" in caplog.text
    monkeypatch.setenv("AIRFLOW__ONBOARDING__AWS_CONN_ID", "no_such_connection")
    assert tell(TOLD, "here", subject="s") is False


@pytest.mark.parametrize(("state", "messages"), [("running", 1), ("success", 0), ("failed", 0)])
def test_a_reminder_goes_out_only_while_it_waits(
    inbox: Callable[[], list[str]], tmp_path: Path, state: str, messages: int
) -> None:
    run = {"dag_id": "onboard_gate_approve_plan", "dag_run_id": "r", "state": state, "conf": stored(tmp_path)}
    remind(context={"dag_run": run, "deadline": {"id": "1"}})
    found = inbox()
    assert len(found) == messages
    assert all(text.startswith("reminder, approve_plan: orders (OK)") for text in found)
