"""Takedowns: a reversible quarantine of exactly the works that were chosen, appeals, and what comes of them.

Whoever changes a work's state here locks its takedown first (when there is one already) and then the works by id, so
that takedowns which overlap wait for each other: a work comes back when the last of them is lifted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_operator
from remixhub.domain.addresses import Addresses
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind
from remixhub.domain.moderation import (
    IN_FORCE,
    REASON_WORDS,
    WORKS_LIMIT,
    NoticeKind,
    ReportReason,
    ReportState,
    TakedownState,
    may_appeal,
    state_after_lifting,
    states_before,
)
from remixhub.domain.states import Scope, WorkKind, WorkState
from remixhub.models import Appeal, Report, Takedown, TakedownWork, Work, now
from remixhub.models.changes import changed
from remixhub.models.upsert import insert
from remixhub.services import events, journal, notices
from remixhub.services.lineage.orders import order_settling
from remixhub.services.moderation import reports
from remixhub.services.moderation.reach import mix_makers, owners_downstream
from remixhub.services.paging import Keyset, Page, Position, page

_OLDEST = Keyset(Takedown.created_at, Takedown.id)


class TakedownWorksInvalid(Invalid):
    code = "takedown_works_invalid"
    title = "These works cannot be taken down together"


class TakedownSettled(Conflict):
    code = "takedown_settled"
    title = "The takedown does not allow this any more"


class AppealMade(Conflict):
    code = "appeal_made"
    title = "You have appealed already"


def take_down(
    actor: Actor,
    parts: Parts,
    *,
    work_ids: Sequence[str],
    reason: ReportReason,
    note: str = "",
    report_id: str | None = None,
) -> tuple[Takedown, bool]:
    """The takedown, and whether it is new: the same works for the same reason again are the same takedown.

    An open report of one of them that led to it is upheld. Raises TakedownWorksInvalid, and NotFound for a report.
    """
    require_operator(actor)
    chosen = sorted(set(work_ids))
    if not 1 <= len(chosen) <= WORKS_LIMIT:
        raise TakedownWorksInvalid(f"Choose 1 to {WORKS_LIMIT} works.", violations={"/work_ids": ["Too few or many."]})
    with parts.database.writing() as session:
        works = _lock(session, chosen)
        _require_published(chosen, works)
        states, before = {id: work.state for id, work in works.items()}, _states_before(session, works)
        standing = _same(session, chosen, reason)
        if standing is not None:
            session.rollback()
            return session.get_one(Takedown, standing, populate_existing=True), False
        _require_reported(session, report_id, chosen)
        takedown = Takedown(taken_by_id=actor.account_id, report_id=report_id, reason=reason, note=note)
        session.add(takedown)
        session.flush()
        session.add_all(TakedownWork(takedown_id=takedown.id, work_id=id, state_before=before[id]) for id in chosen)
        _set_state(session, chosen, WorkState.TAKEN_DOWN)
        if report_id is not None:
            reports.settle(session, actor, report_id, ReportState.UPHELD, note)
        facts = {"work_ids": chosen, "reason": reason.value, "note": note, "report_id": report_id}
        journal.record(session, actor, "takedown.made", "takedown", takedown.id, after=facts)
        for id in chosen:
            was, after = {"state": states[id].value}, {"state": "taken_down", "takedown_id": takedown.id}
            journal.record(session, actor, "work.taken_down", "work", id, before=was, after=after)
            _tell_elsewhere(session, parts, EventKind.WORK_TAKEN_DOWN, works[id], reason)
        _tell_of_takedown(session, takedown, works)
        session.flush()
        events.forget_works(session, chosen)
        return _fresh(session, takedown.id), True


def get_takedown(actor: Actor, parts: Parts, takedown_id: str) -> Takedown:
    """For moderators and the artists concerned; anybody else gets NotFound."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        takedown = session.get(Takedown, takedown_id)
    if takedown is None or not (actor.is_operator or account_id in _owners(takedown)):
        raise _not_found(takedown_id)
    return takedown


def list_takedowns(
    actor: Actor, parts: Parts, *, state: TakedownState | None = None, after: Position | None, limit: int
) -> Page[Takedown]:
    """The moderators' list, oldest first."""
    require_operator(actor)
    with parts.database.reading() as session:
        return takedowns_in(session, state, after=after, limit=limit)


def takedowns_in(
    session: Session, state: TakedownState | None, *, after: Position | None, limit: int
) -> Page[Takedown]:
    query = sa.select(Takedown)
    if state is not None:
        query = query.where(Takedown.state == state)
    return page(session, query, _OLDEST, after=after, limit=limit)


def appeal(actor: Actor, parts: Parts, takedown_id: str, *, note: str) -> Takedown:
    """By an artist of a work that it names, once. Raises NotFound for a stranger, TakedownSettled, AppealMade."""
    account_id = require_account(actor)
    owns = sa.exists().where(
        TakedownWork.takedown_id == takedown_id, TakedownWork.work_id == Work.id, Work.account_id == account_id
    )
    with parts.database.writing() as session:
        appealed = changed(
            session,
            sa.update(Takedown)
            .where(Takedown.id == takedown_id, Takedown.state.in_(IN_FORCE), owns)
            .values(state=TakedownState.APPEALED),
        )
        takedown = session.get(Takedown, takedown_id, populate_existing=True)
        if takedown is None or account_id not in _owners(takedown):
            raise _not_found(takedown_id)
        if appealed == 0:
            raise TakedownSettled("It is lifted already.", state=takedown.state.value)
        has_appealed = any(one.account_id == account_id for one in takedown.appeals)
        if not may_appeal(takedown.state, owns_a_work=True, has_appealed=has_appealed):
            raise AppealMade("A takedown can be appealed once; the decision stands beside it.")
        row = {"takedown_id": takedown_id, "account_id": account_id, "note": note, "created_at": now()}
        session.execute(insert(session, Appeal).values(row))
        journal.record(session, actor, "takedown.appealed", "takedown", takedown_id, after={"note": note})
        return _fresh(session, takedown_id)


def decide_takedown(
    actor: Actor, parts: Parts, takedown_id: str, *, outcome: TakedownState, note: str = ""
) -> Takedown:
    """Keeps an appealed takedown, or lifts one. Of two moderators at once one decides; the other: TakedownSettled."""
    require_operator(actor)
    with parts.database.writing() as session:
        if outcome is TakedownState.RESTORED:
            order_settling(session, actor, parts)  # before the works; what was down when it came was told to nobody
        decided = changed(
            session,
            sa.update(Takedown)
            .where(Takedown.id == takedown_id, Takedown.state.in_(states_before(outcome)))
            .values(state=outcome, decided_by_id=actor.account_id, decided_at=now(), decision_note=note),
        )
        takedown = session.get(Takedown, takedown_id, populate_existing=True)
        if takedown is None:
            raise _not_found(takedown_id)
        if decided == 0:
            detail = "It is lifted." if takedown.state is TakedownState.RESTORED else "Nobody's appeal waits for it."
            raise TakedownSettled(detail, state=takedown.state.value)
        back = _lift(session, actor, parts, takedown) if outcome is TakedownState.RESTORED else []
        facts = {"note": note, "works_back": back}
        journal.record(session, actor, f"takedown.{outcome.value}", "takedown", takedown_id, after=facts)
        _tell_of_decision(session, takedown, outcome, note, back)
        return _fresh(session, takedown_id)


def _lock(session: Session, ids: Sequence[str]) -> dict[str, Work]:
    """The works as they are once nobody else changes them; locked one by one in the order of their ids."""
    for id in sorted(ids):
        session.execute(sa.update(Work).where(Work.id == id).values(revision=Work.revision + 1))
    rows = session.scalars(sa.select(Work).where(Work.id.in_(ids)).execution_options(populate_existing=True))
    return {work.id: work for work in rows}


def _require_published(chosen: Sequence[str], works: Mapping[str, Work]) -> None:
    strange = [id for id in chosen if id not in works or works[id].state is WorkState.DRAFT]
    if strange:
        raise TakedownWorksInvalid(
            f"There is no published work {strange[0]!r}.", violations={"/work_ids": ["Not a published work."]}
        )


def _require_reported(session: Session, report_id: str | None, chosen: Sequence[str]) -> None:
    """A report is upheld by taking down the work that it is about."""
    if report_id is None:
        return
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound(f"There is no report {report_id!r}.", what="report")
    if report.comment_id is not None:
        message = "Is about a comment: decide it by itself."
        raise TakedownWorksInvalid(
            "The report is about a comment on the work, not about the work.", violations={"/report_id": [message]}
        )
    if report.work is None:
        message = "Is about a collection: decide it by itself."
        raise TakedownWorksInvalid("The report is about no work.", violations={"/report_id": [message]})
    if report.work_id not in chosen:
        message = "Must be about one of the works."
        raise TakedownWorksInvalid(
            f"The report is about “{report.work.title}”: choose it too, or leave the report out.",
            violations={"/report_id": [message]},
        )


def _states_before(session: Session, works: Mapping[str, Work]) -> dict[str, WorkState]:
    """Of works that are down already: as the takedowns in force remember it."""
    remembered = dict(session.execute(_in_force(list(works))).all())
    return {id: remembered.get(id, work.state) for id, work in works.items()}


def _in_force(work_ids: Sequence[str]) -> sa.Select[str, WorkState]:
    return (
        sa.select(TakedownWork.work_id, TakedownWork.state_before)
        .join(Takedown, Takedown.id == TakedownWork.takedown_id)
        .where(TakedownWork.work_id.in_(work_ids), Takedown.state.in_(IN_FORCE))
    )


def _same(session: Session, chosen: Sequence[str], reason: ReportReason) -> str | None:
    """A takedown in force of exactly these works for this reason."""
    named = sa.func.count()
    among = sa.func.sum(sa.case((TakedownWork.work_id.in_(chosen), 1), else_=0))
    return session.scalar(
        sa.select(Takedown.id)
        .join(TakedownWork, TakedownWork.takedown_id == Takedown.id)
        .where(Takedown.reason == reason, Takedown.state.in_(IN_FORCE))
        .where(Takedown.id.in_(sa.select(TakedownWork.takedown_id).where(TakedownWork.work_id == chosen[0])))
        .group_by(Takedown.id)
        .having(sa.and_(named == len(chosen), among == len(chosen)))
        .limit(1)
    )


def _lift(session: Session, actor: Actor, parts: Parts, takedown: Takedown) -> list[str]:
    """Puts back what no other takedown holds; their ids."""
    ids = [named.work_id for named in takedown.works]
    _lock(session, ids)
    held = [work_id for work_id, _ in session.execute(_in_force(ids))]
    back = []
    for named in takedown.works:
        state = state_after_lifting(named.state_before, still_in_force=held.count(named.work_id))
        if state is WorkState.TAKEN_DOWN:
            continue
        _set_state(session, [named.work_id], state)
        back.append(named.work_id)
        was, after = {"state": "taken_down"}, {"state": state.value, "takedown_id": takedown.id}
        journal.record(session, actor, "work.restored", "work", named.work_id, before=was, after=after)
        if state is WorkState.PUBLISHED:
            remix = sa.and_(Work.id == named.work_id, Work.kind == WorkKind.REMIX)
            session.execute(sa.update(Work).where(remix).values(is_untold=True))
            _tell_elsewhere(session, parts, EventKind.WORK_RESTORED, named.work, takedown.reason)
    return back


def _set_state(session: Session, ids: Sequence[str], state: WorkState) -> None:
    statement = sa.update(Work).where(Work.id.in_(ids)).values(state=state)
    session.execute(statement.execution_options(synchronize_session=False))


def _tell_elsewhere(session: Session, parts: Parts, kind: EventKind, work: Work, reason: ReportReason) -> None:
    def facts(addresses: Addresses) -> payloads.Facts:
        shown = events.work_facts(work, addresses)
        return payloads.restored(shown) if kind is EventKind.WORK_RESTORED else payloads.taken_down(shown, reason)

    events.emit(session, parts, kind, facts, concerns=[work.account_id], works=[work.id])


def _tell_of_takedown(session: Session, takedown: Takedown, works: Mapping[str, Work]) -> None:
    subject = ("takedown", takedown.id)
    titles = _named([work.title for work in works.values()])
    owners = {work.account_id for work in works.values()}
    because = f"The reason: {REASON_WORDS[takedown.reason]}."
    for owner in sorted(owners):
        own = _named([work.title for work in works.values() if work.account_id == owner])
        text = " ".join(filter(None, [because, takedown.note, "You can appeal once."]))
        notices.send(session, [owner], NoticeKind.WORK_TAKEN_DOWN, subject, f"{own} was taken down", text)
    downstream = owners_downstream(session, list(works)) - owners
    text = f"A work of yours is made from it. {because} Your work stays as it is, and so does the lineage."
    notices.send(session, downstream, NoticeKind.SOURCE_TAKEN_DOWN, subject, f"{titles} was taken down", text)
    makers = mix_makers(session, list(works)) - owners - downstream
    text = f"Mixes of yours use its stems and cannot be heard while it is down. {because}"
    notices.send(session, makers, NoticeKind.SOURCE_TAKEN_DOWN, subject, f"{titles} was taken down", text)


def _tell_of_decision(
    session: Session, takedown: Takedown, outcome: TakedownState, note: str, back: Sequence[str]
) -> None:
    subject, owners = ("takedown", takedown.id), _owners(takedown)
    titles = _named([named.work.title for named in takedown.works])
    if outcome is TakedownState.KEPT:
        appellants = {one.account_id for one in takedown.appeals}
        text = note or "A moderator has looked at the appeal."
        notices.send(session, appellants, NoticeKind.TAKEDOWN_KEPT, subject, f"The takedown of {titles} stays", text)
        return
    text = note or "A moderator has lifted the takedown."
    if len(back) < len(takedown.works):
        text += " What another takedown names stays down until that is lifted too."
    title = f"The takedown of {titles} was lifted"
    notices.send(session, owners, NoticeKind.TAKEDOWN_RESTORED, subject, title, text)
    downstream = owners_downstream(session, back) - owners if back else set()
    notices.send(session, downstream, NoticeKind.SOURCE_RESTORED, subject, title, "A work of yours is made from it.")
    makers = mix_makers(session, back) - owners - downstream if back else set()
    notices.send(session, makers, NoticeKind.SOURCE_RESTORED, subject, title, "Mixes of yours can be heard again.")


def _named(titles: Sequence[str]) -> str:
    first = f"“{titles[0]}”"
    return first if len(titles) == 1 else f"{first} (with {len(titles) - 1} more)"


def _owners(takedown: Takedown) -> set[str]:
    return {named.work.account_id for named in takedown.works}


def _fresh(session: Session, takedown_id: str) -> Takedown:
    session.flush()
    session.expire_all()
    return session.get_one(Takedown, takedown_id)


def _not_found(takedown_id: str) -> NotFound:
    return NotFound(f"There is no takedown {takedown_id!r}, or it is private.", what="takedown")
