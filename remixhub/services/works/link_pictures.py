"""The picture that other sites show beside a link: the uploaded cover, or the house's print, in pixels."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageOps

from remixhub.domain.covers.printed import Cover
from remixhub.domain.covers.shapes import SIDE, Area, Circle, Dots, Layer, Plate, Point, Shape

SIDE_PIXELS = 1200
PRINT_MEDIA_TYPE, PHOTO_MEDIA_TYPE = "image/png", "image/jpeg"
_PAPER = (243, 238, 226)
_FINER = 2
"""Drawn so much larger and then shrunk, so that edges are smooth."""
_SCALE = SIDE_PIXELS * _FINER / SIDE


def printed_png(cover: Cover) -> bytes:
    """The same print as the SVG."""
    first, second = _plate(cover.first, (0, 0)), _plate(cover.second, cover.askew)
    inks = cover.inks
    paper = Image.new("RGB", first.size, inks.paper)
    for ink, mask in ((inks.first, first), (inks.second, second), (inks.both, ImageChops.multiply(first, second))):
        paper.paste(Image.new("RGB", first.size, ink), mask=mask)
    return _encoded(paper.quantize(64), "PNG", optimize=True)


def photo_jpeg(source: Path) -> bytes:
    """A cover of ours, on paper where it is no square or lets something through."""
    with Image.open(source, formats=("WEBP",)) as picture:
        pixels = ImageOps.contain(picture.convert("RGBA"), (SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (SIDE_PIXELS, SIDE_PIXELS), _PAPER)
    page.paste(pixels, ((SIDE_PIXELS - pixels.width) // 2, (SIDE_PIXELS - pixels.height) // 2), pixels)
    return _encoded(page, "JPEG", quality=86, optimize=True)


def _encoded(picture: Image.Image, format: str, **options: object) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, format, **options)
    return encoded.getvalue()


def _plate(plate: Plate, askew: Point) -> Image.Image:
    """Where it is inked, in shades from 0 to 255."""
    whole = _blank()
    for layer in plate:
        whole = ImageChops.lighter(whole, _layer(layer, askew))
    return whole.resize((SIDE_PIXELS, SIDE_PIXELS), Image.Resampling.BOX)


def _layer(layer: Layer, askew: Point) -> Image.Image:
    drawn = _blank()
    for shape in layer.shapes:
        _draw(drawn, shape, askew)
    if layer.within is None:
        return drawn
    limit = _blank()
    _draw(limit, layer.within, askew)
    return ImageChops.multiply(drawn, limit)


def _draw(picture: Image.Image, shape: Shape, askew: Point) -> None:
    pen = ImageDraw.Draw(picture)
    if isinstance(shape, Area):
        picture.paste(255, mask=_area(shape, askew))
    elif isinstance(shape, Dots):
        for point in shape.at:
            pen.ellipse(_round(Circle(*point, shape.radius), askew), fill=255)
    else:
        for line in shape.lines:
            pen.line(_scaled(line, askew), fill=255, width=round(shape.width * _SCALE))


def _area(area: Area, askew: Point) -> Image.Image:
    """By the even-odd rule."""
    whole = _blank()
    for loop in area.loops:
        one = _blank()
        pen = ImageDraw.Draw(one)
        if isinstance(loop, Circle):
            pen.ellipse(_round(loop, askew), fill=255)
        else:
            pen.polygon(_scaled(loop, askew), fill=255)
        whole = ImageChops.difference(whole, one)
    return whole


def _blank() -> Image.Image:
    return Image.new("L", (SIDE_PIXELS * _FINER, SIDE_PIXELS * _FINER))


def _round(circle: Circle, askew: Point) -> tuple[float, float, float, float]:
    x, y, radius = (circle.x + askew[0]) * _SCALE, (circle.y + askew[1]) * _SCALE, circle.radius * _SCALE
    return x - radius, y - radius, x + radius, y + radius


def _scaled(points: object, askew: Point) -> list[Point]:
    return [((x + askew[0]) * _SCALE, (y + askew[1]) * _SCALE) for x, y in points]  # type: ignore[attr-defined]
