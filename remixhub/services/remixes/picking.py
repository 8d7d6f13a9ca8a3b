"""Works that a draft may name as sources: what one took, what one mixed, and what is found by title or artist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_see_work
from remixhub.domain.states import WorkState
from remixhub.models import Account, Mix, Mixdown, Receipt, StemPack, Work
from remixhub.services.remixes.asking import find_own_draft
from remixhub.services.remixes.outlooks import Outlook, outlooks
from remixhub.services.remixes.wishes import wishes_of

_FOUND_LIMIT = 12
_HELD_LIMIT = 8
_ID = re.compile(r"[0-9a-f]{32}")


class Why(StrEnum):
    """A work is offered as a source."""

    TAKEN = "taken"
    MIXED = "mixed"
    FOUND = "found"


@dataclass(frozen=True)
class Candidate:
    source: Work
    why: Why
    outlook: Outlook
    is_named: bool
    """Among the sources already, wanted, or left out."""


@dataclass(frozen=True)
class Shelf:
    """What a search has brought, or without one what lies at hand."""

    draft: Work
    asked: str
    candidates: Sequence[Candidate]
    is_cut: bool
    """There is more than is shown."""


@dataclass(frozen=True)
class _Named:
    source: Work
    source_id: str
    stems: Sequence[str] = ()


def view_shelf(actor: Actor, parts: Parts, work_id: str, asked: str) -> Shelf:
    """`asked` is a title, an artist, an id or the address of a page; empty for one's downloads and mixes.

    Raises what `find_own_draft` raises.
    """
    with parts.database.reading() as session:
        draft = find_own_draft(session, actor, work_id)
        assert actor.account_id is not None
        if asked:
            rows = _found(session, actor, asked)
            offered = [(work, Why.FOUND) for work in rows[:_FOUND_LIMIT]]
            is_cut = len(rows) > _FOUND_LIMIT
        else:
            mixed = [(work, Why.MIXED) for work in _mixed(session, actor.account_id)]
            taken = [(work, Why.TAKEN) for work in _taken(session, actor.account_id)]
            offered, is_cut = [*mixed, *taken], False
        once: dict[str, tuple[Work, Why]] = {}
        for work, why in offered:
            once.setdefault(work.id, (work, why))
        named = {link.source_id for link in draft.sources} | {one.source_id for one in wishes_of(session, draft.id)}
        looks = outlooks(session, actor, draft, [_Named(work, work.id) for work, _ in once.values()], explained=False)
        candidates = [Candidate(work, why, looks[work.id], work.id in named) for work, why in once.values()]
        return Shelf(draft, asked, candidates, is_cut)


def _taken(session: Session, account_id: str) -> list[Work]:
    """Newest first; by its own copies of them an account may use withdrawn works too."""
    newest = sa.func.max(Receipt.created_at).label("newest")
    taken = (
        sa.select(StemPack.work_id, newest)
        .join(Receipt, Receipt.stem_pack_id == StemPack.id)
        .where(Receipt.account_id == account_id)
        .group_by(StemPack.work_id)
        .subquery()
    )
    query = sa.select(Work).join(taken, taken.c.work_id == Work.id).where(Work.state != WorkState.TAKEN_DOWN)
    return list(session.scalars(query.order_by(taken.c.newest.desc(), Work.id).limit(_HELD_LIMIT)))


def _mixed(session: Session, account_id: str) -> list[Work]:
    newest = sa.func.max(Mix.created_at).label("newest")
    mixed = (
        sa.select(StemPack.work_id, newest)
        .join(Mixdown, Mixdown.stem_pack_id == StemPack.id)
        .join(Mix, Mix.mixdown_digest == Mixdown.digest)
        .where(Mix.account_id == account_id)
        .group_by(StemPack.work_id)
        .subquery()
    )
    query = sa.select(Work).join(mixed, mixed.c.work_id == Work.id).where(Work.state != WorkState.TAKEN_DOWN)
    return list(session.scalars(query.order_by(mixed.c.newest.desc(), Work.id).limit(_HELD_LIMIT)))


def _found(session: Session, actor: Actor, asked: str) -> list[Work]:
    """One more than is shown. Published works whose title or artist has the words, the newest first; or the one work
    that an id or an address names, as long as the actor may see it.
    """
    if named := _ID.search(asked):
        work = session.get(Work, named[0])
        is_seen = work is not None and may_see_work(actor, owner_id=work.account_id, state=work.state)
        return [work] if work is not None and is_seen and work.state is not WorkState.DRAFT else []
    is_named = sa.or_(*(_has(column, asked) for column in (Work.title, Account.display_name, Account.handle)))
    query = (
        sa.select(Work)
        .join(Account, Account.id == Work.account_id)
        .where(Work.state == WorkState.PUBLISHED, is_named)
        .order_by(Work.seq.desc())
        .limit(_FOUND_LIMIT + 1)
        .options(joinedload(Work.account))
    )
    return list(session.scalars(query))


def _has(column: InstrumentedAttribute[str], words: str) -> sa.ColumnElement[bool]:
    """In any case: SQLite folds ASCII alone, so that the rest is asked for as it is mostly written."""
    return sa.or_(*(column.icontains(one, autoescape=True) for one in _spellings(words)))


def _spellings(words: str) -> Iterable[str]:
    if words.isascii():
        return [words]
    return dict.fromkeys([words, words.lower(), words.upper(), words.capitalize(), words.title()])
