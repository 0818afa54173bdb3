"""What names of columns say, in several languages and spellings."""

from __future__ import annotations

import pytest

from onboarding.discovery.column_concepts import name_sense


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("CustomerFirstName", "given_name"), ("KUNDENVORNAME", "given_name"), ("prénom", "given_name"),
        ("imię", "given_name"), ("Nachname", "family_name"), ("apellido_1", "family_name"), ("geb_datum", "birth_date"),
        ("dateDeNaissance", "birth_date"), ("data_di_nascita", "birth_date"), ("e-Mail Adresse", "email"),
        ("Straße", "street_address"), ("numéro_de_carte", "card_number"), ("płeć", "gender"), ("BSN", "national_id"),
        ("codice_fiscale", "national_id"), ("icd10", "icd10"), ("ipv4", "ip"), ("zip4", "postal_code"),
        ("CUST_PHN_NBR", "phone"), ("home_ph", "phone"), ("contact_no", "phone"), ("dt_of_birth", "birth_date"),
        ("fst_nm", "given_name"), ("customername", "person_name"), ("driver_lic_num", "driver_license"),
        ("med_rec_no", "medical_record"), ("blood_grp", "health"), ("exp_dt", "expiry"), ("ins_no", "health_plan"),
        ("address1", "street_address"), ("company_name", "other_name"), ("Patientengeburtsdatum", "birth_date"),
    ],
)  # fmt: skip
def test_the_concept_of_a_name(name: str, concept: str) -> None:
    assert name_sense(name).says(concept)


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("company", "card_number"), ("ship_date", "ip"),
        ("order_no", "phone"), ("rec_dt", "birth_date"), ("cancelled", "phone"), ("email_address", "street_address"),
        ("product_name", "name"), ("street_name", "name"), ("classname", "name"),
    ],
)  # fmt: skip
def test_parts_of_words_and_of_longer_phrases_say_nothing(name: str, concept: str) -> None:
    assert name_sense(name).says(concept) is None


@pytest.mark.parametrize("name", ["c1", "x_17", "col03", "field_2", "V9", "attr", "17", "Spalte4"])
def test_opaque_names(name: str) -> None:
    assert name_sense(name).opaque


@pytest.mark.parametrize("name", ["order_id", "price", "c1_email", "total", "kunde"])
def test_names_that_say_something(name: str) -> None:
    assert not name_sense(name).opaque


@pytest.mark.parametrize("name", ["email_opt_in", "phone_type", "card_last4", "emails_sent_count", "ssn_verified"])
def test_facts_about_a_thing(name: str) -> None:
    assert name_sense(name).about
