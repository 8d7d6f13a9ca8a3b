"""Reports, takedowns and suspensions: the words, and which act is legal in which state.

A takedown stands from the start; each artist concerned may appeal once, a moderator answers by keeping or restoring.
Restoring is the end, and needs no appeal: a mistake can be mended by whoever sees it. So it is with the suspension of
an account, which may end by its time as well.
"""

from __future__ import annotations

from enum import StrEnum

from remixhub.domain.states import WorkState

WORKS_LIMIT = 100
"""Works that one takedown can name."""


class ReportReason(StrEnum):
    INFRINGEMENT = "infringement"
    MISSING_CREDIT = "missing_credit"
    WRONG_LICENCE = "wrong_licence"
    OFFENSIVE = "offensive"


class ReportState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class TakedownState(StrEnum):
    STANDING = "standing"
    APPEALED = "appealed"
    KEPT = "kept"
    """Appealed, and a moderator said no."""
    RESTORED = "restored"


class SuspensionReason(StrEnum):
    INFRINGEMENT = "infringement"
    HARASSMENT = "harassment"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    UNFAIR_CONTEST = "unfair_contest"
    """Votes or entries by accounts that are one person's, and the like."""
    TAKEN_OVER = "taken_over"
    """Somebody else seems to use it: for its owner's sake."""
    RULES = "rules"


class SuspensionState(StrEnum):
    """Whether it is in force is also a question of its end."""

    STANDING = "standing"
    APPEALED = "appealed"
    KEPT = "kept"
    """Appealed, and an operator said no."""
    LIFTED = "lifted"


class NoticeKind(StrEnum):
    WORK_TAKEN_DOWN = "work_taken_down"
    SOURCE_TAKEN_DOWN = "source_taken_down"
    TAKEDOWN_KEPT = "takedown_kept"
    TAKEDOWN_RESTORED = "takedown_restored"
    SOURCE_RESTORED = "source_restored"
    REPORT_DECIDED = "report_decided"
    CONTEST = "contest"
    """News of a contest that one enters, judges, hosts or follows."""
    PERMISSION = "permission"
    """Leave to remix a work was asked, given, refused or taken back."""
    JUDGE_REQUEST = "judge_request"
    """A label asks one to judge a contest."""
    ACCOUNT_SUSPENDED = "account_suspended"
    SUSPENSION_DECIDED = "suspension_decided"
    """It was lifted, or an appeal against it was refused."""
    REMIXED = "remixed"
    """A remix of one's work, or of one that one follows, was published."""
    COMMENT = "comment"
    """On one's work, in answer to one's own, or with one's name in it."""
    SAVED_SEARCH = "saved_search"
    """It finds something new."""
    HOOK = "hook"
    """Events could not be delivered for long."""


class ReachKind(StrEnum):
    """What a takedown touches beside the work itself."""

    DESCENDANTS = "descendants"
    """They lose a source that can be heard; they stay unless they are chosen."""
    MIXDOWN_REMIXES = "mixdown_remixes"
    """Their audio was rendered from the work's stems."""
    MIXES = "mixes"
    STEMS = "stems"
    ARCHIVES = "archives"
    ENTRIES = "entries"
    """In contests: of the work and of its descendants."""
    DOWNLOADS = "downloads"
    """Receipts of its stems, by the accounts that took them."""


REASON_WORDS = {
    ReportReason.INFRINGEMENT: "it infringes somebody's rights",
    ReportReason.MISSING_CREDIT: "a credit is missing",
    ReportReason.WRONG_LICENCE: "its licence is not the right one",
    ReportReason.OFFENSIVE: "it is offensive",
}
"""To follow “because”, in sentences about a work."""
SUSPENSION_WORDS = {
    SuspensionReason.INFRINGEMENT: "it published what infringes somebody's rights",
    SuspensionReason.HARASSMENT: "it harassed somebody",
    SuspensionReason.SPAM: "it was used for spam",
    SuspensionReason.IMPERSONATION: "it pretended to be somebody else",
    SuspensionReason.UNFAIR_CONTEST: "it was used to sway a contest",
    SuspensionReason.TAKEN_OVER: "somebody else seems to be using it",
    SuspensionReason.RULES: "it broke the rules of this hub",
}
"""To follow “because”, in sentences about an account."""
REPORT_OUTCOMES = (ReportState.UPHELD, ReportState.DISMISSED)
TAKEDOWN_OUTCOMES = (TakedownState.KEPT, TakedownState.RESTORED)
SUSPENSION_OUTCOMES = (SuspensionState.KEPT, SuspensionState.LIFTED)
IN_FORCE = (TakedownState.STANDING, TakedownState.APPEALED, TakedownState.KEPT)
"""A work that any of these names is down; these can be appealed as well."""


def states_before(outcome: TakedownState) -> tuple[TakedownState, ...]:
    """From which a moderator may decide so: only an appeal can be answered by keeping."""
    if outcome is TakedownState.KEPT:
        return (TakedownState.APPEALED,)
    return IN_FORCE if outcome is TakedownState.RESTORED else ()


def suspension_states_before(outcome: SuspensionState) -> tuple[SuspensionState, ...]:
    """From which an operator may decide so, as with takedowns."""
    if outcome is SuspensionState.KEPT:
        return (SuspensionState.APPEALED,)
    return (SuspensionState.STANDING, SuspensionState.APPEALED, SuspensionState.KEPT)


def may_appeal_suspension(*, is_over: bool, has_appealed: bool) -> bool:
    """Of the account that it is about."""
    return not is_over and not has_appealed


def may_appeal(state: TakedownState, *, owns_a_work: bool, has_appealed: bool) -> bool:
    return state in IN_FORCE and owns_a_work and not has_appealed


def state_after_lifting(state_before: WorkState, *, still_in_force: int) -> WorkState:
    """Of a work after one takedown was lifted, when `still_in_force` others name it."""
    return WorkState.TAKEN_DOWN if still_in_force else state_before
