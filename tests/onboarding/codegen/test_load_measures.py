"""Which columns a pipeline measures, and how."""

from __future__ import annotations

from onboarding.codegen.load_measures import load_measures
from onboarding.spec.conf import Masking
from onboarding.spec.plans import MetadataPlan
from onboarding.spec.profile import PersonalData
from tests.onboarding.codegen.sales import sales_metadata, sales_transformation


def changed(name: str, **update: object) -> MetadataPlan:
    metadata = sales_metadata()
    columns = [plan.model_copy(update=update) if plan.name == name else plan for plan in metadata.columns]
    return metadata.model_copy(update={"columns": columns})


def test_missing_values_of_every_column_that_reaches_silver() -> None:
    found = load_measures(sales_metadata(), sales_transformation())["missing"]

    assert "internal_note" not in found
    assert found == tuple(plan.name for plan in sales_metadata().columns if plan.name != "internal_note")


def test_numbers_are_measures_and_categories_are_dimensions() -> None:
    found = load_measures(sales_metadata(), sales_transformation())

    assert found["numbers"] == ("quantity", "unit_price")
    assert found["categories"] == ("region", "status")


def test_of_a_personal_column_only_what_is_missing_is_counted() -> None:
    person = PersonalData(type="AGE", sensitivity="MEDIUM")
    metadata = changed("quantity", personal_data=person)

    found = load_measures(metadata, sales_transformation())

    assert ("quantity" in found["missing"], "quantity" in found["numbers"]) == (True, False)


def test_of_a_masked_column_only_what_is_missing_is_counted() -> None:
    transformation = sales_transformation()
    masked = transformation.model_copy(update={"masking": {**transformation.masking, "region": Masking.REDACT}})

    assert load_measures(sales_metadata(), masked)["categories"] == ("status",)
