"""Stems that are the same bytes on every machine: whole numbers and the standard library, so that no file is kept."""

from __future__ import annotations

import io
import struct
import wave

RATE_HZ = 44_100
SECONDS = 2
_SWING = 6000


def plain_wav(number: int) -> bytes:
    """A triangle wave that beats, 16 bits, mono; each number has a pitch of its own."""
    period, beat = 600 - 23 * (number % 24), RATE_HZ // 4
    sound = bytearray()
    for frame in range(RATE_HZ * SECONDS):
        place = (frame * 4) % (period * 4)
        height = place - period if place < period * 2 else period * 3 - place
        level = 2 + (frame // beat) % 2 + (number // 24)
        sound += struct.pack("<h", height * _SWING * level // (period * 4))
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(sound))
    return packed.getvalue()
