"""Write the reference pages of ``docs/`` from the code: ``python -m tools.reference``."""

from __future__ import annotations

import json
from pathlib import Path

from onboarding.gates.corrections import CHANGEABLE
from onboarding.gates.definitions import GATES
from onboarding.operators.second_look import SAID_SHARE
from onboarding.spec.cleaning import OPERATIONS, Operation, arguments_schema
from onboarding.spec.conf import Conf
from onboarding.spec.leaves import Leaf, conf_leaves
from onboarding.spec.profile_document import ProfileDocument
from onboarding.spec.quality_report import WorkloadQuality
from onboarding.spec.regulations import STRICTNESS, Regulation, regulations
from onboarding.spec.report import EXIT_CODES, RunReport
from onboarding.spec.settings import OPTIONS, SECTION
from onboarding.workspace.chain import MOST_RUNS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[str, str]:
    """File name below ``docs/`` -> content."""
    return {
        "conf.md": conf_page(),
        "cleaning.md": cleaning_page(),
        "conf.schema.json": _json(Conf.model_json_schema()),
        "report.schema.json": _json(RunReport.model_json_schema(mode="serialization")),
        "quality.schema.json": _json(WorkloadQuality.model_json_schema(mode="serialization")),
        "profile.schema.json": _json(ProfileDocument.model_json_schema(mode="serialization")),
        "regulations.md": regulations_page(),
        "settings.md": settings_page(),
        "gates.md": gates_page(),
    }


def conf_page() -> str:
    """The conf, a row for each leaf."""
    lines = [
        "# The conf",
        "",
        "One schema for the trigger form, REST, the command line and conf files. Every key may be left out or null:",
        "the system then decides, and says in the plan what it assumed. `source.location` is the only one that is",
        "needed. Keys may be dotted (`source.location: ...`) or nested (`source: {location: ...}`).",
        "The JSON schema is in [conf.schema.json](conf.schema.json).",
        "",
        "| key | type | what it is for |",
        "|---|---|---|",
    ]
    lines += [_conf_row(leaf) for leaf in conf_leaves() if leaf.offered]
    later = ", ".join(f"`{leaf.key}`" for leaf in conf_leaves() if not leaf.offered)
    lines += ["", "Known, and refused with a clear error until this version's successors do it: " + later + "."]
    return "\n".join(lines) + "\n"


def _conf_row(leaf: Leaf) -> str:
    kind = str(leaf.schema.get("type", "string"))
    if leaf.values():
        kind = " or ".join(f"`{value}`" for value in leaf.values())
    elif kind == "array":
        kind = f"list of {leaf.schema.get('items', {}).get('type', 'mapping')}s".replace("strings", "texts")
    examples = leaf.schema.get("examples")
    example = f" Example: `{json.dumps(examples[0])}`." if examples else ""
    return f"| `{leaf.key}` | {kind} | {leaf.description}{example} |"


def regulations_page() -> str:
    """What each regulation asks for, and how several are taken together."""
    lines = [
        "# Regulations",
        "",
        "`quality.regulations` names those that apply, for example `[GDPR, SOX]`. Their controls decide what nobody",
        "else did: masks, retention, thresholds of the gates, rules. They are data",
        "(`plugins/onboarding/spec/regulations.yaml`), each with the place that it follows from, and no legal advice.",
        "",
        "What you give is never overridden: where it is less than a control asks for, it stays, and the card says so.",
        "Several together: the strictest mask, the highest threshold, the shortest of the longest times. A shortest",
        "time that a law asks for outweighs a longest time. Each such case is a conflict, and stands on the card of",
        "`approve_plan`. Masks, from the loosest to the strictest: "
        + ", ".join(mask.value for mask in STRICTNESS)
        + ".",
        "A key stays a keyed hash whatever is asked for: without it no row is found again.",
    ]
    for name, regulation in regulations().items():
        lines += [
            "",
            f"## {name}",
            "",
            f"{regulation.title}.",
            "",
            "| control | value | follows from |",
            "|---|---|---|",
        ]
        lines += _control_rows(regulation)
    return "\n".join(lines) + "\n"


_CONTROL_TEXTS = {
    "row_hash": "Silver has a hash of each source row",
    "complete_measures": "a row without a measure that is usually there is held back",
}


def _control_rows(regulation: Regulation) -> list[str]:
    rows = [f"| {', '.join(item.kinds)} | {item.mask.value} | {item.source} |" for item in regulation.masking]
    for key in ("silver_threshold", "gold_threshold", "bronze_days", "quarantine_days"):
        control = getattr(regulation, key)
        if control is not None:
            bounds = control.model_dump(exclude={"source"}, exclude_none=True)
            value = ", ".join(f"{bound.replace('_', ' ')} {amount}" for bound, amount in bounds.items())
            rows.append(f"| {key.replace('_', ' ')} | {value} | {control.source} |")
    for key, text in _CONTROL_TEXTS.items():
        if getattr(regulation, key):
            rows.append(f"| {key.replace('_', ' ')} | {text} | {getattr(regulation, key)} |")
    return rows


_PLACES = {
    "text": "On text, before the column has its type",
    "any": "Before or after the type",
    "type": "To a type",
    "value": "On values of a type",
}


def cleaning_page() -> str:
    """The cleaning operations: arguments, and an example that a test runs on every engine."""
    lines = [
        "# Cleaning operations",
        "",
        "Steps of `transformations.cleaning`, in their order: `{column: ..., op: ..., <argument>: ...}`. What you give",
        "is added to what is proposed (every text column is trimmed, words for no value become none) and comes after",
        "it; an operation that gives the type replaces the proposed one. Each is emitted for DuckDB and for Spark and",
        "gives the same cells on both: the examples below, and the edge rows of `tests/onboarding/codegen/golden/`",
        "are run on DuckDB, Spark 3.5.6 (ANSI off and on) and Spark 4.1.1. Missing values stay missing unless one",
        "says otherwise. Arguments in bold are needed.",
        "",
        "**Marked**: a value that is there but cannot be read is named in the row, and the quality check `parsed`",
        "decides (by default the row goes to quarantine).",
        "",
        "Duplicates are `transformations.deduplicate`, new columns `transformations.derived`, rows that Gold leaves",
        "out `transformations.filters`: see [the conf](conf.md).",
    ]
    for place, title in _PLACES.items():
        lines += ["", f"## {title}", "", "| op | arguments | what it does | example |", "|---|---|---|---|"]
        lines += [_operation_row(operation) for operation in OPERATIONS.values() if operation.place == place]
    lines += ["", *_LIMITS]
    return "\n".join(lines) + "\n"


_LIMITS = [
    "## Limits",
    "",
    "- Regular expressions are those that RE2 and Java read alike: no look-around, no back-reference in a pattern,",
    "  no `\\b`, no POSIX class. Anything else is refused with the reason.",
    "- Letter case is changed one for one, by the engines' own tables: letters of scripts that Unicode added after",
    "  version 13 keep their case on Spark 3.5. Ligatures (`ﬁ`) and some Greek letters, whose capital is two letters,",
    "  become that on Spark and stay on DuckDB.",
    "- Doubles as text have at most 15 significant digits.",
    "- `0000` is taken for a year, and is shown in different ways.",
]


def _operation_row(operation: Operation) -> str:
    schema = arguments_schema(operation)
    required = schema.get("required", [])
    arguments = ", ".join(f"**`{name}`**" if name in required else f"`{name}`" for name in schema["properties"])
    example = operation.example
    given = ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in example.arguments.items())
    made = "no value" if example.made is None else f"`{_shown(example.made)}`"
    beside = "".join(f" beside `{name}: {_shown(value)}`" for name, value in example.beside.items())
    start = "no value" if example.given is None else f"`{_shown(example.given)}`"
    shown = f"{start}{beside} becomes {made}" + (f" with `{_shown(given)}`" if given else "")
    marked = " Marked." if operation.marks else ""
    kinds = f" For {', '.join(operation.types)}." if operation.types else ""
    return f"| `{operation.name}` | {arguments or 'none'} | {operation.purpose}.{kinds}{marked} | {shown} |"


def _shown(text: str) -> str:
    """Text in a cell of a table."""
    return text.replace("|", "\\|").replace("\t", "\\t")


def settings_page() -> str:
    """Options of the section in ``airflow.cfg``."""
    lines = [
        f"# Options of `[{SECTION}]`",
        "",
        f"In `airflow.cfg`, or in the environment as `AIRFLOW__{SECTION.upper()}__<OPTION>`; `onboard up` sets them",
        "locally.",
        "",
        "| option | default | what it is for |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{option.name}` | {'must be set' if option.default is None else f'`{option.default}`'} "
        f"| {option.description} |"
        for option in OPTIONS
    ]
    return "\n".join(lines) + "\n"


def gates_page() -> str:
    """Gates, answers, and exit codes."""
    lines = [
        "# Gates",
        "",
        "Each gate is a run of its own DAG (`onboard_gate_<gate>`) with one task, `approve`. Answer it in **Required",
        "Actions**, with `onboard answer`, or by marking that task: failed means the last choice. Marking the sensor",
        "in the meta-DAG is no answer. Three are passed by every onboarding; the others are asked only [where there",
        "is something to decide](questions.md).",
        "",
        "| gate | question | choices | marked success |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{gate.name}`{'' if gate.approval else ' (where needed)'} | {gate.question} | {', '.join(gate.labels)} "
        f"| {gate.marked or 'no answer: it is asked again'} |"
        for gate in GATES
    ]
    lines += ["", *_SECOND_LOOK, "", *_CHANGES, "", *_WHO, "", *_TOLD]
    lines += ["", "## Exit codes of `onboard run`", "", "| outcome | exit code |", "|---|---|"]
    lines += [f"| {status} | {code} |" for status, code in sorted(EXIT_CODES.items(), key=lambda item: item[1])]
    return "\n".join(lines) + "\n"


_WHO = [
    "## Who may answer",
    "",
    "Everybody whom Airflow lets, unless the conf names `reviewers` of a gate, as in",
    "`reviewers: {approve_deploy: [head_of_data]}`. Under SOX who asked for the onboarding may say no, and not yes. An",
    "answer or a mark of anybody else does not count, and neither does a mark whose author Airflow does not tell: the",
    "decision fails and says whom it takes and what to clear. The card names who may answer.",
]

_TOLD = [
    "## Who is told",
    "",
    "Whenever `approve` asks, the card goes as text, with a link, to the SNS topic of",
    "`[onboarding] notification_topic_arn` and through each of the Airflow notifiers of `[onboarding] notifiers`, and",
    "once more after 24 hours while it still waits. A message that cannot be sent is in the task's log; the gate is",
    "open all the same. Nobody answering within a week closes the gate: nothing is deployed. A pipeline's alerts and",
    "completions go the same ways. A chat's webhook, for example, with address and secret in the connection `chat`:",
    "",
    "```",
    "AIRFLOW__ONBOARDING__NOTIFIERS="
    + json.dumps(
        [
            {
                "class": "airflow.providers.http.notifications.http.HttpNotifier",
                "arguments": {"http_conn_id": "chat", "json": {"text": "{subject}: {message}"}},
            }
        ]
    ),
    "```",
]

_SECOND_LOOK = [
    "## What a card finds by itself",
    "",
    "Beside what an agent is unsure of, each card compares the plan with what was counted, whoever made it: a key",
    "that is not unique, personal data or forms of it in a column taken for harmless, a date format that reads fewer",
    "values than another, zeros that a number would lose, values that a type cannot read; of the dry run rows that are",
    f"removed, held back ({SAID_SHARE:.0%} of them and more) or multiplied; thresholds below those of the deployed",
    "version or the usual ones, personal values that stay readable; and runs that do not fit a month, or take three",
    "times as long or cost three times as much as the deployed version's. STOP means that marking the task is no",
    "answer; who answers in Required Actions may still decide otherwise.",
]

_CHANGES = [
    "## When something should be changed",
    "",
    "The form below a card is one list with search: what may be changed there, in words, first what the card asks",
    "about. At `approve_plan` these are use, schedule and thresholds; at `confirm_profile` key, and type, role and",
    "personal data of each column; at `approve_deploy` rules that shall only inform, masks, schedule and thresholds.",
    "Choose what is wrong, as much as you like, and press the middle button. Who chooses a change and presses the",
    "first button is taken to want it.",
    "",
    "From the terminal, more can be said: `onboard answer GATE --workload W --option corrections --set KEY=VALUE`,",
    "where KEY is or lies below one of these keys of [the conf](conf.md):",
    "",
    *(f"- `{gate}`: {', '.join(f'`{key}`' for key in keys)}" for gate, keys in CHANGEABLE.items() if keys),
    "",
    "Where the data is, who decides, and engine and account are another onboarding: reject, and trigger it anew.",
    "",
    "The run ends as superseded, and a new one goes on, named after the first (`..._round_02`). What you changed is",
    "part of its conf, as if you had given it at the start, and is never asked again. What does not depend on it is",
    "neither done nor asked again: the source is measured anew only where the source, the key or personal data",
    "changed, and what was approved in an earlier phase stays approved. The card says what changed since you saw it. A",
    "change that makes no valid conf is said there too, and nothing of it is taken.",
    "",
    "`onboard status`, the report and the page *Onboarding* show the runs as one onboarding, and the last of them",
    f"decides how it ended. After {MOST_RUNS} runs a further change ends it as rejected, with the change to put into a",
    "conf.",
]


def _json(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name, content in pages().items():
        (DOCS / name).write_text(content)
