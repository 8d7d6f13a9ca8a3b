"""WAV and AIFF as people have them: chunks without padding, frames wider than their samples, text of older systems."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.read.text import tag_text
from tests.hostile import RATE_HZ, chunk, outcome, wav
from tests.signals import Sound, music, write_sound

SOUND = music(0.2, RATE_HZ)
PCM_16 = (SOUND * 32_767).astype("<i2").tobytes()
FRAMES = len(SOUND)


def heard(path: Path, sandbox: Sandbox) -> Sound:
    with open_blocks(path, probe(path, sandbox), sandbox) as blocks:
        return np.concatenate(list(blocks))


def unpadded(name: bytes, body: bytes, order: str = "<") -> bytes:
    assert len(body) % 2
    return name + struct.pack(f"{order}I", len(body)) + body


@pytest.mark.parametrize("name", [b"bext", b"LIST", b"odd "])
@pytest.mark.parametrize("length", [1, 65, 0x5A4D])
def test_an_odd_chunk_may_lack_its_padding(name: bytes, length: int, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "odd.wav"
    body = (b"INFO" + bytes(length))[:length]
    fmt = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 2, RATE_HZ, RATE_HZ * 4, 4, 16))
    for odd in (unpadded(name, body), chunk(name, body)):
        for head in (odd + fmt, fmt + odd):
            inner = b"WAVE" + head + chunk(b"data", PCM_16)
            path.write_bytes(b"RIFF" + struct.pack("<I", len(inner)) + inner)
            assert outcome(path, sandbox) == ("accepted", set(), FRAMES)


def test_odd_audio_may_lack_its_padding_before_the_next_chunk(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "odd.wav"
    info = b"INFO" + chunk(b"INAM", b"Night Bus\0")
    for behind in (chunk(b"LIST", info), b"\0" + chunk(b"LIST", info)):
        path.write_bytes(wav(b"", channels=1, bits=24)[:-4] + struct.pack("<I", 3 * 333) + bytes(3 * 333) + behind)
        found = probe(path, sandbox)
        assert (found.declared_frames, found.tags, found.warnings) == (333, {"title": "Night Bus"}, ())


@pytest.mark.parametrize("padded", [True, False])
def test_an_odd_chunk_of_aiff_may_lack_its_padding(padded: bool, tmp_path: Path, sandbox: Sandbox) -> None:
    raw = write_sound(tmp_path / "made.aiff", SOUND, RATE_HZ, "PCM_16").read_bytes()
    name = unpadded(b"NAME", b"Night", ">") + (b"\0" if padded else b"")
    for at in (raw.index(b"COMM"), raw.index(b"SSND")):
        path = tmp_path / "odd.aiff"
        path.write_bytes(raw[:at] + name + raw[at:])
        assert probe(path, sandbox).tags["title"] == "Night"
        assert outcome(path, sandbox) == ("accepted", set(), FRAMES)


def test_a_block_size_of_zero_is_worked_out(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "zero.wav"
    path.write_bytes(wav(PCM_16, block_bytes=0))
    assert outcome(path, sandbox) == ("accepted", set(), FRAMES)


@pytest.mark.parametrize(("bits", "width_bytes"), [(24, 4), (20, 4), (16, 4), (16, 3)])
@pytest.mark.parametrize("lower_end", [False, True])
def test_narrow_samples_in_wide_frames(
    bits: int, width_bytes: int, lower_end: bool, tmp_path: Path, sandbox: Sandbox
) -> None:
    narrow = np.round(SOUND * (2 ** (bits - 1) - 1)).astype("<i8")
    wide = narrow if lower_end else narrow << (8 * width_bytes - bits)
    raw = wide.view(np.uint8).reshape(-1, 8)[:, :width_bytes].tobytes()
    path = tmp_path / "wide.wav"
    path.write_bytes(wav(raw, bits=bits, block_bytes=2 * width_bytes))
    result = heard(path, sandbox)
    assert probe(path, sandbox).bit_depth == bits
    assert np.abs(result - narrow / 2 ** (bits - 1)).max() < 2**-23


def test_wide_frames_whose_spare_bits_are_used_are_a_lie(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "wide.wav"
    path.write_bytes(wav(np.random.default_rng(3).bytes(80_000), bits=24, block_bytes=8))
    assert outcome(path, sandbox)[0] == "header_lies"


def test_a_tag_behind_audio_of_unset_length_is_not_heard(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "unset.wav"
    path.write_bytes(wav(PCM_16, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF) + b"TAG" + bytes(125))
    assert outcome(path, sandbox) == ("accepted", {"sizes_unset"}, FRAMES)
    raw = bytearray(write_sound(tmp_path / "made.aiff", SOUND, RATE_HZ, "PCM_16").read_bytes())
    sound, frames = raw.index(b"SSND") + 4, raw.index(b"COMM") + 10
    raw[frames : frames + 4] = bytes(4)
    for unset in (0, 8, 0xFFFFFFFF):
        raw[sound : sound + 4] = struct.pack(">I", unset)
        path.write_bytes(bytes(raw) + b"TAG" + bytes(125))
        assert outcome(path, sandbox) == ("accepted", {"sizes_unset"}, FRAMES)


@pytest.mark.parametrize(
    ("raw", "code_page", "from_mac", "text"),
    [
        ("Nächtlich – Öl".encode(), None, False, "Nächtlich – Öl"),
        ("Nächtlich – Öl".encode("cp1252"), None, False, "Nächtlich – Öl"),
        ("Café Olé".encode("latin-1"), None, False, "Café Olé"),
        ("Café Olé".encode("mac_roman"), None, True, "Café Olé"),
        ("Ünder “Größe”".encode("mac_roman"), None, True, "Ünder “Größe”"),
        ("Café Olé".encode("latin-1"), None, True, "Café Olé"),
        ("forêt très".encode("mac_roman"), None, False, "forêt très"),
        ("Ночь".encode("cp1251"), 1251, False, "Ночь"),
        ("夜".encode("cp932"), 932, False, "夜"),
        ("Žluť".encode("iso8859-2"), 28592, False, "Žluť"),
        ("Café".encode("mac_roman"), 10000, False, "Café"),
        ("Café".encode("latin-1"), 64_999, False, "Café"),
        (b"Night\0\xff\xfe", None, False, "Night"),
        (b"\x81\x8d\xff", None, False, "Åçˇ"),
        (b"", 1252, True, ""),
    ],
)
def test_text_from_before_unicode(raw: bytes, code_page: int | None, from_mac: bool, text: str) -> None:
    assert tag_text(raw, code_page=code_page, from_mac=from_mac) == text


def test_the_chunks_are_read_by_their_code_page(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "text.wav"
    info = chunk(b"LIST", b"INFO" + chunk(b"INAM", "Ночь".encode("cp1251") + b"\0"))
    bext = chunk(b"bext", "Шум".encode("cp1251").ljust(602, b"\0"))
    path.write_bytes(wav(PCM_16, before=bext, behind=info + chunk(b"CSET", struct.pack("<HHHH", 1251, 7, 25, 1))))
    assert probe(path, sandbox).tags == {"title": "Ночь", "comment": "Шум"}
    path.write_bytes(wav(PCM_16, behind=chunk(b"LIST", b"INFO" + chunk(b"IART", "Ängström".encode("latin-1")))))
    assert probe(path, sandbox).tags == {"artist": "Ängström"}


def test_aiff_is_of_the_mac(tmp_path: Path, sandbox: Sandbox) -> None:
    raw = write_sound(tmp_path / "made.aiff", SOUND, RATE_HZ, "PCM_16").read_bytes()
    text = "Größe".encode("mac_roman")
    path = tmp_path / "named.aiff"
    path.write_bytes(raw + unpadded(b"AUTH", text, ">") + b"\0")
    assert probe(path, sandbox).tags["artist"] == "Größe"
