"""Pictures of lineages, and the ways of a licence clash."""

from __future__ import annotations

import pytest

from remixhub.domain.licences.judging import HeldLicence, LicenceConflict, judge
from remixhub.domain.licences.marks import Mark, code_of, demand_of, marks_of
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.clashes import Station, clash_of
from remixhub.domain.lineage.generations import Link
from remixhub.domain.lineage.pictures import BOX_WIDTH, Labelled, cut, picture


def test_a_picture_names_works_and_leads_links_from_box_to_box() -> None:
    works = [
        Labelled("a", "Pier Lights", "North Pier", Licence.BY),
        Labelled("b", "wide", "Oda", Licence.BY_NC_SA, True),
    ]
    drawn = picture(works, [Link("b", "a")], focus_id="a", disputed=[Link("b", "a")])
    first, second = drawn.boxes
    assert (first.line, first.is_focus, second.is_focus) == ("North Pier · BY", True, False)
    assert second.words == "wide Oda · BY-NC-SA, share alike, no sale, tombstone"
    (curve,) = drawn.curves
    assert curve.is_disputed
    assert curve.is_near
    assert curve.d.startswith(f"M{first.x + BOX_WIDTH:g} ")
    assert f" {second.x:g} " in curve.d
    assert drawn.width > second.x + BOX_WIDTH
    assert [generation for _, generation in drawn.generations] == [0, 1]


def test_a_box_is_named_by_what_is_written_on_it_and_then_in_full() -> None:
    long = Labelled("a", "The harbour that learned to sleep at last", "North Pier", Licence.BY)
    (box,) = picture([long], []).boxes
    assert box.words == f"{box.title} North Pier · BY, in full {long.title} by North Pier"
    assert box.title.endswith("…")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("twelve words", "twelve w…"), ("nine wide", "nine wide"), ("日本語の歌", "日本語の…"), ("äöü", "äöü"), ("", "")],
)
def test_titles_are_cut_to_the_room_they_have(text: str, shown: str) -> None:
    assert cut(text, 9) == shown


@pytest.mark.parametrize(
    ("licence", "code", "marks"),
    [
        (Licence.CC0, "CC0", ()),
        (Licence.BY, "BY", ()),
        (Licence.BY_SA_3, "BY-SA 3.0", (Mark.SHARE_ALIKE,)),
        (Licence("cc-by-sa-3.0-de"), "BY-SA 3.0 DE", (Mark.SHARE_ALIKE,)),
        (Licence.BY_NC_SA, "BY-NC-SA", (Mark.SHARE_ALIKE, Mark.NO_SALE)),
        (Licence.BY_NC_ND, "BY-NC-ND", (Mark.NO_SALE, Mark.NO_REMIXES)),
        (Licence.SAMPLING_PLUS, "Sampling+ 1.0", (Mark.OWN_TERMS,)),
        (Licence("LicenseRef-contest-nc-0123456789"), "contest licence", (Mark.NO_SALE, Mark.OWN_TERMS)),
        (Licence.PUBLIC_DOMAIN, "public domain", ()),
        (Licence.ALL_RIGHTS_RESERVED, "all rights", (Mark.NO_REMIXES,)),
    ],
)
def test_a_licence_has_a_short_code_and_a_mark_for_what_it_asks(
    licence: Licence, code: str, marks: tuple[Mark, ...]
) -> None:
    assert (code_of(licence), marks_of(licence)) == (code, marks)


def conflict(wanted: Licence | None, *sources: HeldLicence) -> LicenceConflict:
    with pytest.raises(LicenceConflict) as raised:
        judge(wanted, sources)
    return raised.value


def test_a_clash_shows_both_ways_and_what_each_asks() -> None:
    alike = HeldLicence("1", Licence.BY_SA, ("relay dub", "wide", "LATE RELAY"), ("3", "2", "1"))
    unsold = HeldLicence("4", Licence.BY_NC, ("paper pier",), ("4",))
    clash = clash_of(conflict(None, alike, unsold).context)
    assert clash.wanted is None
    assert list(clash.ways[0].stations) == [Station("1", "LATE RELAY"), Station("2", "wide"), Station("3", "relay dub")]
    assert [way.demand for way in clash.ways] == ["asks for the same licence", "forbids sale"]
    assert clash.ways[1].marks == (Mark.NO_SALE,)


def test_a_clash_with_the_chosen_licence_has_the_remix_as_its_other_half() -> None:
    clash = clash_of(conflict(Licence.BY, HeldLicence("4", Licence.BY_NC, ("paper pier",))).context)
    assert clash.wanted is Licence.BY
    assert [list(way.stations) for way in clash.ways] == [[Station("", "paper pier")]]


def test_a_licence_that_allows_no_remix_stands_alone() -> None:
    clash = clash_of(conflict(None, HeldLicence("4", Licence.BY_ND, ("closed",), ("4",))).context)
    assert (len(clash.ways), clash.wanted) == (1, None)
    assert clash.ways[0].demand == demand_of(Licence.BY_ND) == "allows no remixes"
