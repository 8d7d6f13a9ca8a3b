"""What Mixxx asks of an NI Stems file before it plays the four, and what Traktor's own files have besides."""

from __future__ import annotations

import json
import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.ffmpeg import FfmpegPaths

_FIELDS = "stream=codec_name,codec_type,channels,sample_rate,duration_ts,start_pts,time_base:stream_disposition=default"


def faults_of_stem_file(path: Path, programs: FfmpegPaths) -> list[str]:
    """Empty for a file that plays."""
    streams = told_streams(path, programs)
    told = manifest_of(path)
    found = []
    if len(streams) != 5 or any(one["codec_type"] != "audio" for one in streams):
        found.append("not five streams of sound")
    if any(one["channels"] != 2 for one in streams):
        found.append("a stream that is not stereo")
    for name in ("codec_name", "sample_rate", "duration_ts", "start_pts", "time_base"):
        if len({one[name] for one in streams}) != 1:
            found.append(f"streams differ in {name}")
    if [one["disposition"]["default"] for one in streams] != [1, 0, 0, 0, 0] or shown_flags(path) != [3, 2, 2, 2, 2]:
        found.append("players that know no stems play more than the mix")
    if told.get("version", 0) <= 0 or len(told.get("stems", ())) != 4:
        found.append("a manifest without version or without four stems")
    if not all(re.fullmatch("#[0-9a-f]{6}", one["color"]) and one["name"] for one in told.get("stems", ())):
        found.append("a stem without name or colour")
    return found


def told_streams(path: Path, programs: FfmpegPaths) -> list[dict[str, Any]]:
    command = [str(programs.ffprobe), "-v", "error", "-show_entries", _FIELDS, "-of", "json", str(path)]
    streams: list[dict[str, Any]] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[
        "streams"
    ]
    return streams


def told_tags(path: Path, programs: FfmpegPaths) -> dict[str, str]:
    command = [str(programs.ffprobe), "-v", "error", "-show_entries", "format_tags", "-of", "json", str(path)]
    tags: dict[str, str] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["format"]["tags"]
    return tags


def heard_streams(path: Path, programs: FfmpegPaths) -> list[NDArray[np.float32]]:
    """Each decoded, `(n_frames, 2)`."""
    heard = []
    for number in range(5):
        command = [str(programs.ffmpeg), "-v", "error", "-i", str(path), "-map", f"0:a:{number}", "-f", "f32le", "-"]
        raw = subprocess.run(command, check=True, capture_output=True).stdout
        heard.append(np.frombuffer(raw, np.float32).reshape(-1, 2))
    return heard


def manifest_of(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_inside(path.read_bytes(), b"moov", b"udta", b"stem"))
    return told


def itunes_value(path: Path, name: bytes) -> bytes:
    """Of what ffprobe passes over."""
    meta = _inside(path.read_bytes(), b"moov", b"udta", b"meta")[4:]
    return _inside(meta, b"ilst", name, b"data")[8:]


def shown_flags(path: Path) -> list[int]:
    """Of the heads of the streams: 1 is shown, 2 belongs to the film."""
    moov = _inside(path.read_bytes(), b"moov")
    heads = [_inside(body, b"tkhd") for name, body in boxes(moov) if name == b"trak"]
    return [int.from_bytes(head[1:4], "big") for head in heads]


def boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        size, name = struct.unpack_from(">I4s", body, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", body, at + 8)[0], 16
        assert size >= head
        assert at + size <= len(body), f"{name!r} ends after what holds it"
        yield name, body[at + head : at + size]
        at += size


def _inside(body: bytes, *names: bytes) -> bytes:
    for name in names:
        body = next(within for found, within in boxes(body) if found == name)
    return body
