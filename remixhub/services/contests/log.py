"""The log of a contest: gapless, each line bound to the one before, under pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from remixhub.domain.contests import phases as rules
from remixhub.domain.contests.log import LogKind, canonical, next_sha256
from remixhub.domain.times import rfc3339
from remixhub.models import Contest, ContestLogLine


def append(session: Session, contest: Contest, kind: LogKind, facts: Mapping[str, Any]) -> None:
    """One more line of the log; the contest's row is locked."""
    record = {"kind": kind.value, **facts}
    head = next_sha256(contest.log_head, record)
    number = contest.log_length + 1
    session.add(ContestLogLine(contest_id=contest.id, number=number, record=canonical(record), sha256=head))
    contest.log_length, contest.log_head = number, head
    session.flush()


def pseudonym(contest: Contest, role: str, account_id: str) -> str:
    """Who it is in the log, and to nobody without the salt anybody; the same for one role in one contest.

    Entrants are named with the result, so an entrant who votes must not be the same there.
    """
    return hmac.new(contest.salt.encode(), f"{role}\n{account_id}".encode(), hashlib.sha256).hexdigest()[:16]


def dates(deadlines: rules.Deadlines) -> dict[str, str | None]:
    names: Iterable[str] = ("opens_at", "closes_at", "voting_closes_at", "judging_closes_at")
    found = {name: getattr(deadlines, name) for name in names}
    return {name: None if date is None else rfc3339(date) for name, date in found.items()}
