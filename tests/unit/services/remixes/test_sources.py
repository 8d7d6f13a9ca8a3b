"""What a remix may cite, what the citation holds, and why one is refused where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.domain.states import (
    IngestState,
    SourceKind,
    StemPackState,
    UploadPurpose,
    UploadState,
    WorkKind,
    WorkState,
)
from remixhub.domain.work_refusals import WorkPublished
from remixhub.models import Account, SourceLink, Stem, Upload, Work, now
from remixhub.services.licences.sources import (
    NewSource,
    SourceCyclic,
    SourceDuplicate,
    SourceNotFound,
    SourceNotPublished,
    SourceRangeInvalid,
    SourcesLimit,
    SourcesMissing,
    SourceStemUnknown,
    SourceTakenDown,
    SourceWithdrawn,
)
from remixhub.services.remixes.remixes import NewRemix, NotARemix, create_remix, set_sources
from remixhub.services.uploads.uploads import UploadNotFound, UploadNotReady, UploadPurposeWrong
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


def remixed(parts: Parts, by: Account, *works: Work | NewSource, **facts: Any) -> Work:
    cited = [one if isinstance(one, NewSource) else NewSource(one.id) for one in works]
    return create_remix(actor_of(by), parts, NewRemix("Remix", cited, **facts))


def test_a_draft_holds_what_its_sources_state_now(parts: Parts, rows: Rows, ada: Account, fan: Account) -> None:
    root = rows.work(ada, licence=Licence.BY_NC, inherited_shares=[2000])
    sampled = NewSource(root.id, SourceKind.SAMPLE, note="the bass", starts_seconds=1.0, ends_seconds=2.5)
    work = remixed(parts, fan, sampled)
    assert (work.kind, work.state, work.seq, work.licence) == (WorkKind.REMIX, WorkState.DRAFT, None, Licence.BY_NC)
    link = rows.one(SourceLink)
    assert (link.derivative_seq, link.source_seq, link.licence, link.inherited_shares) == (
        None,
        1,
        Licence.BY_NC,
        [2000],
    )
    assert (link.kind, link.note, link.starts_seconds, link.ends_seconds) == (SourceKind.SAMPLE, "the bass", 1.0, 2.5)
    assert link.licence_sha256 == text_sha256(Licence.BY_NC)


def test_a_licence_that_the_sources_do_not_allow_makes_no_draft(
    parts: Parts, rows: Rows, ada: Account, fan: Account
) -> None:
    root = rows.work(ada, licence=Licence.BY_SA)
    with pytest.raises(LicenceConflict):
        remixed(parts, fan, root, licence=Licence.BY)
    assert len(rows.all(Work)) == 1


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (WorkState.WITHDRAWN, SourceWithdrawn),
        (WorkState.TAKEN_DOWN, SourceTakenDown),
        (WorkState.DRAFT, SourceNotFound),
    ],
)
def test_only_what_is_published_is_cited_anew(
    parts: Parts, rows: Rows, ada: Account, fan: Account, state: WorkState, error: type[Exception]
) -> None:
    root = rows.work(ada, state=state)
    with pytest.raises(error):
        remixed(parts, fan, root)
    if state is WorkState.DRAFT:
        with pytest.raises(SourceNotPublished):
            remixed(parts, ada, root)


@pytest.mark.parametrize(("starts", "ends"), [(-0.1, None), (2.0, 2.0), (2.0, 1.0), (None, 0.0)])
def test_a_range_ends_after_its_start(
    parts: Parts, rows: Rows, ada: Account, starts: float | None, ends: float | None
) -> None:
    with pytest.raises(SourceRangeInvalid):
        remixed(parts, ada, NewSource(rows.work(ada).id, starts_seconds=starts, ends_seconds=ends))


def test_each_source_is_named_once_and_fifty_at_most(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada)
    with pytest.raises(SourcesMissing):
        remixed(parts, ada)
    with pytest.raises(SourceDuplicate) as twice:
        remixed(parts, ada, root, root)
    assert list(twice.value.violations) == ["/sources/1/source_id"]
    many = [rows.work(ada, str(number)) for number in range(51)]
    with pytest.raises(SourcesLimit):
        remixed(parts, ada, *many)
    assert len(remixed(parts, ada, *many[:50]).sources) == 50


def test_stems_are_published_ones_of_the_source(parts: Parts, rows: Rows, ada: Account) -> None:
    root, other = rows.work(ada, "Root"), rows.work(ada, "Other")
    packs = (
        rows.pack(root, [rows.original("a")]),
        rows.pack(other, [rows.original("b")]),
        rows.pack(root, [rows.original("c")], version=2, state=StemPackState.DRAFT),
    )
    own, foreign, draft = (rows.one(Stem, Stem.stem_pack_id == pack.id).id for pack in packs)
    for stem in (foreign, draft, "f" * 32):
        with pytest.raises(SourceStemUnknown):
            remixed(parts, ada, NewSource(root.id, stems=[own, stem]))
    assert remixed(parts, ada, NewSource(root.id, stems=[own, own])).sources[0].stems == [own]


# Another choice of sources


def test_a_source_that_stays_keeps_what_it_was_held_under(parts: Parts, rows: Rows, ada: Account, fan: Account) -> None:
    root, other = rows.work(ada, "Root", inherited_shares=[1000]), rows.work(ada, "Other")
    work = remixed(parts, fan, root)
    before = rows.one(SourceLink).declared_at
    rows.change(Work, Work.id == root.id, licence=Licence.BY_ND, inherited_shares=[], state=WorkState.WITHDRAWN)
    set_sources(actor_of(fan), parts, work.id, [NewSource(other.id), NewSource(root.id)], revision=1)
    links = {link.source_id: link for link in rows.all(SourceLink)}
    assert (links[root.id].licence, links[root.id].inherited_shares) == (Licence.BY, [1000])
    assert (links[root.id].position, links[root.id].declared_at) == (1, before)
    assert links[other.id].position == 0


def test_a_source_taken_down_goes(parts: Parts, rows: Rows, ada: Account, fan: Account) -> None:
    root = rows.work(ada)
    work = remixed(parts, fan, root)
    rows.change(Work, Work.id == root.id, state=WorkState.TAKEN_DOWN)
    with pytest.raises(SourceTakenDown):
        set_sources(actor_of(fan), parts, work.id, [NewSource(root.id)], revision=1)


def test_no_work_is_made_from_itself_and_only_drafts_change(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada)
    work = remixed(parts, ada, root)
    with pytest.raises(SourceCyclic):
        set_sources(actor_of(ada), parts, work.id, [NewSource(work.id)], revision=1)
    with pytest.raises(WorkPublished):
        set_sources(actor_of(ada), parts, rows.work(ada, "Published", [root]).id, [NewSource(root.id)], revision=1)
    release = rows.work(ada, state=WorkState.DRAFT)
    with pytest.raises(NotARemix):
        set_sources(actor_of(ada), parts, release.id, [NewSource(root.id)], revision=1)


def test_sources_that_do_not_suit_the_licence_are_not_taken(parts: Parts, rows: Rows, ada: Account) -> None:
    work = remixed(parts, ada, rows.work(ada, "Root"), licence=Licence.BY)
    strict = NewSource(rows.work(ada, "Strict", licence=Licence.BY_NC).id)
    with pytest.raises(LicenceConflict):
        set_sources(actor_of(ada), parts, work.id, [strict], revision=1)
    assert rows.one(SourceLink).licence is Licence.BY
    changed = set_sources(actor_of(ada), parts, work.id, [strict], revision=1, licence=Licence.BY_NC)
    assert (changed.licence, changed.revision) == (Licence.BY_NC, 2)


# The audio


def upload(rows: Rows, account: Account, **facts: Any) -> Upload:
    known = {
        "filename": "a.wav", "purpose": UploadPurpose.REMIX, "size_bytes": 1000, "part_size_bytes": 1000, "key": "k",
        "s3_upload_id": "u", "state": UploadState.READY, "expires_at": now(60), **facts,
    }  # fmt: skip
    return rows.add(Upload(account_id=account.id, **known))


def test_an_upload_is_claimed_once_by_its_account_for_its_purpose(
    parts: Parts, rows: Rows, ada: Account, fan: Account
) -> None:
    root, audio = rows.work(ada), rows.original("audio", ingest_state=IngestState.PENDING)
    mine = upload(rows, fan, original_sha256=audio.sha256)
    with pytest.raises(UploadNotFound):
        remixed(parts, ada, root, upload_id=mine.id)
    assert remixed(parts, fan, root, upload_id=mine.id).mix_sha256 == audio.sha256
    with pytest.raises(UploadNotReady):
        remixed(parts, fan, root, upload_id=mine.id)
    with pytest.raises(UploadPurposeWrong):
        remixed(parts, fan, root, upload_id=upload(rows, fan, purpose=UploadPurpose.STEM).id)


@pytest.mark.parametrize("state", [UploadState.OPEN, UploadState.VERIFYING, UploadState.REJECTED, UploadState.ABORTED])
def test_an_upload_that_is_not_ready_is_not_claimed_and_no_draft_is_made(
    parts: Parts, rows: Rows, ada: Account, state: UploadState
) -> None:
    root = rows.work(ada)
    waiting = upload(rows, ada, state=state, rejection_detail="It is cut short.")
    with pytest.raises(UploadNotReady, match="cut short" if state is UploadState.REJECTED else state.value):
        remixed(parts, ada, root, upload_id=waiting.id)
    assert len(rows.all(Work)) == 1
