"""Guesses at passwords: which attempt is made now, and how long others wait. Seconds of one clock; docs/limits.md.

Nobody is locked out: whoever guesses is slowed down, and what strangers do costs a known device nothing.

- A **series** is what one known device, or one address at one name, tried in a row: each wrong attempt beyond the free
  ones doubles the delay before the next, up to a cap.
- A **pace** is what many share: all strangers' devices at one name, all names tried by one address. Beyond the first
  few, one attempt each so many seconds. At a name whoever is too early is given a **turn** of their own, which nobody
  else can take: with a thousand addresses guessing, the owner at a new device is the thousand-and-first, not last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LONGEST_DELAY_SECONDS = 900
FORGOTTEN_AFTER_SECONDS = 24 * 3600
"""A series ends when nothing happened for so long; and so does a turn that is not used."""
_NAME_SECONDS = 180
_ADDRESS_SECONDS = 18
_BURST_FACTOR = 10


@dataclass(frozen=True)
class Series:
    wrong: int = 0
    held_until: float = 0
    has_turn: bool = False
    """Given by the name's pace, for `held_until`."""

    def attempted(self, now: float, free: int) -> Series:
        """Counted as wrong, before it is known: so that attempts at once cannot slip through together."""
        wrong = self.wrong + 1
        return Series(wrong, now + delay_seconds(wrong, free))


def delay_seconds(wrong: int, free: int) -> int:
    """After so many wrong attempts in a row: nothing, then 1, 2, 4, … seconds up to the cap."""
    return 0 if wrong < free else min(LONGEST_DELAY_SECONDS, 1 << min(wrong - free, 30))


@dataclass(frozen=True)
class Pace:
    """`burst` at once, and one each `seconds` for ever. Its state is the time until which attempts are spoken for."""

    burst: int
    seconds: int

    def turn(self, spoken_for: float, now: float) -> float:
        """When the next may be made; `now`, unless too many were."""
        return max(now, spoken_for - (self.burst - 1) * self.seconds)

    def taken(self, spoken_for: float, now: float) -> float:
        return max(spoken_for, now) + self.seconds

    def given_back(self, spoken_for: float) -> float:
        return spoken_for - self.seconds


@dataclass(frozen=True)
class Rule:
    free: int
    """Wrong attempts in a row that cost nothing; all other bounds follow from it."""

    @property
    def of_name(self) -> Pace:
        return Pace(self.free * _BURST_FACTOR, _NAME_SECONDS)

    @property
    def of_address(self) -> Pace:
        """A household or a school behind one address makes more attempts than one person."""
        return Pace(self.free * _BURST_FACTOR, _ADDRESS_SECONDS)


@dataclass(frozen=True)
class Stranger:
    """What counts for an attempt of a device that the account does not know."""

    series: Series
    name_spoken_for: float
    address_spoken_for: float


@dataclass(frozen=True)
class Asked:
    wait_seconds: float
    """0: the attempt is made now, and counts as a wrong one until it is known to be right."""
    after: Stranger


def ask(rule: Rule, stranger: Stranger, now: float) -> Asked:
    series = stranger.series
    own_at = max(series.held_until, rule.of_address.turn(stranger.address_spoken_for, now))
    if own_at > now:
        return Asked(own_at - now, stranger)
    name_spoken_for = stranger.name_spoken_for
    if not series.has_turn:
        turn_at = rule.of_name.turn(name_spoken_for, now)
        name_spoken_for = rule.of_name.taken(name_spoken_for, now)
        if turn_at > now:
            waiting = replace(series, held_until=turn_at, has_turn=True)
            return Asked(turn_at - now, replace(stranger, series=waiting, name_spoken_for=name_spoken_for))
    address_spoken_for = rule.of_address.taken(stranger.address_spoken_for, now)
    return Asked(0, Stranger(series.attempted(now, rule.free), name_spoken_for, address_spoken_for))
