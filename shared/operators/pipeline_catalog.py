"""What a run of a pipeline writes to the Glue Data Catalog; imported by its tasks only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shared.hooks.catalog import CatalogTable, GlueCatalog
from shared.pipeline import retention, state, storage
from shared.pipeline.arguments import RunArguments
from shared.pipeline.zones import Lake, Published, read_pointer

_NEW = "came after the onboarding: nobody has classified it"
# A column's parameters are small; the deployed config/lineage.json has all of it.
_ORIGINS_IN_CATALOG = 50


def write_catalog(workload: str, version: str, folder: Path, arguments: RunArguments, prefix: str) -> list[str]:
    """Describe every table of the workload as it is now published.

    :param folder: the workload's directory, for ``config/source.yaml`` and ``config/semantic.yaml``.
    :param prefix: of the names of the Glue databases.
    :returns: the tables that were written.
    """
    lake = Lake(arguments.lake_uri, workload)
    catalog = GlueCatalog(storage.client("glue"), prefix)
    source, semantic = _read(folder / "config/source.yaml"), _read(folder / "config/semantic.yaml")
    common = {
        "workload": workload,
        "workload_version": version,
        "run_date": arguments.run_date,
        "load_id": arguments.load_id,
    }
    table = str(source.get("table") or workload)
    lineage = _lineage(folder / "config/lineage.json")
    tables = [
        _published_table(lake, "silver", table, workload, source, common, lineage),
        *(
            _published_table(lake, "gold", gold["name"], gold["name"], gold, common, lineage)
            for gold in semantic.get("tables", [])
        ),
    ]
    return [
        _write_bronze(lake, catalog, source, table, common, arguments),
        *(catalog.write_table(found) for found in tables if found is not None),
    ]


def expire(workload: str, folder: Path, arguments: RunArguments, prefix: str) -> dict[str, list[str]]:
    """Remove what has been kept as long as ``config/deployment.yaml`` says, counted from the run's date.

    Of a load first its files, then its partition in the catalog, then its place in the list of loads: after a kill
    anywhere the next run finishes.

    :returns: ``bronze`` (ids of loads) and ``quarantine`` (folders) that were removed.
    """
    lake = Lake(arguments.lake_uri, workload)
    catalog = GlueCatalog(storage.client("glue"), prefix)
    days = _read(folder / "config/deployment.yaml").get("retention_days") or {}
    table = str(_read(folder / "config/source.yaml").get("table") or workload)
    loads = retention.expired_loads(lake, arguments.run_date, days.get("bronze"))
    for load in loads:
        storage.delete_tree(lake.bronze_load(table, load.run_date, load.load_id))
        catalog.remove_partition("bronze", workload, [load.run_date, load.load_id])
        state.forget_load(lake, load)
    quarantine = retention.expire_quarantine(lake, arguments.run_date, days.get("quarantine"))
    return {"bronze": [load.load_id for load in loads], "quarantine": quarantine}


def write_verdict(workload: str, arguments: RunArguments, prefix: str) -> None:
    """Record score and verdict of a failed gate on the tables; what is published stays as it is described."""
    lake = Lake(arguments.lake_uri, workload)
    catalog = GlueCatalog(storage.client("glue"), prefix)
    for zone in ("silver", "gold"):
        summary = state.read_summary(lake, arguments.load_id, f"check_{zone}") or {"tables": {}}
        for table, verdict in summary["tables"].items():
            if not verdict["passed"]:
                name = workload if zone == "silver" else table
                catalog.write_parameters(zone, name, {**_quality(verdict), "checked_load": arguments.load_id})


def _published_table(
    lake: Lake,
    zone: str,
    table: str,
    name: str,
    described: Mapping[str, Any],
    parameters: Mapping[str, Any],
    lineage: Mapping[str, Mapping[str, Any]],
) -> CatalogTable | None:
    published = read_pointer(lake, zone, table)
    if published is None:
        return None
    summary = state.read_summary(lake, published.load_id, f"check_{zone}") or {"tables": {}}
    verdict = summary["tables"].get(table, {})
    return CatalogTable(
        zone=zone,
        name=name,
        location=storage.join(lake.table(zone, table), published.path),
        columns=_columns(published, described, lineage.get(f"{zone}.{table}", {}).get("fields", {})),
        description=str(described.get("description") or ""),
        parameters={
            **parameters,
            "lineage": lineage.get(f"{zone}.{table}", {}).get("inputs", []),
            "rows": str(published.rows),
            **_quality(verdict),
        },
    )


def _write_bronze(
    lake: Lake,
    catalog: GlueCatalog,
    source: Mapping[str, Any],
    table: str,
    common: Mapping[str, Any],
    arguments: RunArguments,
) -> str:
    """Bronze is one folder a load, registered as a partition; its columns are those of the source.

    A replay has no load of its own: the latest one is described, as it was.
    """
    run_date, load_id = arguments.run_date, arguments.load_id
    if state.read_summary(lake, load_id, "extract") is None:
        latest = state.current_loads(lake)[-1]
        run_date, load_id = latest.run_date, latest.load_id
    extract = state.needed_summary(lake, load_id, "extract")
    comments = {item["source_name"]: item.get("description", "") for item in source.get("columns", [])}
    columns = [{**column, "comment": comments.get(column["name"], _NEW)} for column in extract.get("columns", [])]
    columns += [
        {"name": "_source_file", "type": "VARCHAR", "comment": "file that the row was read from"},
        {"name": "_source_row", "type": "BIGINT", "comment": "number of the row in its load, from 1"},
        {"name": "_load_id", "type": "VARCHAR", "comment": "load that brought the row"},
    ]
    written = catalog.write_table(
        CatalogTable(
            zone="bronze",
            name=lake.workload,
            location=lake.table("bronze", table),
            columns=columns,
            description=str(source.get("description") or ""),
            partition_keys=("ingestion_date", "load_id"),
            parameters={
                **common,
                "rows": str(extract.get("bronze", "")),
                "lineage": [str((source.get("source") or {}).get("location", ""))],
            },
        )
    )
    location = lake.bronze_load(table, run_date, load_id)
    catalog.add_partition("bronze", lake.workload, [run_date, load_id], location)
    return written


def _columns(published: Published, described: Mapping[str, Any], fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = {column["name"]: column for column in described.get("columns", [])}
    return [
        {
            **column,
            "comment": _comment(known.get(column["name"], {})),
            "parameters": {"lineage": _origins(fields.get(column["name"], {}).get("inputFields", []))},
        }
        for column in published.columns
    ]


def _origins(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that a column is made from; of a hash over a wide row the first, and how many there are besides."""
    names = [f"{item['name']}.{item['field']}" for item in items]
    more = len(names) - _ORIGINS_IN_CATALOG
    return [*names[:_ORIGINS_IN_CATALOG], *([f"and {more} more"] if more > 0 else [])]


def _lineage(path: Path) -> dict[str, Any]:
    """``<zone>.<table>`` -> its entry in ``config/lineage.json``."""
    document = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"tables": []}
    return {table["name"]: table for table in document["tables"]}


def _comment(column: Mapping[str, Any]) -> str:
    text = str(column.get("description") or "")
    original = column.get("source_name")
    if original and original != column.get("name"):
        text = f"{text} (in the source: {original})".strip()
    return text


def _quality(verdict: Mapping[str, Any]) -> dict[str, str]:
    if "score" not in verdict:
        return {}
    return {
        "quality_score": f"{verdict['score']:.4f}",
        "quality_threshold": f"{verdict['threshold']:.4f}",
        "quality_verdict": "PASS" if verdict["passed"] else "FAIL",
        **({"baseline_findings": str(verdict["baseline"]["total"])} if "baseline" in verdict else {}),
    }


def _read(path: Path) -> dict[str, Any]:
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}
