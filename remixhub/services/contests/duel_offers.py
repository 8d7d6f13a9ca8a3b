"""The duel that a voter has before them. Choosing it only reads, and only a choice that is new is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.duels import drawn_to_be_weighed, next_pair
from remixhub.domain.contests.terms import VoteKind
from remixhub.models import ContestBallot, DuelOffer
from remixhub.models.upsert import insert
from remixhub.services.contests import holding
from remixhub.services.contests.conflicts import conflicts
from remixhub.services.contests.entry_audio import EntrySound, sounds_of
from remixhub.services.contests.holding import Held, counted_entries, database_time
from remixhub.services.contests.tallies import tallies_of
from remixhub.services.contests.voters import require_voting

Pair = tuple[str, str]
"""On the left and on the right."""


@dataclass(frozen=True)
class Offer:
    """None of both when the voter has answered every pair."""

    left_id: str | None
    right_id: str | None
    answered: int
    sounds: Mapping[str, EntrySound] = field(default_factory=dict)
    """Of both, the left one first."""


@dataclass(frozen=True)
class _Found:
    offer: Offer
    new: Pair | None
    """To be kept."""
    before: Pair | None
    """Kept before."""


def offer_duel(actor: Actor, parts: Parts, contest_id: str) -> Offer:
    """The duel that waits for the voter's answer, or the next one. Raises VoterNotEligible, VoteOfAnotherKind.

    Asked again it is the same one, and nothing is written. Two requests of a voter at once get the same, too: of both
    the one that writes later reads again.
    """
    account_id = require_account(actor)
    while True:
        with parts.database.reading() as session:
            found = _find(session, actor, account_id, contest_id)
        if found.new is None:
            return found.offer
        with parts.database.writing() as session:
            if _put(session, contest_id, account_id, found.new, instead_of=found.before):
                return found.offer


def _find(session: Session, actor: Actor, account_id: str, contest_id: str) -> _Found:
    contest = holding.find(session, actor, contest_id)
    require_voting(session, Held(contest, database_time(session)), account_id, VoteKind.DUELS)
    answers = session.execute(
        sa.select(ContestBallot.favoured_id, ContestBallot.against_id).where(
            ContestBallot.contest_id == contest_id, ContestBallot.account_id == account_id
        )
    )
    seen = {frozenset((one, other)) for one, other in answers if other is not None}
    row = session.get(DuelOffer, (contest_id, account_id))
    before = (row.left_id, row.right_id) if row else None
    if before and frozenset(before) not in seen and len(counted_entries(session, contest_id, before)) == 2:
        near = conflicts(session, contest, [account_id], among=before)[account_id]
        if not near:
            return _Found(_offer(session, before, len(seen)), new=None, before=before)
    entries = counted_entries(session, contest_id)
    barred = conflicts(session, contest, [account_id])[account_id].keys()
    seed = f"{contest.seed} {account_id} {len(seen)}"
    weighed = drawn_to_be_weighed(entries, barred=barred, seed=seed)
    pair = next_pair(weighed, tallies_of(session, contest_id, weighed), barred=barred, seen=seen, seed=seed)
    if pair is None and len(weighed) < len(entries):  # a voter of great patience had all of these
        pair = next_pair(entries, tallies_of(session, contest_id, entries), barred=barred, seen=seen, seed=seed)
    if pair is None:
        return _Found(Offer(None, None, len(seen)), new=None, before=before)
    return _Found(_offer(session, pair, len(seen)), new=pair, before=before)


def _put(session: Session, contest_id: str, account_id: str, pair: Pair, *, instead_of: Pair | None) -> bool:
    """Write first: whether what was offered before still is what the voter has decides."""
    sides = {"left_id": pair[0], "right_id": pair[1]}
    made = insert(session, DuelOffer).values(contest_id=contest_id, account_id=account_id, **sides)
    put = made.on_conflict_do_nothing()
    if instead_of is not None:
        put = made.on_conflict_do_update(
            index_elements=["contest_id", "account_id"],
            set_={**sides, "offered_at": made.excluded.offered_at},
            where=sa.and_(DuelOffer.left_id == instead_of[0], DuelOffer.right_id == instead_of[1]),
        )
    return session.scalar(put.returning(DuelOffer.left_id)) is not None


def _offer(session: Session, pair: Pair, answered: int) -> Offer:
    return Offer(*pair, answered, sounds_of(session, pair))
