"""The held-back set: values of the package ``faker`` in locales that the tuning set does not use.

Nothing is tuned on it. Names of columns are Dutch, Polish, Portuguese, Swedish and English in several spellings.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from benchmarks.personal_data.held_back_business import BUSINESS_TABLES
from benchmarks.personal_data.labelled import (
    NONE,
    UNDECIDABLE,
    ColumnPattern,
    LabelledTable,
    Maker,
    TablePattern,
    variants,
)

SEED = 40_217
LOCALES = ("nl_NL", "pl_PL", "pt_PT", "pt_BR", "sv_SE", "fi_FI", "no_NO", "en_GB")
OPAQUE_NAMES = ("f{:02d}", "attr{}", "K{}", "var_{}", "q{}")
BELIEFS = ("Lutheran", "Sikh", "Baptist", "Shia", "Quaker", "Zen Buddhist")
ORIGINS = ("Sami", "Roma", "Romani", "South Asian", "Black British", "Mixed White and Asian", "White British")
COMPLAINTS = ("Gout", "Psoriasis", "Gallstones", "Sciatica", "Glaucoma", "Tonsillitis", "Epilepsy", "Scoliosis")
SEXES = ("vrouw", "man")


@cache
def _faker(locale: str) -> Any:
    from faker import Faker

    return Faker(locale)


def made(locale: str, provider: str, **arguments: Any) -> Maker:
    """Values of one provider of faker, on one line each, drawn from the table's own source of chance."""

    def make(chance: random.Random, _row: int) -> str:
        source = _faker(locale)
        source.seed_instance(chance.getrandbits(32))
        return str(getattr(source, provider)(**arguments)).replace("\n", ", ")

    return make


def one_of(*values: str) -> Maker:
    """One of a few values."""
    return lambda chance, _row: chance.choice(values)


def filled(pattern: str) -> Maker:
    """``#`` becomes a digit, ``?`` a capital letter."""
    return lambda chance, _row: "".join(
        str(chance.randrange(10)) if mark == "#" else chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") if mark == "?" else mark
        for mark in pattern
    )


def born(pattern: str = "%Y-%m-%d", youngest: int = 19, oldest: int = 88) -> Maker:
    """Birth dates."""
    import datetime

    def make(chance: random.Random, _row: int) -> str:
        days = chance.randint(youngest * 365, oldest * 365)
        return (datetime.date(2024, 6, 1) - datetime.timedelta(days=days)).strftime(pattern)

    return make


def recent(pattern: str = "%Y-%m-%d", days: int = 500) -> Maker:
    """Dates of the last years."""
    import datetime

    return lambda chance, _row: (
        datetime.datetime(2024, 5, 30, 8) - datetime.timedelta(minutes=chance.randrange(days * 1440))
    ).strftime(pattern)


def number(low: float, high: float, digits: int = 0) -> Maker:
    """Numbers between two ends."""
    return lambda chance, _row: f"{chance.uniform(low, high):.{digits}f}"


def provider_number(chance: random.Random, _row: int) -> str:
    """A US National Provider Identifier: nine digits and the Luhn digit over them behind 80840."""
    digits = "1" + "".join(str(chance.randrange(10)) for _ in range(8))
    total = 0
    for position, digit in enumerate(reversed("80840" + digits)):
        doubled = int(digit) * (1 if position % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def diagnosis(chance: random.Random, _row: int) -> str:
    """An ICD-10 code."""
    return f"{chance.choice('BFGHKLMNR')}{chance.randrange(100):02d}.{chance.randrange(10)}"


def _c(name: str, label: str, make: Maker, opaque: str = "", *, complete: bool = False) -> ColumnPattern:
    return ColumnPattern(name, label, make, opaque, complete)


def _same(name: str, label: str, make: Maker) -> ColumnPattern:
    """A column that its values give away under any name."""
    return ColumnPattern(name, label, make, label)


def _customers(locale: str, names: tuple[str, ...]) -> tuple[ColumnPattern, ...]:
    first, last, mail, phone, street, town, code, birth, account, spent, since, newsletter = names
    return (
        _c("klantnr" if locale == "nl_NL" else f"{first[:3]}_ref", NONE, lambda _chance, row: str(50_000 + row)),
        _same(first, "PERSON_NAME", made(locale, "first_name")),
        _same(last, "PERSON_NAME", made(locale, "last_name")),
        _same(mail, "EMAIL", made(locale, "email")),
        _c(phone, "PHONE", made(locale, "phone_number")),
        _c(street, "STREET_ADDRESS", made(locale, "street_address")),
        _c(town, "CITY", made(locale, "city")),
        _c(code, "POSTAL_CODE", made(locale, "postcode")),
        _same(birth, "BIRTH_DATE", born()),
        _same(account, "IBAN", made(locale, "iban")),
        _same(spent, NONE, number(3, 4000, 2)),
        _same(since, NONE, recent()),
        _same(newsletter, NONE, one_of("0", "1")),
    )


def _people() -> Iterator[TablePattern]:
    yield TablePattern("klanten", _customers("nl_NL", (
        "voornaam", "achternaam", "e_mailadres", "telefoonnummer", "straat_huisnr", "woonplaats", "postcode_klant",
        "geboortedatum", "rekeningnummer_iban", "omzet", "klantSinds", "nieuwsbrief",
    )))  # fmt: skip
    yield TablePattern("klienci", _customers("pl_PL", (
        "imie", "nazwisko", "adres_email", "telefon_kontaktowy", "ulica", "miejscowosc", "kod_pocztowy",
        "data_urodzenia", "nr_konta_iban", "obrot", "klient_od", "zgoda",
    )))  # fmt: skip
    yield TablePattern("clientes_pt", _customers("pt_PT", (
        "nomeProprio", "apelido", "correioEletronico", "telemovel", "morada", "localidade", "codigoPostal",
        "dataNascimento", "ibanCliente", "totalGasto", "clienteDesde", "ativo",
    )))  # fmt: skip
    yield TablePattern("kunder", _customers("sv_SE", (
        "fornamn", "efternamn", "epost", "mobilnummer", "gatuadress", "ort", "postnr", "fodelsedatum", "kontonr_iban",
        "saldo", "kund_sedan", "aktiv_flagga",
    )))  # fmt: skip
    yield TablePattern("members", (
        _c("MemberNo", NONE, lambda _chance, row: f"M{9000 + row}"),
        _same("MemberFullNm", "PERSON_NAME", made("en_GB", "name")),
        _same("EmailAddr", "EMAIL", made("en_GB", "safe_email")),
        _c("MobilePh", "PHONE", made("en_GB", "phone_number")),
        _c("HomeAddrLine1", "STREET_ADDRESS", made("en_GB", "street_address")),
        _c("HomeTown", "CITY", made("en_GB", "city")),
        _c("PostCd", "POSTAL_CODE", made("en_GB", "postcode")),
        _same("BirthDt", "BIRTH_DATE", born("%d/%m/%Y")),
        _c("SexCd", "GENDER", one_of("M", "F"), "GENDER"),
        _c("NINumber", "NATIONAL_ID", filled("AB######C"), "NATIONAL_ID"),
        _c("Faith", "RELIGION", one_of(*BELIEFS)),
        _c("EthnicOrigin", "ETHNICITY", one_of(*ORIGINS)),
        _same("VisitsPerMonth", NONE, number(0, 20)),
        _same("JoinDt", NONE, recent("%d/%m/%Y")),
        _same("TierCd", NONE, one_of("GLD", "SLV", "BRZ")),
        _same("FeePaid", NONE, number(10, 90, 2)),
    ))  # fmt: skip
    yield TablePattern("pacjenci", (
        _c("nr_kartoteki_mrn", "MEDICAL_RECORD", filled("MR#######"), UNDECIDABLE, complete=True),
        _same("pacjent", "PERSON_NAME", made("pl_PL", "name")),
        _same("pesel_pacjenta", "NATIONAL_ID", made("pl_PL", "pesel")),
        _c("plec", "GENDER", one_of("K", "M")),
        _same("rozpoznanie_icd10", "ICD10", diagnosis),
        _c("data_przyjecia", "ADMISSION_DATE", recent()),
        _c("telefon_pacjenta", "PHONE", made("pl_PL", "phone_number")),
        _same("oddzial", NONE, one_of("Kardiologia", "Chirurgia", "Pediatria", "Ortopedia")),
        _same("cisnienie", NONE, number(90, 190)),
        _same("koszt_pobytu", NONE, number(200, 9000, 2)),
        _same("liczba_dni", NONE, number(1, 30)),
        _same("tryb", NONE, one_of("nagly", "planowy")),
    ))  # fmt: skip
    yield TablePattern("ClaimLines", (
        _c("ClaimLineRef", NONE, lambda _chance, row: f"CL-{row + 1:07d}"),
        _c("HealthPlanMemberNo", "HEALTH_PLAN_ID", filled("???#########"), UNDECIDABLE, complete=True),
        _same("RenderingNPI", "NPI", provider_number),
        _same("PrimaryDiagCd", "ICD10", diagnosis),
        _c("MedicalCondition", "HEALTH", one_of(*COMPLAINTS)),
        _c("HospitalAdmitDt", "ADMISSION_DATE", recent()),
        _c("DischargeDt", "ADMISSION_DATE", recent()),
        _same("PatientSSN", "US_SSN", made("en_US", "ssn")),
        _same("PatientDOB", "BIRTH_DATE", born()),
        _same("BilledAmt", NONE, number(20, 4000, 2)),
        _same("AllowedAmt", NONE, number(10, 2000, 2)),
        _same("UnitsSvc", NONE, number(1, 9)),
        _same("ClaimStatusCd", NONE, one_of("PD", "DN", "PN")),
        _same("ProcCd", NONE, filled("99###")),
    ))  # fmt: skip
    yield TablePattern("pagamentos", (
        _c("idPagamento", NONE, lambda _chance, row: f"PG{row + 1:08d}", NONE),
        _same("titularCartao", "PERSON_NAME", made("pt_BR", "name")),
        _same("numeroCartao", "CREDIT_CARD", made("pt_BR", "credit_card_number")),
        _same("validadeCartao", "CARD_EXPIRY", made("pt_BR", "credit_card_expire")),
        _c("cvvCartao", "CVV", filled("###")),
        _same("cpfTitular", "NATIONAL_ID", made("pt_BR", "cpf")),
        _same("emailTitular", "EMAIL", made("pt_BR", "email")),
        _same("ipOrigem", "IP_ADDRESS", made("pt_BR", "ipv4")),
        _same("valorPago", NONE, number(5, 900, 2)),
        _same("parcelas", NONE, number(1, 12)),
        _same("moeda", NONE, one_of("BRL", "USD")),
        _same("situacao", NONE, one_of("aprovado", "recusado", "pendente")),
        _same("dataPagamento", NONE, recent("%Y-%m-%d %H:%M:%S")),
    ))  # fmt: skip
    yield TablePattern("anstallda", (
        _c("anstallningsnr", NONE, lambda _chance, row: str(1_000 + row)),
        _same("medarbetare", "PERSON_NAME", made("sv_SE", "name")),
        _same("personnummer", "NATIONAL_ID", made("sv_SE", "ssn")),
        _same("arbetsmejl", "EMAIL", made("sv_SE", "company_email")),
        _c("passnummer", "PASSPORT", filled("########"), UNDECIDABLE, complete=True),
        _c("korkortsnummer", "DRIVER_LICENSE", filled("??######-####"), UNDECIDABLE, complete=True),
        _same("befattning", NONE, one_of("Utvecklare", "Ekonom", "Chef", "Controller", "Tekniker")),
        _same("manadslon", NONE, number(24_000, 70_000)),
        _same("avdelning", NONE, one_of("IT", "Ekonomi", "Lager", "Personal")),
        _same("anstalld_datum", NONE, recent(days=4000)),
        _same("tjanstegrad", NONE, number(50, 100)),
    ))  # fmt: skip
    yield TablePattern("AppSessions", (
        _c("SessionKey", NONE, made("en_GB", "uuid4"), "", complete=True),
        _c("LoginNm", "USERNAME", made("en_GB", "user_name")),
        _same("RemoteIPv4", "IP_ADDRESS", made("en_GB", "ipv4")),
        _same("RemoteIPv6", "IP_ADDRESS", made("en_GB", "ipv6")),
        _same("HandsetMAC", "MAC_ADDRESS", made("en_GB", "mac_address")),
        _c("HandsetDeviceID", "DEVICE_ID", made("en_GB", "uuid4"), UNDECIDABLE, complete=True),
        _c("GeoLat", "GEOLOCATION", number(50, 58, 5)),
        _c("GeoLng", "GEOLOCATION", number(-5, 2, 5)),
        _c("PersonalHomepageURL", "URL", made("en_GB", "url")),
        _same("PageViews", NONE, number(1, 40)),
        _same("ClientBuild", NONE, one_of("10.2.0.1", "10.2.1.7", "11.0.0.3", "11.0.1.12")),
        _same("StartedAt", NONE, recent("%Y-%m-%dT%H:%M:%SZ")),
        _same("PlatformNm", NONE, one_of("ios", "android", "web")),
    ))  # fmt: skip
    yield TablePattern("asiakkaat", (
        _c("asiakasnro", NONE, lambda _chance, row: str(300 + row)),
        _same("KontaktNavn", "PERSON_NAME", made("no_NO", "name")),
        _same("henkilotunnus_ssn", "NATIONAL_ID", made("fi_FI", "ssn")),
        _same("fodselsnummer", "NATIONAL_ID", made("no_NO", "ssn")),
        _same("bsn_nummer", "NATIONAL_ID", made("nl_NL", "ssn")),
        _same("mottaker_epost", "EMAIL", made("no_NO", "email")),
        _c("mobiltelefon", "PHONE", made("no_NO", "phone_number")),
        _c("AccountNbr", "BANK_ACCOUNT", filled("###########"), UNDECIDABLE, complete=True),
        _same("BankABA", "BANK_ROUTING", made("en_GB", "aba")),
        _same("kredittgrense", NONE, number(1_000, 90_000)),
        _same("risikoklasse", NONE, one_of("A", "B", "C", "D")),
        _same("opprettet", NONE, recent()),
    ))  # fmt: skip


def held_back() -> list[LabelledTable]:
    """The tables of the set, always the same ones for a version of faker."""
    return variants(_all(), OPAQUE_NAMES, SEED)


def _all() -> Iterator[TablePattern]:
    yield from _people()
    tools: dict[str, Callable[..., Maker]] = {
        "made": made, "one_of": one_of, "filled": filled, "recent": recent, "number": number,
    }  # fmt: skip
    for name, columns in BUSINESS_TABLES(tools):
        yield TablePattern(name, tuple(ColumnPattern(*column) for column in columns))
