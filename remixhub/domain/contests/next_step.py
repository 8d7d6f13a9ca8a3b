"""What a host has to do next in a contest, and what they wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.contests.phases import Phase


class HostAct(StrEnum):
    """Where the next step is taken."""

    CHECK = "check"
    JUDGES = "judges"
    DEAL = "deal"
    NEWS = "news"
    SHEETS = "sheets"
    FLAGS = "flags"
    DECIDE = "decide"
    RELEASES = "releases"


@dataclass(frozen=True)
class NextStep:
    words: str
    advice: str
    act: HostAct | None = None
    """None where time alone goes on."""


@dataclass(frozen=True)
class Situation:
    phase: Phase
    has_jury: bool = False
    judge_count: int = 0
    waiting: Sequence[str] = ()
    """Handles of judges with entries to score."""
    absent: Sequence[str] = ()
    """Of these, those whose accounts are deleted or suspended."""
    unsettled: int = 0
    """Entries that too few judges scored and on which nothing was ruled."""
    entries: int = 0
    stems_taken: int = 0
    """Accounts that took stems and have not entered."""
    flagged: int = 0
    """Ballots that look arranged, count, and that nobody has decided about."""
    unscreened: int = 0
    """Ballots that were not looked through yet."""
    waits_for_deal: bool = False
    sign_ups: int = 0
    unreleased: int = 0
    """Winners for whose remix the host still has a say."""


def next_step(now: Situation) -> NextStep:
    match now.phase:
        case Phase.DRAFT if now.has_jury and not now.judge_count:
            return NextStep("Name a judge", "Judges decide, and there is none.", HostAct.JUDGES)
        case Phase.DRAFT:
            return NextStep("Look it through", "Nobody but the label sees it before you announce it.", HostAct.CHECK)
        case Phase.ANNOUNCED | Phase.OPEN:
            return _before_the_close(now)
        case Phase.VOTING | Phase.JUDGING | Phase.VOTING_AND_JUDGING:
            return _while_ballots_are_cast(now)
        case Phase.COUNTING:
            if now.unsettled:
                advice = (
                    f"{_lacking(now)}. Nothing is decided before, and nobody gets 0: more time, another judge, or a "
                    "ruling."
                )
                return NextStep("Settle what is missing", advice, HostAct.SHEETS)
            if now.unscreened:
                count = f"{now.unscreened} {'ballot is' if now.unscreened == 1 else 'ballots are'}"
                return NextStep("Look the ballots through", f"{count} not looked through yet.", HostAct.FLAGS)
            if now.flagged:
                return NextStep("Look at the flags", f"{_ballots(now)} before you decide.", HostAct.FLAGS)
            return NextStep("Decide", "All ballots are in.", HostAct.DECIDE)
        case Phase.DECIDED:
            if now.unreleased:
                return NextStep("Release the winners", "Say where their remixes came out.", HostAct.RELEASES)
            return NextStep("Done", "The result stands, and everybody can verify it.")
        case Phase.CANCELLED:
            return NextStep("Over", "It was cancelled. Entries stay their artists’.")


def _before_the_close(now: Situation) -> NextStep:
    if now.waits_for_deal and now.sign_ups > 1:
        return NextStep("Deal the sources", f"{now.sign_ups} gave one. Dealing is done once.", HostAct.DEAL)
    if now.waits_for_deal:
        return NextStep("Tell people", "Two have to give a source before they are dealt.", HostAct.NEWS)
    if now.has_jury and not now.judge_count:
        return NextStep("Name a judge", "Judges decide, and there is none.", HostAct.JUDGES)
    if now.phase is Phase.OPEN and now.stems_taken:
        took = f"{now.stems_taken} took stems and {'has' if now.stems_taken == 1 else 'have'} not entered yet."
        return NextStep("Remind them", f"{took} News reaches them.", HostAct.NEWS)
    return NextStep("Tell people", "It goes by itself until it closes; news reaches whom it concerns.", HostAct.NEWS)


def _while_ballots_are_cast(now: Situation) -> NextStep:
    if now.has_jury and not now.judge_count:
        return NextStep("Name a judge", "Judges decide, and there is none.", HostAct.JUDGES)
    if now.flagged:
        return NextStep("Look at the flags", f"{_ballots(now)}: a person decides.", HostAct.FLAGS)
    if now.phase is Phase.VOTING and now.unsettled:
        advice = f"The judging has closed, and {_lacking(now)}: open it again, or rule when the votes are in."
        return NextStep("Settle what is missing", advice, HostAct.SHEETS)
    if now.absent:
        advice = f"{_handles(now.absent)} cannot score any more: name another judge, or remove them."
        return NextStep("Replace a judge", advice, HostAct.JUDGES)
    if now.waiting:
        advice = f"{_handles(now.waiting)} still {_have(now)} entries to score."
        return NextStep("Wait for the judges", advice, HostAct.SHEETS)
    return NextStep("Wait", "Ballots are coming in; you decide when all are there.")


def _lacking(now: Situation) -> str:
    return f"{now.unsettled} {'entry lacks' if now.unsettled == 1 else 'entries lack'} score sheets"


def _ballots(now: Situation) -> str:
    return f"{now.flagged} {'ballot looks' if now.flagged == 1 else 'ballots look'} arranged"


def _handles(handles: Sequence[str]) -> str:
    *others, last = (f"@{handle}" for handle in handles)
    return f"{', '.join(others)} and {last}" if others else last


def _have(now: Situation) -> str:
    return "has" if len(now.waiting) == 1 else "have"
