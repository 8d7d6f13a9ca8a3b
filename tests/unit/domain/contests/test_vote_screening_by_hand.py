"""Small contests whose screening is worked out by hand, or was computed once and must not change unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import lgamma, log

import pytest

from remixhub.domain.contests.vote_screening import CastBallot, Reason, screen
from remixhub.domain.contests.vote_screening.crowds import Voter, crowds_of, takes, voters_of
from remixhub.domain.contests.vote_screening.rings import FANS, SURE, Electorate, Ring
from remixhub.domain.contests.vote_screening.usual import PRESUMED, Usual, meetings

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
ENTRIES = "abcdefgh"
"""From the best to the weakest."""
MANY = "abcdefghijklmnopqrstuvwxyz"


def duel(
    favoured: str, against: str, account: str = "v", *, at: dt.datetime = NOON, made: dt.datetime = NOON - HOUR,
    origin: str = "", agent: str = "", id: str = "",
) -> CastBallot:  # fmt: skip
    return CastBallot(id or f"{account}/{at}", account, favoured, against, None, at, made, origin, agent)


def score(favoured: str, given: float, account: str = "v", *, at: dt.datetime = NOON) -> CastBallot:
    return CastBallot(f"{account}/{favoured}", account, favoured, None, given, at, NOON - HOUR, "", "")


def voter(*ballots: CastBallot) -> Voter:
    (one,) = voters_of(ballots)
    return one


# Who votes


def test_voters_come_by_id_with_their_ballots_in_the_order_of_casting() -> None:
    late = duel("a", "b", "ann", at=NOON + MINUTE, made=NOON - HOUR)
    twin, early = duel("a", "c", "ann", id="2"), duel("a", "d", "ann", id="1")
    other = duel("c", "d", "aaron")
    found = voters_of([late, twin, other, early])
    assert [one.account_id for one in found] == ["aaron", "ann"]
    assert found[1].ballots == [early, twin, late]
    assert (found[1].made_at, found[1].first_cast_at) == (NOON - HOUR, NOON)


def test_a_duel_is_about_two_entries_and_a_score_about_one() -> None:
    first, second, third = duel("a", "b", id="1"), duel("c", "a", id="2"), score("a", 9)
    assert voter(first, second, third).about == {"a": [first, second, third], "b": [first], "c": [second]}


@pytest.mark.parametrize(
    ("ballot", "is_for", "is_against"),
    [
        (duel("a", "b"), True, False),
        (duel("b", "a"), False, True),
        (score("a", 8), True, False),
        (score("a", 7.9), False, False),
        (score("a", 2.1), False, False),
        (score("a", 2), False, True),
    ],
)
def test_a_duel_takes_a_side_and_a_score_of_the_middle_takes_none(
    ballot: CastBallot, is_for: bool, is_against: bool
) -> None:
    assert (takes(ballot, "a", 1), takes(ballot, "a", -1)) == (is_for, is_against)


def test_a_word_weighs_the_less_the_more_it_is_all_that_is_said() -> None:
    words = voter(duel("a", "b", id="1"), duel("a", "c", id="2"), duel("c", "a", id="3"), duel("b", "c", id="4")).words
    assert words == {"a": (0.75, 0.5, 0.25), "b": (1.0, 0.5, 0.5), "c": (0.75, 0.25, 0.5)}
    assert voter(duel("a", "b")).words == {"a": (0, 0, 0), "b": (0, 0, 0)}


def test_networks_are_known_with_any_browser_and_with_its_own() -> None:
    known = voter(duel("a", "b", origin="home", agent="firefox", id="1"), duel("a", "c", origin="", agent="x", id="2"))
    assert known.places == {(Reason.SHARED_ORIGIN, "home", ""), (Reason.SHARED_ORIGIN, "home", "firefox")}


def crowd(*places: tuple[str, float, float, str]) -> list[tuple[Reason, list[str]]]:
    """Of accounts made and voting so many minutes after noon, on a network."""
    ballots = [
        duel("a", "b", id, made=NOON + made * MINUTE, at=NOON + 10 * HOUR + voted * MINUTE, origin=origin)
        for id, made, voted, origin in places
    ]
    return [(reason, [one.account_id for one in members]) for reason, members in crowds_of(voters_of(ballots))]


def test_a_pause_of_more_than_five_minutes_ends_a_burst_of_accounts() -> None:
    apart = [("a", 0, 0, ""), ("b", 5, 0, ""), ("c", 10, 0, "")]
    assert crowd(*apart, ("d", 15.1, 0, "")) == [(Reason.BURST, ["a", "b", "c"])]
    assert crowd(*apart, ("d", 15, 0, "")) == [], "all of them are no crowd"
    assert crowd(*apart[:2], ("c", 10.1, 0, ""), ("d", 50, 0, "")) == []


def test_a_pause_of_more_than_ten_minutes_ends_a_burst_of_votes() -> None:
    together = [("a", 0, 20, ""), ("b", 0, 10, ""), ("c", 0, 0, "")]
    assert crowd(*together, ("d", 0, 30.1, "")) == [(Reason.BURST, ["c", "b", "a"])]
    assert crowd(*together, ("d", 0, 30, "")) == []
    assert crowd(*together[:2], ("c", 0, -0.1, ""), ("d", 500, 0, "")) == []


def test_three_on_one_network_are_a_crowd_and_each_crowd_is_named_once() -> None:
    far = [
        ("a", 0, 0, "home"),
        ("b", 100, 0, "home"),
        ("c", 200, 0, "home"),
        ("d", 300, 0, "bar"),
        ("e", 400, 0, "bar"),
    ]
    assert crowd(*far) == [(Reason.SHARED_ORIGIN, ["a", "b", "c"])]
    assert crowd(*far[:3]) == []
    assert crowd(*far, ("f", 500, 0, "bar")) == [
        (Reason.SHARED_ORIGIN, ["a", "b", "c"]),
        (Reason.SHARED_ORIGIN, ["d", "e", "f"]),
    ]


# What is usual


def test_what_nobody_spoke_of_is_even() -> None:
    usual = Usual()
    assert PRESUMED == (1.0, 0.5, 0.5)
    assert usual.chance("a", 1) == usual.chance("a", -1) == 0.5


WITNESS = voter(*(duel("a", one, id=one) for one in "bcd"), duel("b", "c", id="x"))
"""On a: three quarters of a quarter for it. On b: one of two for it, at a half."""


def test_witnesses_are_counted_with_what_was_presumed() -> None:
    usual = Usual([WITNESS])
    assert WITNESS.words["a"] == (0.75, 0.75, 0.0)
    assert usual.chance("a", 1) == pytest.approx(1.25 / 1.75)
    assert usual.chance("a", -1) == pytest.approx(0.5 / 1.75)
    assert WITNESS.words["b"] == (1.0, 0.5, 0.5)
    assert usual.chance("b", 1) == 0.5


def test_a_duel_is_weighed_by_the_odds_of_both() -> None:
    usual = Usual([WITNESS])
    beaten = voter(duel("e", "d", "w", id="1"), duel("e", "c", "w", id="2"))
    both = usual.asking([beaten])
    assert both.chance_of((duel("a", "z"), 1, True)) == pytest.approx(1.25 / 1.75)
    # a : 1.25 to 0.5; c had two bad words of weight ½ and one of weight ½ from the other: 0.5 to 2
    backed, opposed = 0.5, 0.5 + 2 * 0.5 + 0.5 * 1
    assert WITNESS.words["c"] == (1.0, 0.0, 1.0)
    assert beaten.words["c"] == (0.5, 0.0, 0.5)
    opposed = 0.5 + 1.0 + 0.5
    expected = 1.25 * opposed / (1.25 * opposed + 0.5 * backed)
    assert both.chance_of((duel("a", "c"), 1, True)) == pytest.approx(expected)
    assert both.chance_of((duel("c", "a"), -1, False)) == pytest.approx(1 - expected)


def test_a_score_is_usual_on_its_side_and_on_no_other() -> None:
    usual = Usual([WITNESS])
    for side, chance in ((1, 1.25 / 1.75), (-1, 0.5 / 1.75)):
        assert usual.chance_of((score("a", 9), side, True)) == pytest.approx(chance)
        assert usual.chance_of((score("a", 5), side, False)) == pytest.approx(1 - chance)


def test_however_odd_a_ballot_is_it_counts_nineteen_to_one_at_most() -> None:
    many = Usual([voter(*(duel("a", "b", f"v{n}", id="1"), duel("c", "d", f"v{n}", id="2"))) for n in range(200)])
    assert many.chance("a", -1) < 0.01
    assert many.chance_of((duel("b", "a"), 1, True)) == pytest.approx(0.05)
    assert many.chance_of((score("a", 0), -1, True)) == pytest.approx(0.05)


def test_asking_and_leaving_out_undo_each_other_and_count_nobody_twice() -> None:
    other = voter(duel("b", "a", "w", id="1"), duel("c", "d", "w", id="2"))
    alone, both = Usual([WITNESS]), Usual([WITNESS, other])
    for one, same in (
        (alone.asking([other]), both),
        (alone.asking([WITNESS, other]), both),
        (both.without([other]), alone),
        (alone.without([other]), alone),
        (alone.without([WITNESS]), Usual()),
        (alone.without([WITNESS]).asking([WITNESS]), alone),
    ):
        for id in "abcdz":
            for side in (1, -1):
                assert one.chance(id, side) == pytest.approx(same.chance(id, side))
    assert alone.chance("b", 1) == 0.5, "asking others leaves it as it was"


def test_what_is_gained_by_not_asking_some_is_the_g_test_of_the_others_word() -> None:
    other = voter(duel("b", "a", "w", id="1"), duel("c", "d", "w", id="2"))
    before, now = Usual([WITNESS, other]), Usual([WITNESS])
    here, then = now.chance("a", 1), before.chance("a", 1)
    expected = 1.75 * (here * log(here / then) + (1 - here) * log((1 - here) / (1 - then)))
    assert expected > 0.01
    assert now.gain("a", 1, before) == pytest.approx(expected)
    assert Usual().gain("z", 1, Usual()) == 0


# How rings are met


def test_a_meeting_is_a_ballot_on_a_side_with_whether_it_takes_the_rings() -> None:
    sides = {"a": 1, "b": -1, "c": 1}
    cases: list[tuple[CastBallot, list[tuple[int, bool]]]] = [
        (duel("a", "x"), [(1, True)]),
        (duel("x", "a"), [(-1, False)]),
        (duel("b", "x"), [(-1, False)]),
        (duel("x", "b"), [(1, True)]),
        (duel("a", "b"), [(1, True)]),
        (duel("b", "a"), [(-1, False)]),
        (duel("a", "c"), []),
        (duel("x", "y"), []),
        (score("a", 9), [(1, True)]),
        (score("a", 5), [(1, False)]),
        (score("b", 1), [(-1, True)]),
        (score("b", 5), [(-1, False)]),
    ]
    for ballot, expected in cases:
        found = list(meetings(voter(ballot), sides))
        assert found == [(ballot, side, is_taken) for side, is_taken in expected], ballot


def test_of_dealt_pairs_so_many_are_about_some_entries() -> None:
    dealt = Electorate(voters_of([duel("a", "b", "v"), duel("c", "d", "w")]))
    # four entries: a pair misses one of them with 3/4 · 2/3, and two of them with 2/4 · 1/3
    assert dealt.share({"a": 1}) == pytest.approx(1.1 * (1 - 6 / 12))
    assert dealt.share({"a": 1, "b": -1}) == pytest.approx(1.1 * (1 - 2 / 12))
    assert dealt.share({"a": 1, "b": 1, "c": 1}) == 0.99


def test_of_chosen_entries_so_many_ballots_are_about_some_as_were_seen() -> None:
    ballots = [score("a", 9, "u"), score("b", 9, "u"), *(score("a", 5, f"v{n}") for n in range(6)), score("c", 1, "w")]
    chosen = Electorate(voters_of(ballots))
    assert chosen.share({"a": 1}) == pytest.approx(7 / 9)
    assert chosen.share({"b": 1}) == pytest.approx(1.1 / 3)
    assert chosen.share({"b": 1, "c": 1}) == pytest.approx(2.2 / 3)
    assert chosen.share({"a": 1, "b": 1}) == 0.99
    assert chosen.share({}) == 0


# Whole contests


def honest(count: int = 10, each: int = 8) -> list[CastBallot]:
    """Everybody meets other pairs, and the better entry wins three times of four."""
    made: list[CastBallot] = []
    for n in range(count):
        for k in range(each):
            better, weaker = sorted({ENTRIES[(n + k) % 8], ENTRIES[(n + k + 1 + (n * 3 + k * 5) % 7) % 8]})
            pair = (weaker, better) if (n + k) % 4 == 0 else (better, weaker)
            at = NOON + (n * 7 % 10 * 60 + k) * MINUTE
            made.append(duel(*pair, f"honest-{n}", at=at, made=NOON - (1 + n * 37 % 50) * HOUR, id=f"h{n}/{k}"))
    return made


def ring(backs: str, opposes: str = "", *, count: int = 5, each: int = 8) -> list[CastBallot]:
    """All but the last of their ballots are about the ring's entries."""
    others = [one for one in ENTRIES if one not in backs + opposes]
    made: list[CastBallot] = []
    for n in range(count):
        for k in range(each):
            other = others[(n + k) % len(others)]
            if k == each - 1:
                pair = other, others[(n + k + 1) % len(others)]
            elif opposes and k % 2:
                pair = other, opposes[k // 2 % len(opposes)]
            else:
                pair = backs[k // 2 % len(backs)], other
            at = NOON + (n * 3 % 10 * 60 + 30 + k) * MINUTE
            made.append(duel(*pair, f"ring-{n}", at=at, made=NOON - (n * 11 % 50) * HOUR, id=f"r{n}/{k}"))
    return made


def opposed_alone() -> list[CastBallot]:
    made: list[CastBallot] = []
    for n in range(5):
        for k in range(8):
            against = "a" if k < 7 else ENTRIES[1 + (n + k + 1) % 7]
            at = NOON + (n * 3 % 10 * 60 + 30 + k) * MINUTE
            ballot = duel(ENTRIES[1 + (n + k) % 7], against, f"ring-{n}", at=at, made=NOON - (n * 11 % 50) * HOUR)
            made.append(replace(ballot, ballot_id=f"r{n}/{k}"))
    return made


def among_many() -> list[CastBallot]:
    """Twenty-six entries, so that nobody meets a given one often."""
    made: list[CastBallot] = []
    for n in range(12):
        for k in range(8):
            first = (n * 5 + k * 3) % 26
            better, weaker = sorted({MANY[first], MANY[(first + 1 + (n + k) % 24) % 26]})
            pair = (weaker, better) if (n + k) % 4 == 0 else (better, weaker)
            made.append(duel(*pair, f"honest-{n}", at=NOON + (n * 60 + k) * MINUTE, id=f"h{n}/{k}"))
    for n in range(5):
        for k in range(4):
            at = NOON + (n * 3 % 10 * 60 + 30 + k) * MINUTE
            pair = ("z" if k < 3 else MANY[n], MANY[(n * 4 + k) % 24 + 1])
            made.append(duel(*pair, f"ring-{n}", at=at, id=f"r{n}/{k}"))
    return [replace(one, account_created_at=NOON - (1 + int(one.account_id[-1]) * 37 % 50) * HOUR) for one in made]


def scored(count: int = 12) -> list[CastBallot]:
    made = [
        score(ENTRIES[(n + k * 3) % 8], float(max(0, 9 - (n + k * 3) % 8 - (n + k) % 3)), f"honest-{n}")
        for n in range(count)
        for k in range(5)
    ]
    made += [score(id, 10, f"ring-{n}") for n in range(6) for id in "h"]
    made += [score(id, 0, f"ring-{n}") for n in range(6) for id in "ab"]
    return made


CONTESTS: dict[str, Callable[[], list[CastBallot]]] = {
    "one backed": lambda: honest() + ring("h"),
    "two backed": lambda: honest() + ring("gh"),
    "backed and opposed": lambda: honest() + ring("h", "a"),
    "opposed twice": lambda: honest(14) + ring("h", "ab", count=6),
    "two rings": lambda: honest(16) + ring("h") + renamed(ring("g", count=4), "other"),
    "scores": scored,
    "opposed alone": lambda: honest() + opposed_alone(),
    "honest alone": honest,
}


def renamed(ballots: Sequence[CastBallot], name: str) -> list[CastBallot]:
    return [
        replace(one, account_id=one.account_id.replace("ring", name), ballot_id=f"{name} {one.ballot_id}")
        for one in ballots
    ]


def found_in(ballots: list[CastBallot], bar: float = 6.0) -> list[Ring]:
    voters = voters_of(ballots)
    return list(Electorate(voters).rings(voters, Usual(), bar))


def test_evidence_is_the_members_ballots_less_the_price_of_naming_them() -> None:
    """With one entry and known members every part of the sum can be written down."""
    (one,) = found_in(honest() + ring("h"))
    members = [belief for account, belief in one.beliefs.items() if account.account_id.startswith("ring")]
    assert len(members) == len(one.members) == len(one.likely) == 5
    assert min(members) + log((5 + 0.5) / (10 + 0.5)) >= SURE
    price = lgamma(16) - lgamma(6) - lgamma(11)
    assert max(members) < log(8 / FANS), "loyal to one of eight entries, as a fan is"
    assert one.worth == pytest.approx(sum(members) - price - log(2 * 8), abs=2), "and what is usual without them"


FIVE, FOUR, SIX = ([f"ring-{n}" for n in range(count)] for count in (5, 4, 6))
Found = tuple[dict[str, int], float, float, float, list[str]]
"""Sides, worth, habit, loyalty, members."""
RINGS: dict[str, list[Found]] = {
    "one backed": [({"h": 1}, 12.763413154849681, 0.875, 0.9888888888888889, FIVE)],
    "two backed": [({"g": 1, "h": 1}, 17.454318863456244, 0.875, 0.9888888888888889, FIVE)],
    "backed and opposed": [({"h": 1, "a": -1}, 16.02353972222486, 0.875, 0.9888888888888889, FIVE)],
    "opposed twice": [({"h": 1, "a": -1, "b": -1}, 17.498342266814323, 0.875, 0.99, SIX)],
    "two rings": [
        ({"h": 1}, 9.902801872467196, 0.875, 0.9888888888888889, FIVE),
        ({"g": 1}, 7.340605504889131, 0.875, 0.9868421052631579, [f"other-{n}" for n in range(4)]),
    ],
    "scores": [({"b": -1, "a": -1, "h": 1}, 11.242739746771761, 0.95, 0.9821428571428571, SIX)],
    "opposed alone": [({"a": -1}, 10.314748914378429, 0.875, 0.9888888888888889, FIVE)],
    "honest alone": [],
}


@pytest.mark.parametrize("name", CONTESTS)
def test_the_rings_of_a_contest_and_their_evidence_stay_what_they_are(name: str) -> None:
    """Computed once. Whoever changes the reckoning sees here by how much."""
    found = [
        (dict(one.sides), one.worth, one.manner.habit, one.manner.loyalty,
         [member.account_id for member in one.members])
        for one in found_in(CONTESTS[name]())
    ]  # fmt: skip
    expected = RINGS[name]
    assert [(one[0], one[4]) for one in found] == [(one[0], one[4]) for one in expected]
    for one, wanted in zip(found, expected, strict=True):
        assert one[1:4] == pytest.approx(wanted[1:4])


def test_a_ring_has_to_be_worth_more_than_the_bar() -> None:
    ballots = honest() + ring("h")
    (one,) = found_in(ballots)
    assert found_in(ballots, one.worth) == []
    assert len(found_in(ballots, one.worth - 1e-6)) == 1


SENTENCES = {
    "one backed": {"5 accounts voted for the same entry: 35 of their 40 ballots, where about 2 would be usual."},
    "two backed": {"5 accounts voted for the same 2 entries: 35 of their 40 ballots, where about 5 would be usual."},
    "opposed twice": {
        "6 accounts voted for the same entry and against the same 2 entries: 42 of their 48 ballots, where about 12 "
        "would be usual."
    },
    "opposed alone": {"5 accounts voted against the same entry: 35 of their 40 ballots, where about 6 would be usual."},
    "scores": {
        "6 accounts voted for the same entry and against the same 2 entries: 18 of their 18 ballots, where about 1 "
        "would be usual."
    },
    "honest alone": set[str](),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_flags_say_what_was_seen_and_are_of_all_ballots_of_members(name: str) -> None:
    ballots = CONTESTS[name]()
    flags = screen(ballots)
    assert {one.words for one in flags} == SENTENCES[name]
    assert {one.reasons for one in flags} <= {(Reason.SAME_TARGET_RING,)}
    arranged = sorted(
        (one for one in ballots if "ring" in one.account_id), key=lambda one: (one.cast_at, one.ballot_id)
    )
    assert [one.ballot_id for one in flags] == [one.ballot_id for one in arranged]


def test_what_would_be_usual_of_no_ballot_is_said_so() -> None:
    said = {one.words for one in screen(among_many())}
    assert said == {"5 accounts voted for the same entry: 15 of their 20 ballots, where hardly any would be usual."}


def in_a_burst(made: float, voted: float, *, count: int = 5, origin: str = "") -> list[CastBallot]:
    """The ring's accounts made, and all of their ballots cast, within so many minutes."""
    ballots = ring("h", count=count)
    first = NOON - 500 * HOUR
    return honest() + [
        replace(
            one,
            account_created_at=first + int(one.account_id[-1]) * made / (count - 1) * MINUTE,
            cast_at=NOON + 100 * HOUR + n / (len(ballots) - 2) * voted * MINUTE,
            origin=origin,
        )
        for n, one in enumerate(ballots)
    ]


@pytest.mark.parametrize(
    ("made", "voted", "words"),
    [
        (0, 0, "made within a minute voted within a minute"),
        (1, 1, "made within a minute voted within a minute"),
        (1.1, 1.1, "made within 2 minutes voted within 2 minutes"),
        (20, 40, "made within 20 minutes voted within 40 minutes"),
    ],
)
def test_a_burst_says_how_soon_after_each_other(made: float, voted: float, words: str) -> None:
    flags = screen(in_a_burst(made, voted))
    assert len(flags) == 40
    said = {one.words for one in flags}
    assert said == {
        f"5 accounts {words} for the same entry: 35 of their 40 ballots, where about 2 would be usual. "
        "5 accounts voted for the same entry: 35 of their 40 ballots, where about 2 would be usual."
    }
    assert {one.reasons for one in flags} == {(Reason.BURST, Reason.SAME_TARGET_RING)}


@pytest.mark.parametrize(("pause", "span"), [(19.8, "119 minutes"), (20, "2 hours"), (20.1, "3 hours")])
def test_long_bursts_are_told_in_hours(pause: float, span: str) -> None:
    ballots = [
        replace(
            one,
            account_created_at=NOON - 500 * HOUR,
            cast_at=NOON + 100 * HOUR + int(one.ballot_id[-1]) * pause * MINUTE,
        )
        if "ring" in one.account_id
        else one
        for one in honest() + ring("h")
    ]
    (words,) = {one.words.partition(" for")[0] for one in screen(ballots)}
    assert words == f"5 accounts made within a minute voted within {span}"


def test_a_network_in_common_is_told_without_times() -> None:
    ballots = [
        replace(one, origin="cafe") if "ring" in one.account_id else one for one in honest() + ring("h", count=5)
    ]
    flags = screen(ballots)
    assert {one.reasons for one in flags} == {(Reason.SHARED_ORIGIN, Reason.SAME_TARGET_RING)}
    assert {one.words for one in flags} == {
        "5 accounts on one network voted for the same entry: 35 of their 40 ballots, where about 2 would be usual. "
        "5 accounts voted for the same entry: 35 of their 40 ballots, where about 2 would be usual."
    }


def test_the_bar_of_crowds_rises_with_the_number_that_was_looked_at() -> None:
    """One false alarm in twenty contests at most, in whichever of its crowds."""
    ballots = [
        replace(one, origin="cafe") if "ring" in one.account_id else one
        for one in honest(12, 6) + ring("h", each=2, count=4)
    ]
    voters = voters_of(ballots)
    members = [one for one in voters if "ring" in one.account_id]
    (found,) = Electorate(voters).rings(members, Usual(voters), 0.0)
    networks = {f"honest-{n}": "xyz"[n // 3] for n in range(9)}
    seen = {}
    for others in range(4):
        placed = [
            replace(one, origin=network if "xyz".index(network) < others else "")
            if (network := networks.get(one.account_id))
            else one
            for one in ballots
        ]
        crowds = len(crowds_of(voters_of(placed)))
        assert crowds == 1 + others
        seen[crowds] = any(Reason.SHARED_ORIGIN in one.reasons for one in screen(placed))
    assert seen == {crowds: found.worth > log((1 + crowds) * 20) for crowds in seen}
    assert set(seen.values()) == {True, False}


def test_what_came_together_beside_the_votes_counts_and_is_told() -> None:
    """Not by itself: honest crowds are alike in it as well."""
    announced = NOON - 10 * HOUR
    plain = [replace(one, origin="cafe") if "ring" in one.account_id else one for one in honest() + ring("h", each=2)]
    told = [
        replace(
            one,
            account_created_at=announced + HOUR if "ring" in one.account_id else announced - HOUR,
            heard=1.1 if "ring" in one.account_id else 3.0,
        )
        for one in plain
    ]
    alike = [replace(one, account_created_at=announced + HOUR, heard=1.1) for one in plain]

    def worth(ballots: Sequence[CastBallot]) -> float:
        voters = voters_of(ballots)
        crowd = [one for one in voters if "ring" in one.account_id]
        return max(one.worth for one in Electorate(voters, announced).rings(crowd, Usual(voters), -9.0))

    assert worth(plain) < worth(alike) < worth(told) < worth(plain) + 4
    (words,) = {
        one.words.partition(" All")[2] for one in screen(told, announced) if Reason.SHARED_ORIGIN in one.reasons
    }
    assert words.startswith(" were made after the contest was announced. All heard no more than they had to.")
    honest_crowd = [replace(one, origin="school", heard=1.1, account_created_at=announced + HOUR) for one in honest(5)]
    assert screen([*honest_crowd, *renamed(honest(10), "other")], announced) == []


def test_accounts_of_one_device_are_a_crowd() -> None:
    ballots = [replace(one, device="phone") if "ring" in one.account_id else one for one in honest() + ring("h")]
    flags = screen(ballots)
    assert {one.reasons for one in flags} == {(Reason.SHARED_DEVICE, Reason.SAME_TARGET_RING)}
    assert flags[0].words.startswith("5 accounts of one device voted for the same entry: 35 of their 40 ballots")
