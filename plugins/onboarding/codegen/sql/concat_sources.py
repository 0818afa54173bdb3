"""Columns that the cleaning operation ``concat`` may take text from."""

from __future__ import annotations

from onboarding.codegen import schema
from onboarding.codegen.errors import CodegenError
from onboarding.codegen.sql.cleaning import arguments_of, is_text
from onboarding.spec.cleaning_arguments import Concat
from onboarding.spec.conf import Masking
from onboarding.spec.plans import CleaningOperation, MetadataPlan, TransformationPlan


def check_sources(metadata: MetadataPlan, transformation: TransformationPlan) -> None:
    """Refuse columns that are not there, that are no text, or whose masked values would be seen in another column.

    :raises CodegenError: names the operation and the column.
    """
    dropped = schema.dropped_columns(metadata, transformation)
    kept = {plan.name: plan for plan in metadata.columns if plan.name not in dropped}
    masks = {name: how for name, how in transformation.masking.items() if how is not Masking.KEEP}
    for operation in transformation.cleaning:
        arguments = arguments_of(operation) if operation.operation == "concat" else None
        for name in arguments.columns if isinstance(arguments, Concat) else []:
            if name not in kept or not is_text(kept[name].physical_type):
                texts = ", ".join(other for other, plan in kept.items() if is_text(plan.physical_type))
                raise _error(operation, f"columns that are text in the source: {texts}", name)
            if name in masks and operation.column not in masks:
                given = f"{name} is masked ({masks[name].value}), {operation.column} is not"
                raise _error(operation, f"{operation.column} masked as well: else it shows what {name} hides", given)


def _error(operation: CleaningOperation, expected: str, given: str) -> CodegenError:
    return CodegenError(
        f"the cleaning operation 'concat' on {operation.column!r} cannot be rendered",
        where=f"transformation.cleaning ({operation.column}).columns",
        expected=expected,
        given=given,
        remedy=f"name other columns, or mask {operation.column} too (transformations.masking)",
    )
