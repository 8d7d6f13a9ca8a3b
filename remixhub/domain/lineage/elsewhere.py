"""Sources from elsewhere: works that are not on this hub, as a remixer declares them. Nobody here has checked it.

They are leaves of the lineage: what they were made from themselves is not known here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from remixhub.domain.errors import Conflict, Invalid
from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import SourceKind

TITLE_LIMIT = ARTIST_LIMIT = 200
WORDS_LIMIT = 2_000
"""Of a note, and of what the artist wrote who gave leave."""
_ELSEWHERE_AHEAD = dt.timedelta(hours=14)
"""Where the day begins first, it is tomorrow already."""


class ElsewhereDateInvalid(Invalid):
    code = "elsewhere_date_invalid"
    title = "The day is still to come"


class ElsewhereLicenceUnfit(Invalid):
    code = "elsewhere_licence_unfit"
    title = "Nothing elsewhere is under this licence"


class SourceIsHere(Conflict):
    code = "source_is_here"
    title = "The source is on this hub"


@dataclass(frozen=True)
class Leave:
    """What the artist allowed, as the remixer says: declared, not checked. It counts as the licence declared does."""

    licence: Licence
    """Under which a remix may be published."""
    words: str
    given_on: dt.date


@dataclass(frozen=True)
class NewElsewhere:
    """A source as it is declared."""

    address: str
    title: str
    artist: str
    licence: Licence
    """As stated there; all rights reserved where nothing is stated."""
    seen_on: dt.date | None = None
    """None: today."""
    kind: SourceKind = SourceKind.SAMPLE
    note: str = ""
    starts_seconds: float | None = None
    ends_seconds: float | None = None
    leave: Leave | None = None


@dataclass(frozen=True)
class Seen:
    """What credits say of a source from elsewhere beside title, artist, address and licence."""

    site: str
    seen_on: dt.date
    leave_on: dt.date | None = None
    """When its artist gave leave, as the remixer says."""

    @property
    def words(self) -> str:
        """To follow the name of the licence."""
        seen = f"as seen on {_day(self.seen_on)}"
        if self.leave_on is None:
            return seen
        return f"{seen}; used by leave of the artist of {_day(self.leave_on)}, as declared"


def require_fit(one: NewElsewhere, now: dt.datetime) -> None:
    """Raises ElsewhereDateInvalid and ElsewhereLicenceUnfit."""
    last = (now + _ELSEWHERE_AHEAD).date()
    days = {"/seen_on": one.seen_on, "/leave/given_on": one.leave.given_on if one.leave else None}
    late = {pointer: ["Must not be after today."] for pointer, day in days.items() if day is not None and day > last}
    if late:
        raise ElsewhereDateInvalid("Give the day on which it was seen, today at the latest.", violations=late)
    licences = {"/licence": one.licence, "/leave/licence": one.leave.licence if one.leave else None}
    for pointer, licence in licences.items():
        if licence is not None and licence.is_contest:
            said = "A contest licence is for stems of contests on this hub."
            raise ElsewhereLicenceUnfit(f"{said} Name the licence stated there.", violations={pointer: [said]})
    if one.leave is not None and one.leave.licence is Licence.ALL_RIGHTS_RESERVED:
        said = "Name a licence under which the remix may be published."
        raise ElsewhereLicenceUnfit(said, violations={"/leave/licence": [said]})


def titled(title: str, site: str) -> str:
    """As the ways of a lineage name it, among works of this hub."""
    return f"{title} ({site})"


def held_as(node_id: str, path: str, licence: Licence, leave: Leave | None) -> HeldLicence:
    """For the work that cites it; in what is made of that, it binds as leave was given, if it was."""
    return HeldLicence(node_id, licence, (path,), (node_id,), permitted=() if leave is None else (leave.licence,))


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
