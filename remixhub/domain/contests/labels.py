"""Labels: what their members may do."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from remixhub.domain.errors import Conflict, Forbidden, Invalid, NotFound


class LabelRole(StrEnum):
    OWNER = "owner"
    """Everything, and the members."""
    MANAGER = "manager"
    """Contests, releases, and inviting judges."""
    JUDGE = "judge"
    """Judges contests; sees nothing before others do."""


class LabelNotFound(NotFound):
    code = "label_not_found"
    title = "There is no such label"


class LabelMembersOnly(Forbidden):
    code = "label_members_only"
    title = "Only certain members of the label may do this"


class LabelOwnerMissing(Conflict):
    code = "label_owner_missing"
    title = "A label needs an owner"


class TimeZoneUnknown(Invalid):
    code = "time_zone_unknown"
    title = "There is no such time zone"


HOSTS = frozenset({LabelRole.OWNER, LabelRole.MANAGER})
"""Who speaks for the label."""


def require_host(role: LabelRole | None) -> None:
    if role not in HOSTS:
        raise LabelMembersOnly("Ask an owner or a manager of the label.")


def require_owner(role: LabelRole | None) -> None:
    if role is not LabelRole.OWNER:
        raise LabelMembersOnly("Ask an owner of the label.")


def require_may_invite(role: LabelRole | None, invited: LabelRole) -> None:
    """Owners invite anybody, managers judges."""
    if invited is LabelRole.JUDGE:
        require_host(role)
    else:
        require_owner(role)


def checked_time_zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        message = "An IANA name such as Europe/Berlin."
        raise TimeZoneUnknown(f"{name!r} is no time zone.", violations={"/time_zone": [message]})
    return ZoneInfo(name)
