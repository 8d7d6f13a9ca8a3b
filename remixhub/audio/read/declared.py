"""How much sound an MP3, Ogg or MP4 file promises, read in Python, so that the decoder can be held to it."""

from __future__ import annotations

from pathlib import Path

from remixhub.audio.read import mp3_header
from remixhub.audio.read.extent import Extent
from remixhub.audio.read.mp4_edits import read_mp4_extent
from remixhub.audio.read.ogg_streams import read_ogg_extent
from remixhub.audio.read.window import Window
from remixhub.domain.media import Container

_HEAD_BYTES = 4_096


def declared_extent(path: Path, window: Window, container: Container, sample_rate_hz: int) -> Extent | None:
    """Which of the decoder's frames are the sound, at the rate that it decodes to (48 kHz for Opus).

    None of MP3, where the decoder itself leaves out what is no sound. Finds cut files before they are decoded. Raises
    Truncated, HeaderLies, NoFrames, CodecUnsupported, ContainerUnsupported, ChainDiffers, EditsUnsupported.
    """
    match container:
        case Container.OGG:
            return read_ogg_extent(path, window)
        case Container.MP4:
            return read_mp4_extent(path, window, sample_rate_hz)
        case _:
            return None


def declared_frames(path: Path, window: Window, container: Container) -> int | None:
    """Of MP3, without the encoder's delay and padding; None where it does not say."""
    if container is not Container.MP3:
        return None
    with window.open(path) as file:
        return mp3_header.declared_frames(file.read(_HEAD_BYTES))
