"""Texts as people are looked for by: the same in Python as on the embedded engine."""

from __future__ import annotations

import random
import struct

from shared.pipeline import engine
from shared.pipeline.literals import quote_literal
from shared.pipeline.normal_form import BLANKS, double_text, normalised

LAST_CODE_POINT = 0x10FFFF


def test_every_character_is_the_same_on_the_embedded_engine() -> None:
    surrogates = range(0xD800, 0xE000)
    points = [point for point in range(1, LAST_CODE_POINT + 1) if point not in surrogates]
    with engine.connection() as con:
        text = f"lower(nfc_normalize(trim(chr(point), {quote_literal(BLANKS)})))"
        found = con.execute(
            f"SELECT point, {text} FROM (SELECT unnest($points) AS point)", {"points": points}
        ).fetchall()
    assert [(hex(point), given) for point, given in found if given != normalised(chr(point))] == []


def test_words_are_the_same_on_the_embedded_engine() -> None:
    words = ["\u0130REM", " \u039f\u03a3\u03a3\t", "E\u0301te\u0301\u00a0", "STRA\u1e9eE", "\ufb01", "a b", "", " "]
    with engine.connection() as con:
        text = f"lower(nfc_normalize(trim(word, {quote_literal(BLANKS)})))"
        found = con.execute(f"SELECT {text} FROM (SELECT unnest($words) AS word)", {"words": words}).fetchall()
    assert [row[0] for row in found] == [normalised(word) for word in words]
    assert normalised(None) is None


def test_doubles_are_the_same_text_on_the_embedded_engine() -> None:
    chance = random.Random(7)
    doubles = [struct.unpack("d", chance.randbytes(8))[0] for _ in range(20_000)]
    doubles += [float(chance.randrange(10**power)) for power in range(1, 19) for _ in range(200)]
    doubles += [0.0, -0.0, 0.1, 1e15, 1e16, 1e17, 9007199254740993.0, 1e-4, 1e-5, 5e-324, float("inf")]
    doubles = [value for value in doubles if value == value]
    with engine.connection() as con:
        found = con.execute("SELECT CAST(unnest($doubles) AS VARCHAR)", {"doubles": doubles}).fetchall()
    assert [row[0] for row in found] == [double_text(value) for value in doubles]
