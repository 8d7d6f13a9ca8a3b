"""The pages of a contest for everybody: the brief with one's own part, the vote, the judge's desk, the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.entries import EntryRefused, EntryState, entrant_refusal, needed_ms
from remixhub.domain.contests.labels import HOSTS
from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.steps import EntrantStep, step_of
from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.states import Scope, WorkState
from remixhub.models import ContestEntry, ContestSignUp, EntryReceipt, Receipt, StemPack, Work
from remixhub.services.contests import duel_offers, entries, judging, voters, voting
from remixhub.services.contests.decisions import PublishedResult, find_public, result_in
from remixhub.services.contests.entry_audio import EntrySound, sounds_of
from remixhub.services.contests.judging import Desk
from remixhub.services.contests.offers import EntryOffer, offers_in
from remixhub.services.contests.reading import ContestView, find_view, viewed
from remixhub.services.contests.voters import VoterStanding
from remixhub.services.works import works

_OWN_WORKS = 100
_SHOWN_ENTRIES = 200


@dataclass(frozen=True)
class OwnPart:
    """What the signed-in account has in a contest, or could bring to it."""

    works: Sequence[Work] = ()
    """What it could give to a secret remixer: published ones, the newest first."""
    offers: Sequence[EntryOffer] = ()
    entries: Sequence[ContestEntry] = ()
    receipts: Sequence[EntryReceipt] = ()
    sign_up: ContestSignUp | None = None
    refusal: EntryRefused | None = None
    """Why it cannot enter anything."""
    step: EntrantStep | None = None


@dataclass(frozen=True)
class ContestPage:
    view: ContestView
    entries: Sequence[ContestEntry]
    """Those that the actor may see by name."""
    own: OwnPart
    voter: VoterStanding | None


@dataclass(frozen=True)
class HeardSound:
    """An entry for a voter, and how much of it was heard so far of what a ballot asks for."""

    entry_id: str
    sound: EntrySound
    heard_ms: int

    @property
    def needed_ms(self) -> int:
        return needed_ms(self.sound.duration_seconds)


@dataclass(frozen=True)
class VotePage:
    view: ContestView
    waiting: Sequence[HeardSound]
    """For an answer: two of a duel, all that are to be scored."""
    answered: int


def view_contest_page(actor: Actor, parts: Parts, contest_id: str) -> ContestPage:
    """Raises ContestNotFound."""
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        shown = entries_shown(session, actor, view)
        standing = voters.standing_in(session, actor.account_id, view)
        return ContestPage(view, shown, _own_part(session, actor, view), standing)


def entries_shown(session: Session, actor: Actor, view: ContestView) -> Sequence[ContestEntry]:
    is_host = view.role in HOSTS or actor.is_system
    return entries.entries_seen(
        session, actor, view.contest, after=None, limit=_SHOWN_ENTRIES, is_host=is_host,
        are_named=entries.are_named(view.contest, view.phase, is_host=is_host),
    ).rows  # fmt: skip


def view_vote_page(actor: Actor, parts: Parts, contest_id: str) -> VotePage:
    """Offers a duel where the community votes by duels.

    Raises ContestPhaseWrong, VoterNotEligible, VoteOfAnotherKind.
    """
    account_id = require_account(actor)
    with parts.database.reading() as session:
        view = find_view(session, actor, contest_id)
        heard = voters.heard_by(session, account_id, contest_id)
        if view.terms.vote is VoteKind.SCORES:
            scores = voting.to_score(session, actor, view.contest)
            waiting = [id for id, score in scores.items() if score is None]
            sounds = sounds_of(session, waiting)
            return VotePage(view, _with_heard(sounds, heard), len(scores) - len(waiting))
    offer = duel_offers.offer_duel(actor, parts, contest_id)
    return VotePage(view, _with_heard(offer.sounds, heard), offer.answered)


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


def _with_heard(sounds: Mapping[str, EntrySound], heard: Mapping[str, int]) -> Sequence[HeardSound]:
    return [HeardSound(id, sound, heard.get(id, 0)) for id, sound in sounds.items()]


def _own_part(session: Session, actor: Actor, view: ContestView) -> OwnPart:
    if actor.account_id is None:
        return OwnPart(step=step_of(view.phase, has_stems=False, has_remix=False, has_entered=False))
    account_id, contest = require_account(actor, Scope.READ), view.contest
    sign_up = session.get(ContestSignUp, (contest.id, account_id)) if contest.is_secret_remixer else None
    own = entries.own_entries(session, account_id, contest.id)
    standing = [one for one in own if one.state in (EntryState.COUNTED, EntryState.RULED_OUT)]
    source_id = sign_up.dealt_work_id if sign_up else contest.release_id
    is_running = view.phase in (Phase.ANNOUNCED, Phase.OPEN)
    is_host = view.role in HOSTS and not contest.is_secret_remixer
    refusal = entrant_refusal(is_host=is_host, is_judge=view.is_judge)
    may_enter = is_running and refusal is None
    offers: Sequence[EntryOffer] = ()
    if source_id and may_enter:
        entered = {one.work_id for one in standing}
        offers = offers_in(session, account_id, source_id, view.terms, entered=entered)
    gives = is_running and contest.is_secret_remixer and contest.dealt_at is None
    return OwnPart(
        works=_published(session, account_id) if gives else (),
        offers=offers,
        entries=own,
        receipts=entries.own_receipts(session, account_id, contest.id),
        sign_up=sign_up,
        refusal=refusal,
        step=step_of(
            view.phase,
            has_stems=may_enter and _has_taken(session, account_id, source_id),
            has_remix=bool(offers),
            has_entered=any(one.state is EntryState.COUNTED for one in own),
        )
        if may_enter or not is_running
        else None,
    )


def _published(session: Session, account_id: str) -> Sequence[Work]:
    own = works.newest_own(session, account_id, limit=_OWN_WORKS)
    return [work for work in own if work.state is WorkState.PUBLISHED]


def _has_taken(session: Session, account_id: str, source_id: str | None) -> bool:
    """Whether the account holds a receipt for stems of the source."""
    receipts = sa.select(Receipt.id).join(StemPack, StemPack.id == Receipt.stem_pack_id)
    taken = receipts.where(Receipt.account_id == account_id, StemPack.work_id == (source_id or "")).exists()
    return bool(session.scalar(sa.select(taken)))
