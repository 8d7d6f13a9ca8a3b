"""Invitations: made by operators, and by everybody as far as the house lets them; only hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, OperatorOnly, require_account, require_operators_factor
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.states import Scope
from remixhub.models import Account, Invitation, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.house.reading import house_in
from remixhub.services.paging import Keyset, Page, Position, page

USES_LIMIT = 1_000
DAYS_LIMIT = 365
DEFAULT_DAYS = 14
_DAY_SECONDS = 86_400
_NEWEST = Keyset(Invitation.created_at.desc(), Invitation.id.desc())


class InvitationBounds(Invalid):
    code = "invitation_bounds"
    title = "An invitation cannot be so"


class InvitationsExhausted(Conflict):
    code = "invitations_limit"
    title = "No invitations are left"


def invitation_digest(token: str) -> str:
    """Tokens have 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    actor: Actor, parts: Parts, *, uses: int = 1, days: int = DEFAULT_DAYS, note: str = ""
) -> tuple[Invitation, str]:
    """The row and the token of its link, which is never shown again.

    Raises InvitationBounds, OperatorOnly where accounts may not invite, InvitationsExhausted.
    """
    account_id = None if actor.is_system else require_account(actor)
    _require_bounds(uses, days)
    token = secrets.token_urlsafe(32)
    with parts.database.writing() as session:
        if account_id is not None and not actor.is_operator:
            _require_left(session, actor, account_id, uses)
        row = Invitation(
            token_hash=invitation_digest(token), account_id=account_id, uses_limit=uses, note=note,
            expires_at=now(days * _DAY_SECONDS),
        )  # fmt: skip
        session.add(row)
        session.flush()
        facts = {"uses": uses, "days": days, "note": note}
        journal.record(session, actor, "invitation.made", "invitation", row.id, after=facts)
        session.flush()
        session.refresh(row)
    return row, token


def list_invitations(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[Invitation]:
    """One's own, to operators everybody's; the newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return page(session, _seen_by(actor, account_id), _NEWEST, after=after, limit=limit)


@dataclass(frozen=True)
class Invited:
    page: Page[Invitation]
    left: int | None
    """How many more people the asker may invite; None: operators do not count."""


def view_invitations(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Invited:
    """The page of them."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        listed = page(session, _seen_by(actor, account_id), _NEWEST, after=after, limit=limit)
        return Invited(listed, None if actor.is_operator else left_to(session, account_id))


def revoke_invitation(actor: Actor, parts: Parts, invitation_id: str) -> None:
    """Who came by it stays. Safe to repeat. Raises NotFound, also for somebody else's."""
    account_id = require_account(actor)
    own = Invitation.id == invitation_id
    if not actor.is_operator:
        own = sa.and_(own, Invitation.account_id == account_id)
    with parts.database.writing() as session:
        revoke = sa.update(Invitation).where(own, Invitation.revoked_at.is_(None)).values(revoked_at=now())
        if changed(session, revoke):
            journal.record(session, actor, "invitation.revoked", "invitation", invitation_id)
        elif session.scalar(sa.select(Invitation.id).where(own)) is None:
            raise NotFound(f"There is no invitation {invitation_id!r}, or it is private.", what="invitation")


def left_to(session: Session, account_id: str) -> int:
    """How many more people an account that is no operator may invite. Those whom nobody can use any more come back."""
    spoken_for = sa.case((is_good(), Invitation.uses_limit), else_=Invitation.uses)
    given = session.scalar(sa.select(sa.func.sum(spoken_for)).where(Invitation.account_id == account_id)) or 0
    return max(house_in(session).invitations_each - given, 0)


def is_good() -> sa.ColumnElement[bool]:
    return sa.and_(Invitation.revoked_at.is_(None), Invitation.expires_at > now())


def _seen_by(actor: Actor, account_id: str) -> sa.Select[Invitation]:
    query = sa.select(Invitation)
    return query if actor.is_operator else query.where(Invitation.account_id == account_id)


def _require_left(session: Session, actor: Actor, account_id: str, uses: int) -> None:
    session.execute(sa.update(Account).where(Account.id == account_id).values(revision=Account.revision))
    if house_in(session).invitations_each == 0:
        require_operators_factor(actor)
        raise OperatorOnly("Here the operators invite; ask one of them.")
    if uses > (left := left_to(session, account_id)):
        raise InvitationsExhausted(f"You may invite {left} more; take one back, or ask an operator.", left=left)


def _require_bounds(uses: int, days: int) -> None:
    violations = {}
    if not 1 <= uses <= USES_LIMIT:
        violations["/uses"] = [f"1 to {USES_LIMIT}."]
    if not 1 <= days <= DAYS_LIMIT:
        violations["/days"] = [f"1 to {DAYS_LIMIT}."]
    if violations:
        raise InvitationBounds("Something is not right yet; see the marked fields.", violations=violations)
