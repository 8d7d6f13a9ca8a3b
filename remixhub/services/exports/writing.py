"""The bytes of a session's file, from the first to the last: its texts, then its sound, a stem at a time.

Of a folder there lie on disk never more than one original and the WAV made of it; of an MP4 of stems all originals,
four sums and the file. In memory is a block.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256 as new_sha256
from pathlib import Path

import structlog

from remixhub.audio.convert import convert
from remixhub.audio.stem_file import render_stem_file
from remixhub.audio.tags import LONGEST_TAG, Tags
from remixhub.audio.write.encode import AudioFormat
from remixhub.compose import Parts
from remixhub.domain.exports.formats import FORMS, Folder, StemFile, folder_name, texts
from remixhub.domain.exports.session import DawSession, Sound
from remixhub.domain.exports.stem_file import ORDER, families_of, rate_hz, user_box
from remixhub.domain.stems.zip_layout import Entry, central_directory, local_header
from remixhub.models import Original
from remixhub.services.exports.describing import Described
from remixhub.services.stems.zip_writer import OriginalCorrupted

log = structlog.get_logger()

_BLOCK_BYTES = 1024**2
_FETCHED, _CONVERTED = 0.2, 0.7
"""Shares of the work on one stem."""

Tell = Callable[[float, str], None]
"""Told the percent done, and what is being done."""


def pieces(parts: Parts, described: Described, folder: Path, tell: Tell) -> Iterator[bytes]:
    """Raises OriginalCorrupted, and what mixing and decoding raise."""
    made = FORMS[described.format].made
    if isinstance(made, Folder):
        yield from _folder(parts, described, folder, tell)
    else:
        yield from _blocks(_stem_file(parts, described, made, folder, tell))


def _stem_file(parts: Parts, described: Described, made: StemFile, folder: Path, tell: Tell) -> Path:
    session, path = described.session, folder / "stems.mp4"
    names = [sound.name for sound in session.sounds]
    wanted: list[tuple[str, str, str | None, str, int]] = [
        (one.key, one.sha256, one.sha256, name, one.size_bytes)
        for one, name in zip(described.originals, names, strict=True)
    ]
    mix = described.own_mix
    if mix is not None:
        wanted.append((mix.key, mix.digest, mix.digest if mix.is_original else None, "the mix", 0))
    whole, done = max(sum(one[-1] for one in wanted), 1), 0
    for key, digest, sha256, name, size_bytes in wanted:
        tell(100 * _FETCHED * done / whole, "fetching")
        _fetch(parts, key, sha256, folder / digest, name)
        done += size_bytes
    families = families_of(session, described.families)
    render_stem_file(
        session.spec,
        {
            sound.stem: folder / original.sha256
            for sound, original in zip(session.sounds, described.originals, strict=True)
        },
        [{stem for stem, family in families.items() if family is one} for one in ORDER],
        path,
        made.codec,
        parts.sandbox,
        sample_rate_hz=rate_hz(session.rate_hz),
        udta=user_box(session, described.papers.files()),
        own_mix=None if mix is None else folder / mix.digest,
        on_progress=lambda part, step: tell(100 * (_FETCHED + (1 - _FETCHED) * part), step),
    )
    return path


def _folder(parts: Parts, described: Described, folder: Path, tell: Tell) -> Iterator[bytes]:
    session, entries, inside = described.session, [], folder_name(described.session, described.format)
    for name, body in texts(session, described.papers, described.format).items():
        entries.append(Entry(inside + name, len(body), zlib.crc32(body)))
        yield local_header(entries[-1])
        yield body
    whole, done = max(sum(sound.size_bytes for sound in session.sounds), 1), 0
    for sound, original in zip(session.sounds, described.originals, strict=True):
        share = sound.size_bytes

        def show(part: float, before: int = done, share: int = share, name: str = sound.name) -> None:
            tell(100 * (before + part * share) / whole, f"writing {name}")

        path = _write(parts, session, sound, original, folder, show)
        entries.append(Entry(inside + sound.file, path.stat().st_size, _crc32(path)))
        yield local_header(entries[-1])
        yield from _blocks(path)
        path.unlink()
        done += share
    yield central_directory(entries)


def _write(
    parts: Parts, session: DawSession, sound: Sound, original: Original, folder: Path, show: Callable[[float], None]
) -> Path:
    source, path = folder / "original", folder / "sound.wav"
    read = 0

    def on_block(block: bytes) -> None:
        nonlocal read
        read += len(block)
        show(_FETCHED * read / max(original.size_bytes, 1))

    _fetch(parts, original.key, original.sha256, source, sound.name, on_block)
    frames = convert(
        source, path, AudioFormat.WAV, parts.sandbox, tags=_tags(session, sound), bit_depth=sound.bit_depth,
        sample_rate_hz=session.rate_hz, on_progress=lambda done: show(_FETCHED + (_CONVERTED - _FETCHED) * done),
    )  # fmt: skip
    if frames != sound.frames:
        log.error("original_corrupted", key=original.key, frames=frames, expected=sound.frames)
        raise OriginalCorrupted(f"{sound.name!r} has {frames} frames, not the {sound.frames} that were measured.")
    source.unlink()
    return path


def _fetch(
    parts: Parts,
    key: str,
    sha256: str | None,
    path: Path,
    name: str = "",
    on_block: Callable[[bytes], None] = lambda _block: None,
) -> None:
    digest = new_sha256()

    def read(block: bytes) -> None:
        digest.update(block)
        on_block(block)

    parts.store.download(key, path, read)
    if sha256 not in (None, digest.hexdigest()):
        log.error("original_corrupted", key=key)
        raise OriginalCorrupted(f"The stored bytes of {name!r} are not those that were uploaded.")


def _tags(session: DawSession, sound: Sound) -> Tags:
    """By its last line a stem is known again, whatever a program has called its file."""
    return Tags(
        title=sound.name,
        artist=session.artist,
        album=session.title,
        credits=(session.credit[: LONGEST_TAG // 2], f"RemixHub stem {sound.stem}"),
        licence_url=session.licence_url,
        tempo_bpm=session.spec.grid.bpm if session.spec.grid else None,
        key=session.key,
        software="RemixHub",
    )


def _crc32(path: Path) -> int:
    crc32 = 0
    for block in _blocks(path):
        crc32 = zlib.crc32(block, crc32)
    return crc32


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
