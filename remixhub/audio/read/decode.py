"""Any accepted file as a stream of float32 blocks, in constant memory, and the verdict on whether it was whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from remixhub.audio.confine.sandbox import Confined, Sandbox
from remixhub.audio.engine import BLOCK_FRAMES
from remixhub.audio.read.cut import cut, in_blocks
from remixhub.audio.read.extent import Extent
from remixhub.audio.read.flac_header import FlacHeader
from remixhub.audio.read.flac_sound import FlacChecksum, feed_frames, to_float
from remixhub.audio.read.pcm import read_blocks
from remixhub.audio.read.probe import Probe, input_address, input_options
from remixhub.audio.read.sniff import TRAILING_BYTES
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.media import (
    SHORTEST_FRAMES,
    Cancelled,
    Damaged,
    ImplausibleLevel,
    NoFrames,
    TooLong,
    TooShort,
    Truncated,
)

_LOUDEST = 1_000.0
"""+60 dBFS; what lies above is no audio, but integers or noise read as float."""
_MOST_SANITISED_SHARE = 0.01
_CRC_ERROR = "CRC error"
"""Said of a frame of FLAC; newer versions then give another one twice, so that the count may come out even."""
_SAID_OF_SOUND = re.compile(
    r"\[(?:vorbis|opus|alac|aac|flac|mp3|mp3float) @ |\[dec:|Error while decoding stream|CRC mismatch"
)
"""Lines by the audio decoder. Others speak of pictures, tags and bytes around the sound; a lack shows in the frames."""
_FLOATS = ("-c:a", "pcm_f32le", "-f", "f32le", "pipe:1")
_Sample = TypeVar("_Sample", np.float32, np.int32)


OnProgress = Callable[[float, str], None]
"""Told the share done, 0 to 1, and what is being done."""


class Blocks:
    """Iterate once. Every block but the last has exactly `block_frames` frames, float32 `(n_frames, channels)`.

    Samples are finite: NaN and infinity are set to zero and counted. When the last block has been taken the stream
    is judged: Truncated, Damaged, TooLong or NoFrames are raised instead of a silently shorter file.
    """

    def __init__(
        self,
        probe: Probe,
        longest_seconds: int,
        blocks: Iterator[NDArray[np.float32]],
        ended: Callable[[], str],
        checksum: FlacChecksum | None = None,
    ) -> None:
        self.sample_rate_hz = probe.sample_rate_hz
        self.channels = probe.channels
        self.frames = 0
        """Delivered so far."""
        self.sanitised_samples = 0
        self.warnings: list[MediaWarning] = []
        """Complete when the iteration is."""
        self._probe = probe
        self._most_frames = longest_seconds * probe.sample_rate_hz
        self._blocks = blocks
        self._ended = ended
        self._checksum = checksum

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for block in self._blocks:
            if self._probe.is_float:
                self._sanitise(block)
            self.frames += len(block)
            if self.frames > self._most_frames:
                raise TooLong(f"The audio is longer than {self._most_frames // self.sample_rate_hz} seconds.")
            if len(block):
                yield block
        self._judge(self._ended())

    def followed(
        self, on_progress: OnProgress | None, cancelled: Callable[[], bool] | None, step: str
    ) -> Iterator[NDArray[np.float32]]:
        """The same, telling how far it is. Raises Cancelled when `cancelled` says so."""
        declared = self._probe.declared_frames
        for block in self:
            if cancelled is not None and cancelled():
                raise Cancelled("The work was cancelled.")
            if on_progress is not None and declared:
                on_progress(min(self.frames / declared, 1.0), step)
            yield block

    def _sanitise(self, block: NDArray[np.float32]) -> None:
        """In place."""
        finite = np.isfinite(block)
        if not finite.all():
            self.sanitised_samples += block.size - int(np.count_nonzero(finite))
            block[~finite] = 0
        peak = max(float(block.max()), -float(block.min()))
        if peak > _LOUDEST:
            raise ImplausibleLevel(
                f"A sample near frame {self.frames} is {20 * np.log10(peak):.0f} dB above full scale. The file "
                "probably holds integers that its header calls float; export it again.",
                near_frame=self.frames,
            )

    def _judge(self, messages: str) -> None:
        declared = self._probe.declared_frames
        if self.frames == 0:
            raise NoFrames("Not one frame could be decoded.", messages=messages)
        if self.frames < SHORTEST_FRAMES:
            raise TooShort(f"Only {self.frames} frames could be decoded.", duration_frames=self.frames)
        if self.sanitised_samples > _MOST_SANITISED_SHARE * self.frames * self.channels:
            raise Damaged(f"{self.sanitised_samples} samples are not numbers.", samples=self.sanitised_samples)
        if self.sanitised_samples:
            detail = f"{self.sanitised_samples} samples were NaN or infinite; they were set to zero."
            self.warnings.append(MediaWarning("not_finite", detail))
        if declared is not None and self.frames < declared - self._tolerated_frames():
            raise (Damaged if messages else Truncated)(
                f"The file announces {declared} frames, {self.frames} could be decoded. Export or upload it again.",
                declared_frames=declared,
                decoded_frames=self.frames,
            )
        self._judge_sound(messages)
        if declared is not None and self.frames != declared:
            detail = f"The file announces {declared} frames; it holds {self.frames}."
            self.warnings.append(MediaWarning("length_differs", detail))

    def _judge_sound(self, messages: str) -> None:
        """FLAC by its own checksum, or else its count of frames: the decoder gives no frame that is damaged."""
        flac, checksum = self._probe.flac, self._checksum
        counts = flac is not None and flac.frames is not None and _CRC_ERROR not in messages
        if flac is None or checksum is None or (flac.md5 is None and not counts):
            self._judge_messages(messages)
            return
        if flac.md5 is not None and not checksum.complete and not checksum.matches():
            detail = "The samples are not those that the file's own checksum (MD5) was taken of; export it again."
            raise Damaged(detail, messages=messages)
        if (messages or checksum.followed) and TRAILING_BYTES.code not in {each.code for each in self._probe.warnings}:
            self.warnings.append(TRAILING_BYTES)

    def _judge_messages(self, messages: str) -> None:
        if messages and self._probe.is_lossless:
            raise Damaged("The decoder found damage in the audio; export or upload it again.", messages=messages)
        if messages:
            detail = "Parts of the audio are damaged: some was skipped."
            self.warnings.append(MediaWarning("decoder_complained", detail))

    def _tolerated_frames(self) -> int:
        """Lossy files may lack what an encoder added; less than two of its packets."""
        return 0 if self._probe.is_lossless else 2 * 1152


@contextmanager
def open_blocks(path: Path, probe: Probe, sandbox: Sandbox, *, block_frames: int = BLOCK_FRAMES) -> Iterator[Blocks]:
    """`probe` is that of `path`. WAV and AIFF are read in this process, all else by ffmpeg in the sandbox.

    Ends the decoder on leaving, whether or not everything was read. Raises the classes of `domain.media`.
    """
    longest_seconds = sandbox.caps.longest_seconds
    if probe.pcm is not None:
        yield Blocks(probe, longest_seconds, read_blocks(path, probe.pcm, block_frames), lambda: "")
        return
    if probe.flac is not None:
        with _open_flac(path, probe, probe.flac, sandbox, block_frames) as flac_blocks:
            yield flac_blocks
        return
    messages: list[str] = []
    with closing(_decoded(path, probe, sandbox, block_frames, messages)) as decoded:
        yield Blocks(probe, longest_seconds, decoded, lambda: "\n".join(filter(None, messages)))


def _decoded(
    path: Path, probe: Probe, sandbox: Sandbox, block_frames: int, messages: list[str]
) -> Generator[NDArray[np.float32]]:
    """`messages` receives what the decoders complained of."""
    if probe.extent is not None:
        with closing(_cut_runs(path, probe, probe.extent, sandbox, messages)) as pieces:
            yield from in_blocks(pieces, block_frames)
        return
    limit = ["-t", str(sandbox.caps.longest_seconds + 1)]
    arguments = _decoder_arguments(probe, input_address(path, probe.window), limit, limit)
    with sandbox.open(sandbox.programs.ffmpeg, [*arguments, *_FLOATS], path) as running:
        yield from _piped(running, probe.channels, block_frames, np.float32)
        messages.append(_ended(running))


def _cut_runs(
    path: Path, probe: Probe, extent: Extent, sandbox: Sandbox, messages: list[str]
) -> Generator[NDArray[np.float32]]:
    """Up to where one of the decoders ends early."""
    # Whether a decoder gives the half block before Vorbis' first frame differs by version; of itself, none does.
    untrimmed = [] if probe.codec == "vorbis" else ["-flags2", "+skip_manual"]
    for run in extent.runs():
        # Times may jump where streams were joined; frames are counted.
        bounded = ["-af", f"atrim=end_sample={run.end_frames},asetpts=N/SR/TB"]
        arguments = _decoder_arguments(probe, input_address(path, run.stream or probe.window), untrimmed, bounded)
        with sandbox.open(sandbox.programs.ffmpeg, [*arguments, *_FLOATS], path) as running:
            given = _piped(running, probe.channels, BLOCK_FRAMES, np.float32)
            is_whole = yield from cut(given, run, probe.channels)
            for _ in given:
                pass
            messages.append(_ended(running))
        if not is_whole:
            return


@contextmanager
def _open_flac(path: Path, probe: Probe, header: FlacHeader, sandbox: Sandbox, block_frames: int) -> Iterator[Blocks]:
    longest_seconds, checksum = sandbox.caps.longest_seconds, FlacChecksum(header)
    output = ["-c:a", "pcm_s32le", "-f", "s32le", "pipe:1"]
    limit = ["-t", str(longest_seconds + 1)]
    arguments = [*_decoder_arguments(probe, "pipe:0", limit, limit), *output]
    feed = feed_frames(path, probe.window, header)
    with sandbox.open(sandbox.programs.ffmpeg, arguments, path, feed=feed) as running:
        pieces = (
            to_float(checksum.whole_part(piece)) for piece in _piped(running, probe.channels, block_frames, np.int32)
        )
        yield Blocks(probe, longest_seconds, pieces, lambda: _ended(running), checksum)


def _decoder_arguments(probe: Probe, address: str, before: list[str], behind: list[str]) -> list[str]:
    """`before` and `behind` are options of the input and of the output."""
    # `explode` gives up a damaged frame instead of guessing at it, so that the count tells.
    detect = "crccheck+bitstream+buffer" + ("+explode" if probe.flac is not None else "")
    return [
        *("-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-err_detect:a", detect),
        *input_options(probe.container),
        *(*before, "-i", address, "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", *behind),
        # Rate and channels may change within a stream; the blocks' may not.
        *("-ar", str(probe.sample_rate_hz), "-ac", str(probe.channels)),
    ]


def _piped(running: Confined, channels: int, block_frames: int, sample: type[_Sample]) -> Iterator[NDArray[_Sample]]:
    frame_bytes = channels * 4
    while True:
        buffer = bytearray(block_frames * frame_bytes)
        # A buffered pipe fills it up, unless the stream ends.
        filled = running.stdout.readinto(buffer)  # type: ignore[attr-defined]
        if filled < frame_bytes:
            return
        yield np.frombuffer(buffer, sample, filled // frame_bytes * channels).reshape(-1, channels)


def _ended(running: Confined) -> str:
    """What the audio decoder complained of; its exit code alone says nothing."""
    ended = running.end()
    lines = ended.messages.splitlines()
    heard = [line for line in lines if _SAID_OF_SOUND.search(line)]
    return "\n".join(heard) or ("" if lines or ended.returncode == 0 else f"exit code {ended.returncode}")
