"""What a draft lacks before it is announced: what stops it, and what its host is asked about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.contests.phases import Deadlines
from remixhub.domain.contests.terms import ContestTerms
from remixhub.domain.errors import Conflict
from remixhub.domain.licences.terms import Licence, short_name, terms_of
from remixhub.domain.states import WorkState

_ENTRIES_TAKE = dt.timedelta(days=3)
"""A remix made in less is made in a hurry."""
_BALLOTS_TAKE = dt.timedelta(days=2)


class Severity(StrEnum):
    ERROR = "error"
    """It is not announced so."""
    WARNING = "warning"
    """Odd, and the host's to decide."""


@dataclass(frozen=True)
class Finding:
    code: str
    severity: Severity
    advice: str


@dataclass(frozen=True)
class WorkFacts:
    """Of what is to be remixed."""

    title: str
    state: WorkState
    licence: Licence
    has_stems: bool
    is_the_labels: bool = True
    """By a member, or among its releases."""


@dataclass(frozen=True)
class VoterFacts:
    """Votes count from accounts with a verified address, and addresses are verified by mail."""

    sends_mail: bool = True
    has_verified: bool = True
    """Whether any account could vote today."""


class ContestNotReady(Conflict):
    code = "contest_not_ready"
    title = "The contest cannot be announced like this"


def findings(
    terms: ContestTerms,
    deadlines: Deadlines,
    *,
    moment: dt.datetime,
    brief: str,
    judge_count: int,
    work: WorkFacts | None,
    voters: VoterFacts = VoterFacts(),
    embargo_until: dt.datetime | None = None,
) -> list[Finding]:
    """What stops it first. `work` is None in a secret remixer."""
    stops = _errors(terms, deadlines, moment, judge_count, work, voters)
    asks = [
        *_warnings(terms, deadlines, moment, brief, judge_count, work),
        *_about_judges_and_voters(terms, judge_count, voters),
    ]
    if embargo_until is not None and embargo_until <= deadlines.ends_at:
        asks.append(
            ("embargo_idle", "The result is held back until a date before the last ballots are in: to no effect.")
        )
    return [
        *(Finding(code, Severity.ERROR, advice) for code, advice in stops),
        *(Finding(code, Severity.WARNING, advice) for code, advice in asks),
    ]


def require_ready(found: Sequence[Finding]) -> None:
    """Raises ContestNotReady with all of `found` in its context, when one of them stops it."""
    stops = [one.advice for one in found if one.severity is Severity.ERROR]
    if stops:
        listed = [{"code": one.code, "severity": one.severity.value, "advice": one.advice} for one in found]
        raise ContestNotReady(" ".join(stops), findings=listed)


def _errors(
    terms: ContestTerms,
    deadlines: Deadlines,
    moment: dt.datetime,
    judge_count: int,
    work: WorkFacts | None,
    voters: VoterFacts,
) -> Iterator[tuple[str, str]]:
    asked = terms.judges_per_entry or 1
    if terms.has_jury and not judge_count:
        part = f"{100 - terms.vote_share_percent} % of the result" if terms.has_vote else "the result"
        yield "judges_missing", f"Judges decide {part}, and there is none: name at least one."
    elif terms.has_jury and judge_count < asked:
        there = "there is one" if judge_count == 1 else f"there are {judge_count}"
        yield "judges_too_few", f"The terms ask for {asked} judges an entry, and {there}: name more, or ask for fewer."
    if terms.has_vote and not voters.sends_mail and not voters.has_verified:
        yield (
            "mail_missing",
            "The community votes, and nobody can: this hub sends no mail, by which voters verify their address. Ask "
            "its operator to set mail up, or let judges decide.",
        )
    if work is not None and not work.is_the_labels:
        yield (
            "work_not_the_labels",
            f"“{work.title}” is by no member of the label and not among its releases: choose another work.",
        )
    if work is not None and work.state is not WorkState.PUBLISHED:
        yield "work_not_published", f"“{work.title}” is {work.state.replace('_', ' ')}: choose a published work."
    elif work is not None and not terms_of(work.licence).allows_remixes:
        name = short_name(work.licence)
        yield "work_not_remixable", f"“{work.title}” is under {name}, which permits no remixes: choose another work."
    if deadlines.closes_at <= moment:
        yield "closed_already", "It would be closed already: set later dates."


def _warnings(
    terms: ContestTerms,
    deadlines: Deadlines,
    moment: dt.datetime,
    brief: str,
    judge_count: int,
    work: WorkFacts | None,
) -> Iterator[tuple[str, str]]:
    if not brief.strip():
        yield "brief_missing", "There is no brief: nobody is told what you would like to hear."
    if not terms.prizes:
        yield "prizes_missing", "There is no prize. Some enter for the music alone; fewer do."
    if work is not None and not work.has_stems:
        yield "stems_missing", f"“{work.title}” has no stems here: entrants have to cut up the mix."
    if terms.has_jury and judge_count == 1 and (terms.judges_per_entry or 1) == 1:
        yield "judge_alone", "One judge decides alone, and nobody does if they fall ill."
    if moment < deadlines.closes_at < max(moment, deadlines.opens_at) + _ENTRIES_TAKE:
        yield "entries_short", f"There are less than {_ENTRIES_TAKE.days} days to make a remix and enter it."
    for name, who in (("voting_closes_at", "the community to vote"), ("judging_closes_at", "the judges to listen")):
        until = getattr(deadlines, name)
        if until is not None and until < deadlines.closes_at + _BALLOTS_TAKE:
            yield name.replace("closes_at", "short"), f"There are less than {_BALLOTS_TAKE.days} days for {who}."
    if deadlines.opens_at <= moment < deadlines.closes_at:
        yield "opens_at_once", "Its opening lies in the past: it takes entries the moment you announce it."


def _about_judges_and_voters(terms: ContestTerms, judge_count: int, voters: VoterFacts) -> Iterator[tuple[str, str]]:
    asked = terms.judges_per_entry
    if asked is not None and judge_count == asked > 1:
        yield (
            "judges_without_reserve",
            f"All {asked} judges have to score each entry: where one is too near or falls ill, nothing is decided "
            "before you bring in another or rule on it.",
        )
    if asked is not None and asked < judge_count:
        yield (
            "judges_by_parts",
            f"Entries may be scored by {asked} of {judge_count} judges: each is then compared with what the same "
            "judges heard. It is fairer when all hear all.",
        )
    if terms.has_vote and not voters.sends_mail and voters.has_verified:
        yield (
            "mail_missing",
            "This hub sends no mail: only who has verified an address already can vote.",
        )
