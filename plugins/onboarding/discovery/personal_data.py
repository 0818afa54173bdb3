"""Personal data in a column: evidence from its name (whole words), its values, their form and their number.

A type needs evidence from the values, or a name that leaves no doubt and values that do not contradict.
Every line of evidence is kept: the person who confirms the profile sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onboarding.spec.conf import ColumnType
from onboarding.spec.profile import PersonalData, Sensitivity
from shared.pipeline.profile.words import name_words, word_set

SENSITIVITY: dict[str, Sensitivity] = {
    "US_SSN": "CRITICAL", "CREDIT_CARD": "CRITICAL", "IBAN": "CRITICAL", "BANK_ACCOUNT": "CRITICAL",
    "PASSPORT": "CRITICAL", "NATIONAL_ID": "CRITICAL", "DRIVER_LICENSE": "CRITICAL", "MEDICAL_RECORD": "CRITICAL",
    "EMAIL": "HIGH", "PHONE": "HIGH", "PERSON_NAME": "HIGH", "STREET_ADDRESS": "HIGH", "BIRTH_DATE": "HIGH",
    "IP_ADDRESS": "MEDIUM",
}  # fmt: skip
_PEOPLE = word_set(
    "customer client employee patient person contact student teacher driver passenger owner author member guest doctor "
    "physician manager agent cardholder beneficiary payee staff recipient sender player applicant buyer seller "
    "salesperson rep user holder borrower tenant subscriber candidate worker nurse parent spouse victim billing "
    "shipping cust emp account insured policyholder signer attendee"
)
_NAME_PARTS = word_set("first last full middle given family maiden legal preferred display")
_NAME_WORDS = word_set("fname lname surname forename fullname cardholder")
_PHONE_WORDS = word_set("phone telephone mobile cell fax msisdn tel whatsapp cellphone phonenumber")
_ABOUT = word_set(
    "id type count status flag date time verified valid opt sent opened subject template campaign domain model "
    "brand os device plan price version provider carrier preference is has num company product file table column host"
)


@dataclass(frozen=True)
class Evidence:
    """What the detectors look at: words of the name, shares of the validators, measures, the decided type."""

    words: tuple[str, ...]
    shares: dict[str, float]
    values: int
    distinct: int
    type: ColumnType
    measures: dict[str, Any]

    def share(self, *validators: str) -> float:
        """Largest share of sampled values that pass one of the validators."""
        return max((self.shares.get(name, 0.0) for name in validators), default=0.0)

    def has(self, *wanted: str) -> bool:
        """Whether the name has all these words."""
        return all(word in self.words for word in wanted)

    @property
    def about(self) -> bool:
        """The name speaks about the thing (its type, count, date), not of the thing."""
        return bool(_ABOUT.intersection(self.words))


Finding = tuple[str, float, list[str]]


def detect(source_name: str, measures: dict[str, Any], decided: ColumnType, rows: int) -> PersonalData:
    """What a column says about persons.

    :param measures: one entry of ``Measurement.columns``.
    :param decided: the column's type.
    :param rows: rows of the source.
    """
    sample = measures["validator_sample"]
    missing = measures["null_count"] + measures["empty_count"] + measures["null_word_count"]
    evidence = Evidence(
        words=name_words(source_name),
        shares={name: count / sample for name, count in measures["validator_matches"].items()} if sample else {},
        values=rows - missing,
        distinct=measures["distinct_count"],
        type=decided,
        measures=measures,
    )
    found = [finding for detector in _DETECTORS if (finding := detector(evidence)) is not None]
    if not found:
        return PersonalData()
    kind, confidence, lines = max(found, key=lambda finding: finding[1])
    return PersonalData(type=kind, sensitivity=SENSITIVITY[kind], confidence=round(confidence, 2), evidence=lines)


def _weigh(
    kind: str, share: float, label: str, named: str | None, alone: float, *, least: float = 0.1
) -> Finding | None:
    """Values and name together are sure; values alone need ``alone``; a name needs ``least`` of the values."""
    lines = [f"{share:.0%} of the sampled values {label}"] if share else []
    if named:
        lines.append(f"the name says so: {named}")
        if share >= least:
            return kind, min(0.99, 0.80 + 0.19 * share), lines
        return None
    if share >= alone:
        return kind, 0.60 + 0.30 * share, lines
    return None


def _named_only(kind: str, evidence: Evidence, named: str | None) -> Finding | None:
    """A column without any value is treated as its name says."""
    if named and evidence.values == 0:
        return kind, 0.5, [f"no row has a value; the name says so: {named}"]
    return None


def _email(evidence: Evidence) -> Finding | None:
    named = "email" if evidence.has("email") or evidence.has("e", "mail") or evidence.words == ("mail",) else None
    found = _weigh("EMAIL", evidence.share("email"), "are e-mail addresses", named, 0.6)
    return found or _named_only("EMAIL", evidence, None if evidence.about else named)


def _phone(evidence: Evidence) -> Finding | None:
    hits = sorted(_PHONE_WORDS.intersection(evidence.words))
    named = None if evidence.about and not evidence.has("number") else next(iter(hits), None)
    share = evidence.share("phone", "phone_digits") if named else evidence.share("phone")
    found = _weigh("PHONE", share, "are telephone numbers", named, 0.8)
    return found or _named_only("PHONE", evidence, named)


def _person_name(evidence: Evidence) -> Finding | None:
    if evidence.type is not ColumnType.TEXT:
        return None
    words = set(evidence.words)
    strong = bool(words & _NAME_WORDS) or ("name" in words and bool(words & _NAME_PARTS))
    person = bool(words & _PEOPLE) and ("name" in words or len(words) == 1)
    named = " ".join(evidence.words) if (strong or person) and not evidence.about else None
    known = evidence.share("full_name", "given_name", "family_name")
    like = evidence.share("name_like")
    if named and known >= 0.05:
        lines = [f"{known:.0%} of the sampled values hold frequent names", f"the name says so: {named}"]
        return "PERSON_NAME", min(0.99, 0.8 + 0.19 * max(known, like)), lines
    if strong and named:
        return "PERSON_NAME", 0.7, [f"the name says so: {named}"]
    full = evidence.share("full_name")
    if full >= 0.4 and evidence.distinct >= 5:
        return (
            "PERSON_NAME",
            0.55 + 0.4 * full,
            [f"{full:.0%} of the sampled values are a given name and a family name"],
        )
    single = evidence.share("given_name", "family_name")
    needed = 0.3 if words & {"name", "names"} and not evidence.about else 0.6
    if single >= needed and evidence.distinct >= 8:
        return "PERSON_NAME", 0.5 + 0.4 * single, [f"{single:.0%} of the sampled values are frequent names"]
    return None


def _us_ssn(evidence: Evidence) -> Finding | None:
    named = "ssn" if evidence.has("ssn") or evidence.has("social", "security") else None
    share = evidence.share("us_ssn", "us_ssn_digits") if named else evidence.share("us_ssn")
    found = _weigh("US_SSN", share, "are legal social security numbers", named, 0.9)
    return found or _named_only("US_SSN", evidence, named)


def _credit_card(evidence: Evidence) -> Finding | None:
    hits = [word for word in ("card", "cc", "pan", "creditcard") if evidence.has(word)]
    named = None if evidence.has("type") or evidence.has("last4") else next(iter(hits), None)
    return _weigh("CREDIT_CARD", evidence.share("credit_card"), "pass the Luhn check", named, 0.85, least=0.5)


def _iban(evidence: Evidence) -> Finding | None:
    named = "iban" if evidence.has("iban") else None
    return _weigh("IBAN", evidence.share("iban"), "pass the IBAN check", named, 0.7)


def _ip_address(evidence: Evidence) -> Finding | None:
    if {"version", "release", "build", "firmware"} & set(evidence.words):
        return None
    named = next((word for word in ("ip", "ipv4", "ipv6") if evidence.has(word)), None)
    long_enough = (evidence.measures["average_length"] or 0) >= 9
    return _weigh("IP_ADDRESS", evidence.share("ip_address"), "are IP addresses", named, 0.9 if long_enough else 2.0)


def _birth_date(evidence: Evidence) -> Finding | None:
    if evidence.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return None
    if {"birth", "born", "dob", "birthdate", "birthday"} & set(evidence.words):
        return "BIRTH_DATE", 0.95, ["a date", f"the name says so: {' '.join(evidence.words)}"]
    return None


def _street_address(evidence: Evidence) -> Finding | None:
    hits = [word for word in ("address", "addr", "street") if evidence.has(word)]
    other = {"ip", "email", "mac", "web", "url", "wallet"} & set(evidence.words)
    named = None if other or evidence.about else next(iter(hits), None)
    share = evidence.share("street_address")
    found = _weigh("STREET_ADDRESS", share, "are a street with a house number", named, 0.6, least=0.15)
    return found or _named_only("STREET_ADDRESS", evidence, named)


_BY_NAME: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("PASSPORT", (("passport",),)),
    ("DRIVER_LICENSE", (("driver", "license"), ("drivers", "license"), ("driving", "licence"))),
    ("NATIONAL_ID", (("national", "id"), ("tax", "id"), ("nino",), ("dni",), ("cpf",), ("aadhaar",), ("pesel",))),
    ("BANK_ACCOUNT", (("bank", "account"), ("account", "number"), ("routing", "number"))),
    ("MEDICAL_RECORD", (("mrn",), ("medical", "record"), ("nhs", "number"))),
)


def _by_name(evidence: Evidence) -> Finding | None:
    """Identifiers of persons whose form differs from country to country: the name decides, many values confirm."""
    if evidence.type not in (ColumnType.TEXT, ColumnType.INTEGER) or evidence.distinct < 0.3 * evidence.values:
        return None
    for kind, names in _BY_NAME:
        for wanted in names:
            if evidence.has(*wanted) and not {"type", "country", "status", "date"} & set(evidence.words):
                return kind, 0.75, [f"the name says so: {' '.join(wanted)}", f"{evidence.distinct} different values"]
    return None


_DETECTORS: tuple[Callable[[Evidence], Finding | None], ...] = (
    _email, _phone, _person_name, _us_ssn, _credit_card, _iban, _ip_address, _birth_date, _street_address, _by_name,
)  # fmt: skip
