"""What columns say of each other: found where it is so, and not where chance or a trifle would have it so."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onboarding.discovery import look_at_source
from onboarding.spec.conf import Conf
from onboarding.spec.profile import FunctionalHint

ROWS = 300
Row = Callable[[random.Random, int], list[object]]


def _hints(tmp_path: Path, header: str, row: Row, rows: int = ROWS, **conf: Any) -> list[FunctionalHint]:
    chance = random.Random(5)
    path = tmp_path / "data.csv"
    lines = [",".join(map(str, row(chance, i))) for i in range(rows)]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}, **conf})).hints


def _texts(hints: list[FunctionalHint]) -> list[str]:
    return [hint.text for hint in hints]


def _line(chance: random.Random, i: int) -> list[object]:
    quantity, price = chance.randint(1, 9), chance.randint(100, 9_999) / 100
    # Each twentieth amount or fewer is something else.
    amount = round(quantity * price, 2) + (7 if i % 50 == 0 else 0)
    return [f"L-{i:05d}", quantity, f"{price:.2f}", f"{amount:.2f}"]


def test_an_amount_is_quantity_times_price_with_a_few_exceptions(tmp_path: Path) -> None:
    hints = _hints(tmp_path, "line,quantity,price,amount", _line)
    assert _texts(hints) == ["amount = quantity x price"]
    # Rows with a quantity of 1 are counted as well, though they tell nothing.
    assert (hints[0].rows, hints[0].holds) == (300, 294)


def test_written_numbers_are_read(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        net, tax = chance.randint(1_000, 9_000_000) / 100, chance.randint(100, 99_999) / 100
        return [i, f'"${net:,.2f}"', f"{tax:.2f}", f'"${net + tax:,.2f}"']

    assert "gross = net + tax" in _texts(_hints(tmp_path, "i,net,tax,gross", row))


def test_numbers_without_a_relation_give_no_hint(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        return [chance.randint(0, 1), chance.randint(1, 500), chance.randint(1, 500), chance.randint(1, 500)]

    assert _hints(tmp_path, "flag,a,b,c", row) == []


def test_a_factor_of_one_and_an_addend_of_nothing_tell_nothing(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        price = chance.randint(100, 999)
        return [1, price, 0, price]

    texts = _texts(_hints(tmp_path, "quantity,price,discount,amount", row))
    assert not [text for text in texts if " = " in text]


def test_small_numbers_agree_by_rounding_only(tmp_path: Path) -> None:
    """A share of two digits that is nearly nothing is the product of any two small ones."""

    def row(chance: random.Random, i: int) -> list[object]:
        a, b = chance.randint(2, 9) / 100, chance.randint(2, 9) / 100
        return [f"{a:.3f}", f"{b:.3f}", ["0.00", "0.01", "0.00", "0.00"][i % 4]]

    assert not [text for text in _texts(_hints(tmp_path, "a,b,c", row)) if " x " in text]


def test_dates_in_order(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        day = chance.randint(1, 25)
        return [f"2024-0{chance.randint(1, 9)}-{day:02d}", ""] if i % 10 == 0 else _two(chance)

    def _two(chance: random.Random) -> list[object]:
        month, day = chance.randint(1, 9), chance.randint(1, 20)
        return [f"2024-0{month}-{day:02d}", f"{day + chance.randint(0, 5):02d}/0{month}/2024"]

    hints = [hint for hint in _hints(tmp_path, "ordered,shipped", row) if hint.kind == "not_before"]
    assert _texts(hints) == ["shipped is not before ordered"]
    assert (hints[0].rows, hints[0].holds) == (270, 270)


def test_dates_whose_ranges_do_not_meet_need_no_hint(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        return [f"2001-01-{1 + i % 28:02d}", f"2024-01-{1 + chance.randint(0, 27):02d}"]

    assert not [hint for hint in _hints(tmp_path, "opened,closed", row) if hint.kind == "not_before"]


def test_a_state_says_when_a_date_is_missing(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        state = chance.choice(["open", "open", "void", "sent", "paid"])
        return [f"T-{i:04d}", state, "" if state in ("open", "void") else f"2024-01-{1 + i % 28:02d}"]

    hints = [hint for hint in _hints(tmp_path, "ticket,state,sent_on", row) if hint.kind == "missing_when"]
    assert _texts(hints) == ["sent_on has no value where state is open, void"]
    assert hints[0].rows == hints[0].holds


def test_what_is_missing_by_chance_is_not_explained(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        return [f"T-{i:04d}", chance.choice(["open", "void", "sent"]), "" if chance.random() < 0.4 else i % 17]

    assert not [hint for hint in _hints(tmp_path, "ticket,state,score", row) if hint.kind == "missing_when"]


def test_a_product_decides_its_category_whatever_the_case(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        product = chance.randint(0, 11)
        category = ["Tools", "Garden", "Paint"][product % 3]
        return [f"item {'abcdefghijkl'[product]}", category.upper() if i % 7 == 0 else category, chance.randint(1, 99)]

    hints = _hints(tmp_path, "product,category,stock", row)
    assert _texts(hints) == ["product decides category"]


def test_hints_do_not_speak_of_personal_or_masked_columns(tmp_path: Path) -> None:
    def row(chance: random.Random, i: int) -> list[object]:
        gender = chance.choice(["female", "male", "female", "male", "unknown"])
        return [gender, "" if gender == "unknown" else 1 + i % 50, *_line(chance, i)[1:]]

    header = "gender,height_code,quantity,price,amount"
    shown = {name for hint in _hints(tmp_path, header, row) for name in hint.columns}
    assert shown == {"quantity", "price", "amount"}
    masked = {"transformations": {"masking": {"amount": "hash"}}}
    assert _hints(tmp_path, header, row, **masked) == []


def test_native_types_give_the_same_hints(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "data.parquet"
    duckdb.connect().execute(
        f"""COPY (SELECT 'L-' || i AS line, (1 + i % 7)::INTEGER AS quantity, (i % 90 + 1.5)::DECIMAL(9, 2) AS price,
            ((1 + i % 7) * (i % 90 + 1.5))::DOUBLE AS amount, DATE '2024-01-01' + (i % 100)::INTEGER AS ordered,
            CASE WHEN i % 3 > 0 THEN TIMESTAMP '2024-01-01 08:00:00' + to_days((i % 100 + i % 5)::INTEGER) END AS sent,
            ['open', 'sent', 'sent'][1 + i % 3] AS state
        FROM range(25000) t(i)) TO '{path}' (FORMAT parquet)"""
    )
    report = look_at_source(Conf.model_validate({"source": {"location": path.as_uri()}}))
    assert _texts(report.hints)[:2] == ["amount = quantity x price", "sent is not before ordered"]
    assert "sent has no value where state is open" in _texts(report.hints)
    assert report.hints[0].rows == report.column("line").sampled_count < report.rows


@pytest.mark.parametrize("value", ["'); DROP TABLE sample_rows; --", 'a"b', "Ünïcode"])
def test_hostile_values_stay_values(tmp_path: Path, value: str) -> None:
    quoted = '"' + value.replace('"', '""') + '"'

    def row(chance: random.Random, i: int) -> list[object]:
        return [quoted, ""] if i % 3 == 0 else ["plain", i % 40]

    hints = [hint for hint in _hints(tmp_path, "state,score", row) if hint.kind == "missing_when"]
    assert hints[0].values == [value]
