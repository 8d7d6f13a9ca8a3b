"""What is ordered for stems: one ingest by each version of the engine, and a review of every draft that changed."""

from __future__ import annotations

import pytest

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import IngestState, JobKind, StemPackState, WorkState
from remixhub.models import Account, Job, Original, StemPack
from remixhub.services.stems.orders import order_ingest, order_reviews_with, present_digest
from remixhub.services.stems.review import give_up_on_review
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.mark.parametrize(
    ("state", "version", "is_ordered", "becomes"),
    [
        (IngestState.PENDING, None, True, IngestState.PENDING),
        (IngestState.READY, ENGINE_VERSION, False, IngestState.READY),
        (IngestState.REFUSED, ENGINE_VERSION, False, IngestState.REFUSED),
        (IngestState.READY, "old", True, IngestState.READY),
        (IngestState.REFUSED, "old", True, IngestState.PENDING),
    ],
)
def test_each_version_of_the_engine_looks_at_an_original_once(
    parts: Parts, rows: Rows, state: IngestState, version: str | None, is_ordered: bool, becomes: IngestState
) -> None:
    refusal = "not_audio" if state is IngestState.REFUSED else None
    original = rows.original("a", ingest_state=state, engine_version=version, refusal_code=refusal)
    with parts.database.writing() as session:
        order_ingest(session, SYSTEM, parts, original.sha256)
    assert [job.subject_id for job in rows.all(Job)] == ([original.sha256] if is_ordered else [])
    now_it_is = rows.one(Original)
    assert (now_it_is.ingest_state, now_it_is.refusal_code) == (becomes, None if becomes is not state else refusal)


def test_drafts_with_the_original_as_a_stem_or_as_the_mix_are_reviewed(parts: Parts, rows: Rows, ada: Account) -> None:
    audio, other = rows.original("audio"), rows.original("other")
    by_stem = rows.pack(rows.work(ada, state=WorkState.DRAFT), [audio, other])
    by_mix = rows.pack(rows.work(ada, state=WorkState.DRAFT, mix_sha256=audio.sha256), [other])
    rows.pack(rows.work(ada, state=WorkState.DRAFT), [other])
    rows.pack(rows.work(ada), [audio])
    with parts.database.writing() as session:
        order_reviews_with(session, SYSTEM, parts, audio.sha256)
    jobs = rows.all(Job)
    assert {job.subject_id for job in jobs} == {by_stem.id, by_mix.id}
    assert {job.kind for job in jobs} == {JobKind.REVIEW_STEM_PACK}


def test_a_pack_that_could_not_be_checked_may_be_published_with_a_warning(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    pack = rows.pack(rows.work(ada, state=WorkState.DRAFT), [rows.original("a")])
    frozen = rows.pack(rows.work(ada), [rows.original("b")])
    with parts.database.writing() as session:
        for one in (pack, frozen):
            give_up_on_review(session, one.id, "internal", "it broke")
    with parts.database.reading() as session:
        judged = session.get_one(StemPack, pack.id)
        assert judged.findings is not None
        assert [(one["code"], one["severity"]) for one in judged.findings] == [("review_failed", "warning")]
        assert judged.reviewed_digest == present_digest(judged, judged.work)
    assert rows.one(StemPack, StemPack.state == StemPackState.FROZEN).findings is None
