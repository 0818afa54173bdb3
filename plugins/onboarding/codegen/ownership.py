"""Which agent writes which file, in which phase: one table, from which tasks, tests and docs read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Owner = Literal["profiling", "metadata", "transformation", "quality", "dag", "orchestrator", "review"]

PROFILING: Owner = "profiling"
METADATA: Owner = "metadata"
TRANSFORMATION: Owner = "transformation"
QUALITY: Owner = "quality"
DAG: Owner = "dag"
ORCHESTRATOR: Owner = "orchestrator"
REVIEW: Owner = "review"

MANIFEST_PATH = ".onboarding/manifest.json"


@dataclass(frozen=True)
class OwnedFile:
    """A file of a workload; ``path`` has ``{workload}`` in it, and ``*`` for the further Gold tables.

    :ivar owners: who writes it. ``profiling`` is the metadata agent in phase 3; it begins files that the metadata
        agent completes in phase 4.2. ``review`` is the orchestrator in phase 4.6, when all plans are made.
    """

    path: str
    owners: tuple[Owner, ...]
    phase: str


OWNERSHIP: tuple[OwnedFile, ...] = (
    OwnedFile("config/source.yaml", ("profiling", "metadata"), "3 + 4.2"),
    OwnedFile("config/profiling_report.json", ("profiling", "metadata"), "3 + 4.2"),
    OwnedFile("tests/unit/test_metadata.py", ("profiling", "metadata"), "3 + 4.2"),
    OwnedFile("tests/integration/test_metadata.py", ("profiling", "metadata"), "3 + 4.2"),
    OwnedFile("config/schedule.yaml", ("orchestrator", "dag"), "4.1 + 4.5"),
    OwnedFile("config/deployment.yaml", ("orchestrator", "dag"), "4.1 + 4.5"),
    OwnedFile("scripts/extract/extract_{workload}.py", ("metadata",), "4.2"),
    OwnedFile("sql/bronze/create_bronze.sql", ("metadata",), "4.2"),
    OwnedFile("config/transformations.yaml", ("transformation",), "4.3"),
    OwnedFile("config/semantic.yaml", ("transformation",), "4.3"),
    OwnedFile("config/lineage.json", ("transformation",), "4.3"),
    OwnedFile("scripts/transform/bronze_to_silver.py", ("transformation",), "4.3"),
    OwnedFile("scripts/transform/silver_to_gold.py", ("transformation",), "4.3"),
    OwnedFile("scripts/load/load_gold.py", ("transformation",), "4.3"),
    OwnedFile("sql/silver/transform_silver.sql", ("transformation",), "4.3"),
    OwnedFile("sql/silver/transform_silver.duckdb.sql", ("transformation",), "4.3"),
    OwnedFile("sql/gold/aggregate_gold*.sql", ("transformation",), "4.3"),
    OwnedFile("tests/unit/test_transformations.py", ("transformation",), "4.3"),
    OwnedFile("tests/integration/test_transformations.py", ("transformation",), "4.3"),
    OwnedFile("config/quality_rules.yaml", ("quality",), "4.4"),
    OwnedFile("scripts/quality/check_bronze.py", ("quality",), "4.4"),
    OwnedFile("scripts/quality/check_silver.py", ("quality",), "4.4"),
    OwnedFile("scripts/quality/check_gold.py", ("quality",), "4.4"),
    OwnedFile("sql/quality/*.dqdl", ("quality",), "4.4"),
    OwnedFile("tests/unit/test_quality.py", ("quality",), "4.4"),
    OwnedFile("tests/integration/test_quality.py", ("quality",), "4.4"),
    OwnedFile("dags/{workload}_dag.py", ("dag",), "4.5"),
    OwnedFile("tests/unit/test_dag.py", ("dag",), "4.5"),
    OwnedFile("tests/integration/test_dag.py", ("dag",), "4.5"),
    OwnedFile("README.md", ("review",), "4.6"),
    OwnedFile(MANIFEST_PATH, ("review",), "4.6"),
)


def owned_file(path: str, workload: str) -> OwnedFile:
    """The entry of a workload's file.

    :raises KeyError: no agent writes this file.
    """
    for entry in OWNERSHIP:
        pattern = re.escape(entry.path.replace("{workload}", workload)).replace(r"\*", "[a-z0-9_.]*")
        if re.fullmatch(pattern, path):
            return entry
    raise KeyError(path)
