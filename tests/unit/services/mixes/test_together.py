"""All stems together, for works without a mix by their artist: which, by what spec, and how many at a time."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.licences.terms import Licence
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.states import IngestState, JobKind, JobState, StemPackState, WholeKind, WorkState
from remixhub.models import Account, AuditEntry, Job, Mixdown, Stem, StemPack, Work
from remixhub.services.mixes import together
from remixhub.services.mixes.rendering import refuse_mixdown
from remixhub.services.works.view import view_work
from tests.unit.rows import Rows


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account("artist")


def unheard(rows: Rows, artist: Account, name: str = "Song", **facts: Any) -> Work:
    """Published with two stems before works were given this mix."""
    work = rows.work(artist, name, is_unheard=True, **facts)
    rows.pack(work, [rows.original(f"{name} {one}") for one in ("low", "high")])
    return work


def ordered(rows: Rows) -> list[str]:
    """The ids of the works whose mix is ordered, by the age of the order."""
    packs = {pack.id: pack.work_id for pack in rows.all(StemPack)}
    mixdowns = {one.digest: packs[one.stem_pack_id] for one in rows.all(Mixdown)}
    jobs = sorted(rows.all(Job, Job.kind == JobKind.RENDER_MIXDOWN), key=lambda job: job.created_at)
    return [mixdowns[job.subject_id] for job in jobs]


def settle(parts: Parts, digest: str) -> None:
    with parts.database.writing() as session:
        together.settle(session, session.get_one(Mixdown, digest))


def rendered(parts: Parts, rows: Rows) -> str:
    """The digest of the only mixdown, which is rendered now, and whose work knows of it."""
    rows.change(Mixdown, state=IngestState.READY)
    digest = rows.one(Mixdown).digest
    settle(parts, digest)
    return digest


def test_the_stems_are_mixed_at_the_gains_that_the_artist_suggests_to_the_usual_loudness(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    unheard(rows, artist)
    rows.change(Stem, Stem.position == 1, gain_db=-4.5)
    together.order_due(parts)
    mixdown = rows.one(Mixdown)
    low, high = sorted(rows.all(Stem), key=lambda one: one.position)
    spelt = {"version": 1, "lanes": [{"stem": low.id}, {"stem": high.id, "gain_db": -4.5}]}
    expected = {**spelt, "sample_rate_hz": 48_000, "loudness": {"target_lufs": -14, "ceiling_dbtp": -1}}
    assert parse_mix_spec(mixdown.spec) == parse_mix_spec(expected)
    assert rows.one(Job).account_id is None


def test_a_work_is_heard_once_its_mix_is_rendered(parts: Parts, rows: Rows, artist: Account) -> None:
    work = unheard(rows, artist)
    together.order_due(parts)
    waiting = view_work(VISITOR, parts, work.id)
    assert (waiting.whole, waiting.work.whole_kind, waiting.work.playable_digest) == (None, None, None)
    digest = rendered(parts, rows)
    heard = view_work(VISITOR, parts, work.id)
    assert (heard.work.whole_kind, heard.work.playable_digest) == (WholeKind.STEMS_TOGETHER, digest)
    assert heard.whole is not None
    assert (heard.whole.digest, heard.whole.state, heard.may_hear_whole) == (digest, IngestState.READY, True)
    assert (heard.work.is_unheard, heard.work.revision) == (False, 1)
    assert [one.action for one in rows.all(AuditEntry)] == ["work.stems_mixed"]


def test_a_render_that_is_refused_leaves_the_work_as_it_was_and_is_not_ordered_again(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    work = unheard(rows, artist)
    together.order_due(parts)
    with parts.database.writing() as session:
        refuse_mixdown(session, rows.one(Mixdown).digest, "internal", "It broke.")
    rows.change(Job, state=JobState.DEAD)
    together.order_due(parts)
    left = rows.one(Work)
    assert (left.state, left.whole_kind, left.is_unheard) == (WorkState.PUBLISHED, None, False)
    assert view_work(VISITOR, parts, work.id).whole is None
    assert len(rows.all(Job)) == 1


def test_the_artists_own_mix_wins(parts: Parts, rows: Rows, artist: Account) -> None:
    unheard(rows, artist)
    together.order_due(parts)
    rows.change(Work, mix_sha256=rows.original("mix").sha256)
    rendered(parts, rows)
    assert rows.one(Work).stems_mix_digest is None
    rows.change(Work, mix_sha256=None)
    digest = rendered(parts, rows)
    rows.change(Work, mix_sha256=rows.original("other").sha256)
    work = rows.one(Work)
    assert work.stems_mix_digest == digest
    assert (work.whole_kind, work.whole_digest) == (WholeKind.UPLOADED, work.mix_sha256)


def test_the_mix_of_a_version_that_is_no_longer_the_newest_is_not_taken(
    parts: Parts, rows: Rows, artist: Account
) -> None:
    work = unheard(rows, artist)
    together.order_due(parts)
    old = rows.one(Mixdown).digest
    rows.pack(work, [rows.original("new")], version=2)
    rendered(parts, rows)
    assert (rows.one(Work).stems_mix_digest, rows.one(Work).is_unheard) == (None, True)
    rows.change(Mixdown, state=IngestState.REFUSED)
    settle(parts, old)
    assert rows.one(Work).is_unheard
    rows.pack(work, [rows.original("begun")], version=3, state=StemPackState.DRAFT)
    rows.change(Job, state=JobState.DONE)
    together.order_due(parts)
    (new,) = rows.all(Mixdown, Mixdown.digest != old)
    rows.change(Mixdown, Mixdown.digest == new.digest, state=IngestState.READY)
    settle(parts, new.digest)
    assert rows.one(Work).stems_mix_digest == new.digest


def test_another_mix_of_the_stems_is_nobodys_whole_piece(parts: Parts, rows: Rows, artist: Account) -> None:
    unheard(rows, artist)
    together.order_due(parts)
    mixdown = rows.one(Mixdown)
    rows.change(Mixdown, state=IngestState.READY, spec={**mixdown.spec, "gain_db": -1.0})
    settle(parts, mixdown.digest)
    assert (rows.one(Work).stems_mix_digest, rows.one(Work).is_unheard) == (None, True)


def test_what_somebody_had_rendered_already_is_taken_at_once(parts: Parts, rows: Rows, artist: Account) -> None:
    unheard(rows, artist)
    together.order_due(parts)
    rows.change(Mixdown, state=IngestState.READY)
    rows.change(Job, state=JobState.DONE)
    together.order_due(parts)
    assert rows.one(Work).stems_mix_digest == rows.one(Mixdown).digest
    assert len(rows.all(Job)) == 1


def test_works_of_before_are_done_a_few_at_a_time_the_oldest_first(parts: Parts, rows: Rows, artist: Account) -> None:
    works = [unheard(rows, artist, f"Song {number}").id for number in range(6)]
    rows.work(artist, "Without stems")
    unheard(rows, artist, "Silenced", state=WorkState.TAKEN_DOWN)
    together.order_due(parts)
    together.order_due(parts)
    assert sorted(ordered(rows)) == sorted(works[:4])
    for mixdown in rows.all(Mixdown):
        rows.change(Mixdown, state=IngestState.READY)
        settle(parts, mixdown.digest)
    rows.change(Job, Job.subject_id != rows.all(Mixdown)[0].digest, state=JobState.DONE)
    together.order_due(parts)
    assert len(ordered(rows)) == 4
    rows.change(Job, state=JobState.DONE)
    together.order_due(parts)
    assert sorted(ordered(rows)) == sorted(works)


def test_stems_under_a_contest_licence_are_on_no_card(parts: Parts, rows: Rows, artist: Account) -> None:
    unheard(rows, artist, licence=Licence("LicenseRef-contest-0123456789"))
    together.order_due(parts)
    digest = rendered(parts, rows)
    work = rows.one(Work)
    assert (work.whole_digest, work.playable_digest) == (digest, None)
    rows.change(Work, mix_sha256=rows.original("mix").sha256)
    assert rows.one(Work).playable_digest is not None
