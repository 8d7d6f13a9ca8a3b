"""Telling of a remix: the artists and the followers of its sources, and those further up who wish that.

Publishing only marks a remix as untold, so that it costs the same below one ancestor and below two thousand; the job
that counts it tells. Each account is told once of a remix, which a unique index keeps: a batch that is done again after
a kill finds its notices there. Nobody is told of what was there before they followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from remixhub.domain.moderation import NoticeKind
from remixhub.domain.remix_news import Cited, news_of
from remixhub.domain.states import WorkState
from remixhub.models import Account, Notice, SourceLink, Stem, Work, WorkFollow
from remixhub.models.works import UNTOLD
from remixhub.services import notices
from remixhub.services.accounts.blocks import blocks
from remixhub.services.lineage.ancestry import ancestor_seqs

_AT_ONCE = 500
_CITED_EACH = 50


class _Remix(NamedTuple):
    id: str
    title: str
    account_id: str
    artist: str
    state: WorkState


def tell_some(session: Session) -> bool:
    """A step: a batch of those who are to be told of the oldest untold remix. Whether there may be more."""
    columns = (Work.id, Work.title, Work.account_id, Account.display_name, Work.state)
    oldest = sa.select(Work.id).where(UNTOLD).order_by(Work.seq).limit(1).correlate(None).scalar_subquery()
    # first: a source that is added from now on waits, and marks the remix again
    taken = sa.update(Work).where(Work.id == oldest, Work.is_untold).values(is_untold=False).returning(Work.id)
    work_id = session.scalar(taken.execution_options(synchronize_session=False))
    if work_id is None:
        return session.scalar(sa.select(Work.id).where(UNTOLD).limit(1)) is not None
    query = sa.select(*columns).join(Account, Account.id == Work.account_id).where(Work.id == work_id)
    remix = _Remix(*session.execute(query).one())
    accounts = _untold(session, remix) if remix.state is WorkState.PUBLISHED else []
    if accounts:
        words = _words(session, remix, accounts)
        notices.send_each(session, NoticeKind.REMIXED, ("work", remix.id), words)
    if len(accounts) == _AT_ONCE:
        session.execute(sa.update(Work).where(Work.id == remix.id).values(is_untold=True))
    return True


def _concerned(remix_id: str) -> sa.Subquery:
    """Account, `seq` of the ancestor it is concerned by, whether that is its own, and whether it is a direct source."""
    walk = ancestor_seqs([remix_id])
    link = aliased(SourceLink)
    remix = aliased(Work)
    is_link = sa.and_(link.derivative_id == remix_id, link.source_seq == Work.seq)
    is_direct = link.source_id.is_not(None)
    own = (
        sa.select(Work.account_id, Work.seq, sa.true().label("is_own"), is_direct.label("is_direct"))
        .join(walk, walk.c.seq == Work.seq)
        .outerjoin(link, is_link)
        .join(Account, Account.id == Work.account_id)
        .where(sa.or_(is_direct, Account.hears_of_far_remixes))
    )
    followed = (
        sa.select(WorkFollow.account_id, Work.seq, sa.false(), is_direct)
        .join(Work, Work.id == WorkFollow.work_id)
        .join(walk, walk.c.seq == Work.seq)
        .join(remix, remix.id == remix_id)
        .outerjoin(link, is_link)
        .join(Account, Account.id == WorkFollow.account_id)
        .where(
            sa.or_(is_direct, Account.hears_of_far_remixes),
            sa.or_(WorkFollow.created_at <= remix.published_at, WorkFollow.created_at <= link.declared_at),
        )
    )
    return sa.union_all(own, followed).subquery("concerned")


def _untold(session: Session, remix: _Remix) -> Sequence[str]:
    concerned = _concerned(remix.id)
    was_told = sa.exists().where(Notice.told_of == remix.id, Notice.account_id == Account.id)
    query = (
        sa.select(Account.id)
        .where(Account.id.in_(sa.select(concerned.c.account_id)), Account.id != remix.account_id)
        .where(Account.deleted_at.is_(None), ~was_told, ~blocks(Account.id, remix.account_id))
    )
    return session.scalars(query.order_by(Account.id).limit(_AT_ONCE)).all()


def _words(session: Session, remix: _Remix, accounts: Collection[str]) -> Mapping[str, notices.Words]:
    concerned = _concerned(remix.id)
    link = aliased(SourceLink)
    rows = session.execute(
        sa.select(concerned.c.account_id, Work.title, concerned.c.is_own, link.kind, link.stems)
        .join(Work, Work.seq == concerned.c.seq)
        .outerjoin(link, sa.and_(link.derivative_id == remix.id, link.source_id == Work.id))
        .where(concerned.c.account_id.in_(accounts))
        .order_by(concerned.c.is_direct.desc(), concerned.c.is_own.desc(), link.position, Work.seq.desc())
    ).all()
    names = _stem_names(session, {id for row in rows for id in row.stems or ()})
    cited: dict[str, list[Cited]] = defaultdict(list)
    for account_id, title, is_own, kind, stems in rows:
        if len(cited[account_id]) < _CITED_EACH:
            used = tuple(names[id] for id in stems or () if id in names)
            cited[account_id].append(Cited(title, bool(is_own), kind, used))
    return {account_id: notices.Words(*news_of(remix.title, remix.artist, own)) for account_id, own in cited.items()}


def _stem_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    rows: Sequence[Any] = session.execute(sa.select(Stem.id, Stem.name).where(Stem.id.in_(ids))).all() if ids else []
    return {row.id: row.name for row in rows}
