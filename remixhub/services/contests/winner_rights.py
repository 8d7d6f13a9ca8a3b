"""Where winners' remixes are released, and whose they are when they are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests import winner_rights as rules
from remixhub.domain.contests.phases import ContestPhaseWrong
from remixhub.domain.contests.winner_rights import WinnerRights
from remixhub.domain.errors import Conflict
from remixhub.models import Contest, ContestEntry, WinnerRelease
from remixhub.services import journal
from remixhub.services.contests.holding import begin_edit, database_time
from remixhub.services.contests.news import tell


class EntryNotWinning(Conflict):
    code = "entry_not_winning"
    title = "This entry has won nothing"


class RightsReverted(Conflict):
    code = "rights_reverted"
    title = "The rights are the artist's again"


@dataclass(frozen=True)
class Winner:
    entry_id: str
    rights: WinnerRights
    until: dt.datetime | None
    """When the rights revert by themselves, while they can."""
    released_url: str | None


def winners(session: Session, contest: Contest) -> Sequence[Winner]:
    """Of a decided contest, best first."""
    assert contest.result is not None
    terms, moment = contest.parsed_terms, database_time(session)
    ids = rules.winners(terms, contest.result["standings"])
    urls = dict(
        session.execute(
            sa.select(WinnerRelease.entry_id, WinnerRelease.url).where(WinnerRelease.entry_id.in_(ids))
        ).all()
    )
    return [_winner(contest, id, urls.get(id), moment) for id in ids]


def record_release(actor: Actor, parts: Parts, contest_id: str, entry_id: str, url: str, *, revision: int) -> None:
    """The host says where a winner's remix is released; said again, the address changes.

    `revision` is the contest's. Raises PreconditionFailed, ContestPhaseWrong before the decision, EntryNotWinning,
    RightsReverted.
    """
    with parts.database.writing() as session:
        held = begin_edit(session, actor, contest_id, revision)
        contest = held.contest
        if contest.result is None:
            raise ContestPhaseWrong("Nobody has won yet.", phase=held.phase.value)
        winner = next((one for one in winners(session, contest) if one.entry_id == entry_id), None)
        if winner is None:
            raise EntryNotWinning(f"{entry_id!r} is no winning entry of this contest.")
        if winner.rights is WinnerRights.REVERTED:
            day = contest.parsed_terms.release_by
            raise RightsReverted(f"It was not released until {day:%-d %B %Y}. Ask the artist.")
        release = session.get(WinnerRelease, entry_id)
        if release is None:
            session.add(WinnerRelease(entry_id=entry_id, url=url, recorded_by_id=require_account(actor)))
        else:
            release.url, release.recorded_by_id = url, require_account(actor)
        before, after = {"url": winner.released_url}, {"url": url}
        journal.record(session, actor, "winner.released", "contest_entry", entry_id, before=before, after=after)
        entry = session.get_one(ContestEntry, entry_id)
        text = f"The host says that it is released at {url}. Report it if that is not so."
        tell(session, contest, f"“{entry.work.title}” is released", text, only={entry.account_id})


def tell_of_reversion(session: Session, contest: Contest) -> None:
    """To the artists whose remixes nobody has released; due when the rights revert."""
    for winner in winners(session, contest):
        if winner.rights is WinnerRights.REVERTED:
            entry = session.get_one(ContestEntry, winner.entry_id)
            text = f"{contest.label.name} has not released it in time. Beside its licence it is all yours again."
            tell(session, contest, f"“{entry.work.title}” is yours again", text, only={entry.account_id})


def _winner(contest: Contest, entry_id: str, url: str | None, moment: dt.datetime) -> Winner:
    terms = contest.parsed_terms
    rights = rules.rights(terms, is_released=url is not None, moment=moment)
    is_held = rights in (WinnerRights.FIRST_OFFER, WinnerRights.EXCLUSIVE)
    return Winner(entry_id, rights, rules.reverts_at(terms) if is_held else None, url)
