"""A cover as SVG: presentation attributes alone, each plate once; the overprint is the second plate in the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from remixhub.domain.covers.printed import Cover
from remixhub.domain.covers.shapes import SIDE, Area, Circle, Dots, Layer, Loop, Plate, Point, Shape

MEDIA_TYPE = "image/svg+xml"


def svg_of(cover: Cover) -> str:
    inks, (x, y) = cover.inks, cover.askew
    clips: list[Area] = []
    first = _plate(cover.first, clips)
    second = _plate(cover.second, clips)
    defined = "".join(
        f'<clipPath id="c{number}"><path clip-rule="evenodd" d="{_loops(area.loops)}"/></clipPath>'
        for number, area in enumerate(clips)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">'
        f'<defs>{defined}<g id="a" stroke-width="0" fill-rule="evenodd">{first}</g>'
        f'<g id="b" stroke-width="0" fill-rule="evenodd" transform="translate({x} {y})">{second}</g>'
        f'<mask id="m" maskUnits="userSpaceOnUse" x="0" y="0" width="{SIDE}" height="{SIDE}">{_use("a", "#fff")}</mask>'
        f'</defs><path fill="{inks.paper}" d="M0 0h{SIDE}v{SIDE}h-{SIDE}z"/>{_use("a", inks.first)}'
        f'{_use("b", inks.second)}<g mask="url(#m)">{_use("b", inks.both)}</g></svg>'
    )


def _use(plate: str, ink: str) -> str:
    return f'<use href="#{plate}" fill="{ink}" stroke="{ink}"/>'


def _plate(plate: Plate, clips: list[Area]) -> str:
    return "".join(_layer(layer, clips) for layer in plate)


def _layer(layer: Layer, clips: list[Area]) -> str:
    drawn = "".join(map(_shape, layer.shapes))
    if layer.within is None:
        return drawn
    clips.append(layer.within)
    return f'<g clip-path="url(#c{len(clips) - 1})">{drawn}</g>'


def _shape(shape: Shape) -> str:
    if isinstance(shape, Area):
        return f'<path d="{_loops(shape.loops)}"/>'
    if isinstance(shape, Dots):
        return f'<path stroke-width="{2 * shape.radius:g}" stroke-linecap="round" d="{_spots(shape.at)}"/>'
    return f'<path stroke-width="{shape.width:.0f}" d="{"".join(map(_line, shape.lines))}"/>'


def _loops(loops: Iterable[Loop]) -> str:
    return "".join(_circle(loop) if isinstance(loop, Circle) else _line(loop) + "z" for loop in loops)


def _circle(circle: Circle) -> str:
    x, y, r = round(circle.x), round(circle.y), round(circle.radius)
    return f"M{x} {y - r}a{r} {r} 0 1 0 0 {2 * r}a{r} {r} 0 1 0 0 {-2 * r}z"


def _line(points: Sequence[Point]) -> str:
    """Relative steps, which are shorter."""
    (x, y), *rest = [(round(x), round(y)) for x, y in points]
    found = f"M{x} {y}l"
    steps = []
    for next_x, next_y in rest:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return (found + " ".join(steps)).replace(" -", "-")


def _spots(points: Iterable[Point]) -> str:
    """Strokes without a length, whose round ends are the dots."""
    found, x, y = "", 0, 0
    for place in points:
        next_x, next_y = round(place[0]), round(place[1])
        found += f"m{next_x - x} {next_y - y}h0"
        x, y = next_x, next_y
    return found.replace(" -", "-")
