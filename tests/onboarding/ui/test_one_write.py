"""Requests that write wait for each other, and no other request waits for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airflow.configuration import conf

from onboarding.ui.one_write import OneWriteAtATime
from onboarding.ui.registration import root_middlewares


class Answers:
    """An application that notes how many requests are in it at once, and can fail."""

    def __init__(self) -> None:
        self.inside = self.most = self.served = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await asyncio.sleep(0.01)
            if scope.get("path") == "/fails":
                raise RuntimeError("no answer")
            self.served += 1
        finally:
            self.inside -= 1


def served(*requests: tuple[str, str]) -> Answers:
    """Requests that come at the same moment: method and path."""
    answers = Answers()

    async def all_at_once() -> None:
        app = OneWriteAtATime(answers)
        calls = [app({"type": "http", "method": method, "path": path}, None, None) for method, path in requests]  # type: ignore[arg-type]  # never called
        await asyncio.gather(*calls, return_exceptions=True)

    asyncio.run(all_at_once())
    return answers


def test_writes_wait_for_each_other() -> None:
    answers = served(("POST", "/"), ("PATCH", "/"), ("DELETE", "/"), ("PUT", "/"))
    assert (answers.most, answers.served) == (1, 4)


def test_reads_wait_for_nobody() -> None:
    answers = served(("POST", "/"), ("GET", "/"), ("GET", "/"), ("HEAD", "/"))
    assert (answers.most, answers.served) == (4, 4)


def test_a_write_that_fails_does_not_hold_up_the_next() -> None:
    answers = served(("POST", "/fails"), ("POST", "/"))
    assert (answers.most, answers.served) == (1, 1)


@pytest.mark.parametrize(("database", "count"), [("sqlite:////x/airflow.db", 1), ("postgresql://host/airflow", 0)])
def test_only_where_the_database_is_sqlite(monkeypatch: pytest.MonkeyPatch, database: str, count: int) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", database)
    assert conf.get("database", "sql_alchemy_conn") == database
    assert len(root_middlewares()) == count
