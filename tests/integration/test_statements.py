"""How many statements, in how many transactions, each page and each reading API route takes: held in a file.

A page that takes more, or less, fails here and prints the file as it would be: taking it over is a decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage, asks

_FILE = Path(__file__).with_name("statement_budget.json")
_BUDGET = json.loads(_FILE.read_text())
_MOST = {"/works/<work_id>": 19, "/": 10, "/contests/<contest_id>": 14, "/my/works": 6}
_WITH_MORE_TRANSACTIONS = {
    "/search/stems/<stem_id>/similar",  # what is near is found between two
    "/contests/<contest_id>/vote",  # looks for a duel after it has looked whether one is due
    "/api/v1/stems/<stem_id>/similar",  # compares with sounds that are kept, and looks those up afterwards
    "/sitemap.xml",  # reads page by page as well
    "/companion/s3/params",  # notes until when the form works
    "/api/v1/graph-exports/<format>",  # reads page by page, so that none is long
    "/api/v1/works/<work_id>/lineage-exports/<format>",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The statements are the same on PostgreSQL."""
    return sqlite_url


class Count:
    def __init__(self) -> None:
        self.statements: list[str] = []
        self.transactions = 0

    def see_statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.statements.append(statement)

    def see_begin(self, _connection: Any) -> None:
        self.transactions += 1


@contextmanager
def counting(engine: sa.Engine) -> Iterator[Count]:
    count = Count()
    listeners = (("before_cursor_execute", count.see_statement), ("begin", count.see_begin))
    for name, listener in listeners:
        sa.event.listen(engine, name, listener)
    yield count
    for name, listener in listeners:
        sa.event.remove(engine, name, listener)


@pytest.mark.parametrize("rows", [2, 3])
def test_every_page_and_reading_route_takes_what_the_budget_says_whatever_the_number_of_rows(
    hub: Hub, rows: int, kept_house: None
) -> None:
    stage = ReadingStage(hub, rows)
    asked = asks(stage)
    browsers = {handle: stage.browser(handle) for handle in sorted({ask.by for ask in asked.values()})}
    found = {}
    for name, ask in asked.items():
        browser = browsers[ask.by]
        with browser.get(ask.address) as first:  # orders what it orders
            assert first.status_code < 400, f"{name}: {first.status_code} {first.text[:500]}"
        with counting(hub.parts.database.engine) as count, browser.get(ask.address) as answer:
            answer.get_data()
        found[name] = [len(count.statements), count.transactions]
    written = "{\n" + ",\n".join(f"  {json.dumps(name)}: {figures}" for name, figures in sorted(found.items())) + "\n}"
    wrong = [
        f"{name}: {found.get(name)} instead of {_BUDGET.get(name)}"
        for name in sorted(found.keys() | _BUDGET.keys())
        if found.get(name) != _BUDGET.get(name)
    ]
    assert not wrong, "\n".join([*wrong, f"{_FILE.name} would be:", written])


def test_the_budget_keeps_the_pages_that_are_read_most_cheap() -> None:
    for page, most in _MOST.items():
        figures = {name: one for name, one in _BUDGET.items() if name.partition(" ")[0] == page}
        assert all(statements <= most for statements, _ in figures.values()), figures


def test_a_page_is_read_in_one_transaction_beside_that_of_signing_in() -> None:
    assert {name for name, (_, transactions) in _BUDGET.items() if transactions > 2} == _WITH_MORE_TRANSACTIONS


def test_the_budget_has_every_route_that_is_read(hub: Hub) -> None:
    rules = {
        rule.rule
        for rule in hub.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(("health.", "static_files."))
    }
    assert {name.partition(" ")[0] for name in _BUDGET} == rules
