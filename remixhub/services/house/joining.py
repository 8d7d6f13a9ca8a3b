"""Who may make an account: the one place that is asked, inside the transaction that makes it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from remixhub.compose import Parts
from remixhub.domain.errors import Conflict, Forbidden
from remixhub.domain.house import SignUp, SignUpClosed, require_rules_accepted
from remixhub.models import Account, Arrival, Invitation, now
from remixhub.models.suspensions import is_suspended
from remixhub.services.house.invitations import invitation_digest
from remixhub.services.house.reading import house_in


class InvitationRequired(Forbidden):
    code = "invitation_required"
    title = "New accounts need an invitation"


class InvitationInvalid(Conflict):
    code = "invitation_invalid"
    title = "The invitation is not good any more"


@dataclass(frozen=True)
class Admitted:
    invitation_id: str | None
    accepted_rules: int | None


def admit(session: Session, *, invitation: str | None, accepted_rules: int | None) -> Admitted:
    """Takes one use of the invitation, first of all: so one use is one use, and given back if the sign-up fails.

    Where anybody may sign up, an invitation that is not good any more does not matter.
    Raises SignUpClosed, InvitationRequired, InvitationInvalid, RulesNotAccepted.
    """
    taken = session.scalar(_take(invitation)) if invitation else None
    house = house_in(session)
    if house.sign_up is SignUp.CLOSED:
        raise SignUpClosed(f"Nobody can sign up here at present. {_whom_to_ask(house.contact)}".rstrip())
    if house.sign_up is SignUp.INVITATION and taken is None:
        if not invitation:
            raise InvitationRequired(f"Ask somebody here for an invitation. {_whom_to_ask(house.contact)}".rstrip())
        raise InvitationInvalid("It was used up, has expired or was taken back. Ask for another.")
    accepted = require_rules_accepted(accepted_rules, rules_revision=house.rules_revision, rules=house.rules)
    return Admitted(taken, accepted)


@dataclass(frozen=True)
class Door:
    """How an invitation's page greets."""

    is_good: bool
    invited_by: str | None
    """The name of who invites, where that is an account."""


def look_at(parts: Parts, invitation: str) -> Door:
    """Without using it up."""
    seen = sa.select(Account.display_name).select_from(Invitation).outerjoin(Account).where(_is_good(invitation))
    with parts.database.reading() as session:
        row = session.execute(seen).one_or_none()
    return Door(row is not None, row.display_name if row is not None else None)


def note_arrival(session: Session, account_id: str, admitted: Admitted) -> None:
    if admitted.invitation_id is not None:
        session.add(Arrival(account_id=account_id, invitation_id=admitted.invitation_id))


def _take(invitation: str) -> ReturningUpdate[str]:
    used = sa.update(Invitation).where(_is_good(invitation)).values(uses=Invitation.uses + 1)
    return used.returning(Invitation.id)


def _is_good(invitation: str) -> sa.ColumnElement[bool]:
    inviter = aliased(Account)
    inviter_is_here = sa.or_(
        Invitation.account_id.is_(None),
        sa.exists().where(inviter.id == Invitation.account_id, inviter.deleted_at.is_(None), ~is_suspended(inviter.id)),
    )
    return sa.and_(
        Invitation.token_hash == invitation_digest(invitation),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
        Invitation.uses < Invitation.uses_limit,
        inviter_is_here,
    )


def _whom_to_ask(contact: str) -> str:
    return f"The operators: {contact}" if contact else ""
