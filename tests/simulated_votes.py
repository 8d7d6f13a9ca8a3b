"""Simulated votes of a contest: honest voters as they come, and rings of several sizes and ways among them.

Pairs are dealt, and whoever gets one answers it before the next. Honest voters have tastes; they share households,
schools and the common browsers; half are new; some come for one entry, back it whatever it meets, and vote honestly
elsewhere; a quarter hears no more than they have to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from random import Random

from remixhub.domain.contests.vote_screening import CastBallot

ANNOUNCED = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
VOTING = ANNOUNCED + dt.timedelta(days=20)
DAY = dt.timedelta(days=1)
BROWSERS = ("phone", "desktop", *(f"browser-{n}" for n in range(12)))
SHARES = (0.3, 0.25, *[0.45 / 12] * 12)


@dataclass(frozen=True)
class Person:
    id: str
    made_at: dt.datetime
    starts_at: dt.datetime
    origin: str
    agent: str
    device: str
    is_hasty: bool
    fan_of: str = ""
    pause: dt.timedelta = dt.timedelta(seconds=70)


@dataclass(frozen=True)
class Ring:
    """How one goes about it; by default new accounts of one network and browser that hide nothing."""

    size: int
    has_one_origin: bool = True
    has_one_agent: bool = True
    has_one_device: bool = False
    is_new: bool = True
    is_camouflaged: bool = False
    """Votes honestly elsewhere, as many ballots as anybody, and listens on."""
    days: float = 0.1
    """Over which it votes."""


@dataclass
class Contest:
    """Strengths from a normal distribution, in logits; the target is among the weaker half."""

    chance: Random
    entries: int = 12
    by_scores: bool = False
    strength: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.strength = {f"entry-{n:03}": self.chance.gauss(0, 1) for n in range(self.entries)}
        ordered = sorted(self.strength, key=lambda id: -self.strength[id])
        self.target = self.chance.choice(ordered[len(ordered) // 2 :])

    def honest(self, count: int) -> list[CastBallot]:
        return [one for person in self._people(count) for one in self._cast(person, self._honest_choices(person))]

    def ring(self, ring: Ring) -> list[CastBallot]:
        return [one for person in self._members(ring) for one in self._cast(person, self._ring_choices(ring))]

    def _people(self, count: int) -> Iterator[Person]:
        chance, n = self.chance, 0
        while n < count:
            lot = chance.random()
            size = 1 if lot < 0.75 else chance.randint(2, 5) if lot < 0.95 else chance.randint(5, 30)
            size = min(size, count - n)
            network, together = f"net-{n}", chance.random() < 0.5 and size > 1
            joined = self._when(is_new=chance.random() < 0.5)
            came = VOTING + chance.random() * 5 * DAY
            classmate = chance.choice(list(self.strength)) if size >= 5 and chance.random() < 0.15 else ""
            device = f"device-{n}" if size in (2, 3, 4) and chance.random() < 0.15 else ""
            for _ in range(size):
                made = joined if together else self._when(is_new=chance.random() < 0.5)
                starts = came + chance.random() * DAY / 20 if together else VOTING + chance.random() * 6 * DAY
                fan = classmate if classmate and chance.random() < 0.3 else ""
                if not fan and chance.random() < 0.12:
                    fan = chance.choice(list(self.strength))
                agent = chance.choices(BROWSERS, SHARES)[0]
                yield Person(
                    f"honest-{n}", made, max(starts, made), network, agent, device or f"device-{n}-own",
                    chance.random() < 0.25, fan,
                )  # fmt: skip
                n += 1

    def _when(self, *, is_new: bool) -> dt.datetime:
        days = self.chance.uniform(0, 19) if is_new else -self.chance.uniform(0, 400)
        return ANNOUNCED + days * DAY

    def _members(self, ring: Ring) -> Iterator[Person]:
        chance, start = self.chance, VOTING + self.chance.random() * 5 * DAY
        agent = chance.choices(BROWSERS, SHARES)[0]
        for n in range(ring.size):
            yield Person(
                f"ring-{n}",
                self._when(is_new=ring.is_new),
                start + chance.random() * ring.days * DAY,
                "ring" if ring.has_one_origin else f"proxy-{n}",
                agent if ring.has_one_agent else chance.choices(BROWSERS, SHARES)[0],
                "ring" if ring.has_one_device else f"own-{n}",
                is_hasty=not ring.is_camouflaged,
            )

    def _cast(self, person: Person, choices: Sequence[tuple[str, str | None, float | None]]) -> Iterator[CastBallot]:
        for n, (favoured, against, score) in enumerate(choices):
            yield CastBallot(
                f"{person.id}/{n}", person.id, favoured, against, score, person.starts_at + n * person.pause,
                person.made_at, person.origin, person.agent, person.device,
                1 + self.chance.random() * (0.2 if person.is_hasty else 8),
            )  # fmt: skip

    def _honest_choices(self, person: Person) -> list[tuple[str, str | None, float | None]]:
        chance = self.chance
        liked = {id: value + chance.gauss(0, 0.6) for id, value in self.strength.items()}
        if self.by_scores:
            heard = chance.sample(sorted(self.strength), min(len(self.strength), chance.randint(3, 12)))
            heard += [person.fan_of] if person.fan_of and person.fan_of not in heard else []
            return [(id, None, 10.0 if id == person.fan_of else self._score(liked[id])) for id in heard]
        return [self._duel(pair, liked, person.fan_of) for pair in self._dealt(chance.randint(6, 20))]

    def _ring_choices(self, ring: Ring) -> list[tuple[str, str | None, float | None]]:
        chance = self.chance
        liked = self.strength if ring.is_camouflaged else dict.fromkeys(self.strength, 0.0)
        if self.by_scores:
            others = [id for id in sorted(self.strength) if id != self.target]
            count = chance.randint(3, 8) if ring.is_camouflaged else chance.randint(0, 2)
            heard = chance.sample(others, min(len(others), count))
            return [(self.target, None, 10.0), *((id, None, self._score(liked[id])) for id in heard)]
        return [self._duel(pair, liked, self.target) for pair in self._dealt(chance.randint(8, 16))]

    def _dealt(self, count: int) -> list[tuple[str, str]]:
        ids = sorted(self.strength)
        pairs: set[tuple[str, str]] = set()
        while len(pairs) < min(count, len(ids) * (len(ids) - 1) // 2):
            one, other = sorted(self.chance.sample(ids, 2))
            pairs.add((one, other))
        return self.chance.sample(sorted(pairs), len(pairs))

    def _duel(self, pair: tuple[str, str], liked: Mapping[str, float], backed: str) -> tuple[str, str, None]:
        one, other = pair
        if backed in pair:
            return backed, other if backed == one else one, None
        wins = self.chance.random() < 1 / (1 + exp(liked[other] - liked[one]))
        return (one, other, None) if wins else (other, one, None)

    def _score(self, liked: float) -> float:
        return float(min(10, max(0, round(self.chance.gauss(5.5 + 2 * liked, 1.5)))))


WAYS: dict[str, Ring] = {
    "one network, browser and device": Ring(0, has_one_device=True),
    "one network and browser": Ring(0),
    "the same, old accounts": Ring(0, is_new=False),
    "the same, over five days": Ring(0, days=5),
    "the same, honest elsewhere": Ring(0, is_camouflaged=True),
    "one network, many browsers": Ring(0, has_one_agent=False),
    "many networks": Ring(0, has_one_origin=False, has_one_agent=False),
    "many networks, old, honest elsewhere": Ring(
        0, has_one_origin=False, has_one_agent=False, is_new=False, is_camouflaged=True, days=5
    ),
}


def of_size(way: str, size: int) -> Ring:
    return replace(WAYS[way], size=size)
