"""Attempts at passwords, counted in SQL before they are made, by the rules of `domain/guesses.py`.

Names count as they are typed, known or not: so no count tells which names there are, nor which are one account's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain import guesses
from remixhub.domain.guesses import Rule, Series, Stranger
from remixhub.domain.times import wait_in_words
from remixhub.models import GuessCount, now
from remixhub.models.upsert import insert
from remixhub.services.throttle import TooManyAttempts

_MISTYPED = 10
"""Wrong ones in a row from one address that its owner may have typed."""


class GuessesHeldOff(TooManyAttempts):
    def __init__(self, wait_seconds: float, *, weighs: bool = False) -> None:
        seconds = math.ceil(wait_seconds)
        detail = f"Too many wrong tries: try again in {wait_in_words(seconds)}."
        super().__init__(detail, retry_after_seconds=seconds)
        self.weighs = weighs
        """More than its owner would mistype, or from many addresses."""


def take_guess(parts: Parts, name: str, address: str) -> None:
    """One attempt at `name` by a device that its account does not know. Raises GuessesHeldOff."""
    with parts.database.writing() as session:
        moment, (series, of_name, of_address) = _locked(parts, session, _subjects(name, address))
        stranger = Stranger(_series(series), of_name.held_until.timestamp(), of_address.held_until.timestamp())
        asked = guesses.ask(_rule(parts), stranger, moment)
        if asked.after == stranger:
            raise GuessesHeldOff(asked.wait_seconds, weighs=series.wrong >= _MISTYPED)
        _keep(series, asked.after.series, moment)
        _keep(of_name, Series(held_until=asked.after.name_spoken_for), moment)
        _keep(of_address, Series(held_until=asked.after.address_spoken_for), moment)
    if asked.wait_seconds:  # and the turn that it was given is kept
        raise GuessesHeldOff(asked.wait_seconds, weighs=True)


def guess_was_right(parts: Parts, name: str, address: str) -> None:
    """It does not count, nor what was tried in a row before it."""
    rule = _rule(parts)
    with parts.database.writing() as session:
        moment, (series, of_name, of_address) = _locked(parts, session, _subjects(name, address))
        session.delete(series)
        for row, pace in ((of_name, rule.of_name), (of_address, rule.of_address)):
            _keep(row, Series(held_until=pace.given_back(row.held_until.timestamp())), moment)


def take_own_guess(parts: Parts, subject: str) -> None:
    """One attempt of a known device or a session, for which nobody else's count. Raises GuessesHeldOff."""
    with parts.database.writing() as session:
        moment, (row,) = _locked(parts, session, [subject])
        series = _series(row)
        if series.held_until > moment:
            raise GuessesHeldOff(series.held_until - moment)
        _keep(row, series.attempted(moment, _rule(parts).free), moment)


def own_guess_was_right(parts: Parts, subject: str) -> None:
    with parts.database.writing() as session:
        session.execute(sa.delete(GuessCount).where(GuessCount.subject == _hidden(parts, subject)))


def _locked(parts: Parts, session: Session, subjects: Sequence[str]) -> tuple[float, list[GuessCount]]:
    """The database's time, and the rows, locked and made where there were none."""
    hidden = [_hidden(parts, subject) for subject in subjects]
    session.execute(sa.delete(GuessCount).where(GuessCount.forgotten_at <= now()))
    fresh = {"wrong": 0, "held_until": now(), "has_turn": False, "forgotten_at": now(guesses.FORGOTTEN_AFTER_SECONDS)}
    session.execute(  # sorted: two that take the same rows wait for each other in one order
        insert(session, GuessCount)
        .values([{"subject": subject, **fresh} for subject in sorted(hidden)])
        .on_conflict_do_update(index_elements=[GuessCount.subject], set_={"wrong": GuessCount.wrong})
    )
    rows = session.execute(sa.select(GuessCount, now()).where(GuessCount.subject.in_(hidden))).all()
    found = {row.subject: row for row, _ in rows}
    return rows[0][1].timestamp(), [found[subject] for subject in hidden]


def _keep(row: GuessCount, series: Series, moment: float) -> None:
    row.wrong, row.has_turn, row.held_until = series.wrong, series.has_turn, _time(series.held_until)
    row.forgotten_at = _time(max(series.held_until, moment) + guesses.FORGOTTEN_AFTER_SECONDS)


def _series(row: GuessCount) -> Series:
    return Series(row.wrong, row.held_until.timestamp(), row.has_turn)


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _rule(parts: Parts) -> Rule:
    return Rule(free=parts.settings.login_attempts)


def _subjects(name: str, address: str) -> tuple[str, str, str]:
    return f"{name} from {address}", f"name {name}", f"address {address}"


def _hidden(parts: Parts, subject: str) -> str:
    """Names and addresses are personal: the table holds a keyed hash."""
    key = parts.settings.secret_key.encode()
    return hmac.new(key, f"guess:{subject}".encode(), hashlib.sha256).hexdigest()
