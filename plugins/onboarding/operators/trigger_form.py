"""The trigger form: the leaves of the conf under dotted names, in the sections of the flow's phase 1."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param

from onboarding.spec.leaves import Leaf, conf_leaves

# First match wins; the sections and the fields in them come up in this order.
_SECTIONS = (
    ("1. Data source", ("source.location", "request", "workload", "intent", "question", "source.", "mode")),
    ("2. Destination and zones", ("destination.",)),
    ("3. Domain context", ("domain.",)),
    ("4. Transformation details", ("transformations.",)),
    ("5. Quality and compliance", ("quality.", "retention.", "reviewers")),
    ("6. Scheduling and deployment", ("schedule.", "deployment.")),
)
_COPIED = ("minimum", "maximum", "minLength", "maxLength", "pattern", "format", "examples")
# What a choice shows instead of "null".
_UNDECIDED = {"None": "(decide for me)"}
_MULTILINE = ("domain.description", "request")


def trigger_form() -> dict[str, Param]:
    """Every leaf that a person may set; an empty field means "decide for me".

    Only what this version does is offered.
    """
    leaves = [leaf for leaf in conf_leaves() if leaf.offered]
    form: dict[str, Param] = {}
    for section, prefixes in _SECTIONS:
        for prefix in prefixes:
            for leaf in leaves:
                if leaf.key.startswith(prefix) and leaf.key not in form:
                    form[leaf.key] = _param(leaf, section)
    return form


def _param(leaf: Leaf, section: str) -> Param:
    schema: dict[str, Any] = {name: leaf.schema[name] for name in _COPIED if name in leaf.schema}
    kind = str(leaf.schema.get("type", "string"))
    if leaf.values():
        schema["enum"] = [None, *leaf.values()]
        schema["values_display"] = _UNDECIDED
    if kind == "array":
        item = leaf.schema.get("items", {})
        schema["items"] = {"type": "string"} if item.get("type") == "string" else {"type": "object"}
        schema.pop("examples", None)
    if leaf.key in _MULTILINE:
        schema["format"] = "multiline"
    return Param(
        None, type=["null", kind], title=_title(leaf.key), description_md=leaf.description, section=section, **schema
    )


def _title(key: str) -> str:
    words = key.split(".")
    kept = words[1:] if len(words) > 1 else words
    return " ".join(kept).replace("_", " ").capitalize()
