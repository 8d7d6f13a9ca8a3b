"""A picture of a lineage as a file of its own: the day's inks, no script, no style sheet, links to the works' pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from remixhub.domain.addresses import Addresses
from remixhub.domain.licences.marks import Mark
from remixhub.domain.lineage.generations import head_of
from remixhub.domain.lineage.pictures import Box, Picture

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAPER, _SHEET, _INK, _SOFT = "#fbf8f0", "#f3eee2", "#17161a", "#55504a"
_SPOT_1, _SPOT_2, _OVERPRINT = "#b8310f", "#2a47c9", "#6a1f4f"
_HEAD = 36
_SHAPES = {
    Mark.SHARE_ALIKE: f'<circle r="5.5" fill="none" stroke="{_SPOT_2}" stroke-width="2"/>',
    Mark.NO_SALE: f'<path d="M-6.5 5L0-6.5L6.5 5Z" fill="none" stroke="{_SPOT_1}" stroke-width="2"/>',
    Mark.NO_REMIXES: f'<path d="M-5-5h10v10h-10Z" fill="{_INK}"/>',
    Mark.OWN_TERMS: f'<path d="M0-7L7 0L0 7L-7 0Z" fill="none" stroke="{_OVERPRINT}" stroke-width="2"/>',
}


def svg_file(title: str, picture: Picture, addresses: Addresses) -> Iterator[str]:
    width, height = max(picture.width, 360.0), picture.height + _HEAD * 2
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}" font-family="Archivo, sans-serif">\n<title>{xml(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>\n'
        f'<text x="14" y="24" font-size="16" font-weight="900" fill="{_INK}">{xml(title)}</text>\n'
    )
    for x, generation in picture.generations:
        yield f'<text x="{x:g}" y="52" font-size="10" fill="{_SOFT}">{head_of(generation).upper()}</text>\n'
    yield f'<g transform="translate(0 {_HEAD + 22})">\n'
    for curve in picture.curves:
        dots = ' stroke-dasharray="2 6" stroke-linecap="round"' if curve.is_disputed else ""
        yield f'<path d="{curve.d}" fill="none" stroke="{_INK}" stroke-width="2"{dots}/>\n'
    for box in picture.boxes:
        yield _box(box, picture, box.work.address or addresses.work(box.work.id))
    yield "</g>\n</svg>\n"


def xml(text: str) -> str:
    """XML 1.0 has no way to write most control characters; a bare carriage return would be read as a line feed."""
    return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})


def xml_attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("\ufffd", text))


def _box(box: Box, picture: Picture, url: str) -> str:
    gone = box.work.is_tombstone
    outline = f'fill="{_PAPER if gone else _SHEET}" stroke="{_INK}" stroke-width="2"'
    outline += ' stroke-dasharray="6 4"' if gone else ""
    if box.work.is_elsewhere:
        outline = f'fill="{_PAPER}" stroke="{_SPOT_2}" stroke-width="2" stroke-dasharray="1 4" stroke-linecap="round"'
    ink = _SOFT if gone else _INK
    marks = "".join(
        f'<g transform="translate({picture.box_width - 16 - 17 * place} 15)">{_SHAPES[mark]}</g>'
        for place, mark in enumerate(box.marks)
    )
    return (
        f'<a href={xml_attribute(url)}><g transform="translate({box.x:g} {box.y:g})"><title>{xml(box.words)}</title>'
        f'<rect width="{picture.box_width}" height="{picture.box_height}" {outline}/>'
        f'<text x="10" y="19" font-size="12" font-weight="700" fill="{ink}">{xml(box.title)}</text>'
        f'<text x="10" y="35" font-size="10" fill="{ink}">{xml(box.line)}</text>{marks}</g></a>\n'
    )
