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
from remixhub.domain.filenames import download_name

ZIP_TYPE = "application/zip"
_RECIPE = 2
"""To be raised where a writer changes within a release."""


class ExportFormat(StrEnum):
    DAWPROJECT = "dawproject"
    REAPER = "reaper"
    ABLETON = "ableton"
    AUDACITY = "audacity"


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
class Form:
    name: str
    opens_in: str
    ending: str
    """Of the whole file, behind the title."""
    written: Callable[[DawSession], Mapping[str, bytes]]
    """The files before the sound, by their names in the archive, in order."""
    how_to_open: Callable[[DawSession], Sequence[str]]
    media_type: str = ZIP_TYPE
    read_me: str = "README.txt"
    takes_mixes: bool = False
    """It has clips, gains and automation."""


def _folder(session: DawSession) -> Mapping[str, bytes]:
    return {read_me.MIDI_FILE: midi.tempo_map(session), read_me.LABELS_FILE: labels.labels(session)}


FORMS: Mapping[ExportFormat, Form] = {
    ExportFormat.DAWPROJECT: Form(
        "DAWproject", "Bitwig Studio, Studio One, Cubase, Nuendo, openDAW", ".dawproject",
        dawproject.written, lambda _session: read_me.DAWPROJECT, takes_mixes=True,
    ),
    ExportFormat.REAPER: Form(
        "REAPER", "REAPER", " (REAPER).zip", reaper.written, lambda _session: read_me.REAPER, takes_mixes=True
    ),
    ExportFormat.ABLETON: Form(
        "Folder", "Ableton Live, Logic, FL Studio, Pro Tools", " (folder).zip", _folder, read_me.ableton,
        read_me="Read me.txt",
    ),
    ExportFormat.AUDACITY: Form(
        "Audacity", "Audacity", " (Audacity).zip", _folder, lambda _session: read_me.AUDACITY
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Papers:
    """What travels with every session as it does with the ZIP of the pack."""

    licence_text: str
    receipt: str
    credits: str
    """A line for the work and for each that it was made from in turn, nearest first."""


def texts(session: DawSession, papers: Papers, format: ExportFormat) -> dict[str, bytes]:
    """All that comes before the sound, by name, in the order of the archive."""
    form = FORMS[format]
    beside = {
        form.read_me: read_me.read_me(session, form.how_to_open(session)),
        "LICENSE.txt": papers.licence_text,
        "CREDITS.txt": papers.credits,
        "RECEIPT.json": papers.receipt,
    }
    return {**form.written(session), **{name: text.encode() for name, text in beside.items()}}


def file_name(session: DawSession, format: ExportFormat) -> str:
    return download_name(session.heading, FORMS[format].ending)


def digest(session: DawSession, papers: Papers, format: ExportFormat) -> str:
    """SHA-256 that names the file: over all that it is written from, and the release whose writers these are.

    Not over what they write: whoever asks how far a session is would wait for a thousand curves to be drawn.
    """
    told = [asdict(session), asdict(papers)]
    written = f"export {_RECIPE} {__version__} {format}\n{json.dumps(told, separators=(',', ':'))}"
    return hashlib.sha256(written.encode()).hexdigest()
