"""What is usual: how voters stand to the entries, so that it shows who does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from remixhub.domain.contests.vote_screening.crowds import CastBallot, Voter, Word, takes

LOYALTY, LEAST_LOYALTY, MOST_LOYALTY = 0.95, 0.9, 0.99
"""How often members take the ring's side when they can: as presumed, and within what it is then learnt."""

Sides = Mapping[str, int]
"""Entries to 1 for those that a ring backs, −1 for those that it opposes."""

Meeting = tuple[CastBallot, int, bool]
"""A ballot about them; the side that its favoured entry is on; whether it takes the ring's side."""

PRESUMED: Word = (1.0, 0.5, 0.5)
"""On any entry, so that little is known from few ballots (Jeffreys)."""


class Usual:
    """How voters stand to the entries, by the word of witnesses."""

    def __init__(self, witnesses: Iterable[Voter] = ()) -> None:
        self._witnesses = set[Voter]()
        self._words: dict[str, Word] = {}
        self._count([*witnesses], 1)

    def _count(self, voters: Sequence[Voter], sign: int) -> None:
        for voter in voters:
            for id, (said, backed, opposed) in voter.words.items():
                before = self._words.get(id, PRESUMED)
                self._words[id] = (before[0] + sign * said, before[1] + sign * backed, before[2] + sign * opposed)
        self._witnesses = self._witnesses.union(voters) if sign > 0 else self._witnesses.difference(voters)

    def asking(self, voters: Iterable[Voter]) -> Usual:
        return self._changed([one for one in voters if one not in self._witnesses], 1)

    def without(self, voters: Iterable[Voter]) -> Usual:
        return self._changed([one for one in voters if one in self._witnesses], -1)

    def _changed(self, voters: Sequence[Voter], sign: int) -> Usual:
        changed = Usual()
        changed._witnesses, changed._words = self._witnesses, dict(self._words)
        changed._count(voters, sign)
        return changed

    def chance(self, id: str, side: int) -> float:
        word = self._words.get(id, PRESUMED)
        return (word[1] if side > 0 else word[2]) / word[0]

    def chance_of(self, meeting: Meeting) -> float:
        ballot, side, takes = meeting
        if ballot.against_id is None:
            chance = self.chance(ballot.favoured_id, side)
            chance = chance if takes else 1 - chance
        else:
            _, backed, opposed = self._words.get(ballot.favoured_id, PRESUMED)
            _, other_backed, other_opposed = self._words.get(ballot.against_id, PRESUMED)
            # Bradley–Terry, with the odds of each against the average for its strength.
            chance = backed * other_opposed / (backed * other_opposed + opposed * other_backed)
        # However odd a ballot is, it counts for no more than about 19 : 1.
        return max(chance, 1 - LOYALTY)

    def gain(self, id: str, side: int, before: Usual) -> float:
        """Log of how much likelier the witnesses' word on the entry is, now that others are not asked (G-test)."""
        now, then = self.chance(id, side), before.chance(id, side)
        return self._words.get(id, PRESUMED)[0] * (now * log(now / then) + (1 - now) * log((1 - now) / (1 - then)))


def meetings(voter: Voter, sides: Sides) -> Iterator[Meeting]:
    for id, side in sides.items():
        for one in voter.about.get(id, ()):
            if one.favoured_id == id:
                # Between two on the same side there is nothing to choose.
                if side != sides.get(one.against_id or "", 0):
                    yield one, side, takes(one, id, side)
            elif one.favoured_id not in sides:
                yield one, -side, side < 0
