"""Messages to people: the SNS topic of ``[onboarding] notification_topic_arn`` through the provider's notifier."""

from __future__ import annotations

import re
from typing import Any

SUBJECT_LENGTH = 100


def send(subject: str, message: str) -> bool:
    """Publish a message to the topic that is set when this runs.

    The text is sent as it is: it is never rendered as a template, since parts of it come from data.

    :param subject: shortened to what SNS takes: 100 printable ASCII characters.
    :returns: whether a topic is set, and so whether anything was sent.
    """
    from airflow.sdk.configuration import conf

    topic = conf.get("onboarding", "notification_topic_arn", fallback="")
    if not topic:
        return False
    from airflow.providers.amazon.aws.notifications.sns import SnsNotifier

    connection_id = conf.get("onboarding", "aws_conn_id", fallback="aws_default")
    notifier: Any = SnsNotifier(
        aws_conn_id=connection_id or None,
        target_arn=topic,
        subject=clean_subject(subject),
        message=message,
        region_name=region_of(topic),
    )
    notifier.notify({})
    return True


def clean_subject(text: str) -> str:
    """One line of printable ASCII that SNS accepts as a subject."""
    line = re.sub(r"[^\x20-\x7e]+", " ", text).strip()
    return line[:SUBJECT_LENGTH] or "data onboarding"


def region_of(topic_arn: str) -> str | None:
    """The region that a topic is in: the only one where it can be published to."""
    parts = topic_arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None
