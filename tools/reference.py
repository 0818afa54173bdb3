"""Write the reference pages of ``docs/`` from the code: ``python -m tools.reference``."""

from __future__ import annotations

import json
from pathlib import Path

from onboarding.gates.definitions import GATES
from onboarding.spec.conf import Conf
from onboarding.spec.leaves import Leaf, conf_leaves
from onboarding.spec.report import EXIT_CODES, RunReport
from onboarding.spec.settings import OPTIONS, SECTION

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[str, str]:
    """File name below ``docs/`` -> content."""
    return {
        "conf.md": conf_page(),
        "conf.schema.json": _json(Conf.model_json_schema()),
        "report.schema.json": _json(RunReport.model_json_schema(mode="serialization")),
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
        "Each gate is a run of its own DAG with one task, `approve`. Answer it in **Required Actions**, with",
        "`onboard answer`, or by marking that task: success means the first choice, failed means reject.",
        "Marking the sensor in the meta-DAG is no answer.",
        "",
        "| gate | DAG | choices | question |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{gate.name}` | `{gate.dag_id}` | {', '.join(gate.labels)} | {gate.question} |" for gate in GATES]
    lines += ["", "## Exit codes of `onboard run`", "", "| outcome | exit code |", "|---|---|"]
    lines += [f"| {status} | {code} |" for status, code in sorted(EXIT_CODES.items(), key=lambda item: item[1])]
    return "\n".join(lines) + "\n"


def _json(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name, content in pages().items():
        (DOCS / name).write_text(content)
