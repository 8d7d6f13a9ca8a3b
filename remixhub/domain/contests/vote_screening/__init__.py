"""Flags ballots of a community vote that look arranged, for people to decide upon; it leaves nothing out by itself.

A ring is some accounts that back or oppose the same few entries. It is looked for in crowds: all accounts, accounts
made and voting together, accounts on one network or of one device. What each account of a crowd did is weighed by how
much likelier it is from a member of the ring than from anybody else, and all of it multiplied to one likelihood ratio:

- Does it take the ring's side more often than others do, given what it meets? A voter's word on an entry weighs the
  more the more of its ballots are about other entries, so that those who came for one entry do not set what is usual.
- Does it meet the ring's entries more often than chance would have it, where voters choose what they vote on?
- Was it made for the contest, does it hear no more than it must, does it toss a coin elsewhere? By themselves these
  say nothing; of a crowd that takes a side they say how it came together, up to what honest crowds have in common.

To be in a crowd is no reason: those of a household, or who came after an announcement, vote each in their own way.
Nor is taste: who favours a popular entry does as others do, and meets it no more often than they.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log

from remixhub.domain.contests.vote_screening.crowds import CastBallot, Reason, Voter, crowds_of, voters_of, when
from remixhub.domain.contests.vote_screening.rings import Electorate, Ring
from remixhub.domain.contests.vote_screening.usual import Usual, meetings

__all__ = ["CastBallot", "Flag", "Reason", "screen"]

FALSE_RINGS = 1 / 20
"""Rings seen per honest contest, at most. Whatever is true, evidence of 1 : x comes up with a chance of no more than x
(Markov), so the bar is that, and rises with all the crowds that were looked at. docs/voting-screening.md has what came
of it in simulated contests."""


@dataclass(frozen=True)
class Flag:
    ballot_id: str
    reasons: tuple[Reason, ...]
    words: str
    """What was seen, a sentence for each reason."""


def screen(ballots: Sequence[CastBallot], announced_at: dt.datetime | None = None) -> list[Flag]:
    """All ballots of accounts that are of a ring, in the order they were cast.

    Camouflage is flagged with the rest: an account is of a ring or is not, and a single ballot does not tell.
    """
    voters = voters_of(ballots)
    if not voters:
        return []
    electorate = Electorate(voters, announced_at)
    seen: dict[Voter, dict[Reason, str]] = defaultdict(dict)
    for reason, ring in _all_rings(electorate):
        words = _sentence(reason, ring, electorate)
        for voter in ring.members:
            seen[voter].setdefault(reason, words)
    flagged = sorted(((one, seen[voter]) for voter in seen for one in voter.ballots), key=lambda pair: when(pair[0]))
    return [Flag(one.ballot_id, tuple(words), " ".join(words.values())) for one, words in flagged]


def _all_rings(electorate: Electorate) -> list[tuple[Reason, Ring]]:
    crowds = crowds_of(electorate.voters)
    bar = log((1 + len(crowds)) / FALSE_RINGS)
    everybody = electorate.rings(electorate.voters, Usual(), bar)
    among_all = [(Reason.SAME_TARGET_RING, ring) for ring in everybody]
    found, suspects = among_all, _members(among_all)
    # Twice, since a ring that is not known yet makes its honest neighbours look odd.
    for _ in range(2):
        usual = Usual(one for one in electorate.voters if one not in suspects)
        found = [(reason, ring) for reason, crowd in crowds for ring in electorate.rings(crowd, usual, bar)] + among_all
        before, suspects = suspects, _members(found)
        if suspects == before:
            break
    return found


def _members(found: Iterable[tuple[Reason, Ring]]) -> set[Voter]:
    return {voter for _, ring in found for voter in ring.members}


def _sentence(reason: Reason, ring: Ring, electorate: Electorate) -> str:
    ballots = sum(len(voter.ballots) for voter in ring.members)
    taken = [ballot for voter in ring.members for ballot, _, takes in meetings(voter, ring.sides) if takes]
    usual = sum(electorate.share({id: side}) * ring.usual.chance(id, side) for id, side in ring.sides.items())
    who = f"{len(ring.members)} accounts"
    match reason:
        case Reason.BURST:
            made, voted = (voter.made_at for voter in ring.members), (one.cast_at for one in taken)
            who += f" made within {_span(made)} voted within {_span(voted)}"
        case Reason.SHARED_ORIGIN:
            who += " on one network voted"
        case Reason.SHARED_DEVICE:
            who += " of one device voted"
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
    said = f"{who} {' and '.join(sides)}: {len(taken)} of their {ballots} ballots, where {expected} would be usual."
    return said + electorate.traits.words(ring.members)


def _span(times: Iterable[dt.datetime]) -> str:
    ordered = sorted(times)
    minutes = max(1, ceil((ordered[-1] - ordered[0]) / dt.timedelta(minutes=1)))
    if minutes >= 120:
        return f"{ceil(minutes / 60)} hours"
    return f"{minutes} minutes" if minutes > 1 else "a minute"
