"""From what a person sent (nested or dotted keys) to a :class:`~onboarding.spec.conf.Conf`, or one clear error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from onboarding.spec.conf import Conf
from onboarding.spec.conf_checks import check_conf, short
from onboarding.spec.conf_errors import ConfError, CredentialsInConfError

__all__ = ["ConfError", "CredentialsInConfError", "changed_leaves", "fold", "known_keys", "overlay", "parse_conf"]

# Keys below these are names that people choose; every other level is fixed by the schema.
_FREE_KEYS = (
    "domain.columns",
    "domain.measures",
    "transformations.masking",
    "reviewers",
    "resume.corrections",
    "resume.gaps",
    "resume.edits",
)
_ACCESS_KEY = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")
_PRESIGNED = re.compile(r"[?&](X-Amz-Signature|X-Amz-Credential|Signature|AWSAccessKeyId)=", re.IGNORECASE)
_SECRET_KEY = re.compile(
    r"(^|_)(password|passwd|secret|secret_access_key|access_key|api_key|token)($|_)", re.IGNORECASE
)


def fold(raw: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Dotted keys (``source.location``) folded into nested mappings; both spellings may be mixed.

    Below keys where people choose the names (columns, measures ...) a dot is part of a name.

    :param path: where ``raw`` lies in the conf; empty for the whole conf.
    :raises ConfError: the same leaf is given twice with different values.
    """
    folded: dict[str, Any] = {}
    for key, value in raw.items():
        full = f"{path}.{key}" if path else str(key)
        parts = [str(key)] if path in _FREE_KEYS else str(key).split(".")
        inner = fold(value, full) if isinstance(value, Mapping) else value
        _merge(folded, parts, inner, full)
    return folded


def _merge(target: dict[str, Any], path: list[str], value: Any, spelled: str) -> None:
    head, rest = path[0], path[1:]
    if rest:
        value = _nested(rest, value)
    present = target.get(head)
    if isinstance(present, dict) and isinstance(value, Mapping):
        for key, inner in value.items():
            _merge(present, [key], inner, spelled)
        return
    if head in target and present is not None and value is not None and present != value:
        raise ConfError(
            f"{spelled} is given twice with different values",
            where=spelled,
            expected="one value, as a nested or as a dotted key",
            given=f"{present!r} and {value!r}",
            remedy="remove one of the two",
        )
    if value is not None or head not in target:
        target[head] = value


def _nested(path: list[str], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _drop_nulls(value: Any) -> Any:
    """Null and empty leaves mean "decide for me": the same as absent."""
    if isinstance(value, Mapping):
        return {key: _drop_nulls(inner) for key, inner in value.items() if inner is not None and inner != ""}
    return value


def parse_conf(raw: Mapping[str, Any], *, where: str = "conf") -> Conf:
    """Fold, validate and check what crosses fields.

    :param raw: the conf as it was sent; nested or dotted keys.
    :param where: what to call the place in errors (a file name, or ``conf``).
    :raises ConfError: with the key, what was expected, what was given and what to do.
    """
    for path, value in _leaves(raw):
        _refuse_credentials(path, value, where)
    folded = _drop_nulls(fold(raw))
    try:
        conf = Conf.model_validate(folded)
    except ValidationError as error:
        raise _conf_error(error, where) from None
    check_conf(conf, where)
    return conf


def overlay(earlier: Mapping[str, Any], given: Mapping[str, Any]) -> Conf:
    """An earlier conf with the leaves that a person gave now in place of its own; lists are replaced as a whole.

    :param earlier: nested, as :meth:`Conf.model_dump` makes it.
    :param given: nested likewise.
    :raises ConfError: the two together are no valid conf.
    """
    merged = _overlaid(earlier, given)
    return parse_conf({key: value for key, value in merged.items() if key != "resume"})


def changed_leaves(earlier: Mapping[str, Any], given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Dotted keys of ``given`` whose value another conf does not have, with the new value.

    :param earlier: nested, as ``given`` is.
    """
    found: list[tuple[str, Any]] = []
    for key, value in given.items():
        present = earlier.get(key)
        if isinstance(value, Mapping):
            below = present if isinstance(present, Mapping) else {}
            found += [(f"{key}.{name}", inner) for name, inner in changed_leaves(below, value)]
        elif value != present:
            found.append((key, value))
    return found


def _overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        present = merged.get(key)
        both = isinstance(present, Mapping) and isinstance(value, Mapping)
        merged[key] = _overlaid(present, value) if both else value  # type: ignore[arg-type]
    return merged


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


def _refuse_credentials(path: str, value: Any, where: str) -> None:
    last = path.rsplit(".", maxsplit=1)[-1]
    text = value if isinstance(value, str) else ""
    reason = ""
    if _SECRET_KEY.search(last) and not path.startswith(("domain.columns", "transformations.masking")):
        reason = "a key that names a secret"
    elif _ACCESS_KEY.search(text):
        reason = "an AWS access key"
    elif _PRESIGNED.search(text):
        reason = "a presigned URL"
    elif "://" in text and "@" in urlsplit(text).netloc:
        reason = "a user or a password in a URL"
    if reason:
        raise CredentialsInConfError(
            "the conf carries a credential, and the conf is visible in the Airflow UI",
            where=f"{where}: {path}",
            expected="an Airflow connection id (db://<airflow_conn_id>/<schema>.<table>) or a plain URI",
            given=f"{reason} (not shown)",
            remedy="put the credential into an Airflow connection, rotate it, and trigger again without it",
        )


def _conf_error(error: ValidationError, where: str) -> ConfError:
    details = error.errors(include_url=False)
    texts = [_explain(detail) for detail in details]
    key, what, expected, given, remedy = texts[0]
    if len(texts) > 1:
        others = "; ".join(f"{other[0]}: {other[1]}" for other in texts[1:4])
        remedy = f"{remedy}. Also wrong: {others}" + (" ..." if len(texts) > 4 else "")
    return ConfError(what, where=f"{where}: {key}", expected=expected, given=given, remedy=remedy)


def _explain(detail: ErrorDetails) -> tuple[str, str, str, str, str]:
    location = detail["loc"]
    key = ".".join(str(part) for part in location)
    given = short(detail["input"])
    if detail["type"] == "extra_forbidden":
        known = known_keys(location[:-1])
        close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        prefix = ".".join(str(part) for part in location[:-1])
        suggestion = ".".join(part for part in (prefix, close[0]) if part) if close else ""
        remedy = f"did you mean `{suggestion}`?" if suggestion else "remove the key"
        return key, f"unknown key `{key}`", f"one of: {', '.join(known)}", f"`{location[-1]}`", remedy
    context = detail.get("ctx", {})
    expected = detail["msg"][0].lower() + detail["msg"][1:]
    example = _EXAMPLES.get(key)
    remedy = (
        f"for example `{key}: {example}`" if example else f"correct `{key}`, or leave it out to let the system decide"
    )
    if "expected" in context:
        expected = f"{context['expected']}"
        close = difflib.get_close_matches(str(detail["input"]), re.findall("'([^']*)'", expected), n=1)
        remedy = f"did you mean `{close[0]}`?" if close else remedy
    elif detail["type"] == "model_type":
        expected = f"a mapping with some of the keys {', '.join(known_keys(location))}"
    return key, f"`{key}` cannot be used", expected, given, remedy


_EXAMPLES = {
    "workload": "ecommerce_orders",
    "source.location": "s3://landing/ecommerce_orders/",
    "schedule.cron": '"0 2 * * *"',
    "schedule.start_date": "2026-01-31",
    "domain.primary_key": "[order_id]",
    "quality.silver_threshold": "0.80",
    "quality.gold_threshold": "0.95",
    "source.options.delimiter": '","',
    "intent": "onboard",
}


def known_keys(path: tuple[int | str, ...]) -> list[str]:
    """Keys that the schema knows below ``path``, sorted; empty where people choose the names."""
    model: type[BaseModel] | None = Conf
    for part in path:
        if model is None:
            return []
        if isinstance(part, int) or part not in model.model_fields:
            continue
        model = _model_of(model.model_fields[part].annotation)
    return sorted(model.model_fields) if model else []


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_of(argument)
        if found:
            return found
    return None
