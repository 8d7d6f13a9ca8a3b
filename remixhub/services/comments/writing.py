"""Writing a comment, answering one, and editing one's own. The work's row, locked first, says whether any is taken."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.comments import (
    COMMENTS_A_WINDOW,
    EDITS_LIMIT,
    NEWCOMER_SECONDS,
    NEWCOMERS_COMMENTS_A_WINDOW,
    REPEATED_ELSEWHERE,
    REPEATED_ELSEWHERE_SECONDS,
    REPEATED_SECONDS,
    AddressUnverified,
    CommentEditedOften,
    CommentGone,
    CommentNotFound,
    CommentPolicy,
    CommentRepeated,
    CommentsClosed,
    CommentsNotTaken,
    CommentState,
    moment_ms,
)
from remixhub.domain.errors import Forbidden, Invalid, PreconditionFailed, RemixHubError
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Account, Comment, CommentRevision, Original, Stem, StemPack, Work, new_id, now
from remixhub.models.changes import changed
from remixhub.services.access import find_visible_work
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.blocks import blocks
from remixhub.services.comments.telling import known_handles, tell
from remixhub.services.throttle import take_attempt

_POLICY = sa.func.coalesce(
    Work.comment_policy,
    sa.select(Account.comment_policy).where(Account.id == Work.account_id).correlate(Work).scalar_subquery(),
)


def write_comment(
    actor: Actor,
    parts: Parts,
    work_id: str,
    *,
    text: str,
    at_seconds: float | None = None,
    answers: str | None = None,
) -> Comment:
    """`answers` is the id of a comment on the same work; an answer to an answer joins its thread.

    Raises NotFound, WorkNotPublished, WorkWithdrawn, CommentsClosed, CommentsNotTaken, CommentNotFound, CommentGone,
    MomentBeyondEnd, CommentRepeated, AddressUnverified, TooManyAttempts.
    """
    account_id = require_account(actor)
    if answers is not None and at_seconds is not None:
        fault = "An answer stands at the moment of its thread: leave this out."
        raise Invalid(fault, violations={"/at_seconds": [fault]})
    _take_turn(parts, account_id)
    with parts.database.writing() as session:
        lock_own(session, actor)
        _count_in(session, actor, work_id)
        work = find_visible_work(session, actor, work_id, anew=True)
        answered = _answered(session, actor, work_id, answers) if answers is not None else None
        _require_new(session, account_id, work_id, text)
        mentions = known_handles(session, text)
        comment = Comment(
            id=new_id(), work_id=work_id, account_id=account_id, text=text, mentions=list(mentions),
            thread_id=(answered.thread_id or answered.id) if answered else None, answers_id=answers,
            at_ms=None if at_seconds is None else moment_ms(at_seconds, length_seconds(session, work)),
        )  # fmt: skip
        session.add(comment)
        session.flush()
        session.refresh(comment)
        tell(session, actor, comment, work, mentions=mentions, answered=answered.account_id if answered else None)
        return comment


def edit_comment(actor: Actor, parts: Parts, comment_id: str, *, text: str, revision: int) -> Comment:
    """What it said before is kept for all to read. The same text changes nothing.

    Raises CommentNotFound, Forbidden, CommentGone, PreconditionFailed, CommentsNotTaken, CommentEditedOften,
    AddressUnverified, TooManyAttempts.
    """
    account_id = require_account(actor)
    _take_turn(parts, account_id)
    seen = sa.and_(
        Comment.id == comment_id, Comment.account_id == account_id, Comment.state == CommentState.SHOWN,
        Comment.revision == revision,
    )  # fmt: skip
    with parts.database.writing() as session:
        edited = changed(session, sa.update(Comment).where(seen).values(revision=Comment.revision + 1))
        comment = session.get(Comment, comment_id, options=[joinedload(Comment.work)], populate_existing=True)
        if comment is None or comment.work.state is not WorkState.PUBLISHED:
            raise CommentNotFound(f"There is no comment {comment_id!r}, or it cannot be seen.")
        if edited == 0:
            raise _why_not_edited(comment, account_id)
        if session.scalar(sa.select(blocks(comment.work.account_id, account_id))):
            raise CommentsNotTaken("This artist does not take your comments.")
        if comment.text == text:
            session.rollback()
            return session.get_one(Comment, comment_id, populate_existing=True)
        if comment.revision > EDITS_LIMIT + 1:
            raise CommentEditedOften(f"At most {EDITS_LIMIT} times: delete it and write another one.")
        written_at = comment.edited_at or comment.created_at
        before = CommentRevision(comment_id=comment_id, revision=revision, text=comment.text, written_at=written_at)
        session.add(before)
        known = set(comment.mentions)
        mentions = known_handles(session, text)
        comment.text, comment.mentions = text, list(mentions)
        comment.edited_at = session.execute(sa.select(now())).scalar_one()
        session.flush()
        new = {handle: id for handle, id in mentions.items() if handle not in known}
        if new and _could_be_written(session, comment):
            tell(session, actor, comment, comment.work, mentions=new, answered=None)
        return comment


def _could_be_written(session: Session, comment: Comment) -> bool:
    """There and now: an edit tells nobody anew of what is closed, or of a thread whose author wants nothing of it."""
    first = session.get_one(Comment, comment.thread_id) if comment.thread_id else comment
    is_open = sa.and_(_POLICY == CommentPolicy.OPEN, ~blocks(first.account_id, comment.account_id))
    return session.scalar(sa.select(sa.exists().where(Work.id == comment.work_id, is_open))) or False


def length_seconds(session: Session, work: Work) -> float | None:
    """Of the whole piece, else of the longest stem that is published; None when nothing plays."""
    if work.playable_seconds is not None:
        return work.playable_seconds
    return session.scalar(_LONGEST_STEM, {"work_id": work.id})


_LONGEST_STEM = (
    sa.select(sa.func.max(1.0 * Original.duration_frames / Original.sample_rate_hz))
    .join(Stem, Stem.original_sha256 == Original.sha256)
    .join(StemPack, StemPack.id == Stem.stem_pack_id)
    .where(StemPack.work_id == sa.bindparam("work_id"), StemPack.frozen_at.is_not(None))
)


def _take_turn(parts: Parts, account_id: str) -> None:
    """One of what the account may write now."""
    is_new = Account.created_at > now(-NEWCOMER_SECONDS)
    with parts.database.reading() as session:
        is_newcomer, verified_at = session.execute(
            sa.select(is_new, Account.email_verified_at).where(Account.id == account_id)
        ).one()
    if parts.settings.sends_mail and verified_at is None:
        raise AddressUnverified(
            "Open the link in the mail that you were sent; “Security” in the settings sends it anew."
        )
    most = NEWCOMERS_COMMENTS_A_WINDOW if is_newcomer else COMMENTS_A_WINDOW
    take_attempt(parts, {f"comments:{account_id}": most})


def _count_in(session: Session, actor: Actor, work_id: str) -> None:
    """Write first: takes the work's lock if comments are taken. Raises why not."""
    open_for = sa.and_(
        Work.id == work_id, Work.state == WorkState.PUBLISHED, _POLICY == CommentPolicy.OPEN,
        ~blocks(Work.account_id, actor.account_id),
    )  # fmt: skip
    counted = sa.update(Work).where(open_for).values(comment_count=Work.comment_count + 1)
    if changed(session, counted.execution_options(synchronize_session=False)) == 0:
        raise _why_not(session, actor, work_id)


def _why_not(session: Session, actor: Actor, work_id: str) -> RemixHubError:
    work = find_visible_work(session, actor, work_id)
    if work.state is WorkState.DRAFT:
        return WorkNotPublished("Only published works can be commented on.", state=work.state.value)
    if work.state.is_tombstone:
        return WorkWithdrawn("Its comments are gone with it.", state=work.state.value)
    if session.scalar(sa.select(blocks(work.account_id, actor.account_id))):
        return CommentsNotTaken("This artist does not take your comments.")
    return CommentsClosed("Its artist has closed the comments on this work.")


def _answered(session: Session, actor: Actor, work_id: str, comment_id: str) -> Comment:
    """The comment that is answered."""
    found = session.scalars(
        sa.select(Comment).where(Comment.id == comment_id, Comment.work_id == work_id)
    ).one_or_none()
    if found is None:
        raise CommentNotFound(f"There is no comment {comment_id!r} on this work.")
    if found.state is not CommentState.SHOWN:
        raise CommentGone("It cannot be answered any more.", state=found.state.value)
    first = session.get_one(Comment, found.thread_id) if found.thread_id else found
    for one in (found, first):
        if session.scalar(sa.select(blocks(one.account_id, actor.account_id))):
            raise CommentsNotTaken(f"@{one.account.handle} does not take your answers.")
    return found


def _require_new(session: Session, account_id: str, work_id: str, text: str) -> None:
    """Not said by the account here within a day, nor on several works within an hour."""
    same = sa.and_(Comment.account_id == account_id, Comment.text == text)
    here = sa.func.count().filter(Comment.work_id == work_id)
    lately = sa.func.count().filter(Comment.created_at > now(-REPEATED_ELSEWHERE_SECONDS))
    counted = sa.select(here, lately).where(same, Comment.created_at > now(-REPEATED_SECONDS))
    said_here, said_lately = session.execute(counted).one()
    if said_here:
        raise CommentRepeated("The same words of yours stand on this work already.")
    if said_lately >= REPEATED_ELSEWHERE:
        raise CommentRepeated("The same words of yours stand on other works already: say something of this one.")


def _why_not_edited(comment: Comment, account_id: str) -> RemixHubError:
    if comment.account_id != account_id:
        return Forbidden(f"The comment {comment.id!r} is somebody else's.", what="comment")
    if comment.state is not CommentState.SHOWN:
        return CommentGone("There is nothing left of it to edit.", state=comment.state.value)
    return PreconditionFailed("Load the comment again and repeat your edit.", revision=comment.revision)
