"""What is told elsewhere of contests: phases, dates, entries, decisions; never what is sealed or under embargo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.addresses import Addresses
from remixhub.domain.contests import winner_rights
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.phases import ContestState, Phase, phase_of
from remixhub.domain.contests.terms import Sealing
from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind
from remixhub.models import Contest, ContestEntry, Work
from remixhub.services import events


def phases_passed(session: Session, parts: Parts, contest: Contest, until: dt.datetime) -> None:
    """What time alone has changed since the contest was tended, each once: before `tended_until` moves to `until`."""
    since = contest.tended_until
    if contest.state is not ContestState.ANNOUNCED or since is None:
        return
    dates = {date for date in vars(contest.deadlines).values() if date is not None}
    for date in sorted(dates):
        if since < date <= until:
            phase(session, parts, contest, phase_of(contest.rule, date))


def phase(session: Session, parts: Parts, contest: Contest, new: Phase, *, note: str = "") -> None:
    def facts(addresses: Addresses) -> payloads.Facts:
        return payloads.phase_changed(events.contest_facts(contest, addresses), new.value, note)

    events.emit(session, parts, EventKind.CONTEST_PHASE_CHANGED, facts, concerns=[contest.label_id])


def extended(session: Session, parts: Parts, contest: Contest, note: str) -> None:
    def facts(addresses: Addresses) -> payloads.Facts:
        return payloads.extended(events.contest_facts(contest, addresses), note)

    events.emit(session, parts, EventKind.CONTEST_EXTENDED, facts, concerns=[contest.label_id])


def decided(session: Session, parts: Parts, contest: Contest) -> None:
    def facts(addresses: Addresses) -> payloads.Facts:
        won = [] if contest.embargo_until is not None else _winning_works(session, contest)
        told = [events.work_facts(work, addresses) for work in won]
        return payloads.decided(events.contest_facts(contest, addresses), told, contest.embargo_until)

    events.emit(session, parts, EventKind.CONTEST_DECIDED, facts, concerns=[contest.label_id])


def entry_received(session: Session, parts: Parts, contest: Contest, work: Work) -> None:
    def facts(addresses: Addresses) -> payloads.Facts:
        counted = sa.and_(ContestEntry.contest_id == contest.id, ContestEntry.state == EntryState.COUNTED)
        count = session.scalar(sa.select(sa.func.count()).select_from(ContestEntry).where(counted)) or 0
        is_open = contest.parsed_terms.sealing is Sealing.PUBLIC
        shown = events.work_facts(work, addresses) if is_open else None
        return payloads.entry_received(events.contest_facts(contest, addresses), count, shown)

    events.emit(session, parts, EventKind.ENTRY_RECEIVED, facts, concerns=[contest.label_id])


def _winning_works(session: Session, contest: Contest) -> Sequence[Work]:
    """Best first. One that could not be published when it was unsealed is still its artist's alone."""
    assert contest.result is not None
    ids = winner_rights.winners(contest.parsed_terms, contest.result["standings"])
    entries = session.scalars(sa.select(ContestEntry).where(ContestEntry.id.in_(ids)))
    works = {entry.id: entry.work for entry in entries}
    return [works[id] for id in ids if id in works and works[id].seq is not None]
