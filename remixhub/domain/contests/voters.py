"""Who may vote, and what somebody still lacks: for the refusal, and for the page that says it beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.contests.entries import VoterNotEligible


class VoterLack(StrEnum):
    ACCOUNT = "account"
    """Nobody is signed in."""
    VERIFIED_ADDRESS = "verified_address"
    """Can be mended until the contest opens."""
    EARLIER_ADDRESS = "earlier_address"
    """Verified too late, or not at all, for a contest that is open already."""
    OTHER_ROLE = "other_role"


@dataclass(frozen=True)
class Voter:
    is_signed_in: bool
    email_verified_at: dt.datetime | None
    is_judge: bool


WORDS = {
    VoterLack.ACCOUNT: "Sign in to vote.",
    VoterLack.VERIFIED_ADDRESS: "Votes count from accounts whose address was verified before the contest opened.",
    VoterLack.EARLIER_ADDRESS: "Votes count from accounts whose address was verified before the contest opened.",
    VoterLack.OTHER_ROLE: "Judges do not vote as well.",
}


def lack_of(voter: Voter, *, opens_at: dt.datetime, moment: dt.datetime) -> VoterLack | None:
    """What keeps the voter from voting in a contest that opens then; None when nothing does."""
    if not voter.is_signed_in:
        return VoterLack.ACCOUNT
    verified = voter.email_verified_at
    if verified is None and moment < opens_at:
        return VoterLack.VERIFIED_ADDRESS
    if verified is None or verified >= opens_at:
        return VoterLack.EARLIER_ADDRESS
    return VoterLack.OTHER_ROLE if voter.is_judge else None


def require_voter(voter: Voter, *, opens_at: dt.datetime, moment: dt.datetime) -> None:
    """Raises VoterNotEligible, with what is lacking in `context`."""
    lack = lack_of(voter, opens_at=opens_at, moment=moment)
    if lack is not None:
        raise VoterNotEligible(WORDS[lack], lack=lack.value)
