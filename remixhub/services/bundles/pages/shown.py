"""A work as the pages of a bundle name it: its number, its page, its cover, its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.domain.bundles.contents import Bundle, BundledSource, BundledStem, BundledWork
from remixhub.domain.covers.envelope import COLUMNS
from remixhub.domain.covers.printed import print_cover
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.svg import svg_of
from remixhub.domain.figures import day, duration, rate, tempo
from remixhub.domain.licences.marks import licence_meaning
from remixhub.domain.licences.terms import short_name
from remixhub.domain.musical_key import parse_key, with_camelot
from remixhub.domain.stems.roles import role_name
from remixhub.domain.times import played_time
from remixhub.services.bundles.pages import places, waves
from remixhub.services.bundles.pages.lineage import licence_of

_PAPERS = {
    "zine": "The zine: eight pages from one sheet",
    "j-cards": "J-cards for cassettes",
    "labels": "Labels with square codes",
    "stick-labels": "Labels for the stick",
}


@dataclass(frozen=True)
class Shown:
    work: BundledWork
    place: int
    """In the bundle, from 1."""
    page: str
    cover: str
    """The path of a picture, empty for a tombstone."""

    @property
    def catalogue(self) -> str:
        return f"RH-{self.work.seq:04}"

    @property
    def stems(self) -> Sequence[BundledStem]:
        return self.work.pack.stems if self.work.pack else ()

    @property
    def licence(self) -> str:
        """Short: `CC BY 4.0`."""
        licence = licence_of(self.work.licence)
        return short_name(licence) if licence else self.work.licence_name

    @property
    def meaning(self) -> str:
        """What the licence allows and asks; empty for one that this release does not know."""
        licence = licence_of(self.work.licence)
        return licence_meaning(licence) if licence else ""

    @property
    def is_printed(self) -> bool:
        """Its cover is not among the bundle's files: the house prints one from its sound."""
        return self.work.cover is None and not self.work.is_tombstone

    @property
    def about(self) -> Sequence[str]:
        """In a list of works."""
        work = self.work
        if work.is_tombstone:
            return [work.kind, self.licence]
        seconds = work.duration_seconds
        return [
            *(["remix"] if work.kind == "remix" else []),
            *([tempo(work.tempo_bpm)] if work.tempo_bpm else []),
            *([with_camelot(work.key)] if work.key else []),
            *([duration(seconds)] if seconds else []),
            self.licence,
        ]

    @property
    def figures(self) -> Sequence[tuple[str, str]]:
        work = self.work
        if work.is_tombstone:
            return []
        return [
            ("BPM", f"{round(work.tempo_bpm, 1):g}" if work.tempo_bpm else ""),
            ("Key", with_camelot(work.key)),
            ("Length", duration(work.duration_seconds) if work.duration_seconds else ""),
            ("Stems", str(len(self.stems) or "")),
        ]


def shown_works(bundle: Bundle) -> Sequence[Shown]:
    count = len(bundle.works)
    return [_shown(work, place, places.work_page(place, count)) for place, work in enumerate(bundle.works, 1)]


def _shown(work: BundledWork, place: int, page: str) -> Shown:
    cover = "" if work.is_tombstone else work.cover.path if work.cover else places.printed_cover(place)
    return Shown(work, place, page, cover)


def print_of(work: BundledWork) -> bytes:
    """An SVG, stable for a work."""
    levels = waves.folded(work.envelope, COLUMNS)
    envelope = bytes(round(level * 2.55) for level in levels) if len(levels) == COLUMNS else b""
    key = parse_key(work.key) if work.key else None
    return svg_of(print_cover(Score(work.id, envelope, work.tempo_bpm, key))).encode()


def stem_label(stem: BundledStem) -> str:
    """`Kick · 44.1 kHz · 24 bit · mono`."""
    width = {1: "mono", 2: "stereo"}.get(stem.channels, f"{stem.channels} channels")
    depth = [f"{stem.bit_depth} bit"] if stem.bit_depth else []
    return " · ".join([role_name(stem.role), rate(stem.sample_rate_hz), *depth, width])


def stem_seconds(stem: BundledStem) -> float:
    return stem.duration_frames / stem.sample_rate_hz if stem.sample_rate_hz > 0 else 0.0


def paper_name(path: str) -> str:
    """What a printed page is called; its file's name for one that is not known here."""
    name = path.rpartition("/")[2]
    return _PAPERS.get(name.rpartition(".")[0], name)


def licence_words(word: str) -> str:
    licence = licence_of(word)
    return short_name(licence) if licence else word


def span(source: BundledSource) -> str:
    """`0:41–1:02`, or nothing."""
    if source.start_ms is None or source.end_ms is None:
        return ""
    return f"{played_time(source.start_ms / 1000)}–{played_time(source.end_ms / 1000)}"


def day_of(moment: str) -> str:
    """Of a time as RFC 3339 writes it; as it stands where it is none."""
    try:
        return day(dt.datetime.fromisoformat(moment)) if moment else ""
    except ValueError:
        return moment
