"""What has to hold before a work is published, and what publishing leaves behind, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import Forbidden, NotFound
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, JobKind, StemPackState, WorkState
from remixhub.domain.stems.packs import PackedStem, pack_digest, review_digest
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import AuditEntry, Job, Mixdown, Original, SourceLink, Stem, StemPack, Work
from remixhub.services.licences.sources import SourcesMissing, SourceTakenDown
from remixhub.services.remixes.publishing import (
    StemPackBroken,
    StemPackNotReviewed,
    StemPackUnchanged,
    StemsMissing,
    StemsNotReady,
    publish_stem_pack,
    publish_work,
)
from remixhub.services.remixes.remixes import RemixAudioMissing, RemixAudioPending, RemixAudioRefused
from tests.unit.rows import Rows, actor_of, sha256_of

WARNING = {"code": "short", "severity": "warning", "stem": None, "file": None, "figure": None, "advice": "Look."}
ERROR = {**WARNING, "severity": "error", "advice": "Mend it."}


@dataclass
class Desk:
    """An artist with drafts."""

    parts: Parts
    rows: Rows

    def __post_init__(self) -> None:
        self.artist = self.rows.account("artist")

    def release(self, *names: str, **facts: Any) -> Work:
        """A draft with a reviewed pack of stems with these names, none of them a fault."""
        work = self.rows.work(self.artist, state=WorkState.DRAFT, **facts)
        self.reviewed(self.rows.pack(work, [self.rows.original(name) for name in names]))
        return work

    def remix(self, *sources: Work, **facts: Any) -> Work:
        """A draft with audio, which is ready."""
        audio = facts.pop("audio", None) or self.rows.original("remix")
        return self.rows.work(
            self.artist, sources=sources, state=WorkState.DRAFT, **{"mix_sha256": audio.sha256, **facts}
        )

    def packed(self, pack: StemPack) -> list[PackedStem]:
        stems = sorted(self.rows.all(Stem, Stem.stem_pack_id == pack.id), key=lambda one: one.position)
        return [PackedStem(one.id, one.role, one.name, one.gain_db, one.original_sha256) for one in stems]

    def reviewed(self, pack: StemPack, *findings: dict[str, Any], mix_sha256: str | None = None) -> None:
        """As it is now."""
        digest = review_digest(self.packed(pack), mix_sha256)
        self.rows.change(StemPack, StemPack.id == pack.id, findings=list(findings), reviewed_digest=digest)

    def pack(self, work: Work) -> StemPack:
        return self.rows.one(StemPack, StemPack.work_id == work.id)

    def ordered(self) -> list[Job]:
        """But for what browsers mix, which these stems lack."""
        return self.rows.all(Job, Job.kind != JobKind.PREPARE_STEM)

    def ordered_mixes(self) -> list[Job]:
        return self.rows.all(Job, Job.kind == JobKind.RENDER_MIXDOWN)

    def publish(self, work: Work) -> Work:
        return publish_work(actor_of(self.artist), self.parts, work.id)

    def refuses(self, work: Work, error: type[Exception]) -> Any:
        with pytest.raises(error) as refused:
            self.publish(work)
        unchanged = self.rows.one(Work, Work.id == work.id)
        assert (unchanged.state, unchanged.seq, unchanged.revision) == (WorkState.DRAFT, None, 1)
        return refused.value


@pytest.fixture
def desk(parts: Parts, rows: Rows) -> Desk:
    return Desk(parts, rows)


def test_publishing_numbers_the_work_freezes_its_stems_and_says_so(desk: Desk) -> None:
    work = desk.release("bass", "drums")
    published = desk.publish(work)
    assert (published.state, published.seq) == (WorkState.PUBLISHED, 1)
    assert published.published_at is not None
    pack = desk.pack(work)
    assert (pack.state, pack.digest) == (StemPackState.FROZEN, pack_digest(desk.packed(pack)))
    assert pack.frozen_at is not None
    entry = desk.rows.one(AuditEntry)
    assert (entry.action, entry.actor, entry.after) == (
        "work.published", desk.artist.id, {"seq": 1, "licence": "cc-by-4.0", "stem_pack": pack.id},
    )  # fmt: skip


def test_works_are_numbered_in_the_order_of_publication(desk: Desk) -> None:
    first, second = desk.release("a"), desk.release("b")
    assert [desk.publish(one).seq for one in (second, first)] == [1, 2]


def test_publishing_again_gives_the_work_as_it_is(desk: Desk) -> None:
    work = desk.release("bass")
    first, again = desk.publish(work), desk.publish(work)
    assert (again.seq, again.revision) == (first.seq, first.revision)
    assert len(desk.rows.all(AuditEntry)) == 1


def test_a_stranger_does_not_publish(desk: Desk) -> None:
    work, stranger = desk.release("bass"), actor_of(desk.rows.account("stranger"))
    with pytest.raises(NotFound):
        publish_work(stranger, desk.parts, work.id)
    desk.publish(work)
    with pytest.raises(Forbidden):
        publish_work(stranger, desk.parts, work.id)


def test_what_is_withdrawn_is_not_published_again(desk: Desk) -> None:
    work = desk.rows.work(desk.artist, state=WorkState.WITHDRAWN)
    with pytest.raises(WorkWithdrawn):
        desk.publish(work)


# The stems


def test_a_release_needs_stems(desk: Desk) -> None:
    desk.refuses(desk.release(), StemsMissing)
    desk.refuses(desk.rows.work(desk.artist, state=WorkState.DRAFT), StemsMissing)


@pytest.mark.parametrize(
    ("state", "word"), [(IngestState.PENDING, "still being worked on"), (IngestState.REFUSED, "refused")]
)
def test_all_stems_have_to_be_playable(desk: Desk, state: IngestState, word: str) -> None:
    work = desk.release("bass", "drums")
    desk.rows.change(Original, Original.sha256 == sha256_of("drums"), ingest_state=state)
    error = desk.refuses(work, StemsNotReady)
    assert word in error.detail
    assert [one["state"] for one in error.context["stems"]] == [state.value]


def test_stems_that_were_never_reviewed_wait(desk: Desk) -> None:
    work = desk.release("bass")
    desk.rows.change(StemPack, findings=None, reviewed_digest=None)
    desk.refuses(work, StemPackNotReviewed)


def test_the_review_of_another_pack_is_none(desk: Desk) -> None:
    work, other = desk.release("bass"), desk.release("drums")
    digest = desk.pack(other).reviewed_digest
    desk.rows.change(StemPack, StemPack.work_id == work.id, reviewed_digest=digest)
    desk.refuses(work, StemPackNotReviewed)


def test_a_review_does_not_speak_for_a_stem_that_came_later(desk: Desk) -> None:
    work = desk.release("bass")
    desk.rows.stem(desk.pack(work), desk.rows.original("drums"), position=1)
    desk.refuses(work, StemPackNotReviewed)


@pytest.mark.parametrize("changed", [{"role": "drums"}, {"original_sha256": sha256_of("other")}])
def test_a_review_does_not_speak_for_a_stem_that_is_another_now(desk: Desk, changed: dict[str, str]) -> None:
    work = desk.release("bass")
    desk.rows.original("other")
    desk.rows.change(Stem, **changed)
    desk.refuses(work, StemPackNotReviewed)


def test_a_review_does_not_speak_for_another_reference_mix(desk: Desk) -> None:
    work = desk.release("bass")
    desk.rows.change(Work, mix_sha256=desk.rows.original("mix").sha256)
    desk.refuses(work, StemPackNotReviewed)
    desk.reviewed(desk.pack(work), mix_sha256=sha256_of("mix"))
    assert desk.publish(work).seq == 1


@pytest.mark.parametrize("changed", [{"name": "Low end"}, {"gain_db": -3.0}, {"position": 7}])
def test_what_stems_are_called_and_how_loud_they_are_is_not_reviewed(desk: Desk, changed: dict[str, Any]) -> None:
    work = desk.release("bass")
    desk.rows.change(Stem, **changed)
    assert desk.publish(work).seq == 1


def test_an_error_stops_the_pack_and_a_warning_does_not(desk: Desk) -> None:
    work = desk.release("bass")
    desk.reviewed(desk.pack(work), WARNING, ERROR)
    assert desk.refuses(work, StemPackBroken).context["findings"] == [ERROR]
    desk.reviewed(desk.pack(work), WARNING)
    assert desk.publish(work).seq == 1


# The whole piece


def test_a_release_without_a_mix_is_mixed_by_the_hub_on_its_own_account(desk: Desk) -> None:
    published = desk.publish(work := desk.release("bass", "drums"))
    assert (published.is_unheard, published.playable_digest) == (True, None)
    mixdown = desk.rows.one(Mixdown)
    assert (mixdown.stem_pack_id, mixdown.state) == (desk.pack(work).id, IngestState.PENDING)
    (job,) = desk.ordered_mixes()
    assert (job.subject_id, job.account_id) == (mixdown.digest, None)


def test_a_release_with_a_reference_mix_needs_no_other(desk: Desk) -> None:
    work = desk.release("bass", mix_sha256=desk.rows.original("mix").sha256)
    desk.reviewed(desk.pack(work), mix_sha256=work.mix_sha256)
    assert not desk.publish(work).is_unheard
    assert desk.rows.all(Mixdown) == desk.ordered_mixes() == []


def test_a_next_version_silences_the_mix_of_the_stems_before(desk: Desk) -> None:
    work = desk.rows.work(desk.artist, stems_mix_digest="0" * 64)
    desk.rows.pack(work, [desk.rows.original("old")])
    publish_stem_pack(actor_of(desk.artist), desk.parts, next_pack(desk, work, "new").id)
    changed = desk.rows.one(Work)
    assert (changed.stems_mix_digest, changed.is_unheard) == (None, True)
    assert [job.subject_id for job in desk.ordered()] == [desk.rows.one(Mixdown).digest]


# Remixes


def test_a_remix_without_stems_is_linked_counted_later_and_leaves_no_pack(desk: Desk) -> None:
    root = desk.rows.work(desk.artist, "Root")
    middle = desk.rows.work(desk.artist, "Middle", [root], generation=1)
    remix = desk.remix(root, middle)
    desk.rows.pack(remix)
    published = desk.publish(remix)
    assert (published.seq, published.generation, published.is_uncounted) == (3, 2, True)
    links = desk.rows.all(SourceLink, SourceLink.derivative_id == remix.id)
    assert {(link.source_seq, link.derivative_seq) for link in links} == {(1, 3), (2, 3)}
    assert desk.rows.all(StemPack, StemPack.work_id == remix.id) == []
    assert [job.kind for job in desk.ordered()] == [JobKind.SETTLE_LINEAGE]


def test_a_release_has_nobody_to_be_counted_by_but_its_artist(desk: Desk) -> None:
    published = desk.publish(desk.release("bass"))
    assert (published.generation, published.is_uncounted) == (0, False)
    assert {job.kind for job in desk.ordered()} == {JobKind.RENDER_MIXDOWN, JobKind.SETTLE_LINEAGE}


def test_a_remix_needs_a_source(desk: Desk) -> None:
    root = desk.rows.work(desk.artist, "Root")
    remix = desk.remix(root)
    with desk.parts.database.writing() as session:
        session.delete(session.get_one(SourceLink, (remix.id, root.id)))
    desk.refuses(remix, SourcesMissing)


def test_a_source_that_was_taken_down_stops_a_remix_and_one_that_was_withdrawn_does_not(desk: Desk) -> None:
    remix = desk.remix(root := desk.rows.work(desk.artist, "Root"))
    desk.rows.change(Work, Work.id == root.id, state=WorkState.TAKEN_DOWN)
    desk.refuses(remix, SourceTakenDown)
    desk.rows.change(Work, Work.id == root.id, state=WorkState.WITHDRAWN)
    assert desk.publish(remix).seq == 2


@pytest.mark.parametrize(
    ("state", "error"), [(IngestState.PENDING, RemixAudioPending), (IngestState.REFUSED, RemixAudioRefused)]
)
def test_a_remix_needs_audio_that_plays(desk: Desk, state: IngestState, error: type[Exception]) -> None:
    remix = desk.remix(desk.rows.work(desk.artist), audio=desk.rows.original("late", ingest_state=state))
    desk.refuses(remix, error)
    desk.rows.change(Work, Work.id == remix.id, mix_sha256=None)
    desk.refuses(remix, RemixAudioMissing)


def test_the_licence_is_judged_again_over_what_the_sources_were_held_under(desk: Desk) -> None:
    root = desk.rows.work(desk.artist, "Root", licence=Licence.BY_NC)
    remix = desk.remix(root, licence=Licence.BY)
    desk.rows.change(Work, Work.id == root.id, licence=Licence.CC0)
    desk.refuses(remix, LicenceConflict)
    desk.rows.change(Work, Work.id == remix.id, licence=Licence.BY_NC)
    assert desk.publish(remix).seq == 2


# The next version of the stems


def next_pack(desk: Desk, work: Work, *names: str) -> StemPack:
    pack = desk.rows.pack(work, [desk.rows.original(name) for name in names], version=2, state=StemPackState.DRAFT)
    desk.reviewed(pack)
    return pack


def test_a_next_version_is_published_with_its_note_and_as_it_is_the_second_time(desk: Desk) -> None:
    work = desk.rows.work(desk.artist)
    desk.rows.pack(work, [desk.rows.original("old")])
    pack = next_pack(desk, work, "new")
    actor = actor_of(desk.artist)
    published = publish_stem_pack(actor, desk.parts, pack.id, note="louder")
    assert (published.state, published.version, published.note) == (StemPackState.FROZEN, 2, "louder")
    assert publish_stem_pack(actor, desk.parts, pack.id, note="again").note == "louder"


def test_a_next_version_that_changes_nothing_is_refused(desk: Desk) -> None:
    work = desk.rows.work(desk.artist)
    (original,) = [desk.rows.original("bass")]
    desk.rows.pack(work, [original])
    pack = desk.rows.pack(work, [original], version=2, state=StemPackState.DRAFT)
    desk.reviewed(pack)
    with pytest.raises(StemPackUnchanged):
        publish_stem_pack(actor_of(desk.artist), desk.parts, pack.id)
    desk.rows.change(Stem, Stem.stem_pack_id == pack.id, gain_db=-3.0)
    assert publish_stem_pack(actor_of(desk.artist), desk.parts, pack.id).version == 2


def test_a_next_version_is_reviewed_too(desk: Desk) -> None:
    work = desk.rows.work(desk.artist)
    pack = next_pack(desk, work, "bass")
    desk.rows.change(StemPack, StemPack.id == pack.id, reviewed_digest="0" * 64)
    with pytest.raises(StemPackNotReviewed):
        publish_stem_pack(actor_of(desk.artist), desk.parts, pack.id)


def test_the_first_version_is_published_with_its_work(desk: Desk) -> None:
    work = desk.release("bass")
    with pytest.raises(WorkNotPublished):
        publish_stem_pack(actor_of(desk.artist), desk.parts, desk.pack(work).id)
