"""Headers read by our own reader, against what libsndfile writes."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import soundfile
from hypothesis import strategies as st

from remixhub.client.sound_headers import HeaderUnreadable, SoundHeader, read_header


@pytest.mark.parametrize(
    ("name", "format", "subtype", "bits"),
    [
        ("a.wav", "WAV", "PCM_16", 16),
        ("a.wav", "WAVEX", "PCM_24", 24),
        ("a.wav", "WAV", "FLOAT", 32),
        ("a.wav", "RF64", "PCM_24", 24),
        ("a.aiff", "AIFF", "PCM_24", 24),
        ("a.flac", "FLAC", "PCM_24", 24),
    ],
)
@pytest.mark.parametrize(("rate_hz", "channels", "frames"), [(44_100, 2, 1_001), (96_000, 1, 4_096)])
def test_rate_length_and_channels_are_as_written(
    tmp_path: Path, name: str, format: str, subtype: str, bits: int, rate_hz: int, channels: int, frames: int
) -> None:
    path = tmp_path / name
    soundfile.write(path, np.zeros((frames, channels)), rate_hz, subtype=subtype, format=format)
    assert read_header(path) == SoundHeader(rate_hz, channels, bits, frames)


def test_files_that_are_cut_short_or_of_another_kind_are_told(tmp_path: Path) -> None:
    whole = tmp_path / "whole.wav"
    soundfile.write(whole, np.zeros((1_000, 2)), 44_100)
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:2_000])
    with pytest.raises(HeaderUnreadable, match="still being written"):
        read_header(cut)
    for raw in (
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0",
        b"FORM\0\0\0\0AIFF",
        b"fLaC\0",
        b"<html>",
        b"RIFF" + bytes(40),
    ):
        cut.write_bytes(raw)
        with pytest.raises(HeaderUnreadable):
            read_header(cut)
    circles = b"RIFF\xff\xff\xff\xffWAVE" + b"junk" + struct.pack("<I", 0) * 1 + b"junk\0\0\0\0" * 5_000
    cut.write_bytes(circles)
    with pytest.raises(HeaderUnreadable):
        read_header(cut)


@hypothesis.given(
    begins=st.sampled_from([b"RIFF\0\0\0\0WAVE", b"RF64\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"fLaC", b""]),
    chunks=st.lists(
        st.tuples(st.sampled_from([b"fmt ", b"data", b"ds64", b"COMM", b"SSND"]), st.binary(max_size=40)), max_size=6
    ),
    rest=st.binary(max_size=60),
)
def test_hostile_headers_are_told_or_read(
    tmp_path_factory: pytest.TempPathFactory, begins: bytes, chunks: list[tuple[bytes, bytes]], rest: bytes
) -> None:
    order = ">I" if begins.startswith(b"FORM") else "<I"
    body = b"".join(name + struct.pack(order, len(raw)) + raw + bytes(len(raw) % 2) for name, raw in chunks)
    path = tmp_path_factory.getbasetemp() / "hostile.wav"
    path.write_bytes(begins + body + rest)
    with contextlib.suppress(HeaderUnreadable):
        header = read_header(path)
        assert header is None or (header.sample_rate_hz > 0 and header.channels > 0 and header.duration_frames >= 0)


def test_what_only_the_hub_reads_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"\xff\xfb\x90\0" + bytes(100))
    assert read_header(tmp_path / "a.mp3") is None
