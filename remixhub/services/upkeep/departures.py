"""Leaving the hub: what goes with an account, and what stays of it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.comments import CommentState
from remixhub.domain.states import UploadState, WorkState
from remixhub.models import (
    AccessToken,
    Account,
    AppGrant,
    BrowserSession,
    Comment,
    ContestEntry,
    Like,
    Mix,
    MixDraft,
    Stem,
    StemPack,
    TakedownWork,
    Upload,
    Work,
    now,
)
from remixhub.models.work_locks import hold_works
from remixhub.services import events, journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.app_grants import revoke_grants
from remixhub.services.accounts.blocks import leave_blocks
from remixhub.services.accounts.factors import leave_factors
from remixhub.services.accounts.follows import leave_follows
from remixhub.services.accounts.proving import require_fresh
from remixhub.services.collections.collections import leave_collections
from remixhub.services.comments.removing import leave_comments
from remixhub.services.contests.entries import leave_contests
from remixhub.services.contests.labels import leave_all, require_other_owners
from remixhub.services.discovery.search import indexing
from remixhub.services.discovery.search.saved import forget_searches
from remixhub.services.hooks.minding import leave_hooks
from remixhub.services.licences.permissions import lapse_with_account
from remixhub.services.listening.likes import leave_likes
from remixhub.services.mail.letters import forget_account
from remixhub.services.notices import forget_notices
from remixhub.services.oauth.clients import leave_clients
from remixhub.services.uploads.claims import release_claims


def delete_account(actor: Actor, parts: Parts, *, password: str | None, withdraw_works: bool) -> None:
    """Ends sessions and tokens, wipes address, password, biography, comments, drafts and mixes.

    The handle stays taken and the display name stays on credits. Published works stay, or become tombstones. Entries
    of contests that are open are taken back, later ones count on. Raises ProofNeeded, PasswordWrong, LabelOwnerMissing.
    """
    account = require_fresh(actor, parts, password)
    with parts.database.writing() as session:
        lock_own(session, actor)
        hold_works(session, session.scalars(_works_concerned(account.id)).all())
        require_other_owners(session, account.id)
        # before its address: an app that takes a token holds its leave, and asks for the account's row
        revoke_grants(session, actor, AppGrant.account_id == account.id, why="departure")
        leave_clients(session, actor, account.id)
        session.execute(
            sa.update(Account)
            .where(Account.id == account.id)
            .values(
                email=None, email_verified_at=None, pending_email=None, address_bounced_at=None,
                password_hash=None, bio="", links=[], is_operator=False,
                deleted_at=now(), revision=Account.revision + 1,
            )
        )  # fmt: skip
        session.execute(sa.delete(BrowserSession).where(BrowserSession.account_id == account.id))
        session.execute(
            sa.update(AccessToken)
            .where(AccessToken.account_id == account.id, AccessToken.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        withdrawn = _withdraw_all(session, actor, account.id) if withdraw_works else ()
        leave_factors(session, account.id)
        leave_hooks(session, account.id)
        leave_contests(session, account.id)
        leave_all(session, account.id)
        leave_follows(session, account.id)
        leave_likes(session, account.id)
        leave_collections(session, account.id)
        leave_blocks(session, account.id)
        leave_comments(session, account.id)
        forget_account(session, account.id)
        forget_notices(session, account.id)
        forget_searches(session, account.id)
        indexing.forget_account(session, account.id)
        lapse_with_account(session, actor, account.id)
        _drop_unpublished(session, account.id)
        events.forget_works(session, withdrawn)
        journal.record(
            session, actor, "account.deleted", "account", account.id, after={"withdraw_works": withdraw_works}
        )


def _works_concerned(account_id: str) -> sa.CompoundSelect[str]:
    """Its own, and those that it liked or commented on."""
    own = sa.select(Work.id).where(Work.account_id == account_id)
    liked = sa.select(Like.work_id).where(Like.account_id == account_id)
    commented = sa.select(Comment.work_id).where(Comment.account_id == account_id, Comment.state == CommentState.SHOWN)
    return own.union(liked, commented)


def _withdraw_all(session: Session, actor: Actor, account_id: str) -> Collection[str]:
    """The works that were published until now."""
    withdrawn = session.scalars(
        sa.update(Work)
        .where(Work.account_id == account_id, Work.state == WorkState.PUBLISHED)
        .values(state=WorkState.WITHDRAWN, withdrawn_at=now(), revision=Work.revision + 1)
        .returning(Work.id)
    ).all()
    for work_id in withdrawn:
        journal.record(session, actor, "work.withdrawn", "work", work_id, before={"state": "published"})
    down = sa.select(Work.id).where(Work.account_id == account_id, Work.state == WorkState.TAKEN_DOWN)
    session.execute(  # they come back as tombstones of their artist when the takedown is lifted
        sa.update(TakedownWork).where(TakedownWork.work_id.in_(down)).values(state_before=WorkState.WITHDRAWN)
    )
    return withdrawn


def _drop_unpublished(session: Session, account_id: str) -> None:
    """Drafts, mixes and waiting uploads; the next sweep deletes the bytes that nobody else uses."""
    entered = sa.select(ContestEntry.work_id).where(ContestEntry.account_id == account_id)
    own_draft = sa.and_(Work.account_id == account_id, Work.state == WorkState.DRAFT, Work.id.not_in(entered))
    drafts = session.execute(sa.select(Work.id, Work.mix_sha256, Work.cover_digest).where(own_draft)).all()
    in_drafts = sa.select(StemPack.id).join(Work, Work.id == StemPack.work_id).where(own_draft)
    stems = session.scalars(sa.select(Stem.original_sha256).where(Stem.stem_pack_id.in_(in_drafts))).all()
    session.execute(sa.delete(Work).where(own_draft))  # packs, stems and source links go with them
    for table in (MixDraft, Mix):
        session.execute(sa.delete(table).where(table.account_id == account_id))
    originals = {*stems, *(draft.mix_sha256 for draft in drafts if draft.mix_sha256)}
    covers = {draft.cover_digest for draft in drafts if draft.cover_digest}
    release_claims(session, account_id, originals=originals, covers=covers)
    waiting = (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY)
    session.execute(
        sa.update(Upload).where(Upload.account_id == account_id, Upload.state.in_(waiting)).values(expires_at=now())
    )
