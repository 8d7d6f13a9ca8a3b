"""NI Stems: what an MP4 of a mix and its four stems says of itself, as the box `moov/udta` with manifest and tags.

The manifest is JSON in `udta/stem`. Players that know it play the four; others play the first, which is the mix.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from enum import StrEnum

from remixhub.domain.exports.session import INKS, DawSession, one_line
from remixhub.domain.musical_key import parse_key
from remixhub.domain.stems.roles import Family, StemRole

ORDER = (Family.RHYTHM, Family.LOW, Family.TONE, Family.VOICE)
"""As players lay them out: drums, bass, what else there is, voice."""
_RATES_HZ = (44_100, 48_000)
_TEXT, _WHOLE = 1, 21
"""Types of values in iTunes' metadata: UTF-8, and a signed integer."""
_COMPRESSOR = {
    "enabled": False, "ratio": 10, "output_gain": 0, "release": 1.0, "attack": 0.0001, "input_gain": 0,
    "threshold": 0, "hp_cutoff": 20, "dry_wet": 100,
}  # fmt: skip
_LIMITER = {"enabled": False, "release": 1.0, "threshold": 0, "ceiling": 0}


class StemCodec(StrEnum):
    AAC = "aac"
    ALAC = "alac"


STREAMS_BYTES_A_SECOND = {StemCodec.AAC: 5 * 32_000, StemCodec.ALAC: 5 * 150_000}
"""Of all five; lossless ones as music comes to be, more or less."""


def rate_hz(own_hz: int) -> int:
    """At most 48 kHz, and one of the two that all players know."""
    if own_hz in _RATES_HZ:
        return own_hz
    return 44_100 if own_hz < 44_100 or own_hz % 11_025 == 0 else 48_000


def families_of(session: DawSession, chosen: Mapping[str, Family]) -> dict[str, Family]:
    """By stem: as its artist chose, else that of its role."""
    return {sound.stem: chosen.get(sound.stem, StemRole(sound.role).family) for sound in session.sounds}


def manifest() -> bytes:
    """Mastering is left to the mix: both processors are off, and neutral for whoever looks at them all the same."""
    stems = [{"name": family.value.capitalize(), "color": INKS[family]} for family in ORDER]
    told = {"mastering_dsp": {"compressor": _COMPRESSOR, "limiter": _LIMITER}, "version": 1, "stems": stems}
    return json.dumps(told, separators=(",", ":")).encode()


def user_box(session: DawSession, papers: Mapping[str, str]) -> bytes:
    """`udta` with the tags that players show, the papers by their names, and the manifest."""
    handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    tags = b"".join([*_tags(session), *(_own_tag("org.remixhub", name, text) for name, text in papers.items())])
    return _box(b"udta", _box(b"meta", bytes(4) + handler + _box(b"ilst", tags)) + _box(b"stem", manifest()))


def _tags(session: DawSession) -> Iterator[bytes]:
    texts = (
        (b"\xa9nam", session.title), (b"\xa9ART", session.mixed_by or session.artist),
        (b"cprt", f"{session.licence}, {session.licence_url}"), (b"\xa9cmt", f"{session.credit} {session.permalink}"),
        (b"TAUT", "STEM"),
    )  # fmt: skip
    for name, text in texts:
        yield _box(name, _value(one_line(text).encode(), _TEXT))
    if session.spec.grid is not None:
        yield _box(b"tmpo", _value(struct.pack(">H", round(session.spec.grid.bpm)), _WHOLE))
    key = parse_key(session.key) if session.key else None
    if key is not None:
        yield _own_tag("com.apple.iTunes", "initialkey", key.short_name)


def _own_tag(whose: str, name: str, text: str) -> bytes:
    named = _box(b"mean", bytes(4) + whose.encode()) + _box(b"name", bytes(4) + name.encode())
    return _box(b"----", named + _value(text.encode(), _TEXT))


def _value(body: bytes, kind: int) -> bytes:
    return _box(b"data", struct.pack(">II", kind, 0) + body)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body
