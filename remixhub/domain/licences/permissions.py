"""Permissions: leave that an artist gives to use a work where its licence does not, for one remix or for an account.

asked ──grant (the work's artist)──► granted ──use (a remix of it is published)──► used, for good
  │ │                                   ├──revoke (the artist)──► revoked
  │ │                                   └──lapse (the draft is deleted)──► lapsed
  │ ├──relicense (the artist)──► relicensed: the work itself is under another licence since
  │ └──decline (the artist)──► declined
  └──withdraw (who asked)──► withdrawn, or lapse ──► lapsed

Like a licence, a permission speaks for what its artist made: the work's own sources keep the licences that they are
held under.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.licences.terms import OFFERED, Element, Licence, terms_of
from remixhub.domain.times import rfc3339

WORDS_LIMIT = 2_000
"""Characters of a question, and of what the artist adds to the answer."""


class PermissionState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    USED = "used"
    """A remix that stands on it is published: nobody can take it back any more."""
    RELICENSED = "relicensed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """By who asked, before there was an answer."""
    REVOKED = "revoked"
    """By the artist, before anything was published under it."""
    LAPSED = "lapsed"
    """The draft that it was for is gone, or who asked has left."""


class PermissionScope(StrEnum):
    REMIX = "remix"
    """The remix that was asked about, and no other."""
    ACCOUNT = "account"
    """Every remix of the work by who asked."""


class PermissionAct(StrEnum):
    GRANT = "grant"
    RELICENSE = "relicense"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    USE = "use"
    LAPSE = "lapse"


IN_FORCE = (PermissionState.GRANTED, PermissionState.USED)
REFUSED = (PermissionState.DECLINED, PermissionState.REVOKED)
"""The artist's last word about this remix: the same is not asked again."""
ANSWERS = (PermissionAct.GRANT, PermissionAct.RELICENSE, PermissionAct.DECLINE)
OF_ARTIST = (*ANSWERS, PermissionAct.REVOKE)
"""Acts of the work's artist; withdrawing is for who asked, the others happen by themselves."""
_TURNS: dict[PermissionAct, tuple[tuple[PermissionState, ...], PermissionState]] = {
    PermissionAct.GRANT: ((PermissionState.ASKED,), PermissionState.GRANTED),
    PermissionAct.RELICENSE: ((PermissionState.ASKED,), PermissionState.RELICENSED),
    PermissionAct.DECLINE: ((PermissionState.ASKED,), PermissionState.DECLINED),
    PermissionAct.WITHDRAW: ((PermissionState.ASKED,), PermissionState.WITHDRAWN),
    PermissionAct.REVOKE: ((PermissionState.GRANTED,), PermissionState.REVOKED),
    PermissionAct.USE: ((PermissionState.GRANTED,), PermissionState.USED),
    PermissionAct.LAPSE: ((PermissionState.ASKED, PermissionState.GRANTED), PermissionState.LAPSED),
}


class PermissionNotFound(NotFound):
    code = "permission_not_found"
    title = "There is no such permission"


class PermissionNotNeeded(Conflict):
    code = "permission_not_needed"
    title = "This needs no permission"


class PermissionExists(Conflict):
    code = "permission_exists"
    title = "This was asked already"


class PermissionUnanswerable(Conflict):
    code = "permission_unanswerable"
    title = "Nobody can give this permission any more"


class PermissionSettled(Conflict):
    code = "permission_settled"
    title = "The present state of the permission does not allow this"


class PermissionUsed(Conflict):
    code = "permission_used"
    title = "A published remix stands on this permission"


class PermissionOver(Conflict):
    code = "permission_over"
    title = "The permission for a source is not in force any more"


class PermissionWorkUnrelated(Invalid):
    code = "permission_work_unrelated"
    title = "The source was not made from this work"


class PermissionTermsInvalid(Invalid):
    code = "permission_terms_invalid"
    title = "These terms contradict each other"


def states_before(act: PermissionAct) -> tuple[PermissionState, ...]:
    return _TURNS[act][0]


def state_after(act: PermissionAct) -> PermissionState:
    return _TURNS[act][1]


def require_offered(licence: Licence) -> None:
    """Remixes by permission stand under a licence that everybody knows."""
    if licence not in OFFERED:
        raise PermissionTermsInvalid(
            f"Choose one of {', '.join(OFFERED)} for the remix.", violations={"/licence": ["Not offered to new works."]}
        )


def require_consistent(licence: Licence, *, is_commercial: bool) -> None:
    """Under a licence that lets everybody earn money with the remix, its maker cannot be denied it."""
    require_offered(licence)
    if not is_commercial and Element.NC not in terms_of(licence).elements:
        raise PermissionTermsInvalid(
            f"Everybody may use a remix under {licence} commercially. Choose a non-commercial licence for it, or allow "
            "commercial use.",
            violations={"/is_commercial": [f"Must be true under {licence}."]},
        )


def require_remixable(licence: Licence, present: Licence) -> None:
    """What a work is put under instead of an answer is another licence, and one that allows remixes."""
    require_offered(licence)
    if licence == present or not terms_of(licence).allows_remixes:
        why = "Is its licence already." if licence == present else "Allows no remix."
        raise PermissionTermsInvalid("Choose another licence for the work.", violations={"/licence": [why]})


@dataclass(frozen=True)
class PermissionTerms:
    """What the artist chose, and whom and what it is about; names and titles as they are on that day."""

    artist: str
    handle: str
    title: str
    url: str
    remixer: str
    remixer_handle: str
    remix_title: str
    remix_id: str
    scope: PermissionScope
    licence: Licence
    """Under which the remix may be published."""
    is_commercial: bool
    granted_at: dt.datetime
    words: str = ""

    def text(self) -> str:
        """The permission as people read it; ends with a line break."""
        for_what = (
            f"the remix “{self.remix_title}” ({self.remix_id})"
            if self.scope is PermissionScope.REMIX
            else "every remix that they make and publish on this hub"
        )
        licence = terms_of(self.licence)
        money = (
            "may also use the remix commercially"
            if self.is_commercial
            else "may not use the remix primarily for commercial advantage or monetary compensation"
        )
        paragraphs = [
            f"Permission to use “{self.title}”",
            f"{self.artist} (@{self.handle}), who made “{self.title}” ({self.url}), permits {self.remixer} "
            f"(@{self.remixer_handle}) to reproduce, adapt and share it, whole or in part, in {for_what}.",
            f"Licence of the remix: {licence.title} ({licence.url}), or a licence under which an adaptation of a work "
            "under that one may stand. Whoever uses the remix has what its licence gives, for what is in it of this "
            "work too.",
            f"Money: {self.remixer} {money}.",
            f"Attribution: the remix names “{self.title}”, {self.artist} and the address above, and says that it is "
            "used by permission.",
            "The licence of the work itself stays as it is. Nobody else gets more by this permission than the licence "
            "of the remix gives them; works by others from which this one was made keep their licences.",
            "The permission can be taken back until a remix that stands on it is published, and never afterwards.",
            f"Granted {rfc3339(self.granted_at)}.",
            *([f"In the artist's own words:\n\n{self.words}"] if self.words else []),
        ]
        return "\n\n".join(paragraphs) + "\n"

    def sha256(self) -> str:
        """Over the text in UTF-8."""
        return text_sha256(self.text())


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
