"""Whom a comment tells: the artist of the work, who is answered, who is mentioned; each once, and nobody of oneself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.access import Actor
from remixhub.domain.comment_text import mentioned
from remixhub.domain.moderation import NoticeKind
from remixhub.domain.times import played_time
from remixhub.models import Account, Comment, CommentTold, Notice, Work
from remixhub.models.upsert import insert
from remixhub.services import notices
from remixhub.services.accounts.blocks import blocks

_QUOTED = 500
"""Characters of it in a notice."""


def known_handles(session: Session, text: str) -> dict[str, str]:
    """The accounts that the text mentions and that are there: ids by handle, in the text's order."""
    handles = mentioned(text)
    if not handles:
        return {}
    found = sa.select(Account.handle, Account.id).where(Account.handle.in_(handles), Account.deleted_at.is_(None))
    ids = dict(session.execute(found).all())
    return {handle: ids[handle] for handle in handles if handle in ids}


def tell(
    session: Session, actor: Actor, comment: Comment, work: Work, *, mentions: Mapping[str, str], answered: str | None
) -> None:
    """`mentions` has ids by handle, `answered` is the account that is answered; None after an edit, which tells only
    whom it newly mentions.
    """
    at = f" at {played_time(comment.at_ms / 1000)}" if comment.at_ms is not None else ""
    by = f"@{actor.handle}"
    titles = dict.fromkeys(mentions.values(), f"{by} mentions you in a comment on “{work.title}”")
    if comment.revision == 1:
        titles = {work.account_id: f"{by} comments on “{work.title}”{at}"} | titles
    if answered is not None:
        titles |= {answered: f"{by} answers you on “{work.title}”"}
    titles.pop(comment.account_id, None)
    by_title: dict[str, list[str]] = {}
    for account_id in _newly_told(session, comment, list(titles)):
        by_title.setdefault(titles[account_id], []).append(account_id)
    for title, accounts in by_title.items():
        quoted = comment.text if len(comment.text) <= _QUOTED else comment.text[:_QUOTED].rstrip() + "…"
        notices.send(session, accounts, NoticeKind.COMMENT, ("comment", comment.id), title, quoted)


def forget_words(session: Session, comment_ids: Sequence[str]) -> None:
    """The words of a comment that is gone go from the notices of it, too; that it was there stays."""
    told = sa.select(CommentTold.account_id).where(CommentTold.comment_id.in_(comment_ids))
    of_it = sa.and_(Notice.subject_kind == "comment", Notice.subject_id.in_(comment_ids))
    session.execute(sa.update(Notice).where(Notice.account_id.in_(told), of_it).values(text=""))


def _newly_told(session: Session, comment: Comment, accounts: Sequence[str]) -> Sequence[str]:
    """Those of them that are there, do not block who comments, and were not told of this comment yet."""
    if not accounts:
        return []
    hearing = session.scalars(
        sa.select(Account.id)
        .where(Account.id.in_(accounts), Account.deleted_at.is_(None), ~blocks(Account.id, comment.account_id))
        .order_by(Account.id)
    ).all()
    if not hearing:
        return []
    rows = [{"comment_id": comment.id, "account_id": account_id} for account_id in hearing]
    written = insert(session, CommentTold).values(rows).on_conflict_do_nothing().returning(CommentTold.account_id)
    return session.scalars(written).all()
