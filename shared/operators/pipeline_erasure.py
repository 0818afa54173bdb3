"""A run of a pipeline that erases one person instead of reading the source, then rebuilds Silver and Gold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.operators.pipeline_replay import ReplayConfError
from shared.pipeline import state
from shared.pipeline.arguments import RunArguments
from shared.pipeline.erasure import Person, erase
from shared.pipeline.zones import Lake

CONF_KEY = "erase"
STEP = "erase"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def person_of(conf: Mapping[str, Any] | None) -> Person | None:
    """Whom the conf of a DAG run asks to erase: ``{"erase": {"columns": [...], "digest": "..."}}``; None: nobody.

    The conf is visible in the UI and kept in Airflow's database, so that it has a keyed digest and no value.

    :raises ReplayConfError: the conf asks for it in another form.
    """
    given = (conf or {}).get(CONF_KEY)
    if given is None:
        return None
    columns, digest = (given.get("columns"), given.get("digest")) if isinstance(given, Mapping) else (None, None)
    named = isinstance(columns, list) and columns and all(isinstance(name, str) and name for name in columns)
    if not named or not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ReplayConfError(
            "The conf of this run cannot be read.",
            where=f"dag_run.conf: {CONF_KEY}",
            expected="columns (a list of names) and digest (64 hexadecimal digits)",
            given="something else (not shown, for it may be personal)",
            remedy="Let `onboard erase` trigger the run, or print its conf.",
        )
    return Person(tuple(sorted(columns or [])), digest)


def tables_of(folder: Path) -> tuple[str, list[str]]:
    """The table of Bronze and Silver, and those of Gold, as a workload's config has them.

    :param folder: the workload's directory.
    """
    source = yaml.safe_load((folder / "config/source.yaml").read_text(encoding="utf-8"))
    semantic = yaml.safe_load((folder / "config/semantic.yaml").read_text(encoding="utf-8"))
    return str(source["table"]), [str(table["name"]) for table in semantic["tables"]]


def erase_person(workload: str, folder: Path, arguments: RunArguments, person: Person, run_id: str) -> dict[str, Any]:
    """What takes the place of the extract.

    :returns: ``bronze`` (rows that were removed), ``loads``, ``quarantine``; counts only.
    :raises ErasureError: nobody has this key.
    """
    lake = Lake(arguments.lake_uri, workload)
    table, gold_tables = tables_of(folder)
    erasure = erase(lake, table, gold_tables, person, arguments, run_id)
    summary = {"bronze": erasure.rows, "loads": len(erasure.loads), "quarantine": dict(erasure.quarantine)}
    state.write_summary(lake, arguments, STEP, summary)
    return summary
