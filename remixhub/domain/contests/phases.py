"""The contest as a state machine: given a contest, a moment and an act, the new state or the rule that forbids it.

What acts have made of it is its state; where it stands in time is its phase, which follows from the deadlines alone, so
that nothing has to happen at midnight:

    draft → announced → open → voting and/or judging → counting → decided
    (cancelled from anywhere before the decision)

Deadlines exclude themselves: what arrives in the millisecond of `closes_at` is late. The moment is the database's.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Conflict, Invalid


class ContestState(StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    VOTING = "voting"
    JUDGING = "judging"
    VOTING_AND_JUDGING = "voting_and_judging"
    COUNTING = "counting"
    """All ballots are in; the host can decide."""
    DECIDED = "decided"
    CANCELLED = "cancelled"


class ContestAct(StrEnum):
    EDIT = "edit"
    ANNOUNCE = "announce"
    EXTEND = "extend"
    CANCEL = "cancel"
    ENTER = "enter"
    """Submit, replace or take back an entry."""
    RULE_OUT = "rule_out"
    """The host takes an entry out, or lets it in again."""
    VOTE = "vote"
    JUDGE = "judge"
    DECIDE = "decide"


_BALLOTING = {Phase.VOTING, Phase.JUDGING, Phase.VOTING_AND_JUDGING}
_RUNNING = {Phase.ANNOUNCED, Phase.OPEN, *_BALLOTING}
LEGAL: dict[ContestAct, set[Phase]] = {
    ContestAct.EDIT: {Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN},
    ContestAct.ANNOUNCE: {Phase.DRAFT},
    ContestAct.EXTEND: _RUNNING,
    ContestAct.CANCEL: {Phase.DRAFT, Phase.COUNTING, *_RUNNING},
    ContestAct.ENTER: {Phase.OPEN},
    ContestAct.RULE_OUT: {Phase.OPEN, Phase.COUNTING, *_BALLOTING},
    ContestAct.VOTE: {Phase.VOTING, Phase.VOTING_AND_JUDGING},
    ContestAct.JUDGE: {Phase.JUDGING, Phase.VOTING_AND_JUDGING},
    ContestAct.DECIDE: {Phase.COUNTING},
}
_OUTCOMES = {
    ContestAct.ANNOUNCE: ContestState.ANNOUNCED,
    ContestAct.CANCEL: ContestState.CANCELLED,
    ContestAct.DECIDE: ContestState.DECIDED,
}
_WORDS = {
    Phase.DRAFT: "it is a draft that only its label sees",
    Phase.ANNOUNCED: "it is announced and not open yet",
    Phase.OPEN: "it is open for entries",
    Phase.VOTING: "the community votes",
    Phase.JUDGING: "the judges listen",
    Phase.VOTING_AND_JUDGING: "the community votes and the judges listen",
    Phase.COUNTING: "all ballots are in and the host decides",
    Phase.DECIDED: "it is decided",
    Phase.CANCELLED: "it is cancelled",
}


class ContestPhaseWrong(Conflict):
    code = "contest_phase_wrong"
    title = "The contest is not at this point"


class ContestDeadlineOver(ContestPhaseWrong):
    code = "contest_deadline_over"
    title = "The deadline is over"


class ContestTermsFrozen(Conflict):
    code = "contest_terms_frozen"
    title = "The terms are frozen since the first entry"


class ContestDatesInvalid(Invalid):
    code = "contest_dates_invalid"
    title = "These dates cannot be"


@dataclass(frozen=True)
class DateFault:
    name: str
    """Of the date, empty where it is about all of them."""
    detail: str
    message: str
    """Beside the field."""


@dataclass(frozen=True)
class Deadlines:
    """In UTC. Those of ballots are None when there is no vote, or no jury."""

    opens_at: dt.datetime
    closes_at: dt.datetime
    voting_closes_at: dt.datetime | None = None
    judging_closes_at: dt.datetime | None = None

    @property
    def ends_at(self) -> dt.datetime:
        return max(one for one in (self.closes_at, self.voting_closes_at, self.judging_closes_at) if one is not None)


@dataclass(frozen=True)
class Contest:
    state: ContestState
    deadlines: Deadlines
    are_terms_frozen: bool = False


def phase_of(contest: Contest, moment: dt.datetime) -> Phase:
    if contest.state is not ContestState.ANNOUNCED:
        return Phase(contest.state.value)
    dates = contest.deadlines
    if moment < dates.opens_at:
        return Phase.ANNOUNCED
    if moment < dates.closes_at:
        return Phase.OPEN
    votes = dates.voting_closes_at is not None and moment < dates.voting_closes_at
    judges = dates.judging_closes_at is not None and moment < dates.judging_closes_at
    if votes and judges:
        return Phase.VOTING_AND_JUDGING
    return Phase.VOTING if votes else Phase.JUDGING if judges else Phase.COUNTING


def perform(contest: Contest, act: ContestAct, moment: dt.datetime) -> Contest:
    """The contest after the act. Raises ContestPhaseWrong or ContestTermsFrozen, saying which rule forbids it."""
    phase = phase_of(contest, moment)
    if phase not in LEGAL[act]:
        raise _forbidden(contest, act, phase, moment)
    if act is ContestAct.EDIT and contest.are_terms_frozen:
        raise ContestTermsFrozen("Entrants entered under them and the brief; both stay as they are.")
    if act is ContestAct.ANNOUNCE and contest.deadlines.closes_at <= moment:
        raise ContestDatesInvalid("It would be closed already.", violations={"/closes_at": ["Must be in the future."]})
    return dataclasses.replace(contest, state=_OUTCOMES.get(act, contest.state))


def extend(contest: Contest, deadlines: Deadlines, moment: dt.datetime, *, lacks_sheets: bool = False) -> Contest:
    """With later deadlines. One that is over stays over, and none comes earlier. Raises ContestDatesInvalid.

    The judging alone is opened again after its close, as long as the contest `lacks_sheets` and is not decided.
    """
    if not (lacks_sheets and phase_of(contest, moment) is Phase.COUNTING):
        perform(contest, ContestAct.EXTEND, moment)
    before = dataclasses.asdict(contest.deadlines)
    for name, date in dataclasses.asdict(deadlines).items():
        if date == before[name]:
            continue
        if name == "opens_at" or date is None or before[name] is None:
            raise ContestDatesInvalid(f"`{name}` stays as it is.", violations={f"/{name}": ["Cannot be changed."]})
        if date < before[name]:
            raise ContestDatesInvalid(
                "Deadlines may be extended, never shortened.", violations={f"/{name}": ["Earlier than announced."]}
            )
        if before[name] <= moment and not (name == "judging_closes_at" and lacks_sheets):
            raise ContestDatesInvalid("It is over already.", violations={f"/{name}": ["Is over."]})
        if date <= moment:
            raise ContestDatesInvalid("It would be over at once.", violations={f"/{name}": ["Must be in the future."]})
    if deadlines == contest.deadlines:
        raise ContestDatesInvalid("Name a later date for at least one deadline.")
    check_deadlines(deadlines)
    return dataclasses.replace(contest, deadlines=deadlines)


def check_deadlines(deadlines: Deadlines) -> None:
    """In order, and with a vote or a jury to decide. Raises ContestDatesInvalid with all that is wrong."""
    raise_dates(date_faults(deadlines))


def raise_dates(found: Iterable[DateFault]) -> None:
    """Raises ContestDatesInvalid, if there are any; the first leads."""
    faults = list(found)
    if faults:
        violations: dict[str, list[str]] = {}
        for fault in faults:
            if fault.name:
                violations.setdefault(f"/{fault.name}", []).append(fault.message)
        raise ContestDatesInvalid(faults[0].detail, violations=violations)


def date_faults(deadlines: Deadlines) -> Iterator[DateFault]:
    years = [name for name, date in vars(deadlines).items() if date is not None and not 2000 <= date.year < 3000]
    for name in years:
        yield DateFault(name, "Name a year from 2000 to 2999.", "Out of bounds.")
    if deadlines.closes_at <= deadlines.opens_at and not years:
        yield DateFault("closes_at", "Close after opening.", "Must be after `opens_at`.")
    if deadlines.voting_closes_at is None and deadlines.judging_closes_at is None:
        yield DateFault("", "Somebody has to decide: give a date for the vote, the jury or both.", "")
    for name in ("voting_closes_at", "judging_closes_at"):
        date = getattr(deadlines, name)
        if date is not None and date <= deadlines.closes_at and not years:
            message = "Must be after `closes_at`: ballots are cast when all entries are in."
            yield DateFault(name, "Ballots close after the entries.", message)


def _forbidden(contest: Contest, act: ContestAct, phase: Phase, moment: dt.datetime) -> Conflict:
    over = {
        ContestAct.ENTER: contest.deadlines.closes_at,
        ContestAct.VOTE: contest.deadlines.voting_closes_at,
        ContestAct.JUDGE: contest.deadlines.judging_closes_at,
    }.get(act)
    if contest.state is ContestState.ANNOUNCED and over is not None and moment >= over:
        late = (moment - over).total_seconds()
        return ContestDeadlineOver(
            f"It closed at {over:%Y-%m-%d %H:%M:%S} UTC; this came {late:,.3f} seconds late.",
            phase=phase.value,
            late_seconds=late,
        )
    return ContestPhaseWrong(f"This cannot be done now: {_WORDS[phase]}.", phase=phase.value)
