"""The picture that other sites show beside a link to a work without a cover: the house's print, in pixels."""

from __future__ import annotations

import io

from PIL import Image, ImageChops, ImageDraw

from remixhub.domain.covers.printed import Cover
from remixhub.domain.covers.shapes import SIDE, Area, Circle, Dots, Layer, Plate, Point, Shape

SIDE_PIXELS = 1200
PRINT_MEDIA_TYPE = "image/png"
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
    encoded = io.BytesIO()
    paper.quantize(64).save(encoded, "PNG", optimize=True)
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
