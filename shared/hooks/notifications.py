"""Messages to people: an SNS topic, and any of Airflow's notifiers, as ``[onboarding]`` says when a message is sent."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from shared.pipeline.errors import DataOnboardingError

SUBJECT_LENGTH = 100
_OPTION = "airflow.cfg [onboarding] notifiers"
_EXAMPLE = '[{"class": "airflow.providers.smtp.notifications.smtp.SmtpNotifier", "arguments": {"to": "a@example.com"}}]'


class NotificationError(DataOnboardingError):
    """A message could not be sent on one of its ways; it was tried on all of them."""

    code = "notification"


def send(subject: str, message: str) -> bool:
    """Send a message to the topic and through the notifiers that are set when this runs.

    The text is sent as it is: it is never rendered as a template, since parts of it come from data.

    :param subject: shortened to what SNS takes: 100 printable ASCII characters.
    :returns: whether anything is set, and so whether anything was sent.
    :raises NotificationError: one of the ways failed, or cannot be used as it is set; the others were gone.
    """
    ways = _ways(clean_subject(subject), message)
    failed: dict[str, Exception] = {}
    for name, way in ways.items():
        try:
            way()
        except Exception as error:  # noqa: BLE001 - what a foreign notifier raises is told below, after the others were asked
            failed[name] = error
    if failed:
        name, first = next(iter(failed.items()))
        raise NotificationError(
            "a message was not sent on every way",
            where=", ".join(failed),
            expected=f"{len(ways)} of {len(ways)} ways",
            given=f"{len(ways) - len(failed)}; {name}: {type(first).__name__}: {' '.join(str(first).split())[:300]}",
            remedy="correct the topic, the option or the connection that it names; nothing else depends on it",
        ) from first
    return bool(ways)


def _ways(subject: str, message: str) -> dict[str, Callable[[], None]]:
    """What each way of sending is called, and what sends on it."""
    from airflow.sdk.configuration import conf

    ways: dict[str, Callable[[], None]] = {}
    topic = str(conf.get("onboarding", "notification_topic_arn", fallback=""))
    if topic:
        ways[topic] = lambda: _publish(topic, subject, message)
    for number, entry in enumerate(_configured(str(conf.get("onboarding", "notifiers", fallback=""))), start=1):
        name = f"notifier {number}, {entry['class']}"
        ways[name] = lambda entry=entry: _notify(entry, subject, message)  # type: ignore[misc]
    return ways


def _publish(topic: str, subject: str, message: str) -> None:
    from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
    from airflow.sdk.configuration import conf

    connection_id = conf.get("onboarding", "aws_conn_id", fallback="aws_default")
    notifier: Any = SnsNotifier(
        aws_conn_id=connection_id or None,
        target_arn=topic,
        subject=subject,
        message=message,
        region_name=region_of(topic),
    )
    notifier.notify({})


def _configured(text: str) -> list[dict[str, Any]]:
    """The entries of the option.

    :raises NotificationError: it is not a list of classes with their arguments.
    """
    if not text.strip():
        return []
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise _unusable(f"no JSON: {error}") from None
    if not isinstance(entries, list):
        raise _unusable(f"a {type(entries).__name__}")
    for entry in entries:
        if not isinstance(entry, Mapping) or set(entry) - {"class", "arguments"} or "." not in str(entry.get("class")):
            raise _unusable(f"an entry with {', '.join(map(str, entry)) if isinstance(entry, Mapping) else 'no keys'}")
    return [dict(entry) for entry in entries]


def _notify(entry: Mapping[str, Any], subject: str, message: str) -> None:
    module, _, name = str(entry["class"]).rpartition(".")
    notifier = getattr(importlib.import_module(module), name)(**_filled(entry.get("arguments") or {}, subject, message))
    # Not called: that would render what it was given as a template.
    notifier.notify({})


def _filled(value: Any, subject: str, message: str) -> Any:
    """Arguments with ``{subject}`` and ``{message}`` in their texts replaced."""
    if isinstance(value, str):
        parts = re.split(r"(\{subject\}|\{message\})", value)
        return "".join({"{subject}": subject, "{message}": message}.get(part, part) for part in parts)
    if isinstance(value, Mapping):
        return {str(key): _filled(inner, subject, message) for key, inner in value.items()}
    return [_filled(inner, subject, message) for inner in value] if isinstance(value, list) else value


def clean_subject(text: str) -> str:
    """One line of printable ASCII that SNS accepts as a subject."""
    line = re.sub(r"[^\x20-\x7e]+", " ", text).strip()
    return line[:SUBJECT_LENGTH] or "data onboarding"


def region_of(topic_arn: str) -> str | None:
    """The region that a topic is in: the only one where it can be published to."""
    parts = topic_arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None


def _unusable(given: str) -> NotificationError:
    return NotificationError(
        "the option notifiers cannot be used",
        where=_OPTION,
        expected=f"a JSON list of Airflow notifiers with their arguments, such as {_EXAMPLE}",
        given=given,
        remedy="correct AIRFLOW__ONBOARDING__NOTIFIERS, or leave it out",
    )
