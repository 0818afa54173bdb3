"""A pipeline with every kind of masking, run by real Airflow on all deliveries; and every place that runs leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.hard_input.onboarding_path import KEY
from tests.loads.deployed import Deployed
from tests.loads.on_airflow import run_on_airflow
from tests.privacy import planted_source
from tests.privacy.leak_scan import Leak, LeakScan, catalog_documents, taken_messages
from tests.privacy.planted_source import DROPPED_WORDS, WORDS, WORKLOAD

BRONZE = f"bronze/{WORKLOAD}/"


@dataclass(frozen=True)
class Places:
    """Everything that is left after the runs.

    :ivar states: delivery -> state of its run.
    :ivar tasks: delivery -> task -> state.
    :ivar root: of the lake, the workload's files, and Airflow's home with its database and logs.
    """

    root: Path
    aws: Mapping[str, Any]
    topic: str
    queue: str
    states: Mapping[str, str]
    tasks: Mapping[str, Mapping[str, str]]
    sent: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        """A client of the emulated AWS."""
        return _client(self.aws, service)

    def leaks(self) -> list[Leak]:
        """Every planted value and every form of the key, wherever it must not be."""
        scan, dropped = LeakScan(WORDS, KEY), LeakScan(DROPPED_WORDS, KEY)
        found = scan.folder("lake", self.root / "lake", leave_out=[BRONZE])
        found += dropped.folder("bronze", self.root / "lake" / BRONZE)
        found += scan.folder("workload", self.root / "workload")
        found += scan.folder("airflow", self.root / "airflow")
        for name, document in catalog_documents(self.client("glue")).items():
            found += scan.document(f"catalog: {name}", document)
        for number, message in enumerate(self.messages()):
            found += scan.content(f"alert {number}", message.encode())
        return found

    def messages(self) -> list[str]:
        """The alerts that were sent so far."""
        self.sent.extend(taken_messages(self.client("sqs"), self.queue))
        return self.sent


def run_everything(root: Path, aws: Mapping[str, Any]) -> Places:
    """Onboard the first delivery, then one run for each of them, and a replay."""
    deliveries = planted_source.deliveries()
    (root / "sent").mkdir()
    for delivery in deliveries:
        (root / "sent" / delivery.name).write_bytes(delivery.content)
    landing = root / "landing" / f"{WORKLOAD}.csv"
    landing.parent.mkdir()
    landing.write_bytes(deliveries[0].content)
    deployed = Deployed.onboard(landing.as_uri(), root, planted_source.CONF)
    topic, queue = _topic_and_queue(aws)
    results = run_on_airflow(
        deployed,
        root / "airflow",
        [(f"2026-01-{5 + number:02d}T03:00:00+00:00", {}) for number in range(len(deliveries))],
        {"aws_default": aws},
        options={
            "AIRFLOW__ONBOARDING__NOTIFICATION_TOPIC_ARN": topic,
        },
        deliveries=[(root / "sent" / delivery.name, landing) for delivery in deliveries],
    )
    names = [delivery.name for delivery in deliveries]
    states = {name: result["state"] for name, result in zip(names, results, strict=True)}
    tasks = {name: result["tasks"] for name, result in zip(names, results, strict=True)}
    return Places(root, aws, topic, queue, states, tasks)


def _topic_and_queue(aws: Mapping[str, Any]) -> tuple[str, str]:
    """A topic, and a queue that keeps what it sends."""
    topic = str(_client(aws, "sns").create_topic(Name="alerts")["TopicArn"])
    queue = str(_client(aws, "sqs").create_queue(QueueName="alerts")["QueueUrl"])
    arn = _client(aws, "sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    _client(aws, "sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue


def _client(aws: Mapping[str, Any], service: str) -> Any:
    extra = aws["extra"]
    return boto3.client(
        service, endpoint_url=extra["endpoint_url"], region_name=extra["region_name"],
        aws_access_key_id=aws["login"], aws_secret_access_key=aws["password"],
    )  # fmt: skip
