"""Equal specs over one pack are one mixdown by one version of the engine, rendered once, and its makers' alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.errors import NotFound
from remixhub.domain.mix_spec import canonical_json, parse_mix_spec
from remixhub.domain.states import IngestState, JobKind, JobState, StemPackState, WorkState
from remixhub.domain.stems.refusals import StemPackGone, StemPackNotFound, StemPackNotFrozen
from remixhub.models import Account, Job, Mix, Mixdown, Receipt, Stem, StemPack, Work, now
from remixhub.services.mixes import mixes, orders
from remixhub.services.mixes.mixes import MixRefused, MixSpecStemUnknown, MixView
from remixhub.services.mixes.orders import TooManyRenders
from tests.unit.rows import LONG_AGO, Rows, actor_of, sha256_of


@dataclass
class Studio:
    """A published work with a pack of two stems, its artist, and a fan who mixes them."""

    parts: Parts
    rows: Rows

    def __post_init__(self) -> None:
        self.artist, self.fan = self.rows.account("artist"), self.rows.account("fan")
        self.work = self.rows.work(self.artist)
        self.pack = self.rows.pack(self.work, [self.rows.original("a"), self.rows.original("b")])
        self.stems = [one.id for one in self.rows.all(Stem)]

    def spec(self, **facts: Any) -> dict[str, Any]:
        lanes = [{"stem": stem} for stem in self.stems]
        return {"version": 1, "sample_rate_hz": 48_000, "lanes": lanes, **facts}

    def mix(self, by: Account | None = None, *, spec: object = None, title: str = "") -> tuple[MixView, bool]:
        spec = self.spec() if spec is None else spec
        actor = actor_of(by or self.fan)
        return mixes.create_mix(actor, self.parts, stem_pack_id=self.pack.id, spec=spec, title=title)

    def orders(self) -> int:
        return len(self.rows.all(Job, Job.kind == JobKind.RENDER_MIXDOWN))


@pytest.fixture
def studio(parts: Parts, rows: Rows) -> Studio:
    return Studio(parts, rows)


def test_a_mixdown_is_named_by_the_engine_the_pack_and_the_spec(studio: Studio) -> None:
    view, _ = studio.mix()
    spec = canonical_json(parse_mix_spec(studio.spec()))
    named = f"{ENGINE_VERSION}\n{studio.pack.id}\n{studio.pack.digest}\n{spec}"
    assert view.mix.mixdown_digest == hashlib.sha256(named.encode()).hexdigest()


def test_who_mixes_stems_of_others_has_a_receipt_of_them(studio: Studio) -> None:
    studio.mix(studio.artist)
    assert studio.rows.all(Receipt) == []
    for _ in range(2):
        studio.mix()
    receipt = studio.rows.one(Receipt)
    assert (receipt.account_id, receipt.stem_pack_id, receipt.stem_id) == (studio.fan.id, studio.pack.id, "")


def test_another_version_of_the_engine_makes_another_mixdown(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = studio.mix()
    monkeypatch.setattr(orders, "ENGINE_VERSION", f"{ENGINE_VERSION}+1")
    after, is_new = studio.mix()
    assert is_new
    assert after.mix.mixdown_digest != before.mix.mixdown_digest
    assert studio.orders() == 2


def test_the_same_spec_over_another_pack_is_another_mixdown(studio: Studio) -> None:
    first, _ = studio.mix()
    other = studio.rows.pack(studio.work, [], version=2)
    studio.rows.change(Stem, stem_pack_id=other.id)
    studio.pack = other
    assert studio.mix()[0].mix.mixdown_digest != first.mix.mixdown_digest


@pytest.mark.parametrize("facts", [{"gain_db": 1.0}, {"sample_rate_hz": 44_100}, {"loudness": None, "gain_db": -1}])
def test_another_spec_is_another_mixdown(studio: Studio, facts: dict[str, Any]) -> None:
    first, _ = studio.mix()
    second, is_new = studio.mix(spec=studio.spec(**facts))
    assert is_new
    assert second.mix.mixdown_digest != first.mix.mixdown_digest


def test_a_spec_spelt_in_another_way_is_the_same_mixdown(studio: Studio) -> None:
    lanes = [{"muted": False, "gain_db": -0.0, "pan": 0, "stem": stem} for stem in studio.stems]
    first, _ = studio.mix()
    second, is_new = studio.mix(spec={"lanes": lanes, "sample_rate_hz": 48_000, "version": 1})
    assert not is_new
    assert second.mix.id == first.mix.id


def test_what_a_maker_asks_for_again_is_there_and_is_rendered_once(studio: Studio) -> None:
    first, is_new = studio.mix()
    again, is_new_again = studio.mix()
    assert (is_new, is_new_again, again.mix.id) == (True, False, first.mix.id)
    renamed, is_new_too = studio.mix(title="Late")
    theirs, _ = studio.mix(studio.artist)
    assert is_new_too
    assert len({first.mix.id, renamed.mix.id, theirs.mix.id}) == 3
    assert {one.mixdown_digest for one in studio.rows.all(Mix)} == {first.mix.mixdown_digest}
    assert studio.orders() == 1


def test_the_rate_left_out_is_that_of_most_stems_and_the_higher_one_of_two(studio: Studio) -> None:
    def rate(*rates_hz: int) -> int:
        originals = [studio.rows.original(f"{rates_hz} {i}", sample_rate_hz=hz) for i, hz in enumerate(rates_hz)]
        version = len(studio.rows.all(StemPack)) + 1
        studio.pack = studio.rows.pack(studio.work, originals, version=version)
        (stem, *_) = studio.rows.all(Stem, Stem.stem_pack_id == studio.pack.id)
        view, _ = studio.mix(spec={"version": 1, "lanes": [{"stem": stem.id}]})
        return studio.rows.one(Mixdown, Mixdown.digest == view.mix.mixdown_digest).sample_rate_hz

    assert rate(44_100, 44_100, 96_000) == 44_100
    assert rate(44_100, 96_000, 96_000) == 96_000
    assert rate(44_100, 48_000) == 48_000


def test_a_lane_of_a_foreign_stem_is_refused_where_it_stands(studio: Studio) -> None:
    spec = studio.spec()
    spec["lanes"][1]["stem"] = "f" * 32
    with pytest.raises(MixSpecStemUnknown) as refused:
        studio.mix(spec=spec)
    assert list(refused.value.violations) == ["/spec/lanes/1/stem"]
    assert studio.rows.all(Mixdown) == []


# Renders


@pytest.mark.parametrize("state", [IngestState.READY, IngestState.REFUSED])
def test_what_is_settled_is_not_rendered_again(studio: Studio, state: IngestState) -> None:
    studio.mix()
    refusal = "mix_empty" if state is IngestState.REFUSED else None
    studio.rows.change(Mixdown, state=state, refusal_code=refusal)
    studio.rows.change(Job, state=JobState.DONE)
    view, _ = studio.mix(studio.artist)
    assert view.mix.mixdown.state is state
    assert studio.orders() == 1


@pytest.mark.parametrize("code", ["internal", "worker_died"])
def test_what_failed_on_our_side_is_tried_again(studio: Studio, code: str) -> None:
    studio.mix()
    studio.rows.change(Mixdown, state=IngestState.REFUSED, refusal_code=code, refusal_detail="it broke")
    studio.rows.change(Job, state=JobState.DEAD)
    view, is_new = studio.mix()
    assert not is_new
    assert (view.mix.mixdown.state, view.mix.mixdown.refusal_code) == (IngestState.PENDING, None)
    assert studio.orders() == 2


def test_asking_again_keeps_the_sweep_away(studio: Studio) -> None:
    studio.mix()
    studio.rows.change(Mixdown, created_at=LONG_AGO)
    studio.mix()
    assert studio.rows.one(Mixdown).created_at > LONG_AGO


def renders(studio: Studio, by: Account, count: int, **facts: Any) -> None:
    for number in range(count):
        subject_id = sha256_of(f"{by.id} {number}")
        studio.rows.job(kind=JobKind.RENDER_MIXDOWN, subject_id=subject_id, account_id=by.id, **facts)


def test_an_account_has_twenty_renders_at_a_time(studio: Studio) -> None:
    renders(studio, studio.fan, 19)
    studio.mix()
    with pytest.raises(TooManyRenders):
        studio.mix(spec=studio.spec(gain_db=1.0))
    assert len(studio.rows.all(Mixdown)) == 1


def test_others_renders_and_those_that_ended_take_no_room(studio: Studio) -> None:
    renders(studio, studio.artist, 20)
    renders(studio, studio.fan, 20, state=JobState.DONE)
    assert studio.mix()[1]


# Whose stems


def test_a_draft_pack_is_its_artists_and_cannot_be_mixed_even_by_them(studio: Studio) -> None:
    studio.rows.change(StemPack, state=StemPackState.DRAFT)
    with pytest.raises(StemPackNotFound):
        studio.mix(studio.fan)
    with pytest.raises(StemPackNotFrozen):
        studio.mix(studio.artist)


def test_stems_of_a_withdrawn_work_are_their_artists_alone(studio: Studio) -> None:
    studio.rows.change(Work, state=WorkState.WITHDRAWN)
    with pytest.raises(StemPackGone):
        studio.mix(studio.fan)
    assert studio.mix(studio.artist)[1]


def test_stems_of_a_work_taken_down_are_nobodys(studio: Studio) -> None:
    studio.rows.change(Work, state=WorkState.TAKEN_DOWN)
    for account in (studio.artist, studio.fan):
        with pytest.raises(StemPackGone):
            studio.mix(account)


# Views


def test_a_mix_is_its_makers_alone(studio: Studio) -> None:
    mix_id = studio.mix()[0].mix.id
    assert mixes.get_mix(actor_of(studio.fan), studio.parts, mix_id).mix.id == mix_id
    with pytest.raises(NotFound):
        mixes.get_mix(actor_of(studio.artist), studio.parts, mix_id)
    with pytest.raises(NotFound):
        mixes.delete_mix(actor_of(studio.artist), studio.parts, mix_id)
    mixes.delete_mix(actor_of(studio.fan), studio.parts, mix_id)
    assert studio.rows.all(Mix) == []
    assert len(studio.rows.all(Mixdown)) == 1, "somebody else may stand on it"


def test_a_mix_follows_its_render(studio: Studio) -> None:
    mix_id = studio.mix()[0].mix.id

    def shown() -> tuple[float, str]:
        view = mixes.get_mix(actor_of(studio.fan), studio.parts, mix_id)
        return view.percent, view.step

    assert shown() == (0.0, "waiting")
    studio.rows.change(Job, progress_percent=40.0, progress_step="mixing")
    assert shown() == (0.0, "waiting")
    studio.rows.change(Job, state=JobState.LEASED, leased_until_at=now(60))
    assert shown() == (40.0, "mixing")
    studio.rows.change(Job, state=JobState.DONE)
    studio.rows.change(Mixdown, state=IngestState.READY)
    assert shown() == (100.0, "ready")


def test_a_remix_takes_over_ones_own_mix_unless_it_was_refused_or_its_stems_are_down(studio: Studio) -> None:
    mix_id = studio.mix()[0].mix.id
    studio.rows.change(Mixdown, created_at=LONG_AGO)

    def take_over(by: Account) -> Mixdown:
        with studio.parts.database.writing() as session:
            return mixes.take_over(session, actor_of(by), mix_id)

    with pytest.raises(NotFound):
        take_over(studio.artist)
    assert take_over(studio.fan).state is IngestState.PENDING
    assert studio.rows.one(Mixdown).created_at > LONG_AGO, "the sweep stays away until the work is there"
    studio.rows.change(Work, state=WorkState.WITHDRAWN)
    take_over(studio.fan)
    studio.rows.change(Work, state=WorkState.TAKEN_DOWN)
    with pytest.raises(StemPackGone):
        take_over(studio.fan)
    studio.rows.change(Work, state=WorkState.PUBLISHED)
    studio.rows.change(Mixdown, state=IngestState.REFUSED, refusal_code="mix_empty")
    with pytest.raises(MixRefused):
        take_over(studio.fan)


def test_mixes_are_listed_newest_first_page_by_page(studio: Studio) -> None:
    made = [studio.mix(title=str(number))[0].mix.id for number in range(5)]
    studio.mix(studio.artist)
    for age, mix_id in enumerate(reversed(made)):
        studio.rows.change(Mix, Mix.id == mix_id, created_at=now(-60 * (age // 2)))  # two by two of one moment
    seen: list[str] = []
    position = None
    for _ in range(3):
        page = mixes.list_mixes(actor_of(studio.fan), studio.parts, after=position, limit=2)
        seen += [view.mix.id for view in page.rows]
        position = page.next_position
    assert position is None
    assert len(seen) == 5
    assert set(seen) == set(made)
