"""Messages to SNS: to the topic that is set when they are sent."""

from __future__ import annotations

import json

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


def test_subjects_fit_sns():
    assert notifications.clean_subject("ü" * 5 + "x" * 200) == "x" * 100
    assert notifications.clean_subject("\n") == "data onboarding"
