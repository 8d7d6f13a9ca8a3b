"""Suspensions: an account may read and nothing else, until a time or until an operator lifts it; one appeal.

Its jobs go on, what it published stays, its entries stay in their contests. What it may still do: `edge/suspended.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, require_fresh_operator, require_operator
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.errors import Conflict, Invalid, NotFound, Unavailable
from remixhub.domain.letters import LetterKind
from remixhub.domain.moderation import (
    SUSPENSION_WORDS,
    WORKS_LIMIT,
    NoticeKind,
    ReportReason,
    SuspensionReason,
    SuspensionState,
    suspension_states_before,
)
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.times import rfc3339
from remixhub.models import Account, Label, LabelMember, Suspension, Work, now
from remixhub.models.changes import changed
from remixhub.models.suspensions import in_force, is_suspended
from remixhub.services import journal, notices
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.mail import letters
from remixhub.services.moderation.takedowns import take_down
from remixhub.services.paging import Keyset, Page, Position, page
from remixhub.services.uploads import endings

_OLDEST = Keyset(Suspension.created_at, Suspension.id)


class SuspensionInvalid(Invalid):
    code = "suspension_invalid"
    title = "This account cannot be suspended so"


class SuspendedAlready(Conflict):
    code = "suspended_already"
    title = "The account is suspended already"


class SuspensionSettled(Conflict):
    code = "suspension_settled"
    title = "The suspension does not allow this any more"


class SuspensionAppealed(Conflict):
    code = "suspension_appealed"
    title = "You have appealed already"


def suspend(
    actor: Actor,
    parts: Parts,
    *,
    handle: str,
    reason: SuspensionReason,
    note: str = "",
    ends_at: dt.datetime | None = None,
    take_down_works: ReportReason | None = None,
) -> Suspension:
    """Aborts its running transfers too, and takes its published works down for this other reason if there is one: by
    takedowns of their own, that are appealed and lifted by themselves.

    Raises ProofNeeded, AccountNotFound, SuspensionInvalid, SuspendedAlready.
    """
    require_fresh_operator(actor)
    lifetime_seconds = parts.settings.upload_lifetime_seconds
    with parts.database.writing() as session:
        account = _hold(session, actor, handle)
        if ends_at is not None and session.scalar(sa.select(sa.literal(ends_at, Suspension.ends_at.type) <= now())):
            raise SuspensionInvalid("Give a time to come, or none.", violations={"/ends_at": ["This is past."]})
        standing = session.scalar(sa.select(Suspension.id).where(Suspension.account_id == account.id, in_force()))
        if standing is not None:
            raise SuspendedAlready(f"Lift the suspension of @{account.handle} first.", suspension_id=standing)
        made = Suspension(account_id=account.id, made_by_id=actor.account_id, reason=reason, note=note, ends_at=ends_at)
        session.add(made)
        session.flush()
        ended = endings.end_transfers(session, account.id, lifetime_seconds=lifetime_seconds)
        facts = {
            "account_id": account.id, "handle": account.handle, "reason": reason.value, "note": note,
            "ends_at": rfc3339(ends_at) if ends_at else None, "transfers_ended": len(ended),
        }  # fmt: skip
        journal.record(session, actor, "account.suspended", "account", account.id, after=facts)
        _tell_of_suspension(session, made)
        made = _fresh(session, made.id)
    for upload in ended:
        try:
            endings.clear(parts, upload)
        except Unavailable:
            break  # the sweep does it
    if take_down_works is not None:
        _take_down_works(actor, parts, made, take_down_works)
    return made


def get_suspension(actor: Actor, parts: Parts, suspension_id: str) -> Suspension:
    """For operators and the account itself; anybody else gets NotFound."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        suspension = session.get(Suspension, suspension_id)
    if suspension is None or not (actor.is_operator or suspension.account_id == account_id):
        raise _not_found(suspension_id)
    return suspension


def list_suspensions(
    actor: Actor,
    parts: Parts,
    *,
    state: SuspensionState | None = None,
    handle: str | None = None,
    after: Position | None,
    limit: int,
) -> Page[Suspension]:
    """For operators, the oldest first; `handle`: of one account."""
    require_operator(actor)
    with parts.database.reading() as session:
        return suspensions_in(session, state, handle=handle, after=after, limit=limit)


def suspensions_in(
    session: Session,
    state: SuspensionState | None,
    *,
    handle: str | None = None,
    after: Position | None,
    limit: int,
) -> Page[Suspension]:
    query = sa.select(Suspension)
    if state is not None:
        query = query.where(Suspension.state == state)
    if handle is not None:
        query = query.where(Suspension.account_id == find_profile(session, handle).id)
    return page(session, query, _OLDEST, after=after, limit=limit)


def appeals_in(session: Session, *, limit: int) -> Sequence[Suspension]:
    """Those that wait for a decision, the oldest first."""
    waiting = sa.select(Suspension).where(Suspension.state == SuspensionState.APPEALED, in_force())
    return session.scalars(waiting.order_by(Suspension.appealed_at, Suspension.id).limit(limit)).all()


@dataclass(frozen=True)
class AccountFile:
    """What an operator should see of an account before suspending it."""

    account: Account
    works_count: int
    """Published."""
    labels: Sequence[tuple[str, str]]
    """Handle and name of those that it owns."""
    suspensions: Sequence[Suspension]
    standing: Suspension | None


def view_account(actor: Actor, parts: Parts, handle: str) -> AccountFile:
    """Raises AccountNotFound."""
    require_operator(actor)
    with parts.database.reading() as session:
        account = find_profile(session, handle)
        published = sa.and_(Work.account_id == account.id, Work.state == WorkState.PUBLISHED)
        owned = (
            sa.select(Label.handle, Label.name)
            .join(LabelMember, LabelMember.label_id == Label.id)
            .where(LabelMember.account_id == account.id, LabelMember.role == LabelRole.OWNER)
            .order_by(Label.name)
        )
        ordered = (
            sa.select(Suspension, in_force().label("is_standing"))
            .where(Suspension.account_id == account.id)
            .order_by(Suspension.created_at.desc())
        )
        rows = session.execute(ordered).all()
        return AccountFile(
            account,
            session.scalar(sa.select(sa.func.count()).select_from(Work).where(published)) or 0,
            [(label, name) for label, name in session.execute(owned)],
            [one for one, _ in rows],
            next((one for one, is_standing in rows if is_standing), None),
        )


def appeal(actor: Actor, parts: Parts, suspension_id: str, *, note: str) -> Suspension:
    """By whom it is about, once, while it is in force. Raises SuspensionSettled, SuspensionAppealed."""
    account_id = require_account(actor)
    own = sa.and_(Suspension.id == suspension_id, Suspension.account_id == account_id)
    first = sa.update(Suspension).where(own, in_force(), Suspension.appealed_at.is_(None))
    with parts.database.writing() as session:
        values = {"state": SuspensionState.APPEALED, "appeal_note": note, "appealed_at": now()}
        appealed = changed(session, first.values(values))
        suspension = session.scalars(sa.select(Suspension).where(own)).one_or_none()
        if suspension is None:
            raise _not_found(suspension_id)
        if appealed == 0:
            if suspension.appealed_at is not None:
                raise SuspensionAppealed("A suspension can be appealed once; the decision stands beside it.")
            raise SuspensionSettled("It is over already.", state=suspension.state.value)
        after = {"suspension_id": suspension_id, "note": note}
        journal.record(session, actor, "suspension.appealed", "account", account_id, after=after)
        return _fresh(session, suspension_id)


def decide_suspension(
    actor: Actor, parts: Parts, suspension_id: str, *, outcome: SuspensionState, note: str = ""
) -> Suspension:
    """Refuses an appeal, or lifts it. Of two operators at once one decides; the other: SuspensionSettled."""
    require_operator(actor)
    decide = sa.update(Suspension).where(
        Suspension.id == suspension_id, in_force(), Suspension.state.in_(suspension_states_before(outcome))
    )
    with parts.database.writing() as session:
        values = {
            "state": outcome, "decided_by_id": actor.account_id, "decided_at": now(), "decision_note": note,
        }  # fmt: skip
        decided = changed(session, decide.values(values))
        suspension = session.get(Suspension, suspension_id, populate_existing=True)
        if suspension is None:
            raise _not_found(suspension_id)
        if decided == 0:
            over = "It is over." if outcome is SuspensionState.LIFTED else "No appeal waits for it."
            raise SuspensionSettled(over, state=suspension.state.value)
        after = {"suspension_id": suspension_id, "note": note}
        journal.record(session, actor, f"suspension.{outcome.value}", "account", suspension.account_id, after=after)
        is_lifted = outcome is SuspensionState.LIFTED
        title = "Your account is not suspended any more" if is_lifted else "Your account stays suspended"
        text = note or ("An operator has lifted it." if is_lifted else "An operator has looked at your appeal.")
        _tell(session, suspension, NoticeKind.SUSPENSION_DECIDED, title, text)
        return _fresh(session, suspension_id)


def _hold(session: Session, actor: Actor, handle: str) -> Account:
    """The account, which nobody else suspends meanwhile. Operators hold each other, so that one of them is left."""
    name = handle.lower().removeprefix("@")
    of_concern = sa.select(Account.id).where(sa.or_(Account.handle == name, Account.is_operator)).order_by(Account.id)
    session.execute(of_concern.with_for_update())
    account = find_profile(session, name)
    if account.deleted_at is not None:
        raise _unfit(f"@{name} is deleted.")
    if account.id == actor.account_id:
        raise _unfit("Nobody suspends themselves.")
    acting = sa.select(Account.id).where(
        Account.is_operator, Account.deleted_at.is_(None), Account.id != account.id, ~is_suspended(Account.id)
    )
    left = session.scalars(acting).all()
    if account.is_operator and not left:
        raise _unfit("It is the last operator; make another first.")
    if not actor.is_system and actor.account_id not in left:
        raise _unfit("You are no operator any more.")
    return account


def _take_down_works(actor: Actor, parts: Parts, made: Suspension, reason: ReportReason) -> None:
    published = sa.select(Work.id).where(Work.account_id == made.account_id, Work.state == WorkState.PUBLISHED)
    with parts.database.reading() as session:
        ids = session.scalars(published.order_by(Work.id)).all()
    for start in range(0, len(ids), WORKS_LIMIT):
        chosen = ids[start : start + WORKS_LIMIT]
        take_down(actor, parts, work_ids=chosen, reason=reason, note=made.note)


def _unfit(fault: str) -> SuspensionInvalid:
    return SuspensionInvalid(fault, violations={"/handle": [fault]})


def _tell_of_suspension(session: Session, made: Suspension) -> None:
    until = f"until {made.ends_at:%-d %B %Y, %H:%M} UTC" if made.ends_at else "until an operator lifts it"
    text = "\n".join(filter(None, [
        f"It can read, take its originals and be deleted, and do nothing else, {until}.",
        f"The reason: {SUSPENSION_WORDS[made.reason]}.", made.note, "You can appeal once.",
    ]))  # fmt: skip
    _tell(session, made, NoticeKind.ACCOUNT_SUSPENDED, "Your account is suspended", text)


def _tell(session: Session, suspension: Suspension, kind: NoticeKind, title: str, text: str) -> None:
    """By a notice, and by a letter whatever the account wishes."""
    about = ("suspension", suspension.id)
    notices.send(session, [suspension.account_id], kind, about, title, text, has_letter=True)
    account = session.get_one(Account, suspension.account_id)
    facts = {"title": title, "text": text, "suspension_id": suspension.id}
    letters.write(session, account, LetterKind.ACCOUNT_SUSPENDED, **facts)


def _fresh(session: Session, suspension_id: str) -> Suspension:
    session.flush()
    return session.get_one(Suspension, suspension_id, populate_existing=True)


def _not_found(suspension_id: str) -> NotFound:
    return NotFound(f"There is no suspension {suspension_id!r}, or it is private.", what="suspension")
