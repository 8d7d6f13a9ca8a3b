"""The demo's music: two short releases, synthesised on the spot. The same code gives the same samples.

`python -m remixhub.dev.music DIRECTORY` writes them, one folder a song.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.tags import Tags
from remixhub.audio.write.encode import AudioFormat, open_encoder
from remixhub.dev.scores import Stems, late_relay, pier_lights
from remixhub.dev.synth import RATE_HZ, Sound

_MIX_PEAK = 10 ** (-1.5 / 20)
_SUBTYPES = {".wav": "PCM_24", ".flac": "PCM_24", ".aiff": "PCM_24"}


@dataclass(frozen=True)
class Song:
    title: str
    artist: str
    tempo_bpm: float
    key: str
    """Classical name such as `A minor`."""
    licence: str
    """A word of `domain.licences.terms.Licence`."""
    tags: tuple[str, ...]
    description: str
    filenames: dict[str, str]
    """By stem; the suffix says how it is written. Several formats, as artists send them."""
    score: Callable[[float], Stems]


@dataclass(frozen=True)
class WrittenSong:
    stems: tuple[Path, ...]
    reference_mix: Path


SONGS = (
    Song(
        title="Pier Lights",
        artist="North Pier",
        tempo_bpm=124.0,
        key="A minor",
        licence="cc-by-4.0",
        tags=("melodic house", "instrumental", "minor"),
        description="Four chords, a pumping pad and a melody that waits for eight bars. Take the drums, or all of it.",
        filenames={
            "drums": "01 drums 124bpm.wav",
            "bass": "02 bass 124bpm Am.flac",
            "pad": "03 pad 124bpm Am.aiff",
            "keys": "04 keys 124bpm Am.flac",
            "lead": "05 lead 124bpm Am.mp3",
        },
        score=pier_lights,
    ),
    Song(
        title="Late Relay",
        artist="Velvet Relay",
        tempo_bpm=92.0,
        key="Eb major",
        licence="cc-by-sa-4.0",
        tags=("slow", "swing", "electric piano"),
        description="A slow one in E flat for the way home. Electric piano, strings and somebody whistling.",
        filenames={
            "drums": "late-relay_drums_92bpm.wav",
            "bass": "late-relay_bass_Eb.aiff",
            "keys": "late-relay_keys_Eb.flac",
            "strings": "late-relay_strings_Eb.mp3",
            "lead": "late-relay_lead_Eb.wav",
        },
        score=late_relay,
    ),
)


def compose(song: Song) -> Stems:
    """The stems by name, float32 `(n_frames, 2)` at 44.1 kHz, all of one length. Their plain sum peaks at -1.5 dBFS."""
    stems = song.score(song.tempo_bpm)
    level = np.float32(_MIX_PEAK / np.abs(reference_mix(stems)).max())
    return {name: (stem * level).astype(np.float32) for name, stem in stems.items()}


def reference_mix(stems: Stems) -> Sound:
    """The artist's own mix is the plain sum."""
    total: Sound = np.sum(list(stems.values()), axis=0, dtype=np.float32)
    return total


def write_stems(song: Song, directory: Path) -> WrittenSong:
    """Writes the stems and the reference mix (FLAC) into `directory`, which is made if it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    stems = compose(song)
    paths = []
    for name, stem in stems.items():
        paths.append(directory / song.filenames[name])
        _write(paths[-1], stem, Tags(title=f"{song.title} ({name})", artist=song.artist))
    mix = directory / f"{song.title} (reference mix).flac"
    _write(mix, reference_mix(stems), Tags(title=song.title, artist=song.artist))
    return WrittenSong(tuple(paths), mix)


def _write(path: Path, sound: Sound, tags: Tags) -> None:
    if path.suffix == ".mp3":
        with open_encoder(path, AudioFormat.MP3, RATE_HZ, 2, ffmpeg=find_ffmpeg(), tags=tags) as encoder:
            encoder.write(sound)
    else:
        soundfile.write(path, sound, RATE_HZ, subtype=_SUBTYPES[path.suffix])


def main() -> int:
    for song in SONGS:
        write_stems(song, Path(sys.argv[1]) / song.title)
    return 0


if __name__ == "__main__":
    sys.exit(main())
