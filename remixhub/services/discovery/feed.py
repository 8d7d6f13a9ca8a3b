"""What is new from all that one follows, found when it is read: no row is written for a follower.

Of each follow the newest publication is a seek in an index. The newest few of these say how far back a page reaches, so
that it is filled from the few follows that are so new. Works that are gone, one's own, and of whom one blocks are left
out only then: a page may be shorter than asked for, but is never in another order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, aliased

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.states import FollowKind, Scope, WorkState
from remixhub.models import Account, Follow, Label, LabelRelease, SourceLink, TagFollow, Work, WorkFollow, WorkTag
from remixhub.models.dialect import is_sqlite
from remixhub.services.accounts.blocks import blocks
from remixhub.services.paging import Page, Position, checked
from remixhub.services.works.works import PUBLISHED

_BEYOND_ALL = 2**63 - 1
_STEPS = 4
"""In which a page looks for something to show; after that it is empty, and the next one goes on from there."""
_REASONS = 4
"""So many follows are looked at for a work that is shown: several may have the same as their newest."""
_LEAST = 50
"""Works looked at at once, so that a short page is not made in many steps where some are left out."""
_ME = sa.bindparam("account_id", type_=sa.String())
_BEFORE, _FLOOR = (sa.bindparam(name, type_=sa.BigInteger()) for name in ("before", "floor"))
_PAGE, _MOST = (sa.bindparam(name, type_=sa.Integer()) for name in ("page", "most"))
_KEYS: dict[FollowKind, Any] = {
    FollowKind.ARTIST: Follow.artist_id,
    FollowKind.LABEL: Follow.label_id,
    FollowKind.TAG: TagFollow.tag,
    FollowKind.WORK: WorkFollow.work_id,
}
_Wanted = Mapping[FollowKind, sa.ColumnElement[bool]]
"""That a follow of the kind is among those that are given."""


@dataclass(frozen=True)
class Reason:
    """The follow by which a work is there."""

    kind: FollowKind
    name: str
    key: str
    """Both as of `Followed`."""


@dataclass(frozen=True)
class Entry:
    work: Work
    reasons: Sequence[Reason]


def list_feed(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Entry]:
    """The newest publications first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return feed(session, account_id, after=after, limit=limit)


def feed(session: Session, account_id: str, *, after: Position | None, limit: int) -> Page[Entry]:
    """`list_feed` in the caller's transaction: four statements, whatever is followed, and a few times that where much
    is not seen by the account.
    """
    before = _BEYOND_ALL if after is None else checked(after, int)[0]
    for _ in range(_STEPS):
        reasons, floor = _found(session, account_id, before=before, page=max(limit, _LEAST))
        seqs = sorted(reasons, reverse=True)[:limit]
        works = {work.seq: work for work in session.scalars(_asked(session).works, {"seqs": seqs})}
        entries = [Entry(works[seq], reasons[seq]) for seq in seqs if seq in works]
        last = seqs[-1] if len(reasons) > limit else floor
        if entries or not last:
            return Page(entries, [last] if last else None)
        before = last
    return Page([], [before])


def _found(session: Session, account_id: str, *, before: int, page: int) -> tuple[Mapping[int, list[Reason]], int]:
    """What is newest before `before`, by `seq`, and the `seq` down to which that is all; 0 when there is no more."""
    bounds = {"account_id": account_id, "before": before}
    asked = _asked(session)
    most = _REASONS * page
    newest = [row for row in session.execute(asked.newest, {**bounds, "most": most}) if row.seq is not None]
    firsts = sorted({row.seq for row in newest}, reverse=True)
    floor = 0
    if len(firsts) > page:
        floor = firsts[page]
    elif len(newest) == most:  # further follows may have the last one's as their newest
        floor = min(firsts[-1] + 1, firsts[0])
    followed = _by_kind((row.kind, row.key) for row in newest if row.seq >= floor)
    floors = session.scalars(asked.floors, {**bounds, **followed, "page": page})
    floor = max(floor, *(one or 0 for one in floors), 0)
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for seq, kind, name, key in session.execute(asked.found, {**bounds, **followed, "floor": floor}):
        reasons[seq].append(Reason(FollowKind(kind), name, key))
    return reasons, floor


def _by_kind(follows: Collection[tuple[str, str]] | Any) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {kind.value: [] for kind in FollowKind}
    for kind, key in follows:
        keys[kind].append(key)
    return keys


@dataclass(frozen=True)
class _Statements:
    """Built once: building one takes longer than reading a page."""

    newest: sa.Select[Any]
    floors: sa.CompoundSelect[Any]
    found: sa.Select[Any]
    works: sa.Select[Any]

    @classmethod
    def built(cls, *, is_postgresql: bool) -> _Statements:
        def among(column: Any, name: str, type_: sa.types.TypeEngine[Any]) -> Any:
            # an array leaves the statement as it is, however many there are: PostgreSQL plans it once
            if is_postgresql:
                return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(type_)))
            return column.in_(sa.bindparam(name, expanding=True, type_=type_))

        wanted = {kind: among(key, kind.value, sa.String()) for kind, key in _KEYS.items()}
        works = PUBLISHED.where(among(Work.seq, "seqs", sa.BigInteger()))
        return cls(_newest(), _floors(wanted), _all_found(wanted), works)


def _publications(kind: FollowKind) -> tuple[Any, Any, Any]:
    """What is published of those that are followed: from which table, the column that says of whom, and `seq`."""
    match kind:
        case FollowKind.ARTIST:
            work = aliased(Work)
            return work, work.account_id, work.seq
        case FollowKind.LABEL:
            release = aliased(LabelRelease)
            return release, release.label_id, release.work_seq
        case FollowKind.TAG:
            tag = aliased(WorkTag)
            return tag, tag.tag, tag.work_seq
        case FollowKind.WORK:
            link = aliased(SourceLink)
            return link, link.source_id, link.derivative_seq


def _own(kind: FollowKind) -> sa.ColumnElement[bool]:
    return sa.and_(_KEYS[kind].class_.account_id == _ME, _KEYS[kind].is_not(None))


def _newest() -> sa.Select[Any]:
    """Kind, key and the newest `seq` of the follows where that is newest; null where nothing is published."""
    rows = []
    for kind, key in _KEYS.items():
        table, of, seq = _publications(kind)
        newest = sa.select(sa.func.max(seq)).select_from(table).where(of == key, seq < _BEFORE)
        columns = (sa.literal(kind.value).label("kind"), key.label("key"))
        rows.append(sa.select(*columns, newest.correlate(key.class_).scalar_subquery().label("seq")).where(_own(kind)))
    each = sa.union_all(*rows).subquery("each").c
    return sa.select(each.kind, each.key, each.seq).order_by(each.seq.desc().nulls_last()).limit(_MOST)


def _floors(wanted: _Wanted) -> sa.CompoundSelect[Any]:
    """The `seq` of the last that a page could show of each of the given follows: one may have published thousands."""
    rows = []
    for kind, key in _KEYS.items():
        table, of, seq = _publications(kind)
        last = sa.select(seq).select_from(table).where(of == key, seq < _BEFORE)
        last = last.order_by(seq.desc()).offset(_PAGE).limit(1).correlate(key.class_)
        rows.append(sa.select(last.scalar_subquery().label("seq")).where(_own(kind), wanted[kind]))
    return sa.union_all(*rows)


def _all_found(wanted: _Wanted) -> sa.Select[Any]:
    """`seq`, kind, name and key of all that is seen between the floor and `before`, of the given follows."""
    rows = []
    for kind, key in _KEYS.items():
        table, of, seq = _publications(kind)
        columns = (seq.label("seq"), sa.literal(kind.value).label("kind"), key.label("key"))
        query = sa.select(*columns).select_from(key.class_)
        query = query.join(table, sa.and_(of == key, seq >= _FLOOR, seq < _BEFORE))
        rows.append(query.where(_own(kind), wanted[kind]))
    union = sa.union_all(*rows).subquery("found")
    found = union.c
    is_seen = sa.and_(Work.state == WorkState.PUBLISHED, Work.account_id != _ME, ~blocks(_ME, Work.account_id))
    source = aliased(Work)
    name = sa.func.coalesce(Account.display_name, Label.name, source.title, found.key)
    return (
        sa.select(found.seq, found.kind, name, sa.func.coalesce(Account.handle, Label.handle, found.key))
        .select_from(union)
        .join(Work, sa.and_(Work.seq == found.seq, is_seen))
        .outerjoin(Account, sa.and_(found.kind == FollowKind.ARTIST.value, Account.id == found.key))
        .outerjoin(Label, sa.and_(found.kind == FollowKind.LABEL.value, Label.id == found.key))
        .outerjoin(source, sa.and_(found.kind == FollowKind.WORK.value, source.id == found.key))
    )


_POSTGRESQL, _SQLITE = _Statements.built(is_postgresql=True), _Statements.built(is_postgresql=False)


def _asked(session: Session) -> _Statements:
    return _SQLITE if is_sqlite(session) else _POSTGRESQL
