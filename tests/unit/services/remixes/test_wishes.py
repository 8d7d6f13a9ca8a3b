"""Sources that are refused stay with the draft until they are cited or left out; what would help is said with them."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import NotFound, PreconditionFailed
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import SourceKind, WishState, WorkState
from remixhub.models import Account, Receipt, SourceLink, SourceWish, Work
from remixhub.services.licences.sources import NewSource, SourceNotFound, SourceRangeInvalid, SourceStemUnknown
from remixhub.services.remixes.citing import add_source, amend_source, cite_wish, leave_out, stamp_of
from remixhub.services.remixes.draft_editor import open_editor
from remixhub.services.remixes.picking import Why, view_shelf
from remixhub.services.remixes.publishing import publish_work
from remixhub.services.remixes.remixes import NewRemix, create_remix, set_sources
from remixhub.services.remixes.wishes import SourcesRefused
from tests.unit.rows import Rows, actor_of, sha256_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


@pytest.fixture
def beat(rows: Rows, ada: Account) -> Work:
    return rows.work(ada, "Beat", licence=Licence.BY_SA)


@pytest.fixture
def song(rows: Rows, ada: Account) -> Work:
    return rows.work(ada, "Harbour", licence=Licence.BY_NC)


@pytest.fixture
def draft(parts: Parts, rows: Rows, fan: Account, beat: Work) -> Work:
    """Ready to be published but for its sources."""
    remix = create_remix(actor_of(fan), parts, NewRemix("Tide", [NewSource(beat.id)]))
    rows.change(Work, Work.id == remix.id, mix_sha256=rows.original("tide").sha256)
    return remix


def cited(rows: Rows, draft: Work) -> list[str]:
    return [one.source_id for one in rows.all(SourceLink, SourceLink.derivative_id == draft.id)]


def test_a_refused_source_stays_and_nothing_is_published_without_a_word_about_it(
    parts: Parts, rows: Rows, fan: Account, draft: Work, beat: Work, song: Work
) -> None:
    asked = NewSource(song.id, SourceKind.SAMPLE, note="the choir", starts_seconds=1.0, ends_seconds=2.5)
    refusal = add_source(actor_of(fan), parts, draft.id, asked)
    assert refusal is not None
    assert refusal.code == "licence_conflict"
    wish = rows.one(SourceWish)
    assert (wish.state, wish.kind, wish.note, wish.ends_seconds) == (WishState.WANTED, "sample", "the choir", 2.5)
    with pytest.raises(SourcesRefused) as told:
        publish_work(actor_of(fan), parts, draft.id)
    assert told.value.context["sources"] == [song.id]
    assert "Harbour" in told.value.detail
    leave_out(actor_of(fan), parts, draft.id, song.id)
    assert publish_work(actor_of(fan), parts, draft.id).state is WorkState.PUBLISHED
    assert (cited(rows, draft), rows.all(SourceWish)) == ([beat.id], [])


def test_a_slip_of_the_pen_is_no_wish(parts: Parts, rows: Rows, fan: Account, draft: Work, song: Work) -> None:
    for slip, error in (
        (NewSource("f" * 32), SourceNotFound),
        (NewSource(song.id, stems=["0" * 32]), SourceStemUnknown),
        (NewSource(song.id, starts_seconds=2.0, ends_seconds=1.0), SourceRangeInvalid),
    ):
        with pytest.raises(error):
            add_source(actor_of(fan), parts, draft.id, slip)
    assert rows.all(SourceWish) == []


def test_the_outlook_names_the_pair_and_what_makes_room(
    parts: Parts, rows: Rows, fan: Account, draft: Work, beat: Work, song: Work
) -> None:
    add_source(actor_of(fan), parts, draft.id, NewSource(song.id))
    outlook = open_editor(actor_of(fan), parts, draft.id).outlooks[song.id]
    assert not outlook.fits
    assert outlook.conflict is not None
    assert [one["titles"] for one in outlook.conflict["sources"]] == [["Beat"], ["Harbour"]]
    assert [(one.source_id, one.licence) for one in outlook.instead_of] == [(beat.id, Licence.BY_NC)]
    assert (
        add_source(actor_of(fan), parts, draft.id, NewSource(song.id), instead_of=beat.id, licence=Licence.BY_NC)
        is None
    )
    assert cited(rows, draft) == [song.id]
    assert [(one.source_id, one.state) for one in rows.all(SourceWish)] == [(beat.id, WishState.LEFT_OUT)]
    assert cite_wish(actor_of(fan), parts, draft.id, beat.id) is not None, "they clash as before"


def test_another_licence_makes_room(parts: Parts, rows: Rows, fan: Account, ada: Account, song: Work) -> None:
    free = rows.work(ada, "Free", licence=Licence.BY)
    draft = create_remix(actor_of(fan), parts, NewRemix("Tide", [NewSource(free.id)]))
    assert add_source(actor_of(fan), parts, draft.id, NewSource(song.id)) is not None
    outlook = open_editor(actor_of(fan), parts, draft.id).outlooks[song.id]
    assert Licence.BY_NC in outlook.licences
    assert cite_wish(actor_of(fan), parts, draft.id, song.id, licence=Licence.BY_NC) is None
    assert rows.one(Work, Work.id == draft.id).licence is Licence.BY_NC
    assert rows.all(SourceWish) == []


def test_a_wish_fits_once_the_work_is_freer(parts: Parts, rows: Rows, fan: Account, draft: Work, song: Work) -> None:
    add_source(actor_of(fan), parts, draft.id, NewSource(song.id))
    rows.change(Work, Work.id == song.id, licence=Licence.BY)
    assert open_editor(actor_of(fan), parts, draft.id).outlooks[song.id].fits
    assert cite_wish(actor_of(fan), parts, draft.id, song.id) is None


def test_each_of_two_wishes_is_judged_alone(
    parts: Parts, rows: Rows, fan: Account, ada: Account, draft: Work, song: Work
) -> None:
    """Both come from the same closed root, one of them by a longer way."""
    near = rows.work(ada, "Near", [song], licence=Licence.BY_NC)
    far = rows.work(ada, "Far", [near], licence=Licence.BY_NC)
    for one in (near, far):
        add_source(actor_of(fan), parts, draft.id, NewSource(one.id))
    looks = open_editor(actor_of(fan), parts, draft.id).outlooks
    assert {id: one.fits for id, one in looks.items()} == {near.id: False, far.id: False}


def test_what_is_left_out_can_be_put_back_as_it_was(
    parts: Parts, rows: Rows, fan: Account, draft: Work, beat: Work
) -> None:
    link = rows.one(SourceLink)
    said = NewSource(beat.id, SourceKind.EDIT, note="the drums", starts_seconds=4.0, ends_seconds=8.0)
    amend_source(actor_of(fan), parts, draft.id, said, seen=stamp_of(link))
    assert leave_out(actor_of(fan), parts, draft.id, beat.id) == "Beat"
    assert cited(rows, draft) == []
    assert cite_wish(actor_of(fan), parts, draft.id, beat.id) is None
    again = rows.one(SourceLink)
    assert (again.kind, again.note, again.starts_seconds, again.ends_seconds) == ("edit", "the drums", 4.0, 8.0)


def test_an_edit_over_another_is_refused(parts: Parts, rows: Rows, fan: Account, draft: Work, beat: Work) -> None:
    seen = stamp_of(rows.one(SourceLink))
    amend_source(actor_of(fan), parts, draft.id, NewSource(beat.id, note="first"), seen=seen)
    with pytest.raises(PreconditionFailed):
        amend_source(actor_of(fan), parts, draft.id, NewSource(beat.id, note="second"), seen=seen)
    assert rows.one(SourceLink).note == "first"


def test_a_range_lies_within_the_source(
    parts: Parts, rows: Rows, ada: Account, fan: Account, draft: Work, beat: Work, song: Work
) -> None:
    rows.pack(beat, [rows.original("beat")])  # a minute
    rows.pack(song, [rows.original("song")])
    link = rows.one(SourceLink)
    with pytest.raises(SourceRangeInvalid) as late:
        amend_source(actor_of(fan), parts, draft.id, NewSource(beat.id, ends_seconds=61.0), seen=stamp_of(link))
    assert late.value.violations == {"/sources/0/ends_seconds": ["It is 1:00 long."]}
    add_source(actor_of(fan), parts, draft.id, NewSource(song.id))
    seen = stamp_of(rows.one(SourceWish))
    with pytest.raises(SourceRangeInvalid):
        amend_source(actor_of(fan), parts, draft.id, NewSource(song.id, starts_seconds=70.0), seen=seen)


def test_whoever_says_what_all_the_sources_are_leaves_out_the_rest(
    parts: Parts, rows: Rows, fan: Account, draft: Work, beat: Work, song: Work
) -> None:
    add_source(actor_of(fan), parts, draft.id, NewSource(song.id))
    revision = rows.one(Work, Work.id == draft.id).revision
    set_sources(actor_of(fan), parts, draft.id, [NewSource(beat.id)], revision=revision)
    assert rows.one(SourceWish).state is WishState.LEFT_OUT
    assert publish_work(actor_of(fan), parts, draft.id).state is WorkState.PUBLISHED


def test_a_draft_is_its_makers_alone(parts: Parts, rows: Rows, ada: Account, draft: Work, beat: Work) -> None:
    for act in (
        lambda: add_source(actor_of(ada), parts, draft.id, NewSource(beat.id)),
        lambda: leave_out(actor_of(ada), parts, draft.id, beat.id),
        lambda: view_shelf(actor_of(ada), parts, draft.id, ""),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_shelf_has_what_one_took_and_a_search_finds_by_title_artist_and_address(
    parts: Parts, rows: Rows, ada: Account, fan: Account, draft: Work, beat: Work, song: Work
) -> None:
    pack = rows.pack(song, [rows.original("song")])
    rows.add(Receipt(account_id=fan.id, stem_pack_id=pack.id, licence=Licence.BY_NC, licence_sha256=sha256_of("l")))
    tide = rows.work(rows.account("olga", display_name="Ольга"), "Прилив")

    def shelf(asked: str) -> list[str]:
        return [one.source.title for one in view_shelf(actor_of(fan), parts, draft.id, asked).candidates]

    (taken,) = view_shelf(actor_of(fan), parts, draft.id, "").candidates
    assert (taken.source.id, taken.why, taken.outlook.fits, taken.is_named) == (song.id, Why.TAKEN, False, False)
    assert shelf("HARB") == ["Harbour"]
    assert shelf("ada") == ["Harbour", "Beat"]
    assert shelf("прил") == shelf("ольга") == ["Прилив"]
    assert shelf(f"https://hub.example/works/{tide.id}?x=1") == ["Прилив"]
    assert shelf("100%_") == shelf(draft.id) == []
    (named,) = view_shelf(actor_of(fan), parts, draft.id, "beat").candidates
    assert (named.outlook.fits, named.is_named) == (True, True)
