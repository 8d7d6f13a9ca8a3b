"""Leave is asked once where a licence stands in the way, answered once by the artist, and over when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from remixhub.domain.licences.permissions import (
    PermissionAct,
    PermissionExists,
    PermissionNotFound,
    PermissionNotNeeded,
    PermissionScope,
    PermissionSettled,
    PermissionState,
    PermissionTermsInvalid,
    PermissionUnanswerable,
    PermissionUsed,
    PermissionWorkUnrelated,
    text_sha256,
)
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkKind, WorkState
from remixhub.domain.work_refusals import WorkPublished
from remixhub.models import Account, AuditEntry, Notice, Permission, SourceLink, Work, now
from remixhub.services.licences.permissions import lapse_with_account
from remixhub.services.licences.sources import SourceNotFound, SourceTakenDown
from remixhub.services.remixes.answering import Answer, answer, revoke
from remixhub.services.remixes.asking import (
    PermissionRole,
    Question,
    ask,
    get_permission,
    list_permissions,
    withdraw_question,
)
from remixhub.services.remixes.remixes import NotARemix
from remixhub.services.throttle import TooManyAttempts
from remixhub.services.works.works import delete_draft
from tests.unit.rows import Rows, actor_of

GRANT, RELICENSE, DECLINE = PermissionAct.GRANT, PermissionAct.RELICENSE, PermissionAct.DECLINE


@dataclass
class Stage:
    """Ada's song may not be remixed; a fan wants to."""

    parts: Parts
    rows: Rows

    def __post_init__(self) -> None:
        self.ada, self.fan = self.rows.account("ada"), self.rows.account("fan")
        self.song = self.rows.work(self.ada, "Harbour", licence=Licence.BY_ND)

    def asked(self, by: Account | None = None, **facts: Any) -> Permission:
        known = {"work_id": self.song.id, "licence": Licence.BY_NC, **facts}
        if "remix_id" not in known:
            known = {"remix_title": "Tide", **known}
        return ask(actor_of(by or self.fan), self.parts, Question(**known))

    def answered(self, permission: Permission, given: PermissionAct, **facts: Any) -> Permission:
        if given is not DECLINE:
            facts = {"licence": Licence.BY_NC, **facts}
        return answer(actor_of(self.ada), self.parts, permission.id, Answer(given, **facts))

    def now_of(self, permission: Permission) -> Permission:
        return self.rows.one(Permission, Permission.id == permission.id)

    def told(self, account: Account) -> list[str]:
        return [one.title for one in self.rows.all(Notice, Notice.account_id == account.id)]


@pytest.fixture
def stage(parts: Parts, rows: Rows) -> Stage:
    return Stage(parts, rows)


def test_asking_begins_a_draft_and_tells_the_artist(stage: Stage) -> None:
    permission = stage.asked(note="The choir, slowed down.")
    assert (permission.state, permission.wanted, permission.note, permission.remix_title) == (
        PermissionState.ASKED, Licence.BY_NC, "The choir, slowed down.", "Tide",
    )  # fmt: skip
    draft = stage.rows.one(Work, Work.account_id == stage.fan.id)
    assert (draft.id, draft.kind, draft.state, draft.title) == (
        permission.remix_id, WorkKind.REMIX, WorkState.DRAFT, "Tide",
    )  # fmt: skip
    assert stage.told(stage.ada) == ["@fan asks for your leave to use “Harbour”"]
    assert [one.action for one in stage.rows.all(AuditEntry)] == ["remix.created", "permission.asked"]


def test_one_question_is_open_for_a_remix_and_a_work(stage: Stage) -> None:
    first = stage.asked()
    again = {"remix_id": first.remix_id}
    with pytest.raises(PermissionExists):
        stage.asked(**again)
    other = stage.rows.work(stage.ada, "Quay", licence=Licence.BY_ND)
    stage.asked(**again, work_id=other.id)
    withdraw_question(actor_of(stage.fan), stage.parts, first.id)
    assert stage.asked(**again).state is PermissionState.ASKED
    assert stage.told(stage.ada)[-2:] == [
        "@fan does not ask for “Harbour” any more",
        "@fan asks for your leave to use “Harbour”",
    ]


@pytest.mark.parametrize("given", [GRANT, DECLINE])
def test_what_was_answered_is_not_asked_again_for_the_same_remix(stage: Stage, given: PermissionAct) -> None:
    permission = stage.asked()
    stage.answered(permission, given)
    with pytest.raises(PermissionExists):
        stage.asked(remix_id=permission.remix_id)
    assert stage.asked().state is PermissionState.ASKED, "about another remix"


def test_leave_for_all_of_an_account_need_not_be_asked_for_its_next_remix(stage: Stage) -> None:
    permission = stage.asked()
    stage.answered(permission, GRANT, scope=PermissionScope.ACCOUNT)
    with pytest.raises(PermissionExists):
        stage.asked()
    assert stage.asked(stage.rows.account("other")).state is PermissionState.ASKED


def test_questions_are_limited(stage: Stage) -> None:
    works = [stage.rows.work(stage.ada, str(number), licence=Licence.BY_ND) for number in range(21)]
    for work in works[:20]:
        stage.asked(work_id=work.id)
    with pytest.raises(TooManyAttempts):
        stage.asked(work_id=works[20].id)


def test_what_the_licence_allows_needs_no_leave(stage: Stage) -> None:
    free = stage.rows.work(stage.ada, licence=Licence.BY)
    with pytest.raises(PermissionNotNeeded):
        stage.asked(work_id=free.id)
    share_alike = stage.rows.work(stage.ada, licence=Licence.BY_SA)
    with pytest.raises(PermissionNotNeeded):
        stage.asked(work_id=share_alike.id, licence=Licence.BY_SA)
    assert stage.asked(work_id=share_alike.id).state is PermissionState.ASKED, "for BY-NC it does"
    with pytest.raises(PermissionNotNeeded):
        stage.asked(stage.ada)


def test_a_work_deeper_in_the_lineage_is_named_with_the_source_that_leads_to_it(stage: Stage) -> None:
    bob = stage.rows.account("bob")
    root = stage.rows.work(stage.ada, "Root", licence=Licence.BY_NC)
    between = stage.rows.work(bob, "Between", [root], licence=Licence.BY_NC)
    above = stage.rows.work(bob, "Above", [between], licence=Licence.BY_NC)
    facts = {"work_id": root.id, "licence": Licence.BY_SA}
    permission = stage.asked(source_id=above.id, **facts)
    assert (permission.artist_id, permission.source_id) == (stage.ada.id, above.id)
    with pytest.raises(PermissionWorkUnrelated):
        stage.asked(source_id=stage.song.id, **facts)


def test_who_cannot_be_asked(stage: Stage) -> None:
    gone = stage.rows.account("gone", deleted_at=now())
    with pytest.raises(PermissionUnanswerable):
        stage.asked(work_id=stage.rows.work(gone, licence=Licence.BY_ND).id)
    down = stage.rows.work(stage.ada, licence=Licence.BY_ND, state=WorkState.TAKEN_DOWN)
    with pytest.raises(SourceTakenDown):
        stage.asked(work_id=down.id)
    draft = stage.rows.work(stage.ada, licence=Licence.BY_ND, state=WorkState.DRAFT)
    for hidden in (draft.id, "none"):
        with pytest.raises(SourceNotFound):
            stage.asked(work_id=hidden)
    withdrawn = stage.rows.work(stage.ada, licence=Licence.BY_ND, state=WorkState.WITHDRAWN)
    assert stage.answered(stage.asked(work_id=withdrawn.id), GRANT).state is PermissionState.GRANTED


def test_leave_is_asked_for_ones_own_draft_of_a_remix(stage: Stage) -> None:
    free = stage.rows.work(stage.ada, licence=Licence.BY)
    for remix, error in (
        (stage.rows.work(stage.ada, "Hers", [free], state=WorkState.DRAFT), NotFound),
        (stage.rows.work(stage.ada, "Hers", [free]), Forbidden),
        (stage.rows.work(stage.fan, "Out", [free]), WorkPublished),
        (stage.rows.work(stage.fan, "Release", state=WorkState.DRAFT), NotARemix),
    ):
        with pytest.raises(error):
            stage.asked(remix_id=remix.id)
    with pytest.raises(Invalid):
        stage.asked(remix_id="one", remix_title="and a title")
    with pytest.raises(Invalid):
        stage.asked(remix_title=None)
    with pytest.raises(Unauthenticated):
        ask(VISITOR, stage.parts, Question(stage.song.id, Licence.BY_NC, remix_title="Mine"))
    with pytest.raises(PermissionTermsInvalid):
        stage.asked(licence=Licence.BY_3)
    assert not stage.rows.all(Permission)


def test_a_grant_is_a_text_under_its_digest(stage: Stage) -> None:
    facts = {"licence": Licence.BY, "is_commercial": True, "words": "Send me the file.\nI love it."}
    permission = stage.answered(stage.asked(), GRANT, **facts)
    assert (permission.state, permission.scope) == (PermissionState.GRANTED, PermissionScope.REMIX)
    assert permission.text_sha256 == text_sha256(permission.text)
    for said in (
        "Ada (@ada), who made “Harbour”", "permits Fan (@fan)", f"the remix “Tide” ({permission.remix_id})",
        "Creative Commons Attribution 4.0", "may also use the remix commercially", "Send me the file.\nI love it.",
    ):  # fmt: skip
        assert said in permission.text
    assert stage.rows.one(Notice, Notice.account_id == stage.fan.id).text == permission.text
    assert [one.action for one in stage.rows.all(AuditEntry)][-1] == "permission.granted"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"licence": Licence.BY, "is_commercial": False}, "/is_commercial"),
        ({"licence": Licence.BY_ND, "is_commercial": False}, "/is_commercial"),
        ({"licence": Licence.BY_3, "is_commercial": True}, "/licence"),
        ({"licence": None}, "/licence"),
    ],
)
def test_terms_that_contradict_each_other_grant_nothing(stage: Stage, facts: dict[str, Any], field: str) -> None:
    permission = stage.asked()
    with pytest.raises(PermissionTermsInvalid) as refused:
        stage.answered(permission, GRANT, **facts)
    assert list(refused.value.violations) == [field]
    assert stage.now_of(permission).state is PermissionState.ASKED
    assert not stage.told(stage.fan)


def test_declining_says_so_with_a_word(stage: Stage) -> None:
    permission = stage.answered(stage.asked(), DECLINE, words="Not this one.")
    assert (permission.state, permission.words, permission.text) == (PermissionState.DECLINED, "Not this one.", "")
    notice = stage.rows.one(Notice, Notice.account_id == stage.fan.id)
    assert (notice.title, notice.text) == ("@ada gives no leave to use “Harbour”", "Not this one.")


def test_relicensing_is_for_everybody_and_for_the_draft_that_waits(stage: Stage) -> None:
    share_alike = stage.rows.work(stage.ada, "Quay", licence=Licence.BY_SA)
    draft = stage.rows.work(stage.fan, "Tide", [share_alike], state=WorkState.DRAFT, licence=Licence.BY_SA)
    standing = stage.rows.work(stage.fan, "Old", [share_alike], licence=Licence.BY_SA)
    permission = stage.asked(work_id=share_alike.id, remix_id=draft.id, licence=Licence.BY_NC)
    for same_or_worse in (Licence.BY_SA, Licence.BY_ND, Licence.BY_3):
        with pytest.raises(PermissionTermsInvalid):
            stage.answered(permission, RELICENSE, licence=same_or_worse)
    permission = stage.answered(permission, RELICENSE, licence=Licence.BY)
    assert (permission.state, permission.text_sha256) == (PermissionState.RELICENSED, None)
    assert stage.rows.one(Work, Work.id == share_alike.id).licence is Licence.BY
    held = {link.derivative_id: link.licence for link in stage.rows.all(SourceLink)}
    assert held == {draft.id: Licence.BY, standing.id: Licence.BY_SA}
    assert stage.told(stage.fan) == ["“Quay” is under CC BY 4.0 now"]


def test_only_the_artist_answers_and_only_once(stage: Stage) -> None:
    permission, other = stage.asked(), stage.rows.account("other")
    declined = Answer(DECLINE)
    with pytest.raises(Forbidden):
        answer(actor_of(stage.fan), stage.parts, permission.id, declined)
    with pytest.raises(PermissionNotFound):
        answer(actor_of(other), stage.parts, permission.id, declined)
    with pytest.raises(Forbidden):
        withdraw_question(actor_of(stage.ada), stage.parts, permission.id)
    stage.answered(permission, DECLINE)
    with pytest.raises(PermissionSettled):
        stage.answered(permission, GRANT)
    with pytest.raises(PermissionSettled):
        withdraw_question(actor_of(stage.fan), stage.parts, permission.id)
    with pytest.raises(PermissionSettled):
        revoke(actor_of(stage.ada), stage.parts, permission.id)


def test_yes_is_not_said_for_what_was_taken_down(stage: Stage) -> None:
    permission = stage.asked()
    stage.rows.change(Work, Work.id == stage.song.id, state=WorkState.TAKEN_DOWN)
    for yes in (GRANT, RELICENSE):
        with pytest.raises(SourceTakenDown):
            stage.answered(permission, yes)
    assert stage.answered(permission, DECLINE).state is PermissionState.DECLINED


def test_a_permission_is_taken_back_until_something_is_published_under_it(stage: Stage) -> None:
    permission = stage.answered(stage.asked(), GRANT)
    with pytest.raises(Forbidden):
        revoke(actor_of(stage.fan), stage.parts, permission.id)
    assert revoke(actor_of(stage.ada), stage.parts, permission.id).state is PermissionState.REVOKED
    assert stage.told(stage.fan)[-1] == "@ada has taken back the permission for “Harbour”"
    used = stage.answered(stage.asked(), GRANT)
    stage.rows.change(Permission, Permission.id == used.id, state=PermissionState.USED, used_at=now())
    with pytest.raises(PermissionUsed):
        revoke(actor_of(stage.ada), stage.parts, used.id)


def test_both_sides_see_it_and_nobody_else_until_it_is_used(stage: Stage) -> None:
    permission, other = stage.answered(stage.asked(), GRANT), actor_of(stage.rows.account("other"))
    for side in (stage.ada, stage.fan):
        assert get_permission(actor_of(side), stage.parts, permission.id).id == permission.id
    for stranger in (other, VISITOR):
        with pytest.raises(PermissionNotFound):
            get_permission(stranger, stage.parts, permission.id)
    stage.rows.change(Permission, state=PermissionState.USED)
    assert get_permission(VISITOR, stage.parts, permission.id).text == permission.text


def test_a_listing_is_of_what_was_asked_of_one_and_by_one(stage: Stage) -> None:
    mine, answered = stage.asked(), stage.answered(stage.asked(), DECLINE)
    theirs = stage.rows.work(stage.fan, licence=Licence.BY_ND)
    asked_back = ask(actor_of(stage.ada), stage.parts, Question(theirs.id, Licence.BY, remix_title="Back"))

    def listed(by: Account, **facts: Any) -> set[str]:
        found = list_permissions(actor_of(by), stage.parts, after=None, limit=10, **facts)
        return {one.id for one in found.rows}

    assert listed(stage.ada) == listed(stage.fan) == {mine.id, answered.id, asked_back.id}
    assert listed(stage.ada, role=PermissionRole.ARTIST) == {mine.id, answered.id}
    assert listed(stage.ada, role=PermissionRole.ARTIST, state=PermissionState.ASKED) == {mine.id}
    assert listed(stage.ada, role=PermissionRole.ASKER) == {asked_back.id}
    assert listed(stage.rows.account("other")) == set()


def test_deleting_the_draft_ends_what_was_asked_for_it(stage: Stage) -> None:
    asked, granted = stage.asked(), stage.answered(stage.asked(), GRANT)
    for_all = stage.answered(stage.asked(), GRANT, scope=PermissionScope.ACCOUNT)
    for one in (asked, granted, for_all):
        assert one.remix_id is not None
        delete_draft(actor_of(stage.fan), stage.parts, one.remix_id)
    states = {one.id: (one.state, one.remix_id) for one in stage.rows.all(Permission)}
    lapsed = (PermissionState.LAPSED, None)
    assert states == {asked.id: lapsed, granted.id: lapsed, for_all.id: (PermissionState.GRANTED, None)}
    assert stage.told(stage.ada)[-2:] == ["Over: the question about “Harbour”", "Over: the permission for “Harbour”"]
    with pytest.raises(PermissionSettled):
        stage.answered(asked, GRANT)


def test_leaving_ends_what_one_asked_and_what_one_was_asked(stage: Stage) -> None:
    mine = stage.asked()
    other = stage.rows.account("other")
    theirs = stage.rows.work(stage.fan, "Fan's", licence=Licence.BY_ND)
    of_me = ask(actor_of(other), stage.parts, Question(theirs.id, Licence.BY, remix_title="More"))
    elsewhere = stage.asked(other)
    with stage.parts.database.writing() as session:
        lapse_with_account(session, actor_of(stage.fan), stage.fan.id)
    states = {one.id: one.state for one in stage.rows.all(Permission)}
    assert states == {
        mine.id: PermissionState.LAPSED, of_me.id: PermissionState.LAPSED, elsewhere.id: PermissionState.ASKED,
    }  # fmt: skip
    assert stage.told(other) == ["No answer about “Fan's”"]
