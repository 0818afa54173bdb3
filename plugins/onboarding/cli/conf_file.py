"""Conf files (YAML or JSON), with the line of each key for error messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from onboarding.spec.parse import ConfError


def read_conf(path: Path) -> dict[str, Any]:
    """The mapping in a conf file.

    :raises ConfError: missing, not YAML, not a mapping, or a key twice; with the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfError(
            "the conf file cannot be read",
            where=str(path),
            expected="a YAML or JSON file in UTF-8",
            given=type(error).__name__,
            remedy="check the path",
        ) from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise ConfError(
            "the conf file is not valid YAML",
            where=f"{path}{line}",
            expected="YAML or JSON",
            given=str(getattr(error, "problem", error)),
            remedy="check indentation and quotes at this line",
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ConfError(
            "the conf file is not a mapping",
            where=f"{path}:1",
            expected="keys such as `source:`",
            given=type(loaded).__name__,
            remedy="for example `source: {location: s3://landing/orders/}`",
        )
    _refuse_double_keys(node, path)
    return loaded


def _refuse_double_keys(node: Any, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfError(
                    f"the key `{key.value}` is there twice",
                    where=f"{path}:{key.start_mark.line + 1}",
                    expected="each key once",
                    given=f"`{key.value}` again",
                    remedy="remove one of the two",
                )
            seen.add(key.value)
            _refuse_double_keys(value, path)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(value, path)


def line_of(path: Path, key: str) -> int:
    """Line of a dotted key in a conf file (of its deepest part that is there); 1 when nothing is found."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line, rest = 1, key
    while isinstance(node, yaml.MappingNode) and rest:
        for child_key, value in node.value:
            name = str(child_key.value)
            if rest == name or rest.startswith((f"{name}.", f"{name}[")):
                line, rest, node = child_key.start_mark.line + 1, rest[len(name) :].lstrip("."), value
                break
        else:
            break
    return line
