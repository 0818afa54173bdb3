"""The golden table, operations that give a type or work on typed values: operation, value in Bronze and in Silver."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from onboarding.spec.column_types import ColumnType
from tests.onboarding.codegen.golden.cleaning import Line, Of, Unreadable, chain, line

D = Decimal
NBSP, MINUS = "\u00a0", "\u2212"
INTEGER, DOUBLE, BOOLEAN = Of(ColumnType.INTEGER), Of(ColumnType.DOUBLE), Of(ColumnType.BOOLEAN)
DATE, TIMESTAMP = Of(ColumnType.DATE), Of(ColumnType.TIMESTAMP)
MONEY = Of(ColumnType.DECIMAL, 6, 2)


def _cast(kind: str, *lines: tuple[str | None, Any], **arguments: Any) -> list[Line]:
    return [line("cast", given, expected, type=kind, **arguments) for given, expected in lines]


CASTS: list[Line] = [
    *_cast(
        "integer",
        ("12", 12),
        ("+7", 7),
        ("-0", 0),
        ("007", 7),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", Unreadable()),
        ("12.5", Unreadable()),
        ("12.0", Unreadable()),
        ("1e3", Unreadable()),
        ("0x1F", Unreadable()),
        ("1_000", Unreadable()),
        ("1,000", Unreadable()),
        ("١٢", Unreadable()),
        (" 12", Unreadable()),
        ("12\n", Unreadable()),
        ("-", Unreadable()),
        ("true", Unreadable()),
        ("", None),
        (None, None),
    ),
    *_cast("integer", ("1,000", 1000), ("12,34,567", 1234567), ("1,5", Unreadable()), ("1000", 1000), ("-1,000", -1000),
           (",5", Unreadable()), ("1,000,", Unreadable()), thousands_separator=","),
    *_cast(
        "decimal",
        ("1.005", D("1.01")),
        ("-1.005", D("-1.01")),
        ("1.004999", D("1.00")),
        (".5", D("0.50")),
        ("5.", D("5.00")),
        ("+0", D("0.00")),
        ("9999.99", D("9999.99")),
        ("9999.995", Unreadable()),
        ("123456", Unreadable()),
        ("1e3", Unreadable()),
        ("1,5", Unreadable()),
        ("12\n", Unreadable()),
        ("NaN", Unreadable()),
        (".", Unreadable()),
        ("", None),
        (None, None),
        precision=6,
        scale=2,
    ),
    *_cast("decimal", ("1.234,50", D("1234.5000")), ("12,5", D("12.5000")), ("1.23,5", D("123.5000")),
           ("1.2345", Unreadable()), ("1,2,3", Unreadable()), thousands_separator=".", decimal_separator=","),
    *_cast("decimal", ("1 234.5", D("1234.5000")), (f"1{NBSP}234", D("1234.0000")), ("1  234", Unreadable()),
           thousands_separator=" "),
    *_cast("decimal", ("0.00000001", D("0.00000001")), ("1234567890", D("1234567890.00000000")), precision=18, scale=8),
    *_cast(
        "double",
        ("1.5e3", 1500.0),
        ("0.1", 0.1),
        ("-.5", -0.5),
        ("12", 12.0),
        ("1e99", 1e99),
        ("1e400", Unreadable()),
        ("nan", Unreadable()),
        ("Infinity", Unreadable()),
        ("1d", Unreadable()),
        ("1f", Unreadable()),
        ("0x1p3", Unreadable()),
        ("", None),
        (None, None),
    ),
    *_cast("boolean", ("Yes", True), ("f", False), ("1", True), ("0", False), ("TRUE", True), ("2", Unreadable()),
           ("on", Unreadable()), ("", None), (None, None)),
    *_cast("boolean", ("JA", True), ("nein", False), ("yes", Unreadable()), true_values=["ja"], false_values=["nein"]),
    *_cast("text", ("12.50", "12.50"), (None, None)),
    *_cast("date", ("2024-02-29", date(2024, 2, 29)), ("2024", Unreadable())),
    *_cast("timestamp", ("2024-02-29T01:02", datetime(2024, 2, 29, 1, 2)), ("2024-02-29", Unreadable())),
]  # fmt: skip

MONEY_AND_WORDS: list[Line] = [
    *[
        line("parse_currency", given, expected, of=MONEY, thousands_separator=",")
        for given, expected in [
            ("$1,234.50", D("1234.50")),
            ("1,234.50 €", D("1234.50")),
            (f"{MINUS}£{NBSP}5", D("-5.00")),
            ("-$5.005", D("-5.01")),
            ("$-5", D("-5.00")),
            ("(1,234.5)", D("-1234.50")),
            ("$ (5.00)", D("-5.00")),
            ("5.00-", D("-5.00")),
            ("EUR 12", D("12.00")),
            ("12 EUR", D("12.00")),
            ("US$5", D("5.00")),
            ("Fr. 5.50", D("5.50")),
            ("5 zł", D("5.00")),
            ("+5", D("5.00")),
            ("1,5", Unreadable()),
            ("12abc34", Unreadable()),
            ("1e3", Unreadable()),
            ("5 5", Unreadable()),
            ("$", Unreadable()),
            ("12345.00", Unreadable()),
            ("free", Unreadable()),
            ("", None),
            (None, None),
        ]
    ],
    line("parse_currency", "1.234,50 €", D("1234.50"), of=MONEY, thousands_separator=".", decimal_separator=","),
    line("parse_currency", f"1{NBSP}234,50 kr", D("1234.50"), of=MONEY, thousands_separator=" ", decimal_separator=","),
    line("parse_currency", "CHF 1'234.50", D("1234.50"), of=MONEY, thousands_separator="'"),
    line("parse_currency", "$12", 12, of=INTEGER),
    line("parse_currency", "$12.5", 12.5, of=DOUBLE),
    *[
        line("parse_percent", given, expected)
        for given, expected in [
            ("12.5 %", D("12.5000")),
            ("12.5", D("12.5000")),
            (f"{MINUS}3{NBSP}%", D("-3.0000")),
            ("100%", D("100.0000")),
            ("%", Unreadable()),
            ("12 % off", Unreadable()),
            ("", None),
            (None, None),
        ]
    ],
    line("parse_percent", "12.5 %", D("0.1250"), unit="fraction"),
    line("parse_percent", "0.005%", D("0.0001"), unit="fraction"),
    line("parse_percent", "12,5%", 0.125, unit="fraction", decimal_separator=",", of=DOUBLE),
    *[
        line("parse_boolean", given, expected)
        for given, expected in [("TRUE", True), ("y", True), ("No", False), ("maybe", Unreadable()), (None, None)]
    ],
    line("parse_boolean", "İyi", True, true_values=["İYİ"], false_values=["Kötü"]),
    line("parse_boolean", "KÖTÜ", False, true_values=["İYİ"], false_values=["Kötü"]),
]


def _dates(form: Any, *lines: tuple[str | None, Any]) -> list[Line]:
    arguments = {"formats": form} if isinstance(form, list) else {"format": form} if form else {}
    return [line("parse_date", given, expected, **arguments) for given, expected in lines]


def _timestamps(form: Any, *lines: tuple[str | None, Any]) -> list[Line]:
    arguments = {"formats": form} if isinstance(form, list) else {"format": form} if form else {}
    return [line("parse_timestamp", given, expected, **arguments) for given, expected in lines]


DATES: list[Line] = [
    *_dates(
        None,
        ("2024-02-29", date(2024, 2, 29)),
        ("0001-01-01", date(1, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("1582-10-10", date(1582, 10, 10)),
        ("2024-02-30", Unreadable()),
        ("2023-02-29", Unreadable()),
        ("2024", Unreadable()),
        ("2024-01", Unreadable()),
        ("2024-1-2", Unreadable()),
        ("2024-01-02 00:00:00", Unreadable()),
        ("10000-01-01", Unreadable()),
        ("today", Unreadable()),
        ("", None),
        (None, None),
    ),
    *_dates("%d/%m/%Y", ("1/2/2024", date(2024, 2, 1)), ("31/04/2024", Unreadable()), ("2024-01-01", Unreadable()),
            ("01/13/2024", Unreadable()), ("01/02/24", Unreadable())),
    *_dates("%Y%m%d", ("20240131", date(2024, 1, 31)), ("2024131", Unreadable())),
    *_dates("%d/%m/%y", ("01/02/68", date(2068, 2, 1)), ("01/02/69", date(1969, 2, 1)), ("01/02/1969", Unreadable())),
    *_dates("%d-%b-%Y", ("05-SEP-2024", date(2024, 9, 5)), ("05-Sept-2024", Unreadable())),
    *_dates("%B %d, %Y", ("December 3, 2024", date(2024, 12, 3)), ("Foo 3, 2024", Unreadable())),
    *_dates("%a, %d %b %Y", ("Tue, 03 Dec 2024", date(2024, 12, 3))),
    *_dates("%Y.%m.%d", ("2024.01.02", date(2024, 1, 2)), ("2024x01x02", Unreadable())),
    *_dates("%d. %m. %Y", ("3. 12. 2024", date(2024, 12, 3))),
    *_dates("iso", ("2024-05-06T07:08:09Z", date(2024, 5, 6)), ("2024-05-06T23:30:00-05:00", date(2024, 5, 6)),
            ("2024-05-06", Unreadable())),
    *_dates("epoch", ("0", date(1970, 1, 1)), ("-1", date(1969, 12, 31)), ("1700000000", date(2023, 11, 14))),
    *_dates(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"], ("03/04/2024", date(2024, 4, 3)), ("12/31/2024", date(2024, 12, 31)),
            ("2024-05-06", date(2024, 5, 6)), ("31/31/2024", Unreadable())),
    *_timestamps(
        None,
        ("2024-01-02 03:04:05", datetime(2024, 1, 2, 3, 4, 5)),
        ("2024-01-02T03:04", datetime(2024, 1, 2, 3, 4)),
        ("2024-01-02T03:04:05.123456Z", datetime(2024, 1, 2, 3, 4, 5, 123456)),
        ("2024-01-02T03:04:05.123456789Z", datetime(2024, 1, 2, 3, 4, 5, 123456)),
        ("2024-01-02T03:04:05+05:30", datetime(2024, 1, 1, 21, 34, 5)),
        ("2024-01-02 03:04:05 -0800", datetime(2024, 1, 2, 11, 4, 5)),
        ("2024-03-31 02:30:00", datetime(2024, 3, 31, 2, 30)),
        ("1900-01-01 00:00:00", datetime(1900, 1, 1)),
        ("2024-02-30 00:00:00", Unreadable()),
        ("2024-01-02 24:00:00", Unreadable()),
        ("2024-01-02 23:59:60", Unreadable()),
        ("2024-01-02", Unreadable()),
        ("2024-01-02T03:04:05 CET", Unreadable()),
        ("", None),
        (None, None),
    ),
    *_timestamps("%d/%m/%Y %H:%M", ("02/01/2024 3:04", datetime(2024, 1, 2, 3, 4)), ("02/01/2024 24:00", Unreadable())),
    *_timestamps("%m/%d/%Y %I:%M %p", ("01/02/2024 12:05 AM", datetime(2024, 1, 2, 0, 5)),
                 ("01/02/2024 12:05 pm", datetime(2024, 1, 2, 12, 5)), ("01/02/2024 13:05 pm", Unreadable())),
    *_timestamps("%Y-%m-%d %I:%M:%S %p", ("2024-01-02 12:00:05 PM", datetime(2024, 1, 2, 12, 0, 5)),
                 ("2024-01-02 0:00:05 AM", Unreadable())),
    *_timestamps("%d/%b/%Y:%H:%M:%S %z", ("02/Jan/2024:23:00:05 -0500", datetime(2024, 1, 3, 4, 0, 5)),
                 ("02/Jan/2024:23:00:05", Unreadable())),
    *_timestamps("%Y-%m-%dT%H:%M:%S%z", ("2024-01-02T00:00:00-01:30", datetime(2024, 1, 2, 1, 30)),
                 ("2024-01-02T00:00:00Z", datetime(2024, 1, 2))),
    *_timestamps("%Y-%m-%d %H:%M:%S.%f", ("2024-01-02 00:00:00.5", datetime(2024, 1, 2, 0, 0, 0, 500000))),
    *_timestamps("epoch", ("1700000000", datetime(2023, 11, 14, 22, 13, 20)),

                 ("-1", datetime(1969, 12, 31, 23, 59, 59)), ("1700000000.5", Unreadable()),
                 ("999999999999", Unreadable())),
    *_timestamps(["epoch_ms", "iso"], ("1700000000123", datetime(2023, 11, 14, 22, 13, 20, 123000)),
                 ("2024-01-02T03:04Z", datetime(2024, 1, 2, 3, 4))),
]  # fmt: skip


def _after(kind: Of, operation: str, *lines: tuple[str | None, Any], **arguments: Any) -> list[Line]:
    return [line(operation, given, expected, of=kind, **arguments) for given, expected in lines]


AFTERWARDS: list[Line] = [
    *_after(MONEY, "round", ("2.25", D("2.30")), ("-2.25", D("-2.30")), ("2.24", D("2.20")), (None, None), scale=1),
    *_after(MONEY, "round", ("2.5", D("3.00")), ("-2.5", D("-3.00")), ("9999.99", Unreadable()), scale=0)[:2],
    *_after(DOUBLE, "round", ("2.675", 2.68), ("1.005", 1.0), ("-0.125", -0.13), ("1e20", 1e20), ("0.004", 0.0),
            (None, None), scale=2),
    *_after(INTEGER, "round", ("15", 15), scale=2),
    *_after(INTEGER, "clip", ("-5", 0), ("0", 0), ("101", 100), ("x", Unreadable()), (None, None),
             minimum=0, maximum=100),
    *_after(MONEY, "clip", ("-0.01", D("0.00")), ("5", D("5.00")), minimum=0),
    *_after(DOUBLE, "clip", ("0.95", 0.9), ("0.1", 0.1), maximum=0.9),
    *_after(DATE, "clip", ("1899-12-31", date(1900, 1, 1)), ("2024-01-01", date(2024, 1, 1)), minimum="1900-01-01"),
    *_after(TIMESTAMP, "clip", ("2024-01-01 13:00", datetime(2024, 1, 1, 12)), maximum="2024-01-01 12:00"),
    *_after(MONEY, "multiply", ("1999", D("19.99")), ("0.5", D("0.01")), ("-0.5", D("-0.01")), (None, None),
             factor=0.01),
    *_after(MONEY, "multiply", ("2", D("-2.00")), ("9999.99", D("-9999.99")), factor=-1),
    *_after(MONEY, "multiply", ("2", D("2000.00")), ("50", None), factor=1000),
    *_after(INTEGER, "multiply", ("5", 3), ("-5", -3), ("4", 2), ("9223372036854775807", 4611686018427387904),
             factor=0.5),
    *_after(INTEGER, "multiply", ("9223372036854775807", None), ("2", 20), factor=10),
    *_after(DOUBLE, "multiply", ("0.1", 0.1 * 2.54), factor=2.54),
    *_after(INTEGER, "default", (None, 0), ("", 0), ("x", Unreadable(0)), ("3", 3), value=0),
    *_after(MONEY, "default", (None, D("1.01")), value=1.005),
    *_after(DATE, "default", (None, date(1970, 1, 1)), value="1970-01-01"),
    *_after(BOOLEAN, "default", (None, False), ("yes", True), value=False),
    chain([("cast", {}), ("multiply", {"factor": 0.01}), ("round", {"scale": 1}), ("clip", {"maximum": 9})],
          "1250", D("9.00"), MONEY),
    chain([("replace", {"old": "kg", "new": ""}), ("trim", {}), ("cast", {}), ("default", {"value": 0})],
          "12 kg", 12, INTEGER),
    chain([("json_field", {"path": "n"}), ("cast", {})], '{"n": 12}', 12, INTEGER),
    chain([("json_field", {"path": "n"}), ("cast", {})], '{"n": "x"}', Unreadable(), INTEGER),
    chain([("json_field", {"path": "n"}), ("cast", {})], '{"n": ', Unreadable(), INTEGER),
    chain([("json_field", {"path": "n"}), ("cast", {})], '{"m": 1}', None, INTEGER),
]  # fmt: skip


def _native(physical: str, given: Any, expected: Any, kind: str = "text", *more: int) -> Line:
    precision, scale = more or (None, None)
    return chain([], given, expected, Of(ColumnType(kind), precision, scale, physical))


NATIVE: list[Line] = [
    _native("DOUBLE", 1.5, "1.5"),
    _native("DOUBLE", 100000000.0, "100000000"),
    _native("DOUBLE", 1e20, "1e+20"),
    _native("DOUBLE", 0.1 + 0.2, "0.3"),
    _native("DOUBLE", -0.00001, "-1e-05"),
    _native("DOUBLE", float("inf"), "inf"),
    _native("DOUBLE", None, None),
    _native("DOUBLE", 12.345, D("12.3"), "decimal", 9, 1),
    _native("DOUBLE", 2.5, D("2.5"), "decimal", 9, 1),
    _native("DOUBLE", 1e15, Unreadable(), "decimal", 9, 1),
    _native("DOUBLE", 2.5, 3, "integer"),
    _native("DOUBLE", -2.5, -3, "integer"),
    _native("DOUBLE", 1e30, Unreadable(), "integer"),
    _native("DECIMAL(9,2)", D("1.50"), "1.50"),
    _native("DECIMAL(18,8)", D("0.00000001"), "0.00000001"),
    _native("DECIMAL(18,8)", D("0"), "0.00000000"),
    _native("DECIMAL(18,8)", D("-1234567.5"), "-1234567.50000000"),
    _native("DECIMAL(9,2)", D("2.50"), 3, "integer"),
    _native("DECIMAL(9,2)", D("-2.50"), -3, "integer"),
    _native("DECIMAL(9,2)", D("9999.99"), Unreadable(), "decimal", 5, 1),
    _native("BIGINT", 12, "12"),
    _native("BIGINT", 12, D("12.00"), "decimal", 6, 2),
    _native("BIGINT", 123456, Unreadable(), "decimal", 6, 2),
    _native("BOOLEAN", True, "true"),
    _native("DATE", date(2024, 1, 2), "2024-01-02"),
    _native("DATE", date(2024, 1, 2), date(2024, 1, 2), "date"),
    _native("DATE", date(2024, 1, 2), datetime(2024, 1, 2), "timestamp"),
    _native("TIMESTAMP", datetime(2024, 1, 2, 3, 4, 5, 120000), "2024-01-02 03:04:05.12"),
    _native("TIMESTAMP", datetime(2024, 1, 2, 3, 4, 5), date(2024, 1, 2), "date"),
]

LINES = [*CASTS, *MONEY_AND_WORDS, *DATES, *AFTERWARDS, *NATIVE]
