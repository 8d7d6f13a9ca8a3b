"""What a bundle holds, as values: written as `bundle.json`, drawn as pages, put on paper, read where it moves to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FORMAT, VERSION = "remixhub-bundle", 1


class BundleKind(StrEnum):
    WORK = "work"
    CONTEST = "contest"
    COLLECTION = "collection"
    LABEL = "label"


@dataclass(frozen=True)
class BundledFile:
    path: str
    """Within the bundle, with `/`; safe on FAT32."""
    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True)
class BundledStem:
    id: str
    name: str
    role: str
    gain_db: float
    sample_rate_hz: int
    channels: int
    bit_depth: int | None
    duration_frames: int
    original: BundledFile
    preview: BundledFile | None
    """What browsers play; None where the hub had none."""
    envelope: Sequence[int]
    """0–100 at equal distances over its length, for drawing; empty where not known."""


@dataclass(frozen=True)
class BundledPack:
    id: str
    version: int
    digest: str
    note: str
    stems: Sequence[BundledStem]


@dataclass(frozen=True)
class BundledSource:
    """A link from a work to what it was made from, which may be outside of the bundle, or of any hub."""

    work_id: str | None
    """None for a source from elsewhere."""
    title: str
    artist: str
    url: str
    licence: str
    """As held when the link was declared; its word, or the text given for a source from elsewhere."""
    kind: str
    stem_names: Sequence[str]
    start_ms: int | None
    end_ms: int | None


@dataclass(frozen=True)
class BundledRemix:
    """What was made of a work, and is not in the bundle itself."""

    work_id: str
    seq: int
    title: str
    artist: str
    url: str
    licence: str
    is_tombstone: bool


@dataclass(frozen=True)
class BundledWork:
    id: str
    seq: int
    kind: str
    title: str
    artist: str
    url: str
    description: str
    """Markdown, as typed."""
    tempo_bpm: float | None
    key: str | None
    tags: Sequence[str]
    licence: str
    licence_name: str
    licence_url: str
    credits: Sequence[tuple[str, str]]
    """The work's own, as (name, role)."""
    credit_lines: Sequence[str]
    """For the work and for everything that it was made from, nearest first."""
    generation: int
    published_at: str
    sources: Sequence[BundledSource]
    duration_seconds: float | None
    cover: BundledFile | None
    whole: BundledFile | None
    """Its whole piece, as browsers play it."""
    envelope: Sequence[int]
    pack: BundledPack | None
    receipt: BundledFile | None
    """Signed by the hub, for whoever made the bundle."""
    withheld: str
    """Why there are no stems although the work has some; empty otherwise."""
    note: str
    """Of the collection, or the contest's word on the entry such as its place; empty otherwise."""
    is_tombstone: bool
    folder: str = ""
    """Of its own in the bundle, such as `works/01 Night Drive`: LICENSE.txt and CREDITS.txt lie there, and its sound.
    Names in it may hold spaces and letters of any script, so that a link to a file quotes its path.
    """
    artist_url: str = ""
    """Of the artist's page on the hub."""
    whole_original: BundledFile | None = None
    """Its whole piece in full quality, in bundles that are written for moving alone. None also where all stems
    together are the whole piece.
    """
    remixes: Sequence[BundledRemix] = ()
    """Made of it directly and not in the bundle; the oldest, as they stood when the bundle was made."""
    remixes_beyond: int = 0
    """How many more there were."""


@dataclass(frozen=True)
class Bundle:
    kind: BundleKind
    id: str
    title: str
    by: str
    """Who it is of: the artist, the label, the collector."""
    url: str
    text: str
    """Markdown: a description, a brief, a collection's text. The zine's text."""
    hub_name: str
    hub_url: str
    made_at: str
    works: Sequence[BundledWork]
    """In their order: of the collection, by place in a contest, newest first of a label. Each once."""
    papers: Sequence[BundledFile] = ()
    """To be printed: J-cards, labels, the zine as a sheet."""
