"""What the members of a label may do."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.labels import (
    LabelMembersOnly,
    LabelRole,
    TimeZoneUnknown,
    checked_time_zone,
    require_host,
    require_may_invite,
    require_owner,
)

ROLES = (*LabelRole, None)
HOSTING = {LabelRole.OWNER, LabelRole.MANAGER}


@pytest.mark.parametrize("role", ROLES)
def test_owners_and_managers_host_and_owners_alone_change_the_members(role: LabelRole | None) -> None:
    checks = [
        (require_host, role in HOSTING, "manager"),
        (require_owner, role is LabelRole.OWNER, "owner of the label"),
    ]
    for check, is_allowed, whom in checks:
        if is_allowed:
            check(role)
        else:
            with pytest.raises(LabelMembersOnly, match=whom):
                check(role)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("invited", LabelRole)
def test_managers_invite_judges_and_owners_anybody(role: LabelRole | None, invited: LabelRole) -> None:
    if role is LabelRole.OWNER or (role is LabelRole.MANAGER and invited is LabelRole.JUDGE):
        require_may_invite(role, invited)
    else:
        with pytest.raises(LabelMembersOnly):
            require_may_invite(role, invited)


def test_time_zones_have_their_iana_names() -> None:
    assert checked_time_zone("Europe/Berlin").key == "Europe/Berlin"
    for name in ("Europe/Atlantis", "europe/berlin", "../etc/passwd", ""):
        with pytest.raises(TimeZoneUnknown, match="no time zone") as refused:
            checked_time_zone(name)
        assert refused.value.violations == {"/time_zone": ["An IANA name such as Europe/Berlin."]}
