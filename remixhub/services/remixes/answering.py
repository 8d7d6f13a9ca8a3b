"""Answering who asks for leave: the artist grants it, re-licenses the work, declines, or takes a permission back."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Invalid
from remixhub.domain.licences.permissions import (
    ANSWERS,
    PermissionAct,
    PermissionScope,
    PermissionTerms,
    PermissionTermsInvalid,
    require_consistent,
    require_remixable,
    text_sha256,
)
from remixhub.domain.licences.terms import Licence, short_name
from remixhub.domain.states import WorkState
from remixhub.models import Permission, SourceLink, Work
from remixhub.services.licences.contest_licences import digest_of
from remixhub.services.licences.permissions import tell, turn
from remixhub.services.licences.sources import SourceTakenDown
from remixhub.services.works.works import edit_work


@dataclass(frozen=True)
class Answer:
    """What the artist chooses; without a licence to decline."""

    answer: PermissionAct
    """One of `domain.licences.permissions.ANSWERS`."""
    licence: Licence | None = None
    """Of the remix, or of the work when that is re-licensed."""
    scope: PermissionScope = PermissionScope.REMIX
    is_commercial: bool = False
    words: str = ""


def answer(actor: Actor, parts: Parts, permission_id: str, given: Answer) -> Permission:
    """Once; also for a work that was withdrawn, but yes is not said for one that was taken down.

    Raises PermissionTermsInvalid, SourceTakenDown, what `licences.permissions.turn` raises, and when the work is
    re-licensed what `works.edit_work` raises.
    """
    if given.answer not in ANSWERS:
        raise Invalid("Grant it, re-license the work, or decline.", violations={"/answer": ["Not an answer."]})
    if given.licence is None and given.answer is not PermissionAct.DECLINE:
        raise PermissionTermsInvalid("Name the licence.", violations={"/licence": ["Missing data for required field."]})
    with parts.database.writing() as session:
        permission = turn(session, actor, permission_id, given.answer)
        permission.words = given.words
        if given.licence is None or given.answer is PermissionAct.DECLINE:
            said = f"@{permission.artist.handle} gives no leave to use “{permission.work.title}”", given.words
        elif given.answer is PermissionAct.RELICENSE:
            _relicense(session, actor, permission, given.licence)
            said = f"“{permission.work.title}” is under {short_name(given.licence)} now", given.words
        else:
            _grant(parts, permission, given.licence, given)
            said = f"You may use “{permission.work.title}” in your remix", permission.text
        tell(session, permission, [permission.account_id], *said)
        session.flush()
    return permission


def revoke(actor: Actor, parts: Parts, permission_id: str) -> Permission:
    """By the artist, as long as nothing is published under it."""
    with parts.database.writing() as session:
        permission = turn(session, actor, permission_id, PermissionAct.REVOKE)
        title = f"@{permission.artist.handle} has taken back the permission for “{permission.work.title}”"
        text = "Nothing was published under it. A draft that counted on it has to do without the work."
        tell(session, permission, [permission.account_id], title, text)
    return permission


def _grant(parts: Parts, permission: Permission, licence: Licence, given: Answer) -> None:
    _require_not_taken_down(permission.work)
    require_consistent(licence, is_commercial=given.is_commercial)
    permission.licence, permission.scope, permission.is_commercial = licence, given.scope, given.is_commercial
    permission.text = _terms_of(parts, permission).text()
    permission.text_sha256 = text_sha256(permission.text)


def _relicense(session: Session, actor: Actor, permission: Permission, licence: Licence) -> None:
    """For everybody. A draft keeps licences as they were when it declared its sources; this one waited for the new."""
    _require_not_taken_down(permission.work)
    require_remixable(licence, permission.work.licence)
    permission.licence = licence
    work = edit_work(session, actor, permission.work_id, {"licence": licence})
    in_draft = sa.and_(
        SourceLink.derivative_id == permission.remix_id,
        SourceLink.source_id == work.id,
        SourceLink.derivative_seq.is_(None),
    )
    held = {"licence": licence, "licence_sha256": digest_of(session, licence)}
    session.execute(sa.update(SourceLink).where(in_draft).values(**held))


def _require_not_taken_down(work: Work) -> None:
    if work.state is WorkState.TAKEN_DOWN:
        raise SourceTakenDown(f"“{work.title}” was taken down: nobody may use it.", source_id=work.id)


def _terms_of(parts: Parts, permission: Permission) -> PermissionTerms:
    assert permission.licence is not None
    assert permission.scope is not None
    assert permission.is_commercial is not None
    assert permission.answered_at is not None
    return PermissionTerms(
        artist=permission.artist.display_name,
        handle=permission.artist.handle,
        title=permission.work.title,
        url=parts.addresses.work(permission.work_id),
        remixer=permission.account.display_name,
        remixer_handle=permission.account.handle,
        remix_title=permission.remix_title,
        remix_id=permission.remix_id or "",
        scope=permission.scope,
        licence=permission.licence,
        is_commercial=permission.is_commercial,
        granted_at=permission.answered_at,
        words=permission.words,
    )
