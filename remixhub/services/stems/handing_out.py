"""What others are given of an original: its bytes as uploaded, unless they still hold what its artist trimmed away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from remixhub.domain.media import Container
from remixhub.domain.states import RenditionKind
from remixhub.models import Original, Rendition


@dataclass(frozen=True)
class GivenFile:
    key: str
    media_type: str
    container: Container
    size_bytes: int
    sha256: str
    is_original: bool

    @property
    def ending(self) -> str:
        """Of a name for it, dot included."""
        return f".{self.container}"


def given_file(session: Session, original: Original) -> GivenFile:
    """Once the original is ready: before, nobody knows what was trimmed away."""
    sha256 = (original.measurements or {}).get("sound_sha256")
    if sha256 is None:
        container = Container(original.container)
        return GivenFile(original.key, original.media_type, container, original.size_bytes, original.sha256, True)
    sound = session.get_one(Rendition, (original.sha256, RenditionKind.SOUND))
    container = Container(PurePosixPath(sound.key).suffix[1:])
    return GivenFile(sound.key, sound.media_type, container, sound.size_bytes, sha256, False)
