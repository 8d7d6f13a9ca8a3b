"""Whoever guesses is slowed down, by stated figures; nobody is locked out."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.guesses import (
    LONGEST_DELAY_SECONDS,
    Pace,
    Rule,
    Series,
    Stranger,
    ask,
    delay_seconds,
)

FREE = 5
RULE = Rule(FREE)
DAY = 24 * 3600


@dataclass
class Door:
    """Where names are tried from addresses, as the tables would keep it."""

    rule: Rule = RULE
    series: dict[tuple[str, str], Series] = field(default_factory=dict)
    names: dict[str, float] = field(default_factory=dict)
    addresses: dict[str, float] = field(default_factory=dict)

    def attempt(self, now: float, address: str, name: str = "ada") -> float:
        """The seconds to wait; 0 when it is made."""
        known = Stranger(
            self.series.get((name, address), Series()), self.names.get(name, 0.0), self.addresses.get(address, 0.0)
        )
        asked = ask(self.rule, known, now)
        self.series[name, address] = asked.after.series
        self.names[name], self.addresses[address] = asked.after.name_spoken_for, asked.after.address_spoken_for
        return asked.wait_seconds

    def persist(self, seconds: float, addresses: int, *, since: float = 0.0) -> int:
        """How many guesses at one name they get through when each asks again as soon as it was told to."""
        asks_at = {f"{number}": since for number in range(addresses)}
        made = 0
        while (now := min(asks_at.values())) < since + seconds:
            address = min(asks_at, key=asks_at.__getitem__)
            wait = self.attempt(now, address)
            made += wait == 0
            asks_at[address] = now + max(wait, 0.001)
        return made


@given(st.integers(0, 2000), st.integers(1, 50))
def test_delays_grow_and_are_capped(wrong: int, free: int) -> None:
    before, after = delay_seconds(wrong, free), delay_seconds(wrong + 1, free)
    assert 0 <= before <= after <= LONGEST_DELAY_SECONDS
    assert after <= max(1, 2 * before)


def test_delays_in_plain_figures() -> None:
    assert [delay_seconds(wrong, FREE) for wrong in range(4, 16)] == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


def test_one_address_guesses_at_one_name_110_times_a_day() -> None:
    door = Door()
    assert 100 < door.persist(DAY, addresses=1) <= 110
    assert door.persist(DAY, addresses=1, since=DAY) <= 97, "and the day after with no free ones"


@pytest.mark.parametrize("addresses", [10, 1000])
def test_all_strangers_together_guess_at_one_name_530_times_a_day(addresses: int) -> None:
    assert Door().persist(DAY, addresses=addresses) <= RULE.of_name.burst + DAY / RULE.of_name.seconds == 530


def test_a_new_device_has_its_turn_after_those_who_came_before_it() -> None:
    door = Door()
    door.persist(3600, addresses=1000)
    wait = door.attempt(3600, "the owner's")
    assert 0 < wait <= 1000 * RULE.of_name.seconds
    for number in range(1000, 1200):  # whoever comes later cannot push in
        assert door.attempt(3601, f"{number}") > wait
    assert door.attempt(3600 + wait - 1, "the owner's") > 0
    assert door.attempt(3600 + wait, "the owner's") == 0


def test_a_turn_is_good_for_one_attempt() -> None:
    door = Door()
    for number in range(RULE.of_name.burst):
        assert door.attempt(0, f"{number}") == 0
    assert door.attempt(0, "late") == RULE.of_name.seconds
    assert door.attempt(RULE.of_name.seconds, "late") == 0
    assert door.attempt(RULE.of_name.seconds, "late") > 0


def test_an_address_tries_fifty_names_at_once_and_one_each_18_seconds() -> None:
    door = Door()
    waits = [door.attempt(0, "here", f"name-{number}") for number in range(52)]
    assert waits == [0] * 50 + [18, 18]
    assert door.attempt(18, "here", "name-51") == 0
    assert door.attempt(18, "here", "name-52") == 18
    assert door.attempt(18, "elsewhere", "name-52") == 0


@given(st.lists(st.tuples(st.floats(0, 5000), st.sampled_from("abc"), st.sampled_from(["ada", "ben"])), max_size=200))
def test_whoever_waits_as_long_as_told_is_let_through_if_nobody_else_uses_the_address(
    attempts: list[tuple[float, str, str]],
) -> None:
    door, now = Door(Rule(1)), 0.0
    for pause, address, name in attempts:
        now += pause
        door.attempt(now, address, name)
    for _ in range(3):  # the series, the address, a turn
        wait = door.attempt(now, "a", "ada")
        if wait == 0:
            break
        now += wait
    else:
        assert door.attempt(now, "a", "ada") == 0


@given(st.integers(1, 20), st.integers(1, 100), st.lists(st.floats(0, 200), min_size=1, max_size=100))
def test_no_stretch_of_time_has_more_than_the_pace_allows(burst: int, seconds: int, pauses: list[float]) -> None:
    pace, spoken_for, now = Pace(burst, seconds), 0.0, 0.0
    made = []
    for pause in pauses:
        now += pause
        if pace.turn(spoken_for, now) <= now:
            spoken_for = pace.taken(spoken_for, now)
            made.append(now)
    for first, start in enumerate(made):
        for count, end in enumerate(made[first:], start=1):
            assert count <= burst + (end - start) / seconds + 1e-6
