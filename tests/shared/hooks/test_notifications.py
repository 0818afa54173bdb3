"""Messages to SNS: to the topic that is set when they are sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.hooks import notifications


@pytest.fixture
def connection(aws_endpoint, monkeypatch):
    extra = {"endpoint_url": aws_endpoint, "region_name": "eu-west-1"}
    monkeypatch.setenv(
        "AIRFLOW_CONN_AWS_DEFAULT",
        json.dumps({"conn_type": "aws", "login": "testing", "password": "testing", "extra": extra}),
    )


def test_without_a_topic_nothing_is_sent(monkeypatch):
    monkeypatch.delenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", raising=False)

    assert notifications.send("subject", "message") is False


def test_a_message_arrives_as_it_was_written(aws, connection, monkeypatch):
    sns, sqs = aws("sns"), aws("sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", topic)

    assert notifications.send("orders: fällig\n", "value {{ conn.secret }}") is True

    body = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert body["Message"] == "value {{ conn.secret }}"
    assert body["Subject"] == "orders: f llig"


HTTP = "airflow.providers.http.notifications.http.HttpNotifier"


@pytest.fixture
def webhook(monkeypatch):
    """A loopback server that keeps what is posted to it, and answers 500 below ``/broken``."""
    posted = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, json.loads(body)))
            self.send_response(500 if self.path.startswith("/broken") else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chat = {"conn_type": "http", "host": "127.0.0.1", "port": server.server_port, "schema": "http"}
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(chat))
        monkeypatch.delenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", raising=False)
        yield posted
        server.shutdown()


def _notifier(endpoint):
    body = {"text": "{subject}: {message}", "blocks": [{"about": "{subject}"}], "count": 1}
    return {"class": HTTP, "arguments": {"http_conn_id": "chat", "endpoint": endpoint, "json": body}}


def test_a_configured_notifier_gets_the_message_as_it_is(webhook, monkeypatch):
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFIERS", json.dumps([_notifier("/hook")]))

    assert notifications.send("orders", "value {{ conn.secret }} {subject} %s") is True

    text = "orders: value {{ conn.secret }} {subject} %s"
    assert webhook == [("/hook", {"text": text, "blocks": [{"about": "orders"}], "count": 1})]


def test_one_that_fails_keeps_none_of_the_others_from_it(webhook, monkeypatch):
    entries = [_notifier("/broken"), {"class": "no.such.Notifier"}, _notifier("/hook")]
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFIERS", json.dumps(entries))

    with pytest.raises(notifications.NotificationError) as caught:
        notifications.send("orders", "message")

    assert [path for path, _ in webhook][-1] == "/hook"
    assert caught.value.where == f"notifier 1, {HTTP}, notifier 2, no.such.Notifier"
    assert caught.value.given.startswith(f"1; notifier 1, {HTTP}: ")


@pytest.mark.parametrize("given", ["{", "{}", "[1]", '[{"class": "Name"}]', '[{"class": "a.B", "argument": {}}]'])
def test_an_option_that_cannot_be_used_is_one_clear_error(monkeypatch, given):
    monkeypatch.delenv("AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN", raising=False)
    monkeypatch.setenv("AIRFLOW__ONBOARDING__NOTIFIERS", given)

    with pytest.raises(notifications.NotificationError) as caught:
        notifications.send("orders", "message")

    assert caught.value.where == "airflow.cfg [onboarding] notifiers"


def test_subjects_fit_sns():
    assert notifications.clean_subject("ü" * 5 + "x" * 200) == "x" * 100
    assert notifications.clean_subject("\n") == "data onboarding"
