"""The kinds of personal data: how sensitive each is, and which evidence speaks for it, in log-odds.

The weights are log-likelihood ratios (natural logarithm), summed by :mod:`onboarding.discovery.personal_evidence`: 2.3
makes a kind ten times as likely, -2.3 ten times less. They were set on the tuning set of ``benchmarks.personal_data``
and checked for calibration there. ``PRIOR``: about one column in 150 is of a given kind. Caps of values: a column whose
values all pass a check of modulus 97 or an exact form outweighs the prior alone; one of modulus 10 or 11 does so only
when nearly all values pass, which chance gives to one value in ten.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import Sensitivity
from shared.pipeline.profile.national_identifiers import NATIONAL_IDENTIFIERS

PRIOR = -5.0
#: A name that leaves no doubt, and one that may also mean something else.
NAMED = 6.0
HINTED = 3.0
#: The name says that the column is another thing, or a fact about the thing.
NAMED_OTHERWISE = -5.0
ABOUT_IT = -7.0
OF_A_BUSINESS = -4.0
#: The neighbours are persons (or goods), where a kind depends on them.
AMONG_PERSONS = 2.5
AMONG_GOODS = -4.0
WITHOUT_PERSONS = -4.0

_TEXT = (ColumnType.TEXT,)
_NUMBERED = (ColumnType.TEXT, ColumnType.INTEGER)
_DATES = (ColumnType.DATE, ColumnType.TIMESTAMP)


@dataclass(frozen=True)
class ValueCheck:
    """How the share of sampled values that pass a validator counts.

    :ivar weight: log-odds when at least ``full`` of the values pass; nothing up to ``floor``, linear between.
    :ivar beside_name: it counts only beside a name that speaks for the kind.
    :ivar least_distinct: fewer different values are no evidence.
    :ivar opaque_only: it counts only where the name says nothing at all.
    :ivar as_names: it counts only where nearly all values are capitalised words of letters.
    """

    validators: tuple[str, ...]
    weight: float
    floor: float = 0.3
    full: float = 0.8
    beside_name: bool = False
    least_distinct: int = 1
    opaque_only: bool = False
    as_names: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of personal data.

    :ivar values: what its values are called in a line of evidence ("82% of the sampled values are ...").
    :ivar named: concepts of names that leave no doubt (:mod:`onboarding.discovery.column_phrases`).
    :ivar hinted: concepts that speak for it among others.
    :ivar contradicted: log-odds against it when almost no value passes any of its checks.
    :ivar persons: whether it is one only where the neighbours are persons: ``needed``, ``helpful`` or ``ignored``.
    :ivar many: the values of an identifier differ from row to row; few different ones speak against it.
    """

    type: str
    sensitivity: Sensitivity
    values: str
    named: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    checks: tuple[ValueCheck, ...] = ()
    types: tuple[ColumnType, ...] = _TEXT
    contradicted: float = 0.0
    persons: str = "ignored"
    many: bool = False
    against: tuple[str, ...] = field(default=())


def _check(*validators: str, weight: float, **more: float) -> ValueCheck:
    return ValueCheck(validators, weight, floor=more.get("floor", 0.3), full=more.get("full", 0.8))


def _beside(*validators: str, weight: float = 3.0, floor: float = 0.1, full: float = 0.6) -> ValueCheck:
    return ValueCheck(validators, weight, floor, full, beside_name=True)


_MODULUS = {"floor": 0.55, "full": 0.92}
_LETTERED = ("national_es", "national_it", "national_fr", "national_se", "national_fi", "national_be", "national_no",
             "national_br", "national_ch", "national_tr", "national_mx", "national_cn")  # fmt: skip
_FORM_ONLY = ("national_gb", "national_dk", "national_kr")
_DIGITS = tuple(name for name in NATIONAL_IDENTIFIERS if name not in (*_LETTERED, *_FORM_ONLY))

KINDS: tuple[Kind, ...] = (
    Kind("EMAIL", "HIGH", "e-mail addresses", ("email",), (), (_check("email", weight=9.0),), contradicted=-6.0),
    Kind(
        "PHONE", "HIGH", "telephone numbers", ("phone",), (),
        (_check("phone", weight=6.5), _beside("phone_digits", "phone_form")), _NUMBERED, contradicted=-6.0,
    ),
    Kind(
        "PERSON_NAME", "HIGH", "names of persons", ("given_name", "family_name", "person_name"), ("name", "person"),
        (
            ValueCheck(("full_name", "titled_name"), 7.5, 0.12, 0.5, least_distinct=5),
            ValueCheck(("given_name",), 7.0, 0.25, 0.55, least_distinct=8),
            ValueCheck(("family_name",), 6.5, 0.3, 0.6, least_distinct=8),
            ValueCheck(("name_like",), 3.0, 0.8, 0.95, least_distinct=60, opaque_only=True),
            # Enough beside persons, and there alone: names of a country that the lists hardly know.
            ValueCheck(("given_name", "family_name"), 3.5, 0.02, 0.06, least_distinct=40, opaque_only=True,
                       as_names=True),
            ValueCheck(("eastern_name",), 4.0, 0.45, 0.8, least_distinct=20, opaque_only=True),
            _beside("name_like", "name_word", weight=1.5, floor=0.3, full=0.9),
            _beside("given_name", "family_name", "full_name", weight=3.5, floor=0.04, full=0.3),
        ),
        contradicted=-6.0, persons="helpful", against=("company",),
    ),
    Kind(
        "US_SSN", "CRITICAL", "legal social security numbers", ("ssn",), ("national_id", "tax_id"),
        (_check("us_ssn", weight=8.0, floor=0.5, full=0.9), _beside("us_ssn_digits")), _NUMBERED, contradicted=-4.0,
    ),
    Kind(
        "NATIONAL_ID", "CRITICAL", "numbers of a national register", ("national_id", "tax_id"), ("ssn",),
        (
            _check(*_LETTERED, weight=9.0, **_MODULUS), _check(*_DIGITS, weight=7.5, **_MODULUS),
            _check("national_gb", weight=6.0, floor=0.6, full=0.95),
            ValueCheck(("national_dk", "national_kr"), 6.0, 0.6, 0.95, least_distinct=20, opaque_only=True),
        ),
        _NUMBERED, many=True,
    ),
    Kind("PASSPORT", "CRITICAL", "passport numbers", ("passport",), (), (), _NUMBERED, many=True),
    Kind("DRIVER_LICENSE", "CRITICAL", "driving licences", ("driver_license",), (), (), _NUMBERED, many=True),
    Kind(
        "IBAN", "CRITICAL", "account numbers that pass the IBAN check", ("iban",), ("bank_account",),
        (_check("iban", weight=10.0),), contradicted=-4.0,
    ),
    Kind("BANK_ACCOUNT", "CRITICAL", "account numbers", ("bank_account",), (), (), _NUMBERED, many=True),
    Kind(
        "BANK_ROUTING", "MEDIUM", "routing numbers that pass the ABA check", ("bank_routing",), (),
        (_check("routing_number", weight=7.0, **_MODULUS),), _NUMBERED,
    ),
    Kind(
        "CREDIT_CARD", "CRITICAL", "card numbers that pass the Luhn check", ("card_number",), (),
        (_check("credit_card", weight=9.0, floor=0.4, full=0.85),), _NUMBERED, contradicted=-5.0,
    ),
    Kind(
        "CARD_EXPIRY", "HIGH", "a month and a year of the near future", ("card_expiry",), ("expiry",),
        (_check("card_expiry", weight=3.5, floor=0.5, full=0.9),), (*_TEXT, *_DATES),
    ),
    Kind("CVV", "CRITICAL", "three or four digits", ("card_code",), (),
         (_beside("card_code"),), _NUMBERED, contradicted=-5.0),
    Kind(
        "IP_ADDRESS", "MEDIUM", "IP addresses", ("ip",), (),
        (_check("wide_ip", weight=8.0, floor=0.3, full=0.7), _beside("ip_address")), contradicted=-6.0,
    ),
    Kind("MAC_ADDRESS", "MEDIUM", "hardware addresses", ("mac",), (), (_check("mac_address", weight=9.0),),
         contradicted=-4.0),
    Kind(
        "DEVICE_ID", "MEDIUM", "device identities that pass the Luhn check", ("device",), (),
        (_check("imei", weight=7.5, **_MODULUS),), _NUMBERED, many=True,
    ),
    Kind(
        "BIRTH_DATE", "HIGH", "dates", ("birth_date",), (), (), _DATES, persons="helpful",
    ),
    Kind(
        "STREET_ADDRESS", "HIGH", "a street with a house number", ("street_address",), (),
        (
            _check("street_address", weight=7.0, floor=0.25, full=0.6),
            _beside("numbered_name", "street_address", "eastern_address"),
        ),
        contradicted=-3.5,
    ),
    Kind("CITY", "LOW", "words", ("city",), (), (_beside("name_word", weight=1.0),), persons="needed"),
    Kind("STATE", "LOW", "words", ("state",), (), (), persons="needed"),
    Kind("POSTAL_CODE", "LOW", "of the form of postal codes", ("postal_code",), (),
         (_beside("postal_code", weight=1.5),), _NUMBERED, contradicted=-2.0, persons="needed"),
    Kind("GEOLOCATION", "MEDIUM", "coordinates", ("latitude", "longitude"), (), (),
         (*_TEXT, ColumnType.DECIMAL, ColumnType.DOUBLE), persons="needed"),
    Kind(
        "GENDER", "LOW", "words for a sex", ("gender",), (),
        (
            _check("gender_word", weight=7.5, floor=0.5, full=0.85),
            _check("gender_letter", weight=4.0, floor=0.8, full=0.95),
            _beside("gender_code", "gender_word"),
        ),
        (*_NUMBERED, ColumnType.BOOLEAN), contradicted=-5.0, persons="helpful",
    ),
    Kind(
        "ETHNICITY", "HIGH", "words for the origin of people", ("ethnicity",), ("race",),
        (_check("ethnicity", weight=6.5, floor=0.3, full=0.8), _beside("ethnicity_word")), contradicted=-3.0,
        persons="helpful",
    ),
    Kind("RELIGION", "HIGH", "religions", ("religion",), (), (_check("religion", weight=7.0, floor=0.3, full=0.7),),
         contradicted=-1.0, persons="helpful"),
    Kind(
        "HEALTH", "HIGH", "illnesses, drugs or medical words", ("health",), (),
        (_check("health_term", weight=6.5, floor=0.2, full=0.6),), contradicted=-2.5, persons="helpful",
    ),
    Kind("MEDICAL_RECORD", "CRITICAL", "record numbers", ("medical_record",), (), (), _NUMBERED, many=True),
    Kind(
        "ICD10", "HIGH", "ICD-10 codes", ("icd10",), ("health",),
        (_check("icd10", weight=7.0, floor=0.5, full=0.85), _beside("icd10_plain")), contradicted=-4.0,
    ),
    Kind(
        "NPI", "MEDIUM", "provider identifiers that pass the check", ("npi",), (),
        (_check("npi", weight=7.5, **_MODULUS),), _NUMBERED, contradicted=-3.0,
    ),
    Kind("HEALTH_PLAN_ID", "CRITICAL", "member numbers", ("health_plan",), (), (), _NUMBERED, many=True),
    Kind("ADMISSION_DATE", "MEDIUM", "dates", ("admission",), (), (), _DATES),
    Kind("URL", "MEDIUM", "URLs", ("url",), (), (_check("url", weight=2.0),), persons="needed"),
    Kind("USERNAME", "MEDIUM", "words without blanks", ("user_name",), (), (_beside("user_name", "email", weight=2.0),),
         many=True),
)  # fmt: skip
KIND_OF: dict[str, Kind] = {kind.type: kind for kind in KINDS}
SENSITIVITY: dict[str, Sensitivity] = {kind.type: kind.sensitivity for kind in KINDS}
#: A column of one of these, surely found, makes its table one of persons.
OF_PERSONS = frozenset({
    "PERSON_NAME", "EMAIL", "PHONE", "BIRTH_DATE", "US_SSN", "NATIONAL_ID", "PASSPORT", "DRIVER_LICENSE", "GENDER",
    "MEDICAL_RECORD", "HEALTH_PLAN_ID", "USERNAME", "RELIGION", "ETHNICITY", "MAC_ADDRESS", "CREDIT_CARD",
})  # fmt: skip
