"""The search for rings in a crowd: whom they back, who is of them, and how much likelier the votes are with them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, combinations
from math import exp, inf, lgamma, log, log1p

from remixhub.domain.contests.vote_screening.crowds import FEWEST, Voter, takes
from remixhub.domain.contests.vote_screening.traits import Traits
from remixhub.domain.contests.vote_screening.usual import (
    LEAST_LOYALTY,
    LOYALTY,
    MOST_LOYALTY,
    Meeting,
    Sides,
    Usual,
    meetings,
)

ALIKE = 8.0
"""How much alike members are in the share of their ballots that they spend on the ring, as so many ballots would."""
LARGEST = 6
"""Entries that a ring backs or opposes; with more it would be a taste."""
SURE = log(0.85 / 0.15)
"""An account is flagged when it is of a ring with 85 %; what the crowd's share of members says is counted in."""
UNEVEN = 1.1
"""Entries are dealt evenly, but for this factor."""
SEEDS, PROMISING, BRANCHES, ROUNDS = 4, 40, 3, 3
"""How wide the search is: sides to start from, and to pair; sides to add at each step, looks at who is a member."""
HOPE = 6.0
"""What a side may still gain by all that is looked at afterwards."""
LEAST_GAIN = 0.01
"""What a change must be worth, so that the search ends."""
FANS = 0.1
"""Honest voters who stand by some entry whatever it meets: however loyal one is, it counts for no more than a fan."""
BACKING = 0.8
"""Of rings, so many back the first of their entries; the others oppose it."""


@dataclass(frozen=True)
class Manner:
    """How members of a ring go about it."""

    habit: float
    """Share of their ballots that they spend on its entries."""
    loyalty: float = LOYALTY
    """How often they take its side then."""


@dataclass(frozen=True)
class Ring:
    sides: Sides
    worth: float
    """Log of how much likelier the crowd's ballots are with this ring than without, less the price of its thought."""
    beliefs: Mapping[Voter, float]
    """Log of how much likelier the ballots of each are, if it is a member."""
    likely: Sequence[Voter]
    """Those that are rather of it than not."""
    manner: Manner
    usual: Usual
    """Among the others."""
    members: Sequence[Voter] = ()
    """Those that are for sure."""


class Electorate:
    def __init__(self, voters: Sequence[Voter], announced_at: dt.datetime | None = None) -> None:
        self.voters = voters
        self.traits = Traits(voters, announced_at)
        self._ballots = sum(len(one.ballots) for one in voters)
        self._met = Counter({id: 0 for voter in voters for id in voter.about})
        for voter in voters:
            for id, ballots in voter.about.items():
                self._met[id] += len(ballots)
        self._is_dealt = sum(self._met.values()) > self._ballots

    def rings(self, crowd: Sequence[Voter], usual: Usual, bar: float) -> Iterator[Ring]:
        """One after the other, until no more stand out."""
        usual, is_everybody = usual.asking(crowd), len(crowd) == len(self.voters)
        while len(crowd) >= FEWEST:
            ring = self._strongest(crowd, usual, bar)
            if ring is None or ring.worth <= bar:
                return
            start = log((len(ring.likely) + 0.5) / (len(crowd) - len(ring.likely) + 0.5))
            # That most of a crowd are of a ring tells against the rest of it, but not against everybody.
            start = min(start, 0.0) if is_everybody else start
            members = [one for one in crowd if ring.beliefs[one] + self.traits.odds(one, ring.likely) + start >= SURE]
            if len(members) < FEWEST:
                return
            yield replace(ring, members=members)
            usual, gone = usual.without(members), set(members)
            crowd = [one for one in crowd if one not in gone]

    @lru_cache(maxsize=10_000)  # noqa: B019  an electorate lives as long as its screening
    def _share_of_one(self, id: str) -> float:
        return self.share({id: 1})

    def share(self, sides: Sides) -> float:
        """Of anybody's ballots, how many are about these entries."""
        count = len(self._met)
        if self._is_dealt:
            # Not what was seen: who skips pairs would make it seem usual to meet the ring's entries.
            missed = (count - len(sides)) * (count - len(sides) - 1) / (count * (count - 1))
            return min(0.99, UNEVEN * (1 - missed))
        return min(0.99, sum((max(UNEVEN / count, self._met[id] / self._ballots) for id in sides), 0.0))

    def _strongest(self, crowd: Sequence[Voter], usual: Usual, bar: float) -> Ring | None:
        found: list[Ring] = []
        for sides in self._seeds(crowd, usual, bar):
            if not any(sides.items() <= one.sides.items() for one in found):
                found.append(self._grown(self._weighed(sides, crowd, usual), crowd, usual))
        return max(found, key=lambda one: one.worth, default=None)

    def _seeds(self, crowd: Sequence[Voter], usual: Usual, bar: float) -> list[Sides]:
        """Single sides that the crowd takes oddly often. One look at each ballot of the crowd."""
        rest = usual if 2 * len(crowd) > len(self.voters) else usual.without(crowd)
        beliefs: dict[tuple[str, int], list[float]] = defaultdict(list)
        for voter in crowd:
            for id in voter.about:
                share = self._share_of_one(id)
                for side in (1, -1):
                    met = list(meetings(voter, {id: side}))
                    beliefs[id, side].append(self._belief(voter, met, {id: side}, share, rest, self._presumed(share)))
        promise = {one: sum(belief for belief in each if belief > 0) for one, each in beliefs.items()}
        ordered = sorted(promise, key=lambda one: (-promise[one], one))
        seeds = ordered[:SEEDS]
        if len(crowd) == len(self.voters):
            return [*({id: side} for id, side in seeds), *_in_step(crowd, ordered[:PROMISING])]
        # What is usual is known without them, so that there is little left to learn.
        if seeds:
            # Who has not met a side has nothing against it, if pairs are dealt, and may be of the ring as well.
            unmet = [0.0] * len(crowd) if self._is_dealt else []
            worth = {
                one: _best_prefix(sorted([*beliefs[one], *unmet[len(beliefs[one]) :]], reverse=True), len(crowd))[1]
                for one in seeds
            }
            seeds = [one for one in seeds if worth[one] + HOPE > bar + self._thought({one[0]: one[1]})]
        return [{id: side} for id, side in seeds]

    def _grown(self, ring: Ring, crowd: Sequence[Voter], usual: Usual) -> Ring:
        """With further entries, as long as the ring is worth more so."""
        while len(ring.sides) < LARGEST:
            tried = [self._weighed(sides, crowd, usual, ring) for sides in _with_one_more(ring)]
            best = max(tried, key=lambda one: one.worth, default=ring)
            if best.worth <= ring.worth + LEAST_GAIN:
                break
            ring = best
        return ring

    def _weighed(self, sides: Sides, crowd: Sequence[Voter], usual: Usual, like: Ring | None = None) -> Ring:
        """Learns in turn who is likely of the ring, their manner, and what is usual among the others.

        All is held against the best that can be said without a ring, which counts everybody in what is usual.
        """
        share = self.share(sides)
        met = {one: list(meetings(one, sides)) for one in crowd}
        manner, rest = (like.manner, like.usual) if like else (self._presumed(share), usual)
        if like is None and 2 * len(crowd) <= len(self.voters):
            rest = usual.without(crowd)
        likely: list[Voter] = []
        beliefs: dict[Voter, float] = {}
        for _ in range(ROUNDS):
            beliefs = {one: self._belief(one, met[one], sides, share, rest, manner) for one in crowd}
            before, likely = likely, _likeliest(beliefs)
            if likely in ([], before):
                break
            manner, rest = _learnt(likely, met, share), usual.without(likely)
        evidence = sum(self._belief(one, met[one], sides, share, usual, manner) for one in likely)
        evidence += sum(rest.gain(id, side, usual) for id, side in sides.items())
        evidence += self.traits.together(likely, sides, rest)
        price = _price(len(likely), len(crowd)) + self._thought(sides)
        return Ring(sides, evidence - price if likely else -inf, beliefs, likely, manner, rest)

    def _belief(
        self, voter: Voter, met: Sequence[Meeting], sides: Sides, share: float, usual: Usual, manner: Manner
    ) -> float:
        """Log of how much likelier its ballots are from a member than from anybody else, who may be a fan of one."""
        odds: dict[str | None, float] = defaultdict(float)
        for one in met:
            ballot = one[0]
            about = ballot.favoured_id if ballot.favoured_id in sides else ballot.against_id
            odds[about] += _odds(one, usual, manner.loyalty)
        sought = _sought(len(met), len(voter.ballots), share, manner.habit)
        fans = sum(exp(min(each + sought, 50.0)) - 1 for each in odds.values()) * FANS / len(self._met)
        return sum(odds.values()) + sought - log1p(fans)

    def _presumed(self, share: float) -> Manner:
        """Who has to answer what is dealt does not meet the ring's entries more often than others."""
        return Manner(share if self._is_dealt else max(0.25, share))

    def _thought(self, sides: Sides) -> float:
        """Log of how many rings of so many entries there might be."""
        first = next(iter(sides.values()))
        return len(sides) * log(2 * len(self._met)) + log(0.5 / (BACKING if first > 0 else 1 - BACKING))


def _with_one_more(ring: Ring) -> Iterator[Sides]:
    """Of the entries that the likely members stand by most oddly."""
    gains: dict[tuple[str, int], float] = defaultdict(float)
    for voter in ring.likely:
        for id in voter.about.keys() - ring.sides.keys():
            for side in (1, -1):
                gains[id, side] += sum(_odds(one, ring.usual, LOYALTY) for one in meetings(voter, {id: side}))
    for id, side in sorted(gains, key=lambda one: (-gains[one], one))[:BRANCHES]:
        if gains[id, side] > 0:
            yield {**ring.sides, id: side}


def _in_step(crowd: Sequence[Voter], promising: Sequence[tuple[str, int]]) -> Iterator[Sides]:
    """Pairs of sides that voters take together, the most surprising first; a single one may hide in a large ring."""
    met: Counter[str] = Counter()
    taken: Counter[tuple[str, int]] = Counter()
    both_met: Counter[tuple[str, str]] = Counter()
    both_taken: Counter[tuple[tuple[str, int], tuple[str, int]]] = Counter()
    looked_at, ids = set(promising), {id for id, _ in promising}
    for voter in crowd:
        entries = sorted(voter.about.keys() & ids)
        sides = [
            (id, side)
            for id in entries
            for side in (1, -1)
            if (id, side) in looked_at and any(takes(one, id, side) for one in voter.about[id])
        ]
        met.update(entries)
        taken.update(sides)
        both_met.update(combinations(entries, 2))
        both_taken.update(combinations(sides, 2))

    def surprise(pair: tuple[tuple[str, int], tuple[str, int]]) -> float:
        (one, _), (other, _) = pair
        if one == other:
            return 0.0
        expected = taken[pair[0]] / met[one] * taken[pair[1]] / met[other] * both_met[one, other]
        return both_taken[pair] * log(both_taken[pair] / expected) if both_taken[pair] > expected else 0.0

    for pair in sorted(both_taken, key=lambda one: (-surprise(one), one))[:SEEDS]:
        if surprise(pair) > 0:
            yield dict(pair)


def _odds(meeting: Meeting, usual: Usual, loyalty: float) -> float:
    return log((loyalty if meeting[2] else 1 - loyalty) / usual.chance_of(meeting))


@lru_cache(maxsize=100_000)
def _sought(met: int, ballots: int, share: float, habit: float) -> float:
    """Log of how much likelier it is to meet the ring so often with the habit (beta-binomial) than by its share."""
    a, b = ALIKE * habit, ALIKE * (1 - habit)
    sought = _log_beta(met + a, ballots - met + b) - _log_beta(a, b)
    sought -= met * log(share) + (ballots - met) * log(1 - share)
    # To meet it less often than others do is no sign.
    return sought if met > share * ballots else min(sought, 0.0)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _best_prefix(ordered: Sequence[float], crowd_size: int) -> tuple[int, float]:
    """As many of the likeliest as are worth the price of naming them, and what they are worth."""
    worth = [total - _price(n, crowd_size) for n, total in enumerate(accumulate(ordered), 1)]
    best = max(range(FEWEST, len(ordered) + 1), key=lambda n: worth[n - 1], default=0)
    return best, worth[best - 1] if best else -inf


def _likeliest(beliefs: Mapping[Voter, float]) -> list[Voter]:
    """As many as are worth the price of naming them; if none is, all that may be."""
    ordered = sorted(beliefs, key=lambda one: (-beliefs[one], one.account_id))
    best, worth = _best_prefix([beliefs[one] for one in ordered], len(ordered))
    return ordered[:best] if worth > 0 else [one for one in ordered if beliefs[one] > 0]


@lru_cache(maxsize=100_000)
def _price(named: int, crowd_size: int) -> float:
    """Log of in how many ways so many can be named."""
    return lgamma(crowd_size + 1) - lgamma(named + 1) - lgamma(crowd_size - named + 1)


def _learnt(members: Sequence[Voter], meetings: Mapping[Voter, Sequence[Meeting]], share: float) -> Manner:
    taken = [takes for voter in members for _, _, takes in meetings[voter]]
    habit = len(taken) / sum(len(voter.ballots) for voter in members)
    # As if ten more had been seen to be as loyal as presumed.
    loyalty = (sum(taken) + 10 * LOYALTY) / (len(taken) + 10)
    return Manner(max(share, min(0.95, habit)), max(LEAST_LOYALTY, min(MOST_LOYALTY, loyalty)))
