"""The card: short, worst first, and nothing from the data becomes markup."""

from __future__ import annotations

from onboarding.gates.card import MAXIMUM_LINES, VISIBLE_ROWS, Card, CardChoice, CardItem, escape


def _card(items: int = 0, numbers: int = 0) -> Card:
    return Card(
        gate="approve_plan",
        workload="orders",
        first_option="approve",
        effect="goes on.",
        items=[
            CardItem(title=f"item {n}", evidence="because", proposed="this", level="STOP" if n == 3 else "LOOK")
            for n in range(items)
        ],
        nothing_unusual="all is well",
        numbers=[f"number {n}" for n in range(numbers)],
        links=["[report](http://localhost/report)"],
    )


def test_a_card_without_items_says_why() -> None:
    card = _card()
    assert card.level == "OK"
    assert "Nothing unusual: all is well" in card.markdown()


def test_the_subject_tells_two_rounds_apart() -> None:
    assert _card().subject == "approve_plan: orders (OK)"
    assert _card(items=1).model_copy(update={"round": 2}).subject == "approve_plan: orders, round 2 (LOOK)"


def test_the_worst_item_comes_first() -> None:
    text = _card(items=5).markdown()
    assert text.index("STOP") < text.index("item 3") < text.index("item 0")
    assert _card(items=5).level == "STOP"


def test_a_card_never_exceeds_its_lines() -> None:
    text = _card(items=9, numbers=60).markdown()
    assert len(text.splitlines()) <= MAXIMUM_LINES
    assert "4 more in the full report" in text
    assert "[report](http://localhost/report)" in text


def test_markup_in_data_is_text() -> None:
    hostile = "<script>alert(1)</script> [click](javascript:x) **bold**\n# head"
    text = escape(hostile)
    assert "<" not in text
    assert "[click](" not in text
    assert "\n" not in text
    assert "**bold**" not in text


def test_the_numbers_leave_the_buttons_visible() -> None:
    long = Card(gate="g", workload="w", first_option="go", effect="goes on.", numbers=["word " * 30] * 20)
    short = _card(numbers=20)
    assert long.markdown().count("\n- ") < short.markdown().count("\n- ") <= VISIBLE_ROWS


def test_many_items_still_leave_the_first_numbers() -> None:
    text = _card(items=9, numbers=9).markdown()
    assert "- number 0\n- number 1\n- number 2" in text


def test_a_card_says_how_many_numbers_it_leaves_out() -> None:
    text = _card(numbers=20).markdown()
    shown = [line for line in text.splitlines() if line.startswith("- number")]
    assert f"- {20 - len(shown)} more in the full report" in text
    assert "more in the full report" not in _card(numbers=3).markdown()


def test_the_form_is_one_list_of_what_may_be_changed_in_words() -> None:
    assert _card().form() == []
    choices = [CardChoice(change="schedule.cron = 0 5 * * *", label="runs daily at 05:00")]
    (field,) = _card().model_copy(update={"choices": choices}).form()
    assert (field["name"], field["default"], field["type"]) == ("changes", [], ["array", "null"])
    assert field["examples"] == ["schedule.cron = 0 5 * * *"]
    assert field["values_display"] == {"schedule.cron = 0 5 * * *": "runs daily at 05:00"}


def test_the_form_takes_the_place_of_numbers() -> None:
    with_form = _card(numbers=20).model_copy(update={"choices": [CardChoice(change="a = b", label="a")]})
    assert _card(numbers=20).markdown().count("- number") - with_form.markdown().count("- number") == 5
