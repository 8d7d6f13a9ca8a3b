"""What jobs count and indexes hold, against a plain recount after every step of random lives of a catalogue."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM, VISITOR
from remixhub.domain.states import JobKind, LinkAct, WorkKind, WorkState
from remixhub.jobs.table import add_job
from remixhub.models import Account, LinkEvent, SourceLink, Work, now
from remixhub.services.lineage import charts, influence, lately, settling
from remixhub.services.lineage.charts import Window
from remixhub.services.lineage.repair import find_drift, mend
from remixhub.services.works import works
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue

ARTISTS = ("ada", "ben", "cleo", "dan")
TAGS = ("dub", "night", "\u00e9t\u00e9", "deep house")


class Life:
    def __init__(self, hub: Hub, seed: int) -> None:
        self.hub, self.catalogue, self.chance = hub, Catalogue(hub.parts), random.Random(seed)
        self.ids: list[str] = []
        self.old = 0

    def publish(self) -> None:
        cited = self.chance.sample(self.ids, min(len(self.ids), self.chance.choice([0, 1, 1, 2, 3])))
        work_id = self.catalogue.draft("Work", cited, by=self.chance.choice(ARTISTS))
        self.tag(work_id)
        self.catalogue.publish(work_id)
        self.ids.append(work_id)

    def tag(self, work_id: str | None = None) -> None:
        with self.hub.parts.database.writing() as session:
            work = session.get_one(Work, work_id or self.chance.choice(self.ids))
            work.tags = self.chance.sample(TAGS, self.chance.randrange(2))

    def withdraw(self) -> None:
        self.catalogue.set_state(self.chance.choice(self.ids), WorkState.WITHDRAWN)

    def grow_old(self) -> None:
        self.old = self.chance.randrange(self.old, len(self.ids) + 1)
        with self.hub.parts.database.writing() as session:
            older = sa.update(Work).where(Work.id.in_(self.ids[: self.old]))
            session.execute(older.values(published_at=now(-31 * 86_400)))

    def change_link(self) -> None:
        """Takes one away, or adds one to an older work."""
        number = self.chance.randrange(1, len(self.ids))
        derivative_id, source_id = self.ids[number], self.ids[self.chance.randrange(number)]
        with self.hub.parts.database.writing() as session:
            link, derivative, source = (
                session.get(SourceLink, (derivative_id, source_id)), session.get_one(Work, derivative_id),
                session.get_one(Work, source_id),
            )  # fmt: skip
            if link is not None:
                session.delete(link)
            else:
                session.add(
                    SourceLink(
                        derivative_id=derivative_id, derivative_seq=derivative.seq, source_id=source_id,
                        source_seq=source.seq, position=9, licence=source.licence,
                    )
                )  # fmt: skip
            event = LinkEvent(
                derivative_id=derivative_id, source_id=source_id, act=LinkAct.ADDED, account_id=derivative.account_id
            )
            session.add(event)
            session.flush()
            add_job(session, SYSTEM, JobKind.SETTLE_LINK, event.id, max_attempts=5)
        self.hub.drain()

    def settle_some(self) -> None:
        with self.hub.parts.database.writing() as session:
            settling.settle(session, limit=self.chance.choice([1, 2]))

    def step(self) -> None:
        acts = (self.publish, self.publish, self.publish, self.tag, self.withdraw, self.grow_old, self.settle_some)
        act = self.chance.choice(acts if len(self.ids) < 3 else (*acts, self.change_link))
        if self.ids or act == self.publish:
            act()


@pytest.mark.parametrize("seed", range(2))
def test_stored_answers_agree_with_a_recount_after_every_step(
    hub: Hub, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lately, "_WORKS_A_STEP", 2)
    monkeypatch.setattr(settling, "_ACCOUNTS_A_STEP", 1)
    life = Life(hub, seed)
    for _ in range(16):
        life.step()
        assert charted(life, Window.MONTH) == recharted(hub, Window.MONTH)  # also what no job has counted yet
        assert tagged(life) == retagged(hub)
        if life.chance.random() < 0.4:
            hub.drain()
            assert charted(life, Window.ALL) == recharted(hub, Window.ALL)
            assert reached(hub) == walked(hub)
            assert list(find_drift(hub.parts)) == []
            with hub.parts.database.reading() as session:
                assert influence.uncounted_accounts(session, limit=9) == []


def test_drift_of_charts_and_of_accounts_is_found_and_mended(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    root = catalogue.work("Root", by="ada")
    catalogue.work("Remix", [root], by="ben")
    hub.drain()
    assert list(find_drift(hub.parts)) == []
    ada = catalogue.account("ada")
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == root).values(recent_remix_count=4))
        wrong = {"descendants": 3, "remixers": 0, "works": 2}
        session.execute(sa.update(influence.AccountReach).where(influence.AccountReach.account_id == ada).values(wrong))
    found = list(find_drift(hub.parts))
    assert {(one.id, one.field, one.stored, one.right) for one in found} == {
        (root, "recent_remix_count", 4, 1), (ada, "descendants", 3, 1), (ada, "remixers", 0, 1), (ada, "works", 2, 1),
    }  # fmt: skip
    for one in found:
        mend(hub.parts, one)
    assert list(find_drift(hub.parts)) == []


def charted(life: Life, window: Window) -> list[tuple[str, int]]:
    found, after = [], None
    while True:
        page = charts.list_most_remixed(
            VISITOR, life.hub.parts, window, after=after, limit=life.chance.choice([1, 2, 3, 50])
        )
        found += [(one.node.id, one.remixes) for one in page.rows]
        after = page.next_position
        if after is None:
            return found


def recharted(hub: Hub, window: Window) -> list[tuple[str, int]]:
    """From the links alone."""
    all = {work.id: work for work in hub.rows(Work)}
    with hub.parts.database.reading() as session:
        since = session.execute(sa.select(now(-30 * 86_400))).scalar_one()
    fresh = {
        id for id, work in all.items() if window is Window.ALL or (work.published_at and work.published_at >= since)
    }
    remixes = Counter(link.source_id for link in hub.rows(SourceLink) if link.derivative_id in fresh)
    shown = [work for work in all.values() if work.state is WorkState.PUBLISHED and remixes[work.id]]
    return [(work.id, remixes[work.id]) for work in sorted(shown, key=lambda one: (-remixes[one.id], one.seq))]


def tagged(life: Life) -> dict[Any, list[str]]:
    return {
        (tag, kind): [work.id for work in works.list_published(
            VISITOR, life.hub.parts, kind=kind, tag=tag, limit=100, after=None
        ).rows]
        for tag in TAGS for kind in (None, *WorkKind)
    }  # fmt: skip


def retagged(hub: Hub) -> dict[Any, list[str]]:
    shown = sorted((w for w in hub.rows(Work) if w.state is WorkState.PUBLISHED), key=lambda w: -(w.seq or 0))
    return {
        (tag, kind): [work.id for work in shown if tag in work.tags and kind in (None, work.kind)]
        for tag in TAGS for kind in (None, *WorkKind)
    }  # fmt: skip


def reached(hub: Hub) -> dict[str, tuple[int, ...]]:
    accounts = {work.account_id: work.account.handle for work in hub.rows(Work)}
    answers = {id: influence.get_influence(VISITOR, hub.parts, handle) for id, handle in accounts.items()}
    return {id: (one.works, one.remixes_by_others, one.remixers, one.descendants, one.descendants_by_others)
            for id, one in answers.items()}  # fmt: skip


def walked(hub: Hub) -> dict[str, tuple[int, ...]]:
    """From the links alone, by sets."""
    all = {work.id: work for work in hub.rows(Work) if work.seq is not None}
    up: dict[str, set[str]] = {id: set() for id in all}
    for link in hub.rows(SourceLink):
        up[link.derivative_id].add(link.source_id)

    def above(id: str) -> set[str]:
        return up[id].union(*(above(one) for one in up[id]))

    found = {}
    for account in hub.rows(Account):
        own = {id for id, work in all.items() if work.account_id == account.id}
        direct = {id for id in all if up[id] & own} - own
        below = {id for id in all if above(id) & own}
        if own:
            remixers = {all[id].account_id for id in direct}
            found[account.id] = (len(own), len(direct), len(remixers), len(below), len(below - own))
    return found
