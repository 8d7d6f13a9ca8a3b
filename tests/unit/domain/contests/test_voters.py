"""Who may vote, and which lack is told when."""

from __future__ import annotations

import datetime as dt

import pytest

from remixhub.domain.contests.entries import VoterNotEligible
from remixhub.domain.contests.voters import Voter, VoterLack, lack_of, require_voter

OPENS = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MOMENT = dt.timedelta(milliseconds=1)
BEFORE, AFTER = OPENS - MOMENT, OPENS + MOMENT


@pytest.mark.parametrize(
    ("voter", "moment", "lack"),
    [
        (Voter(is_signed_in=False, email_verified_at=None, is_judge=False), AFTER, VoterLack.ACCOUNT),
        (Voter(is_signed_in=True, email_verified_at=None, is_judge=False), BEFORE, VoterLack.VERIFIED_ADDRESS),
        (Voter(is_signed_in=True, email_verified_at=None, is_judge=False), OPENS, VoterLack.EARLIER_ADDRESS),
        (Voter(is_signed_in=True, email_verified_at=OPENS, is_judge=False), AFTER, VoterLack.EARLIER_ADDRESS),
        (Voter(is_signed_in=True, email_verified_at=BEFORE, is_judge=False), BEFORE, None),
        (Voter(is_signed_in=True, email_verified_at=BEFORE, is_judge=False), AFTER, None),
        (Voter(is_signed_in=True, email_verified_at=BEFORE, is_judge=True), AFTER, VoterLack.OTHER_ROLE),
        (Voter(is_signed_in=True, email_verified_at=None, is_judge=True), BEFORE, VoterLack.VERIFIED_ADDRESS),
    ],
)
def test_what_is_lacking_is_what_refuses(voter: Voter, moment: dt.datetime, lack: VoterLack | None) -> None:
    assert lack_of(voter, opens_at=OPENS, moment=moment) is lack
    if lack is None:
        require_voter(voter, opens_at=OPENS, moment=moment)
        return
    with pytest.raises(VoterNotEligible, match=r"^[A-Z].*\.$") as refused:
        require_voter(voter, opens_at=OPENS, moment=moment)
    assert refused.value.context == {"lack": lack.value}
