"""Cover art: JPEG, PNG or WebP in; one re-encoded WebP out, without EXIF or anything else a stranger put into it."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from PIL import ExifTags, Image

from remixhub.domain.errors import Invalid

MEDIA_TYPE = "image/webp"
LONGEST_SIDE_PIXELS = 1400
_MOST_PIXELS = 25_000_000
_MOST_WORDS = "25 megapixels are the most, such as 5000 × 5000."
_FORMATS = ("JPEG", "PNG", "WEBP")
_PARSER_FAULTS = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)
"""What Pillow's parsers raise for damaged files, found by damaging files."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF orientation."""


class NotAPicture(Invalid):
    code = "not_a_picture"
    title = "The file is not a picture that can be used"


class PictureTooLarge(Invalid):
    code = "picture_too_large"
    title = "The picture has too many pixels"


def encode_cover(source: Path) -> bytes:
    """WebP of at most 1400 pixels a side; equal pixels give equal bytes. Raises NotAPicture, PictureTooLarge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of every oddity; only bombs matter
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=_FORMATS) as picture:
                width, height = picture.size
                if width * height > _MOST_PIXELS:
                    raise PictureTooLarge(f"The picture has {width} × {height} pixels; {_MOST_WORDS}")
                turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
                pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
                upright = pixels if turn is None else pixels.transpose(turn)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as exc:
        raise PictureTooLarge(f"The picture has far too many pixels; {_MOST_WORDS}") from exc
    except _PARSER_FAULTS as exc:
        raise NotAPicture("Upload a JPEG, PNG or WebP picture that opens in a viewer.") from exc
    upright.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    upright.save(encoded, "WEBP", quality=85, method=4)
    return encoded.getvalue()
