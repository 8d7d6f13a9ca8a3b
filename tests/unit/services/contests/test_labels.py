"""Labels: who invites whom, what an invitation is good for, and that there is always an owner."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.labels import LabelMembersOnly, LabelOwnerMissing, LabelRole
from remixhub.domain.errors import Forbidden, NotFound
from remixhub.domain.states import WorkState
from remixhub.models import Account, LabelInvitation, LabelMember, LabelRelease, now
from remixhub.services.contests import labels
from remixhub.services.contests.labels import InvitationNotFound, LabelHandleTaken, WorkNotARelease
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import Stage

OWNER, MANAGER, JUDGE = LabelRole.OWNER, LabelRole.MANAGER, LabelRole.JUDGE


def person(stage: Stage, handle: str, role: LabelRole | None = None) -> Account:
    account = stage.rows.account(handle)
    if role is not None:
        stage.member(account, role)
    return account


def invite(stage: Stage, by: Account, role: LabelRole = JUDGE) -> str:
    return labels.invite(actor_of(by), stage.parts, "nightshift", role)[1]


def roles(stage: Stage) -> dict[str, LabelRole]:
    return {member.account.handle: member.role for member in stage.rows.all(LabelMember)}


def test_the_founder_of_a_label_owns_it(stage: Stage) -> None:
    founder = person(stage, "founder")
    label = labels.create_label(actor_of(founder), stage.parts, handle="DayShift", name="Day Shift")
    assert [(member.account_id, member.role) for member in label.members] == [(founder.id, OWNER)]
    with pytest.raises(LabelHandleTaken):
        labels.create_label(actor_of(founder), stage.parts, handle="nightshift", name="Again")


@pytest.mark.parametrize(
    ("role", "may_invite"),
    [(OWNER, {OWNER, MANAGER, JUDGE}), (MANAGER, {JUDGE}), (JUDGE, set()), (None, set())],
)
def test_owners_invite_anybody_and_managers_judges(
    stage: Stage, role: LabelRole | None, may_invite: set[LabelRole]
) -> None:
    inviter, invited = person(stage, "inviter", role), set()
    for wanted in LabelRole:
        try:
            invite(stage, inviter, wanted)
        except LabelMembersOnly:
            continue
        invited.add(wanted)
    assert invited == may_invite


def test_an_invitation_is_good_for_one_account(stage: Stage) -> None:
    token = invite(stage, stage.host, MANAGER)
    labels.accept_invitation(actor_of(person(stage, "first")), stage.parts, token)
    with pytest.raises(InvitationNotFound):
        labels.accept_invitation(actor_of(person(stage, "second")), stage.parts, token)
    assert roles(stage) == {"host": OWNER, "first": MANAGER}


def test_an_invitation_is_good_for_two_weeks(stage: Stage) -> None:
    before = stage.rows.moment()
    token = invite(stage, stage.host)
    invitation = stage.rows.one(LabelInvitation)
    assert 0 <= (invitation.expires_at - before).total_seconds() - 14 * 24 * 3600 < 60
    assert invitation.token_hash != token
    stage.rows.change(LabelInvitation, expires_at=now())
    with pytest.raises(InvitationNotFound):
        labels.accept_invitation(actor_of(person(stage, "late")), stage.parts, token)


@pytest.mark.parametrize(("present", "invited", "kept"), [(OWNER, JUDGE, OWNER), (JUDGE, MANAGER, MANAGER)])
def test_a_member_keeps_the_higher_of_two_roles(
    stage: Stage, present: LabelRole, invited: LabelRole, kept: LabelRole
) -> None:
    member = person(stage, "member", present)
    labels.accept_invitation(actor_of(member), stage.parts, invite(stage, stage.host, invited))
    assert roles(stage)["member"] is kept


def test_only_owners_change_roles_and_members_may_leave(stage: Stage) -> None:
    manager, judge = person(stage, "manager", MANAGER), person(stage, "judge", JUDGE)
    for account in (manager, judge):
        with pytest.raises(LabelMembersOnly):
            labels.set_role(actor_of(account), stage.parts, "nightshift", account.id, OWNER)
    with pytest.raises(LabelMembersOnly):
        labels.set_role(actor_of(manager), stage.parts, "nightshift", judge.id, None)
    labels.set_role(actor_of(judge), stage.parts, "nightshift", judge.id, None)
    labels.set_role(actor_of(stage.host), stage.parts, "nightshift", manager.id, JUDGE)
    assert roles(stage) == {"host": OWNER, "manager": JUDGE}
    with pytest.raises(NotFound):
        labels.set_role(actor_of(stage.host), stage.parts, "nightshift", judge.id, OWNER)


@pytest.mark.parametrize("role", [None, MANAGER])
def test_a_label_keeps_an_owner(stage: Stage, role: LabelRole | None) -> None:
    other = person(stage, "other", MANAGER)
    with pytest.raises(LabelOwnerMissing):
        labels.set_role(actor_of(stage.host), stage.parts, "nightshift", stage.host.id, role)
    assert roles(stage)["host"] is OWNER
    labels.set_role(actor_of(stage.host), stage.parts, "nightshift", other.id, OWNER)
    labels.set_role(actor_of(stage.host), stage.parts, "nightshift", stage.host.id, role)
    assert roles(stage)["other"] is OWNER


def test_a_label_takes_published_releases_of_its_hosts_alone(stage: Stage) -> None:
    judge = person(stage, "judge", JUDGE)
    own, theirs = stage.rows.work(judge, "Own"), stage.rows.work(stage.host, "Theirs")

    def add(by: Account, work_id: str) -> None:
        labels.add_release(actor_of(by), stage.parts, "nightshift", work_id)

    with pytest.raises(LabelMembersOnly):
        add(judge, own.id)
    with pytest.raises(Forbidden):
        add(stage.host, own.id)
    for strange in (stage.remix(stage.host), stage.rows.work(stage.host, state=WorkState.DRAFT)):
        with pytest.raises(WorkNotARelease):
            add(stage.host, strange.id)
    add(stage.host, theirs.id)
    assert [release.work_id for release in stage.rows.all(LabelRelease)] == [theirs.id]
