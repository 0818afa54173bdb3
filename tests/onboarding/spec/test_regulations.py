"""Regulations as data: every control is usable, and several together are the strictest of each."""

from __future__ import annotations

import itertools

import pytest

from onboarding.discovery.personal_kinds import SENSITIVITY
from onboarding.spec.conf import Masking, Quality
from onboarding.spec.regulations import STRICTNESS, Controls, controls_of, regulations, stricter

NAMES = tuple(regulations())
PAIRS = list(itertools.combinations(NAMES, 2))


def test_every_regulation_of_the_conf_has_controls() -> None:
    offered = Quality.model_json_schema()["properties"]["regulations"]["items"]["enum"]
    assert sorted(offered) == sorted(NAMES)


def test_every_kind_that_is_named_is_one_that_is_found() -> None:
    for name, regulation in regulations().items():
        kinds = [kind for control in regulation.masking for kind in control.kinds]
        assert not set(kinds) - set(SENSITIVITY), name
        assert len(kinds) == len(set(kinds)), f"{name} names a kind twice"


def test_every_control_says_where_it_follows_from() -> None:
    for regulation in regulations().values():
        dumped = regulation.model_dump(exclude_none=True)
        for control in (*dumped["masking"], *(found for found in dumped.values() if isinstance(found, dict))):
            assert any(sign.isdigit() for sign in control["source"])


def test_the_order_of_masks_has_each_once() -> None:
    assert sorted(STRICTNESS) == sorted(Masking)
    assert stricter(Masking.LAST4, Masking.HASH) is Masking.HASH
    assert stricter(Masking.DROP, Masking.KEEP) is Masking.DROP


def test_the_controls_that_are_asked_for_most() -> None:
    sox, cards = controls_of(["SOX"]), controls_of(["PCI_DSS"])
    assert (sox.thresholds["silver_threshold"].value, sox.thresholds["gold_threshold"].value) == (0.95, 0.99)
    assert sox.requires("second_person")
    assert cards.masks["CVV"][0] is Masking.DROP
    assert cards.masks["CREDIT_CARD"][0] is Masking.HASH
    assert cards.requires("second_person") is None


def test_none_asks_for_nothing() -> None:
    assert controls_of([]) == Controls()


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(KeyError, match="LGPD"):
        controls_of(["GDPR", "LGPD"])


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_the_strictest_wins_in_either_order(first: str, second: str) -> None:
    together, alone = controls_of([first, second]), [controls_of([first]), controls_of([second])]
    assert together == controls_of([second, first])
    for kind, (mask, source) in together.masks.items():
        asked = [found.masks[kind][0] for found in alone if kind in found.masks]
        assert mask is max(asked, key=STRICTNESS.index)
        assert first in source or second in source
        clash = len(set(asked)) > 1
        assert any(text.startswith(f"{kind}: ") for text in together.conflicts) is clash
    for gate, control in together.thresholds.items():
        assert control.value == max(found.thresholds[gate].value for found in alone if gate in found.thresholds)


def test_a_time_that_a_law_asks_for_outweighs_a_longest_time() -> None:
    found = controls_of(["GDPR", "SOX", "HIPAA"])
    assert found.days["bronze_days"].value == 2555
    assert "bronze_days" in found.least_days
    clashes = [text for text in found.conflicts if text.startswith("bronze days")]
    assert len(clashes) == 2
    assert "GDPR" in clashes[0]
    assert "HIPAA" in clashes[1]


def test_of_longest_times_the_shortest_is_taken() -> None:
    found = controls_of(["GDPR", "CCPA"])
    assert found.days["quarantine_days"].value == 30
    assert "quarantine_days" not in found.least_days
    assert any(text.startswith("quarantine days: at most 30") for text in found.conflicts)
