"""What a stem plays, and the words by which people name it, in English, German, French, Spanish and Italian."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum


class Family(StrEnum):
    """The four inks in which roles are printed."""

    RHYTHM = "rhythm"
    LOW = "low"
    VOICE = "voice"
    TONE = "tone"


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

    @property
    def family(self) -> Family:
        if self.is_rhythmic:
            return Family.RHYTHM
        if self in (StemRole.LEAD_VOCALS, StemRole.BACKING_VOCALS):
            return Family.VOICE
        return Family.LOW if self is StemRole.BASS else Family.TONE


_ROLE_NAMES = {"hihat": "Hi-hat", "fx": "Effects", "lead_vocals": "Lead vocals", "backing_vocals": "Backing vocals"}


def role_name(role: str) -> str:
    return _ROLE_NAMES.get(role, role.replace("_", " ").capitalize())


def family(role: str) -> str:
    """The ink in which a role is printed; a role that is not known yet has the ink of tones."""
    return StemRole(role).family if role in list(StemRole) else Family.TONE


_ROLE_WORDS: tuple[tuple[StemRole, str], ...] = (
    (
        StemRole.INSTRUMENTAL,
        "instrumental|instrumentals|instrumentale|strumentale|minus one|karaoke|no vocals",
    ),
    (
        StemRole.BACKING_VOCALS,
        "backing vocals|backing vocal|back vocals|background vocals|backing vox|background vox|bg vox|bg vocals"
        "|bgv|bgvs|bg vs|bv|bvs|backings|harmony|harmonies|adlib|adlibs|ad libs|choir|vocal doubles|doubles|chor"
        "|background gesang|choeur|choeurs|chour|chours|coro|coros|cori",
    ),
    (StemRole.SAMPLE, "vocal chop|vocal chops|vox chop|vox chops|chop|chops|sample|samples|loop sample"),
    (
        StemRole.LEAD_VOCALS,
        "lead vocals|lead vocal|lead vox|main vocal|main vocals|ldvox|lead voice|leadvocals|leadvocal|leadvox"
        "|vocals|vocal|vox|voc|voice|vocalist|acapella|acappella|a cappella|rap|singer|gesang|stimme|voix|chant"
        "|voz|voces|voce|voci",
    ),
    (StemRole.KICK, "kick|kicks|kik|bd|bass drum|bassdrum|kickdrum|grosse caisse|bombo|grancassa"),
    (StemRole.SNARE, "snare|snares|snr|sd|rimshot|caisse claire|caja|rullante"),
    (StemRole.HIHAT, "hihat|hihats|hi hat|hi hats|hat|hats|hh|open hat|closed hat|charley|charleston"),
    (
        StemRole.PERCUSSION,
        "percussion|perc|percs|shaker|shakers|conga|congas|bongo|bongos|tambourine|clap|claps|tom|toms|cowbell"
        "|cymbal|cymbals|crash|ride|rim|snap|snaps|cajon|percussions|perkussion|percusion|percussioni|becken",
    ),
    (
        StemRole.DRUMS,
        "drums|drum|drumkit|drm|drms|kit|beat|beats|breakbeat|break|overheads|overhead|oh|groove|schlagzeug"
        "|trommeln|batterie|bateria|batteria|tambores",
    ),
    (
        StemRole.BASS,
        "bass|bassline|sub|subbass|808|808s|reese|bs|bas|bass guitar|basse|bajo|basso|e bass|bassgitarre"
        "|kontrabass|contrebasse|contrabajo|contrabbasso|guitare basse",
    ),
    (
        StemRole.GUITAR,
        "guitar|guitars|gtr|gtrs|git|guit|egtr|agtr|ukulele|banjo|mandolin|gitarre|gitarren|e gitarre|guitare"
        "|guitares|guitarra|guitarras|chitarra|chitarre",
    ),
    (
        StemRole.STRINGS,
        "strings|string|violin|violins|viola|cello|celli|orchestra|str|strs|streicher|geige|geigen|cordes|violon"
        "|violons|cuerdas|archi|violino|violini",
    ),
    (
        StemRole.KEYS,
        "keys|key|piano|pno|rhodes|wurli|wurlitzer|organ|epiano|e piano|clav|harpsichord|keyboard|keyboards"
        "|klavier|orgel|tasten|clavier|claviers|orgue|teclado|teclados|tastiera|tastiere|pianoforte",
    ),
    (StemRole.PAD, "pad|pads|atmosphere|atmos|drone|texture|nappe|nappes"),
    (StemRole.LEAD, "lead|leads|ld|melody|topline|solo|hook|melodie|melodia"),
    (
        StemRole.SYNTH,
        "synth|synths|syn|synthesizer|synthesiser|arp|arps|arpeggio|pluck|plucks|stab|stabs|chords|saw|synthe"
        "|synthes|sintetizador|sintetizzatore",
    ),
    (
        StemRole.FX,
        "fx|sfx|effects|effect|riser|risers|uplifter|downlifter|impact|impacts|sweep|noise|foley|ambience|effekte"
        "|effets|efectos|effetti",
    ),
)
_PHRASES = {tuple(phrase.split()): rank for rank, (_, words) in enumerate(_ROLE_WORDS) for phrase in words.split("|")}
_LONGEST_PHRASE = max(map(len, _PHRASES))
_QUALIFIERS = frozenset(
    "lead leads backing background bg main solo hook melody harmony harmonies double doubles sub synth synths "
    "pad pads arp chords chop chops sample samples loop fx effects 808 808s adlib adlibs".split()
)
"""Say more of what is played beside them; alone they say little."""


def named_words(words: Sequence[str]) -> list[bool]:
    """Which of `words`, in lower case, belong to the name of a role or to a word that goes with one."""
    named = [word in _QUALIFIERS for word in words]
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1):
            if tuple(words[start:end]) in _PHRASES:
                named[start:end] = [True] * (end - start)
    return named


def splits_a_name(words: Sequence[str], at: int) -> bool:
    """Whether one name of a role, such as `bass guitar`, lies on both sides of the place `at`."""
    return any(
        tuple(words[start:end]) in _PHRASES
        for start in range(max(at - _LONGEST_PHRASE, 0), at)
        for end in range(at + 1, min(start + _LONGEST_PHRASE, len(words)) + 1)
    )


def are_qualifiers(words: Sequence[str]) -> bool:
    return all(word in _QUALIFIERS for word in words)


def role_of(words: Sequence[str]) -> StemRole:
    """The most telling of the last names that go together: `bass guitar` is bass, a `lead vocal` no lead, a `kick drum`
    a kick; but `ride piano` is keys.
    """
    names = list(_names(words))
    told: list[int] = []
    kin: StemRole | None = None
    for name in reversed(names):
        role = _ROLE_WORDS[_PHRASES[name]][0]
        if not are_qualifiers(name):
            if kin is not None and not _go_together(kin, role):
                break
            kin = role
        told.append(_PHRASES[name])
    return _ROLE_WORDS[min(told)][0] if told else StemRole.OTHER


def _names(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Of roles, the longest that begin where the one before ended."""
    start = 0
    while start < len(words):
        ends = range(min(start + _LONGEST_PHRASE, len(words)), start, -1)
        found = next((tuple(words[start:end]) for end in ends if tuple(words[start:end]) in _PHRASES), None)
        if found:
            yield found
        start += len(found) if found else 1


def _go_together(one: StemRole, other: StemRole) -> bool:
    voices = (StemRole.LEAD_VOCALS, StemRole.BACKING_VOCALS)
    return one is other or (one.is_rhythmic and other.is_rhythmic) or (one in voices and other in voices)
