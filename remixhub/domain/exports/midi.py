"""A Standard MIDI File without notes: tempo, time signature, key and markers, for programs that read no session.

After the MIDI 1.0 specification: format 0, 960 ticks a quarter note, all of it meta events.
"""

from __future__ import annotations

import struct

from remixhub.domain.exports.session import DawSession, one_line
from remixhub.domain.musical_key import Mode, MusicalKey, parse_key

TICKS = 960
_TEXT, _COPYRIGHT, _NAME, _MARKER, _END, _TEMPO, _SIGNATURE, _KEY = 0x01, 0x02, 0x03, 0x06, 0x2F, 0x51, 0x58, 0x59
_CLOCKS_A_CLICK, _THIRTY_SECONDS_A_QUARTER = 24, 8


def tempo_map(session: DawSession) -> bytes:
    events = [
        (0, _NAME, one_line(session.heading).encode()),
        (0, _TEXT, one_line(session.credit).encode()),
        (0, _COPYRIGHT, one_line(f"{session.licence}, {session.licence_url}").encode()),
        (0, _TEMPO, round(60_000_000 / session.tempo_bpm).to_bytes(3, "big")),
        (0, _SIGNATURE, bytes([session.beats_per_bar, 2, _CLOCKS_A_CLICK, _THIRTY_SECONDS_A_QUARTER])),
    ]
    key = parse_key(session.key) if session.key else None
    if key is not None:
        events.append((0, _KEY, struct.pack(">bB", accidentals(key), int(key.mode is Mode.MINOR))))
    ticks = [round(session.beats(mark.at_frames) * TICKS) for mark in session.marks()]
    events += [(at, _MARKER, mark.name.encode()) for at, mark in zip(ticks, session.marks(), strict=True)]
    events.append((max(round(session.beats(session.length_frames) * TICKS), *ticks, 0), _END, b""))
    body, before = bytearray(), 0
    for at, kind, data in events:
        body += variable(at - before) + bytes([0xFF, kind]) + variable(len(data)) + data
        before = at
    return struct.pack(">4sIHHH4sI", b"MThd", 6, 0, 1, TICKS, b"MTrk", len(body)) + bytes(body)


def accidentals(key: MusicalKey) -> int:
    """Sharps, or flats below zero; from -5 to 6."""
    major = key.tonic if key.mode is Mode.MAJOR else (key.tonic + 3) % 12
    return (major * 7 + 5) % 12 - 5


def variable(value: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last have the eighth set."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))
