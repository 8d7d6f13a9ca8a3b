"""What of a bundle comes along, and what does not, before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remixhub.domain.bundles.contents import BundledFile, BundledPack, BundledSource, BundledWork
from remixhub.domain.bundles.moving import Fate, Limits, plan
from remixhub.domain.bundles.refusals import BundleUnreadable
from tests.unit.services.bundles.stage import a_bundle, a_stem, a_work

LIMITS = Limits(stems=10, file_bytes=1000)
SOUND = BundledFile("works/r/whole.opus", "1" * 64, 10, "audio/ogg")


def a_remix(number: int, *sources: BundledWork | BundledSource, **facts: object) -> BundledWork:
    links = tuple(one if isinstance(one, BundledSource) else a_link(one) for one in sources)
    values = {"kind": "remix", "sources": links, "whole": SOUND, "pack": None, **facts}
    return a_work(number, f"Remix {number}", "Bob", **values)


def a_link(to: BundledWork, licence: str | None = None) -> BundledSource:
    return BundledSource(to.id, to.title, to.artist, to.url, licence or to.licence, "remix", (), None, None)


def an_outside(licence: str = "cc-by-4.0", url: str = "https://x.example/rain") -> BundledSource:
    return BundledSource(None, "Rain", "Ines", url, licence, "sample", (), None, None)


def fates(*works: BundledWork) -> dict[int, tuple[Fate, str]]:
    return {one.work.seq: (one.fate, one.why) for one in plan(a_bundle(*works), LIMITS)}


def test_all_come_in_the_order_in_which_they_were_published() -> None:
    release = a_work(3, "Night Drive", "Ada")
    remix = a_remix(7, release, an_outside("cc-by-sa-4.0"))
    planned = plan(a_bundle(a_remix(9, remix), remix, release), LIMITS)
    assert [(one.work.seq, one.fate) for one in planned] == [(3, Fate.COMES), (7, Fate.COMES), (9, Fate.COMES)]


@pytest.mark.parametrize(
    ("work", "fate", "said"),
    [
        (a_work(1, "Gone", "Ada", is_tombstone=True), Fate.STAYS, "withdrawn"),
        (a_work(1, "Closed", "Ada", pack=None, withheld="For entrants."), Fate.STAYS, "For entrants."),
        (a_work(1, "Closed", "Ada", licence="LicenseRef-contest-0123456789"), Fate.STAYS, "contest licence"),
        (a_remix(1, an_outside(), whole=None), Fate.STAYS, "sound"),
        (a_work(1, "Odd", "Ada", licence="wtfpl"), Fate.REFUSED, "does not know the licence 'wtfpl'"),
        (a_work(1, "Odd", "Ada", kind="symphony"), Fate.REFUSED, "symphony"),
        (a_work(1, "x" * 201, "Ada"), Fate.REFUSED, "201 characters"),
        (a_work(1, "a\0b", "Ada"), Fate.REFUSED, "no text"),
        (a_work(1, "Odd", "Ada", tempo_bpm=9_000.0), Fate.REFUSED, "tempo"),
        (a_work(1, "Odd", "Ada", pack=BundledPack("p", 1, "", "", (a_stem("Kick"),) * 12)), Fate.REFUSED, "12 stems"),
        (a_remix(1, an_outside(), whole=BundledFile("w", "1" * 64, 1001, "audio/ogg")), Fate.REFUSED, "1001 bytes"),
        (a_work(1, "Odd", "Ada", url="javascript:alert(1)"), Fate.REFUSED, "https://"),
        (a_work(1, "Odd", "Ada", id="x" * 65), Fate.REFUSED, "no id"),
        (a_remix(1, replace(an_outside(), end_ms=10**400)), Fate.REFUSED, "part of a source"),
        (a_remix(1), Fate.REFUSED, "0 sources"),
        (a_remix(1, an_outside(), an_outside()), Fate.REFUSED, "twice"),
        (a_remix(1, an_outside("all-rights-reserved")), Fate.REFUSED, "Rain"),
        (a_remix(1, an_outside(url="ftp://x.example/rain")), Fate.REFUSED, "https://"),
    ],
)  # fmt: skip
def test_what_does_not_come_says_why(work: BundledWork, fate: Fate, said: str) -> None:
    found, why = fates(work)[1]
    assert found is fate
    assert said in why


def test_licences_are_judged_as_they_were_held_and_over_all_ancestors() -> None:
    release = a_work(1, "Night Drive", "Ada", licence="cc-by-4.0")
    first = a_remix(2, a_link(release, "cc-by-sa-4.0"), licence="cc-by-sa-4.0")
    fits = a_remix(3, a_link(first, "cc-by-4.0"), licence="cc-by-sa-4.0")
    clashes = a_remix(4, a_link(first, "cc-by-4.0"), licence="cc-by-nc-4.0")
    found = fates(release, first, fits, clashes)
    assert [found[seq][0] for seq in (1, 2, 3, 4)] == [Fate.COMES, Fate.COMES, Fate.COMES, Fate.REFUSED]
    assert "Night Drive" in found[4][1]


def test_circles_are_refused_and_what_was_made_from_the_withdrawn_cites_it() -> None:
    gone = a_work(1, "Gone", "Ada", is_tombstone=True)
    remix = a_remix(2, gone)
    later = a_remix(4, remix)
    earlier = a_remix(3, later)
    found = fates(gone, remix, earlier, later)
    assert found[2] == (Fate.COMES, "")
    assert found[4] == (Fate.COMES, "")
    assert found[3][0] is Fate.REFUSED
    assert "circle" in found[3][1]
    with pytest.raises(BundleUnreadable, match="twice"):
        plan(a_bundle(gone, gone), LIMITS)
    with pytest.raises(BundleUnreadable, match="no address of a hub"):
        plan(replace(a_bundle(gone), hub_url="javascript:alert(1)"), LIMITS)


def test_long_lines_of_remixes_come_too() -> None:
    works = [a_work(1, "Night Drive", "Ada")]
    for number in range(2, 1_202):
        works.append(a_remix(number, works[-1]))
    assert {one.fate for one in plan(a_bundle(*works), LIMITS)} == {Fate.COMES}
