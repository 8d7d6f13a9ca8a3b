"""Draft mixes: kept as they are worked on, gone back to, rendered. Private to their makers, unless shared.

Saving leaves no line in the journal: a desk saves every few seconds, and the revisions tell what happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work, require_account
from remixhub.domain.errors import NotFound, PreconditionFailed
from remixhub.domain.mix_revisions import (
    LARGEST_SPEC_BYTES,
    MOST_DRAFTS,
    SECONDS_A_REVISION,
    Kept,
    MixDraftsExhausted,
    MixSpecTooLarge,
    thinned_out,
)
from remixhub.domain.states import Scope
from remixhub.models import Account, Mix, MixDraft, MixRevision, Stem, StemPack, Work, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.mixes.mixes import MixView, find_mix, find_mixable_pack, keep_mix, read_spec
from remixhub.services.paging import Keyset, Page, Position, page, page_of_rows

_DIGITS = 10
"""More than any revision has."""
_LAST_SAVED = Keyset(MixDraft.saved_at.desc(), MixDraft.id.desc())
_NEWEST = Keyset(MixRevision.number.desc())
_OF_WORK = joinedload(MixDraft.stem_pack).joinedload(StemPack.work).joinedload(Work.account)


@dataclass(frozen=True)
class DraftView:
    """A draft with its newest revision, as its maker sees it."""

    draft: MixDraft
    newest: MixRevision
    is_silent: bool
    """Its stems can no longer be heard: their work was withdrawn or taken down."""


def create_draft(actor: Actor, parts: Parts, *, stem_pack_id: str, spec: object, title: str = "") -> DraftView:
    """Raises what `read_spec` and `find_mixable_pack` raise, ContestLicenceNotAccepted, MixSpecTooLarge,
    MixDraftsExhausted.
    """
    require_account(actor)
    with parts.database.writing() as session:
        draft_id = begin_draft(session, actor, stem_pack_id=stem_pack_id, spec=spec, title=title)
        return find_draft(session, actor, draft_id)


def begin_draft(
    session: Session, actor: Actor, *, stem_pack_id: str, spec: object, title: str, mix_id: str | None = None
) -> str:
    """`create_draft` in the caller's transaction. `mix_id` is the mix that it goes on from."""
    account_id = require_account(actor)
    session.execute(sa.update(Account).where(Account.id == account_id).values(revision=Account.revision))
    pack = find_mixable_pack(session, actor, stem_pack_id)
    require_stems(session, actor, pack.work)
    document, size_bytes = _document(spec, pack)
    count = session.scalar(sa.select(sa.func.count()).where(MixDraft.account_id == account_id))
    if (count or 0) >= MOST_DRAFTS:
        raise MixDraftsExhausted(f"Delete one of your {MOST_DRAFTS} draft mixes first.")
    draft = MixDraft(account_id=account_id, stem_pack_id=pack.id, title=title, mix_id=mix_id)
    session.add(draft)
    session.flush()
    session.add(MixRevision(mix_draft_id=draft.id, number=draft.revision, spec=document, size_bytes=size_bytes))
    journal.record(session, actor, "mix_draft.created", "mix_draft", draft.id, after={"stem_pack": pack.id})
    session.flush()
    return draft.id


def get_draft(actor: Actor, parts: Parts, draft_id: str) -> DraftView:
    """Raises NotFound, also for somebody else's."""
    with parts.database.reading() as session:
        return find_draft(session, actor, draft_id)


def list_drafts(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[MixDraft]:
    """One's own, with their works, the last saved first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return drafts_of(session, account_id, after=after, limit=limit)


def drafts_of(session: Session, account_id: str, *, after: Position | None, limit: int) -> Page[MixDraft]:
    query = sa.select(MixDraft).where(MixDraft.account_id == account_id).options(_OF_WORK)
    return page(session, query, _LAST_SAVED, after=after, limit=limit)


def latest_draft(session: Session, actor: Actor, pack: StemPack) -> MixDraft | None:
    """One's own of these stems that was saved last."""
    if actor.account_id is None:
        return None
    own = sa.select(MixDraft).where(MixDraft.account_id == actor.account_id, MixDraft.stem_pack_id == pack.id)
    return session.scalars(own.order_by(*_LAST_SAVED.order).limit(1)).one_or_none()


def save_draft(
    actor: Actor, parts: Parts, draft_id: str, *, spec: object, title: str | None = None, revision: int
) -> DraftView:
    """The next revision, over the one that was seen. What is kept already may be sent again: its answer was lost.

    Also where the stems have fallen silent. Raises NotFound, PreconditionFailed, MixSpecTooLarge and what `read_spec`
    raises.
    """
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id, MixDraft.revision == revision)
        advanced = changed(session, sa.update(MixDraft).where(own).values(revision=revision + 1, saved_at=now()))
        view = find_draft(session, actor, draft_id) if advanced == 0 else None
        pack = pack_of_draft(session, draft_id)
        document, size_bytes = _document(spec, pack)
        if view is not None:
            is_again = view.draft.revision == revision + 1 and view.newest.spec == document
            if is_again and title in (None, view.draft.title):
                return view
            raise PreconditionFailed(
                "Load the draft again: it was saved elsewhere in the meantime.", revision=view.draft.revision
            )
        if title is not None:
            session.execute(sa.update(MixDraft).where(MixDraft.id == draft_id).values(title=title))
        _keep(session, draft_id, revision + 1, document, size_bytes)
        return find_draft(session, actor, draft_id)


def list_revisions(
    actor: Actor, parts: Parts, draft_id: str, *, after: Position | None, limit: int
) -> Page[MixRevision]:
    """Without their specs, the newest first."""
    with parts.database.reading() as session:
        require_own_draft(session, actor, draft_id)
        columns = sa.select(MixRevision.number, MixRevision.size_bytes, MixRevision.saved_at)
        query = columns.where(MixRevision.mix_draft_id == draft_id)
        found = page_of_rows(session, query, _NEWEST, after=after, limit=limit)
        return found.map(lambda row: MixRevision(number=row[0], size_bytes=row[1], saved_at=row[2]))


def get_revision(actor: Actor, parts: Parts, draft_id: str, number: str) -> MixRevision:
    """`number` as somebody wrote it into an address."""
    with parts.database.reading() as session:
        require_own_draft(session, actor, draft_id)
        known = number.isdecimal() and number.isascii() and len(number) < _DIGITS
        revision = session.get(MixRevision, (draft_id, int(number))) if known else None
        if revision is None:
            raise NotFound(f"The draft has no revision {number!r}, or it was thinned out.", what="revision")
        return revision


def delete_draft(actor: Actor, parts: Parts, draft_id: str) -> None:
    """With its revisions; what was rendered of it stays."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id)
        if changed(session, sa.delete(MixDraft).where(own)) == 0:
            raise _not_found(draft_id)
        journal.record(session, actor, "mix_draft.deleted", "mix_draft", draft_id)


def render_draft(actor: Actor, parts: Parts, draft_id: str) -> tuple[MixView, bool]:
    """The mix of its newest revision, as `create_mix` gives it."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id)
        session.execute(sa.update(MixDraft).where(own).values(revision=MixDraft.revision))
        draft, newest = _rows_of(session, actor, draft_id)
        mix_id, is_new = keep_mix(
            session, actor, parts, stem_pack_id=draft.stem_pack_id, spec=newest.spec, title=draft.title
        )
        session.execute(sa.update(MixDraft).where(own).values(mix_id=mix_id))
        return find_mix(session, actor, mix_id), is_new


def draft_of_mix(actor: Actor, parts: Parts, mix_id: str) -> str:
    """The id of the draft of which the mix was rendered last, or of a new one that goes on from it."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        session.execute(sa.update(Mix).where(Mix.id == mix_id).values(title=Mix.title))
        mix = find_mix(session, actor, mix_id).mix
        ours = sa.select(MixDraft.id).where(MixDraft.mix_id == mix_id, MixDraft.account_id == account_id)
        found = session.scalar(ours.order_by(*_LAST_SAVED.order).limit(1))
        return found or begin_draft(
            session,
            actor,
            stem_pack_id=mix.mixdown.stem_pack_id,
            spec=mix.document,
            title=mix.title,
            mix_id=mix_id,
        )


def require_own_draft(session: Session, actor: Actor, draft_id: str, scope: Scope = Scope.READ) -> None:
    account_id = require_account(actor, scope)
    own = sa.select(MixDraft.id).where(MixDraft.id == draft_id, MixDraft.account_id == account_id)
    if session.scalar(own) is None:
        raise _not_found(draft_id)


def find_draft(session: Session, actor: Actor, draft_id: str) -> DraftView:
    draft, newest = _rows_of(session, actor, draft_id)
    work = draft.stem_pack.work
    return DraftView(draft, newest, not may_hear_work(actor, owner_id=work.account_id, state=work.state))


def _rows_of(session: Session, actor: Actor, draft_id: str) -> tuple[MixDraft, MixRevision]:
    account_id = require_account(actor, Scope.READ)
    own = sa.and_(MixDraft.id == draft_id, MixDraft.account_id == account_id)
    row = session.execute(with_newest(own), execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise _not_found(draft_id)
    return row[0], row[1]


def with_newest(which: sa.ColumnElement[bool]) -> sa.Select[MixDraft, MixRevision]:
    """Drafts with their newest revisions and works."""
    is_newest = sa.and_(MixRevision.mix_draft_id == MixDraft.id, MixRevision.number == MixDraft.revision)
    return sa.select(MixDraft, MixRevision).join(MixRevision, is_newest).where(which).options(_OF_WORK)


def pack_of_draft(session: Session, draft_id: str) -> StemPack:
    query = sa.select(StemPack).join(MixDraft, MixDraft.stem_pack_id == StemPack.id).where(MixDraft.id == draft_id)
    pack = session.scalars(query.options(selectinload(StemPack.stems).joinedload(Stem.original))).one_or_none()
    if pack is None:
        raise _not_found(draft_id)
    return pack


def _document(spec: object, pack: StemPack) -> tuple[dict[str, Any], int]:
    """Every field spelled out, and the bytes that it takes."""
    document = read_spec(spec, pack).as_json()
    size_bytes = len(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    if size_bytes > LARGEST_SPEC_BYTES:
        raise MixSpecTooLarge(
            f"It takes {size_bytes} bytes with every field spelled out, and {LARGEST_SPEC_BYTES} are kept: use fewer "
            "clips or points.",
            size_bytes=size_bytes,
            limit_bytes=LARGEST_SPEC_BYTES,
        )
    return document, size_bytes


def _keep(session: Session, draft_id: str, number: int, document: Mapping[str, Any], size_bytes: int) -> None:
    """As the next revision, or in place of the newest while that is young."""
    young = sa.and_(
        MixRevision.mix_draft_id == draft_id,
        MixRevision.number == number - 1,
        MixRevision.begun_at > now(-SECONDS_A_REVISION),
    )
    state: dict[str, Any] = {"number": number, "spec": document, "size_bytes": size_bytes, "saved_at": now()}
    if changed(session, sa.update(MixRevision).where(young).values(state)) == 1:
        return
    session.execute(sa.insert(MixRevision).values(mix_draft_id=draft_id, begun_at=now(), **state))
    kept = session.execute(
        sa.select(MixRevision.number, MixRevision.size_bytes).where(MixRevision.mix_draft_id == draft_id)
    )
    gone = thinned_out([Kept(*row) for row in kept])
    if gone:
        session.execute(
            sa.delete(MixRevision).where(MixRevision.mix_draft_id == draft_id, MixRevision.number.in_(gone))
        )


def _not_found(draft_id: str) -> NotFound:
    return NotFound(f"There is no draft mix {draft_id!r}, or it is private.", what="mix draft")
