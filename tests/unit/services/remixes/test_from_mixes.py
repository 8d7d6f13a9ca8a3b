"""From a mix to a remix: filled in with the stems that sound, under the freest licence, and published once."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import Invalid, NotFound
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, WishState, WorkState
from remixhub.models import Mixdown, SourceLink, SourceWish, Stem, Work
from remixhub.services.mixes import mixes
from remixhub.services.mixes.page import view_mix_page
from remixhub.services.remixes import from_mixes
from remixhub.services.remixes.remixes import RemixAudioPending
from tests.unit.rows import Rows, actor_of


class Studio:
    def __init__(self, parts: Parts, rows: Rows) -> None:
        self.parts, self.rows = parts, rows
        self.artist, self.fan = rows.account("artist"), rows.account("fan")
        self.root = rows.work(self.artist, title="Root", licence=Licence.CC0)
        facts = {"title": "Song", "licence": Licence.BY, "tempo_bpm": 124.0, "key": "A minor"}
        self.work = rows.work(self.artist, sources=[self.root], **facts)
        self.pack = rows.pack(self.work, [rows.original(name) for name in "abcd"])
        self.stems = [one.id for one in sorted(rows.all(Stem), key=lambda one: one.position)]
        self.me = actor_of(self.fan)

    def mix(self, spec: dict[str, Any], title: str = "Late") -> str:
        view, _ = mixes.create_mix(self.me, self.parts, stem_pack_id=self.pack.id, spec=spec, title=title)
        return view.mix.id

    def plain(self) -> dict[str, Any]:
        return {"version": 1, "lanes": [{"stem": stem} for stem in self.stems[:2]]}

    def begin(self, mix_id: str) -> Work:
        work_id = from_mixes.begin_from_mix(self.me, self.parts, mix_id)
        return self.rows.one(Work, Work.id == work_id)

    def render(self) -> None:
        self.rows.change(Mixdown, state=IngestState.READY, duration_frames=48_000)

    def sources_of(self, remix: Work) -> list[tuple[str, list[str]]]:
        links = self.rows.all(SourceLink, SourceLink.derivative_id == remix.id)
        return [(link.source_id, link.stems) for link in links]


@pytest.fixture
def studio(parts: Parts, rows: Rows) -> Studio:
    return Studio(parts, rows)


def test_a_draft_is_filled_in_from_the_mix(studio: Studio) -> None:
    remix = studio.begin(studio.mix(studio.plain()))
    assert (remix.title, remix.licence, remix.tempo_bpm, remix.key) == ("Late", Licence.BY, 124.0, "A minor")
    assert studio.sources_of(remix) == [(studio.work.id, studio.stems[:2])]
    assert remix.mixdown_digest is not None


def test_a_mix_without_a_name_is_named_by_the_work_and_its_maker(studio: Studio) -> None:
    assert studio.begin(studio.mix(studio.plain(), title="")).title == "Song (fan remix)"


@pytest.mark.parametrize(
    ("version", "lanes"),
    [
        (1, [{}, {"muted": True}, {}, {"muted": True, "solo": False}]),
        (1, [{"solo": True}, {}, {"solo": True}, {"solo": True, "muted": True}]),
        (2, [{}, {"clips": []}, {"clips": [{"trim_start_frames": 100}, {"offset_frames": 500}]}, {"muted": True}]),
    ],
)
def test_the_stems_that_sound_are_those_that_were_used(
    studio: Studio, version: int, lanes: list[dict[str, Any]]
) -> None:
    named = [{"stem": stem, **lane} for stem, lane in zip(studio.stems, lanes, strict=True)]
    remix = studio.begin(studio.mix({"version": version, "lanes": named}))
    assert studio.sources_of(remix) == [(studio.work.id, [studio.stems[0], studio.stems[2]])]


@pytest.mark.parametrize(
    ("root", "work", "freest"),
    [
        (Licence.CC0, Licence.CC0, Licence.CC0),
        (Licence.CC0, Licence.BY, Licence.BY),
        (Licence.BY_NC, Licence.BY_NC, Licence.BY_NC),
        (Licence.BY_SA, Licence.BY_SA, Licence.BY_SA),
        (Licence.BY, Licence.BY_NC_SA, Licence.BY_NC_SA),
        (Licence.BY_NC, Licence.BY, Licence.BY_NC),  # what stands above binds too
    ],
)
def test_the_licence_is_the_freest_that_the_whole_lineage_allows(
    studio: Studio, root: Licence, work: Licence, freest: Licence
) -> None:
    studio.rows.change(SourceLink, SourceLink.source_id == studio.root.id, licence=root)
    studio.rows.change(Work, Work.id == studio.work.id, licence=work)
    assert studio.begin(studio.mix(studio.plain())).licence is freest


def test_beginning_again_finds_the_draft_that_was_begun(studio: Studio) -> None:
    mix_id = studio.mix(studio.plain())
    assert studio.begin(mix_id).id == studio.begin(mix_id).id


def test_somebody_else_s_mix_is_not_found(studio: Studio) -> None:
    with pytest.raises(NotFound):
        from_mixes.begin_from_mix(actor_of(studio.artist), studio.parts, studio.mix(studio.plain()))


def test_the_sheet_says_what_becomes_public(studio: Studio) -> None:
    remix = studio.begin(studio.mix(studio.plain()))
    sheet = from_mixes.view_sheet(studio.me, studio.parts, remix.id)
    assert [stem.id for stem in sheet.stems[studio.work.id]] == studio.stems[:2]
    assert [(line.title, line.artist) for line in sheet.credits] == [("Root", "Artist"), ("Song", "Artist")]
    assert Licence.BY in sheet.verdict.allowed
    assert Licence.CC0 not in sheet.verdict.allowed


def test_it_is_published_as_it_stands_on_the_sheet_and_once(studio: Studio) -> None:
    mix_id = studio.mix(studio.plain())
    remix = studio.begin(mix_id)
    with pytest.raises(RemixAudioPending):
        from_mixes.publish_as(studio.me, studio.parts, remix.id, title="Later", licence=Licence.BY_SA)
    studio.render()
    published = from_mixes.publish_as(studio.me, studio.parts, remix.id, title="Later", licence=Licence.BY_SA)
    assert (published.state, published.title, published.licence) == (WorkState.PUBLISHED, "Later", Licence.BY_SA)
    again = from_mixes.publish_as(studio.me, studio.parts, remix.id, title="Latest", licence=Licence.BY)
    assert (again.title, again.seq) == ("Later", published.seq)
    shown = view_mix_page(studio.me, studio.parts, mix_id).published
    assert shown is not None
    assert shown.id == remix.id
    assert studio.begin(mix_id).id == remix.id


def test_a_licence_that_the_sources_do_not_allow_is_refused(studio: Studio) -> None:
    remix = studio.begin(studio.mix(studio.plain()))
    studio.render()
    with pytest.raises(LicenceConflict) as refused:
        from_mixes.publish_as(studio.me, studio.parts, remix.id, title="Late", licence=Licence.CC0)
    assert isinstance(refused.value, Invalid)
    assert studio.rows.one(Work, Work.id == remix.id).state is WorkState.DRAFT


def test_a_mix_of_what_nobody_may_remix_says_why_and_keeps_its_audio_for_later(studio: Studio) -> None:
    studio.rows.change(Work, Work.id == studio.work.id, licence=Licence.BY_ND)
    mix_id = studio.mix(studio.plain())
    page = view_mix_page(studio.me, studio.parts, mix_id)
    assert page.may_publish is False
    assert page.conflict is not None
    assert [one["work_id"] for one in page.conflict["permissions"]] == [studio.work.id]  # type: ignore[attr-defined]
    remix = studio.begin(mix_id)
    wish = studio.rows.one(SourceWish)
    assert (wish.derivative_id, wish.stems, wish.state) == (remix.id, studio.stems[:2], WishState.WANTED)
    assert remix.mixdown_digest is not None
    sheet = from_mixes.view_sheet(studio.me, studio.parts, remix.id)
    assert sheet.outlooks[studio.work.id].fits is False


def test_a_mix_of_a_work_that_was_withdrawn_is_still_shown_and_published_by_its_receipt(studio: Studio) -> None:
    mix_id = studio.mix(studio.plain())
    studio.rows.change(Work, Work.id == studio.work.id, state=WorkState.WITHDRAWN)
    assert view_mix_page(studio.me, studio.parts, mix_id).may_publish
    remix = studio.begin(mix_id)
    studio.render()
    published = from_mixes.publish_as(studio.me, studio.parts, remix.id, title="Late", licence=remix.licence)
    assert published.state is WorkState.PUBLISHED
