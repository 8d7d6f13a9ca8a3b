"""Entries and community ballots: their states, and why one does not count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Conflict, Forbidden, NotFound


class EntryState(StrEnum):
    COUNTED = "counted"
    WITHDRAWN = "withdrawn"
    """By the entrant, before the close."""
    REPLACED = "replaced"
    RULED_OUT = "ruled_out"
    """By the host or the house; keeps its slot."""


TAKEN_BACK = (EntryState.WITHDRAWN, EntryState.REPLACED)


class BallotState(StrEnum):
    COUNTED = "counted"
    EXCLUDED = "excluded"
    """By the host with a reason; kept, and counted in the raw tally."""


class EntryRefused(Conflict):
    """A submission that does not count; the receipt says why."""

    code = "entry_refused"
    title = "The entry does not count"


class EntryNotPublished(EntryRefused):
    code = "entry_not_published"
    title = "Only a published remix can be entered"


class EntryNotYours(EntryRefused):
    code = "entry_not_yours"
    title = "The remix is somebody else's"


class EntryOutsideLineage(EntryRefused):
    code = "entry_outside_lineage"
    title = "The remix does not come from the contest's release"


class EntryLimitReached(EntryRefused):
    code = "entry_limit_reached"
    title = "There are no more entries for this account"


class EntryTwice(EntryRefused):
    code = "entry_twice"
    title = "This remix is entered already"


class EntryWithoutStems(EntryRefused):
    code = "entry_without_stems"
    title = "The terms ask for stems of its own"


class EntrantIsJudge(EntryRefused):
    code = "entrant_is_judge"
    title = "A judge cannot enter"


class EntrantIsHost(EntryRefused):
    code = "entrant_is_host"
    title = "A host cannot enter"


class EntryNotFound(NotFound):
    code = "entry_not_found"
    title = "There is no such entry"


class VoterNotEligible(Forbidden):
    code = "voter_not_eligible"
    title = "This account cannot vote here"


class EntryNotHeard(Conflict):
    code = "entry_not_heard"
    title = "Listen first"


class BallotTwice(Conflict):
    code = "ballot_twice"
    title = "You have answered this already"


LISTEN_SECONDS = 20.0
"""Of each entry that a ballot is about, or half of a shorter one."""


@dataclass(frozen=True)
class Candidate:
    """A remix as the rules for entries see it."""

    is_published: bool
    is_own: bool
    comes_from_release: bool
    has_stems: bool
    has_audio: bool


def entrant_refusal(*, is_host: bool, is_judge: bool) -> EntryRefused | None:
    """Why somebody cannot enter anything at all."""
    if is_host:
        return EntrantIsHost("Owners and managers of the host's label cannot enter its contests.")
    return EntrantIsJudge("You judge this contest.") if is_judge else None


def refusal_of(candidate: Candidate, *, needs_own_stems: bool) -> EntryRefused | None:
    """Why the remix cannot be entered; None when it can."""
    if not candidate.is_own:
        return EntryNotYours("Enter your own remix.")
    if not candidate.is_published or not candidate.has_audio:
        return EntryNotPublished("Publish the remix first; drafts, withdrawn and taken-down works do not count.")
    if not candidate.comes_from_release:
        return EntryOutsideLineage("Name the contest's release among the remix's sources, then enter it.")
    if needs_own_stems and not candidate.has_stems:
        return EntryWithoutStems("Publish a stem pack with the remix.")
    return None


def require_enterable(candidate: Candidate, *, needs_own_stems: bool, is_judge: bool) -> None:
    """Raises the EntryRefused that says why not."""
    refusal = entrant_refusal(is_host=False, is_judge=is_judge)
    refusal = refusal or refusal_of(candidate, needs_own_stems=needs_own_stems)
    if refusal is not None:
        raise refusal


def needed_ms(duration_seconds: float | None) -> int:
    """How much of an entry has to be heard before a ballot about it counts."""
    needed = LISTEN_SECONDS if duration_seconds is None else min(LISTEN_SECONDS, duration_seconds / 2)
    return math.ceil(needed * 1000)


def enough_heard(heard_ms: int, duration_seconds: float | None) -> bool:
    return heard_ms >= needed_ms(duration_seconds)
