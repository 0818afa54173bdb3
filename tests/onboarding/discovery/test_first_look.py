"""The first look: types, keys and personal data of real files, good and bad."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import onboarding
from onboarding.discovery import DiscoveryError, first_look, look_at_source
from onboarding.spec.conf import ColumnType, Conf
from onboarding.spec.profile import ProfileReport
from shared.pipeline.errors import SourceError

ORDERS = Path(onboarding.__file__).parent / "sample_data/sales/orders.csv"


def _look(path: Path, **conf: object) -> ProfileReport:
    return look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}, **conf}))


def _csv(tmp_path: Path, header: str, rows: list[str]) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def orders() -> ProfileReport:
    return _look(ORDERS)


def test_the_bundled_data_has_the_types_that_one_expects(orders: ProfileReport) -> None:
    types = {column.name: column.type.value for column in orders.columns}
    assert types == {
        "order_id": "text", "order_date": "date", "customer_name": "text", "customer_email": "text", "phone": "text",
        "product": "text", "category": "text", "region": "text", "quantity": "integer", "unit_price": "decimal",
        "amount": "decimal", "currency": "text", "status": "text", "shipped_date": "date",
    }  # fmt: skip


def test_the_bundled_data_has_its_persons_and_nobody_else(orders: ProfileReport) -> None:
    found = {column.name: column.personal_data.type for column in orders.columns if column.is_personal}
    assert found == {"customer_name": "PERSON_NAME", "customer_email": "EMAIL", "phone": "PHONE"}


def test_no_value_of_a_column_that_is_to_be_masked_is_in_the_report(tmp_path: Path) -> None:
    rows = [f"{number},zq{number % 3},{777000 + number},1961-02-{1 + number % 28:02d}" for number in range(90)]
    path = _csv(tmp_path, "id,kind,level,since", rows)
    hidden = {"kind": "partial", "level": "hash", "since": "year"}
    assert "zq" in _look(path).model_dump_json()
    text = _look(path, transformations={"masking": hidden}).model_dump_json()
    assert [value for value in ("zq", "7770", "1961") if value in text] == []


def test_no_personal_value_is_in_the_report(orders: ProfileReport) -> None:
    text = orders.model_dump_json()
    for line in ORDERS.read_text().splitlines()[1:200]:
        cells = line.split(",")
        assert cells[2] not in text
        assert not cells[3] or cells[3] not in text


def test_the_order_number_is_the_key(orders: ProfileReport) -> None:
    assert orders.key_candidates[0].columns == ["order_id"]
    assert orders.key_candidates[0].exact and not orders.key_candidates[0].needs_eyes


@pytest.mark.parametrize("seed", [1, 2])
def test_random_names_and_another_order_change_nothing_that_does_not_rest_on_names(
    tmp_path: Path, orders: ProfileReport, seed: int
) -> None:
    import duckdb

    chance = random.Random(seed)
    originals = [column.source_name for column in orders.columns]
    words = [f"w{chance.randrange(10**6)}" for _ in originals]
    pairs = list(zip(originals, words, strict=True))
    chance.shuffle(pairs)
    path = tmp_path / "renamed.csv"
    selected = ", ".join(f'"{old}" AS "{new}"' for old, new in pairs)
    duckdb.connect().execute(
        f"COPY (SELECT {selected} FROM read_csv('{ORDERS}', all_varchar=true)) TO '{path}' (HEADER)"
    )
    renamed = _look(path)
    back = {new: old for old, new in pairs}
    types = {back[column.source_name]: (column.type, column.date_format) for column in renamed.columns}
    assert types == {column.source_name: (column.type, column.date_format) for column in orders.columns}
    assert [back[renamed.column(name).source_name] for name in renamed.key_candidates[0].columns] == ["order_id"]
    personal = {back[column.source_name]: column.personal_data.type for column in renamed.columns if column.is_personal}
    assert personal == {"customer_name": "PERSON_NAME", "customer_email": "EMAIL", "phone": "PHONE"}


def _one(tmp_path: Path, values: list[str], name: str = "w1") -> ColumnType:
    report = _look(_csv(tmp_path, f"{name},other", [f'"{value}",1' for value in values]))
    return report.columns[0].type


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["00123", "01234", "99999"] * 10, ColumnType.TEXT),
        (["yes", "no", "Yes", "NO"] * 5, ColumnType.BOOLEAN),
        (["M", "F"] * 10, ColumnType.TEXT),
        (["1", "0"] * 10, ColumnType.INTEGER),
        (["1.5", "2", "3.25"] * 10, ColumnType.DECIMAL),
        (["0.123456789", "1e-7"] * 10, ColumnType.DOUBLE),
        (["$1,200.00", "$3.50"] * 10, ColumnType.DECIMAL),
        (["12,5", "7,25"] * 10, ColumnType.DECIMAL),
        (["20240131", "20231201"] * 10, ColumnType.DATE),
        (["12345678901234567890"] * 12, ColumnType.TEXT),
        (["2024-01-01T00:00:00Z", "2024-01-01 10:00:00.5"] * 10, ColumnType.TIMESTAMP),
        (["3/31/2024 1:05 PM", "12/01/2024 11:00 AM"] * 10, ColumnType.TIMESTAMP),
        (["10.12.24", "31.01.25"] * 10, ColumnType.DATE),
        (["10.2.0", "10.12.1", "10.12.11"] * 10, ColumnType.TEXT),
        (["A/5 21171", "PC 17599", "113803", "330877"] * 3 + [f"STON/O2 {i}" for i in range(20)], ColumnType.TEXT),
        (["", "N/A", "-"] * 5, ColumnType.TEXT),
    ],
)
def test_types_come_from_all_values(tmp_path: Path, values: list[str], expected: ColumnType) -> None:
    assert _one(tmp_path, values) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["yes", "no", "Y", "n"], ColumnType.BOOLEAN),
        (["TRUE", "false", "t", "no"], ColumnType.BOOLEAN),
        (["Y", "N", "T"], ColumnType.TEXT),
        (["yes", "y", "true"], ColumnType.TEXT),
        (["yes", "no", "nein"], ColumnType.TEXT),
    ],
)
def test_words_for_true_and_false_in_several_ways(tmp_path: Path, words: list[str], expected: ColumnType) -> None:
    assert _one(tmp_path, words * 15) is expected


def test_a_few_junk_values_do_not_change_the_type(tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, "v,w", [f"{i}.5,1" for i in range(97)] + ["abc,1", "x,1", "?,1"]))
    assert report.column("v").type is ColumnType.DECIMAL
    assert not report.column("v").type_needs_eyes


def test_much_junk_keeps_the_type_and_asks(tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, "v,w", [f"{i}.5,1" for i in range(70)] + [f"junk{i},1" for i in range(30)]))
    assert report.column("v").type is ColumnType.DECIMAL
    assert report.column("v").type_needs_eyes


def test_the_order_of_day_and_month_is_settled_by_evidence(tmp_path: Path) -> None:
    column = _look(_csv(tmp_path, "v,w", [f"{d:02d}/03/2024,1" for d in range(1, 29)])).column("v")
    assert (column.date_formats, column.type_needs_eyes) == (["%d/%m/%Y"], False)


def test_without_evidence_for_day_or_month_somebody_is_asked(tmp_path: Path) -> None:
    column = _look(_csv(tmp_path, "v,w", [f"{d:02d}/03/2024,1" for d in range(1, 13)])).column("v")
    assert column.type is ColumnType.DATE
    assert column.type_needs_eyes and column.type_alternatives


def test_mixed_date_formats_are_all_read(tmp_path: Path) -> None:
    rows = [f"2024-01-{d:02d},1" for d in range(1, 29)] + [f"{d}/02/2024,1" for d in range(10, 29)]
    assert _look(_csv(tmp_path, "v,w", rows)).column("v").date_formats == ["%Y-%m-%d", "%d/%m/%Y"]


def test_accidentally_unique_columns_are_no_key(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [
        f"{chance.random()},2024-01-01 00:00:{i:02d},text number {chance.random()},{chance.randrange(10**6)},{i % 3}"
        for i in range(60)
    ]
    assert _look(_csv(tmp_path, "score,at,note,amount,kind", rows)).key_candidates == []


@pytest.mark.parametrize(
    "values",
    [
        [f"INV/{i:05d}" for i in range(40)],
        [str(uuid.UUID(int=i * 7919)) for i in range(40)],
        [str(1000 + i) for i in range(40)],
    ],
)
def test_the_form_alone_makes_a_key(tmp_path: Path, values: list[str]) -> None:
    chance = random.Random(1)
    report = _look(_csv(tmp_path, "w1,w2", [f"{chance.random()},{value}" for value in values]))
    assert report.key_candidates[0].columns == ["w2"]


def test_a_key_may_take_two_columns(tmp_path: Path) -> None:
    rows = [f"{1000 + i},{line},{(i * 7 + line) % 13}.50" for i in range(60) for line in range(1, 5)]
    report = _look(_csv(tmp_path, "order_id,line_no,amount", rows))
    assert report.key_candidates[0].columns == ["order_id", "line_no"]


def test_chance_makes_no_composite_key(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [f"{chance.randrange(60)},2024-{1 + i % 12:02d}-{1 + i % 28:02d},{i % 4}" for i in range(100)]
    assert _look(_csv(tmp_path, "customer_id,day,kind", rows)).key_candidates == []


def test_a_nearly_unique_identifier_is_proposed_with_a_question(tmp_path: Path) -> None:
    rows = [f"C-{i:04d},{i % 5}" for i in range(200)] + ["C-0001,99", "C-0002,98"]
    key = _look(_csv(tmp_path, "customer_id,score", rows)).key_candidates[0]
    assert (key.columns, key.exact, key.needs_eyes) == (["customer_id"], False, True)


def test_a_key_that_a_person_gave_is_counted(tmp_path: Path) -> None:
    path = _csv(tmp_path, "a,b", ["1,1", "1,2", "2,1"])
    key = _look(path, domain={"primary_key": ["a"]}).key_candidates[0]
    assert (key.columns, key.exact, key.distinct_count, key.needs_eyes) == (["a"], False, 2, True)


def test_a_key_of_an_unknown_column_is_refused_with_a_proposal(tmp_path: Path) -> None:
    path = _csv(tmp_path, "order_id,b", ["1,1"])
    with pytest.raises(DiscoveryError, match="did you mean order_id"):
        _look(path, domain={"primary_key": ["order_di"]})


def test_a_conf_without_a_source_is_refused() -> None:
    with pytest.raises(DiscoveryError, match=r"source\.location"):
        look_at_source(Conf())


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("ssn", [f"{100 + i}-{10 + i}-{1000 + i}" for i in range(40)], "US_SSN"),
        ("w1", [f"{100 + i}-{10 + i}-{1000 + i}" for i in range(40)], "US_SSN"),
        ("card_number", ["4111111111111111", "5500005555555559", "378282246310005"] * 10, "CREDIT_CARD"),
        ("w1", ["DE89370400440532013000", "GB82WEST12345698765432"] * 10, "IBAN"),
        ("client_ip", ["10.0.0.1", "192.168.1.20", "2001:db8::1"] * 10, "IP_ADDRESS"),
        ("date_of_birth", [f"19{50 + i % 50}-03-{1 + i % 28:02d}" for i in range(40)], "BIRTH_DATE"),
        ("w1", [f"{i} Main Street" for i in range(1, 40)], "STREET_ADDRESS"),
        ("last_name", ["Xyzzy", "Plugh", "Frobnicate"] * 10, "PERSON_NAME"),
        ("mobile", [f"21255501{i:02d}" for i in range(40)], "PHONE"),
        ("product_name", ["Standing Desk", "Green Tea", "Olive Oil"] * 10, "NONE"),
        ("company_name", ["Acme Industries", "Globex Corporation", "Initech"] * 10, "NONE"),
        ("file_name", ["report.csv", "orders.csv"] * 10, "NONE"),
        ("app_version", ["10.0.0.1", "10.0.0.2"] * 10, "NONE"),
        ("created_epoch", [str(1704067200 + i * 60) for i in range(40)], "NONE"),
        ("account_ref", [str(1234567890123456 + i * 7) for i in range(40)], "NONE"),
        ("part_number", [f"9{i:02d}-00-{1000 + i}" for i in range(40)], "NONE"),
        ("cancelled", ["yes", "no"] * 20, "NONE"),
        ("ship_date", [f"2024-03-{1 + i % 28:02d}" for i in range(40)], "NONE"),
        (
            "city",
            ["Austin", "Madison", "Boston", "Chicago", "Lincoln", "Denver", "Seattle", "Houston", "Miami"] * 5,
            "NONE",
        ),
    ],
)
def test_personal_data(tmp_path: Path, name: str, values: list[str], expected: str) -> None:
    report = _look(_csv(tmp_path, f"{name},other", [f"{value},1" for value in values]))
    assert report.columns[0].personal_data.type == expected


def test_what_a_person_says_about_personal_data_wins(tmp_path: Path) -> None:
    path = _csv(tmp_path, "email,nick", [f"a{i}@example.com,secret" for i in range(20)])
    answers = {"email": {"pii": "none"}, "nick": {"pii": "USERNAME"}}
    report = _look(path, domain={"columns": answers})
    assert [column.personal_data.type for column in report.columns] == ["NONE", "USERNAME"]
    assert report.column("nick").top_values == []


def test_extremes_of_personal_columns_are_removed(tmp_path: Path) -> None:
    column = _look(_csv(tmp_path, "birth_date,x", [f"1990-01-{d:02d},1" for d in range(1, 29)])).column("birth_date")
    assert column.personal_data.type == "BIRTH_DATE"
    assert (column.minimum, column.maximum, column.top_values) == (None, None, [])


def test_json_lines_with_nested_values(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [{"event_id": f"E{i:03d}", "payload": {"k": i}, "ok": i % 2 == 0, "n": i} for i in range(30)]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    report = _look(path)
    types = [report.column(name).type.value for name in ("event_id", "payload", "ok", "n")]
    assert types == ["text", "text", "boolean", "integer"]
    assert report.key_candidates[0].columns == ["event_id"]


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet", "rows.json"])
def test_a_source_without_a_row_is_refused_before_anybody_plans_with_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("order_id,amount\n" if name.endswith("csv") else "[]")
    if name.endswith("parquet"):
        with duckdb.connect() as con:
            con.execute(f"COPY (SELECT 1 AS order_id WHERE false) TO '{path}' (FORMAT parquet)")
    with pytest.raises(SourceError, match="The source is empty"):
        first_look(Conf.model_validate({"source": {"location": path.as_uri()}}))


def test_names_that_sql_dislikes_become_snake_case(tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, "Order ID,Größe (cm),2024", ["1,2,3"]))
    assert [column.source_name for column in report.columns] == ["Order ID", "Größe (cm)", "2024"]
    assert report.columns[0].name == "order_id"
    assert report.columns[2].name == "c_2024"


def test_codes_and_names_that_read_like_no_value_stay(tmp_path: Path) -> None:
    """NAN and NAT are airports, Nan is a province, None a town in Italy."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = [f"{a}{b}X" for a in letters for b in letters[:20]]
    codes[5], codes[9] = "NAN", "NAT"
    towns = [f"Town{code.lower()}" for code in codes]
    towns[7], towns[8] = "Nan", "None"
    report = _look(_csv(tmp_path, "code,town", [f"{code},{town}" for code, town in zip(codes, towns, strict=True)]))
    assert [column.null_word_count for column in report.columns] == [0, 0]


def test_a_symbol_that_reads_like_no_value_stays_among_symbols_and_not_among_answers(tmp_path: Path) -> None:
    symbols = [
        "He",
        "Li",
        "Be",
        "Ne",
        "Na",
        "Mg",
        "Al",
        "Si",
        "Cl",
        "Ar",
        "Ca",
        "Sc",
        "Ti",
        "Cr",
        "Mn",
        "Fe",
        "Co",
        "Ni",
        "Cu",
        "Zn",
        "Ga",
        "Ge",
        "As",
        "Se",
        "H",
        "B",
        "C",
        "N",
    ]
    rows = [f"{symbol},{('Yes', 'No', 'Na')[place % 3]}" for place, symbol in enumerate(symbols)]
    report = _look(_csv(tmp_path, "symbol,answer", rows))
    assert [column.null_word_count for column in report.columns] == [0, len(rows) // 3]


def test_amounts_that_are_whole_so_far_stay_amounts(tmp_path: Path) -> None:
    rows = [f"{number}.0,{10 + number}.0,{2000 + number % 20}.0" for number in range(300)]
    report = _look(_csv(tmp_path, "order_no,weight,year", rows))
    assert [column.type.value for column in report.columns] == ["integer", "decimal", "integer"]
    assert [column.number_format for column in report.columns] == ["whole", "plain", "whole"]
    assert (report.columns[2].minimum, report.columns[2].maximum) == ("2000", "2019")


def test_an_identifier_with_a_fraction_is_no_whole_number(tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, "order_no", [f"{number}.{number % 2}" for number in range(300)]))
    assert report.columns[0].type is ColumnType.DECIMAL


def test_the_spellings_of_tools_are_no_values(tmp_path: Path) -> None:
    rows = [f"T{n % 97},{'NaN' if n % 10 == 0 else 'Bern'},{'nan' if n % 10 == 1 else n}" for n in range(400)]
    report = _look(_csv(tmp_path, "code,town,amount", rows))
    assert [column.null_word_count for column in report.columns] == [0, 40, 40]


def test_postal_codes_are_no_numbers(tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, "zip_code,quantity", [f"{10_000 + n},{n}" for n in range(200)]))
    assert [column.type.value for column in report.columns] == ["text", "integer"]


def _panel(n: int) -> str:
    return f"Country{'ABCDEFGHIJKLMNOPQRST'[n % 20]},{1960 + n // 20},{n * 7 % 101}"


def _code(n: int) -> str:
    letters = "ABCDEFGHIJ"
    return f"{letters[n // 100]}{letters[n // 10 % 10]}{letters[n % 10]},{n * 17 % 1009}"


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        ("country,year,amount", _panel, "country,year"),
        ("day,hr,bikers", lambda n: f"{1 + n // 24},{n % 24},{n * 13 % 89}", "day,hr"),
        ("on_day,price", lambda n: f"2020-{1 + n // 28 % 12:02d}-{1 + n % 28:02d},{n * 13 % 89}.5", "on_day"),
        ("iso3,area", _code, "iso3"),
    ],
    ids=["panel", "hours of days", "a row for each day", "codes"],
)
def test_panels_series_and_codes_have_a_key(header: str, row: Callable[[int], str], key: str, tmp_path: Path) -> None:
    report = _look(_csv(tmp_path, header, [row(n) for n in range(330)]))
    assert report.key_candidates
    assert ",".join(report.key_candidates[0].columns) == key
    assert report.key_candidates[0].needs_eyes


def test_dates_that_chance_made_different_are_no_key(tmp_path: Path) -> None:
    chance = random.Random(3)
    days = chance.sample(range(60 * 365), 30)
    rows = [f"{1960 + day // 365}-{1 + day % 365 // 31:02d}-{1 + day % 28:02d},{n % 3}" for n, day in enumerate(days)]
    assert _look(_csv(tmp_path, "on_day,kind", sorted(set(rows)))).key_candidates == []
