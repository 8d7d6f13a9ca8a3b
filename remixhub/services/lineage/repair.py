"""Finding and mending stored counts and generations that drifted from the links, which are the truth."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.models import AccountReach, SourceLink, Work
from remixhub.services.lineage import lately
from remixhub.services.lineage.influence import REACH_COLUMNS, Reach
from remixhub.services.lineage.settling import number_generations, recount, recount_account

_WORKS_A_STEP = 500
_OF_ACCOUNTS = {field.name for field in fields(Reach)}


@dataclass(frozen=True)
class Drift:
    id: str
    """Of a work; of an account, where the field is one of `Reach`."""
    field: str
    stored: int
    right: int


def find_drift(parts: Parts) -> Iterator[Drift]:
    """Walks up from every work, in the order of publication; keeps a few numbers for each in memory.

    While works are published meanwhile it may report what is about to be counted.
    """
    descendants: Tally[str] = Tally()
    remixes: Tally[str] = Tally()
    recent: Tally[str] = Tally()
    generations: dict[str, int] = {}
    reached = _Reached()
    with parts.database.reading() as session:
        stored_after = lately.bounds(session).stored_after
        for works in _in_steps(session):
            ids = [work.id for work in works]
            sources: dict[str, list[str]] = {id: [] for id in ids}
            counted = [work.id for work in works if not work.is_uncounted]
            for derivative_id, source_id in session.execute(_links_of(ids)):
                sources[derivative_id].append(source_id)
            for id in ids:
                generations[id] = max((generations[source] + 1 for source in sources[id]), default=0)
            remixes.update(source for id in counted for source in sources[id])
            late = {work.id for work in works if (work.seq or 0) > stored_after}
            recent.update(source for id in counted if id in late for source in sources[id])
            above: dict[str, list[str]] = {id: [] for id in counted}
            for id, ancestor_id in session.execute(_ancestors_of_each(counted)):
                above[id].append(ancestor_id)
                descendants[ancestor_id] += 1
            for work in works:
                reached.add(work.id, work.account_id, sources[work.id], above.get(work.id))
        for works in _in_steps(session):
            for work in works:
                right = {
                    "descendant_count": descendants[work.id],
                    "remix_count": remixes[work.id],
                    "recent_remix_count": recent[work.id],
                    "generation": generations.get(work.id, 0),
                }
                yield from _drift(work.id, work, right)
        yield from reached.drift(session)


class _Reached:
    """Of every account, added up work by work in the order of publication."""

    def __init__(self) -> None:
        self._artists: dict[str, str] = {}
        self._works: Tally[str] = Tally()
        self._remixes: Tally[str] = Tally()
        self._remixers: dict[str, set[str]] = defaultdict(set)
        self._below: Tally[str] = Tally()
        self._below_by_others: Tally[str] = Tally()

    def add(self, work_id: str, artist: str, sources: list[str], above: list[str] | None) -> None:
        """`above` are all of its ancestors, None while it is not counted."""
        self._artists[work_id] = artist
        self._works[artist] += 1
        if above is None:
            return
        cited = {self._artists[source] for source in sources} - {artist}
        self._remixes.update(cited)
        for one in cited:
            self._remixers[one].add(artist)
        reached = {self._artists[one] for one in above}
        self._below.update(reached)
        self._below_by_others.update(reached - {artist})

    def drift(self, session: Session) -> Iterator[Drift]:
        """Of those that were counted."""
        counted = sa.select(AccountReach.account_id, *REACH_COLUMNS).where(AccountReach.is_uncounted.is_(False))
        for row in session.execute(counted.order_by(AccountReach.account_id)):
            yield from _drift(row.account_id, row, asdict(self._right(row.account_id)))

    def _right(self, account_id: str) -> Reach:
        return Reach(
            self._works[account_id], self._remixes[account_id], len(self._remixers[account_id]),
            self._below[account_id], self._below_by_others[account_id],
        )  # fmt: skip


def mend(parts: Parts, drift: Drift) -> None:
    """Counts anew, by itself and under the lock of all counting; right also when the report was stale."""
    with parts.database.writing() as session:
        if drift.field == "generation":
            number_generations(session, [drift.id])
        elif drift.field in _OF_ACCOUNTS:
            recount_account(session, drift.id)
        else:
            recount(session, drift.id)


def _in_steps(session: Session) -> Iterator[list[sa.Row[*tuple[Any, ...]]]]:
    columns = (
        Work.id, Work.account_id, Work.seq, Work.is_uncounted, Work.descendant_count, Work.remix_count,
        Work.recent_remix_count, Work.generation,
    )  # fmt: skip
    last = 0
    while works := session.execute(
        sa.select(*columns).where(Work.seq > last).order_by(Work.seq).limit(_WORKS_A_STEP)
    ).all():
        yield list(works)
        last = works[-1].seq or 0


def _links_of(ids: list[str]) -> sa.Select[str, str]:
    return sa.select(SourceLink.derivative_id, SourceLink.source_id).where(SourceLink.derivative_id.in_(ids))


def _ancestors_of_each(ids: list[str]) -> sa.Select[str, str]:
    """Each of the works with each of its ancestors."""
    walk = (
        sa.select(SourceLink.derivative_id.label("of"), SourceLink.source_id.label("id"))
        .where(SourceLink.derivative_id.in_(ids))
        .cte("walk", recursive=True)
    )
    further = sa.select(walk.c.of, SourceLink.source_id).join(walk, SourceLink.derivative_id == walk.c.id)
    found = walk.union(further)
    return sa.select(found.c.of, found.c.id)


def _drift(id: str, stored: sa.Row[*tuple[Any, ...]], right: Mapping[str, int]) -> Iterator[Drift]:
    for field, value in right.items():
        if (kept := getattr(stored, field)) != value:
            yield Drift(id, field, kept, value)
