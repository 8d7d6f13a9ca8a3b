"""The projection is made anew from the database while the hub goes on, and is then what one made from nothing is."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import (
    Account,
    Label,
    SearchDeletion,
    SearchLicence,
    SearchName,
    SearchStem,
    SearchWord,
    SearchWork,
    Work,
)
from remixhub.services.discovery.search import indexing
from remixhub.services.discovery.search.text_index import TextIndex
from tests.unit.rows import Rows

_WORDS = "rain snow tide drum night echo 夜景 ёлка über lo-fi".split()


def index_all(parts: Parts, *, limit: int = 50) -> None:
    while True:
        with parts.database.writing() as session:
            if not indexing.index_changes(session, limit=limit):
                return


def projection(parts: Parts) -> dict[str, Any]:
    """All of it, but for numbers that say nothing."""
    with parts.database.reading() as session:
        classes = dict(session.execute(sa.select(SearchLicence.id, SearchLicence.licences)).all())
        works = {row.doc: row for row in session.scalars(sa.select(SearchWork))}
        stems = {row.doc: row for row in session.scalars(sa.select(SearchStem))}
        names = {row.doc: row for row in session.scalars(sa.select(SearchName))}

        def tokens(index: TextIndex, docs: Any) -> dict[int, list[str]]:
            return {doc: sorted(some) for doc, some in index.read(session, docs).items()}

        named = tokens(indexing.NAMES, names)
        return {
            "works": {doc: values(row, classes) for doc, row in works.items()},
            "stems": {doc: values(row, classes) for doc, row in stems.items()},
            "names": {(row.kind, row.subject_id): (row.weight, named[doc]) for doc, row in names.items()},
            "texts": (tokens(indexing.WORKS, works), tokens(indexing.STEMS, stems)),
            "words": {row.word: values(row, {}) for row in session.scalars(sa.select(SearchWord))},
            "deletions": sorted(session.execute(sa.select(SearchDeletion.form, SearchDeletion.word)).all()),
        }


def values(row: Any, classes: dict[int, str]) -> dict[str, Any]:
    columns = sa.inspect(type(row)).columns.keys()
    return {name: classes.get(row.licence_class) if name == "licence_class" else getattr(row, name) for name in columns}


class Life:
    """People go on: they publish, rename, withdraw, bring back, license anew and remix."""

    def __init__(self, parts: Parts, seed: int) -> None:
        self.rows, self.chance = Rows(parts.database), random.Random(seed)
        self.artists = [self.rows.account(f"artist-{n}") for n in range(3)]
        self.works: list[Work] = []
        self.sounds = [self.rows.original(f"sound {n}") for n in range(3)]
        for _ in range(12):
            self.publish()

    def publish(self) -> None:
        sources = self.chance.sample(self.works, k=min(len(self.works), self.chance.randint(0, 2)))
        licence = self.chance.choice([Licence.BY, Licence.CC0, Licence.BY_NC, Licence.BY_SA])
        sources = sorted(sources, key=lambda one: one.seq or 0)
        work = self.rows.work(self.chance.choice(self.artists), self.title(), sources, licence=licence)
        self.rows.pack(work, self.chance.sample(self.sounds, k=2), tempo_bpm=self.chance.choice([None, 90.0, 124.0]))
        self.works.append(work)

    def act(self) -> None:
        work = self.chance.choice(self.works)
        chosen = self.chance.randint(0, 6)
        if chosen == 0:
            self.publish()
        elif chosen == 1:
            self.rows.change(Work, Work.id == work.id, title=self.title(), tags=[self.chance.choice(_WORDS)])
        elif chosen == 2:
            self.rows.change(Work, Work.id == work.id, state=self.chance.choice([*WorkState][1:]))
        elif chosen == 3:
            artist = self.chance.choice(self.artists)
            self.rows.change(Account, Account.id == artist.id, display_name=self.title())
        elif chosen == 4:
            self.rows.change(Work, Work.id == work.id, licence=self.chance.choice([Licence.BY_ND, Licence.BY]))
        elif chosen == 5:
            self.rows.change(Work, Work.id == work.id, remix_count=Work.remix_count + self.chance.choice([1, 60]))
        else:
            self.rows.add(Label(handle=f"label-{self.chance.getrandbits(60)}", name=self.title()))

    def title(self) -> str:
        return " ".join(self.chance.sample(_WORDS, k=3))


def test_a_rebuild_while_people_go_on_ends_as_one_from_nothing(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job's batches come in between as well."""
    monkeypatch.setattr(indexing, "_BATCH", 5)
    life = Life(parts, 7)
    index_all(parts)
    faults: list[BaseException] = []

    def go_on() -> None:
        try:
            for number in range(50):
                life.act()
                if number % 4 == 0:
                    with parts.database.writing() as session:
                        indexing.index_changes(session, limit=5)
        except BaseException as exc:  # noqa: BLE001  told to the test
            faults.append(exc)

    people = threading.Thread(target=go_on)
    people.start()
    rebuilt = 0
    while people.is_alive() or not rebuilt:
        indexing.empty(parts)  # as if it had been lost
        for step in indexing.rebuild(parts):
            assert step.done <= step.of
        rebuilt += 1
    people.join()
    assert faults == []
    index_all(parts)
    after = projection(parts)
    indexing.empty(parts)
    assert projection(parts)["works"] == {}
    list(indexing.rebuild(parts))
    assert projection(parts) == after
    assert len(after["works"]) > 3


def test_a_projection_that_is_wrong_is_mended(parts: Parts) -> None:
    life = Life(parts, 8)
    index_all(parts)
    right = projection(parts)
    gone = life.rows.work(life.artists[0], "Gone")
    index_all(parts)
    with parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == gone.id).values(state=WorkState.WITHDRAWN))
        session.execute(sa.delete(indexing.SearchChange))  # lost, as no trigger loses them
        session.execute(sa.update(SearchWork).where(SearchWork.doc == 1).values(tempo_tenths=1, licence_class=99))
        session.execute(sa.update(SearchStem).where(SearchStem.doc == 2 * 4096).values(role=0))
    assert projection(parts) != right
    list(indexing.rebuild(parts))
    index_all(parts)
    assert projection(parts) == right
