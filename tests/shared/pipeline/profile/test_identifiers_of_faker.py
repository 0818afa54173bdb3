"""Numbers of persons that another program makes are recognised, every one."""

from __future__ import annotations

import pytest
from faker import Faker

from shared.pipeline.profile.national_identifiers import national_identifiers


@pytest.mark.parametrize(
    ("country", "locale", "provider"),
    [
        ("national_cz", "cs_CZ", "birth_number"),
        ("national_cz", "sk_SK", "birth_number"),
        ("national_ro", "ro_RO", "ssn"),
        ("national_hr", "hr_HR", "ssn"),
        ("national_ee", "et_EE", "ssn"),
        ("national_lv", "lv_LV", "ssn"),
        ("national_at", "de_AT", "ssn"),
        ("national_gr", "el_GR", "ssn"),
        ("national_ua", "uk_UA", "ssn"),
        ("national_tr", "tr_TR", "ssn"),
        ("national_cn", "zh_CN", "ssn"),
        ("national_mx", "es_MX", "curp"),
        ("national_it", "it_IT", "ssn"),
        ("national_fr", "fr_FR", "ssn"),
        ("national_es", "es_ES", "nif"),
    ],
)
def test_numbers_that_another_program_makes_are_recognised(country: str, locale: str, provider: str) -> None:
    faker = Faker(locale)
    faker.seed_instance(7)
    made = [str(getattr(faker, provider)()) for _ in range(200)]
    assert [text for text in made if country not in national_identifiers(text)] == []
