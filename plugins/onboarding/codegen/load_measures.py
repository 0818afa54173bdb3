"""What a pipeline measures of each of its loads, so that later ones can be compared with it."""

from __future__ import annotations

from onboarding.codegen import schema
from onboarding.spec.column_types import NUMBERS
from onboarding.spec.conf import ColumnType, Masking, Role
from onboarding.spec.plans import ColumnPlan, MetadataPlan, TransformationPlan

_CATEGORY_TYPES = (ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.INTEGER)


def load_measures(metadata: MetadataPlan, transformation: TransformationPlan) -> dict[str, tuple[str, ...]]:
    """Columns of Silver by what is measured of them, as :func:`shared.pipeline.measures.measure` takes them.

    Missing values are counted in every column of the source. Means of numbers and values of categories are kept of
    those only that say nothing about persons and are not masked.

    :returns: ``missing``, ``numbers`` and ``categories``, each in the order of the columns.
    """
    dropped = schema.dropped_columns(metadata, transformation)
    columns = [plan for plan in metadata.columns if plan.name not in dropped]
    shown = [plan for plan in columns if _may_be_kept(plan, transformation)]
    return {
        "missing": tuple(plan.name for plan in columns),
        "numbers": tuple(plan.name for plan in shown if plan.role is Role.MEASURE and plan.type in NUMBERS),
        "categories": tuple(
            plan.name for plan in shown if plan.role is Role.DIMENSION and plan.type in _CATEGORY_TYPES
        ),
    }


def _may_be_kept(plan: ColumnPlan, transformation: TransformationPlan) -> bool:
    masked = transformation.masking.get(plan.name, Masking.KEEP) is not Masking.KEEP
    return plan.personal_data.type == "NONE" and not masked
