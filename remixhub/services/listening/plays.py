"""Plays: counted after ten seconds of listening, by the hub's own clock, once an hour for each listener of a work.

A player asks for a token as it begins and gives it back when ten seconds were heard. What is kept of who it was is
a keyed digest of that day, for an hour; no cookie is set for it, and nobody else is told.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
import ua_parser
from itsdangerous import BadSignature, URLSafeSerializer

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.domain.access import Actor, may_hear_work
from remixhub.domain.errors import Invalid
from remixhub.domain.states import WorkState
from remixhub.models import Play, now
from remixhub.services.access import find_visible_work

HEARD_SECONDS = 10
_GOOD_SECONDS = 4 * 3600
_SALT = "play"
_READ = 300
"""Characters of a header that anybody may fill."""
_OF_THIS_PROCESS = secrets.token_bytes(32)
"""In place of the hub's key for who does not want to be tracked: not even the hub can make their digest again."""


class PlayTokenInvalid(Invalid):
    code = "play_token_invalid"
    title = "This play is not counted"


@dataclass(frozen=True)
class Listener:
    """Who listens, as far as a request says."""

    device: str
    """Of a browser in which somebody signed in once; else empty."""
    address: str
    """As strangers are counted by."""
    user_agent: str
    wants_no_tracking: bool
    """By `DNT` or `Sec-GPC`."""


def begin_play(actor: Actor, parts: Parts, work_id: str, listener: Listener) -> str | None:
    """The token; None where a play would not count: of one's own work, by a program, or of what nobody may hear.

    Raises NotFound.
    """
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        moment = session.scalars(sa.select(now())).one()
    is_open = work.state is WorkState.PUBLISHED
    may_hear = is_open and may_hear_work(actor, owner_id=work.account_id, state=work.state)
    if not may_hear or work.account_id == actor.account_id or _is_program(listener.user_agent):
        return None
    told = [work.id, _digest(parts.settings, actor, listener, moment), round(moment.timestamp() * 1000)]
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


def _digest(settings: Settings, actor: Actor, listener: Listener, moment: dt.datetime) -> str:
    """An account is the same in all browsers; a browser is known by its device, else by network and name."""
    key = _OF_THIS_PROCESS if listener.wants_no_tracking else settings.secret_key.encode()
    who = actor.account_id or listener.device or f"{listener.address} {listener.user_agent}"
    return hmac.new(key, f"{moment:%Y-%m-%d} {who}".encode(), hashlib.sha256).hexdigest()
