"""The pages of a contest for everybody: the brief with one's own part, the vote, the judge's desk, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.labels import HOSTS
from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.states import Scope, WorkState
from remixhub.models import ContestEntry, ContestSignUp, EntryReceipt, Work
from remixhub.services.contests import entries, judging, voting
from remixhub.services.contests.decisions import PublishedResult, find_public, result_in
from remixhub.services.contests.entry_audio import EntrySound, sounds_of
from remixhub.services.contests.judging import Desk
from remixhub.services.contests.reading import ContestView, find_view, viewed
from remixhub.services.works import works

_OWN_WORKS = 100
_SHOWN_ENTRIES = 200


@dataclass(frozen=True)
class OwnPart:
    """What the signed-in account has in a contest, or could bring to it."""

    works: Sequence[Work] = ()
    """Drafts and published ones, the newest first."""
    entries: Sequence[ContestEntry] = ()
    receipts: Sequence[EntryReceipt] = ()
    sign_up: ContestSignUp | None = None


@dataclass(frozen=True)
class ContestPage:
    view: ContestView
    entries: Sequence[ContestEntry]
    """Those that the actor may see by name."""
    own: OwnPart


@dataclass(frozen=True)
class VotePage:
    view: ContestView
    sounds: Mapping[str, EntrySound]
    """Of the entries that wait for an answer: two of a duel, all that are to be scored."""
    answered: int


def view_contest_page(actor: Actor, parts: Parts, contest_id: str) -> ContestPage:
    """Raises ContestNotFound."""
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        shown = entries_shown(session, actor, view)
        return ContestPage(view, shown, _own_part(session, actor, view))


def entries_shown(session: Session, actor: Actor, view: ContestView) -> Sequence[ContestEntry]:
    is_host = view.role in HOSTS or actor.is_system
    return entries.entries_seen(
        session, actor, view.contest, after=None, limit=_SHOWN_ENTRIES, is_host=is_host,
        are_named=entries.are_named(view.contest, view.phase, is_host=is_host),
    ).rows  # fmt: skip


def view_vote_page(actor: Actor, parts: Parts, contest_id: str) -> VotePage:
    """Offers a duel where the community votes by duels. Raises VoterNotEligible, VoteOfAnotherKind."""
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        if view.terms.vote is VoteKind.SCORES:
            scores = voting.to_score(session, actor, view.contest)
            waiting = [id for id, score in scores.items() if score is None]
            return VotePage(view, sounds_of(session, waiting), len(scores) - len(waiting))
    offer = voting.offer_duel(actor, parts, contest_id)
    return VotePage(view, offer.sounds, offer.answered)


def view_desk(actor: Actor, parts: Parts, contest_id: str) -> tuple[ContestView, Desk]:
    """Raises JudgesOnly, ContestPhaseWrong."""
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        return view, judging.desk_in(session, actor, view.contest)


def view_result(actor: Actor, parts: Parts, contest_id: str) -> tuple[ContestView, PublishedResult]:
    """Raises ContestPhaseWrong as long as it is not published."""
    with parts.database.reading() as session:
        contest = find_public(session, actor, contest_id)
        (view,) = viewed(session, actor, [contest])
        return view, result_in(session, contest)


def _own_part(session: Session, actor: Actor, view: ContestView) -> OwnPart:
    if actor.account_id is None:
        return OwnPart()
    account_id, contest = require_account(actor, Scope.READ), view.contest
    own = works.newest_own(session, account_id, limit=_OWN_WORKS)
    return OwnPart(
        works=[work for work in own if work.state in (WorkState.DRAFT, WorkState.PUBLISHED)],
        entries=entries.own_entries(session, account_id, contest.id),
        receipts=entries.own_receipts(session, account_id, contest.id),
        sign_up=session.get(ContestSignUp, (contest.id, account_id)) if contest.is_secret_remixer else None,
    )
