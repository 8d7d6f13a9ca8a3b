"""The programs for which sessions are written, a row each: a new one is a row here and a writer beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from remixhub import __version__
from remixhub.domain.errors import NotFound
from remixhub.domain.exports import dawproject, labels, midi, read_me, reaper
from remixhub.domain.exports.session import DawSession
from remixhub.domain.exports.stem_file import StemCodec
from remixhub.domain.filenames import download_name

ZIP_TYPE = "application/zip"
_RECIPE = 3
"""To be raised where a writer changes within a release."""


_FOLDER_LONGEST = 80
"""Characters: Windows takes 260 with all folders around, and the name of a project is as long again."""


class ExportFormat(StrEnum):
    DAWPROJECT = "dawproject"
    REAPER = "reaper"
    ABLETON = "ableton"
    AUDACITY = "audacity"
    STEMS = "stems"
    STEMS_ALAC = "stems_alac"


class ExportFormatUnknown(NotFound):
    code = "export_format_unknown"
    title = "There is no such format"


def format_of(word: str, *, of_mix: bool = False) -> ExportFormat:
    """Raises ExportFormatUnknown."""
    offered = [format for format, form in FORMS.items() if form.takes_mixes or not of_mix]
    if word not in offered:
        raise ExportFormatUnknown(f"There is no format {word!r} for this; there are {', '.join(offered)}.")
    return ExportFormat(word)


@dataclass(frozen=True)
class Exported:
    """What a job makes a file of."""

    format: ExportFormat
    id: str
    """Of a stem pack, or of a mix."""
    is_mix: bool = False

    def __str__(self) -> str:
        return f"{self.format}-{'mix' if self.is_mix else 'pack'}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Self:
        format, source, id = text.split("-", 2)
        return cls(ExportFormat(format), id, source == "mix")


@dataclass(frozen=True)
class Folder:
    """A ZIP of texts and of the sound as WAV, a file a stem; to be unpacked, unless programs open it itself."""

    written: Callable[[DawSession], Mapping[str, bytes]]
    """The files before the sound, by their names in the archive, in order."""
    how_to_open: Callable[[DawSession], Sequence[str]]
    read_me: str = "README.txt"
    is_unpacked: bool = True
    """Then all lies in one folder, which bears the session's name."""


@dataclass(frozen=True)
class StemFile:
    """One MP4 of a mix and four stems."""

    codec: StemCodec


@dataclass(frozen=True)
class Form:
    name: str
    opens_in: str
    ending: str
    """Of the whole file, behind the title."""
    made: Folder | StemFile
    takes_mixes: bool = False
    """It has clips, gains and automation."""

    @property
    def media_type(self) -> str:
        return ZIP_TYPE if isinstance(self.made, Folder) else "audio/mp4"

    @property
    def key_ending(self) -> str:
        return "zip" if isinstance(self.made, Folder) else "mp4"


def _folder(session: DawSession) -> Mapping[str, bytes]:
    return {read_me.MIDI_FILE: midi.tempo_map(session), read_me.LABELS_FILE: labels.labels(session)}


FORMS: Mapping[ExportFormat, Form] = {
    ExportFormat.DAWPROJECT: Form(
        "DAWproject", "Bitwig Studio, Studio One, Cubase, Nuendo, openDAW", ".dawproject",
        Folder(dawproject.written, lambda _session: read_me.DAWPROJECT, is_unpacked=False), takes_mixes=True,
    ),
    ExportFormat.REAPER: Form(
        "REAPER", "REAPER", " (REAPER).zip", Folder(reaper.written, lambda _session: read_me.REAPER), takes_mixes=True
    ),
    ExportFormat.ABLETON: Form(
        "Folder", "Ableton Live, Logic, FL Studio, Pro Tools", " (folder).zip",
        Folder(_folder, read_me.ableton, read_me="Read me.txt"),
    ),
    ExportFormat.AUDACITY: Form(
        "Audacity", "Audacity", " (Audacity).zip", Folder(_folder, lambda _session: read_me.AUDACITY)
    ),
    ExportFormat.STEMS: Form(
        "Stems for DJs", "Traktor, Mixxx 2.6, and as one song whatever plays MP4", ".stem.mp4",
        StemFile(StemCodec.AAC), takes_mixes=True,
    ),
    ExportFormat.STEMS_ALAC: Form(
        "Stems for DJs, lossless", "Mixxx 2.6, Traktor 4", " (lossless).stem.mp4",
        StemFile(StemCodec.ALAC), takes_mixes=True,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Papers:
    """What travels with every session as it does with the ZIP of the pack."""

    licence_text: str
    receipt: str
    credits: str
    """A line for the work and for each that it was made from in turn, nearest first."""

    def files(self) -> dict[str, str]:
        return {"LICENSE.txt": self.licence_text, "CREDITS.txt": self.credits, "RECEIPT.json": self.receipt}


def texts(session: DawSession, papers: Papers, format: ExportFormat) -> dict[str, bytes]:
    """All that comes before the sound in a folder, by name, in the order of the archive."""
    made = FORMS[format].made
    assert isinstance(made, Folder)
    beside = {made.read_me: read_me.read_me(session, made.how_to_open(session)), **papers.files()}
    return {**made.written(session), **{name: text.encode() for name, text in beside.items()}}


def folder_name(session: DawSession, format: ExportFormat) -> str:
    """Of what is unpacked, with its `/`; empty where the archive itself is opened."""
    made = FORMS[format].made
    assert isinstance(made, Folder)
    return f"{download_name(session.heading[:_FOLDER_LONGEST], '')}/" if made.is_unpacked else ""


def file_name(session: DawSession, format: ExportFormat) -> str:
    return download_name(session.heading, FORMS[format].ending)


def digest(session: DawSession, papers: Papers, format: ExportFormat, beside: Sequence[object] = ()) -> str:
    """SHA-256 that names the file: over all that it is written from, and the release whose writers these are.

    `beside` is what the format takes besides. Not over what they write: whoever asks how far a session is would wait
    for a thousand curves to be drawn.
    """
    told = [asdict(session), asdict(papers), *beside]
    written = f"export {_RECIPE} {__version__} {format}\n{json.dumps(told, separators=(',', ':'))}"
    return hashlib.sha256(written.encode()).hexdigest()
