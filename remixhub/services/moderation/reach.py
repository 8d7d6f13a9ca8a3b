"""How far a takedown of a work would reach: shown before anything is done, and nothing is done here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_operator
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.moderation import ReachKind
from remixhub.domain.states import StemPackState
from remixhub.models import ContestEntry, Mix, Mixdown, MixDraft, Receipt, SourceLink, Stem, StemPack, Work
from remixhub.services.access import find_visible_work

_GENERATIONS_LIMIT = 100


@dataclass(frozen=True)
class Reached:
    """A work with the way to it: the taken work first, the reached one last."""

    work: Work
    path: Sequence[Work]

    @property
    def generation(self) -> int:
        return len(self.path) - 1


@dataclass(frozen=True)
class Affected:
    kind: ReachKind
    count: int
    """Of all, also of those beyond the listed."""
    accounts_count: int | None = None
    """People concerned; None where they are its artist alone, or too many to count."""
    works: Sequence[Reached] = ()


@dataclass(frozen=True)
class Reach:
    work: Work
    affected: Sequence[Affected]


def get_reach(actor: Actor, parts: Parts, work_id: str, *, limit: int) -> Reach:
    """At most `limit` works of a kind, nearest first, tombstones included. For moderators."""
    require_operator(actor)
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        ways, is_complete = _walk(session, work_id, limit)
        works = {work.id: work} | _works(session, list(ways))
        reached = {id: Reached(works[id], [works[step] for step in _way_to(ways, id)]) for id in ways}
        descendants = Affected(
            ReachKind.DESCENDANTS,
            len(ways) if is_complete else max(work.descendant_count, len(ways)),
            len({one.work.account_id for one in reached.values()}) if is_complete else None,
            list(reached.values()),
        )
        return Reach(work, [descendants, _mixdown_remixes(session, work, reached, limit), *_rest(session, work_id)])


def owners_downstream(session: Session, work_ids: Sequence[str]) -> set[str]:
    """The accounts of every descendant of the works, however many generations away."""
    walk = _downstream(work_ids)
    return set(session.scalars(sa.select(Work.account_id).join(walk, walk.c.id == Work.id).distinct()))


def mix_makers(session: Session, work_ids: Sequence[str]) -> set[str]:
    """The accounts that keep mixes of the works' stems or work on some, published or not."""
    packs = sa.select(StemPack.id).where(StemPack.work_id.in_(work_ids), StemPack.state == StemPackState.FROZEN)
    made = (
        sa.select(Mix.account_id)
        .join(Mixdown, Mixdown.digest == Mix.mixdown_digest)
        .where(Mixdown.stem_pack_id.in_(packs))
    )
    drafted = sa.select(MixDraft.account_id).where(MixDraft.stem_pack_id.in_(packs))
    return set(session.scalars(made.union(drafted)))


def _downstream(work_ids: Sequence[str]) -> sa.CTE:
    """Every descendant of the works, by `id`."""
    walk = (
        sa.select(SourceLink.derivative_id.label("id"))
        .where(SourceLink.source_id.in_(work_ids), SourceLink.derivative_seq.is_not(None))
        .cte("downstream", recursive=True)
    )
    return walk.union(
        sa.select(SourceLink.derivative_id)
        .join(walk, SourceLink.source_id == walk.c.id)
        .where(SourceLink.derivative_seq.is_not(None))
    )


def _walk(session: Session, work_id: str, limit: int) -> tuple[dict[str, str], bool]:
    """Each descendant with the source that led to it, and whether these are all. One query a generation."""
    ways: dict[str, str] = {}
    frontier = [work_id]
    for _ in range(_GENERATIONS_LIMIT):
        rows = session.execute(
            sa.select(SourceLink.derivative_id, sa.func.min(SourceLink.source_id))
            .where(SourceLink.source_id.in_(frontier), SourceLink.derivative_seq.is_not(None))
            .group_by(SourceLink.derivative_id, SourceLink.derivative_seq)
            .order_by(SourceLink.derivative_seq)
            .limit(limit + 1 + len(ways))
        )
        fresh = {derivative: source for derivative, source in rows if derivative not in ways}
        ways |= fresh
        frontier = list(fresh)
        if not frontier:
            return ways, True
        if len(ways) > limit:
            break
    return dict(list(ways.items())[:limit]), False


def _way_to(ways: dict[str, str], work_id: str) -> list[str]:
    way = [work_id]
    while way[-1] in ways:
        way.append(ways[way[-1]])
    return way[::-1]


def _works(session: Session, ids: Sequence[str]) -> dict[str, Work]:
    return {work.id: work for work in session.scalars(sa.select(Work).where(Work.id.in_(ids)))}


def _packs(work_id: str) -> sa.Select[str]:
    return sa.select(StemPack.id).where(StemPack.work_id == work_id, StemPack.state == StemPackState.FROZEN)


def _mixdown_remixes(session: Session, work: Work, reached: dict[str, Reached], limit: int) -> Affected:
    """They cite the work directly, as publishing a mix asks for."""
    made = (
        sa.select(Work)
        .join(Mixdown, Mixdown.digest == Work.mixdown_digest)
        .where(Mixdown.stem_pack_id.in_(_packs(work.id)), Work.seq.is_not(None), Work.id != work.id)
    )
    numbers = made.with_only_columns(sa.func.count(), sa.func.count(Work.account_id.distinct()))
    count, accounts_count = session.execute(numbers).one()
    shown = session.scalars(made.order_by(Work.seq).limit(limit)).all()
    works = [reached.get(one.id) or Reached(one, [work, one]) for one in shown]
    return Affected(ReachKind.MIXDOWN_REMIXES, count, accounts_count, works)


def _rest(session: Session, work_id: str) -> list[Affected]:
    packs = _packs(work_id)
    concerned = sa.or_(
        ContestEntry.work_id == work_id, ContestEntry.work_id.in_(sa.select(_downstream([work_id]).c.id))
    )
    entries, entrants = session.execute(
        sa.select(sa.func.count(), sa.func.count(ContestEntry.account_id.distinct())).where(
            concerned, ContestEntry.state == EntryState.COUNTED
        )
    ).one()
    downloads, takers = session.execute(
        sa.select(sa.func.count(), sa.func.count(Receipt.account_id.distinct())).where(Receipt.stem_pack_id.in_(packs))
    ).one()
    mixes, makers = session.execute(
        sa.select(sa.func.count(), sa.func.count(Mix.account_id.distinct()))
        .join(Mixdown, Mixdown.digest == Mix.mixdown_digest)
        .where(Mixdown.stem_pack_id.in_(packs))
    ).one()
    stems = session.scalar(sa.select(sa.func.count()).select_from(Stem).where(Stem.stem_pack_id.in_(packs)))
    archives = session.scalar(sa.select(sa.func.count()).select_from(packs.subquery()))
    return [
        Affected(ReachKind.MIXES, mixes, makers),
        Affected(ReachKind.STEMS, stems or 0),
        Affected(ReachKind.ARCHIVES, archives or 0),
        Affected(ReachKind.ENTRIES, entries, entrants),
        Affected(ReachKind.DOWNLOADS, downloads, takers),
    ]
