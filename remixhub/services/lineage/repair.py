"""Finding and mending stored counts and generations that drifted from the links, which are the truth."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.models import SourceLink, Work
from remixhub.services.lineage.settling import number_generations, recount

_WORKS_A_STEP = 500


@dataclass(frozen=True)
class Drift:
    work_id: str
    field: str
    stored: int
    right: int


def find_drift(parts: Parts) -> Iterator[Drift]:
    """Walks up from every work, in the order of publication; keeps a few numbers for each in memory.

    While works are published meanwhile it may report what is about to be counted.
    """
    descendants: Tally[str] = Tally()
    remixes: Tally[str] = Tally()
    generations: dict[str, int] = {}
    with parts.database.reading() as session:
        for works in _in_steps(session):
            ids = [work.id for work in works]
            sources: dict[str, list[str]] = {id: [] for id in ids}
            counted = [work.id for work in works if not work.is_uncounted]
            for derivative_id, source_id in session.execute(_links_of(ids)):
                sources[derivative_id].append(source_id)
            for id in ids:
                generations[id] = max((generations[source] + 1 for source in sources[id]), default=0)
            remixes.update(source for id in counted for source in sources[id])
            descendants.update(session.scalars(_ancestors_of_each(counted)))
        for works in _in_steps(session):
            for work in works:
                yield from _drift(work, descendants[work.id], remixes[work.id], generations.get(work.id, 0))


def mend(parts: Parts, drift: Drift) -> None:
    """Counts anew, by itself and under the lock of all counting; right also when the report was stale."""
    with parts.database.writing() as session:
        if drift.field == "generation":
            number_generations(session, [drift.work_id])
        else:
            recount(session, drift.work_id)


def _in_steps(session: Session) -> Iterator[list[sa.Row[str, int | None, bool, int, int, int]]]:
    columns = (
        Work.id, Work.seq, Work.is_uncounted, Work.descendant_count, Work.remix_count, Work.generation,
    )  # fmt: skip
    last = 0
    while works := session.execute(
        sa.select(*columns).where(Work.seq > last).order_by(Work.seq).limit(_WORKS_A_STEP)
    ).all():
        yield list(works)
        last = works[-1].seq or 0


def _links_of(ids: list[str]) -> sa.Select[str, str]:
    return sa.select(SourceLink.derivative_id, SourceLink.source_id).where(SourceLink.derivative_id.in_(ids))


def _ancestors_of_each(ids: list[str]) -> sa.Select[str]:
    """An ancestor once for each of the works that it has below it."""
    walk = (
        sa.select(SourceLink.derivative_id.label("of"), SourceLink.source_id.label("id"))
        .where(SourceLink.derivative_id.in_(ids))
        .cte("walk", recursive=True)
    )
    further = sa.select(walk.c.of, SourceLink.source_id).join(walk, SourceLink.derivative_id == walk.c.id)
    return sa.select(walk.union(further).c.id)


def _drift(
    work: sa.Row[str, int | None, bool, int, int, int], descendants: int, remixes: int, generation: int
) -> Iterator[Drift]:
    right = {"descendant_count": descendants, "remix_count": remixes, "generation": generation}
    for field, value in right.items():
        if (stored := getattr(work, field)) != value:
            yield Drift(work.id, field, stored, value)
