"""Works are edited by their artists, as they were seen, in the states that allow it."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, ScopeMissing, token_actor
from remixhub.domain.errors import Forbidden, NotFound, PreconditionFailed, Unauthenticated
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import Scope, UploadPurpose, UploadState, WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkPublished, WorkWithdrawn
from remixhub.models import Account, AuditEntry, SourceLink, Upload, Work, now
from remixhub.services.works import works
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", stored_bytes=5000)


def edit(parts: Parts, by: Account, work: Work, changes: dict[str, Any], revision: int | None = None) -> Work:
    return works.update_work(actor_of(by), parts, work.id, changes, revision=revision)


def test_an_edit_raises_the_revision_and_is_recorded(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada, "Old")
    edited = edit(parts, ada, work, {"title": "New"}, 1)
    assert (edited.title, edited.revision) == ("New", 2)
    entry = rows.one(AuditEntry)
    assert (entry.action, entry.before, entry.after) == ("work.edited", {"title": "Old"}, {"title": "New"})


def test_what_was_edited_in_between_is_not_written_over(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada)
    edit(parts, ada, work, {"title": "First"}, 1)
    with pytest.raises(PreconditionFailed):
        edit(parts, ada, work, {"title": "Second"}, 1)
    assert (rows.one(Work).title, rows.one(Work).revision) == ("First", 2)


def test_strangers_do_not_see_a_draft_nor_change_what_they_see(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben")
    draft, published = rows.work(ada, state=WorkState.DRAFT), rows.work(ada)
    for work, error in ((draft, NotFound), (published, Forbidden)):
        with pytest.raises(error):
            edit(parts, ben, work, {"title": "Mine"})
        with pytest.raises(error):
            works.get_own_work(actor_of(ben), parts, work.id)
    with pytest.raises(NotFound):
        works.get_work(VISITOR, parts, draft.id)
    with pytest.raises(Unauthenticated):
        works.update_work(VISITOR, parts, published.id, {"title": "Mine"})
    assert {work.revision for work in rows.all(Work)} == {1}


def test_a_token_that_only_reads_changes_nothing(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada)
    reader = token_actor(ada.id, "ada", frozenset({Scope.READ}), "token", is_operator=False)
    with pytest.raises(ScopeMissing):
        works.update_work(reader, parts, work.id, {"title": "New"})
    assert rows.one(Work).revision == 1


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_a_tombstone_stays_as_it_is(parts: Parts, rows: Rows, ada: Account, state: WorkState) -> None:
    work = rows.work(ada, state=state)
    with pytest.raises(WorkWithdrawn):
        edit(parts, ada, work, {"title": "New"})


def test_another_licence_is_judged_over_the_sources_as_they_were_held(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY_NC)
    remix = rows.work(ada, "Remix", [root], licence=Licence.BY_NC)
    rows.change(Work, Work.id == root.id, licence=Licence.CC0)
    with pytest.raises(LicenceConflict):
        edit(parts, ada, remix, {"licence": Licence.BY})
    assert edit(parts, ada, remix, {"licence": Licence.BY_NC_SA}).licence is Licence.BY_NC_SA


def test_another_licence_does_not_reach_works_that_stand(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY)
    rows.work(ada, "Remix", [root])
    edit(parts, ada, root, {"licence": Licence.BY_ND})
    assert rows.one(SourceLink).licence is Licence.BY


def test_withdrawing_leaves_a_tombstone_once(parts: Parts, rows: Rows, ada: Account) -> None:
    work = rows.work(ada)
    first = works.withdraw_work(actor_of(ada), parts, work.id)
    again = works.withdraw_work(actor_of(ada), parts, work.id)
    assert first.state is WorkState.WITHDRAWN
    assert first.withdrawn_at is not None
    assert (again.withdrawn_at, again.revision) == (first.withdrawn_at, first.revision)
    with pytest.raises(WorkNotPublished):
        works.withdraw_work(actor_of(ada), parts, rows.work(ada, state=WorkState.DRAFT).id)
    with pytest.raises(WorkWithdrawn):
        works.withdraw_work(actor_of(ada), parts, rows.work(ada, state=WorkState.TAKEN_DOWN).id)


def test_a_draft_is_deleted_with_the_claims_that_nothing_else_uses(parts: Parts, rows: Rows, ada: Account) -> None:
    shared, own = rows.original("shared"), rows.original("own")
    kept, draft = rows.work(ada, "Kept"), rows.work(ada, "Draft", state=WorkState.DRAFT)
    rows.pack(kept, [shared])
    rows.pack(draft, [shared, own])
    for original in (shared, own):
        rows.add(
            Upload(
                account_id=ada.id, filename="a.wav", purpose=UploadPurpose.STEM, size_bytes=1000, part_size_bytes=1000,
                key="k", s3_upload_id="u", state=UploadState.CLAIMED, original_sha256=original.sha256,
                expires_at=now(60),
            )
        )  # fmt: skip
    works.delete_draft(actor_of(ada), parts, draft.id)
    assert [work.id for work in rows.all(Work)] == [kept.id]
    states = {one.original_sha256: one.state for one in rows.all(Upload)}
    assert states == {shared.sha256: UploadState.CLAIMED, own.sha256: UploadState.ABORTED}


def test_only_a_draft_is_deleted(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(WorkPublished):
        works.delete_draft(actor_of(ada), parts, rows.work(ada).id)
    assert len(rows.all(Work)) == 1


def test_the_newest_publications_are_listed_first_without_drafts_and_tombstones(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    listed = [rows.work(ada, str(number), tags=["dub"] if number % 2 else []).id for number in range(5)]
    for state in (WorkState.DRAFT, WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        rows.work(ada, state=state)
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = works.list_published(VISITOR, parts, after=after, limit=2)
        seen += [work.id for work in page.rows]
        after = page.next_position
    assert (seen, after) == (listed[::-1], None)
    tagged = works.list_published(VISITOR, parts, tag="DUB", after=None, limit=10)
    assert [work.id for work in tagged.rows] == [listed[3], listed[1]]
    assert works.list_published(VISITOR, parts, tag="du", after=None, limit=10).rows == []
    assert works.list_published(VISITOR, parts, handle="nobody", after=None, limit=10).rows == []
