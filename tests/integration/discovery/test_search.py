"""What the search finds, in which order, and what it never finds; the same on both databases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.discovery.asked import Facets, Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import TempoRange
from remixhub.domain.licences.terms import Licence
from remixhub.domain.musical_key import parse_key
from remixhub.domain.states import WorkKind, WorkState
from remixhub.domain.stems.roles import StemRole
from remixhub.models import Account, Label, LabelRelease, SearchChange, Stem, StemPack, Work, now
from remixhub.services.discovery.search import asking, indexing
from tests.unit.rows import Rows


class Searched:
    """Rows of a hub, indexed whenever something is asked."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.rows = parts, Rows(parts.database)

    def index(self) -> None:
        while True:
            with self.parts.database.writing() as session:
                if not indexing.index_changes(session):
                    return

    def found(self, text: str = "", *, actor: Any = VISITOR, limit: int = 50, **asked: Any) -> list[str]:
        """Titles, page by page until the end."""
        self.index()
        titles: list[str] = []
        after = None
        while True:
            got = asking.search_works(actor, self.parts, WorksAsked(text, **asked), after=after, limit=limit)
            titles += [one.work.title for one in got.page.rows]
            after = got.page.next_position
            if after is None:
                return titles

    def stems(self, text: str = "", **asked: Any) -> list[str]:
        self.index()
        got = asking.search_stems(VISITOR, self.parts, StemsAsked(text, **asked), after=None, limit=50)
        return [one.stem.name for one in got.page.rows]


@pytest.fixture
def hub(parts: Parts) -> Searched:
    return Searched(parts)


def titled(hub: Searched, *titles: str, **facts: Any) -> list[Work]:
    artist = hub.rows.account(f"artist-{len(hub.rows.all(Account))}")
    return [hub.rows.work(artist, title, **facts) for title in titles]


def test_words_are_found_in_any_case_accent_width_and_script(hub: Searched) -> None:
    titled(hub, "Ёлка в лесу", "Die Straße", "東京夜景", "ｶﾞｯｺｳ", "Café del Mar", "Don’t Stop", "Lo-Fi Nights", "गीत")
    spelt = {
        "елка": "Ёлка в лесу", "STRASSE": "Die Straße", "夜景": "東京夜景", "夜": "東京夜景", "ガッコウ": "ｶﾞｯｺｳ",
        "cafe": "Café del Mar", "dont": "Don’t Stop", "don't": "Don’t Stop", "lofi": "Lo-Fi Nights",
        "lo fi": "Lo-Fi Nights", "ＣＡＦＥ": "Café del Mar", "गीत": "गीत",
    }  # fmt: skip
    assert {text: hub.found(text) for text in spelt} == {text: [title] for text, title in spelt.items()}
    assert hub.found("京東") == []


def test_the_last_word_may_go_on_and_those_before_it_not(hub: Searched) -> None:
    titled(hub, "Midnight Drive", "Midway", "Driven")
    assert hub.found("mi") == ["Midway", "Midnight Drive"]
    assert hub.found("midn") == ["Midnight Drive"]
    assert hub.found("midnight dr") == ["Midnight Drive"]
    assert sorted(hub.found("driv")) == ["Driven", "Midnight Drive"]
    assert hub.found("drive ") == ["Midnight Drive", "Driven"]  # a letter more is a typo, and comes last
    assert hub.found("m") == []
    assert hub.found("midnight d") == hub.found("midnigth d") == ["Midnight Drive"]


def test_a_lone_letter_that_something_has_counts(hub: Searched) -> None:
    titled(hub, "Vitamin C", "Vitamin", "Vitamin D", "Drive")
    assert hub.found("vitamin c")[0] == "Vitamin C"
    assert "Drive" not in hub.found("vitamin c")
    got = asking.search_works(VISITOR, hub.parts, WorksAsked("vitamin x"), after=None, limit=5)
    assert sorted(one.work.title for one in got.page.rows) == ["Vitamin", "Vitamin C", "Vitamin D"]
    assert got.did_you_mean is None


def test_titles_come_first_then_the_most_remixed_then_the_newest(hub: Searched) -> None:
    rain = hub.rows.account("rain")
    hub.rows.work(rain, "Weather", remix_count=900)
    titled(hub, "Rain", remix_count=2)
    titled(hub, "Summer Rain", remix_count=70)
    titled(hub, "Old Rain", "New Rain")
    expected = ["Summer Rain", "Rain", "New Rain", "Old Rain", "Weather"]
    for limit in (1, 2, 3, 50):
        assert hub.found("rain", limit=limit) == expected
        assert hub.found("rain", limit=limit, order=Order.NEWEST) == [
            "New Rain", "Old Rain", "Summer Rain", "Rain", "Weather",
        ]  # fmt: skip
    assert hub.found(limit=2)[:2] == ["Weather", "Summer Rain"]


def test_a_page_by_bands_is_that_of_one_sorted_list(hub: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Very common words are asked for band by band: here all of them are."""
    monkeypatch.setattr("remixhub.services.discovery.search.plan._SORTED_AT_ONCE", -1)
    counts = [0, 0, 1, 3, 4, 4, 15, 16, 63, 64, 255, 256, 1000]
    artist = hub.rows.account()
    works = [hub.rows.work(artist, f"Dub {n}", remix_count=count) for n, count in enumerate(counts)]
    expected = [work.title for work in sorted(works, key=lambda one: (-one.remix_count, -(one.seq or 0)))]
    for limit in (1, 2, 5, 50):
        assert hub.found("dub", limit=limit) == expected


@pytest.mark.parametrize("typed", ["midnigth", "midnght", "midnighht", "nidnight", "midmight", "mifni"])
def test_a_typo_is_mended_and_said(hub: Searched, typed: str) -> None:
    titled(hub, "Midnight", "Noon")
    hub.index()
    got = asking.search_works(VISITOR, hub.parts, WorksAsked(typed), after=None, limit=5)
    assert [one.work.title for one in got.page.rows] == ["Midnight"]
    assert got.did_you_mean == "midnight"


def test_what_is_spelt_right_needs_no_mending(hub: Searched) -> None:
    titled(hub, "Rain", *["Train"] * 3)
    hub.index()
    got = asking.search_works(VISITOR, hub.parts, WorksAsked("rain "), after=None, limit=5, counted=True)
    assert got.did_you_mean is None
    assert [one.work.title for one in got.page.rows] == ["Rain", "Train", "Train", "Train"]


def test_only_what_is_published_is_found_and_counted(hub: Searched) -> None:
    artist = hub.rows.account()
    states = {state: hub.rows.work(artist, f"Tide {state}", state=state) for state in WorkState}
    assert hub.found("tide") == ["Tide published"]
    counted = asking.search_works(VISITOR, hub.parts, WorksAsked("tide"), after=None, limit=5, counted=True)
    assert counted.count == 1
    for state in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        hub.rows.change(Work, Work.id == states[WorkState.PUBLISHED].id, state=state)
        before = asking.search_works(VISITOR, hub.parts, WorksAsked("tide"), after=None, limit=5)
        assert list(before.page.rows) == []  # and it is not shown before it is indexed either
        assert hub.found("tide") == []
        hub.rows.change(Work, Work.id == states[WorkState.PUBLISHED].id, state=WorkState.PUBLISHED)
        assert hub.found("tide") == ["Tide published"]


def test_what_changes_is_found_as_it_is_now(hub: Searched) -> None:
    (work,) = titled(hub, "Rain", tags=["dub"], description="Recorded in Lisbon")
    assert hub.found("lisbon") == hub.found("dub") == hub.found(tag="Dub") == ["Rain"]
    hub.rows.change(Work, Work.id == work.id, title="Snow", tags=["jazz"], description="")
    assert [hub.found(text) for text in ("rain", "lisbon", "dub", "snow", "jazz")] == [[], [], [], ["Snow"], ["Snow"]]
    assert hub.found(tag="dub") == []
    hub.rows.change(Account, Account.id == work.account_id, display_name="Aurora", handle="aurora")
    assert hub.found("aurora") == ["Snow"]
    assert hub.found("artist") == []
    hub.rows.change(Account, Account.id == work.account_id, deleted_at=now())
    assert hub.found("aurora") == []


def test_tempo_and_key_are_those_said_or_else_heard(hub: Searched) -> None:
    artist = hub.rows.account()
    said = hub.rows.work(artist, "Said", tempo_bpm=124.0, key="A minor")
    heard = hub.rows.work(artist, "Heard")
    half = hub.rows.work(artist, "Half", tempo_bpm=62.0, key="C major")
    hub.rows.work(artist, "Unknown")
    for work, facts in ((said, (90.0, "C major")), (heard, (124.4, "E minor"))):
        hub.rows.pack(work, [hub.rows.original(work.title)], tempo_bpm=facts[0], key=facts[1])
    between = TempoRange(124, 125)
    assert sorted(hub.found(facets=Facets(tempo=between))) == ["Heard", "Said"]
    both = TempoRange(124, 125, with_half_and_double=True)
    assert sorted(hub.found(facets=Facets(tempo=both))) == ["Half", "Heard", "Said"]
    key = parse_key("Am")
    assert key is not None
    assert hub.found(facets=Facets(key=key)) == ["Said"]
    assert sorted(hub.found(facets=Facets(mixes_with=said.id))) == ["Half", "Heard"]
    assert sorted(hub.found(facets=Facets(mixes_with=half.id))) == ["Said"]
    got = asking.search_works(VISITOR, hub.parts, WorksAsked("heard"), after=None, limit=1).page.rows[0]
    assert (got.tempo_bpm, got.is_tempo_detected, got.key, got.is_key_detected) == (124.4, True, "E minor", True)


def test_works_are_narrowed_by_stems_length_year_kind_and_label(hub: Searched) -> None:
    artist = hub.rows.account()
    release = hub.rows.work(artist, "Release")
    remix = hub.rows.work(artist, "Remix", [release])
    pack = hub.rows.pack(release)
    for role, name, seconds in (("bass", "Low", 61), ("drums", "Kit", 30)):
        original = hub.rows.original(name, duration_frames=seconds * 48_000)
        hub.rows.stem(pack, original, role=role, name=name)
    label = hub.rows.add(Label(handle="tapes", name="Tapes"))
    hub.rows.add(LabelRelease(work_id=release.id, work_seq=release.seq, label_id=label.id))
    year = hub.rows.moment().year
    narrowed: dict[str, dict[str, Any]] = {
        "Release": {"kind": WorkKind.RELEASE}, "release": {"has_stems": True}, "RELEASE": {"label": "@tapes"},
        "bass": {"roles": (StemRole.BASS, StemRole.DRUMS)}, "long": {"facets": Facets(min_seconds=60, max_seconds=62)},
    }  # fmt: skip
    assert {name: hub.found(**asked) for name, asked in narrowed.items()} == {name: ["Release"] for name in narrowed}
    assert hub.found(has_stems=False) == hub.found(kind=WorkKind.REMIX) == ["Remix"]
    assert hub.found(roles=(StemRole.BASS, StemRole.PAD)) == hub.found(label="none") == []
    assert len(hub.found(min_year=year, max_year=year)) == 2
    assert hub.found(max_year=year - 1) == []
    assert remix.kind is WorkKind.REMIX


def test_stems_are_found_by_themselves_and_drums_go_with_every_key(hub: Searched) -> None:
    artist = hub.rows.account()
    work = hub.rows.work(artist, "Rain", tempo_bpm=124, key="A minor")
    pack = hub.rows.pack(work)
    loud = {"measurements": {"integrated_lufs": -9.5}}
    for role, name in (("bass", "Sub Bass"), ("drums", "Big Drums"), ("lead_vocals", "Voice")):
        hub.rows.stem(pack, hub.rows.original(name, **loud), role=role, name=name, position=len(name))
    other = parse_key("F# major")
    assert other is not None
    assert hub.stems("sub") == ["Sub Bass"]
    assert sorted(hub.stems("rain")) == ["Big Drums", "Sub Bass", "Voice"]
    assert hub.stems(facets=Facets(key=other)) == ["Big Drums"]
    own = hub.rows.work(artist, "Mine", key="C major")
    hub.rows.stem(hub.rows.pack(own), hub.rows.original("own"), role="drums", name="My Drums")
    beside = Facets(mixes_with=own.id, tempo=TempoRange(120, 130))
    assert hub.stems(roles=(StemRole.DRUMS,), facets=beside) == ["Big Drums"]
    assert hub.stems(facets=Facets(mixes_with=own.id)) == ["Big Drums", "Sub Bass", "Voice"]  # but not its own
    hub.rows.change(Work, Work.id == own.id, state=WorkState.WITHDRAWN)
    assert len(hub.stems(min_lufs=-10, max_lufs=-9)) == 3
    assert hub.stems(min_lufs=-9) == []
    hub.rows.pack(work, [hub.rows.original("next")], version=2)
    assert hub.stems("rain") == ["Stem 0"]  # of the newest version alone
    hub.rows.change(Work, Work.id == work.id, state=WorkState.WITHDRAWN)
    assert hub.stems() == []


def test_one_page_follows_another_while_works_are_published(hub: Searched) -> None:
    titled(hub, *[f"Wave {n}" for n in range(7)])
    hub.index()
    seen: list[str] = []
    after = None
    for _ in range(10):
        got = asking.search_works(VISITOR, hub.parts, WorksAsked("wave"), after=after, limit=2)
        seen += [one.work.title for one in got.page.rows]
        titled(hub, "Wave new")
        hub.index()
        after = got.page.next_position
        if after is None:
            break
    assert seen == [f"Wave {n}" for n in range(6, -1, -1)]


def test_changes_are_noted_by_whoever_writes_them_and_taken_once(hub: Searched) -> None:
    (work,) = titled(hub, "Rain")
    pack = hub.rows.pack(work, [hub.rows.original()])
    hub.index()
    touched: Sequence[tuple[Any, Any, dict[str, Any]]] = (
        (Work, Work.id == work.id, {"remix_count": 3}),
        (StemPack, StemPack.id == pack.id, {"tempo_bpm": 90.0}),
        (Stem, Stem.stem_pack_id == pack.id, {"name": "Other"}),
        (Account, Account.id == work.account_id, {"display_name": "Other"}),
    )
    for table, where, values in touched:
        hub.rows.change(table, where, **values)
        assert len(hub.rows.all(SearchChange)) == 1, values
        hub.index()
        hub.rows.change(table, where, **values)
        assert hub.rows.all(SearchChange) == []
    hub.rows.change(Work, Work.id == work.id, revision=sa.literal(9))
    assert hub.rows.all(SearchChange) == []


def test_what_may_be_done_is_judged_over_sources_from_elsewhere_too(hub: Searched) -> None:
    (remix,) = titled(hub, "Remix", kind=WorkKind.REMIX)
    hub.rows.work(hub.rows.one(Account), "Again", [remix])
    sellable = Facets(may=May.SELL)
    assert sorted(hub.found(facets=sellable)) == ["Again", "Remix"]
    source = hub.rows.elsewhere(remix, licence=Licence.BY_NC)
    assert hub.found(facets=sellable) == []
    with hub.parts.database.writing() as session:
        session.delete(session.merge(source))
    assert sorted(hub.found(facets=sellable)) == ["Again", "Remix"]


_TITLES = "rain rainy train snow tide drum drummer night echo".split()
_PLANS = {
    "as measured": {},
    "by bands": {"plan._SORTED_AT_ONCE": -1, "plan._NARROW": -1, "plan._TRIED": -1},
    "several words at once": {"plan._SORTED_AT_ONCE": -1, "plan._NARROW": -1},
    "narrowed first": {"plan._SORTED_AT_ONCE": -1, "text_index._READ_COSTS": 10**9},
    "tokens read": {"plan._SORTED_AT_ONCE": -1, "text_index._READ_COSTS": 0},
}


@pytest.mark.parametrize("plan", _PLANS)
def test_whatever_the_plan_it_finds_what_a_plain_loop_finds(
    hub: Searched, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    for name, value in _PLANS[plan].items():
        monkeypatch.setattr(f"remixhub.services.discovery.search.{name}", value)
    chance = random.Random(5)
    artist = hub.rows.account("tide-maker")
    works = [
        hub.rows.work(
            artist, " ".join(chance.sample(_TITLES, k=2)) + f" {n}", tags=chance.sample(_TITLES, k=1),
            remix_count=chance.choice([0, 0, 1, 5, 20, 300]), tempo_bpm=chance.choice([None, 90.0, 124.0]),
        )
        for n in range(40)
    ]  # fmt: skip
    tempo = Facets(tempo=TempoRange(120, 130))
    for text in ("rain ", "ra", "drum ni", "tide", "echo t"):
        for facets in (Facets(), tempo):
            for order in Order:
                expected = _in_order(works, text, order, is_narrow=facets is tempo)
                assert hub.found(text, facets=facets, order=order, limit=7) == expected, (text, order)


def _in_order(works: Sequence[Work], text: str, order: Order, *, is_narrow: bool) -> list[str]:
    *whole, last = text.split(" ")

    def has(words: Sequence[str]) -> bool:
        return set(whole) <= set(words) and (not last or any(word.startswith(last) for word in words))

    if len(last) == 1:  # nothing has it
        last = ""
    found = []
    for work in works:
        titled = work.title.lower().split(" ")
        everywhere = [*titled, *work.tags, "tide", "maker"]
        if has(everywhere) and not (is_narrow and work.tempo_bpm != 124.0):
            key = (-work.remix_count,) if order is Order.RELEVANCE else ()
            stage = 0 if order is Order.NEWEST or has(titled) else 1
            found.append((stage, *key, -(work.seq or 0), work.title))
    return [one[-1] for one in sorted(found)]  # type: ignore[misc]


def test_a_release_that_goes_to_another_label_is_found_there(hub: Searched) -> None:
    work = titled(hub, "Release")[0]
    tapes, discs = (hub.rows.add(Label(handle=handle, name=handle.title())) for handle in ("tapes", "discs"))
    hub.rows.add(LabelRelease(work_id=work.id, work_seq=work.seq, label_id=tapes.id))
    assert hub.found(label="tapes") == ["Release"]
    hub.rows.change(LabelRelease, LabelRelease.work_id == work.id, label_id=discs.id)
    assert (hub.found(label="tapes"), hub.found(label="discs")) == ([], ["Release"])


def test_one_change_may_touch_more_works_than_a_statement_takes(hub: Searched) -> None:
    """SQLite refuses expressions that are a thousand deep."""
    artist = hub.rows.account("prolific")
    with hub.parts.database.writing() as session:
        session.add_all(
            Work(
                title=f"Sketch {n}", account_id=artist.id, seq=10_000 + n, kind=WorkKind.RELEASE, licence=Licence.BY,
                state=WorkState.PUBLISHED, published_at=now(),
            )
            for n in range(1_100)
        )  # fmt: skip
    while hub.rows.all(SearchChange):
        with hub.parts.database.writing() as session:
            indexing.index_changes(session, limit=5_000)
    assert len(hub.found("sketch")) == 1_100
