"""The contest's state machine: phases follow from dates, acts are legal where the table says, deadlines only grow."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests.phases import (
    LEGAL,
    Contest,
    ContestAct,
    ContestDatesInvalid,
    ContestDeadlineOver,
    ContestPhaseWrong,
    ContestState,
    ContestTermsFrozen,
    Deadlines,
    Phase,
    check_deadlines,
    extend,
    perform,
    phase_of,
)
from remixhub.domain.errors import RemixHubError

START = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@st.composite
def deadlines(draw: st.DrawFn) -> Deadlines:
    opens = START + draw(st.integers(0, 100)) * HOUR
    closes = opens + draw(st.integers(1, 100)) * HOUR
    later = st.integers(1, 100).map(lambda hours: closes + hours * HOUR)
    votes, judges = draw(st.tuples(st.none() | later, st.none() | later).filter(any))
    return Deadlines(opens, closes, votes, judges)


contests = st.builds(Contest, st.sampled_from(ContestState), deadlines(), st.booleans())
moments = st.integers(-10, 320).map(lambda hours: START + hours * HOUR)
ORDER = [Phase.ANNOUNCED, Phase.OPEN, Phase.VOTING_AND_JUDGING, Phase.VOTING, Phase.JUDGING, Phase.COUNTING]


@given(contests, st.sampled_from(ContestAct), moments)
def test_an_act_is_done_exactly_where_the_table_allows_it(
    contest: Contest, act: ContestAct, moment: dt.datetime
) -> None:
    phase = phase_of(contest, moment)
    try:
        after = perform(contest, act, moment)
    except ContestTermsFrozen:
        assert (act, contest.are_terms_frozen) == (ContestAct.EDIT, True)
        assert phase in LEGAL[act]
    except ContestDatesInvalid:
        assert act is ContestAct.ANNOUNCE
        assert contest.deadlines.closes_at <= moment
    except ContestPhaseWrong:
        assert phase not in LEGAL[act]
    else:
        assert phase in LEGAL[act]
        changed = {ContestAct.ANNOUNCE, ContestAct.CANCEL, ContestAct.DECIDE}
        assert (after.state is not contest.state) == (act in changed)
        assert after.deadlines == contest.deadlines


@given(contests, moments, moments)
def test_time_only_leads_forward(contest: Contest, one: dt.datetime, other: dt.datetime) -> None:
    phases = [phase_of(contest, moment) for moment in sorted((one, other))]
    if contest.state is ContestState.ANNOUNCED:
        ranks = [min(ORDER.index(phase), 3) if phase is not Phase.COUNTING else 4 for phase in phases]
        both = {Phase.VOTING, Phase.JUDGING}
        assert ranks[0] <= ranks[1] or set(phases) <= both
        assert set(phases) != both, "one closes first, and the other stays"
    else:
        assert phases == [Phase(contest.state.value)] * 2


@given(st.builds(Contest, st.just(ContestState.ANNOUNCED), deadlines()), moments, st.data())
def test_a_decided_or_cancelled_contest_stays_so(contest: Contest, moment: dt.datetime, data: st.DataObject) -> None:
    for _ in range(20):
        act = data.draw(st.sampled_from(ContestAct))
        moment += data.draw(st.integers(0, 50)) * HOUR
        ended = contest.state in (ContestState.DECIDED, ContestState.CANCELLED)
        try:
            contest = perform(contest, act, moment)
            assert not ended
        except RemixHubError:
            pass


@given(st.builds(Contest, st.just(ContestState.ANNOUNCED), deadlines()), moments, deadlines())
def test_deadlines_are_never_shortened(contest: Contest, moment: dt.datetime, wanted: Deadlines) -> None:
    before = contest.deadlines
    wanted = dataclasses.replace(wanted, opens_at=before.opens_at)
    try:
        after = extend(contest, wanted, moment).deadlines
    except (ContestDatesInvalid, ContestPhaseWrong):
        return
    assert after == wanted
    for name in ("closes_at", "voting_closes_at", "judging_closes_at"):
        old, new = getattr(before, name), getattr(after, name)
        assert (old is None) == (new is None)
        assert old is None or new == old or (new > old > moment)


@given(deadlines())
def test_the_millisecond_of_the_deadline_is_late_and_says_so(dates: Deadlines) -> None:
    contest = Contest(ContestState.ANNOUNCED, dates)
    just_before = dates.closes_at - dt.timedelta(milliseconds=1)
    perform(contest, ContestAct.ENTER, just_before)
    with pytest.raises(ContestDeadlineOver, match=r"this came 0\.000 seconds late"):
        perform(contest, ContestAct.ENTER, dates.closes_at)
    with pytest.raises(ContestDeadlineOver, match=r"this came 1\.000 seconds late"):
        perform(contest, ContestAct.ENTER, dates.closes_at + dt.timedelta(seconds=1))


def test_ballots_close_after_entries_and_somebody_decides() -> None:
    fine = Deadlines(START, START + HOUR, START + 2 * HOUR)
    check_deadlines(fine)
    check_deadlines(dataclasses.replace(fine, voting_closes_at=None, judging_closes_at=START + HOUR + SECOND))
    for change, where in (
        ({"closes_at": START}, ["/closes_at"]),
        ({"voting_closes_at": None}, []),
        ({"voting_closes_at": START + HOUR}, ["/voting_closes_at"]),
        ({"judging_closes_at": START}, ["/judging_closes_at"]),
    ):
        assert refusal(lambda: check_deadlines(dataclasses.replace(fine, **change))) == where  # noqa: B023


def refusal(deed: Callable[[], object]) -> list[str]:
    with pytest.raises(ContestDatesInvalid, match=r"^[A-Z`].* .*\.$") as refused:
        deed()
    return list(refused.value.violations)


def test_years_are_of_this_millennium() -> None:
    first, last = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 12, 31, tzinfo=dt.UTC)
    check_deadlines(Deadlines(first, START, last, last))
    early, late = first - SECOND, last + dt.timedelta(days=1)
    assert refusal(lambda: check_deadlines(Deadlines(early, START, START + HOUR))) == ["/opens_at"]
    assert refusal(lambda: check_deadlines(Deadlines(first, START, late))) == ["/voting_closes_at"]
    assert refusal(lambda: check_deadlines(Deadlines(first, START, None, late))) == ["/judging_closes_at"]


VOTED = Deadlines(START, START + 2 * HOUR, START + 3 * HOUR)
BOTH = Deadlines(START, START + 2 * HOUR, START + 3 * HOUR, START + 4 * HOUR)


@pytest.mark.parametrize(
    ("dates", "hours", "phase"),
    [
        (BOTH, -0.001, Phase.ANNOUNCED),
        (BOTH, 0, Phase.OPEN),
        (BOTH, 1.999, Phase.OPEN),
        (BOTH, 2, Phase.VOTING_AND_JUDGING),
        (BOTH, 3, Phase.JUDGING),
        (BOTH, 4, Phase.COUNTING),
        (VOTED, 2.999, Phase.VOTING),
        (VOTED, 3, Phase.COUNTING),
        (dataclasses.replace(BOTH, voting_closes_at=None), 2, Phase.JUDGING),
    ],
)
def test_a_phase_begins_with_the_moment_of_its_date(dates: Deadlines, hours: float, phase: Phase) -> None:
    assert phase_of(Contest(ContestState.ANNOUNCED, dates), START + hours * HOUR) is phase


def test_a_contest_ends_with_its_last_date() -> None:
    assert VOTED.ends_at == START + 3 * HOUR
    assert BOTH.ends_at == START + 4 * HOUR


def test_a_contest_is_not_announced_when_it_would_be_closed() -> None:
    draft = Contest(ContestState.DRAFT, VOTED)
    assert perform(draft, ContestAct.ANNOUNCE, VOTED.closes_at - SECOND).state is ContestState.ANNOUNCED
    assert refusal(lambda: perform(draft, ContestAct.ANNOUNCE, VOTED.closes_at)) == ["/closes_at"]


def test_each_kind_of_extension_that_cannot_be_says_where() -> None:
    contest, during = Contest(ContestState.ANNOUNCED, BOTH), START + HOUR

    def extended(moment: dt.datetime = during, **changes: dt.datetime | None) -> Contest:
        return extend(contest, dataclasses.replace(BOTH, **changes), moment)  # type: ignore[arg-type]

    later = BOTH.closes_at + HOUR / 2
    assert extended(closes_at=later).deadlines == dataclasses.replace(BOTH, closes_at=later)
    assert refusal(lambda: extended(opens_at=START + HOUR)) == ["/opens_at"]
    assert refusal(lambda: extended(START - HOUR, opens_at=START + HOUR)) == ["/opens_at"]
    assert refusal(lambda: extended(voting_closes_at=None)) == ["/voting_closes_at"]
    assert refusal(lambda: extended(closes_at=BOTH.closes_at - SECOND)) == ["/closes_at"]
    assert refusal(lambda: extended(BOTH.closes_at, closes_at=later)) == ["/closes_at"]
    assert refusal(lambda: extended(closes_at=BOTH.voting_closes_at)) == ["/voting_closes_at"]
    assert refusal(lambda: extended()) == []
    unvoted = Contest(ContestState.ANNOUNCED, dataclasses.replace(BOTH, voting_closes_at=None))
    assert refusal(lambda: extend(unvoted, BOTH, during)) == ["/voting_closes_at"]
    with pytest.raises(ContestPhaseWrong):
        extended(BOTH.ends_at, judging_closes_at=BOTH.ends_at + HOUR)


def test_what_is_late_says_by_how_much_and_what_is_early_says_what_is_going_on() -> None:
    contest = Contest(ContestState.ANNOUNCED, BOTH)
    for act, closed in (
        (ContestAct.ENTER, BOTH.closes_at),
        (ContestAct.VOTE, BOTH.voting_closes_at),
        (ContestAct.JUDGE, BOTH.judging_closes_at),
    ):
        assert closed is not None
        with pytest.raises(ContestDeadlineOver, match=f"{closed:%Y-%m-%d %H:%M:%S} UTC; .* 1,801.500 seconds") as late:
            perform(contest, act, closed + HOUR / 2 + 1.5 * SECOND)
        assert late.value.context["late_seconds"] == 1801.5
        assert late.value.context["phase"] == phase_of(contest, closed + HOUR / 2).value
    with pytest.raises(ContestPhaseWrong, match="open for entries") as early:
        perform(contest, ContestAct.VOTE, START)
    assert (early.type, early.value.context) == (ContestPhaseWrong, {"phase": "open"})
    for state, act in ((ContestState.CANCELLED, ContestAct.ENTER), (ContestState.ANNOUNCED, ContestAct.DECIDE)):
        with pytest.raises(ContestPhaseWrong) as wrong:
            perform(Contest(state, BOTH), act, BOTH.voting_closes_at or START)
        assert wrong.type is ContestPhaseWrong
    unjudged = Contest(ContestState.ANNOUNCED, VOTED)
    with pytest.raises(ContestPhaseWrong) as never:
        perform(unjudged, ContestAct.JUDGE, VOTED.ends_at)
    assert never.type is ContestPhaseWrong


def test_frozen_terms_freeze_edits_alone() -> None:
    contest = Contest(ContestState.ANNOUNCED, BOTH, are_terms_frozen=True)
    with pytest.raises(ContestTermsFrozen, match="stay as they are"):
        perform(contest, ContestAct.EDIT, START)
    assert perform(contest, ContestAct.ENTER, START) == contest
