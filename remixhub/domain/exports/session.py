"""What a music program opens: stems in their places, with tempo, key, gains, credit and licence.

The arrangement is a mix spec, so a pack and a mix are written alike: a pack is the mix in which all stems play from the
common zero at the gains that their artist suggests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from remixhub.domain.exports.curves import most_steps
from remixhub.domain.mix_spec import Lane, MixSpec
from remixhub.domain.stems.roles import Family, StemRole
from remixhub.domain.text import kept_of

UNSTATED_TEMPO_BPM = 120.0
"""Of a session whose work states none: programs want one, and sound does not depend on it."""
FIRST_BEAT, LOOP_OF, LOOP_END = "first beat", "loop of ", "loop end"
"""What marks mean."""
FLOAT_BITS, INTEGER_BITS = 32, 24
INKS = {Family.RHYTHM: "#f04a23", Family.LOW: "#6a1f4f", Family.VOICE: "#17161a", Family.TONE: "#2a47c9"}
"""Of the house."""
_NO_ASCII = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_FILE = 40


@dataclass(frozen=True)
class Sound:
    """A stem as a WAV beside the session, at the session's rate."""

    stem: str
    name: str
    role: str
    file: str
    """Its path there: ASCII, and no other's in the session."""
    sha256: str
    """Of the original that it is made from."""
    channels: int
    frames: int
    bit_depth: int
    """INTEGER_BITS, or FLOAT_BITS where the sound exceeds full scale."""

    @property
    def size_bytes(self) -> int:
        """Of its samples."""
        return self.frames * self.channels * self.bit_depth // 8

    @property
    def colour(self) -> str:
        return INKS[StemRole(self.role).family]


@dataclass(frozen=True)
class Placed:
    """A clip as programs have it: where it begins, how long it lasts, and from where in the sound it plays."""

    start_frames: int
    length_frames: int
    from_frames: int
    fade_in_frames: int
    fade_out_frames: int


@dataclass(frozen=True)
class Mark:
    """On the timeline."""

    at_frames: int
    name: str
    meaning: str = ""
    """For programs that read it back, where it is more than a name."""


@dataclass(frozen=True)
class DawSession:
    title: str
    artist: str
    """Who is owed credit first: the artist of the stems."""
    mixed_by: str
    """Whose mix it is; empty for a pack."""
    permalink: str
    licence: str
    licence_url: str
    credit: str
    """A line to paste beside what is made of it."""
    key: str | None
    spec: MixSpec
    sounds: Sequence[Sound]
    """Of all stems that a lane names, each once."""

    @property
    def heading(self) -> str:
        return f"{self.artist} - {self.title}"

    @property
    def rate_hz(self) -> int:
        return self.spec.sample_rate_hz

    @property
    def tempo_bpm(self) -> float:
        return self.spec.grid.bpm if self.spec.grid else UNSTATED_TEMPO_BPM

    @property
    def beats_per_bar(self) -> int:
        return self.spec.grid.beats_per_bar if self.spec.grid else 4

    @property
    def length_frames(self) -> int:
        """Up to the end of the last clip; without the loop's repeats."""
        ends = [clip.start_frames + clip.length_frames for lane in self.spec.lanes for clip in self.placed(lane)]
        return max(ends, default=0)

    @cached_property
    def most_steps(self) -> int:
        """From one gain point to the next, for programs that go straight in amplitude."""
        return most_steps(len(self.spec.gain_points) + sum(len(lane.gain_points) for lane in self.spec.lanes))

    def sound(self, lane: Lane) -> Sound:
        return self._by_stem[lane.stem]

    def placed(self, lane: Lane) -> Iterator[Placed]:
        """The clips of which something remains; fades end where their clip does."""
        frames = self.sound(lane).frames
        for clip in lane.clips:
            length = frames - clip.trim_start_frames - clip.trim_end_frames
            if length > 0:
                fades = (min(clip.fade_in_frames, length), min(clip.fade_out_frames, length))
                yield Placed(clip.offset_frames, length, clip.trim_start_frames, *fades)

    def seconds(self, frames: int) -> float:
        return frames / self.rate_hz

    def beats(self, frames: int) -> float:
        """Quarter notes from the start."""
        return frames * self.tempo_bpm / (60 * self.rate_hz)

    def marks(self) -> Sequence[Mark]:
        """In order; what stands at one frame as it is here: markers, the first beat, the loop."""
        found = [Mark(marker.at_frames, one_line(marker.name)) for marker in self.spec.markers]
        grid, loop = self.spec.grid, self.spec.loop
        if grid is not None and grid.first_beat_frames:
            found.append(Mark(grid.first_beat_frames, "First beat", FIRST_BEAT))
        if loop is not None:
            found.append(Mark(loop.start_frames, loop_name(loop.times), f"{LOOP_OF}{loop.times}"))
            found.append(Mark(loop.end_frames, "Loop end", LOOP_END))
        return sorted(found, key=lambda mark: mark.at_frames)

    @cached_property
    def _by_stem(self) -> Mapping[str, Sound]:
        return {sound.stem: sound for sound in self.sounds}


def loop_name(times: int) -> str:
    return "Loop" if times == 1 else f"Loop, {times} times"


def sound_file(position: int, name: str, role: str) -> str:
    """`audio/03-Lead-Vox.wav`; by its role where nothing of the name is ASCII. `position` counts from 1."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    told = _NO_ASCII.sub("-", plain).strip("-")[:_LONGEST_FILE].strip("-") or role.replace("_", "-")
    return f"audio/{position:02d}-{told}.wav"


def one_line(text: str) -> str:
    """Without what no format may hold."""
    return kept_of(text, instead=" ")
