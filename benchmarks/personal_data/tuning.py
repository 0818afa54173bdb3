"""The tuning set: what the weights of the detector were set on. Its names of columns are of five languages."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.personal_data import tuning_values as of
from benchmarks.personal_data.labelled import (
    NONE,
    UNDECIDABLE,
    ColumnPattern,
    LabelledTable,
    Maker,
    TablePattern,
    variants,
)
from benchmarks.personal_data.tuning_business import business_tables

SEED = 7_301
LANGUAGES = ("en", "de", "fr", "es", "it")
OPAQUE_NAMES = ("c{}", "x_{}", "col{:02d}", "field_{}", "v{}")


def kept(name: str, label: str, make: Maker) -> ColumnPattern:
    """A column that keeps its honest name."""
    return ColumnPattern(name, label, make)


def told(name: str, label: str, make: Maker) -> ColumnPattern:
    """A column that its values tell under any name."""
    return ColumnPattern(name, label, make, label)


def asked(name: str, label: str, make: Maker) -> ColumnPattern:
    """An identifier without a check digit: under an opaque name nobody can tell."""
    return ColumnPattern(name, label, make, UNDECIDABLE, complete=True)


def none(name: str, make: Maker) -> ColumnPattern:
    """A business column."""
    return ColumnPattern(name, NONE, make, NONE)


def _english() -> Iterator[TablePattern]:
    yield TablePattern("customers", (
        kept("customer_id", NONE, of.serial("C{:05d}")),
        told("first_name", "PERSON_NAME", of.given("en")),
        kept("last_name", "PERSON_NAME", of.family("en")),
        told("email", "EMAIL", of.mail("en")),
        told("phone_number", "PHONE", of.mask("(299) 555-9999")),
        told("street_address", "STREET_ADDRESS", of.street("en")),
        kept("city", "CITY", of.town("en")),
        kept("state", "STATE", of.pick(*of.STATES)),
        kept("zip_code", "POSTAL_CODE", of.mask("99999")),
        told("date_of_birth", "BIRTH_DATE", of.day(1938, 2004, "%m/%d/%Y")),
        told("ssn", "US_SSN", of.ssn),
        none("lifetime_value", of.real(0, 9000)),
        none("signup_date", of.day(2019, 2023)),
        none("segment", of.pick("new", "loyal", "lost")),
        none("email_opt_in", of.pick("true", "false")),
    ))  # fmt: skip
    yield TablePattern("passengers", (
        none("passenger_class", of.pick("1", "2", "3")),
        told("name", "PERSON_NAME", of.full("en", "{1}, Mr. {0}")),
        told("sex", "GENDER", of.pick("male", "female")),
        none("age", of.whole(1, 80)),
        kept("ticket", NONE, of.mask("PC 99999")),
        none("fare", of.real(5, 500, 4)),
        none("embarked", of.pick("S", "C", "Q")),
        none("survived", of.pick("0", "1")),
        none("cabin_deck", of.pick("A", "B", "C", "D")),
    ))  # fmt: skip
    yield TablePattern("patients", (
        asked("mrn", "MEDICAL_RECORD", of.mask("99999999")),
        told("patient_name", "PERSON_NAME", of.full("en")),
        told("dob", "BIRTH_DATE", of.day(1930, 2001)),
        told("gender", "GENDER", of.pick("Male", "Female")),
        kept("race", "ETHNICITY", of.pick(*of.ETHNICITIES)),
        kept("religion", "RELIGION", of.pick(*of.RELIGIONS)),
        told("icd10_code", "ICD10", of.diagnosis),
        told("diagnosis", "HEALTH", of.pick(*of.ILLNESSES)),
        told("provider_npi", "NPI", of.npi),
        asked("insurance_member_id", "HEALTH_PLAN_ID", of.mask("AAA999999999")),
        kept("admission_date", "ADMISSION_DATE", of.day(2023, 2023)),
        none("length_of_stay", of.whole(1, 20)),
        none("ward", of.pick("ICU", "ER", "Surgery")),
        none("total_charges", of.real(100, 20000)),
    ))  # fmt: skip
    yield TablePattern("payments", (
        kept("payment_id", NONE, of.serial("PAY-{:08d}")),
        told("cardholder_name", "PERSON_NAME", of.full("en")),
        told("card_number", "CREDIT_CARD", of.card),
        told("card_expiry", "CARD_EXPIRY", of.pick(*(f"{m:02d}/{y}" for m in range(1, 13) for y in (25, 26, 27, 28)))),
        kept("cvv", "CVV", of.mask("999")),
        told("routing_number", "BANK_ROUTING", of.routing),
        asked("account_number", "BANK_ACCOUNT", of.mask("9999999999")),
        told("ip_address", "IP_ADDRESS", of.address),
        none("amount", of.real(1, 900)),
        none("currency", of.pick("USD", "EUR", "CAD")),
        none("card_type", of.pick("visa", "mastercard", "amex")),
        none("payment_status", of.pick("captured", "refunded", "failed")),
        none("created_at", of.day(2023, 2023, "%Y-%m-%d %H:%M:%S")),
    ))  # fmt: skip
    yield TablePattern("web_events", (
        kept("username", "USERNAME", of.login("en")),
        told("client_ip", "IP_ADDRESS", of.address),
        told("mac_address", "MAC_ADDRESS", of.hardware),
        told("imei", "DEVICE_ID", of.imei),
        kept("latitude", "GEOLOCATION", of.real(25, 48, 6)),
        kept("longitude", "GEOLOCATION", of.real(-120, -70, 6)),
        kept("profile_url", "URL", lambda chance, row: f"https://social.example/{of.login('en')(chance, row)}"),
        none("page_url", lambda chance, _row: f"https://shop.example/{chance.choice(of.PAGES)}"),
        none("app_version", of.pick("10.0.0.1", "10.1.0.4", "11.0.2.1")),
        none("event_type", of.pick("click", "view", "buy")),
        none("event_time", of.day(2023, 2023, "%Y-%m-%dT%H:%M:%S")),
        none("duration_ms", of.whole(1, 90000)),
        none("browser", of.pick("Firefox", "Chrome", "Safari")),
    ))  # fmt: skip
    yield TablePattern("employees", (
        kept("employee_id", NONE, of.serial("{}", 1000)),
        told("employee", "PERSON_NAME", of.full("en")),
        told("work_email", "EMAIL", of.mail("en")),
        asked("passport_no", "PASSPORT", of.mask("A99999999")),
        asked("drivers_license", "DRIVER_LICENSE", of.mask("A999-9999-9999")),
        none("department", of.pick("Sales", "Finance", "IT", "Legal")),
        none("job_title", of.pick("Analyst", "Manager", "Clerk", "Director")),
        none("salary", of.whole(30000, 180000)),
        none("hire_date", of.day(2008, 2023)),
        kept("manager_id", NONE, of.whole(1000, 1030)),
        none("performance_rating", of.pick("1", "2", "3", "4", "5")),
    ))  # fmt: skip


def _european() -> Iterator[TablePattern]:
    yield TablePattern("kunden", (
        kept("kunden_id", NONE, of.serial("{}", 70_000)),
        told("vorname", "PERSON_NAME", of.given("de")),
        kept("nachname", "PERSON_NAME", of.family("de")),
        kept("strasse", "STREET_ADDRESS", of.street("de")),
        kept("plz", "POSTAL_CODE", of.mask("99999")),
        kept("wohnort", "CITY", of.town("de")),
        told("telefon", "PHONE", of.mask("+4\\9 171 9999999")),
        told("email_adresse", "EMAIL", of.mail("de")),
        told("steuer_id", "NATIONAL_ID", of.tax_de),
        told("iban", "IBAN", of.iban),
        kept("geschlecht", "GENDER", of.pick("m", "w", "d")),
        none("umsatz", of.real(10, 9000)),
        none("kunde_seit", of.day(2015, 2023, "%d.%m.%Y")),
        none("rabattgruppe", of.pick("A", "B", "C")),
    ))  # fmt: skip
    yield TablePattern("clients_fr", (
        kept("ref_client", NONE, of.serial("CL{:06d}")),
        told("prenom", "PERSON_NAME", of.given("fr")),
        kept("nom", "PERSON_NAME", of.family("fr")),
        told("date_naissance", "BIRTH_DATE", of.day(1940, 2003, "%d/%m/%Y")),
        told("num_secu", "NATIONAL_ID", of.nir),
        told("courriel", "EMAIL", of.mail("fr")),
        told("telephone_portable", "PHONE", of.mask("06 99 99 99 99")),
        told("adresse", "STREET_ADDRESS", of.street("fr")),
        kept("code_postal", "POSTAL_CODE", of.mask("99999")),
        kept("ville", "CITY", of.town("fr")),
        none("montant_total", of.real(5, 4000)),
        none("statut", of.pick("actif", "inactif")),
        none("date_commande", of.day(2022, 2023, "%d/%m/%Y")),
    ))  # fmt: skip
    yield TablePattern("empleados", (
        kept("id_empleado", NONE, of.serial("{}", 500)),
        told("nombre_completo", "PERSON_NAME", of.full("es")),
        told("dni", "NATIONAL_ID", of.dni),
        told("correo_electronico", "EMAIL", of.mail("es")),
        kept("telefono", "PHONE", of.mask("699999999")),
        told("fecha_nacimiento", "BIRTH_DATE", of.day(1955, 2002)),
        kept("domicilio", "STREET_ADDRESS", of.street("es")),
        kept("localidad", "CITY", of.town("es")),
        none("puesto", of.pick("Analista", "Gerente", "Operario")),
        none("salario", of.whole(15000, 80000)),
        none("turno", of.pick("manana", "tarde", "noche")),
        none("fecha_alta", of.day(2010, 2023)),
    ))  # fmt: skip
    yield TablePattern("pazienti", (
        asked("numero_cartella", "MEDICAL_RECORD", of.mask("CC9999999")),
        kept("cognome", "PERSON_NAME", of.family("it")),
        told("nome", "PERSON_NAME", of.given("it")),
        kept("data_nascita", "BIRTH_DATE", of.day(1935, 2010)),
        kept("sesso", "GENDER", of.pick("M", "F")),
        kept("indirizzo", "STREET_ADDRESS", of.street("it")),
        kept("comune", "CITY", of.town("it")),
        kept("cap", "POSTAL_CODE", of.mask("99999")),
        kept("data_ricovero", "ADMISSION_DATE", of.day(2022, 2023)),
        none("reparto", of.pick("Cardiologia", "Chirurgia", "Pediatria")),
        none("costo", of.real(50, 5000)),
        none("giorni", of.whole(1, 14)),
    ))  # fmt: skip


def tuning() -> list[LabelledTable]:
    """The tables of the set, always the same ones."""
    return variants(_all(), OPAQUE_NAMES, SEED)


def _all() -> Iterator[TablePattern]:
    yield from _english()
    yield from _european()
    for name, columns in business_tables():
        yield TablePattern(
            name,
            tuple(ColumnPattern(title, label, make, label if free else "") for title, label, make, free in columns),
        )
