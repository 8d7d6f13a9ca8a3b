"""What a stem's file name gives away: its role, and often tempo and key. Guesses, for the artist to correct."""

from __future__ import annotations

import re
from enum import StrEnum

from remixhub.domain.musical_key import MusicalKey, parse_key

LOWEST_TEMPO_BPM, HIGHEST_TEMPO_BPM = 40.0, 300.0


class StemRole(StrEnum):
    KICK = "kick"
    SNARE = "snare"
    HIHAT = "hihat"
    PERCUSSION = "percussion"
    DRUMS = "drums"
    BASS = "bass"
    LEAD_VOCALS = "lead_vocals"
    BACKING_VOCALS = "backing_vocals"
    LEAD = "lead"
    KEYS = "keys"
    GUITAR = "guitar"
    STRINGS = "strings"
    PAD = "pad"
    SYNTH = "synth"
    SAMPLE = "sample"
    FX = "fx"
    INSTRUMENTAL = "instrumental"
    OTHER = "other"

    @property
    def is_rhythmic(self) -> bool:
        """Carries the beat, and no notes that tell the key."""
        return self in (StemRole.KICK, StemRole.SNARE, StemRole.HIHAT, StemRole.PERCUSSION, StemRole.DRUMS)

    @property
    def is_tonal(self) -> bool:
        """Carries notes that tell the key."""
        return not self.is_rhythmic and self not in (StemRole.FX, StemRole.SAMPLE)


_ROLE_WORDS: tuple[tuple[StemRole, str], ...] = (
    (StemRole.INSTRUMENTAL, "instrumental|instrumentals|minus one|karaoke|no vocals"),
    (
        StemRole.BACKING_VOCALS,
        "backing vocals|backing vocal|back vocals|background vocals|backing vox|bgv|bgvs|bg vs|bv|bvs",
    ),
    (StemRole.BACKING_VOCALS, "backings|harmony|harmonies|adlib|adlibs|ad libs|choir|vocal doubles|doubles"),
    (StemRole.SAMPLE, "vocal chop|vocal chops|vox chop|vox chops|chop|chops|sample|samples|loop sample"),
    (StemRole.LEAD_VOCALS, "lead vocals|lead vocal|lead vox|main vocal|main vocals|ldvox|lead voice"),
    (StemRole.LEAD_VOCALS, "vocals|vocal|vox|voc|voice|vocalist|acapella|acappella|rap|singer"),
    (StemRole.KICK, "kick|kicks|kik|bd|bass drum|bassdrum|kickdrum"),
    (StemRole.SNARE, "snare|snares|snr|sd|rimshot"),
    (StemRole.HIHAT, "hihat|hihats|hi hat|hi hats|hat|hats|hh|open hat|closed hat"),
    (
        StemRole.PERCUSSION,
        "percussion|perc|percs|shaker|shakers|conga|congas|bongo|bongos|tambourine|clap|claps|tom|toms",
    ),
    (StemRole.PERCUSSION, "cowbell|cymbal|cymbals|crash|ride|rim|snap|snaps|cajon"),
    (StemRole.DRUMS, "drums|drum|drumkit|drm|drms|kit|beat|beats|breakbeat|break|overheads|overhead|oh|groove"),
    (StemRole.BASS, "bass|bassline|sub|subbass|808|808s|reese|bs|bas"),
    (StemRole.GUITAR, "guitar|guitars|gtr|gtrs|git|guit|egtr|agtr|ukulele|banjo|mandolin"),
    (StemRole.STRINGS, "strings|string|violin|violins|viola|cello|celli|orchestra|str|strs"),
    (
        StemRole.KEYS,
        "keys|key|piano|pno|rhodes|wurli|wurlitzer|organ|epiano|e piano|clav|harpsichord|keyboard|keyboards",
    ),
    (StemRole.PAD, "pad|pads|atmosphere|atmos|drone|texture"),
    (StemRole.LEAD, "lead|leads|ld|melody|topline|solo|hook"),
    (StemRole.SYNTH, "synth|synths|syn|synthesizer|synthesiser|arp|arps|arpeggio|pluck|plucks|stab|stabs|chords|saw"),
    (StemRole.FX, "fx|sfx|effects|effect|riser|risers|uplifter|downlifter|impact|impacts|sweep|noise|foley|ambience"),
)

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BPM = re.compile(
    r"(?<![\d.])(\d{2,3}(?:[.,]\d{1,3})?)[ _-]?bpm(?![a-z])|(?<![a-z])bpm[ _-]?(\d{2,3}(?:\.\d{1,3})?)(?!\d)", re.I
)
_LONG_KEY = re.compile(
    r"(?<![A-Za-z0-9])([A-G](?:#|♯|b|♭|[ _-]?flat|[ _-]?sharp)?)[ _-]?(minor|min|major|maj|moll|dur)(?![A-Za-z])", re.I
)
_SHORT_KEY = re.compile(r"(?<![A-Za-z0-9])([A-G](?:[#♯b♭]m?|m))(?![A-Za-z0-9#])")
_CAMELOT = re.compile(r"(?<![A-Za-z0-9.])((?:1[0-2]|0?[1-9])[ABab])(?![A-Za-z0-9])")
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])(\d{2,3})(?![A-Za-z0-9.])")


def guess_role(filename: str) -> StemRole:
    """By the words of the name, the more telling first: a `bass guitar` is bass, a `lead vocal` no lead."""
    words = [word.lower() for word in _WORD.findall(_stem(filename))]
    text = f" {' '.join(words)} "
    for role, phrases in _ROLE_WORDS:
        if any(f" {phrase} " in text for phrase in phrases.split("|")):
            return role
    return StemRole.OTHER


def guess_tempo_bpm(filename: str) -> float | None:
    """From `128bpm` or `bpm 128`; a bare number counts only in a name that also tells a key. None without a hint."""
    name = _stem(filename)
    if match := _BPM.search(name):
        return _plausible(float((match[1] or match[2]).replace(",", ".")))
    if guess_key(filename) is None:
        return None
    bare = [float(number) for number in _NUMBER.findall(name)]
    plausible = [number for number in bare if 60 <= number <= 200]
    return plausible[0] if len(plausible) == 1 else None


def guess_key(filename: str) -> MusicalKey | None:
    """From `A minor`, `Am`, `Ebmaj`, `F#` or Camelot's `8A`. A bare letter tells nothing. None without a hint."""
    name = _stem(filename).replace("_", " ")
    if match := _LONG_KEY.search(name):
        return parse_key(f"{match[1]} {match[2]}")
    match = _SHORT_KEY.search(name) or _CAMELOT.search(name)
    return parse_key(match[1]) if match else None


def guess_title(filename: str) -> str:
    """A name to show: without folder, suffix, leading number, tempo and key."""
    name = _BPM.sub(" ", _stem(filename).replace("_", " "))
    for pattern in (_LONG_KEY, _SHORT_KEY, _CAMELOT):
        name = pattern.sub(" ", name)
    name = re.sub(r"^[\s\d.)-]+(?=[^\W\d])", "", name)
    return re.sub(r"[\s-]*\s[\s-]*", " ", name).strip(" -") or _stem(filename)


def _stem(filename: str) -> str:
    """Without folders and suffix. Suffixes begin with a letter, so that `128.5bpm` keeps its tempo."""
    name = re.split(r"[/\\]", filename)[-1]
    return re.sub(r"\.[A-Za-z][A-Za-z0-9]{1,3}$", "", name) or name


def _plausible(tempo_bpm: float) -> float | None:
    return tempo_bpm if LOWEST_TEMPO_BPM <= tempo_bpm <= HIGHEST_TEMPO_BPM else None
