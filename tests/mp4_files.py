"""MP4 files as other programs leave them: boxes replaced in those that ffmpeg writes, whose index stands at the end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.signals import Sound, write_by_ffmpeg

Change = Callable[[bytes], bytes]
Edit = tuple[int, int]
"""Duration in ticks of the movie, and start in ticks of the media; -1 is silence."""

PRIMING = {"aac": 1_024, "alac": 0}
STREAM = (b"moov", b"trak")
MEDIA = (*STREAM, b"mdia")
TABLE = (*MEDIA, b"minf", b"stbl")


def written(folder: Path, sound: Sound, codec: str, rate_hz: int, *options: str) -> bytes:
    """The movie counts milliseconds."""
    options = ("-c:a", codec, "-movie_timescale", "1000", *options)
    return write_by_ffmpeg(folder / "written.m4a", sound, rate_hz, *options).read_bytes()


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def changed(raw: bytes, path: tuple[bytes, ...], change: Change) -> bytes:
    """The box at `path` with another body; if there is none, it is made of an empty one, behind its first neighbour."""
    name, *rest = path
    at = 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 4], "big")
        if raw[at + 4 : at + 8] == name:
            body = raw[at + 8 : at + size]
            body = changed(body, tuple(rest), change) if rest else change(body)
            return raw[:at] + box(name, body) + raw[at + size :]
        at += size
    first = int.from_bytes(raw[:4], "big")
    return raw[:first] + box(name, changed(b"", tuple(rest), change) if rest else change(b"")) + raw[first:]


def edit_list(edits: list[Edit], *, wide: bool = False, speed: int = 0x10000) -> bytes:
    layout = ">Qqi" if wide else ">Iii"
    parts = (struct.pack(layout, duration, start, speed) for duration, start in edits)
    return bytes([wide, 0, 0, 0]) + struct.pack(">I", len(edits)) + b"".join(parts)


def edited(raw: bytes, edits: list[Edit], *, speed: int = 0x10000) -> bytes:
    return changed(raw, (*STREAM, b"edts", b"elst"), lambda _: edit_list(edits, speed=speed))


def without_edits(raw: bytes) -> bytes:
    return changed(raw, STREAM, lambda body: body.replace(b"edts", b"free"))


def rescaled(raw: bytes, ticks_hz: int) -> bytes:
    """The movie's clock, as a list of edits will count."""
    return changed(raw, (b"moov", b"mvhd"), lambda body: body[:12] + struct.pack(">I", ticks_hz) + body[16:])


def widened(raw: bytes, edits: list[Edit]) -> bytes:
    """All that counts time in version 1, with 64 bits, as QuickTime does for long movies."""
    for path in ((b"moov", b"mvhd"), (*MEDIA, b"mdhd")):
        raw = changed(raw, path, _wide_times)
    raw = changed(raw, (*STREAM, b"tkhd"), _wide_tkhd)
    return changed(raw, (*STREAM, b"edts", b"elst"), lambda _: edit_list(edits, wide=True))


def _wide_times(body: bytes) -> bytes:
    created, modified, scale, duration = struct.unpack_from(">IIII", body, 4)
    return b"\1" + body[1:4] + struct.pack(">QQIQ", created, modified, scale, duration) + body[20:]


def _wide_tkhd(body: bytes) -> bytes:
    created, modified, number, reserved, duration = struct.unpack_from(">IIIII", body, 4)
    return b"\1" + body[1:4] + struct.pack(">QQIIQ", created, modified, number, reserved, duration) + body[24:]


def deflated(raw: bytes) -> bytes:
    """With the index packed, as QuickTime could."""
    at = raw.rindex(b"moov") - 4
    size = int.from_bytes(raw[at : at + 4], "big")
    packed = box(b"cmvd", struct.pack(">I", size) + zlib.compress(raw[at : at + size]))
    return raw[:at] + box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + packed)) + raw[at + size :]


def gapless(raw: bytes, priming: int, padding: int, frames: int) -> bytes:
    """With iTunes' tag."""
    text = f" 00000000 {priming:08X} {padding:08X} {frames:016X}" + " 00000000" * 8
    tag = box(b"mean", bytes(4) + b"com.apple.iTunes") + box(b"name", bytes(4) + b"iTunSMPB")
    tag += box(b"data", struct.pack(">II", 1, 0) + text.encode())
    hdlr = box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    return changed(raw, (b"moov", b"udta"), lambda _: box(b"meta", bytes(4) + hdlr + box(b"ilst", box(b"----", tag))))


def even_packets(raw: bytes, ticks: int) -> bytes:
    """All packets last equally long, as iTunes counts them; ffmpeg shortens the last."""

    def change(body: bytes) -> bytes:
        runs = struct.unpack_from(f">{2 * int.from_bytes(body[4:8], 'big')}I", body, 8)
        return bytes(4) + struct.pack(">III", 1, sum(runs[::2]), ticks)

    return changed(raw, (*TABLE, b"stts"), change)


def packets(raw: bytes) -> int:
    at = raw.index(b"stsz")
    return int.from_bytes(raw[at + 12 : at + 16], "big")


def with_sbr(raw: bytes) -> bytes:
    """AAC at 22,050 Hz, said to be doubled to 44,100 Hz by the decoder, as HE-AAC is."""
    at = raw.index(b"\x05\x80\x80\x80\x05", raw.index(b"esds"))
    channels = raw[at + 6] >> 3 & 15
    bits = f"{5:05b}{7:04b}{channels:04b}{4:04b}{2:05b}000".ljust(40, "0")
    return raw[: at + 5] + int(bits, 2).to_bytes(5, "big") + raw[at + 10 :]
