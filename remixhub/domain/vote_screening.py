"""Flags ballots of a community vote that look arranged, for people to decide upon; it leaves nothing out by itself.

A ring is some accounts that back or oppose the same few entries. It is looked for in crowds: all accounts, accounts
made and voting together, accounts on one network. Each account of a crowd is asked two questions, and the answers
weighed by how much likelier they are from a member of the ring than from anybody else:

- Does it meet the ring's entries more often than chance would have it? Who skips other pairs does.
- Does it take the ring's side more often than others do? A voter's word on an entry weighs the more the more of its
  ballots are about other entries, so that those who came for one entry do not set what is usual for it.

To be in a crowd is no reason: those of a household, or who came after an announcement, vote each in their own way.
Nor is taste: who favours a popular entry does as others do, and meets it no more often than they.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate, combinations, pairwise
from math import ceil, lgamma, log

HIGH_SCORE, LOW_SCORE = 8.0, 2.0
"""From the one on a score backs an entry, from the other down it opposes it; between them it does neither."""
LOYALTY, LEAST_LOYALTY, MOST_LOYALTY = 0.95, 0.9, 0.99
"""How often members take the ring's side when they can: as presumed, and within what it is then learnt."""
ALIKE = 8.0
"""How much alike members are in the share of their ballots that they spend on the ring, as so many ballots would."""
FEWEST = 3
"""Members of a ring; two friends are none."""
LARGEST = 6
"""Entries that a ring backs or opposes; with more it would be a taste."""
FALSE_RINGS = 0.01
"""Rings seen per honest contest, at most. Whatever is true, evidence of 1 : x comes up with a chance of no more than x
(Markov), so the bar is that, and rises with all the rings that were thought of."""
SURE = log(0.85 / 0.15)
"""An account is flagged when it is of a ring with 90 %; what the crowd's share of members says is counted in."""
UNEVEN = 1.1
"""Entries are dealt evenly, but for this factor."""
MADE_APART, VOTED_APART = dt.timedelta(minutes=5), dt.timedelta(minutes=10)
"""Longer pauses end a burst: scripts, and people with a list to work off, make none."""
SEEDS, BRANCHES, ROUNDS = 4, 5, 3
"""How wide the search is: entries to start from, entries to add at each step, looks at who the members are."""

LEAST_GAIN = 0.01
"""What a change must be worth, so that the search ends."""


class Reason(StrEnum):
    BURST = "burst"
    """Of a ring among accounts made and voting together."""
    SHARED_ORIGIN = "shared_origin"
    """Of a ring among accounts on one network, or with one browser there."""
    SAME_TARGET_RING = "same_target_ring"
    """Of a ring that shows by its votes alone."""


@dataclass(frozen=True)
class CastBallot:
    """A duel, where `favoured_id` won over `against_id`; or a score from 0 to 10 for `favoured_id` alone."""

    ballot_id: str
    account_id: str
    favoured_id: str
    against_id: str | None
    score: float | None
    cast_at: dt.datetime
    account_created_at: dt.datetime
    origin: str
    """Keyed hash of the network; empty when unknown."""
    agent: str
    """Keyed hash of the browser's name; empty when unknown."""


@dataclass(frozen=True)
class Flag:
    ballot_id: str
    reasons: tuple[Reason, ...]
    words: str
    """What was seen, a sentence for each reason."""


def screen(ballots: Sequence[CastBallot]) -> list[Flag]:
    """All ballots of accounts that are of a ring, in the order they were cast.

    Camouflage is flagged with the rest: an account is of a ring or is not, and a single ballot does not tell.
    """
    voters = _voters(ballots)
    if not voters:
        return []
    contest = _Contest(voters)
    seen: dict[_Voter, dict[Reason, str]] = defaultdict(dict)
    for reason, ring in _all_rings(contest):
        words = _sentence(reason, ring, contest)
        for voter in ring.members:
            seen[voter].setdefault(reason, words)
    flagged = sorted(((one, seen[voter]) for voter in seen for one in voter.ballots), key=lambda pair: _when(pair[0]))
    return [Flag(one.ballot_id, tuple(words), " ".join(words.values())) for one, words in flagged]


def _all_rings(contest: _Contest) -> list[tuple[Reason, _Ring]]:
    crowds = _crowds(contest.voters)
    bar = log((1 + len(crowds)) / FALSE_RINGS)
    among_all = [(Reason.SAME_TARGET_RING, ring) for ring in contest.rings(contest.voters, _Usual(), bar)]
    found, suspects = among_all, _members(among_all)
    # Twice, since a ring that is not known yet makes its honest neighbours look odd.
    for _ in range(2):
        usual = _Usual(one for one in contest.voters if one not in suspects)
        found = [(reason, ring) for reason, crowd in crowds for ring in contest.rings(crowd, usual, bar)] + among_all
        before, suspects = suspects, _members(found)
        if suspects == before:
            break
    return found


def _members(found: Iterable[tuple[Reason, _Ring]]) -> set[_Voter]:
    return {voter for _, ring in found for voter in ring.members}


# Who votes, and together with whom

_Word = tuple[float, float, float]
"""How much is said on an entry; how much of it for, and how much against."""


@dataclass(frozen=True, eq=False)
class _Voter:
    account_id: str
    ballots: Sequence[CastBallot]
    """In the order they were cast."""

    @property
    def made_at(self) -> dt.datetime:
        return self.ballots[0].account_created_at

    @property
    def first_cast_at(self) -> dt.datetime:
        return self.ballots[0].cast_at

    @property
    def origins(self) -> set[tuple[str, str]]:
        """Its networks, each with any browser (empty) and with its own."""
        return {(one.origin, agent) for one in self.ballots if one.origin for agent in ("", one.agent)}

    @cached_property
    def about(self) -> Mapping[str, Sequence[CastBallot]]:
        """Its ballots by entry; a duel is about two."""
        about: dict[str, list[CastBallot]] = defaultdict(list)
        for one in self.ballots:
            about[one.favoured_id].append(one)
            if one.against_id is not None:
                about[one.against_id].append(one)
        return dict(about)

    @cached_property
    def words(self) -> Mapping[str, _Word]:
        """The less on an entry, the more of its ballots are about that one."""
        words = {}
        for id, ballots in self.about.items():
            weight = 1 - len(ballots) / len(self.ballots)
            backed, opposed = (sum(_takes(one, id, side) for one in ballots) for side in (1, -1))
            words[id] = (weight * len(ballots), weight * backed, weight * opposed)
        return words


def _voters(ballots: Iterable[CastBallot]) -> list[_Voter]:
    cast: dict[str, list[CastBallot]] = defaultdict(list)
    for one in sorted(ballots, key=_when):
        cast[one.account_id].append(one)
    return [_Voter(id, own) for id, own in sorted(cast.items())]


def _when(ballot: CastBallot) -> tuple[dt.datetime, str]:
    return ballot.cast_at, ballot.ballot_id


def _takes(ballot: CastBallot, id: str, side: int) -> bool:
    """It is for the entry (1), or against it (−1)."""
    if ballot.score is None:
        return (ballot.favoured_id == id) == (side > 0)
    return ballot.score >= HIGH_SCORE if side > 0 else ballot.score <= LOW_SCORE


def _crowds(voters: Sequence[_Voter]) -> list[tuple[Reason, Sequence[_Voter]]]:
    """What holds for everybody sets nobody apart."""
    networks: dict[tuple[str, str], list[_Voter]] = defaultdict(list)
    for voter in voters:
        for origin in voter.origins:
            networks[origin].append(voter)
    bursts = (
        part
        for run in _runs(voters, lambda one: one.made_at, MADE_APART)
        for part in _runs(run, lambda one: one.first_cast_at, VOTED_APART)
    )
    crowds: list[tuple[Reason, Sequence[_Voter]]] = [(Reason.BURST, one) for one in bursts]
    crowds += [
        (Reason.SHARED_ORIGIN, one) for one in dict.fromkeys(tuple(networks[origin]) for origin in sorted(networks))
    ]
    return [(reason, crowd) for reason, crowd in crowds if FEWEST <= len(crowd) < len(voters)]


def _runs(
    crowd: Sequence[_Voter], at: Callable[[_Voter], dt.datetime], longest_pause: dt.timedelta
) -> Iterator[Sequence[_Voter]]:
    ordered = sorted(crowd, key=lambda one: (at(one), one.account_id))
    ends = [n for n, (one, after) in enumerate(pairwise(ordered), 1) if at(after) - at(one) > longest_pause]
    for start, end in pairwise([0, *ends, len(ordered)]):
        yield ordered[start:end]


# What is usual

_Sides = Mapping[str, int]
"""Entries to 1 for those that a ring backs, −1 for those that it opposes."""

_Meeting = tuple[CastBallot, int, bool]
"""A ballot about them; the side that its favoured entry is on; whether it takes the ring's side."""

_PRESUMED: _Word = (1.0, 0.5, 0.5)
"""On any entry, so that little is known from few ballots (Jeffreys)."""


class _Usual:
    """How voters stand to the entries, by the word of witnesses."""

    def __init__(self, witnesses: Iterable[_Voter] = ()) -> None:
        self._witnesses = set[_Voter]()
        self._words: dict[str, _Word] = {}
        self._count([*witnesses], 1)

    def _count(self, voters: Sequence[_Voter], sign: int) -> None:
        for voter in voters:
            for id, (said, backed, opposed) in voter.words.items():
                before = self._words.get(id, _PRESUMED)
                self._words[id] = (before[0] + sign * said, before[1] + sign * backed, before[2] + sign * opposed)
        self._witnesses = self._witnesses.union(voters) if sign > 0 else self._witnesses.difference(voters)

    def asking(self, voters: Iterable[_Voter]) -> _Usual:
        return self._changed([one for one in voters if one not in self._witnesses], 1)

    def without(self, voters: Iterable[_Voter]) -> _Usual:
        return self._changed([one for one in voters if one in self._witnesses], -1)

    def _changed(self, voters: Sequence[_Voter], sign: int) -> _Usual:
        changed = _Usual()
        changed._witnesses, changed._words = self._witnesses, dict(self._words)
        changed._count(voters, sign)
        return changed

    def chance(self, id: str, side: int) -> float:
        word = self._words.get(id, _PRESUMED)
        return (word[1] if side > 0 else word[2]) / word[0]

    def chance_of(self, meeting: _Meeting) -> float:
        ballot, side, takes = meeting
        if ballot.against_id is None:
            chance = self.chance(ballot.favoured_id, side)
            chance = chance if takes else 1 - chance
        else:
            _, backed, opposed = self._words.get(ballot.favoured_id, _PRESUMED)
            _, other_backed, other_opposed = self._words.get(ballot.against_id, _PRESUMED)
            # Bradley–Terry, with the odds of each against the average for its strength.
            chance = backed * other_opposed / (backed * other_opposed + opposed * other_backed)
        # However odd a ballot is, it counts for no more than about 19 : 1.
        return max(chance, 1 - LOYALTY)

    def gain(self, id: str, side: int, before: _Usual) -> float:
        """Log of how much likelier the witnesses' word on the entry is, now that others are not asked (G-test)."""
        now, then = self.chance(id, side), before.chance(id, side)
        return self._words.get(id, _PRESUMED)[0] * (now * log(now / then) + (1 - now) * log((1 - now) / (1 - then)))


# Rings


@dataclass(frozen=True)
class _Manner:
    """How members of a ring go about it."""

    habit: float
    """Share of their ballots that they spend on its entries."""
    loyalty: float
    """How often they take its side then."""


@dataclass(frozen=True)
class _Ring:
    sides: _Sides
    promise: float
    """Log of how much likelier the ballots of all who may be of it are, if they are."""
    worth: float
    """Log of how much likelier the crowd's ballots are with this ring than without, less the price of its thought."""
    beliefs: Mapping[_Voter, float]
    """Log of how much likelier the ballots of each are, if it is a member."""
    likely: Sequence[_Voter]
    """Those that are rather of it than not."""
    manner: _Manner
    usual: _Usual
    """Among the others."""
    members: Sequence[_Voter] = ()
    """Those that are for sure."""


class _Contest:
    def __init__(self, voters: Sequence[_Voter]) -> None:
        self.voters = voters
        self._ballots = sum(len(one.ballots) for one in voters)
        self._met = Counter(id for voter in voters for id in sorted(voter.about) for _ in voter.about[id])
        self._is_dealt = sum(self._met.values()) > self._ballots

    def rings(self, crowd: Sequence[_Voter], usual: _Usual, bar: float) -> Iterator[_Ring]:
        """One after the other, until no more stand out."""
        usual, is_everybody = usual.asking(crowd), len(crowd) == len(self.voters)
        while len(crowd) >= FEWEST:
            ring = self._strongest(crowd, usual)
            start = log((len(ring.likely) + 0.5) / (len(crowd) - len(ring.likely) + 0.5))
            # That most of a crowd are of a ring tells against the rest of it, but not against everybody.
            start = min(start, 0.0) if is_everybody else start
            members = [one for one in crowd if ring.beliefs[one] + start >= SURE]
            if ring.worth <= bar or len(members) < FEWEST:
                return
            yield replace(ring, members=members)
            usual, gone = usual.without(members), set(members)
            crowd = [one for one in crowd if one not in gone]

    def share(self, sides: _Sides) -> float:
        """Of anybody's ballots, how many are about these entries."""
        count = len(self._met)
        if self._is_dealt:
            # Not what was seen: who skips pairs would make it seem usual to meet the ring's entries.
            missed = (count - len(sides)) * (count - len(sides) - 1) / (count * (count - 1))
            return min(0.99, UNEVEN * (1 - missed))
        return min(0.99, sum((max(UNEVEN / count, self._met[id] / self._ballots) for id in sides), 0.0))

    def _strongest(self, crowd: Sequence[_Voter], usual: _Usual) -> _Ring:
        present: dict[str, list[_Voter]] = defaultdict(list)
        for voter in crowd:
            for id in voter.about:
                present[id].append(voter)
        single = [
            self._weighed({id: side}, present[id], len(crowd), usual) for id in sorted(present) for side in (1, -1)
        ]
        single.sort(key=lambda one: -one.promise)
        grown: list[_Ring] = []
        for sides in [*(one.sides for one in single[:SEEDS]), *_in_step(crowd)]:
            if not any(sides.items() <= one.sides.items() for one in grown):
                grown.append(self._grown(self._weighed(sides, crowd, len(crowd), usual), crowd, usual))
        return max(grown, key=lambda one: one.worth)

    def _grown(self, ring: _Ring, crowd: Sequence[_Voter], usual: _Usual) -> _Ring:
        """With further entries, or else without some, as long as the ring is worth more so."""
        while True:
            for changed in (_with_one_more(ring), _with_one_less(ring)):
                tried = [self._weighed(sides, crowd, len(crowd), usual, ring) for sides in changed]
                best = max(tried, key=lambda one: one.worth, default=ring)
                if best.worth > ring.worth + LEAST_GAIN:
                    break
            else:
                return ring
            ring = best

    def _weighed(
        self, sides: _Sides, crowd: Sequence[_Voter], crowd_size: int, usual: _Usual, like: _Ring | None = None
    ) -> _Ring:
        """Learns in turn who is likely of the ring, their manner, and what is usual among the others.

        All is held against the best that can be said without a ring, which counts everybody in what is usual.
        """
        share = self.share(sides)
        met = {one: list(_meetings(one, sides)) for one in crowd}
        manner, rest = (like.manner, like.usual) if like else (_Manner(max(0.25, share), LOYALTY), usual)
        likely: list[_Voter] = []
        for _ in range(ROUNDS - 1 if like else ROUNDS):
            beliefs = {one: _belief(one, met[one], share, rest, manner) for one in crowd}
            before, likely = likely, _likeliest(beliefs, crowd_size)
            if likely in ([], before):
                break
            manner, rest = _learnt(likely, met, share), usual.without(likely)
        evidence = sum(_belief(one, met[one], share, usual, manner) for one in likely)
        evidence += sum(rest.gain(id, side, usual) for id, side in sides.items())
        return _Ring(
            sides,
            promise=sum(belief for belief in beliefs.values() if belief > 0),
            worth=evidence - _price(len(likely), crowd_size) - len(sides) * log(2 * len(self._met)),
            likely=likely,
            beliefs=beliefs,
            manner=manner,
            usual=rest,
        )


def _with_one_more(ring: _Ring) -> Iterator[_Sides]:
    """Of the entries that the likely members stand by most oddly."""
    gains: dict[tuple[str, int], float] = defaultdict(float)
    for voter in ring.likely if len(ring.sides) < LARGEST else ():
        for id in voter.about.keys() - ring.sides.keys():
            for side in (1, -1):
                gains[id, side] += sum(_odds(one, ring.usual, LOYALTY) for one in _meetings(voter, {id: side}))
    for id, side in sorted(gains, key=lambda one: (-gains[one], one))[:BRANCHES]:
        yield {**ring.sides, id: side}


def _with_one_less(ring: _Ring) -> Iterator[_Sides]:
    for out in ring.sides if len(ring.sides) > 1 else ():
        yield {id: side for id, side in ring.sides.items() if id != out}


def _in_step(crowd: Iterable[_Voter]) -> Iterator[_Sides]:
    """Pairs of sides that voters take together, the most surprising first; a single one may hide in a large ring."""
    met: Counter[str] = Counter()
    taken: Counter[tuple[str, int]] = Counter()
    both_met: Counter[tuple[str, str]] = Counter()
    both_taken: Counter[tuple[tuple[str, int], tuple[str, int]]] = Counter()
    for voter in crowd:
        entries = sorted(voter.about)
        sides = [
            (id, side) for id in entries for side in (1, -1) if any(_takes(one, id, side) for one in voter.about[id])
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
        yield dict(pair)


def _meetings(voter: _Voter, sides: _Sides) -> Iterator[_Meeting]:
    for id, side in sides.items():
        for one in voter.about.get(id, ()):
            if one.favoured_id == id:
                # Between two on the same side there is nothing to choose.
                if side != sides.get(one.against_id or "", 0):
                    yield one, side, _takes(one, id, side)
            elif one.favoured_id not in sides:
                yield one, -side, side < 0


def _odds(meeting: _Meeting, usual: _Usual, loyalty: float) -> float:
    return log((loyalty if meeting[2] else 1 - loyalty) / usual.chance_of(meeting))


def _belief(voter: _Voter, met: Sequence[_Meeting], share: float, usual: _Usual, manner: _Manner) -> float:
    """Log of how much likelier its ballots are from a member than from anybody else."""
    odds = sum(_odds(one, usual, manner.loyalty) for one in met)
    return odds + _sought(len(met), len(voter.ballots), share, manner.habit)


@lru_cache(maxsize=10_000)
def _sought(met: int, ballots: int, share: float, habit: float) -> float:
    """Log of how much likelier it is to meet the ring so often with the habit (beta-binomial) than by its share."""
    a, b = ALIKE * habit, ALIKE * (1 - habit)
    sought = _log_beta(met + a, ballots - met + b) - _log_beta(a, b)
    sought -= met * log(share) + (ballots - met) * log(1 - share)
    # To meet it less often than others do is no sign.
    return sought if met > share * ballots else min(sought, 0.0)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _likeliest(beliefs: Mapping[_Voter, float], crowd_size: int) -> list[_Voter]:
    """As many as are worth the price of naming them; if none is, all that may be."""
    ordered = sorted(beliefs, key=lambda one: (-beliefs[one], one.account_id))
    worth = [total - _price(n, crowd_size) for n, total in enumerate(accumulate(beliefs[one] for one in ordered), 1)]
    best = max(range(FEWEST, len(ordered) + 1), key=lambda n: worth[n - 1], default=0)
    return ordered[:best] if best and worth[best - 1] > 0 else [one for one in ordered if beliefs[one] > 0]


@lru_cache(maxsize=10_000)
def _price(named: int, crowd_size: int) -> float:
    """Log of in how many ways so many can be named."""
    return lgamma(crowd_size + 1) - lgamma(named + 1) - lgamma(crowd_size - named + 1)


def _learnt(members: Sequence[_Voter], meetings: Mapping[_Voter, Sequence[_Meeting]], share: float) -> _Manner:
    taken = [takes for voter in members for _, _, takes in meetings[voter]]
    habit = len(taken) / sum(len(voter.ballots) for voter in members)
    # As if ten more had been seen to be as loyal as presumed.
    loyalty = (sum(taken) + 10 * LOYALTY) / (len(taken) + 10)
    return _Manner(max(share, min(0.95, habit)), max(LEAST_LOYALTY, min(MOST_LOYALTY, loyalty)))


# Words


def _sentence(reason: Reason, ring: _Ring, contest: _Contest) -> str:
    ballots = sum(len(voter.ballots) for voter in ring.members)
    taken = [ballot for voter in ring.members for ballot, _, takes in _meetings(voter, ring.sides) if takes]
    usual = sum(contest.share({id: side}) * ring.usual.chance(id, side) for id, side in ring.sides.items())
    who = f"{len(ring.members)} accounts"
    match reason:
        case Reason.BURST:
            made, voted = (voter.made_at for voter in ring.members), (one.cast_at for one in taken)
            who += f" made within {_span(made)} voted within {_span(voted)}"
        case Reason.SHARED_ORIGIN:
            who += " on one network voted"
        case Reason.SAME_TARGET_RING:
            who += " voted"
    sides = [
        f"{word} the same {f'{count} entries' if count > 1 else 'entry'}"
        for word, count in (
            ("for", list(ring.sides.values()).count(1)),
            ("against", list(ring.sides.values()).count(-1)),
        )
        if count
    ]
    expected = f"about {round(ballots * usual)}" if ballots * usual >= 0.5 else "hardly any"
    return f"{who} {' and '.join(sides)}: {len(taken)} of their {ballots} ballots, where {expected} would be usual."


def _span(times: Iterable[dt.datetime]) -> str:
    ordered = sorted(times)
    minutes = max(1, ceil((ordered[-1] - ordered[0]) / dt.timedelta(minutes=1)))
    if minutes >= 120:
        return f"{ceil(minutes / 60)} hours"
    return f"{minutes} minutes" if minutes > 1 else "a minute"
