"""Leaving: what goes with an account, what stays of it, and who may not go yet."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.labels import LabelOwnerMissing, LabelRole
from remixhub.domain.moderation import ReportReason
from remixhub.domain.states import UploadPurpose, UploadState, WorkState
from remixhub.models import (
    AccessToken,
    Account,
    BrowserSession,
    Contest,
    ContestEntry,
    ContestSlot,
    Label,
    LabelMember,
    Mix,
    Mixdown,
    Takedown,
    TakedownWork,
    Upload,
    Work,
    now,
)
from remixhub.services.accounts.accounts import PasswordWrong
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.upkeep.departures import delete_account
from tests.unit.rows import LONG_AGO, Rows, actor_of, sha256_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)


@pytest.fixture
def ada(rows: Rows) -> Account:
    facts = {"bio": "Bass.", "links": ["https://example.org"], "is_operator": True, "stored_bytes": 5000}
    return rows.account("ada", password_hash=HASH, **facts)


def leave(parts: Parts, account: Account, *, withdraw_works: bool = False) -> None:
    delete_account(actor_of(account), parts, password=PASSWORD, withdraw_works=withdraw_works)


def upload(rows: Rows, account: Account, state: UploadState, **facts: Any) -> Upload:
    known = {
        "filename": "a.wav", "purpose": UploadPurpose.STEM, "size_bytes": 1000, "part_size_bytes": 1000, "key": "k",
        "s3_upload_id": "u", "expires_at": now(3600), **facts,
    }  # fmt: skip
    return rows.add(Upload(account_id=account.id, state=state, **known))


def test_only_the_handle_and_the_name_on_credits_stay(parts: Parts, rows: Rows, ada: Account) -> None:
    leave(parts, ada)
    left = rows.one(Account)
    assert (left.handle, left.display_name) == ("ada", "Ada")
    assert (left.email, left.email_verified_at, left.password_hash, left.bio, left.links) == (None, None, None, "", [])
    assert not left.is_operator
    assert left.deleted_at is not None


def test_the_password_is_asked_for(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(PasswordWrong):
        delete_account(actor_of(ada), parts, password="wrong", withdraw_works=True)
    assert rows.one(Account).deleted_at is None


def test_sessions_and_tokens_end_and_others_do_not(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben")
    for account in (ada, ben):
        rows.add(BrowserSession(token_hash=sha256_of(account.id), account_id=account.id, expires_at=now(60)))
        rows.add(AccessToken(token_hash=sha256_of(account.id), account_id=account.id, name="t", scopes=["read"]))
    leave(parts, ada)
    assert [one.account_id for one in rows.all(BrowserSession)] == [ben.id]
    assert [one.account_id for one in rows.all(AccessToken, AccessToken.revoked_at.is_(None))] == [ben.id]


def test_works_stay_unless_they_are_to_be_withdrawn(parts: Parts, rows: Rows, ada: Account) -> None:
    work, other = rows.work(ada), rows.work(rows.account("ben"))
    leave(parts, ada)
    assert rows.one(Work, Work.id == work.id).state is WorkState.PUBLISHED
    rows.change(Account, Account.id == ada.id, deleted_at=None, password_hash=HASH)
    leave(parts, ada, withdraw_works=True)
    gone = rows.one(Work, Work.id == work.id)
    assert gone.state is WorkState.WITHDRAWN
    assert gone.withdrawn_at is not None
    assert rows.one(Work, Work.id == other.id).state is WorkState.PUBLISHED


@pytest.mark.parametrize(
    ("withdraw_works", "comes_back_as"), [(True, WorkState.WITHDRAWN), (False, WorkState.PUBLISHED)]
)
def test_a_work_that_is_down_comes_back_as_its_artist_left_it(
    parts: Parts, rows: Rows, ada: Account, withdraw_works: bool, comes_back_as: WorkState
) -> None:
    work = rows.work(ada, state=WorkState.TAKEN_DOWN)
    takedown = rows.add(Takedown(reason=ReportReason.OFFENSIVE))
    rows.add(TakedownWork(takedown_id=takedown.id, work_id=work.id, state_before=WorkState.PUBLISHED))
    leave(parts, ada, withdraw_works=withdraw_works)
    assert rows.one(TakedownWork).state_before is comes_back_as
    assert rows.one(Work).state is WorkState.TAKEN_DOWN


def test_drafts_and_mixes_go_and_give_their_bytes_back(parts: Parts, rows: Rows, ada: Account) -> None:
    kept, lost = rows.original("kept"), rows.original("lost")
    published, draft = rows.work(ada), rows.work(ada, state=WorkState.DRAFT)
    pack = rows.pack(published, [kept])
    rows.pack(draft, [kept, lost])
    for original in (kept, lost):
        upload(rows, ada, UploadState.CLAIMED, original_sha256=original.sha256)
    mixdown = rows.add(Mixdown(digest=sha256_of("mix"), stem_pack_id=pack.id, spec={}, sample_rate_hz=48_000))
    rows.add(Mix(account_id=ada.id, mixdown_digest=mixdown.digest))
    leave(parts, ada)
    assert [work.id for work in rows.all(Work)] == [published.id]
    assert rows.all(Mix) == []
    states = {one.original_sha256: one.state for one in rows.all(Upload)}
    assert states == {kept.sha256: UploadState.CLAIMED, lost.sha256: UploadState.ABORTED}
    assert rows.one(Account).stored_bytes == 4000


def test_what_was_being_uploaded_is_left_to_the_next_sweep(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben")
    for state in (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY):
        upload(rows, ada, state)
    upload(rows, ben, UploadState.OPEN)
    leave(parts, ada)
    over = rows.all(Upload, Upload.expires_at <= now())
    assert {(one.account_id, one.state) for one in over} == {
        (ada.id, state) for state in (UploadState.OPEN, UploadState.VERIFYING, UploadState.READY)
    }


def label(rows: Rows, *members: tuple[Account, LabelRole]) -> Label:
    made = rows.add(Label(handle="nightshift", name="Night Shift"))
    for account, role in members:
        rows.add(LabelMember(label_id=made.id, account_id=account.id, role=role))
    return made


def test_the_only_owner_of_a_label_with_members_does_not_go(parts: Parts, rows: Rows, ada: Account) -> None:
    ben = rows.account("ben")
    label(rows, (ada, LabelRole.OWNER), (ben, LabelRole.MANAGER))
    with pytest.raises(LabelOwnerMissing):
        leave(parts, ada)
    assert rows.one(Account, Account.id == ada.id).deleted_at is None
    rows.change(LabelMember, LabelMember.account_id == ben.id, role=LabelRole.OWNER)
    leave(parts, ada)
    assert [member.account_id for member in rows.all(LabelMember)] == [ben.id]


def test_a_draft_that_is_entered_stays_for_the_contests_records(parts: Parts, rows: Rows, ada: Account) -> None:
    host = rows.account("host")
    own, release = label(rows, (host, LabelRole.OWNER)), rows.work(host)
    draft = rows.work(ada, "Remix", [release], state=WorkState.DRAFT)
    contest = rows.add(
        Contest(
            label_id=own.id, title="Remix it", terms={}, seed="s", salt="s", log_head="0" * 64, release_id=release.id,
            opens_at=LONG_AGO, closes_at=LONG_AGO.replace(year=2021),
        )
    )  # fmt: skip
    rows.add(ContestSlot(contest_id=contest.id, slot=1))
    entry = {"contest_id": contest.id, "account_id": ada.id, "work_id": draft.id, "slot": 1, "audio_sha256": "0" * 64}
    rows.add(ContestEntry(**entry, state=EntryState.RULED_OUT))
    leave(parts, ada)
    assert rows.one(Work, Work.id == draft.id).state is WorkState.DRAFT
