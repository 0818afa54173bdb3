"""Plans and profile in, files out: the same input gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from onboarding.codegen import configs, schema, scripts
from onboarding.codegen.dag import unversioned_dag_file, with_version
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.manifest import build_manifest, version_of
from onboarding.codegen.ownership import DAG, MANIFEST_PATH, REVIEW, Owner, owned_file
from onboarding.codegen.readme import readme
from onboarding.codegen.templating import render_template
from onboarding.codegen.workload_tests import dag_tests, metadata_tests, quality_tests, transformation_tests
from onboarding.spec.config_files import write_config
from onboarding.spec.names import WORKLOAD_PATTERN
from onboarding.spec.plans import DraftPlan, WorkloadPlan, Zone
from onboarding.spec.profile import ProfileReport

Files = dict[str, bytes]
Plan = WorkloadPlan | DraftPlan
_Part = TypeVar("_Part")
_TABLE_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"


def render(
    plan: Plan, profile: ProfileReport, owner: str | None = None, *, edited: Mapping[str, bytes] | None = None
) -> Files:
    """The files of a workload by relative path, sorted.

    :param plan: all plans, or for one owner those that its files are made from.
    :param owner: only the files that this agent writes (``ownership.Owner``); None: all of them, with the manifest.
    :param edited: files as a person edited them, by path, which stand in the place of what the plan renders to; a DAG
        file without its version.
    :raises CodegenError: a part of the plan that is needed is missing, or cannot be rendered.
    """
    _check_names(plan)
    if owner is not None and owner not in (*_BUILDERS, DAG, REVIEW):
        raise CodegenError(
            f"nobody is called {owner!r}",
            where="owner",
            expected=", ".join((*_BUILDERS, DAG, REVIEW)),
            given=owner,
            remedy="use a name of onboarding.codegen.ownership.Owner",
        )
    edits = edited or {}
    if owner in (DAG, REVIEW):
        files = {path: data for path, data in _all_files(plan, profile, edits).items() if owner in _owners(path, plan)}
    elif owner is not None:
        files = _edited(_BUILDERS[owner](plan, profile), edits)
    else:
        files = _all_files(plan, profile, edits)
    return dict(sorted(files.items()))


def _all_files(plan: Plan, profile: ProfileReport, edited: Mapping[str, bytes]) -> Files:
    """All files; the manifest names all others, and the DAG file the manifest."""
    whole = _whole(plan)
    files: Files = {}
    for build in _BUILDERS.values():
        files |= build(plan, profile)
    files = _edited(files | dag_tests(whole) | {"README.md": readme(whole)}, edited)
    path = _dag_path(whole)
    unversioned = edited.get(path) or unversioned_dag_file(whole)
    files[MANIFEST_PATH] = build_manifest(whole, profile, files, unversioned)
    files[path] = with_version(unversioned, version_of(files[MANIFEST_PATH]))
    return files


def _edited(files: Files, edited: Mapping[str, bytes]) -> Files:
    return {path: edited.get(path, data) for path, data in files.items()}


def _owners(path: str, plan: Plan) -> tuple[Owner, ...]:
    return owned_file(path, plan.workload).owners


@dataclass(frozen=True)
class Workload:
    """A whole workload.

    :ivar files: every file by relative path, the DAG file and the manifest among them.
    :ivar version: first twelve digits of the manifest's digest.
    :ivar script_order: the scripts in the order in which the DAG runs them.
    """

    name: str
    files: Files
    version: str
    script_order: tuple[str, ...]


def build_workload(
    plan: WorkloadPlan, profile: ProfileReport, *, edited: Mapping[str, bytes] | None = None
) -> Workload:
    """Render everything.

    :param edited: see :func:`render`.
    :raises CodegenError: the plan cannot be rendered.
    """
    files = render(plan, profile, edited=edited)
    return Workload(plan.workload, files, version_of(files[MANIFEST_PATH]), scripts.script_order(plan.workload))


def _profile_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 3: what was measured, and the classes ``TestProfile``."""
    tests = metadata_tests(plan.discovery, plan.metadata, plan.transformation, profile, complete=False)
    return _source_files(plan, profile) | tests


def _source_files(plan: Plan, profile: ProfileReport) -> Files:
    report = json.dumps(profile.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
    return {
        "config/source.yaml": write_config(configs.source_config(plan.discovery, plan.metadata)),
        "config/profiling_report.json": report.encode(),
    }


def _metadata_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.2: schema, Bronze table, extraction, and the classes ``TestMetadata`` beside ``TestProfile``."""
    from onboarding.codegen.sql.bronze import bronze_ddl

    spec = scripts.extract_spec(plan.discovery, plan.metadata, plan.transformation, profile)
    script = render_template("extract.py.j2", {"workload": plan.workload, "spec": spec})
    return _source_files(plan, profile) | {
        f"scripts/extract/extract_{plan.workload}.py": script,
        "sql/bronze/create_bronze.sql": bronze_ddl(plan.workload, plan.metadata, plan.transformation).encode(),
        **metadata_tests(plan.discovery, plan.metadata, plan.transformation, profile, complete=True),
    }


def _transformation_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.3: statements of Silver and Gold, their scripts and what Gold means."""
    from onboarding.codegen.lineage import LINEAGE_PATH, lineage_document
    from onboarding.codegen.sql.engines import ENGINES
    from onboarding.codegen.sql.gold import gold_sql
    from onboarding.codegen.sql.silver import silver_sql

    discovery, metadata = plan.discovery, plan.metadata
    transformation = _needed(plan.transformation, "transformation")
    paths = scripts.gold_sql_paths(transformation)
    files: Files = {}
    for engine in ENGINES:
        files[scripts.SILVER_SQL[engine.name]] = silver_sql(metadata, transformation, engine).encode()
        for table in transformation.gold_tables:
            statement = gold_sql(table, metadata, transformation, engine)
            files[paths[table.name][engine.name]] = statement.encode()
    spark = {name: path["spark"] for name, path in paths.items()}
    config = configs.transformations_config(discovery, transformation, spark)
    to_silver = {
        "from_zone": "Bronze",
        "to_zone": "Silver",
        "specs": [scripts.silver_spec(discovery, metadata, transformation)],
    }
    to_gold = {
        "from_zone": "Silver",
        "to_zone": "Gold",
        "specs": scripts.gold_specs(discovery, metadata, transformation),
    }
    return files | {
        "config/transformations.yaml": write_config(config),
        "config/semantic.yaml": write_config(configs.semantic_config(discovery, metadata, transformation)),
        LINEAGE_PATH: lineage_document(plan.workload, metadata, transformation),
        "scripts/transform/bronze_to_silver.py": _script("transform.py.j2", plan, to_silver),
        "scripts/transform/silver_to_gold.py": _script("transform.py.j2", plan, to_gold),
        "scripts/load/load_gold.py": _script(
            "load.py.j2", plan, {"spec": scripts.load_spec(discovery, transformation)}
        ),
        **transformation_tests(plan.workload, metadata, transformation),
    }


_CHECK_PURPOSE = {
    "bronze": "Score what was read; only informs, nothing is held back here.",
    "silver": "Score the candidate and publish what passed; raises QualityGateFailed otherwise.",
    "gold": "Score the candidates; raises QualityGateFailed when one does not pass.",
}


def _quality_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.4: rules and the check of each zone."""
    transformation = _needed(plan.transformation, "transformation")
    quality = _needed(plan.quality, "quality")
    files = {"config/quality_rules.yaml": write_config(configs.quality_config(plan.discovery, quality))}
    zones: tuple[Zone, ...] = ("bronze", "silver", "gold")
    for zone in zones:
        specs = scripts.check_specs(zone, plan.discovery, plan.metadata, transformation, quality)
        values = {"zone": zone.capitalize(), "specs": specs, "purpose": _CHECK_PURPOSE[zone]}
        files[f"scripts/quality/check_{zone}.py"] = _script("check.py.j2", plan, values)
    for path, ruleset in scripts.dqdl_rulesets(plan.metadata, transformation, quality).items():
        files[path] = ruleset.encode()
    return files | quality_tests(plan.workload, plan.metadata, transformation, quality)


def _dag_path(plan: WorkloadPlan) -> str:
    return f"dags/{plan.workload}_dag.py"


def _orchestrator_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.1: when and where the pipeline runs."""
    dag = _needed(plan.dag, "dag")
    return {
        "config/schedule.yaml": write_config(configs.schedule_config(plan.discovery, dag)),
        "config/deployment.yaml": write_config(configs.deployment_config(plan.discovery, dag)),
    }


#: Who writes files that depend on no other agent's; in their order, later ones over earlier ones.
_BUILDERS: dict[Owner, Callable[[Plan, ProfileReport], Files]] = {
    "profiling": _profile_files,
    "metadata": _metadata_files,
    "transformation": _transformation_files,
    "quality": _quality_files,
    "orchestrator": _orchestrator_files,
}


def _script(template: str, plan: Plan, values: dict[str, Any]) -> bytes:
    return render_template(template, {"workload": plan.workload, **values})


def _needed(part: _Part | None, name: str) -> _Part:
    if part is None:
        raise CodegenError(
            f"the {name} plan is missing",
            where=f"plan.{name}",
            expected="the plans of all agents before",
            given="nothing",
            remedy=f"let the {name} agent propose first",
        )
    return part


def _whole(plan: Plan) -> WorkloadPlan:
    if isinstance(plan, WorkloadPlan):
        return plan
    return WorkloadPlan(
        discovery=plan.discovery,
        metadata=plan.metadata,
        transformation=_needed(plan.transformation, "transformation"),
        quality=_needed(plan.quality, "quality"),
        dag=_needed(plan.dag, "dag"),
    )


def _check_names(plan: Plan) -> None:
    """Names that become parts of paths must be plain: nothing else keeps a file inside the workload's folder."""
    names = [("discovery.workload", plan.workload, WORKLOAD_PATTERN)]
    names.append(("metadata.table", plan.metadata.table, _TABLE_PATTERN))
    names += [("metadata.columns", column.name, r"^[a-z_][a-z0-9_]*$") for column in plan.metadata.columns]
    if plan.transformation:
        tables = plan.transformation.gold_tables
        names += [("transformation.gold_tables", table.name, _TABLE_PATTERN) for table in tables]
        derived = plan.transformation.derived
        names += [("transformation.derived", item.name, _TABLE_PATTERN) for item in derived]
    for where, name, pattern in names:
        if not re.fullmatch(pattern, name):
            raise CodegenError(
                f"{name!r} cannot be a name",
                where=where,
                expected="lower-case letters, digits and underscores, a letter first",
                given=name,
                remedy="take another name",
            )
    if plan.transformation:
        schema.silver_columns(plan.metadata, plan.transformation)
