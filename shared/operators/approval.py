"""An approval that shows exactly one stored card and records the digest of what it showed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from airflow.providers.standard.exceptions import HITLTimeoutError
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowFailException

log = logging.getLogger(__name__)


class CardApprovalOperator(HITLOperator):
    """Ask a person with the card that the DAG run's conf names.

    The run's conf holds ``card_uri`` (an object-storage URI of the card's JSON: ``subject``, ``body``, ``text`` (the
    body without markup), and the list ``fields``, each with its ``name`` and the JSON schema of its value, and the list
    ``options``, empty for all of the DAG's) and ``card_sha256``. The card is read when the
    task executes; a card that is not the announced one is refused. Nobody answering within ``response_timeout`` fails
    the task for good: no answer is no approval. Values that do not fit the card's fields fail the task, which is
    retried and asks again. Each time it asks, it tells the notification topic and notifiers, where there are any,
    with the card as text and a link.

    :returns: the answer of :class:`HITLOperator` plus ``shown_sha256``, the digest of the card that was shown.
    """

    def __init__(self, *, options: list[str], **kwargs: Any) -> None:
        super().__init__(subject="Approval", options=options, **kwargs)

    def execute(self, context: Context) -> Any:
        """Show the card and wait."""
        card = read_card(context)
        self.subject = str(card["subject"])
        self.body = str(card["body"])
        self.params = _form(card)
        self.options = _offered(card, self.options)
        self._tell(context, card)
        return super().execute(context)

    def _tell(self, context: Context, card: dict[str, Any]) -> None:
        """A message that somebody is waited for; one that cannot be sent keeps nobody from answering."""
        try:
            link = self.generate_link_to_ui(task_instance=context["task_instance"])
        except ValueError:
            link = "Required Actions in Airflow"  # nobody configured the address of the UI
        tell(card, f"Answer it here: {link}", subject=str(card["subject"]))

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Return the answer; a time-out is final."""
        card = read_card(context)
        self.params, self.options = _form(card), _offered(card, self.options)
        try:
            answer = super().execute_complete(context, event)
        except HITLTimeoutError as error:
            raise AirflowFailException("nobody answered in time: closed, nothing was approved") from error
        conf = context["dag_run"].conf or {}
        return {**answer, "shown_sha256": str(conf["card_sha256"])}


def _offered(card: dict[str, Any], options: list[str]) -> list[str]:
    """The buttons that this card offers, in the DAG's order."""
    offered = card.get("options") or options
    return [option for option in options if option in offered]


def _form(card: dict[str, Any]) -> ParamsDict:
    """The card's fields as Airflow's form takes them."""
    form: dict[str, Any] = {}
    for field in card.get("fields") or []:
        schema = {key: value for key, value in field.items() if key not in ("name", "default")}
        form[str(field["name"])] = Param(field.get("default"), **schema)
    return ParamsDict(form)


def remind(*, context: dict[str, Any], **given: Any) -> None:
    """Callback of a gate DAG's deadline: one reminder, as long as the gate waits.

    :param context: ``dag_run`` as Airflow's API gives it, with ``dag_id``, ``dag_run_id``, ``state`` and ``conf``.
    """
    run = context["dag_run"]
    if run["state"] not in ("queued", "running"):
        return
    card = stored_card(run.get("conf") or {})
    where = f"{run['dag_id']}, run {run['dag_run_id']}, task approve"
    tell(card, f"It still waits, in Required Actions of {where}.", subject=f"reminder, {card['subject']}")


def tell(card: dict[str, Any], where: str, *, subject: str) -> bool:
    """Send a card to whoever is to be told; returns whether it was sent on every way that is set.

    :param where: how it can be answered, in a line.
    """
    from shared.hooks.notifications import NotificationError, send

    try:
        return send(subject, f"{card['subject']}\n\n{card.get('text') or card['body']}\n\n{where}\n")
    except NotificationError as error:
        log.warning("not everybody was told that %s waits: %s", card["subject"], error.text())
        return False


def read_card(context: Context) -> dict[str, Any]:
    """The card that the conf of a task's run names; see :func:`stored_card`."""
    return stored_card(context["dag_run"].conf or {})


def stored_card(conf: Mapping[str, Any]) -> dict[str, Any]:
    """The card that the conf of a gate's run names.

    :raises AirflowFailException: the conf names no card, or the stored card is not the announced one.
    """
    from airflow.sdk import ObjectStoragePath

    if not conf.get("card_uri") or not conf.get("card_sha256"):
        raise AirflowFailException("this DAG is triggered by onboard_meta_dag only: its conf names no card")
    data = bytes(ObjectStoragePath(str(conf["card_uri"])).read_bytes())
    digest = hashlib.sha256(data).hexdigest()
    if digest != conf["card_sha256"]:
        raise AirflowFailException(
            f"the card in the workspace has the digest {digest}, the run announced {conf['card_sha256']}: "
            "it was changed after the run was triggered, so it is not shown"
        )
    return dict(json.loads(data))
