"""What a written file says about itself, in the words of each format."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.text import kept_of

LONGEST_TAG = 1_000


@dataclass(frozen=True)
class Tags:
    """Empty fields are left out. `key` is a classical name such as `F# minor`; `credits` name the sources."""

    title: str = ""
    artist: str = ""
    album: str = ""
    credits: tuple[str, ...] = ()
    licence_url: str = ""
    tempo_bpm: float | None = None
    key: str | None = None
    software: str = ""
    """What wrote the file, by which it is known again."""

    def id3(self) -> dict[str, str]:
        """ID3v2.3 by ffmpeg's names; TBPM is a whole number and TKEY at most three letters, as the standard has it."""
        return self._cleaned(
            title=self.title,
            artist=self.artist,
            album=self.album,
            comment="; ".join(self.credits),
            copyright=self.licence_url,
            TBPM="" if self.tempo_bpm is None else str(round(self.tempo_bpm)),
            TKEY=_short_key(self.key),
            software=self.software,
        )

    def vorbis(self) -> dict[str, str]:
        """Vorbis comments, for FLAC and Opus."""
        return self._cleaned(
            title=self.title,
            artist=self.artist,
            album=self.album,
            comment="; ".join(self.credits),
            license=self.licence_url,
            bpm="" if self.tempo_bpm is None else f"{self.tempo_bpm:g}",
            initialkey=_short_key(self.key),
            software=self.software,
        )

    def riff(self) -> dict[str, str]:
        """RIFF INFO. It has no field for tempo or key, so these join the comment."""
        tempo = "" if self.tempo_bpm is None else f"{self.tempo_bpm:g} BPM"
        return self._cleaned(
            INAM=self.title,
            IART=self.artist,
            IPRD=self.album,
            ICMT="; ".join(part for part in (*self.credits, tempo, self.key or "") if part),
            ICOP=self.licence_url,
            ISFT=self.software,
        )

    @staticmethod
    def _cleaned(**fields: str) -> dict[str, str]:
        cleaned = {name: clean_tag(value) for name, value in fields.items()}
        return {name: value for name, value in cleaned.items() if value}


def clean_tag(value: str) -> str:
    """One line of text: tags of uploads are hostile, and ours must not become it."""
    return kept_of(value, instead=" ")[:LONGEST_TAG].strip()


def _short_key(key: str | None) -> str:
    if not key:
        return ""
    tonic, _, mode = key.partition(" ")
    return tonic + ("m" if mode.lower().startswith("min") else "")
