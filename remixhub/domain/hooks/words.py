"""The words of webhooks, as they stand in tables, JSON and on pages."""

from __future__ import annotations

from enum import StrEnum

from remixhub.domain.errors import Conflict, Invalid, NotFound


class EventKind(StrEnum):
    """What happens here and is told elsewhere. Stored as its word, without a CHECK: a new one needs no migration."""

    WORK_PUBLISHED = "work.published"
    WORK_REMIXED = "work.remixed"
    """A remix of it was published."""
    WORK_TAKEN_DOWN = "work.taken_down"
    WORK_RESTORED = "work.restored"
    LABEL_RELEASE_ADDED = "label.release_added"
    CONTEST_PHASE_CHANGED = "contest.phase_changed"
    """It was announced, opened, closed for entries or ballots, or was cancelled."""
    CONTEST_EXTENDED = "contest.extended"
    CONTEST_DECIDED = "contest.decided"
    ENTRY_RECEIVED = "entry.received"
    TEST = "hook.test"
    """Asked for by whoever minds the webhook; nobody chooses it."""


class HookKind(StrEnum):
    WEBHOOK = "webhook"
    """Signed JSON, after Standard Webhooks."""
    DISCORD = "discord"
    """Messages to a channel."""


class HookScope(StrEnum):
    """Whose events it hears."""

    ACCOUNT = "account"
    """Of one's own works."""
    LABEL = "label"
    """Of the label's contests and releases."""
    HUB = "hub"
    """Of everybody's."""


class HookState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """By whoever minds it."""
    DISABLED = "disabled"
    """By the hub, since nothing arrives."""


class HookRest(StrEnum):
    """Why one that is on is sent nothing: whoever made it may not have it now."""

    SUSPENDED = "suspended"
    NO_OWNER = "no_owner"
    NO_OPERATOR = "no_operator"

    @property
    def words(self) -> str:
        return _RESTS[self]


_RESTS = {
    HookRest.SUSPENDED: "the account of {by} is suspended",
    HookRest.NO_OWNER: "{by} is no owner of the label any more",
    HookRest.NO_OPERATOR: "{by} is no operator any more",
}


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """It is not tried again by itself."""


class HookNotFound(NotFound):
    code = "hook_not_found"
    title = "There is no such webhook"


class DeliveryNotFound(NotFound):
    code = "hook_delivery_not_found"
    title = "There is no such delivery"


class HookAddressInvalid(Invalid):
    code = "hook_address_invalid"
    title = "Nothing can be sent to this address"


class HookEventsInvalid(Invalid):
    code = "hook_events_invalid"
    title = "This webhook cannot hear these events"


class HooksExhausted(Conflict):
    code = "hooks_limit"
    title = "Too many webhooks"


class HookInactive(Conflict):
    code = "hook_inactive"
    title = "The webhook is turned off"


class EventGone(Conflict):
    code = "hook_event_gone"
    title = "Nothing more is said of this work"


class HookUnsigned(Conflict):
    code = "hook_unsigned"
    title = "This webhook has no signing secret"


EVENTS = {
    HookScope.ACCOUNT: (
        EventKind.WORK_PUBLISHED, EventKind.WORK_REMIXED, EventKind.WORK_TAKEN_DOWN, EventKind.WORK_RESTORED,
    ),
    HookScope.LABEL: (
        EventKind.LABEL_RELEASE_ADDED, EventKind.WORK_REMIXED, EventKind.WORK_TAKEN_DOWN, EventKind.WORK_RESTORED,
        EventKind.CONTEST_PHASE_CHANGED, EventKind.CONTEST_EXTENDED, EventKind.CONTEST_DECIDED,
        EventKind.ENTRY_RECEIVED,
    ),
    HookScope.HUB: tuple(kind for kind in EventKind if kind is not EventKind.TEST),
}  # fmt: skip
"""What can be chosen."""
EVENT_WORDS = {
    EventKind.WORK_PUBLISHED: "a work is published",
    EventKind.WORK_REMIXED: "a work is remixed",
    EventKind.WORK_TAKEN_DOWN: "a work is taken down by the house",
    EventKind.WORK_RESTORED: "a work that was taken down is back",
    EventKind.LABEL_RELEASE_ADDED: "a release joins the label",
    EventKind.CONTEST_PHASE_CHANGED: "a contest is announced, opens, closes or is cancelled",
    EventKind.CONTEST_EXTENDED: "a contest’s deadlines are extended",
    EventKind.CONTEST_DECIDED: "a contest is decided",
    EventKind.ENTRY_RECEIVED: "an entry is received",
}
"""To follow “when”."""
