"""Comments on works: their words and bounds, what is no text to comment with, and why one is not taken."""

from __future__ import annotations

from enum import StrEnum

from remixhub.domain.errors import Conflict, Forbidden, Invalid, NotFound
from remixhub.domain.times import played_time

TEXT_LIMIT = 2_000
EDITS_LIMIT = 50
"""Of one comment: each text before is kept."""
COMMENTS_A_WINDOW, NEWCOMERS_COMMENTS_A_WINDOW = 30, 10
"""Written and edited, in the throttle's window."""
NEWCOMER_SECONDS = 24 * 3600
REPEATED_SECONDS = 24 * 3600
REPEATED_ELSEWHERE, REPEATED_ELSEWHERE_SECONDS = 2, 3600
"""Works on which the same words may stand already, within so long."""


class CommentState(StrEnum):
    SHOWN = "shown"
    DELETED = "deleted"
    """By whoever wrote it."""
    REMOVED = "removed"
    """By the artist of the work."""
    TAKEN_DOWN = "taken_down"
    """By the house."""


class CommentPolicy(StrEnum):
    """Of a work; of an account, for those of its works that have none."""

    OPEN = "open"
    CLOSED = "closed"
    """None are taken any more; those that are there stay."""
    HIDDEN = "hidden"
    """Neither: but its artist sees them."""


class CommentOrder(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    MOMENT = "moment"
    """Along the waveform; only those that stand at a moment."""


class CommentFault(StrEnum):
    """What a report says is wrong with one."""

    HARASSMENT = "harassment"
    SPAM = "spam"
    OFFENSIVE = "offensive"
    INFRINGEMENT = "infringement"


FAULT_WORDS = {
    CommentFault.HARASSMENT: "it harasses somebody",
    CommentFault.SPAM: "it is spam",
    CommentFault.OFFENSIVE: "it is offensive",
    CommentFault.INFRINGEMENT: "it gives away what is not its author's to give",
}
"""To follow “because”."""
GONE_WORDS = {
    CommentState.DELETED: "Deleted by who wrote it.",
    CommentState.REMOVED: "Removed by the artist.",
    CommentState.TAKEN_DOWN: "Removed by the moderators of this hub.",
}


class CommentNotFound(NotFound):
    code = "comment_not_found"
    title = "There is no such comment"


class CommentGone(Conflict):
    code = "comment_gone"
    title = "The comment is gone"


class CommentsClosed(Conflict):
    code = "comments_closed"
    title = "Comments are closed"


class CommentsNotTaken(Forbidden):
    code = "comments_not_taken"
    title = "Your comment is not taken"


class CommentRepeated(Conflict):
    code = "comment_repeated"
    title = "You have said this already"


class CommentEditedOften(Conflict):
    code = "comment_edited_often"
    title = "This comment was edited often enough"


class AddressUnverified(Forbidden):
    code = "address_unverified"
    title = "Confirm your address first"


class MomentBeyondEnd(Invalid):
    code = "moment_beyond_end"
    title = "The work does not have this moment"


def moment_ms(at_seconds: float, length_seconds: float | None) -> int:
    """Raises MomentBeyondEnd, also for a work of which nothing is known to play."""
    if length_seconds is None:
        fault = "Nothing of this work plays yet: comment on it as a whole."
    elif not 0 <= at_seconds <= length_seconds:
        fault = f"Choose a moment from 0:00 to {played_time(length_seconds)}, where the work ends."
    else:
        return round(at_seconds * 1000)
    raise MomentBeyondEnd(fault, violations={"/at_seconds": [fault]}, length_seconds=length_seconds)


def policy_of(work: CommentPolicy | None, artist: CommentPolicy) -> CommentPolicy:
    return artist if work is None else work
