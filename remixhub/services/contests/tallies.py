"""Tallies of duels by pair: changed in the transaction of the ballot, so that offering a duel counts nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import ContestBallot, DuelTally
from remixhub.models.upsert import insert


def count(session: Session, ballot: ContestBallot, by: int = 1) -> None:
    """One more that counts, or one less. Of a score there is no tally; the contest's row is locked."""
    if ballot.against_id is None:
        return
    one, other = sorted((ballot.favoured_id, ballot.against_id))
    wins = {"one_wins": by, "other_wins": 0} if ballot.favoured_id == one else {"one_wins": 0, "other_wins": by}
    added = insert(session, DuelTally).values(contest_id=ballot.contest_id, one_id=one, other_id=other, **wins)
    session.execute(
        added.on_conflict_do_update(
            index_elements=["contest_id", "one_id", "other_id"],
            set_={
                "one_wins": DuelTally.one_wins + added.excluded.one_wins,
                "other_wins": DuelTally.other_wins + added.excluded.other_wins,
            },
        )
    )


def tallies_of(session: Session, contest_id: str, entry_ids: Collection[str]) -> Sequence[tuple[str, str, int, int]]:
    """Of the pairs of these entries, each as a `PairTally`."""
    columns = DuelTally.one_id, DuelTally.other_id, DuelTally.one_wins, DuelTally.other_wins
    asked = sa.select(*columns).where(
        DuelTally.contest_id == contest_id, DuelTally.one_id.in_(entry_ids), DuelTally.other_id.in_(entry_ids)
    )
    return session.connection().execute(asked).all()
