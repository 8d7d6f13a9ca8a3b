"""Draft mixes that are shared by a link: whoever has it may see the newest revision, and copy it into one of their own.

A link is made from the hub's secret key, and stored as its digest: whoever reads the table learns none, and the maker
can be shown it again. Ending it ends it for good; sharing anew makes another.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.licences.contest_licences import ContestLicenceNotAccepted
from remixhub.domain.mix_revisions import SharedMixNotFound
from remixhub.domain.mix_spec import InvalidMixSpec
from remixhub.domain.states import Scope
from remixhub.domain.stems.refusals import StemPackGone
from remixhub.models import Account, MixDraft, MixRevision
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.sessions import token_digest
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.mixes.drafts import (
    DraftView,
    begin_draft,
    get_draft,
    render_draft,
    require_own_draft,
    with_newest,
)
from remixhub.services.mixes.mixes import MixSpecStemUnknown, find_mixable_pack
from remixhub.services.mixes.orders import TooManyRenders

_TOKEN_BYTES = 24
_UNRENDERED = (InvalidMixSpec, MixSpecStemUnknown, StemPackGone, ContestLicenceNotAccepted, TooManyRenders)
"""A draft may be anything, and its link leads to the desk all the same."""


@dataclass(frozen=True)
class SharedMix:
    """As those see it who have the link."""

    draft: MixDraft
    newest: MixRevision
    by: Account


def share(actor: Actor, parts: Parts, draft_id: str) -> str:
    """The link's token: that of the present link where there is one. Raises NotFound.

    What stands in it is rendered as well if it can be, since frames on other sites play nothing else.
    """
    token = _shared(actor, parts, draft_id)
    with contextlib.suppress(*_UNRENDERED):
        render_draft(actor, parts, draft_id)
    return token


def _shared(actor: Actor, parts: Parts, draft_id: str) -> str:
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id)
        session.execute(sa.update(MixDraft).where(own).values(share_number=MixDraft.share_number))
        require_own_draft(session, actor, draft_id)
        draft = session.get_one(MixDraft, draft_id)
        present = token_of(parts, draft)
        if present is not None:
            return present
        draft.share_number += 1
        token = _token(parts, draft)
        draft.share_token_hash = token_digest(token)
        journal.record(session, actor, "mix_draft.shared", "mix_draft", draft_id)
    return token


def end_share(actor: Actor, parts: Parts, draft_id: str) -> None:
    """Its link leads nowhere from now on. Does nothing for one that is not shared. Raises NotFound."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id)
        shared = sa.and_(own, MixDraft.share_token_hash.is_not(None))
        if changed(session, sa.update(MixDraft).where(shared).values(share_token_hash=None)) == 1:
            journal.record(session, actor, "mix_draft.share_ended", "mix_draft", draft_id)
        else:
            require_own_draft(session, actor, draft_id, Scope.PUBLISH)


def token_of(parts: Parts, draft: MixDraft) -> str | None:
    """None while it is not shared, and for a link that was made under another secret key: it goes on to lead there, but
    cannot be shown.
    """
    token = _token(parts, draft)
    return token if draft.share_token_hash == token_digest(token) else None


def find_shared(session: Session, actor: Actor, token: str) -> SharedMix:
    """For whoever may hear the stems. Raises SharedMixNotFound, StemPackGone, ContestLicenceNotAccepted."""
    query = with_newest(MixDraft.share_token_hash == token_digest(token)).options(joinedload(MixDraft.account))
    row = session.execute(query).one_or_none()
    if row is None:
        raise SharedMixNotFound("The link was ended, or is not complete: ask who sent it.")
    pack = find_mixable_pack(session, actor, row[0].stem_pack_id)
    require_stems(session, actor, pack.work)
    return SharedMix(row[0], row[1], row[0].account)


def get_shared(actor: Actor, parts: Parts, token: str) -> SharedMix:
    """Without signing in."""
    with parts.database.reading() as session:
        return find_shared(session, actor, token)


def copy_shared(actor: Actor, parts: Parts, token: str) -> DraftView:
    """A draft of one's own. Raises Unauthenticated and what `find_shared` and `create_draft` raise."""
    require_account(actor)
    with parts.database.writing() as session:
        found = find_shared(session, actor, token)
        copy_id = begin_draft(
            session,
            actor,
            stem_pack_id=found.draft.stem_pack_id,
            spec=found.newest.spec,
            title=found.draft.title,
        )
    return get_draft(actor, parts, copy_id)


def _token(parts: Parts, draft: MixDraft) -> str:
    named = f"shared mix\n{draft.id}\n{draft.share_number}".encode()
    drawn = hmac.new(parts.settings.secret_key.encode(), named, hashlib.sha256).digest()[:_TOKEN_BYTES]
    return base64.urlsafe_b64encode(drawn).decode()
