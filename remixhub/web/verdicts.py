"""What the licence solver says, in words for people and ready to be drawn: by names instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.licences.marks import code_of, demand_of, marks_of
from remixhub.domain.licences.terms import Licence, short_name, terms_of
from remixhub.domain.lineage.clashes import Clash, clash_of
from remixhub.services.remixes.prospects import InTheWay


def clash_words(conflict: Mapping[str, Any]) -> str:
    """A conflict as a Verdict has it, in a sentence or two."""
    clash = clash_of(conflict)
    if len(clash.ways) == 2:
        one, other = clash.ways
        names = [f"“{way.stations[0].title}”" if way.stations else short_name(way.licence) for way in clash.ways]
        meet = "cannot meet in one remix" if one.stations else "cannot be used together"
        asked = " ".join(
            f"{short_name(way.licence)} {demand_of(way.licence)}{end}" for way, end in ((one, ";"), (other, "."))
        )
        return f"{names[0]} and {names[1]} {meet}. {asked} No licence does both."
    (way,) = clash.ways
    about = f"“{way.stations[0].title}” is under {short_name(way.licence)}, which" if way.stations else None
    said = f"{about or short_name(way.licence)} {demand_of(way.licence)}."
    if clash.wanted is None or not terms_of(way.licence).allows_remixes:
        return said
    return f"{said} So the remix cannot be under {short_name(clash.wanted)}."


def way_of(one: InTheWay, wanted: Licence) -> Clash:
    """A work that stands in the way of a licence, ready to be drawn."""
    source = {"licence": one.licence, "titles": one.titles, "ids": one.ids}
    return clash_of({"sources": [source], "licences": [one.licence, wanted]})


def register_verdict_words(app: flask.Flask) -> None:
    app.add_template_filter(clash_words)
    app.add_template_filter(clash_of)
    app.add_template_filter(way_of)
    app.add_template_filter(code_of, "licence_code")
    app.add_template_filter(demand_of, "licence_demand")
    app.add_template_filter(marks_of, "licence_marks")
