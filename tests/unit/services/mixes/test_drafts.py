"""Draft mixes: states of one sitting are one revision, nothing that somebody else saved is overwritten, links end."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain import mix_revisions
from remixhub.domain.access import VISITOR
from remixhub.domain.errors import NotFound, PreconditionFailed, Unauthenticated
from remixhub.domain.mix_revisions import MixDraftsExhausted, MixSpecTooLarge, SharedMixNotFound
from remixhub.domain.states import WorkState
from remixhub.domain.stems.refusals import StemPackGone
from remixhub.models import AuditEntry, Mix, MixDraft, MixRevision, Receipt, Stem, Work, now
from remixhub.services.mixes import drafts, mixes, sharing
from remixhub.services.mixes.drafts import DraftView
from remixhub.services.mixes.mixes import MixSpecStemUnknown
from tests.unit.rows import Rows, actor_of


class Desk:
    """A fan at the stems of somebody's release, and the draft that they began."""

    def __init__(self, parts: Parts, rows: Rows) -> None:
        self.parts, self.rows = parts, rows
        self.artist, self.fan, self.other = (rows.account(name) for name in ("artist", "fan", "other"))
        self.work = rows.work(self.artist)
        self.pack = rows.pack(self.work, [rows.original("a"), rows.original("b")])
        self.stems = [one.id for one in rows.all(Stem)]
        self.me = actor_of(self.fan)
        self.draft = drafts.create_draft(
            self.me, parts, stem_pack_id=self.pack.id, spec=self.spec(), title="Late"
        ).draft

    def spec(self, gain_db: float = 0.0) -> dict[str, Any]:
        return {"version": 1, "lanes": [{"stem": self.stems[0], "gain_db": gain_db}]}

    def save(self, gain_db: float, revision: int, **facts: Any) -> DraftView:
        return drafts.save_draft(
            self.me, self.parts, self.draft.id, spec=self.spec(gain_db), revision=revision, **facts
        )

    def wait(self, seconds: float) -> None:
        self.rows.change(MixRevision, begun_at=MixRevision.begun_at - sa.literal(int(seconds * 1000), sa.BigInteger))

    def numbers(self) -> list[int]:
        return sorted(one.number for one in self.rows.all(MixRevision))

    def gain_db(self) -> float:
        newest = drafts.get_draft(self.me, self.parts, self.draft.id).newest
        return float(newest.spec["lanes"][0]["gain_db"])

    def actions(self) -> list[str]:
        return [one.action for one in self.rows.all(AuditEntry, AuditEntry.subject_kind == "mix_draft")]


@pytest.fixture
def desk(parts: Parts, rows: Rows) -> Desk:
    return Desk(parts, rows)


def test_a_draft_holds_the_spec_with_every_field_spelled_out(desk: Desk) -> None:
    view = drafts.get_draft(desk.me, desk.parts, desk.draft.id)
    assert view.newest.spec["lanes"][0] | {"stem": "", "pan": 0.0} == view.newest.spec["lanes"][0] | {"stem": ""}
    assert (view.draft.revision, view.draft.title, view.is_silent) == (1, "Late", False)


def test_states_of_half_a_minute_are_one_revision_and_the_next_is_another(desk: Desk) -> None:
    desk.save(-1.0, 1)
    desk.wait(29)
    assert desk.save(-2.0, 2).draft.revision == 3
    assert desk.numbers() == [3]
    desk.wait(2)
    desk.save(-3.0, 3)
    desk.save(-4.0, 4)
    assert desk.numbers() == [3, 5]
    assert desk.gain_db() == -4.0


def test_saving_leaves_no_line_in_the_journal(desk: Desk) -> None:
    for n in range(5):
        desk.save(-1.0 - n, n + 1)
    assert desk.actions() == ["mix_draft.created"]


def test_a_draft_that_was_saved_elsewhere_is_not_overwritten(desk: Desk) -> None:
    desk.save(-1.0, 1)
    with pytest.raises(PreconditionFailed) as refused:
        desk.save(-2.0, 1)
    assert refused.value.context == {"revision": 2}
    assert desk.gain_db() == -1.0


def test_what_is_kept_already_may_be_sent_again_as_its_answer_was_lost(desk: Desk) -> None:
    desk.save(-1.0, 1, title="Later")
    assert desk.save(-1.0, 1, title="Later").draft.revision == 2
    with pytest.raises(PreconditionFailed):
        desk.save(-1.0, 1, title="Latest")
    desk.save(-2.0, 2)
    desk.save(-1.0, 3)
    with pytest.raises(PreconditionFailed):
        desk.save(-1.0, 1)


def test_a_title_stays_when_none_is_sent(desk: Desk) -> None:
    assert desk.save(-1.0, 1).draft.title == "Late"
    assert desk.save(-1.0, 2, title="").draft.title == ""


def test_a_faulty_spec_changes_nothing(desk: Desk) -> None:
    strange = {"version": 1, "lanes": [{"stem": "none"}]}
    with pytest.raises(MixSpecStemUnknown):
        drafts.save_draft(desk.me, desk.parts, desk.draft.id, spec=strange, revision=1)
    assert drafts.get_draft(desk.me, desk.parts, desk.draft.id).draft.revision == 1


def test_one_may_go_back_to_what_is_kept(desk: Desk) -> None:
    desk.wait(31)
    desk.save(-6.0, 1)
    page = drafts.list_revisions(desk.me, desk.parts, desk.draft.id, after=None, limit=10)
    assert [one.number for one in page.rows] == [2, 1]
    first = drafts.get_revision(desk.me, desk.parts, desk.draft.id, "1")
    assert first.spec["lanes"][0]["gain_db"] == 0.0
    for gone in ("3", "0", "x", "9" * 40):
        with pytest.raises(NotFound):
            drafts.get_revision(desk.me, desk.parts, desk.draft.id, gone)


def test_many_sittings_are_thinned_out(desk: Desk) -> None:
    facts = {"mix_draft_id": desk.draft.id, "spec": desk.spec(), "size_bytes": 100}
    for number in range(2, mix_revisions.MOST_REVISIONS + 1):
        desk.rows.add(MixRevision(number=number, **facts))
    desk.rows.change(MixDraft, revision=mix_revisions.MOST_REVISIONS)
    desk.wait(31)
    desk.save(-1.0, mix_revisions.MOST_REVISIONS)
    assert desk.numbers()[:4] == [1, 3, 5, 7]
    assert desk.numbers()[-2:] == [mix_revisions.MOST_REVISIONS, mix_revisions.MOST_REVISIONS + 1]


def test_a_spec_that_is_too_large_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "LARGEST_SPEC_BYTES", 200)
    with pytest.raises(MixSpecTooLarge):
        desk.save(-1.0, 1)
    assert desk.gain_db() == 0.0


def test_there_are_so_many_drafts_of_an_account(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 1)
    with pytest.raises(MixDraftsExhausted):
        drafts.create_draft(desk.me, desk.parts, stem_pack_id=desk.pack.id, spec=desk.spec())
    drafts.create_draft(actor_of(desk.other), desk.parts, stem_pack_id=desk.pack.id, spec=desk.spec())


def test_a_draft_of_stems_that_fell_silent_says_so_and_is_still_saved_and_not_rendered(desk: Desk) -> None:
    desk.rows.change(Work, state=WorkState.TAKEN_DOWN)
    assert desk.save(-1.0, 1).is_silent
    with pytest.raises(StemPackGone):
        drafts.render_draft(desk.me, desk.parts, desk.draft.id)
    with pytest.raises(StemPackGone):
        drafts.create_draft(desk.me, desk.parts, stem_pack_id=desk.pack.id, spec=desk.spec())


def test_a_rendered_draft_is_a_mix_with_a_receipt_and_the_way_back_to_it(desk: Desk) -> None:
    desk.save(-3.0, 1)
    view, is_new = drafts.render_draft(desk.me, desk.parts, desk.draft.id)
    assert (is_new, view.mix.title, view.mix.document["lanes"][0]["gain_db"]) == (True, "Late", -3.0)
    assert [one.account_id for one in desk.rows.all(Receipt)] == [desk.fan.id]
    assert drafts.draft_of_mix(desk.me, desk.parts, view.mix.id) == desk.draft.id
    assert drafts.render_draft(desk.me, desk.parts, desk.draft.id)[1] is False


def test_a_mix_without_a_draft_gets_one_and_the_same_again(desk: Desk) -> None:
    view, _ = mixes.create_mix(desk.me, desk.parts, stem_pack_id=desk.pack.id, spec=desk.spec(-9.0), title="Earlier")
    begun = drafts.draft_of_mix(desk.me, desk.parts, view.mix.id)
    assert begun != desk.draft.id
    assert drafts.draft_of_mix(desk.me, desk.parts, view.mix.id) == begun
    assert drafts.get_draft(desk.me, desk.parts, begun).newest.spec["lanes"][0]["gain_db"] == -9.0
    with pytest.raises(NotFound):
        drafts.draft_of_mix(actor_of(desk.other), desk.parts, view.mix.id)


def test_a_deleted_mix_leaves_its_draft_and_a_deleted_draft_its_mix(desk: Desk) -> None:
    view, _ = drafts.render_draft(desk.me, desk.parts, desk.draft.id)
    mixes.delete_mix(desk.me, desk.parts, view.mix.id)
    assert drafts.get_draft(desk.me, desk.parts, desk.draft.id).draft.mix_id is None
    drafts.render_draft(desk.me, desk.parts, desk.draft.id)
    drafts.delete_draft(desk.me, desk.parts, desk.draft.id)
    assert len(desk.rows.all(Mix)) == 1
    assert desk.rows.all(MixRevision) == []


def test_a_stranger_finds_no_draft(desk: Desk) -> None:
    stranger = actor_of(desk.other)
    for ask in (
        lambda: drafts.get_draft(stranger, desk.parts, desk.draft.id),
        lambda: drafts.save_draft(stranger, desk.parts, desk.draft.id, spec=desk.spec(), revision=1),
        lambda: drafts.render_draft(stranger, desk.parts, desk.draft.id),
        lambda: drafts.delete_draft(stranger, desk.parts, desk.draft.id),
        lambda: sharing.share(stranger, desk.parts, desk.draft.id),
        lambda: sharing.end_share(stranger, desk.parts, desk.draft.id),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_link_shows_the_newest_state_to_whoever_has_it_until_it_is_ended(desk: Desk) -> None:
    token = sharing.share(desk.me, desk.parts, desk.draft.id)
    assert sharing.share(desk.me, desk.parts, desk.draft.id) == token
    desk.save(-5.0, 1)
    found = sharing.get_shared(VISITOR, desk.parts, token)
    assert (found.by.handle, found.newest.spec["lanes"][0]["gain_db"]) == ("fan", -5.0)
    sharing.end_share(desk.me, desk.parts, desk.draft.id)
    sharing.end_share(desk.me, desk.parts, desk.draft.id)
    again = sharing.share(desk.me, desk.parts, desk.draft.id)
    assert again != token
    for wrong in (token, "", again[:-1]):
        with pytest.raises(SharedMixNotFound):
            sharing.get_shared(VISITOR, desk.parts, wrong)
    assert desk.actions() == [
        "mix_draft.created", "mix_draft.shared", "mix_draft.share_ended", "mix_draft.shared",
    ]  # fmt: skip


def test_a_link_stands_in_no_column(desk: Desk) -> None:
    token = sharing.share(desk.me, desk.parts, desk.draft.id)
    row = desk.rows.one(MixDraft)
    assert token not in [str(getattr(row, column.key)) for column in sa.inspect(MixDraft).columns]
    assert sharing.token_of(desk.parts, row) == token


def test_a_link_to_stems_that_fell_silent_shows_nothing(desk: Desk) -> None:
    token = sharing.share(desk.me, desk.parts, desk.draft.id)
    desk.rows.change(Work, state=WorkState.WITHDRAWN, withdrawn_at=now())
    with pytest.raises(StemPackGone):
        sharing.get_shared(actor_of(desk.other), desk.parts, token)
    sharing.get_shared(actor_of(desk.artist), desk.parts, token)  # who withdrew it hears it still


def test_a_copy_is_one_s_own_and_goes_its_own_way(desk: Desk) -> None:
    token = sharing.share(desk.me, desk.parts, desk.draft.id)
    with pytest.raises(Unauthenticated):
        sharing.copy_shared(VISITOR, desk.parts, token)
    copy = sharing.copy_shared(actor_of(desk.other), desk.parts, token)
    desk.save(-5.0, 1)
    own = drafts.get_draft(actor_of(desk.other), desk.parts, copy.draft.id)
    assert (own.draft.title, own.newest.spec["lanes"][0]["gain_db"], own.draft.share_token_hash) == ("Late", 0.0, None)
