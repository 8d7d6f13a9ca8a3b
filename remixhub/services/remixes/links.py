"""Source links after publication: added, claimed, disputed and decided, each as a dated event with its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.lineage.link_acts import LinkActForbidden, Pair, judge_act
from remixhub.domain.states import ClaimState, JobKind, LinkAct, LinkState, Scope, SourceKind, WorkKind, WorkState
from remixhub.jobs.table import add_job
from remixhub.models import (
    ElsewhereEvent,
    ElsewhereSource,
    LinkClaim,
    LinkEvent,
    Mixdown,
    SourceLink,
    StemPack,
    Work,
    now,
)
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.licences import sources
from remixhub.services.licences.contest_licences import require_remixable
from remixhub.services.licences.grants import grants_held, use_grants, without_leave
from remixhub.services.licences.permissions import seal
from remixhub.services.licences.presented import keep_presented
from remixhub.services.licences.sources import NewSource
from remixhub.services.licences.verdicts import settle_licence
from remixhub.services.lineage.elsewhere import cited_by, events_elsewhere
from remixhub.services.lineage.orders import order_settling
from remixhub.services.paging import Keyset, Page, Position, page

_NEWEST = Keyset(LinkEvent.created_at.desc(), LinkEvent.id.desc())
_WITH_SOURCES = (selectinload(Work.sources),)
_MAKE_OR_END = (LinkAct.ADDED, LinkAct.ACCEPTED, LinkAct.REMOVED)
"""Acts after which there is a link, or none."""


class LinkNotFound(NotFound):
    code = "link_not_found"
    title = "The work does not cite this source"


class ClaimNotFound(NotFound):
    code = "claim_not_found"
    title = "There is no such open claim"


class ClaimExists(Conflict):
    code = "claim_exists"
    title = "The claim was made already"


class WorkNotInLineage(Conflict):
    code = "work_not_in_lineage"
    title = "The work is not published"


class SourceYounger(Invalid):
    code = "source_younger"
    title = "The source is younger than the work"


class LinkHoldsAudio(Conflict):
    code = "link_holds_audio"
    title = "The work's audio is a mix of this source's stems"


def add_link(actor: Actor, parts: Parts, work_id: str, new: NewSource, *, note: str = "") -> SourceLink:
    """A further source of a published work. Its licence must suit the work's, unless an operator adds it: then the
    lineage tells what is true, whatever was allowed.
    """
    with parts.database.writing() as session:
        order_settling(session, actor, parts)  # before the work: who counts has the job's row first
        work = _lock_in_lineage(session, actor, work_id)
        if not actor.is_operator:
            _require_published(work)
        judge_act(actor, LinkAct.ADDED, _pair(session, work, new.source_id))
        keep_presented(session, actor, parts, [new])
        link = _link(session, actor, work, new)
        _record(session, actor, parts, work.id, link.source_id, LinkAct.ADDED, note)
    return link


def claim_link(actor: Actor, parts: Parts, work_id: str, source_id: str, *, kind: SourceKind, note: str) -> LinkClaim:
    """The source's artist says that the work was made from it; the work's artist or an operator answers."""
    with parts.database.writing() as session:
        work = _lock_in_lineage(session, actor, work_id)
        account_id = require_account(actor)
        _require_published(work)
        judge_act(actor, LinkAct.CLAIMED, _pair(session, work, source_id))
        _require_older(session.get_one(Work, source_id), work)
        made = set(session.scalars(_claims(work_id, source_id)))
        if ClaimState.OPEN in made:
            raise ClaimExists("Wait for its answer.")
        if ClaimState.REFUSED in made:
            raise ClaimExists("It was refused. Report the work for missing credit: a moderator decides then.")
        claim = LinkClaim(derivative_id=work.id, source_id=source_id, account_id=account_id, kind=kind, note=note)
        session.add(claim)
        session.flush()
        _record(session, actor, parts, work.id, source_id, LinkAct.CLAIMED, note)
        session.refresh(claim)
    return claim


def answer_claim(actor: Actor, parts: Parts, claim_id: str, *, accept: bool, note: str = "") -> LinkClaim:
    """Accepting makes the link, on the conditions of `add_link`, but for tombstones: what was claimed before stands."""
    account_id = require_account(actor)
    act = LinkAct.ACCEPTED if accept else LinkAct.REFUSED
    with parts.database.writing() as session:
        closed = changed(
            session,
            sa.update(LinkClaim)
            .where(LinkClaim.id == claim_id, LinkClaim.state == ClaimState.OPEN)
            .values(
                state=ClaimState.ACCEPTED if accept else ClaimState.REFUSED, decided_by=account_id, decided_at=now()
            ),
        )
        if closed == 0:
            raise ClaimNotFound(f"There is no open claim {claim_id!r}; it may have been answered.")
        claim = session.get_one(LinkClaim, claim_id)
        if accept:
            order_settling(session, actor, parts)
        work = _lock_in_lineage(session, actor, claim.derivative_id)
        judge_act(actor, act, _pair(session, work, claim.source_id))
        if accept:
            _link(session, actor, work, NewSource(claim.source_id, claim.kind), is_claimed=True)
        _record(session, actor, parts, work.id, claim.source_id, act, note)
    return claim


def dispute_link(actor: Actor, parts: Parts, work_id: str, source_id: str, *, note: str) -> None:
    """Marks the link for all to see; it counts in the lineage until an operator decides."""
    with parts.database.writing() as session:
        work = _lock_in_lineage(session, actor, work_id)
        link = _existing(session, work, source_id)
        judge_act(actor, LinkAct.DISPUTED, _pair(session, work, source_id))
        link.state = LinkState.DISPUTED
        _record(session, actor, parts, work_id, source_id, LinkAct.DISPUTED, note)


def decide_dispute(actor: Actor, parts: Parts, work_id: str, source_id: str, *, uphold: bool, note: str) -> None:
    """Raises LinkHoldsAudio when the work's audio was mixed from the stems of the source that would be removed."""
    act = LinkAct.UPHELD if uphold else LinkAct.REMOVED
    with parts.database.writing() as session:
        work = _lock_in_lineage(session, actor, work_id)
        link = _existing(session, work, source_id)
        judge_act(actor, act, _pair(session, work, source_id))
        if uphold:
            link.state = LinkState.STANDING
        else:
            _require_no_audio(session, work, source_id)
            session.delete(link)
        _record(session, actor, parts, work_id, source_id, act, note)


def list_events(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[LinkEvent]:
    """What happened to the links of a work, to its sources and to its derivatives, newest first."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        return page(session, _events_of(work_id), _NEWEST, after=after, limit=limit)


@dataclass(frozen=True)
class LinksPage:
    """A work with its sources, and what happened to them since its publication, the newest first."""

    work: Work
    events: Page[LinkEvent]
    elsewhere: Sequence[ElsewhereSource]
    elsewhere_events: Sequence[ElsewhereEvent]


def view_links(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> LinksPage:
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id, options=_WITH_SOURCES)
        events = page(session, _events_of(work_id), _NEWEST, after=after, limit=limit)
        outside = events_elsewhere(session, work_id) if work.kind is WorkKind.REMIX else ()
        return LinksPage(work, events, cited_by(session, work), outside)


def list_claims(actor: Actor, parts: Parts, *, limit: int) -> Sequence[LinkClaim]:
    """Open claims that concern the actor: on their works and by themselves; all open ones for an operator."""
    account_id = require_account(actor, Scope.READ)
    query = sa.select(LinkClaim).where(LinkClaim.state == ClaimState.OPEN)
    if not actor.is_operator:
        own = sa.select(Work.id).where(Work.account_id == account_id)
        query = query.where(sa.or_(LinkClaim.account_id == account_id, LinkClaim.derivative_id.in_(own)))
    with parts.database.reading() as session:
        return session.scalars(query.order_by(LinkClaim.created_at).limit(limit)).all()


def _lock_in_lineage(session: Session, actor: Actor, work_id: str) -> Work:
    """Tombstones too: what was withdrawn stays in the lineage, and so does what is said of its links."""
    locked = changed(
        session, sa.update(Work).where(Work.id == work_id, Work.seq.is_not(None)).values(revision=Work.revision + 1)
    )
    work = find_visible_work(session, actor, work_id)
    require_account(actor)
    if locked == 0:
        raise WorkNotInLineage("It is a draft: change its sources there.")
    session.refresh(work)
    return work


def _require_published(work: Work) -> None:
    if work.state is not WorkState.PUBLISHED:
        raise WorkNotInLineage(
            "It is a tombstone: its links are disputed and decided, but its artist adds none, and none is claimed."
        )


def _require_not_removed(session: Session, work: Work, source_id: str) -> None:
    """What was claimed or refused since does not undo a removal."""
    latest = session.scalar(
        sa.select(LinkEvent.act)
        .where(LinkEvent.derivative_id == work.id, LinkEvent.source_id == source_id, LinkEvent.act.in_(_MAKE_OR_END))
        .order_by(LinkEvent.created_at.desc(), LinkEvent.id.desc())
        .limit(1)
    )
    if latest is LinkAct.REMOVED:
        raise LinkActForbidden("An operator removed this link; only an operator adds it again.")


def _pair(session: Session, work: Work, source_id: str) -> Pair:
    source = session.get(Work, source_id)
    if source is None or source.seq is None:
        raise sources.SourceNotFound(f"There is no work {source_id!r}, or it is private.", pointer="/source_id")
    link = session.get(SourceLink, (work.id, source_id))
    return Pair(work.account_id, source.account_id, None if link is None else link.state)


def _link(session: Session, actor: Actor, work: Work, new: NewSource, *, is_claimed: bool = False) -> SourceLink:
    """What an operator says, or a source's artist claimed, is so even if the source is a tombstone by now."""
    if not actor.is_operator:
        seal(session, actor, work, with_source=new.source_id)
    held = grants_held(session, work.account_id, [new], remix_id=work.id)
    tombstones = is_claimed or actor.is_operator
    links = sources.declare(session, actor, [new], work_id=work.id, held=held, tombstones=tombstones)
    link = links[0]
    _require_older(link.source, work)
    if not actor.is_operator:
        _require_not_removed(session, work, new.source_id)
        require_remixable(session, actor, without_leave(links, held))
        elsewhere = cited_by(session, work)
        settle_licence(session, work.licence, [*work.sources, *links], elsewhere=elsewhere, held=held)
        use_grants(links, held, work.licence, is_public=True)
    link.derivative_id, link.derivative_seq = work.id, work.seq
    link.position = max((one.position for one in work.sources), default=-1) + 1
    work.sources.append(link)
    session.flush()
    session.refresh(link)
    return link


def _require_older(source: Work, work: Work) -> None:
    """The CHECK of the table says the same; this says it in words."""
    if source.seq is None or work.seq is None or source.seq >= work.seq:
        raise SourceYounger(
            f"“{source.title}” was published after “{work.title}”, which cannot have been made from it.",
            pointer="/source_id",
        )


def _existing(session: Session, work: Work, source_id: str) -> SourceLink:
    link = session.get(SourceLink, (work.id, source_id))
    if link is None:
        raise LinkNotFound(f"“{work.title}” does not cite {source_id!r}.")
    return link


def _require_no_audio(session: Session, work: Work, source_id: str) -> None:
    if work.mixdown_digest is None:
        return
    pack = session.get_one(Mixdown, work.mixdown_digest).stem_pack_id
    if session.get_one(StemPack, pack).work_id == source_id:
        raise LinkHoldsAudio("The link is proven by the mix itself; uphold it.")


def _claims(derivative_id: str, source_id: str) -> sa.Select[ClaimState]:
    return sa.select(LinkClaim.state).where(LinkClaim.derivative_id == derivative_id, LinkClaim.source_id == source_id)


def _record(
    session: Session, actor: Actor, parts: Parts, derivative_id: str, source_id: str, act: LinkAct, note: str
) -> None:
    event = LinkEvent(derivative_id=derivative_id, source_id=source_id, act=act, account_id=actor.account_id, note=note)
    session.add(event)
    session.flush()
    journal.record(session, actor, f"link.{act}", "work", derivative_id, after={"source": source_id, "note": note})
    if act in (LinkAct.ADDED, LinkAct.ACCEPTED):
        session.execute(sa.update(Work).where(Work.id == derivative_id).values(is_untold=True))
    if act in _MAKE_OR_END:
        add_job(session, actor, JobKind.SETTLE_LINK, event.id, max_attempts=parts.settings.job_attempts)


def _events_of(work_id: str) -> sa.Select[LinkEvent]:
    return sa.select(LinkEvent).where(sa.or_(LinkEvent.derivative_id == work_id, LinkEvent.source_id == work_id))
