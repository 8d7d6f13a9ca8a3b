"""Licences over the lineage: what a remix may stand under, and which source or ancestor rules a licence out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.licensing import HeldLicence, Licence, allowed_for_remix, default_for_remix, judge
from remixhub.models import SourceLink, Work
from remixhub.services.lineage import find_visible_work

_IDS_A_QUERY = 500


@dataclass(frozen=True)
class Allowed:
    for_work: frozenset[Licence]
    """What the work itself may stand under, as its sources are now declared; every licence for a release."""
    for_remixes: frozenset[Licence]
    """What a remix of the work may stand under; empty when it may not be remixed."""


def allowed_licences(actor: Actor, parts: Parts, work_id: str) -> Allowed:
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        own = allowed_for_remix(_held(session, declared_by(work)))
        onward = allowed_for_remix(_held(session, [HeldLicence(work.id, work.licence, (work.title,))]))
    return Allowed(own, onward)


def declared_by(work: Work) -> list[HeldLicence]:
    """The licences of the work's direct sources, as held when the links were declared."""
    return [HeldLicence(link.source_id, link.licence, (link.source.title,)) for link in work.sources]


def settle_licence(session: Session, wanted: Licence | None, declared: Sequence[HeldLicence]) -> Licence:
    """The licence of a remix of the `declared` sources, judged over them and all of their ancestors.

    Without a wish it is the strictest of the licences held. Raises LicenceConflict with the path to the culprit.
    """
    held = _held(session, declared)
    settled = wanted if wanted is not None else default_for_remix(held)
    if settled is None or settled not in allowed_for_remix(held):
        judge(wanted, _held_with_paths(session, declared, {one.licence for one in held}))
    assert settled is not None  # `judge` has raised otherwise
    return settled


def _held(session: Session, declared: Sequence[HeldLicence]) -> list[HeldLicence]:
    """The declared licences and each licence that occurs further up, without the way to it."""
    walk = (
        sa.select(SourceLink.source_seq.label("seq"), SourceLink.licence)
        .where(SourceLink.derivative_id.in_([one.work_id for one in declared]))
        .cte("held", recursive=True)
    )
    further = sa.select(SourceLink.source_seq, SourceLink.licence).join(walk, SourceLink.derivative_seq == walk.c.seq)
    licences = session.scalars(sa.select(walk.union(further).c.licence).distinct())
    return [*declared, *(HeldLicence("", licence, ()) for licence in licences)]


def _held_with_paths(session: Session, declared: Sequence[HeldLicence], licences: set[Licence]) -> list[HeldLicence]:
    """One nearest holder for each of the `licences`, and the path of titles to it; one query a generation."""
    nearest: dict[Licence, HeldLicence] = {}
    seen: set[str] = set()
    frontier = list(declared)
    while frontier:
        for one in frontier:
            nearest.setdefault(one.licence, one)
        if licences <= nearest.keys():
            break
        ways = {one.work_id: one for one in reversed(frontier) if one.work_id not in seen}
        seen |= ways.keys()
        frontier = _sources_of(session, ways)
    return list(nearest.values())


def _sources_of(session: Session, ways: dict[str, HeldLicence]) -> list[HeldLicence]:
    ids = list(ways)
    found = []
    for start in range(0, len(ids), _IDS_A_QUERY):
        rows = session.execute(
            sa.select(SourceLink.derivative_id, SourceLink.source_id, SourceLink.licence, Work.title)
            .join(Work, Work.id == SourceLink.source_id)
            .where(SourceLink.derivative_id.in_(ids[start : start + _IDS_A_QUERY]))
            .order_by(SourceLink.derivative_seq, SourceLink.position)
        )
        found += [HeldLicence(row.source_id, row.licence, (*ways[row.derivative_id].path, row.title)) for row in rows]
    return found
