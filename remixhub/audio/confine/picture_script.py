"""Run as a script in the sandbox: reads a picture that a stranger made and writes one of our own making.

    python -I -S picture_script.py SITE KIND PICTURE [SIDE BYTES]

KIND is `cover` (WebP, as it is shown), `photo` (JPEG on paper, for links) or `thumbnail` (WebP of SIDE pixels a side,
BYTES at most). Exits 0 with the picture on its standard output, NOT_A_PICTURE, or TOO_LARGE with width and height if
they are known. Everything else is no fault of the file.
"""

import errno
import io
import sys
import warnings

NOT_A_PICTURE, TOO_LARGE = 20, 21
COVER_SIDE_PIXELS, PHOTO_SIDE_PIXELS = 1400, 1200
MOST_PIXELS = 25_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_PAPER = (243, 238, 226)
_QUALITIES = (80, 65, 50, 35, 20, 8)
_ORIENTATION = 0x0112
_OUR_TROUBLES = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.ENOENT)


class TooLarge(Exception):
    pass


def main(kind: str, path: str, *figures: str) -> int:
    from PIL import Image  # an import that fails is none of the picture's faults

    Image.preinit()
    try:
        encoded = (
            thumbnail(path, *map(int, figures)) if kind == "thumbnail" else {"cover": cover, "photo": photo}[kind](path)
        )
    except TooLarge as exc:
        sys.stdout.write(str(exc))
        return TOO_LARGE
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_LARGE
    except Exception as exc:
        if isinstance(exc, OSError) and exc.errno in _OUR_TROUBLES:
            raise
        return NOT_A_PICTURE
    sys.stdout.buffer.write(encoded)
    return 0


def cover(path: str) -> bytes:
    """Of at most 1400 pixels a side, upright, without EXIF; equal pixels give equal bytes."""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    warnings.simplefilter("ignore")  # Pillow warns of every oddity; only bombs matter
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(path, formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise TooLarge(f"{width} {height}")
        turn = turns.get(picture.getexif().get(_ORIENTATION, 1))
        pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    upright = pixels if turn is None else pixels.transpose(turn)
    upright.thumbnail((COVER_SIDE_PIXELS, COVER_SIDE_PIXELS), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    upright.save(encoded, "WEBP", quality=85, method=4)
    return encoded.getvalue()


def photo(path: str) -> bytes:
    """Square, on paper where the picture is no square or lets something through."""
    from PIL import Image, ImageOps

    side = PHOTO_SIDE_PIXELS
    with Image.open(path, formats=("WEBP",)) as picture:
        pixels = ImageOps.contain(picture.convert("RGBA"), (side, side), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (side, side), _PAPER)
    page.paste(pixels, ((side - pixels.width) // 2, (side - pixels.height) // 2), pixels)
    encoded = io.BytesIO()
    page.save(encoded, "JPEG", quality=86, optimize=True)
    return encoded.getvalue()


def thumbnail(path: str, side: int, most_bytes: int) -> bytes:
    """Its middle, on paper, in the best quality that is light enough; blurred where none is."""
    from PIL import Image, ImageFilter, ImageOps

    with Image.open(path, formats=("WEBP",)) as picture:
        pixels = ImageOps.fit(picture.convert("RGBA"), (side, side), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (side, side), _PAPER)
    page.paste(pixels, mask=pixels)
    while True:
        for quality in _QUALITIES:
            encoded = io.BytesIO()
            page.save(encoded, "WEBP", quality=quality, method=4)
            if encoded.tell() <= most_bytes:
                return encoded.getvalue()
        page = page.filter(ImageFilter.GaussianBlur(side / 128))


if __name__ == "__main__":
    site, *words = sys.argv[1:]
    sys.path.append(site)
    sys.exit(main(*words))
