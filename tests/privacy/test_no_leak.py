"""Every kind of masking, run by real Airflow on good and on broken deliveries: values stay in Bronze."""

from __future__ import annotations

from tests.privacy import planted_source
from tests.privacy.places import Places


def test_every_delivery_went_as_it_was_meant_to(places: Places) -> None:
    expected = {delivery.name: "failed" if delivery.fails else "success" for delivery in planted_source.deliveries()}
    assert places.states == expected, places.tasks


def test_no_value_of_a_masked_column_and_no_key_is_anywhere(places: Places) -> None:
    assert places.leaks() == []
