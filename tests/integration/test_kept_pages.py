"""Pages that are kept ready: none is ever another one than would be made, whatever was written in between."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from remixhub.domain.states import WorkState
from remixhub.models import Account, Work
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.test_statements import counting

_CLOCK = re.compile(rb'"now":"[^"]*"')


@pytest.fixture
def kept(hub: Hub, kept_house: None) -> Hub:
    """The hub, but for a minute of keeping: only what is written can end it."""
    settings = replace(hub.parts.settings, keep_pages_seconds=60)
    hub.app.extensions["remixhub"] = parts = replace(hub.parts, settings=settings)
    parts.house.now()
    return Hub(hub.app, parts)


def bodies(hub: Hub, addresses: list[str], seconds: int) -> list[bytes]:
    hub.app.extensions["remixhub"] = replace(
        hub.parts, settings=replace(hub.parts.settings, keep_pages_seconds=seconds)
    )
    asked = [hub.app.test_client().get(address) for address in addresses]
    hub.app.extensions["remixhub"] = hub.parts
    return [_CLOCK.sub(b"", answer.data) for answer in asked]


@pytest.mark.parametrize("seed", range(2))
def test_a_kept_page_is_what_would_be_made_whatever_was_written(kept: Hub, seed: int) -> None:
    chance, catalogue, visitor = random.Random(seed), Catalogue(kept.parts), kept.app.test_client()
    works = [catalogue.work("First", by="ada")]

    def publish() -> None:
        works.append(catalogue.work("More", [chance.choice(works)], by=chance.choice(["ada", "ben"])))

    def rename() -> None:
        with kept.parts.database.writing() as session:
            session.execute(sa.update(Work).where(Work.id == chance.choice(works)).values(title=str(chance.random())))

    def introduce() -> None:
        with kept.parts.database.writing() as session:
            session.execute(sa.update(Account).values(bio=str(chance.random())))

    def withdraw() -> None:
        catalogue.set_state(chance.choice(works), WorkState.WITHDRAWN)

    def give_up_an_edit() -> None:
        with kept.parts.database.writing() as session:
            session.execute(sa.update(Work).values(title="Never"))
            session.rollback()

    tags: dict[str, tuple[str, bytes]] = {}
    for _ in range(12):
        chance.choice([publish, rename, introduce, withdraw, give_up_an_edit, kept.drain])()
        addresses = ["/", "/@ada", "/charts", "/api/v1/works", "/api/v1/accounts/ada/influence"]
        for id in works[-2:]:
            addresses += [f"/works/{id}", f"/works/{id}/lineage", f"/api/v1/works/{id}/lineage"]
        fresh = bodies(kept, addresses, 0)
        for address, body in zip(addresses, fresh, strict=True):
            for _ in range(2):
                had = tags.get(address, ("", b""))
                answer = visitor.get(address, headers={"If-None-Match": had[0]} if had[0] else {})
                shown = had[1] if answer.status_code == 304 else _CLOCK.sub(b"", answer.data)
                assert shown == body, address
                tags[address] = answer.headers["ETag"], body


def test_what_is_kept_takes_no_statement_and_goes_with_the_next_commit(kept: Hub) -> None:
    work, visitor = Catalogue(kept.parts).work("First"), kept.app.test_client()

    def statements(headers: dict[str, str] | None = None, address: str = f"/works/{work}") -> int:
        with counting(kept.parts.database.engine) as count:
            assert visitor.get(address, headers=headers).status_code in (200, 304)
        return sum("pg_current_snapshot" not in one for one in count.statements)

    made = statements()
    assert made > 2
    assert statements() == 0
    tag = visitor.get(f"/works/{work}").headers["ETag"]
    assert statements({"If-None-Match": tag}) == 0
    assert visitor.get(f"/works/{work}", headers={"If-None-Match": tag}).status_code == 304
    assert statements({"Accept-Encoding": "gzip"}) == made, "other words, another answer"
    assert statements({"HX-Request": "true", "HX-Boosted": "true"}) == made
    visitor.set_cookie("remixhub_session", "somebody")
    assert statements() >= made, "who says who they are gets nothing kept"
    visitor.delete_cookie("remixhub_session")
    assert statements() == 0
    with kept.parts.database.writing() as session:
        session.execute(sa.update(Account).values(bio="A word that this page does not show."))
    assert statements() == made
    first, second = (visitor.get(f"/works/{work}") for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    same = {name: value for name, value in first.headers if name != "X-Request-Id"}
    assert same == {name: value for name, value in second.headers if name != "X-Request-Id"}


def test_nothing_is_kept_for_longer_than_is_set(kept: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from remixhub.edge import kept_pages

    Catalogue(kept.parts).work("First")
    visitor, later = kept.app.test_client(), kept_pages.time.monotonic() + 61
    visitor.get("/charts")
    monkeypatch.setattr(kept_pages.time, "monotonic", lambda: later)
    with counting(kept.parts.database.engine) as count:
        visitor.get("/charts")
    assert [one for one in count.statements if "pg_current_snapshot" not in one]
