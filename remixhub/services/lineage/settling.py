"""Counts over the lineage, kept by jobs: how many works came from each, which of them are the oldest and the newest.

Publishing only marks a work as uncounted, so that it costs the same below one ancestor and below two thousand. Works
are counted in the order of publication, which makes the uncounted ones a tail of all works by `seq`. All counting takes
the same lock first.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.jobs.lease import Lease
from remixhub.models import Counter, LinkEvent, ShortlistedDescendant, SourceLink, Work
from remixhub.models.upsert import insert
from remixhub.models.work_locks import hold_works
from remixhub.models.works import UNCOUNTED, UNTOLD
from remixhub.services.lineage import ancestry, influence, lately, telling
from remixhub.services.lineage.ancestry import SHORTLIST_FROM, SHORTLISTED

_BATCH = 20
_ACCOUNTS_A_STEP = 10
_LOCK = "lineage"
_IDS_A_QUERY = 5_000
_One = TypeVar("_One")


def settle_lineage(parts: Parts, lease: Lease) -> None:
    """A job. What it finds while committing includes all that was published before somebody else orders the next."""
    settled = _BATCH
    while settled == _BATCH:
        with parts.database.writing() as session:
            settled = settle(session, limit=_BATCH)
        lease.progress(50, "counting")
    while tell_rest(parts):
        lease.progress(50, "telling")
    while settle_rest(parts):
        lease.progress(50, "counting")
    with lease.committing() as session:
        _hold_unsettled(session)
        while settle(session, limit=_BATCH):
            pass
        while telling.tell_some(session):
            pass


def _hold_unsettled(session: Session) -> None:
    """All that the rest of the transaction writes, in one order."""
    _lock(session)
    ids = session.scalars(sa.select(Work.id).where(sa.or_(UNCOUNTED, UNTOLD))).all()
    hold_works(session, {*ids, *_gains(session, ids)})


def tell_rest(parts: Parts) -> bool:
    """A batch of those who are to be told of new remixes; whether there may be more."""
    with parts.database.writing() as session:
        return telling.tell_some(session)


def settle_rest(parts: Parts) -> bool:
    """A step of what may wait: accounts never counted, and the window of the charts; whether there is more."""
    with parts.database.writing() as session:
        _lock(session)
        accounts = influence.uncounted_accounts(session, limit=_ACCOUNTS_A_STEP)
        for account_id in accounts:
            influence.recount_reach(session, account_id, below_seq=_counted_below(session))
        return lately.move_window(session) or len(accounts) == _ACCOUNTS_A_STEP


def settle_link(parts: Parts, lease: Lease) -> None:
    """A job; its subject is the event of a link that was added to or removed from a published work."""
    with parts.database.reading() as session:
        event = session.get_one(LinkEvent, lease.subject_id)
        affected = [event.source_id, *session.scalars(sa.select(ancestry.ancestors([event.source_id]).c.id))]
    for number, work_id in enumerate(affected):
        with parts.database.writing() as session:
            recount(session, work_id)
        lease.progress(90 * number / len(affected), "counting")
    with parts.database.reading() as session:
        artists = sorted(set(influence.artists_of(session, affected).values()))
    for account_id in artists:
        with parts.database.writing() as session:
            recount_account(session, account_id)
        lease.progress(90, "counting")
    with lease.committing() as session:
        number_generations(session, [event.derivative_id])


def settle(session: Session, *, limit: int) -> int:
    """Counts the oldest `limit` uncounted works into all of their ancestors; how many there were."""
    _lock(session)
    works = session.execute(sa.select(Work.id, Work.seq).where(UNCOUNTED).order_by(Work.seq).limit(limit)).all()
    ids = [work.id for work in works]
    gains = _gains(session, ids)
    hold_works(session, {*ids, *gains})
    cited = session.execute(
        sa.select(SourceLink.source_id, SourceLink.derivative_seq).where(SourceLink.derivative_id.in_(ids))
    ).all()
    remixes = Tally(source_id for source_id, _ in cited)
    _add(session, {id: (len(seqs), remixes[id]) for id, seqs in gains.items()})
    influence.add_reach(session, gains, ((source_id, seq) for source_id, seq in cited if seq is not None))
    _extend_shortlists(session, gains)
    session.execute(sa.update(Work).where(Work.id.in_(ids)).values(is_uncounted=False))
    number_generations(session, ids)  # a source may have been renumbered while the work was being published
    return len(works)


def recount(session: Session, work_id: str) -> dict[str, tuple[int, int]]:
    """Counts one work from nothing, and lists its descendants anew; what was wrong, as (stored, right)."""
    _lock(session)
    columns = (Work.seq, Work.descendant_count, Work.remix_count, Work.recent_remix_count)
    work = session.execute(sa.select(*columns).where(Work.id == work_id)).one()
    counted, stored_after = _counted_below(session), lately.bounds(session).stored_after
    seqs = [seq for seq in ancestry.all_descendant_seqs(session, work.seq) if seq < counted]
    direct = sa.select(sa.func.count()).where(SourceLink.source_id == work_id, SourceLink.derivative_seq < counted)
    right = {
        "descendant_count": len(seqs),
        "remix_count": session.scalar(direct) or 0,
        "recent_remix_count": session.scalar(direct.where(SourceLink.derivative_seq > stored_after)) or 0,
    }
    session.execute(sa.update(Work).where(Work.id == work_id).values(**right))
    _shortlist(session, work.seq, seqs)
    return {name: (getattr(work, name), count) for name, count in right.items() if getattr(work, name) != count}


def recount_account(session: Session, account_id: str) -> influence.Reach:
    """Counts from nothing how far an account's works reached; what is right."""
    _lock(session)
    return influence.recount_reach(session, account_id, below_seq=_counted_below(session))


def number_generations(session: Session, work_ids: Sequence[str]) -> None:
    """Numbers the works and all of their descendants anew, as far as the numbers change."""
    _lock(session)
    changed = _renumber(session, work_ids)
    while changed:
        below = sa.select(SourceLink.derivative_id).where(SourceLink.derivative_seq.is_not(None)).distinct()
        waiting = [
            id
            for some in _batched(changed, _IDS_A_QUERY)
            for id in session.scalars(below.where(SourceLink.source_id.in_(some)))
        ]
        changed = [id for some in _batched(dict.fromkeys(waiting), _IDS_A_QUERY) for id in _renumber(session, some)]


def _renumber(session: Session, ids: Sequence[str]) -> list[str]:
    """Those of the works whose number was another, which is now right as far as their sources' are."""
    rows = session.execute(
        sa.select(SourceLink.derivative_id, sa.func.max(Work.generation) + 1)
        .join(Work, Work.id == SourceLink.source_id)
        .where(SourceLink.derivative_id.in_(ids))
        .group_by(SourceLink.derivative_id)
    )
    right = dict.fromkeys(ids, 0) | {row[0]: row[1] for row in rows}
    stored = session.execute(sa.select(Work.id, Work.generation).where(Work.id.in_(ids)))
    changed = sorted(id for id, generation in stored if generation != right[id])
    for id in changed:
        session.execute(sa.update(Work).where(Work.id == id).values(generation=right[id]))
    return changed


def _lock(session: Session) -> None:
    session.execute(sa.update(Counter).where(Counter.name == _LOCK).values(value=Counter.value + 1))


def _gains(session: Session, ids: Sequence[str]) -> dict[str, list[int]]:
    """The ancestors of the works, each with the works' `seq` that it gains, oldest first."""
    if not ids:
        return {}
    walk = (
        sa.select(SourceLink.derivative_seq.label("gained"), SourceLink.source_id.label("id"))
        .where(SourceLink.derivative_id.in_(ids))
        .cte("gains", recursive=True)
    )
    further = sa.select(walk.c.gained, SourceLink.source_id).join(walk, SourceLink.derivative_id == walk.c.id)
    gains: dict[str, list[int]] = defaultdict(list)
    for gained, id in session.execute(sa.select(walk.union(further)).order_by("gained")):
        gains[id].append(gained)
    return gains


def _add(session: Session, counts: dict[str, tuple[int, int]]) -> None:
    """In one order, so that two who lock several works never wait for each other."""
    statement = (
        sa.update(Work.__table__)  # type: ignore[arg-type]
        .where(Work.id == sa.bindparam("work_id"))
        .values(
            descendant_count=Work.descendant_count + sa.bindparam("descendants"),
            remix_count=Work.remix_count + sa.bindparam("remixes"),
            recent_remix_count=Work.recent_remix_count + sa.bindparam("remixes"),
        )
    )
    rows = [
        {"work_id": id, "descendants": descendants, "remixes": remixes}
        for id, (descendants, remixes) in sorted(counts.items())
    ]
    if rows:
        session.connection().execute(statement, rows)


def _extend_shortlists(session: Session, gains: dict[str, list[int]]) -> None:
    fresh, overgrown = [], []
    for work in _long_listed(session, sorted(gains)):
        gained = gains[work.id]
        before = work.descendant_count - len(gained)
        if before <= SHORTLIST_FROM:
            newest = max(seqs[-1] for seqs in gains.values())  # what is newer waits for its turn
            seqs = ancestry.all_descendant_seqs(session, work.seq)
            _shortlist(session, work.seq, [seq for seq in seqs if seq <= newest])
            continue
        fresh += [_row(work.seq, seq, is_newest=True) for seq in gained]
        if before // SHORTLISTED != work.descendant_count // SHORTLISTED:
            overgrown.append(work.seq)
    _insert(session, fresh)
    for work_seq in overgrown:
        _trim(session, work_seq)


def _long_listed(session: Session, ids: Sequence[str]) -> Iterator[Any]:
    for some in _batched(ids, _IDS_A_QUERY):
        yield from session.execute(
            sa.select(Work.id, Work.seq, Work.descendant_count).where(
                Work.id.in_(some), Work.descendant_count > SHORTLIST_FROM
            )
        )


def _counted_below(session: Session) -> int:
    """All works with a smaller `seq` are counted."""
    first = session.scalar(sa.select(sa.func.min(Work.seq)).where(UNCOUNTED))
    newest = session.scalar(sa.select(sa.func.max(Work.seq))) or 0
    return newest + 1 if first is None else first


def _shortlist(session: Session, work_seq: int, seqs: Sequence[int]) -> None:
    """Replaces the shortlist; `seqs` are all counted descendants, oldest first."""
    session.execute(sa.delete(ShortlistedDescendant).where(ShortlistedDescendant.work_seq == work_seq))
    if len(seqs) > SHORTLIST_FROM:
        _insert(session, [_row(work_seq, seq, is_newest=False) for seq in seqs[:SHORTLISTED]])
        _insert(session, [_row(work_seq, seq, is_newest=True) for seq in seqs[-SHORTLISTED:]])


def _trim(session: Session, work_seq: int) -> None:
    """Leaves the newest; called once in a while, so that the list never grows beyond twice its length."""
    newest = sa.and_(ShortlistedDescendant.work_seq == work_seq, ShortlistedDescendant.is_newest)
    last = (
        sa.select(ShortlistedDescendant.descendant_seq)
        .where(newest)
        .order_by(ShortlistedDescendant.descendant_seq.desc())
        .offset(SHORTLISTED - 1)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(sa.delete(ShortlistedDescendant).where(newest, ShortlistedDescendant.descendant_seq < last))


def _row(work_seq: int, descendant_seq: int, *, is_newest: bool) -> dict[str, Any]:
    return {"work_seq": work_seq, "is_newest": is_newest, "descendant_seq": descendant_seq}


def _insert(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    if listed := list(rows):
        session.execute(insert(session, ShortlistedDescendant).on_conflict_do_nothing(), listed)


def _batched(all: Iterable[_One], size: int) -> Iterator[list[_One]]:
    rest = iter(all)
    while batch := list(islice(rest, size)):
        yield batch
