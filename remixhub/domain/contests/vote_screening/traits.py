"""What sets accounts of a ring apart beside the side they take: made for the contest, in haste, careless otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from math import exp, log

from remixhub.domain.contests.vote_screening.crowds import Voter
from remixhub.domain.contests.vote_screening.usual import Sides, Usual

NEW, HASTY = 0.8, 0.8
"""How many accounts of a ring were made after the contest was announced, and how many hear no more than they must."""
NEW_TOGETHER, HASTY_TOGETHER, CARELESS_TOGETHER = 0.3, 0.1, 0.1
"""How often those of an honest crowd are alike in that: a class that signs up in one lesson."""
CARELESS = 0.5
"""How many members answer by the toss of a coin what is not about the ring."""
LEAST, MOST = 0.1, 0.9
"""Of honest voters who are new, or hasty: not so few and not so many as few voters may seem to show."""


class Traits:
    """Among all voters of a contest."""

    def __init__(self, voters: Sequence[Voter], announced_at: dt.datetime | None) -> None:
        self._announced_at = announced_at
        self._new = _usual([announced_at is not None and one.made_at >= announced_at for one in voters])
        self._hasty = _usual([one.is_hasty for one in voters if one.is_hasty is not None])

    def is_new(self, voter: Voter) -> bool:
        return self._announced_at is not None and voter.made_at >= self._announced_at

    def odds(self, voter: Voter, members: Sequence[Voter]) -> float:
        """Log of how much likelier its own are, if it is of this ring as well: of those that set the ring apart."""
        return sum(of(voter) for of in (self._of_new, self._of_haste) if sum(map(of, members)) > 0)

    def together(self, members: Sequence[Voter], sides: Sides, usual: Usual) -> float:
        """Of all of them: a ring has each trait or has it not, and honest crowds may be alike in one as well."""
        return (
            _either(sum(map(self._of_new, members)), NEW_TOGETHER)
            + _either(sum(map(self._of_haste, members)), HASTY_TOGETHER)
            + _either(sum(careless(one, sides, usual) for one in members), CARELESS_TOGETHER)
        )

    def words(self, members: Sequence[Voter]) -> str:
        """What was seen of those that set these members apart; a sentence each, with a space before it."""
        said = ""
        if sum(map(self._of_new, members)) > 0:
            said += f" {_count(map(self.is_new, members), len(members))} were made after the contest was announced."
        if sum(map(self._of_haste, members)) > 0:
            said += f" {_count((bool(one.is_hasty) for one in members), len(members))} heard no more than they had to."
        return said

    def _of_new(self, voter: Voter) -> float:
        if self._announced_at is None:
            return 0.0
        return _odds(self.is_new(voter), NEW, self._new)

    def _of_haste(self, voter: Voter) -> float:
        return 0.0 if voter.is_hasty is None else _odds(voter.is_hasty, HASTY, self._hasty)


def careless(voter: Voter, sides: Sides, usual: Usual) -> float:
    """Log of how much likelier its duels about other entries are if half of the members toss a coin."""
    odds = sum(
        log(0.5 / usual.chance_of((one, 1, True)))
        for one in voter.ballots
        if one.against_id is not None and one.favoured_id not in sides and one.against_id not in sides
    )
    return min(1.0, log(1 - CARELESS + CARELESS * exp(min(odds, 50.0))))


def _either(odds: float, chance: float) -> float:
    """Log of how much likelier, if half of the rings are so and of the others so many as have this chance."""
    bounded = exp(max(-50.0, min(50.0, odds)))
    return log(0.5 + 0.5 * bounded / (chance * bounded + 1 - chance))


def _odds(has: bool, of_members: float, of_others: float) -> float:
    return log(of_members / of_others) if has else log((1 - of_members) / (1 - of_others))


def _count(have: Iterable[bool], of: int) -> str:
    count = sum(have)
    return "All" if count == of else f"{count} of {of}"


def _usual(have: Sequence[bool]) -> float:
    return min(MOST, max(LEAST, (sum(have) + 1) / (len(have) + 2)))
