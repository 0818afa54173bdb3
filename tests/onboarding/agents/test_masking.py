"""Default masking: every kind has one, and the code of a card never reaches Bronze."""

from __future__ import annotations

from pathlib import Path

from onboarding.agents import AgentContext, propose_all
from onboarding.agents.masking import DEFAULT_MASKING
from onboarding.codegen.configs import lf_tags
from onboarding.discovery import look_at_source, resolve
from onboarding.discovery.personal_data import SENSITIVITY
from onboarding.local_platform.account_names import LF_TAGS
from onboarding.spec.conf import Conf, Masking


def _context(tmp_path: Path, header: str, rows: list[str]) -> AgentContext:
    path = tmp_path / "table.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    conf = Conf.model_validate({"source": {"location": path.as_uri()}})
    look = look_at_source(conf)
    return propose_all(AgentContext(conf, resolve(conf, look.look()), look))


def test_every_kind_has_a_default_masking() -> None:
    assert set(DEFAULT_MASKING) == set(SENSITIVITY)


def test_nothing_of_high_sensitivity_stays_readable_by_default() -> None:
    kept = {kind for kind, how in DEFAULT_MASKING.items() if how is Masking.KEEP}
    assert {SENSITIVITY[kind] for kind in kept} == {"LOW", "MEDIUM"}
    assert [kind for kind in kept if SENSITIVITY[kind] == "MEDIUM"] == ["BANK_ROUTING"]


def test_the_code_of_a_card_is_dropped_and_a_town_is_kept(tmp_path: Path) -> None:
    rows = [f"{row},p{row}@mail.example.org,{100 + row * 7 % 900},{('Lyon', 'Metz')[row % 2]}" for row in range(80)]
    context = _context(tmp_path, "payment_id,email,cvv,city", rows)
    assert context.metadata and context.transformation
    assert context.metadata.dropped_columns == ["cvv"]
    assert context.transformation.masking == {
        "email": Masking.HASH, "cvv": Masking.DROP, "city": Masking.KEEP,
    }  # fmt: skip
    assert context.metadata.column("city").role.value == "dimension"


def test_a_json_text_with_personal_fields_is_masked_as_a_whole(tmp_path: Path) -> None:
    """The last four characters of the text are not those of the account in it."""
    rows = [f'{row},"{{""iban"": ""DE89370400440532013000"", ""n"": {row}}}"' for row in range(60)]
    context = _context(tmp_path, "visit,payment", rows)
    assert context.metadata and context.transformation
    assert context.metadata.column("payment").personal_data.type == "IBAN"
    assert context.transformation.masking == {"payment": Masking.HASH}
    asked = [found for found in context.transformation.decisions if found.subject == "masking.payment"]
    assert "inside a JSON text" in asked[0].reason


def test_the_strictest_mask_of_what_is_inside_is_taken(tmp_path: Path) -> None:
    """A card's code is dropped with the text around it; an IP address is not readable beside a bank's public number."""
    rows = [
        f'{row},"{{""card_number"": ""4111111111111111"", ""cvv"": ""{100 + row}""}}"'
        f',"{{""aba_routing"": ""021000021"", ""ip"": ""192.168.7.{row}""}}"'
        for row in range(60)
    ]
    context = _context(tmp_path, "visit,payment,origin", rows)
    assert context.metadata and context.transformation
    assert context.metadata.dropped_columns == ["payment"]
    assert set(context.metadata.column("origin").personal_data.inside.values()) == {"BANK_ROUTING", "IP_ADDRESS"}
    assert context.transformation.masking == {"payment": Masking.DROP, "origin": Masking.HASH}


def test_every_tag_of_a_column_is_a_value_that_the_account_knows(tmp_path: Path) -> None:
    rows = [f"{row},p{row}@mail.example.org,Lyon" for row in range(60)]
    context = _context(tmp_path, "visit,email,city", rows)
    assert context.metadata
    for column in context.metadata.columns:
        assert all(value in LF_TAGS[key] for key, value in lf_tags(column).items())


def test_a_possible_identifier_is_put_before_a_person(tmp_path: Path) -> None:
    rows = [f"M{(row * 7919 + 104729) % 1000003:07d},{row * 1.5}" for row in range(80)]
    context = _context(tmp_path, "x_1,amount", rows)
    assert context.metadata
    asked = [found for found in context.metadata.decisions if found.subject == "columns.x_1.personal_data"]
    assert [(found.value, found.needs_eyes) for found in asked] == [("NONE", True)]
    assert "please decide" in asked[0].reason
