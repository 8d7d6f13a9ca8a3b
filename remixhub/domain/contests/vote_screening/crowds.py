"""Who votes, and together with whom: accounts made and voting in a burst, or on one network."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

HIGH_SCORE, LOW_SCORE = 8.0, 2.0
"""From the one on a score backs an entry, from the other down it opposes it; between them it does neither."""
HASTY = 1.25
"""Times of what has to be heard; players tell every few seconds."""
FEWEST = 3
"""Members of a ring; two friends are none."""
MADE_APART, VOTED_APART = dt.timedelta(minutes=5), dt.timedelta(minutes=10)
"""Longer pauses end a burst: scripts, and people with a list to work off, make none."""


class Reason(StrEnum):
    BURST = "burst"
    """Of a ring among accounts made and voting together."""
    SHARED_ORIGIN = "shared_origin"
    """Of a ring among accounts on one network, or with one browser there."""
    SHARED_DEVICE = "shared_device"
    """Of a ring among accounts that are signed in to from one device."""
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
    device: str = ""
    """Keyed hash of the device's cookie; empty when unknown."""
    heard: float | None = None
    """How long it was listened to before, in times of what has to be heard: of two entries the shorter one."""


Word = tuple[float, float, float]
"""How much is said on an entry; how much of it for, and how much against."""


@dataclass(frozen=True, eq=False)
class Voter:
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
    def places(self) -> set[tuple[Reason, str, str]]:
        """Its devices, and its networks, each with any browser (empty) and with its own."""
        devices = {(Reason.SHARED_DEVICE, one.device, "") for one in self.ballots if one.device}
        return devices | {
            (Reason.SHARED_ORIGIN, one.origin, agent) for one in self.ballots if one.origin for agent in ("", one.agent)
        }

    @cached_property
    def is_hasty(self) -> bool | None:
        """Mostly it heard no more than it had to; None when that is not known."""
        heard = sorted(one.heard for one in self.ballots if one.heard is not None)
        return heard[len(heard) // 2] < HASTY if heard else None

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
    def words(self) -> Mapping[str, Word]:
        """The less on an entry, the more of its ballots are about that one."""
        words = {}
        for id, ballots in self.about.items():
            weight = 1 - len(ballots) / len(self.ballots)
            backed, opposed = (sum(takes(one, id, side) for one in ballots) for side in (1, -1))
            words[id] = (weight * len(ballots), weight * backed, weight * opposed)
        return words


def voters_of(ballots: Iterable[CastBallot]) -> list[Voter]:
    cast: dict[str, list[CastBallot]] = defaultdict(list)
    for one in sorted(ballots, key=when):
        cast[one.account_id].append(one)
    return [Voter(id, own) for id, own in sorted(cast.items())]


def when(ballot: CastBallot) -> tuple[dt.datetime, str]:
    return ballot.cast_at, ballot.ballot_id


def takes(ballot: CastBallot, id: str, side: int) -> bool:
    """It is for the entry (1), or against it (−1)."""
    if ballot.score is None:
        return (ballot.favoured_id == id) == (side > 0)
    return ballot.score >= HIGH_SCORE if side > 0 else ballot.score <= LOW_SCORE


def crowds_of(voters: Sequence[Voter]) -> list[tuple[Reason, Sequence[Voter]]]:
    """What holds for everybody sets nobody apart."""
    places: dict[tuple[Reason, str, str], list[Voter]] = defaultdict(list)
    for voter in voters:
        for place in voter.places:
            places[place].append(voter)
    bursts = (
        part
        for run in _runs(voters, lambda one: one.made_at, MADE_APART)
        for part in _runs(run, lambda one: one.first_cast_at, VOTED_APART)
    )
    crowds: list[tuple[Reason, Sequence[Voter]]] = [(Reason.BURST, one) for one in bursts]
    shared = {tuple(places[place]): place[0] for place in sorted(places, reverse=True)}
    crowds += [(reason, crowd) for crowd, reason in shared.items()]
    return [(reason, crowd) for reason, crowd in crowds if FEWEST <= len(crowd) < len(voters)]


def _runs(
    crowd: Sequence[Voter], at: Callable[[Voter], dt.datetime], longest_pause: dt.timedelta
) -> Iterator[Sequence[Voter]]:
    ordered = sorted(crowd, key=lambda one: (at(one), one.account_id))
    ends = [n for n, (one, after) in enumerate(pairwise(ordered), 1) if at(after) - at(one) > longest_pause]
    for start, end in pairwise([0, *ends, len(ordered)]):
        yield ordered[start:end]
