"""Keys of the workloads that are deployed: what a column of a new source may refer to."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from onboarding.spec.conf import Masking
from onboarding.spec.config_files import SemanticConfig, SemanticTable
from onboarding.workspace.deployed import DeployedWorkload, version_key
from onboarding.workspace.store import Store

log = logging.getLogger(__name__)
#: Workloads that are looked at, in the order of their names; each costs three small reads.
MOST_WORKLOADS = 200


@dataclass(frozen=True)
class KnownKey:
    """The one column that tells the rows of a Gold table apart, unmasked."""

    workload: str
    table: str
    column: str

    @property
    def text(self) -> str:
        """As ``domain.relationships`` names it."""
        return f"{self.workload}.{self.table}.{self.column}"


def known_keys(dags: Store, deployed: Sequence[DeployedWorkload]) -> list[KnownKey]:
    """Keys of one column of the deployed workloads' Gold tables, sorted.

    :param dags: the DAGs location.
    :param deployed: the deployed workloads, sorted by name.
    """
    keys = []
    for workload in deployed[:MOST_WORKLOADS]:
        keys += [
            KnownKey(workload.name, table.name, column)
            for table in _tables(dags, workload)
            if table.kind in ("flat", "dimension") and (column := _readable_key(table))
        ]
    return sorted(keys, key=lambda key: key.text)


def _tables(dags: Store, workload: DeployedWorkload) -> list[SemanticTable]:
    """Gold tables of a workload; none where this version cannot read what describes them."""
    key = f"{version_key(workload.name, workload.version)}/config/semantic.yaml"
    try:
        return SemanticConfig.model_validate(yaml.safe_load(dags.read(key))).tables
    except (FileNotFoundError, ValidationError, yaml.YAMLError) as error:
        log.warning("keys of %s are not known: %s: %s", workload.name, type(error).__name__, key)
        return []


def _readable_key(table: SemanticTable) -> str:
    """The table's key, where it is one column with the values of the source."""
    if len(table.grain) != 1:
        return ""
    column = next((column for column in table.columns if column.name == table.grain[0]), None)
    return column.name if column is not None and column.masking in (None, Masking.KEEP) else ""
