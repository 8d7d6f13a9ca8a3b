"""Plays: counted after ten seconds of listening, by the hub's own clock, once an hour for each listener of a work.

A player asks for a token as it begins and gives it back when ten seconds were heard. What is kept of who it was is,
for an hour, a digest keyed by a salt that goes with the day; no cookie is set or read, and nobody else is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa
import ua_parser
from itsdangerous import BadSignature, URLSafeSerializer

from remixhub.compose import Parts
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.errors import Invalid
from remixhub.domain.states import WorkState
from remixhub.models import Play, now
from remixhub.models.listening import make_salt, salt_of
from remixhub.services.access import find_visible_work

HEARD_SECONDS = 10
_GOOD_SECONDS = 4 * 3600
_SALT = "play"
_READ = 300
"""Characters of a header that anybody may fill."""


class PlayTokenInvalid(Invalid):
    code = "play_token_invalid"
    title = "This play is not counted"


@dataclass(frozen=True)
class Listener:
    """Who listens, as far as a request says."""

    network: str
    """As strangers are counted by."""
    user_agent: str
    """Of which only programs that name themselves are read: anybody can send another one."""


def begin_play(actor: Actor, parts: Parts, work_id: str, listener: Listener) -> str | None:
    """The token; None where a play would not count: of one's own work, by a program, or of what nobody may hear.

    Raises NotFound.
    """
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        moment = session.scalars(sa.select(now())).one()
        salt = salt_of(session, _day(moment))
    is_open = work.state is WorkState.PUBLISHED
    may_hear = is_open and may_hear_work(actor, owner_id=work.account_id, state=work.state)
    if not may_hear or work.account_id == actor.account_id or _is_program(listener.user_agent):
        return None
    if salt is None:
        with parts.database.writing() as session:
            salt = make_salt(session, _day(moment))
    told = [work.id, _digest(salt, actor, listener), round(moment.timestamp() * 1000)]
    return str(URLSafeSerializer(parts.settings.secret_key, salt=_SALT).dumps(told))


def end_play(actor: Actor, parts: Parts, token: str) -> None:
    """Ten seconds of it were heard. Counted within some seconds. Raises PlayTokenInvalid."""
    del actor  # who listened stands in the token
    try:
        work_id, listener, began_ms = URLSafeSerializer(parts.settings.secret_key, salt=_SALT).loads(token)
    except (BadSignature, ValueError, TypeError) as exc:
        raise PlayTokenInvalid("Use the token that the hub gave when the play began.") from exc
    with parts.database.reading() as session:
        moment = session.scalars(sa.select(now())).one()
    seconds = moment.timestamp() - began_ms / 1000
    if not HEARD_SECONDS <= seconds <= _GOOD_SECONDS:
        raise PlayTokenInvalid(f"Report it {HEARD_SECONDS} seconds after it began, and within four hours.")
    parts.database.plays.note(Play(str(work_id), str(listener)))


def _is_program(user_agent: str) -> bool:
    if not user_agent:
        return True
    device = ua_parser.parse_device(user_agent[:_READ])
    return device is not None and device.family == "Spider"


def _day(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _digest(salt: str, actor: Actor, listener: Listener) -> str:
    """An account is the same everywhere; without one, a network is one listener."""
    who = f"account {actor.account_id}" if actor.account_id else f"network {listener.network}"
    return hmac.new(salt.encode(), who.encode(), hashlib.sha256).hexdigest()
