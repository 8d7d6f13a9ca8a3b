"""The contest's state machine: phases follow from dates, acts are legal where the table says, deadlines only grow."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.contests import (
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
    for wrong in (
        dataclasses.replace(fine, closes_at=START),
        dataclasses.replace(fine, voting_closes_at=None),
        dataclasses.replace(fine, voting_closes_at=START + HOUR),
        dataclasses.replace(fine, judging_closes_at=START),
    ):
        with pytest.raises(ContestDatesInvalid):
            check_deadlines(wrong)
