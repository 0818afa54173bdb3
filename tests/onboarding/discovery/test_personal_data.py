"""Personal data in whole tables: neighbours, opaque names, and what nobody can tell."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import duckdb

from onboarding.discovery import look_at_source
from onboarding.discovery.personal_kinds import KINDS, SENSITIVITY
from onboarding.spec.conf import Conf
from onboarding.spec.profile import ProfileReport

CHANCE = random.Random(11)
PASSENGERS = ("Braund, Mr. Owen Harris", "Heikkinen, Miss. Laina", "Futrelle, Mrs. Jacques Heath (Lily May Peel)",
              "Palsson, Master. Gosta Leonard", "Masselmani, Mrs. Fatima", "Fynney, Mr. Joseph J")  # fmt: skip
GOODS = ("Standing Desk", "Green Tea", "Olive Oil", "Garden Hose", "Laser Printer", "Wall Clock")


def _look(
    tmp_path: Path, columns: dict[str, Callable[[int], object]], rows: int = 120, **conf: object
) -> ProfileReport:
    lines = [";".join(columns)]
    lines += [";".join(str(make(row)) for make in columns.values()) for row in range(rows)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}, **conf}))


def _types(report: ProfileReport) -> dict[str, str]:
    return {column.source_name: column.personal_data.type for column in report.columns if column.is_personal}


def test_the_passengers_of_a_ship_are_persons(tmp_path: Path) -> None:
    report = _look(tmp_path, {
        "PassengerId": lambda row: row + 1, "Survived": lambda row: row % 2, "Pclass": lambda row: 1 + row % 3,
        "Name": lambda row: PASSENGERS[row % 6], "Sex": lambda row: ("male", "female")[row % 2],
        "Age": lambda row: 2 + row % 70, "SibSp": lambda row: row % 3, "Ticket": lambda row: f"A/5 {21171 + row}",
        "Fare": lambda row: f"{7 + row * 0.37:.4f}", "Cabin": lambda row: f"C{row % 90}",
        "Embarked": lambda row: "SCQ"[row % 3],
    })  # fmt: skip
    assert _types(report) == {"Name": "PERSON_NAME", "Sex": "GENDER"}


def test_a_name_beside_a_price_is_a_product(tmp_path: Path) -> None:
    report = _look(tmp_path, {
        "name": lambda row: GOODS[row % 6], "price": lambda row: f"{row * 1.1:.2f}", "stock": lambda row: row % 50,
        "sku": lambda row: f"SKU-{row:04d}",
    })  # fmt: skip
    assert _types(report) == {}


def test_ordinary_columns_beside_persons_stay_as_they_are(tmp_path: Path) -> None:
    adjectives, things = ("Amber", "Bold", "Calm", "Dark", "Early", "Fresh", "Grand", "Heavy"), ("Lamp", "Desk", "Rug")
    report = _look(tmp_path, {
        "customer_email": lambda row: f"p{row}@mail.example.org",
        "product": lambda row: f"{adjectives[row % 8]} {things[row % 3]} {adjectives[row // 8 % 8]}",
        "expiry_date": lambda row: f"202{5 + row % 3}-0{1 + row % 9}-15", "market_cap": lambda row: 10_000 + row,
        "race_name": lambda row: ("Spring Cup", "Summer Run")[row % 2], "order_total": lambda row: f"{row * 1.5:.2f}",
        "phone_plan": lambda row: ("basic", "plus")[row % 2], "card_type": lambda row: ("visa", "amex")[row % 2],
    })  # fmt: skip
    assert _types(report) == {"customer_email": "EMAIL"}


def test_a_town_is_personal_only_beside_persons(tmp_path: Path) -> None:
    towns = ("Lyon", "Metz", "Nancy", "Dijon")
    shops = _look(tmp_path, {"city": lambda row: towns[row % 4], "revenue": lambda row: row * 3.5})
    people = _look(tmp_path, {"city": lambda row: towns[row % 4], "email": lambda row: f"p{row}@mail.example.org"})
    assert _types(shops) == {}
    assert _types(people) == {"city": "CITY", "email": "EMAIL"}


def test_identifiers_that_nobody_can_tell_are_listed_and_their_extremes_are_not_kept(tmp_path: Path) -> None:
    columns = {
        "c1": lambda row: f"M{(row * 7919 + 104729) % 1000003:07d}", "c2": lambda row: 40_000_000 + row * 104_729,
        "c3": lambda row: ("red", "green")[row % 2], "order_id": lambda row: f"ORD-{row:05d}",
    }  # fmt: skip
    report = _look(tmp_path, columns)
    assert [found.column for found in report.possible_identifiers] == ["c1", "c2"]
    assert "says nothing" in report.possible_identifiers[0].reason
    assert (report.column("c2").minimum, report.column("c2").maximum) == (None, None)
    answered = _look(tmp_path, columns, domain={"columns": {"c1": {"pii": "MEDICAL_RECORD"}, "c2": {"pii": "none"}}})
    assert answered.possible_identifiers == []
    assert _types(answered) == {"c1": "MEDICAL_RECORD"}


def _mail(row: int) -> str:
    return f"p{row}@mail.example.org"


#: Few of them are in our lists: Hofstadter, Yilmaz.
RARE_NAMES = ("Achleitner", "Brzenk", "Czibulka", "Dorfinger", "Ehgartner", "Fischbach", "Gschwandtner", "Hofstadter",
              "Iglhaut", "Jungwirth", "Kaltenegger", "Leitgeb", "Moosbrugger", "Niedermair", "Oberhauser", "Pichler",
              "Quendler", "Rainerth", "Smith", "Taylor")  # fmt: skip


def test_rare_family_names_under_an_opaque_name_are_told_by_their_neighbours(tmp_path: Path) -> None:
    names = [f"{name[0]}{middle}{name[1:]}" for name in RARE_NAMES[:-2] for middle in ("", "a", "o")]
    names += ["Smith", "Taylor", "Walker", "Young"]
    columns: dict[str, Callable[[int], object]] = {"x1": lambda row: names[row % len(names)], "x2": _mail}
    assert _types(_look(tmp_path, columns)) == {"x1": "PERSON_NAME", "x2": "EMAIL"}
    alone = _look(tmp_path, {"x1": columns["x1"], "n": lambda row: row})
    assert _types(alone) == {}


def test_capitalised_words_that_no_list_knows_are_asked_about(tmp_path: Path) -> None:
    words = [f"{start}{end}" for start in ("Bor", "Kel", "Tam", "Vis", "Zur") for end in ("dan", "lit", "mok", "pra")]
    report = _look(tmp_path, {"x1": lambda row: words[row % 20], "x2": _mail})
    assert _types(report) == {"x2": "EMAIL"}
    assert [found.column for found in report.possible_identifiers] == ["x1"]


def test_chinese_names_and_addresses(tmp_path: Path) -> None:
    families, given = "王李张刘陈杨赵黄周吴徐孙胡朱高林", "芳伟娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
    report = _look(tmp_path, {
        "x1": lambda row: families[row % 16] + given[row % 20], "x2": _mail, "x3": lambda row: given[row * 7 % 20],
        "address": lambda row: f"{families[row % 16]}{given[row % 20]}路{row % 90}号",
    })  # fmt: skip
    assert _types(report) == {"x1": "PERSON_NAME", "x2": "EMAIL", "address": "STREET_ADDRESS"}
    assert [found.column for found in report.possible_identifiers] == ["x3"]


def test_nationality_is_personal_and_a_country_is_not(tmp_path: Path) -> None:
    countries = ("Austria", "Chile", "Kenya", "Japan")
    of_persons = {"email": _mail, "country": lambda row: countries[row % 4]}
    report = _look(tmp_path, {**of_persons, "nationality": lambda row: countries[row % 4]})
    assert _types(report) == {"email": "EMAIL", "nationality": "ETHNICITY"}


def test_a_sex_as_zero_and_one_is_told_by_its_name(tmp_path: Path) -> None:
    report = _look(tmp_path, {
        "age": lambda row: 20 + row % 60, "male": lambda row: row % 2, "female_staff": lambda row: 10 + row * 7,
    })  # fmt: skip
    assert _types(report) == {"male": "GENDER"}


def test_the_form_of_a_social_security_number_tells_which_national_identity_it_is(tmp_path: Path) -> None:
    report = _look(tmp_path, {"national_id": lambda row: f"{101 + row}-{10 + row % 80}-{1000 + row * 7}"})
    assert _types(report) == {"national_id": "US_SSN"}


def test_a_number_with_a_date_in_it_is_of_a_person_only_where_the_name_says_nothing_else(tmp_path: Path) -> None:
    def made(row: int) -> str:
        return f"{1 + row % 28:02d}{1 + row % 12:02d}{row % 80 + 10}-{(row * 7919) % 9000 + 1000}"

    report = _look(tmp_path, {"invoice_no": made, "x2": made, "cpr": made})
    assert _types(report) == {"x2": "NATIONAL_ID", "cpr": "NATIONAL_ID"}


def _written(tmp_path: Path, rows: list[dict[str, object]]) -> ProfileReport:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}}))


def test_what_is_inside_json_is_found_with_its_place(tmp_path: Path) -> None:
    report = _written(tmp_path, [
        {
            "id": row, "who": {"email": f"p{row}@mail.example.org", "born": {"birth_date": f"{1950 + row % 50}-03-07"}},
            "cards": [{"number": "4111111111111111"}, {"number": "5500005555555559"}], "props": {"ms": row, "ok": True},
            "codes": ["a1", "b2"], "by_address": {f"p{row}@mail.example.org": 1},
        }
        for row in range(60)
    ])  # fmt: skip
    assert _types(report) == {"who": "BIRTH_DATE", "cards": "CREDIT_CARD", "by_address": "EMAIL"}
    who = report.column("who").personal_data
    assert who.inside == {"born.birth_date": "BIRTH_DATE", "email": "EMAIL"}
    assert who.evidence[0].startswith("its field born.birth_date is BIRTH_DATE: the name says so")
    assert who.evidence[1].startswith("its field email is EMAIL: 100% of the sampled values are e-mail addresses")
    assert report.column("by_address").personal_data.inside == {"keys": "EMAIL"}
    assert "p1@mail" not in report.model_dump_json()


def test_what_is_inside_structures_of_parquet_is_found(tmp_path: Path) -> None:
    path = tmp_path / "visits.parquet"
    with duckdb.connect() as con:
        structure = "{'e_mail': 'p' || i || '@mail.example.org', 'n': i}"
        con.execute(f"COPY (SELECT i AS id, {structure} AS who, [{structure}] AS others, MAP {{'k': i}} AS m"
                    f" FROM range(300) t(i)) TO '{path}' (FORMAT parquet)")  # fmt: skip
    report = look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}}))
    assert _types(report) == {"who": "EMAIL", "others": "EMAIL"}
    assert report.column("others").personal_data.inside == {"e_mail": "EMAIL"}


def test_texts_that_mention_addresses_and_numbers_are_asked_about(tmp_path: Path) -> None:
    notes = (
        "please call (212) 555-0142 today", "he wrote to a.b@mail.example.org twice", "all is well with the order",
        "ssn 123-45-6789 was given", "born 2024-01-05 10:00:00 +01:00 or so", "dial +49 30 1234567 please",
    )  # fmt: skip
    report = _look(tmp_path, {"note": lambda row: notes[row % 6], "other": lambda row: f"{notes[2]} {row % 10}"})
    assert [found.column for found in report.possible_identifiers] == ["note"]
    assert report.possible_identifiers[0].reason.startswith("67% of the sampled texts")
    assert report.column("note").top_values == []
    assert report.column("other").top_values != []


def test_every_line_of_evidence_is_kept_and_no_value_is_in_it(tmp_path: Path) -> None:
    report = _look(tmp_path, {"kontakt": lambda row: f"p{row}@mail.example.org", "n": lambda row: row})
    found = report.columns[0].personal_data
    assert (found.type, found.confidence) == ("EMAIL", 0.98)
    assert found.evidence == ["100% of the sampled values are e-mail addresses"]
    assert "p1@" not in report.model_dump_json()


def test_no_value_at_all_leaves_the_name(tmp_path: Path) -> None:
    report = _look(tmp_path, {"email": lambda _row: "", "n": lambda row: row})
    assert report.columns[0].personal_data.type == "EMAIL"
    assert report.columns[0].personal_data.confidence < 0.8


def test_every_kind_has_a_sensitivity_and_is_there_once() -> None:
    assert len(SENSITIVITY) == len(KINDS)
    assert set(SENSITIVITY.values()) <= {"CRITICAL", "HIGH", "MEDIUM", "LOW"}
