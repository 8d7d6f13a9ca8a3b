"""Contest licences: what a contest's host lets remixers do with its stems, in the host's words and in fields.

A contest licence never changes once it is made. Its id is a LicenseRef as SPDX 2.3 (annex D) has them, with the first
digits of the SHA-256 over all that it says, so that an id cannot come to mean another text.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Forbidden, Invalid
from remixhub.domain.licences.terms import Licence

TITLE_LIMIT = 120
TEXT_LIMIT = 40_000


class Remixers(StrEnum):
    """Who may remix what is under the licence."""

    ENTRANTS = "entrants"
    """Those who accepted the licence; the others get no stems either."""
    ANYONE = "anyone"


class Sharing(StrEnum):
    """Where the remixes may be shared."""

    HERE = "here"
    ANYWHERE = "anywhere"


class ContestLicenceUnknown(Invalid):
    code = "contest_licence_unknown"
    title = "There is no such contest licence"


class ContestLicenceExpired(Invalid):
    code = "contest_licence_expired"
    title = "The contest licence has expired"


class ContestLicenceNotAccepted(Forbidden):
    code = "contest_licence_not_accepted"
    title = "Accept the contest licence first"


@dataclass(frozen=True)
class ContestLicenceTerms:
    title: str
    text: str
    remixers: Remixers
    sharing: Sharing
    is_non_commercial: bool
    expires_at: dt.datetime | None = None
    """UTC. From then on nothing new may be made from what is under the licence; what stands, stands."""

    def sha256(self) -> str:
        """Over the compact JSON object of all six, with sorted names, in UTF-8; the time to the millisecond."""
        # with +00:00 and not as rfc3339() has it: another spelling would make another id of every licence that expires
        expires_at = None if self.expires_at is None else self.expires_at.isoformat(timespec="milliseconds")
        said = {
            "title": self.title,
            "text": self.text,
            "remixers": self.remixers.value,
            "sharing": self.sharing.value,
            "is_non_commercial": self.is_non_commercial,
            "expires_at": expires_at,
        }
        written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()

    def licence(self) -> Licence:
        return Licence(f"LicenseRef-contest-{'nc-' if self.is_non_commercial else ''}{self.sha256()[:10]}")

    def in_plain_words(self) -> list[str]:
        """The fields as sentences, for whoever is about to accept."""
        who = "Only who accepts it gets the stems and may remix them."
        where = "Share your remix on this hub only, unless its text allows more."
        said = [
            who if self.remixers is Remixers.ENTRANTS else "Anyone may remix what is under it.",
            where if self.sharing is Sharing.HERE else "You may share your remix anywhere.",
            "Not for money."
            if self.is_non_commercial
            else "Commercial use is not ruled out; its text has the details.",
            "Name the artist, and publish your remix under this licence alone.",
        ]
        if self.expires_at is not None:
            said.append(f"Nothing new may be made under it after {self.expires_at:%d %B %Y, %H:%M} UTC.")
        return said
