"""Cover art: JPEG, PNG or WebP in; one re-encoded WebP out, without EXIF or anything else a stranger put into it."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from remixhub.domain.errors import Invalid

MEDIA_TYPE = "image/webp"
LONGEST_SIDE_PIXELS = 1400
_MOST_PIXELS = 25_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


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
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=_FORMATS) as picture:
                width, height = picture.size
                if width * height > _MOST_PIXELS:
                    raise PictureTooLarge(
                        f"The picture has {width} × {height} pixels; 25 megapixels are the most.",
                        width_pixels=width,
                        height_pixels=height,
                    )
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except PictureTooLarge:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as exc:
        raise NotAPicture("Upload a JPEG, PNG or WebP picture that opens in a viewer.") from exc
    upright.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    upright.save(encoded, "WEBP", quality=85, method=4)
    return encoded.getvalue()
