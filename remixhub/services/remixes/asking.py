"""Asking an artist for leave, where the licence of their work stands in the way of a remix; seeing what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_own_work
from remixhub.domain.errors import Invalid
from remixhub.domain.licences.judging import allows
from remixhub.domain.licences.permissions import (
    IN_FORCE,
    REFUSED,
    PermissionAct,
    PermissionExists,
    PermissionNotNeeded,
    PermissionState,
    PermissionUnanswerable,
    PermissionWorkUnrelated,
    require_offered,
)
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import Scope, WorkKind, WorkState
from remixhub.domain.work_refusals import WorkPublished
from remixhub.models import Permission, SourceLink, Work, new_id, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.licences.permissions import covered_works, find_permission, tell, turn
from remixhub.services.licences.sources import SourceNotFound, SourceTakenDown
from remixhub.services.lineage.ancestry import ancestor_seqs
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.remixes.remixes import NotARemix, begin_draft
from remixhub.services.throttle import take_attempt

_QUESTIONS_A_WINDOW = 20
_NEWEST = Keyset(Permission.created_at.desc(), Permission.id.desc())


class PermissionRole(StrEnum):
    """What the actor is in a permission."""

    ARTIST = "artist"
    ASKER = "asker"


@dataclass(frozen=True)
class Question:
    work_id: str
    """Whose licence stands in the way."""
    licence: Licence
    """Under which the remix would be published."""
    source_id: str | None = None
    """What the remix cites, when that is not the work itself but was made from it."""
    remix_id: str | None = None
    remix_title: str | None = None
    """Of a remix that has no draft yet: one is begun, whose sources may be named once there is an answer."""
    note: str = ""


def ask(actor: Actor, parts: Parts, question: Question) -> Permission:
    """Once for each remix and work, unless the question was taken back.

    Raises PermissionNotNeeded, PermissionExists, PermissionUnanswerable, PermissionWorkUnrelated,
    PermissionTermsInvalid, SourceNotFound, SourceTakenDown, TooManyAttempts, and for a remix that is no draft of the
    actor's what `begin_edit` raises.
    """
    account_id = require_account(actor)
    require_offered(question.licence)
    if (question.remix_id is None) == (question.remix_title is None):
        twice = "Give `remix_id` of your draft, or `remix_title` for a new one."
        raise Invalid(twice, violations={"/remix_id": [twice]})
    with parts.database.reading() as session:  # so that what cannot be asked costs no attempt
        if question.remix_id is not None:
            find_own_draft(session, actor, question.remix_id)
        _require_askable(session, actor, question)
    take_attempt(parts, {f"permissions:{account_id}": _QUESTIONS_A_WINDOW})
    with parts.database.writing() as session:
        remix = _begin(session, actor, question)
        work, source = _require_askable(session, actor, question)
        _require_not_asked(session, remix, work)
        permission_id = session.scalar(
            insert(session, Permission)
            .values(
                id=new_id(), state=PermissionState.ASKED, account_id=account_id, artist_id=work.account_id,
                work_id=work.id, work_seq=work.seq, source_id=source.id, remix_id=remix.id, remix_title=remix.title,
                wanted=question.licence, note=question.note, created_at=now(), words="", text="",
            )
            .on_conflict_do_nothing()
            .returning(Permission.id)
        )  # fmt: skip
        if permission_id is None:
            raise _open_already()
        facts = {"work_id": work.id, "remix_id": remix.id, "licence": question.licence.value}
        journal.record(session, actor, "permission.asked", "permission", permission_id, after=facts)
        permission = session.get_one(Permission, permission_id)
        tell(session, permission, [work.account_id], f"@{actor.handle} asks for your leave to use “{work.title}”")
    return permission


def withdraw_question(actor: Actor, parts: Parts, permission_id: str) -> Permission:
    """By who asked, as long as there is no answer."""
    with parts.database.writing() as session:
        permission = turn(session, actor, permission_id, PermissionAct.WITHDRAW)
        title = f"@{permission.account.handle} does not ask for “{permission.work.title}” any more"
        tell(session, permission, [permission.artist_id], title)
    return permission


def get_permission(actor: Actor, parts: Parts, permission_id: str) -> Permission:
    """For both sides; for everybody once a published remix stands on it. Raises PermissionNotFound."""
    with parts.database.reading() as session:
        return find_permission(session, actor, permission_id)


def list_permissions(
    actor: Actor,
    parts: Parts,
    *,
    role: PermissionRole | None = None,
    state: PermissionState | None = None,
    after: Position | None,
    limit: int,
) -> Page[Permission]:
    """What was asked of one, or by one, the newest first."""
    account_id = require_account(actor, Scope.READ)
    of_artist, by_asker = Permission.artist_id == account_id, Permission.account_id == account_id
    sides = {PermissionRole.ARTIST: of_artist, PermissionRole.ASKER: by_asker, None: sa.or_(of_artist, by_asker)}
    query = sa.select(Permission).where(sides[role])
    if state is not None:
        query = query.where(Permission.state == state)
    with parts.database.reading() as session:
        return page(session, query, _NEWEST, after=after, limit=limit)


def asked_for(session: Session, remix_id: str) -> Sequence[Permission]:
    """The oldest first."""
    query = sa.select(Permission).where(Permission.remix_id == remix_id)
    return session.scalars(query.order_by(Permission.created_at, Permission.id)).all()


def _begin(session: Session, actor: Actor, question: Question) -> Work:
    """The draft that is asked for, locked so that it is not published or deleted meanwhile; or a new one."""
    if question.remix_id is None:
        assert question.remix_title is not None
        return begin_draft(
            session, actor, question.remix_title, question.licence
        )  # what it will cite is not allowed yet
    own_draft = sa.and_(
        Work.id == question.remix_id, Work.account_id == actor.account_id, Work.state == WorkState.DRAFT
    )
    session.execute(sa.update(Work).where(own_draft).values(revision=Work.revision))
    return find_own_draft(session, actor, question.remix_id)


def find_own_draft(session: Session, actor: Actor, remix_id: str) -> Work:
    remix = find_visible_work(session, actor, remix_id, anew=True)
    require_own_work(actor, owner_id=remix.account_id, state=remix.state, what="work", id=remix_id)
    if remix.state is not WorkState.DRAFT:
        raise WorkPublished("Ask before you publish: this can only be done for a draft.", state=remix.state.value)
    if remix.kind is not WorkKind.REMIX:
        raise NotARemix("A release is an original, and needs nobody's leave.")
    return remix


def _require_askable(session: Session, actor: Actor, question: Question) -> tuple[Work, Work]:
    """The work, and what the remix cites, when the licence of the work does not allow what is wanted already."""
    work = find_published(session, question.work_id, "/work_id")
    source = find_published(session, question.source_id or question.work_id, "/source_id")
    if work.account_id == actor.account_id:
        raise PermissionNotNeeded(f"“{work.title}” is your own: put it under a licence that allows the remix.")
    if work.account.deleted_at is not None:
        raise PermissionUnanswerable(f"{work.account.display_name} has left the hub.")
    remix = None if question.remix_id is None else session.get(Work, question.remix_id)
    held = licences_held(session, question.remix_id, source, work)
    if not needs_leave(remix, work, source, held, question.licence):
        raise PermissionNotNeeded(
            f"“{work.title}” is under {', '.join(sorted(held))}, which allows a remix under {question.licence}."
        )
    return work, source


def needs_leave(remix: Work | None, work: Work, source: Work, held: Iterable[Licence], licence: Licence) -> bool:
    """A withdrawn work cannot be cited anew, whatever its licence allows."""
    cited = () if remix is None else [link.source_id for link in remix.sources]
    is_gone = work.state is WorkState.WITHDRAWN and work.id == source.id and work.id not in cited
    return is_gone or not all(allows(one, licence) for one in held)


def find_published(session: Session, work_id: str, pointer: str) -> Work:
    """Withdrawn ones too: their artist may still say yes."""
    work = session.get(Work, work_id)
    if work is None or work.seq is None:
        raise SourceNotFound(f"There is no work {work_id!r}, or it is private.", pointer=pointer)
    if work.state is WorkState.TAKEN_DOWN:
        raise SourceTakenDown(f"“{work.title}” was taken down: nobody may use it.", pointer=pointer)
    return work


def licences_held(session: Session, remix_id: str | None, source: Work, work: Work) -> set[Licence]:
    """Under which licences a remix of the source has the work in its lineage. Raises PermissionWorkUnrelated."""
    above = ancestor_seqs([source.id])
    derivatives = sa.or_(
        SourceLink.derivative_id.in_([source.id, *([remix_id] if remix_id else [])]),
        SourceLink.derivative_seq.in_(sa.select(above.c.seq)),
    )
    held = set(session.scalars(sa.select(SourceLink.licence).where(SourceLink.source_id == work.id, derivatives)))
    if not held and source.id != work.id:
        raise PermissionWorkUnrelated(
            f"“{source.title}” was not made from “{work.title}”.",
            violations={"/source_id": ["Not made from the work."]},
        )
    return held or {work.licence}


def _require_not_asked(session: Session, remix: Work, work: Work) -> None:
    said = set(
        session.scalars(
            sa.select(Permission.state).where(Permission.remix_id == remix.id, Permission.work_id == work.id)
        )
    )
    if PermissionState.ASKED in said:
        raise _open_already()
    if said.intersection(REFUSED):
        raise PermissionExists("Its artist has declined, or taken the permission back. Remix something else.")
    if said.intersection(IN_FORCE) or work.id in covered_works(session, remix):
        raise PermissionExists("You hold a permission for it: add it to the sources.")


def _open_already() -> PermissionExists:
    return PermissionExists("Wait for the answer.")
