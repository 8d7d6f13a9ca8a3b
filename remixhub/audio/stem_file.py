"""A mix and its four stems as one MP4 of five stereo streams (NI Stems), in constant memory.

Each group of lanes is summed as `mix` sums them all, master included, and spilled; then the sums are read side by side.
So stems add up to the mix, whatever automation, silences and the loop do.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.mix import Watcher, lanes_at_once, sum_lanes
from remixhub.audio.mixing.plan import plan_lanes, unrolled
from remixhub.audio.mixing.readers import open_lanes
from remixhub.audio.mixing.spill import Spill
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.probe import probe
from remixhub.audio.resample import Block, resampled
from remixhub.audio.write.encode import Pipe, whole_or_gone
from remixhub.audio.write.mp4_tail import put_user_box
from remixhub.audio.write.quantise import Quantiser
from remixhub.domain.exports.stem_file import StemCodec
from remixhub.domain.measurements import MediaWarning
from remixhub.domain.mix_spec import MixSpec

_AAC_BITRATE_BPS = 256_000
_SUMMED = 0.6
"""Share of the work."""
_NEAR_FULL_SCALE = np.float32(10 ** (-0.5 / 20))
"""A peak from here on may come out above full scale when the sound is resampled."""


def render_stem_file(
    spec: MixSpec,
    stems: Mapping[str, Path],
    groups: Sequence[Container[str]],
    path: Path,
    codec: StemCodec,
    sandbox: Sandbox,
    *,
    sample_rate_hz: int,
    udta: bytes,
    own_mix: Path | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> int:
    """Writes `path`, and says how many frames each stream has. `groups` hold the stems of each of the four.

    The mix is `own_mix`, cut or filled to the length of the stems, or their sum. Stems that together exceed full scale
    are all lowered alike. The spills take 8 bytes a frame and group beside the file. Equal input gives equal bytes.
    Raises MixStemMissing, MixEmpty, MixTooLong, EncoderFailed, and the classes of `domain.media` for damaged sound.
    """
    watcher, warnings = Watcher(on_progress), list[MediaWarning]()
    planned = plan_lanes(spec, stems, sandbox, warnings)
    spans = unrolled(planned, spec, sandbox.caps.longest_seconds)
    sounding = [lane for lane in planned if lane.lane in spec.sounding() and lane.clips]
    with ExitStack() as stack:
        spills = [Spill(stack.enter_context(TemporaryFile(prefix="stems-", dir=path.parent))) for _ in groups]
        for number, (group, spill) in enumerate(zip(groups, spills, strict=True)):

            def show(part: float, step: str, number: int = number) -> None:
                watcher.step(_SUMMED * (number + 2 * part) / len(groups), step)

            opened = [
                partial(open_lanes, some, spec.sample_rate_hz, sandbox, warnings, folder=path.parent)
                for some in lanes_at_once([lane for lane in sounding if lane.lane.stem in group])
            ]
            sum_lanes(spec, opened, max(span.stop for span in spans), spill, Watcher(show))
        full_scale = np.float32(1) if sample_rate_hz == spec.sample_rate_hz else _NEAR_FULL_SCALE
        gain = min(np.float32(1), full_scale / max(_peak(spills, spans), full_scale))
        wide = _side_by_side(spills, spans, gain)
        if sample_rate_hz != spec.sample_rate_hz:
            wide = resampled(wide, 2 * len(groups), spec.sample_rate_hz, sample_rate_hz)
        mix = None if own_mix is None else stack.enter_context(_opened(own_mix, sample_rate_hz, sandbox))
        total_frames = sum(map(len, spans)) * sample_rate_hz / spec.sample_rate_hz
        with _encoder(path, codec, sample_rate_hz, len(groups), sandbox) as pipe:
            frames = 0
            for block in wide:
                first = _summed(block) if mix is None else mix.take(len(block))
                pipe.write(np.concatenate([first, block], axis=1))
                frames += len(block)
                watcher.step(_SUMMED + (1 - _SUMMED) * min(frames / total_frames, 1), "encoding")
    put_user_box(path, udta)
    return frames


def _side_by_side(spills: Sequence[Spill], spans: Sequence[range], gain: np.float32) -> Iterator[Block]:
    for blocks in zip(*(spill.heard(spans) for spill in spills), strict=True):
        yield np.concatenate(blocks, axis=1) * gain


def _peak(spills: Sequence[Spill], spans: Sequence[range]) -> np.float32:
    """Of each group, and of their sum."""
    peak = np.float32(0)
    for block in _side_by_side(spills, spans, np.float32(1)):
        peak = max(peak, np.abs(block).max(), np.abs(_summed(block)).max())
    return peak


def _summed(block: Block) -> Block:
    """Of stereo groups side by side."""
    summed: Block = block.reshape(len(block), -1, 2).sum(axis=1, dtype=np.float32)
    return summed


class _Mix:
    """Stereo blocks of any length, with silence after the end."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._left = np.zeros((0, 2), np.float32)

    def take(self, frames: int) -> Block:
        pieces, missing = [self._left[:frames]], frames - min(frames, len(self._left))
        self._left = self._left[frames:]
        while missing:
            block = next(self._blocks, None)
            if block is None:
                pieces.append(np.zeros((missing, 2), np.float32))
                break
            pieces.append(block[:missing])
            self._left, missing = block[missing:], missing - len(pieces[-1])
        return np.concatenate(pieces)


@contextmanager
def _opened(path: Path, sample_rate_hz: int, sandbox: Sandbox) -> Iterator[_Mix]:
    found = probe(path, sandbox)
    with open_blocks(path, found, sandbox) as blocks:
        own: Iterator[Block] = iter(blocks)
        if found.sample_rate_hz != sample_rate_hz:
            own = resampled(own, found.channels, found.sample_rate_hz, sample_rate_hz)
        yield _Mix(block if found.channels == 2 else np.repeat(block[:, :1], 2, axis=1) for block in own)


@contextmanager
def _encoder(path: Path, codec: StemCodec, sample_rate_hz: int, stems: int, sandbox: Sandbox) -> Iterator[Pipe]:
    """One stereo stream for every two channels; players that know no stems are shown the first alone."""
    streams = range(stems + 1)
    split = ";".join(f"[0:a]pan=stereo|c0=c{2 * one}|c1=c{2 * one + 1}[s{one}]" for one in streams)
    mapped = [word for one in streams for word in ("-map", f"[s{one}]")]
    shown = [word for one in streams for word in (f"-disposition:a:{one}", "0" if one else "default")]
    bitrate = ["-b:a", str(_AAC_BITRATE_BPS)] if codec is StemCodec.AAC else []
    # in milliseconds, as is the default, the edit list could not say where the sound ends
    timed = ["-movie_timescale", str(sample_rate_hz)]
    output = [
        "-filter_complex", split, *mapped, *shown, "-c:a", codec.value, *bitrate, *timed, "-brand", "M4A ",
        "-f", "mp4", "-y", f"file:{path}",
    ]  # fmt: skip
    quantiser = Quantiser(24) if codec is StemCodec.ALAC else None
    channels = 2 * len(streams)
    with (
        whole_or_gone(path, codec.value),
        Pipe(sandbox.programs, sample_rate_hz, channels, output, quantiser=quantiser) as pipe,
    ):
        yield pipe
