"""What a file is, before any of it is decoded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remixhub.audio.confine.ffmpeg import WIDEST_OLD_FLAC
from remixhub.audio.confine.sandbox import SOURCE, Sandbox
from remixhub.audio.read.aiff_header import read_aiff_header
from remixhub.audio.read.ape_tag import read_ape
from remixhub.audio.read.declared import declared_extent, declared_frames
from remixhub.audio.read.extent import Extent
from remixhub.audio.read.film import refuse_film
from remixhub.audio.read.flac_header import FlacHeader, read_flac_header
from remixhub.audio.read.id3_tag import read_id3
from remixhub.audio.read.mp4_tags import read_mp4_tags
from remixhub.audio.read.music_tags import tells_music
from remixhub.audio.read.pcm import PcmLayout
from remixhub.audio.read.sniff import IN_PLACE, Sniffed, sniff
from remixhub.audio.read.source import Source, size_of
from remixhub.audio.read.wav_header import read_wav_header
from remixhub.audio.read.window import Window
from remixhub.audio.tags import clean_tag
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import CodecUnsupported, Container, Damaged, DecoderTooOld, NoFrames, NotAudio, check_shape

_CODECS = {
    Container.MP3: ("mp3",),
    Container.OGG: ("vorbis", "opus"),
    Container.MP4: ("aac", "alac"),
}
_DEMUXERS = {Container.MP4: "mov"}
_LOSSLESS = ("flac", "alac")
_MOST_TAGS = 64
_TECHNICAL_TAGS = (
    "encoder",
    "major_brand",
    "minor_version",
    "compatible_brands",
    "handler_name",
    "vendor_id",
    "language",
)
_ANSWER_BYTES = 4 * 1024**2
_LENGTH_UNDECLARED = MediaWarning(
    "length_undeclared", "The file does not say how long it is, so a missing end could not be noticed."
)


@dataclass(frozen=True)
class Probe:
    container: Container
    codec: str
    """By ffmpeg's names: `pcm_s24le`, `flac`, `mp3`, `vorbis`, `opus`, `aac`, `alac`."""
    sample_rate_hz: int
    channels: int
    bit_depth: int | None
    """None for lossy codecs."""
    declared_frames: int | None
    """None where the container does not say."""
    window: Window
    """Where the container lies in the file."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; values cleaned and cut, yet written by strangers."""
    warnings: tuple[MediaWarning, ...] = ()
    pcm: PcmLayout | None = None
    """Where the samples are, for WAV and AIFF."""
    flac: FlacHeader | None = None
    extent: Extent | None = None
    """Which of the decoder's frames are the sound; None where it gives nothing else."""

    @property
    def is_lossless(self) -> bool:
        return self.pcm is not None or self.codec in _LOSSLESS

    @property
    def is_float(self) -> bool:
        """Whether samples may exceed full scale or be no numbers at all."""
        return self.pcm.sample_type.is_float if self.pcm else not self.is_lossless


def input_options(container: Container) -> list[str]:
    """What ffmpeg and ffprobe are told before `-i`: one demuxer, this file, small allocations, no pictures."""
    demuxer = _DEMUXERS.get(container, container.value)
    return [
        *("-max_alloc", "268435456", "-protocol_whitelist", "file,subfile,pipe", "-format_whitelist", demuxer),
        *("-max_pixels", "1", "-max_streams", "1000", "-probesize", "5000000"),
        # Versions differ in how they follow it; `extent` says what it plays.
        *(("-ignore_editlist", "1") if container is Container.MP4 else ()),
        *("-f", demuxer),
    ]


def input_address(path: Path, window: Window) -> str:
    """The file, or the part of it that is the container."""
    if window == Window(0, path.stat().st_size):
        return f"file:{SOURCE}"
    return f"subfile,,start,{window.start_bytes},end,{window.end_bytes},,:file:{SOURCE}"


def probe(source: Source, sandbox: Sandbox) -> Probe:
    """Of a path, or of any other source that `is_read_in_place`.

    Raises the classes of `domain.media` below Refused, and DecoderTooOld.
    """
    sniffed = sniff(source)
    if sniffed.container is Container.FLAC:
        return _probe_flac(source, sniffed, sandbox)
    if sniffed.container in IN_PLACE:
        return _probe_pcm(source, sniffed, sandbox.caps.longest_seconds)
    assert isinstance(source, Path)
    return _probe_by_ffprobe(source, sniffed, sandbox)


def _probe_by_ffprobe(path: Path, sniffed: Sniffed, sandbox: Sandbox) -> Probe:
    container, window = sniffed.container, sniffed.window
    warnings = list(sniffed.warnings)
    refuse_film(path, window, container)
    answer = _ask_ffprobe(path, sniffed, sandbox)
    streams = answer.get("streams", [])
    sounds = [stream for stream in streams if stream.get("codec_type") == "audio"]
    if not sounds:
        raise NotAudio("The file holds no audio stream that can be read.")
    sound = sounds[0]
    codec = sound.get("codec_name", "unknown")
    if codec not in _CODECS[container]:
        known = " and ".join(_CODECS[container])
        raise CodecUnsupported(f"The {container} file holds {codec}; only {known} is accepted there.", codec=codec)
    if len(sounds) > 1:
        warnings.append(MediaWarning("more_streams", f"The file has {len(sounds)} audio streams; the first counts."))
    rate_hz = int(sound.get("sample_rate", 0))
    extent = declared_extent(path, window, container, rate_hz)
    declared = extent.frames if extent else declared_frames(path, window, container)
    check_shape(rate_hz, int(sound.get("channels", 0)), frames=declared, longest_seconds=sandbox.caps.longest_seconds)
    if declared is None:
        warnings.append(_LENGTH_UNDECLARED)
    elif declared == 0:
        raise NoFrames("The file announces no audio.")
    return Probe(
        container=container,
        codec=codec,
        sample_rate_hz=rate_hz,
        channels=int(sound["channels"]),
        bit_depth=int(sound.get("bits_per_raw_sample") or 16) if codec in _LOSSLESS else None,
        declared_frames=declared,
        window=window,
        tags=_tags(_own_tags(path, sniffed), sound.get("tags", {}), answer.get("format", {}).get("tags", {})),
        warnings=tuple(dict.fromkeys([*warnings, *_warnings(extent, rate_hz)])),
        extent=extent,
    )


def _warnings(extent: Extent | None, rate_hz: int) -> Iterator[MediaWarning]:
    if extent is None:
        return
    yield from extent.warnings
    if extent.trimmed_frames:
        seconds = extent.trimmed_frames / rate_hz
        detail = f"The file still holds {seconds:.2f} s that were trimmed away; they are not heard, nor given out."
        yield MediaWarning("holds_trimmed_sound", detail)


def _probe_pcm(source: Source, sniffed: Sniffed, longest_seconds: int) -> Probe:
    read = read_wav_header if sniffed.container is Container.WAV else read_aiff_header
    layout = read(source, sniffed.window)
    check_shape(layout.sample_rate_hz, layout.channels, frames=layout.frames, longest_seconds=longest_seconds)
    return Probe(
        container=sniffed.container,
        codec=layout.codec,
        sample_rate_hz=layout.sample_rate_hz,
        channels=layout.channels,
        bit_depth=layout.bit_depth,
        declared_frames=layout.frames,
        window=sniffed.window,
        tags={**_own_tags(source, sniffed), **layout.tags},
        warnings=tuple(dict.fromkeys([*sniffed.warnings, *layout.warnings])),
        pcm=layout,
    )


def _probe_flac(source: Source, sniffed: Sniffed, sandbox: Sandbox) -> Probe:
    """Without ffprobe: a broken picture or cue sheet would keep it from opening the file."""
    with sniffed.window.open(source) as file:
        header = read_flac_header(file, sniffed.window.size_bytes)
    frames = header.frames
    longest_seconds = sandbox.caps.longest_seconds
    check_shape(header.sample_rate_hz, header.channels, frames=frames, longest_seconds=longest_seconds)
    if header.bit_depth > WIDEST_OLD_FLAC and not sandbox.programs.reads_32_bit_flac():
        raise DecoderTooOld(
            f"This hub's decoder (ffmpeg {sandbox.programs.version()}) cannot read FLAC of {header.bit_depth} bits."
        )
    return Probe(
        container=Container.FLAC,
        codec="flac",
        sample_rate_hz=header.sample_rate_hz,
        channels=header.channels,
        bit_depth=header.bit_depth,
        declared_frames=frames,
        window=sniffed.window,
        tags=_tags(_own_tags(source, sniffed), header.tags),
        warnings=(*sniffed.warnings, *header.warnings, *(() if frames else (_LENGTH_UNDECLARED,))),
        flac=header,
    )


def _ask_ffprobe(path: Path, sniffed: Sniffed, sandbox: Sandbox) -> dict[str, Any]:
    entries = "stream=codec_type,codec_name,sample_rate,channels,bits_per_raw_sample:stream_tags:format_tags"
    address = input_address(path, sniffed.tagged)
    arguments = ["-v", "error", *input_options(sniffed.container), "-i", address, "-show_entries", entries]
    ended = sandbox.run(
        sandbox.programs.ffprobe,
        [*arguments, "-of", "json=compact=1"],
        path,
        wall_seconds=sandbox.caps.probe_seconds,
        stdout_bytes=_ANSWER_BYTES,
    )
    if ended.returncode != 0:
        # Says that the end is missing, if it is.
        declared_extent(path, sniffed.window, sniffed.container, 44_100)
        detail = f"The {sniffed.container} file cannot be opened: its structure is broken."
        raise Damaged(detail, messages=ended.messages)
    answer = json.loads(ended.stdout.decode("utf-8", "replace"))
    assert isinstance(answer, dict)
    return answer


def _own_tags(source: Source, sniffed: Sniffed) -> dict[str, str]:
    """What ffprobe does not read, or is not asked: some of MP4, APE around MP3, and ID3 before what is no MP3."""
    with source.open("rb") as file:
        if sniffed.container is Container.MP3:
            return read_ape(file, size_of(source))
        tags = read_id3(file, 0, sniffed.window.start_bytes)
    if sniffed.container is Container.MP4:
        with sniffed.window.open(source) as file:
            tags |= read_mp4_tags(file, sniffed.window.size_bytes)
    return tags


def _tags(*groups: Mapping[str, str]) -> dict[str, str]:
    merged = {clean_tag(name).lower()[:40]: clean_tag(value) for group in groups for name, value in group.items()}
    told = [(name, value) for name, value in merged.items() if value and name not in _TECHNICAL_TAGS]
    told.sort(key=lambda one: not tells_music(one[0]))
    return dict(told[:_MOST_TAGS])
