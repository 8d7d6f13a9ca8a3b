"""Passkeys: registered in a fresh session, then a way in alone, a second step, or a proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, require_fresh_session, require_session
from remixhub.domain.addresses import RelyingParty
from remixhub.domain.errors import Conflict, Invalid, NotFound, Unauthenticated
from remixhub.domain.factors import require_way_in
from remixhub.domain.letters import LetterKind
from remixhub.models import Account, Passkey, RecoveryCode, now
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.accounts.challenges import Purpose, make_challenge, spend_challenge
from remixhub.services.accounts.recovery_codes import forget_idle_codes
from remixhub.services.mail import letters

log = structlog.get_logger()

_MOST = 20


class PasskeyInvalid(Invalid):
    code = "passkey_invalid"
    title = "The passkey cannot be used here"


class PasskeyRefused(Unauthenticated):
    code = "passkey_refused"
    title = "The passkey was not accepted"


class PasskeyKnown(Conflict):
    code = "passkey_known"
    title = "This passkey is there already"


class PasskeysExhausted(Conflict):
    code = "passkeys_limit"
    title = "Too many passkeys"


class PasskeyNotFound(NotFound):
    code = "passkey_not_found"
    title = "There is no such passkey"


def registration_options(actor: Actor, parts: Parts) -> dict[str, Any]:
    """What `navigator.credentials.create` takes, as JSON. Raises ProofNeeded."""
    from remixhub.services.accounts import ceremonies

    account_id = require_fresh_session(actor)
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
        known = passkeys_of(session, account_id)
    challenge = make_challenge(parts, Purpose.REGISTER, actor.session_id or "")
    user = (account.id, account.handle, account.display_name)
    return ceremonies.registration_options(_party(parts), challenge, user=user, known=known)


def register(actor: Actor, parts: Parts, credential: dict[str, Any], *, name: str) -> Passkey:
    """Raises ProofNeeded, ChallengeOver, PasskeyInvalid, PasskeyKnown, PasskeysExhausted."""
    from remixhub.services.accounts import ceremonies

    account_id = require_fresh_session(actor)
    try:
        challenge = ceremonies.challenge_of(credential)
        spend_challenge(parts, challenge, Purpose.REGISTER, actor.session_id or "")
        made = ceremonies.check_registration(_party(parts), challenge, credential)
    except ceremonies.Refused as exc:
        log.info("passkey_invalid", reason=str(exc))
        raise PasskeyInvalid("Make it on this hub's own page, and once more if it took long.") from exc
    is_found = _is_discoverable(credential)
    row = Passkey(
        account_id=account_id, credential_id=made.credential_id, public_key=made.public_key,
        sign_count=made.sign_count, name=name, transports=made.transports,
        signs_in_alone=made.is_verified and is_found, is_backed_up=made.is_backed_up,
    )  # fmt: skip
    try:
        with parts.database.writing() as session:
            lock_own(session, actor)
            if len(passkeys_of(session, account_id)) >= _MOST:
                raise PasskeysExhausted(f"Remove one of your {_MOST} passkeys first.")
            session.add(row)
            session.flush()
            session.refresh(row)
            journal.record(session, actor, "passkey.added", "passkey", row.id, after={"name": name})
            account = session.get_one(Account, account_id)
            letters.write(session, account, LetterKind.FACTOR_ADDED, what=f"the passkey “{name}”")
    except sa.exc.IntegrityError as exc:
        raise PasskeyKnown("Use another device, or go on with the passkey that you have.") from exc
    return row


def rename(actor: Actor, parts: Parts, passkey_id: str, name: str) -> None:
    account_id = require_session(actor)
    own = sa.and_(Passkey.id == passkey_id, Passkey.account_id == account_id)
    with parts.database.writing() as session:
        if changed(session, sa.update(Passkey).where(own).values(name=name)) == 0:
            raise PasskeyNotFound(f"You have no passkey {passkey_id!r}.")


def remove(actor: Actor, parts: Parts, passkey_id: str) -> None:
    """Raises ProofNeeded, PasskeyNotFound, LastWayIn."""
    account_id = require_fresh_session(actor)
    with parts.database.writing() as session:
        lock_own(session, actor)
        own = sa.and_(Passkey.id == passkey_id, Passkey.account_id == account_id)
        gone = session.scalars(sa.delete(Passkey).where(own).returning(Passkey.name)).one_or_none()
        if gone is None:
            raise PasskeyNotFound(f"You have no passkey {passkey_id!r}.")
        require_ways_left(session, account_id)
        forget_idle_codes(session, account_id)
        journal.record(session, actor, "passkey.removed", "passkey", passkey_id, before={"name": gone})
        account = session.get_one(Account, account_id)
        letters.write(session, account, LetterKind.FACTOR_REMOVED, what=f"the passkey “{gone}”")


def sign_in_options(parts: Parts, browser_secret: str) -> dict[str, Any]:
    """For a passkey that is found without a name; `browser_secret` is a cookie's, which the answer has to bring."""
    return _request(parts, Purpose.SIGN_IN, browser_secret, known=(), alone=True)


def second_step_options(parts: Parts, account_id: str, second_step: str) -> dict[str, Any]:
    with parts.database.reading() as session:
        known = passkeys_of(session, account_id)
    return _request(parts, Purpose.SECOND_STEP, second_step, known=known, alone=False)


def proof_options(actor: Actor, parts: Parts) -> dict[str, Any]:
    account_id = require_session(actor)
    with parts.database.reading() as session:
        known = passkeys_of(session, account_id)
    return _request(parts, Purpose.PROVE, actor.session_id or "", known=known, alone=False)


def take_signature(
    parts: Parts, credential: dict[str, Any], purpose: Purpose, bound_to: str, *, account_id: str | None = None
) -> str:
    """The id of the account whose passkey signed the challenge, which is spent; of `account_id`, where that is known.

    Raises PasskeyInvalid, ChallengeOver, PasskeyRefused.
    """
    from remixhub.services.accounts import ceremonies

    alone = account_id is None
    try:
        challenge = ceremonies.challenge_of(credential)
        spend_challenge(parts, challenge, purpose, bound_to)
        credential_id, user = ceremonies.signer_of(credential)
        passkey = _find(parts, credential_id)
        owner = account_id or user
        if passkey is None or passkey.account_id != owner or user not in (None, owner):
            raise ceremonies.Refused("not a passkey of this account")
        signed = ceremonies.check_signature(
            _party(parts), challenge, credential, public_key=passkey.public_key, alone=alone
        )
    except ceremonies.Unreadable as exc:
        raise PasskeyInvalid("Send what `navigator.credentials.get` gave, by its `toJSON()`.") from exc
    except ceremonies.Refused as exc:
        log.info("passkey_refused", reason=str(exc))
        raise PasskeyRefused("Use a passkey that was made for your account on this hub.") from exc
    _count(parts, passkey, signed.sign_count, is_backed_up=signed.is_backed_up)
    return passkey.account_id


def passkeys_of(session: Session, account_id: str) -> Sequence[Passkey]:
    """The oldest first."""
    return session.scalars(
        sa.select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.created_at, Passkey.id)
    ).all()


def require_ways_left(session: Session, account_id: str) -> None:
    """After a change, under the account's lock. Raises LastWayIn."""
    alone = sa.select(sa.func.count()).where(Passkey.account_id == account_id, Passkey.signs_in_alone)
    codes = sa.select(sa.func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    has_password = sa.select(Account.password_hash.is_not(None)).where(Account.id == account_id)
    asked = sa.select(alone.scalar_subquery(), codes.scalar_subquery(), has_password.scalar_subquery())
    passkeys, recovery_codes, password = session.execute(asked).one()
    require_way_in(has_password=bool(password), passkeys=passkeys, recovery_codes=recovery_codes)


def _request(parts: Parts, purpose: Purpose, bound_to: str, *, known: Sequence[Passkey], alone: bool) -> dict[str, Any]:
    from remixhub.services.accounts import ceremonies

    challenge = make_challenge(parts, purpose, bound_to)
    return ceremonies.request_options(_party(parts), challenge, known=known, alone=alone)


def _count(parts: Parts, passkey: Passkey, sign_count: int, *, is_backed_up: bool) -> None:
    """The counter goes on, unless the authenticator has none. One that does not is a copy of the key: it is refused,
    and its owner told (WebAuthn level 3, 6.1.1)."""
    goes_on = sa.or_(Passkey.sign_count < sign_count, sa.and_(Passkey.sign_count == 0, sa.literal(sign_count) == 0))
    used = {"sign_count": sign_count, "is_backed_up": is_backed_up, "last_used_at": now()}
    with parts.database.writing() as session:
        if changed(session, sa.update(Passkey).where(Passkey.id == passkey.id, goes_on).values(used)):
            return
        journal.record(session, SYSTEM, "passkey.counter_went_back", "passkey", passkey.id)
        owner = session.get_one(Account, passkey.account_id)
        letters.write(session, owner, LetterKind.PASSKEY_COPIED, name=passkey.name)
    log.warning("passkey_counter_went_back", passkey_id=passkey.id)
    raise PasskeyRefused("This passkey counts less than it did before, as a copy of it would. Sign in another way.")


def _find(parts: Parts, credential_id: str) -> Passkey | None:
    with parts.database.reading() as session:
        return session.scalars(sa.select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()


def _is_discoverable(credential: dict[str, Any]) -> bool:
    """As the browser tells of it; where it does not, it is taken for one: asked for a verified user, most are."""
    told = credential.get("clientExtensionResults")
    told = told.get("credProps") if isinstance(told, dict) else None
    return not isinstance(told, dict) or told.get("rk") is not False


def _party(parts: Parts) -> RelyingParty:
    return RelyingParty.of(parts.settings.public_url)
