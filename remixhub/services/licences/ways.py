"""The licences that bind a remix over its sources and all of their ancestors, and the ways to them.

What an ancestor cites from elsewhere binds as it was declared, or as its artist gave leave, which was declared as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.licences.grants import Held, permitted_by
from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.permissions import IN_FORCE
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.covered import Cover, Sources, held_over
from remixhub.domain.lineage.elsewhere import titled as titled_elsewhere
from remixhub.domain.lineage.foreign_addresses import is_node_id
from remixhub.domain.lineage.sites import site_of
from remixhub.models import ElsewhereSource, Permission, SourceLink, Work
from remixhub.services.lineage.ancestry import ancestor_seqs
from remixhub.services.lineage.permitted import permitted_above

_ELSEWHERE_BINDS = sa.func.coalesce(ElsewhereSource.leave_licence, ElsewhereSource.licence)


def _licences_above() -> sa.CompoundSelect[Licence | None, str | None]:
    """Each licence that the sources of the works `ids`, or of their ancestors, are held under; and each permission in
    force, whoever holds it, for one of them. To be built once.
    """
    walk = (
        sa.select(SourceLink.source_seq.label("seq"), SourceLink.licence)
        .where(SourceLink.derivative_id.in_(sa.bindparam("ids", expanding=True)))
        .cte("held", recursive=True)
    )
    further = sa.select(SourceLink.source_seq, SourceLink.licence).join(walk, SourceLink.derivative_seq == walk.c.seq)
    held = walk.union(further)
    permissions = sa.select(sa.cast(sa.null(), sa.String), Permission.id).where(
        Permission.state.in_(IN_FORCE), Permission.work_seq.in_(sa.select(held.c.seq))
    )
    elsewhere = sa.select(_ELSEWHERE_BINDS, sa.cast(sa.null(), sa.String)).where(
        sa.or_(
            ElsewhereSource.derivative_id.in_(sa.bindparam("ids", expanding=True)),
            ElsewhereSource.derivative_seq.in_(sa.select(held.c.seq)),
        ),
        sa.not_(ElsewhereSource.is_wanted),
    )
    works = sa.select(held.c.licence, sa.cast(sa.null(), sa.String)).distinct()
    return works.union_all(elsewhere.distinct(), permissions)


def _links_above() -> sa.CompoundSelect[Any]:
    """The links of the works `ids` and of their ancestors: to works here, then to sources elsewhere, by their nodes.
    To be built once.
    """
    above = sa.select(ancestor_seqs(sa.bindparam("ids", expanding=True)).c.seq)
    columns: tuple[Any, ...] = (SourceLink.derivative_id, SourceLink.source_id, SourceLink.licence)
    elsewhere: tuple[Any, ...] = (ElsewhereSource.derivative_id, ElsewhereSource.node_id, _ELSEWHERE_BINDS)
    both: list[sa.Select[Any]] = []
    tables: tuple[Any, ...] = (SourceLink, ElsewhereSource)
    for order, (cited, table) in enumerate(zip((columns, elsewhere), tables, strict=True)):
        own = table.derivative_id.in_(sa.bindparam("ids", expanding=True))
        places = (sa.literal(order).label("kind"), table.derivative_seq.label("seq"), table.position.label("position"))
        is_cited = () if table is SourceLink else (sa.not_(ElsewhereSource.is_wanted),)
        both.append(sa.select(*cited, *places).where(sa.or_(own, table.derivative_seq.in_(above)), *is_cited))
    return sa.union_all(*both).order_by("kind", "seq", "position")


_LICENCES_ABOVE, _LINKS_ABOVE = _licences_above(), _links_above()


def licences_over(session: Session, declared: Sequence[HeldLicence], held: Held) -> list[HeldLicence]:
    """The declared licences and each licence that occurs further up; without the way to it, unless permissions of
    works further up make it matter by which way it is reached.
    """
    rows = session.execute(_LICENCES_ABOVE, {"ids": [one.work_id for one in declared]}).all()
    if any(permission_id for _, permission_id in rows):
        return ways_over(session, declared, held)
    return [*declared, *(HeldLicence("", licence, ()) for licence, _ in rows if licence is not None)]


@dataclass(frozen=True)
class Above:
    """All that stands above some works, read once, so that many choices among them can be judged."""

    sources: Sources
    covers: Sequence[Cover]

    @classmethod
    def of(cls, session: Session, ids: Sequence[str]) -> Above:
        """Two queries."""
        covers = [Cover(one.derivative_id, one.work_id, one.licence) for one in permitted_above(session, ids)]
        return cls(_sources_above(session, ids), covers)

    def ways(self, declared: Sequence[HeldLicence], held: Held) -> list[HeldLicence]:
        """The nearest way to each work above under each licence by which it binds."""
        found = held_over(declared, self.sources, self.covers)
        return [dataclasses.replace(one, permitted=permitted_by(held.get(one.work_id, ()))) for one in found]


def ways_over(session: Session, declared: Sequence[HeldLicence], held: Held) -> list[HeldLicence]:
    """Of works that are judged once."""
    return Above.of(session, [one.work_id for one in declared]).ways(declared, held)


def for_each_licence(ways: Iterable[HeldLicence]) -> list[HeldLicence]:
    """One way for all works that bind alike, the nearest."""
    nearest: dict[object, HeldLicence] = {}
    for one in ways:
        nearest.setdefault((one.licence, one.others, one.permitted), one)
    return list(nearest.values())


def titled(session: Session, found: Sequence[HeldLicence]) -> list[HeldLicence]:
    """With the titles on the ways: those of direct sources are there already. What lies elsewhere is called as the work
    before it on the way calls it.
    """
    ids = {id for one in found for id in one.path_ids[1:]}
    titles = {row.id: row.title for row in session.execute(sa.select(Work.id, Work.title).where(Work.id.in_(ids)))}
    named = _titles_elsewhere(session, {one.path_ids[-2:] for one in found if len(one.path_ids) > 1})
    return [
        dataclasses.replace(
            one, path=(one.path[0], *(titles.get(id) or named[before, id] for before, id in pairwise(one.path_ids)))
        )
        for one in found
    ]


def _titles_elsewhere(session: Session, pairs: Iterable[tuple[str, ...]]) -> dict[tuple[str, str], str]:
    """Of nodes by the works that cite them; no statement where all of the `pairs` are of works here."""
    asked = [pair for pair in pairs if is_node_id(pair[-1])]
    if not asked:
        return {}
    columns: tuple[Any, ...] = (ElsewhereSource.derivative_id, ElsewhereSource.node_id)
    rows = session.execute(
        sa.select(*columns, ElsewhereSource.title, ElsewhereSource.address).where(sa.tuple_(*columns).in_(asked))
    )
    return {(row.derivative_id, row.node_id): titled_elsewhere(row.title, site_of(row.address)) for row in rows}


def _sources_above(session: Session, ids: Sequence[str]) -> dict[str, list[tuple[str, Licence]]]:
    """Of the works `ids` and of all their ancestors: the sources, with their licences as held."""
    sources: dict[str, list[tuple[str, Licence]]] = {}
    for derivative_id, source_id, licence, *_ in session.execute(_LINKS_ABOVE, {"ids": list(ids)}):
        sources.setdefault(derivative_id, []).append((source_id, licence))
    return sources
