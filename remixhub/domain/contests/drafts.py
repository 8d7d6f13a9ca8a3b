"""Whether a contest can be drafted so: dates in order, and such as the terms have a use for. All faults at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from remixhub.domain.contests.phases import DateFault, Deadlines, date_faults, raise_dates
from remixhub.domain.contests.terms import ContestTerms, ContestTermsInvalid
from remixhub.domain.errors import Invalid

LONGEST_EMBARGO = dt.timedelta(days=90)


def check_draft(terms: ContestTerms, deadlines: Deadlines, embargo_until: dt.datetime | None) -> None:
    """Raises ContestDatesInvalid, ContestTermsInvalid; the first of both, with what is wrong with the other beside."""
    errors: list[Invalid] = []
    try:
        raise_dates(_date_faults(terms, deadlines, embargo_until))
    except Invalid as error:
        errors.append(error)
    if terms.release_by is not None and terms.release_by < deadlines.ends_at.date():
        message = "Must not be before the last ballots are in."
        errors.append(
            ContestTermsInvalid("There is no time for a release.", violations={"/terms/release_by": [message]})
        )
    if errors:
        for other in errors[1:]:
            errors[0].violations.update(other.violations)
        raise errors[0]


def _date_faults(terms: ContestTerms, deadlines: Deadlines, embargo_until: dt.datetime | None) -> Iterator[DateFault]:
    yield from date_faults(deadlines)
    for name, is_needed in (("voting_closes_at", terms.has_vote), ("judging_closes_at", terms.has_jury)):
        if (getattr(deadlines, name) is not None) != is_needed:
            message = "The terms need this date." if is_needed else "The terms have no use for this date."
            yield DateFault(name, message, message)
    if embargo_until is not None and embargo_until > deadlines.ends_at + LONGEST_EMBARGO:
        message = f"At most {LONGEST_EMBARGO.days} days after the last ballots."
        yield DateFault("embargo_until", "The result cannot be held back so long.", message)
