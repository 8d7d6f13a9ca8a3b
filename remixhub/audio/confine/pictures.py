"""Pictures that strangers made, re-encoded in the sandbox: this process opens none, nor imports Pillow for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from remixhub.audio.confine.picture_script import MOST_PIXELS, NOT_A_PICTURE, TOO_LARGE
from remixhub.audio.confine.python import Script
from remixhub.audio.confine.sandbox import SOURCE, Sandbox
from remixhub.domain.media import DecoderOverLimit, DecoderUnavailable, DecodeTimeout, NotAPicture, PictureTooLarge

COVER_MEDIA_TYPE, PHOTO_MEDIA_TYPE = "image/webp", "image/jpeg"
_SCRIPT = Script(Path(__file__).with_name("picture_script.py"), package="PIL")
_CPU_SECONDS = 60
"""The worst of 25 megapixels takes a few."""
_WALL_SECONDS = 300
_ANSWER_BYTES = 16 * 1024**2
_MOST_WORDS = f"{MOST_PIXELS // 10**6} megapixels are the most, such as 5000 × 5000."


def webp_cover(source: Path, sandbox: Sandbox) -> bytes:
    """At most 1400 pixels a side; equal pixels give equal bytes. Raises NotAPicture, PictureTooLarge, and
    DecoderUnavailable for what is no fault of the picture.
    """
    return _webp(_run(["cover", SOURCE], source, sandbox))


def jpeg_photo(cover: Path, sandbox: Sandbox) -> bytes:
    """Of a cover of ours. It came out of the sandbox, so it goes back into it."""
    encoded = _run(["photo", SOURCE], cover, sandbox)
    if encoded[:3] != b"\xff\xd8\xff":
        raise DecoderUnavailable("The sandbox gave no JPEG.")
    return encoded


def webp_thumbnail(cover: Path, sandbox: Sandbox, *, side_pixels: int, most_bytes: int) -> bytes:
    """Of a cover of ours: its middle, as a square."""
    return _webp(_run(["thumbnail", SOURCE, str(side_pixels), str(most_bytes)], cover, sandbox))


def _webp(encoded: bytes) -> bytes:
    if encoded[:4] != b"RIFF" or encoded[8:16] not in (b"WEBPVP8 ", b"WEBPVP8L", b"WEBPVP8X"):
        raise DecoderUnavailable("The sandbox gave no WebP.")
    return encoded


def _run(words: list[str], source: Path, sandbox: Sandbox) -> bytes:
    bounded = replace(sandbox, caps=replace(sandbox.caps, cpu_seconds=_CPU_SECONDS))
    try:
        ended = bounded.run_script(_SCRIPT, words, source, wall_seconds=_WALL_SECONDS, stdout_bytes=_ANSWER_BYTES)
    except DecoderOverLimit as exc:
        raise _not_a_picture(str(exc.context.get("signal", "answer"))) from exc
    except DecodeTimeout as exc:  # it used less than its seconds of CPU: the machine is at fault
        raise DecoderUnavailable("The machine was too busy to read a picture.") from exc
    if ended.returncode == NOT_A_PICTURE:
        raise _not_a_picture("refused")
    if ended.returncode == TOO_LARGE:
        raise _too_large(ended.stdout)
    if ended.returncode != 0:
        raise DecoderUnavailable(f"The reader of pictures does not run: {ended.messages}")
    return ended.stdout


def _not_a_picture(ended_by: str) -> NotAPicture:
    return NotAPicture("Upload a JPEG, PNG or WebP picture that opens in a viewer.", ended_by=ended_by)


def _too_large(said: bytes) -> PictureTooLarge:
    width, _, height = said[:40].decode("ascii", "replace").partition(" ")
    if not (width.isdecimal() and height.isdecimal()):
        return PictureTooLarge(f"The picture has far too many pixels; {_MOST_WORDS}")
    return PictureTooLarge(f"The picture has {width} × {height} pixels; {_MOST_WORDS}")
