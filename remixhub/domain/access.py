"""Who may do what: the one place that decides, for API, pages and workers alike.

Private things answer a stranger as if they did not exist (`NotFound`); public things of somebody else answer
`Forbidden`. The functions take values and return nothing or raise.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from remixhub.domain.errors import Forbidden, NotFound, Unauthenticated
from remixhub.domain.moderation import SUSPENSION_WORDS, SuspensionReason
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.times import rfc3339

FRESH_SECONDS = 600
"""How long a session that proved who it is may do what asks for that."""
_SESSION_SCOPES = frozenset({Scope.READ, Scope.PUBLISH, Scope.CONTEST})


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = "The access token does not carry this scope"


class ProofNeeded(Unauthenticated):
    code = "proof_needed"
    title = "Prove that it is you"


class SecondFactorNeeded(Forbidden):
    code = "second_factor_needed"
    title = "This takes a second factor"


class OperatorOnly(Forbidden):
    code = "operator_only"
    title = "Only an operator of this hub may do this"


class AccountSuspended(Forbidden):
    code = "account_suspended"
    title = "Your account is suspended"


@dataclass(frozen=True)
class Suspended:
    """That an account may read, and do nothing else: by which suspension, and until when (None: until it is lifted)."""

    id: str
    reason: SuspensionReason
    until: dt.datetime | None


@dataclass(frozen=True)
class OwedFactor:
    """For which acts the house asks a second factor of an account that has none."""

    as_operator: bool
    """Of an operator, who is none until then."""
    as_owner: bool


@dataclass(frozen=True)
class Actor:
    """Who does it: an account (`account_id` set), nobody (a visitor), or the system."""

    account_id: str | None = None
    scopes: frozenset[Scope] = frozenset({Scope.READ})
    is_operator: bool = False
    """And speaks as one: by a token only with the scope `admin`, and with a second factor where the house asks it."""
    is_system: bool = False
    handle: str | None = None
    token_id: str | None = None
    """The personal access token that speaks for the account, if one does."""
    session_id: str | None = None
    """The browser session that does."""
    is_fresh: bool = False
    """And proved within the last minutes who it is."""
    owes_factor: OwedFactor | None = None
    """What the house asks a second factor for, of an account that has none."""
    suspended: Suspended | None = None
    """It is no operator then, whatever it is otherwise."""
    brought_by: str | None = None
    """The operator who does it in the account's place, as when works of another hub are brought in."""

    @property
    def name(self) -> str:
        """As the audit trail has it."""
        return "system" if self.is_system else self.brought_by or self.account_id or "visitor"


VISITOR = Actor()
SYSTEM = Actor(scopes=frozenset(Scope), is_operator=True, is_system=True)


def session_actor(
    account_id: str,
    handle: str,
    *,
    is_operator: bool,
    session_id: str | None = None,
    is_fresh: bool = False,
    suspended: Suspended | None = None,
    owes_factor: OwedFactor | None = None,
) -> Actor:
    operates, owes_factor = _operates(is_operator, suspended, owes_factor)
    scopes = _SESSION_SCOPES | {Scope.ADMIN} if operates else _SESSION_SCOPES
    return Actor(
        account_id, scopes, is_operator=operates, handle=handle, session_id=session_id, is_fresh=is_fresh,
        suspended=suspended, owes_factor=owes_factor,
    )  # fmt: skip


def token_actor(
    account_id: str,
    handle: str,
    scopes: frozenset[Scope],
    token_id: str,
    *,
    is_operator: bool,
    suspended: Suspended | None = None,
    owes_factor: OwedFactor | None = None,
) -> Actor:
    operates, owes_factor = _operates(is_operator and Scope.ADMIN in scopes, suspended, owes_factor)
    return Actor(
        account_id, scopes, is_operator=operates, handle=handle, token_id=token_id, suspended=suspended,
        owes_factor=owes_factor,
    )  # fmt: skip


def _operates(
    is_operator: bool, suspended: Suspended | None, owed: OwedFactor | None
) -> tuple[bool, OwedFactor | None]:
    """Whether it speaks as one: who asks `is_operator` need think of nothing else. And what it owes."""
    may = is_operator and suspended is None
    if owed is None or not owed.as_operator:
        return may, owed
    return False, OwedFactor(may, owed.as_owner) if may or owed.as_owner else None


def require_account(actor: Actor, scope: Scope = Scope.PUBLISH) -> str:
    """The account's id. Raises Unauthenticated for a visitor, ScopeMissing for a token without `scope`."""
    if actor.account_id is None:
        raise Unauthenticated("Sign in, or send an access token as `Authorization: Bearer …`.")
    if scope not in actor.scopes:
        raise ScopeMissing(f"Use an access token with the scope `{scope}`.", scope=scope.value)
    return actor.account_id


def require_not_suspended(actor: Actor) -> None:
    """Before whatever writes or publishes. Raises AccountSuspended, which says until when, why and where to appeal."""
    suspended = actor.suspended
    if suspended is None:
        return
    until = f"until {suspended.until:%-d %B %Y, %H:%M} UTC" if suspended.until else "until an operator lifts it"
    raise AccountSuspended(
        f"It is suspended {until}, because {SUSPENSION_WORDS[suspended.reason]}. You can read, take your originals and "
        f"appeal once.",
        suspension_id=suspended.id,
        reason=suspended.reason.value,
        until=rfc3339(suspended.until) if suspended.until else None,
        appeal=f"/suspensions/{suspended.id}",
    )


def require_session(actor: Actor) -> str:
    """The account's id, for what a token may never do (passwords, tokens, deletion)."""
    account_id = require_account(actor, Scope.READ)
    if actor.token_id is not None:
        raise ScopeMissing("Access tokens cannot do this; sign in with the password.", scope="session")
    return account_id


def require_fresh_session(actor: Actor) -> str:
    """The account's id, for what a session left open somewhere shall not do. Raises ProofNeeded."""
    account_id = require_session(actor)
    if not actor.is_fresh:
        raise ProofNeeded("It is a while since you signed in; prove once more that it is you.")
    return account_id


def require_operator(actor: Actor) -> None:
    if actor.is_system:
        return
    is_signed_in = actor.account_id is not None and actor.token_id is None
    if not is_signed_in:
        require_account(actor, Scope.ADMIN)
    require_operators_factor(actor)
    if not actor.is_operator:
        raise OperatorOnly("Ask an operator of this hub.")


def require_operators_factor(actor: Actor) -> None:
    """Before somebody is told that only operators may. Raises SecondFactorNeeded for those who are one but for that."""
    if actor.owes_factor is not None and actor.owes_factor.as_operator:
        raise SecondFactorNeeded(
            "This hub asks it of its operators: add a passkey or an app for codes in the settings."
        )


def require_fresh_operator(actor: Actor) -> None:
    """For what weighs on all or shuts somebody out. Raises ProofNeeded in a session left open somewhere."""
    require_operator(actor)
    if not actor.is_system and actor.token_id is None:
        require_fresh_session(actor)


def require_owners_factor(actor: Actor) -> None:
    """Before an act as owner of a label. Raises SecondFactorNeeded."""
    if actor.owes_factor is not None and actor.owes_factor.as_owner:
        raise SecondFactorNeeded(
            "This hub asks it of owners of labels: add a passkey or an app for codes in the settings."
        )


def may_see_work(actor: Actor, *, owner_id: str, state: WorkState) -> bool:
    """Drafts are their artist's alone; tombstones are public, as a name in the lineage."""
    return state is not WorkState.DRAFT or actor.is_system or actor.account_id == owner_id


def may_hear_work(actor: Actor, *, owner_id: str, state: WorkState) -> bool:
    """Audio and downloads: published works for all, drafts and withdrawn works for their artist."""
    if state is WorkState.PUBLISHED or actor.is_system:
        return True
    return state is not WorkState.TAKEN_DOWN and actor.account_id == owner_id


def require_visible(actor: Actor, *, owner_id: str, state: WorkState, what: str, id: str) -> None:
    if not may_see_work(actor, owner_id=owner_id, state=state):
        raise NotFound(f"There is no {what} {id!r}, or it is private.", what=what)


def require_own_work(actor: Actor, *, owner_id: str, state: WorkState, what: str, id: str) -> str:
    """The account's id when the work is the actor's; a stranger gets NotFound or Forbidden by visibility."""
    if actor.account_id is None:
        require_visible(actor, owner_id=owner_id, state=state, what=what, id=id)
    account_id = require_account(actor)
    require_visible(actor, owner_id=owner_id, state=state, what=what, id=id)
    if account_id != owner_id:
        raise Forbidden(f"The {what} {id!r} belongs to somebody else.", what=what)
    return account_id


def require_own_private(actor: Actor, *, owner_id: str, what: str, id: str, scope: Scope = Scope.READ) -> str:
    """For what is always private (uploads, mixes, tokens): anybody else gets NotFound."""
    account_id = require_account(actor, scope)
    if account_id != owner_id:
        raise NotFound(f"There is no {what} {id!r}, or it is private.", what=what)
    return account_id
