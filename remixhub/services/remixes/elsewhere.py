"""A remix's sources from elsewhere, one at a time: cited, amended and left out in a draft, added and disputed later.

Where the licences do not go together the draft keeps it as wanted if that is asked for, as its page does: what somebody
said of a source is not lost, and the remix is not published before it fits or is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operators_factor
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.elsewhere import NewElsewhere
from remixhub.domain.lineage.link_acts import LinkActForbidden, LinkDisputed, LinkNotDisputed
from remixhub.domain.states import LinkAct, LinkState, WorkKind, WorkState
from remixhub.models import ElsewhereEvent, ElsewhereSource, Work
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.licences.elsewhere import declare_elsewhere
from remixhub.services.licences.grants import grants_of
from remixhub.services.licences.sources import SourceNotFound
from remixhub.services.licences.verdicts import settle_licence
from remixhub.services.lineage.elsewhere import events_elsewhere, named_by
from remixhub.services.remixes.remixes import NotARemix, require_not_entered
from remixhub.services.works.works import begin_edit

FIELDS = tuple(field.name for field in fields(NewElsewhere))


@dataclass(frozen=True)
class Declared:
    source: ElsewhereSource
    work: Work
    refusal: LicenceConflict | None = None
    """Why it is wanted only."""


def list_elsewhere(actor: Actor, parts: Parts, work_id: str) -> tuple[Work, Sequence[ElsewhereSource]]:
    """In the remixer's order, with those that a draft wants."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        return work, named_by(session, work)


def get_elsewhere(actor: Actor, parts: Parts, work_id: str, node_id: str) -> tuple[Work, ElsewhereSource]:
    work, named = list_elsewhere(actor, parts, work_id)
    return work, _one_of(named, node_id)


def add_elsewhere(
    actor: Actor,
    parts: Parts,
    work_id: str,
    new: NewElsewhere,
    *,
    licence: Licence | None = None,
    keep_refused: bool = False,
) -> Declared:
    """Of a draft, under another `licence` of it if one is given; or of a published remix, whose licence must allow it.

    Raises LicenceConflict unless `keep_refused`, and what `declare_elsewhere` raises.
    """
    try:
        return _add(actor, parts, work_id, new, licence)
    except LicenceConflict as refusal:
        if not keep_refused:
            raise
        return _add(actor, parts, work_id, new, licence, refusal)


def amend_elsewhere(
    actor: Actor,
    parts: Parts,
    work_id: str,
    node_id: str,
    changes: Mapping[str, Any],
    *,
    licence: Licence | None = None,
    revision: int | None = None,
    keep_refused: bool = False,
) -> Declared:
    """`changes` are fields of NewElsewhere; of a draft. One that was wanted is cited once it fits.

    Another address is another source, in the same place.
    """
    wanted = {name: change for name, change in changes.items() if name in FIELDS}
    try:
        return _amend(actor, parts, work_id, node_id, wanted, licence, revision, is_wanted=False)
    except LicenceConflict as refusal:
        if not keep_refused:
            raise
        kept = _amend(actor, parts, work_id, node_id, wanted, None, revision, is_wanted=True)
        return replace(kept, refusal=refusal)


def leave_out_elsewhere(
    actor: Actor, parts: Parts, work_id: str, node_id: str, *, revision: int | None = None
) -> ElsewhereSource:
    """Of a draft. What it was, so that it can be put back."""
    with parts.database.writing() as session:
        work = _begun(session, actor, work_id, (WorkState.DRAFT,), revision)
        row = _one_of(named_by(session, work), node_id)
        session.delete(row)
        session.flush()
        session.expunge(row)
        journal.record(session, actor, "remix.elsewhere_left_out", "work", work_id, before=_facts(row))
    return row


def dispute_elsewhere(actor: Actor, parts: Parts, work_id: str, node_id: str, *, note: str) -> None:
    """By the work's artist or an operator; marked for all to see until an operator decides. Who made what lies
    elsewhere has no account here to dispute it with: they report the work.
    """
    with parts.database.writing() as session:
        work, row = _locked(session, actor, work_id, node_id)
        if actor.account_id != work.account_id and not actor.is_operator:
            raise LinkActForbidden("Only the artist of the work, or an operator, disputes a source from elsewhere.")
        if row.state is LinkState.DISPUTED:
            raise LinkDisputed("An operator will decide.")
        row.state = LinkState.DISPUTED
        _record(session, actor, row, LinkAct.DISPUTED, note)


def decide_elsewhere(actor: Actor, parts: Parts, work_id: str, node_id: str, *, uphold: bool, note: str) -> None:
    """For operators. What is removed is gone from the lineage, and binds nobody any more."""
    with parts.database.writing() as session:
        _, row = _locked(session, actor, work_id, node_id)
        if not actor.is_operator:
            require_operators_factor(actor)
            raise LinkActForbidden("Only an operator decides a dispute.")
        if row.state is not LinkState.DISPUTED:
            raise LinkNotDisputed("Only a disputed link is decided upon.")
        if uphold:
            row.state = LinkState.STANDING
        else:
            session.delete(row)
        _record(session, actor, row, LinkAct.UPHELD if uphold else LinkAct.REMOVED, note)


def list_elsewhere_events(actor: Actor, parts: Parts, work_id: str) -> Sequence[ElsewhereEvent]:
    """What happened to them since the publication, the newest first."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        return events_elsewhere(session, work_id)


def said_of(row: ElsewhereSource) -> NewElsewhere:
    """As it stands there."""
    return NewElsewhere(**{name: getattr(row, name) for name in FIELDS})


def _add(
    actor: Actor,
    parts: Parts,
    work_id: str,
    new: NewElsewhere,
    licence: Licence | None,
    refusal: LicenceConflict | None = None,
) -> Declared:
    """Wanted only where it was refused; what is published wants nothing, and its refusal is raised."""
    with parts.database.writing() as session:
        work = _begun(session, actor, work_id, (WorkState.DRAFT, WorkState.PUBLISHED))
        present = named_by(session, work)
        (row,) = declare_elsewhere(session, parts, [new], beside=present, links=len(work.sources))
        row.derivative_id, row.derivative_seq, row.is_wanted = work.id, work.seq, refusal is not None
        is_draft = work.state is WorkState.DRAFT
        if not is_draft and refusal is not None:
            raise refusal
        if not is_draft:
            _require_not_removed(session, work, row.node_id)
        if refusal is None:
            _settle(session, actor, work, [*present, row], licence)
        session.add(row)
        session.flush()
        session.refresh(row)
        if is_draft:
            act = "remix.elsewhere_refused" if refusal else "remix.elsewhere_added"
            journal.record(session, actor, act, "work", work_id, after=_facts(row))
        else:
            _record(session, actor, row, LinkAct.ADDED, new.note)
    return Declared(row, work, refusal)


def _amend(
    actor: Actor,
    parts: Parts,
    work_id: str,
    node_id: str,
    changes: Mapping[str, Any],
    licence: Licence | None,
    revision: int | None,
    *,
    is_wanted: bool,
) -> Declared:
    with parts.database.writing() as session:
        work = _begun(session, actor, work_id, (WorkState.DRAFT,), revision)
        present = named_by(session, work)
        before = _one_of(present, node_id)
        rest = [one for one in present if one is not before]
        new = replace(said_of(before), **changes)
        (row,) = declare_elsewhere(session, parts, [new], beside=rest, links=len(work.sources))
        row.derivative_id, row.position, row.is_wanted = work.id, before.position, is_wanted
        row.declared_at = before.declared_at
        if not is_wanted:
            _settle(session, actor, work, [*rest, row], licence)
        was = _facts(before)
        session.delete(before)
        session.flush()
        session.expunge(before)
        session.add(row)
        session.flush()
        session.refresh(row)
        journal.record(session, actor, "remix.elsewhere_amended", "work", work_id, before=was, after=_facts(row))
    return Declared(row, work)


def _settle(
    session: Session, actor: Actor, work: Work, named: Sequence[ElsewhereSource], licence: Licence | None
) -> None:
    cited = [one for one in named if not one.is_wanted]
    wished, maker = (licence or work.licence, actor) if work.state is WorkState.DRAFT else (work.licence, None)
    with session.no_autoflush:
        held = grants_of(session, work)
        settled = settle_licence(session, wished, work.sources, elsewhere=cited, held=held, maker=maker)
    if settled != work.licence:
        work.licence = settled


def _begun(
    session: Session, actor: Actor, work_id: str, states: tuple[WorkState, ...], revision: int | None = None
) -> Work:
    work = begin_edit(session, actor, work_id, states=states, revision=revision)
    if work.kind is not WorkKind.REMIX:
        raise NotARemix("A release is an original; make a remix by `POST /remixes`.")
    if work.state is WorkState.DRAFT:
        require_not_entered(session, work_id)
    return work


def _locked(session: Session, actor: Actor, work_id: str, node_id: str) -> tuple[Work, ElsewhereSource]:
    """Tombstones too, as with links. Drafts are amended instead."""
    is_public = sa.and_(Work.id == work_id, Work.seq.is_not(None))
    changed(session, sa.update(Work).where(is_public).values(revision=Work.revision + 1))
    work = find_visible_work(session, actor, work_id, anew=True)
    require_account(actor)
    row = session.get(ElsewhereSource, (work_id, node_id))
    if row is None or row.derivative_seq is None:
        raise _not_found(node_id)
    return work, row


def _require_not_removed(session: Session, work: Work, node_id: str) -> None:
    acts = sa.select(ElsewhereEvent.act).where(
        ElsewhereEvent.derivative_id == work.id, ElsewhereEvent.node_id == node_id
    )
    newest = ElsewhereEvent.created_at.desc(), ElsewhereEvent.id.desc()
    if session.scalar(acts.order_by(*newest).limit(1)) is LinkAct.REMOVED:
        raise LinkActForbidden("An operator removed this source; it is not added again.")


def _one_of(named: Sequence[ElsewhereSource], node_id: str) -> ElsewhereSource:
    found = next((one for one in named if one.node_id == node_id), None)
    if found is None:
        raise _not_found(node_id)
    return found


def _not_found(node_id: str) -> SourceNotFound:
    return SourceNotFound(f"The work cites nothing from elsewhere by {node_id!r}.")


def _record(session: Session, actor: Actor, row: ElsewhereSource, act: LinkAct, note: str) -> None:
    session.add(
        ElsewhereEvent(
            derivative_id=row.derivative_id,
            node_id=row.node_id,
            title=row.title,
            act=act,
            account_id=actor.account_id,
            note=note,
        )
    )
    session.flush()
    journal.record(session, actor, f"elsewhere.{act}", "work", row.derivative_id, after={**_facts(row), "note": note})


def _facts(row: ElsewhereSource) -> dict[str, object]:
    leave = None if row.leave_licence is None else row.leave_licence.value
    return {
        "address": row.address, "title": row.title, "artist": row.artist, "licence": row.licence.value, "leave": leave,
    }  # fmt: skip
