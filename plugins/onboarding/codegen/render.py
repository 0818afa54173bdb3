"""Plans and profile in, files out: the same input gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from onboarding.codegen import configs, schema, scripts
from onboarding.codegen.dag import dag_file, unversioned_dag_file
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.manifest import build_manifest, version_of
from onboarding.codegen.ownership import MANIFEST_PATH, Owner
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


def render(plan: Plan, profile: ProfileReport, owner: str | None = None) -> Files:
    """The files of a workload by relative path, sorted.

    :param plan: all plans, or for one owner those that its files are made from.
    :param owner: only the files that this agent writes (``ownership.Owner``); None: all of them, with the manifest.
    :raises CodegenError: a part of the plan that is needed is missing, or cannot be rendered.
    """
    _check_names(plan)
    if owner is not None and owner not in _BUILDERS:
        raise CodegenError(
            f"nobody is called {owner!r}",
            where="owner",
            expected=", ".join(_BUILDERS),
            given=owner,
            remedy="use a name of onboarding.codegen.ownership.Owner",
        )
    if owner is not None:
        return dict(sorted(_BUILDERS[owner](plan, profile).items()))
    whole = _whole(plan)
    files = _before_version(whole, profile)
    files[MANIFEST_PATH] = build_manifest(whole, profile, files, unversioned_dag_file(whole))
    files[_dag_path(whole)] = dag_file(whole, version_of(files[MANIFEST_PATH]))
    return dict(sorted(files.items()))


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


def build_workload(plan: WorkloadPlan, profile: ProfileReport) -> Workload:
    """Render everything.

    :raises CodegenError: the plan cannot be rendered.
    """
    files = render(plan, profile)
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


def _dag_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.5: the DAG, with the version that the rest of the files makes, and what says when and where it runs."""
    whole = _whole(plan)
    version = version_of(manifest(whole, profile))
    return _orchestrator_files(plan, profile) | {_dag_path(whole): dag_file(whole, version), **dag_tests(whole)}


def _dag_path(plan: WorkloadPlan) -> str:
    return f"dags/{plan.workload}_dag.py"


def _orchestrator_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.1: when and where the pipeline runs."""
    dag = _needed(plan.dag, "dag")
    return {
        "config/schedule.yaml": write_config(configs.schedule_config(plan.discovery, dag)),
        "config/deployment.yaml": write_config(configs.deployment_config(plan.discovery, dag)),
    }


def _review_files(plan: Plan, profile: ProfileReport) -> Files:
    """Phase 4.6: what needs all plans, README and manifest."""
    whole = _whole(plan)
    return {"README.md": readme(whole), MANIFEST_PATH: manifest(whole, profile)}


_BUILDERS: dict[Owner, Callable[[Plan, ProfileReport], Files]] = {
    "profiling": _profile_files,
    "metadata": _metadata_files,
    "transformation": _transformation_files,
    "quality": _quality_files,
    "dag": _dag_files,
    "orchestrator": _orchestrator_files,
    "review": _review_files,
}


def manifest(plan: WorkloadPlan, profile: ProfileReport) -> bytes:
    """The manifest of the files as rendered; for files that a person edited see ``manifest.build_manifest``."""
    return build_manifest(plan, profile, _before_version(plan, profile), unversioned_dag_file(plan))


def _before_version(plan: WorkloadPlan, profile: ProfileReport) -> Files:
    """Every file but the manifest, which names them, and the DAG file, which names the manifest."""
    files: Files = {}
    owners: tuple[Owner, ...] = ("metadata", "transformation", "quality", "orchestrator")
    for owner in owners:
        files |= _BUILDERS[owner](plan, profile)
    return files | dag_tests(plan) | {"README.md": readme(plan)}


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
