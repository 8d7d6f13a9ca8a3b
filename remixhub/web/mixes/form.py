"""The plain form of a mix: read all at once, with each fault at its field and by its stem's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.mix_spec import InvalidMixSpec, parse_mix_spec
from remixhub.models import Mix, Stem
from remixhub.web.forms import checked, typed_number

_LABELS = {"gain_db": "Gain", "pan": "Pan"}
_RATE_HZ = 44_100
"""What is typed here does not depend on it."""


def typed_mix(stems: Sequence[Stem]) -> tuple[dict[str, Any], str]:
    """The spec and the title. Every stem is a lane, in the pack's order; what is not said stays as the artist suggests.

    Raises Invalid with the names of all faulty fields.
    """
    form, wrong = flask.request.form, {}
    figures: dict[str, float] = {}
    for stem in stems:
        for name, otherwise in (("gain_db", stem.gain_db), ("pan", 0.0)):
            field = f"{stem.id}-{name}"
            try:
                figure = typed_number(field)
            except Invalid:
                wrong[field], figure = "write a number, such as −3", None
            figures[field] = otherwise if figure is None else figure
    lanes = [
        {
            "stem": stem.id,
            "gain_db": figures[f"{stem.id}-gain_db"],
            "pan": figures[f"{stem.id}-pan"],
            "muted": f"{stem.id}-muted" in form,
            "solo": f"{stem.id}-solo" in form,
        }
        for stem in stems
    ]
    spec = {"version": 1, "lanes": lanes, "loudness": _loudness(wrong)}
    try:
        parse_mix_spec(spec, default_rate_hz=_RATE_HZ)
    except InvalidMixSpec as error:
        for pointer, messages in error.violations.items():
            wrong.setdefault(_field(pointer, stems), " ".join(messages))
    title = _title(wrong)
    if wrong:
        raise Invalid(_summary(wrong, stems), violations={f"/{field}": [said] for field, said in wrong.items()})
    return spec, title


def values_of(mix: Mix) -> dict[str, Any]:
    """The form as it was for an earlier mix."""
    spec = mix.mixdown.spec
    loudness = spec["loudness"]
    values: dict[str, Any] = {"title": mix.title, "loudness": f"{loudness['target_lufs']:g}" if loudness else ""}
    for lane in spec["lanes"]:
        for name in ("gain_db", "pan", "muted", "solo"):
            values[f"{lane['stem']}-{name}"] = f"{lane[name]:g}" if name in ("gain_db", "pan") else lane[name]
    return values


def _loudness(wrong: dict[str, str]) -> Mapping[str, float] | None:
    try:
        target_lufs = typed_number("loudness")
    except Invalid:
        wrong["loudness"] = "choose one of those listed"
        return None
    return None if target_lufs is None else {"target_lufs": target_lufs, "ceiling_dbtp": -1.0}


def _title(wrong: dict[str, str]) -> str:
    try:
        return checked("title", at_most=200)
    except Invalid as error:
        wrong["title"] = " ".join(error.violations["/title"])
        return ""


def _field(pointer: str, stems: Sequence[Stem]) -> str:
    """The field of what the mix spec has at `/lanes/2/gain_db` or `/loudness/target_lufs`."""
    where = pointer.strip("/").split("/")
    if where[0] == "lanes" and len(where) == 3:
        return f"{stems[int(where[1])].id}-{where[2]}"
    return where[0]


def _summary(wrong: Mapping[str, str], stems: Sequence[Stem]) -> str:
    names = {f"{stem.id}-{name}": f"{label} of “{stem.name}”" for stem in stems for name, label in _LABELS.items()}
    said = [f"{names.get(field, field.capitalize())}: {fault}" for field, fault in wrong.items()]
    return f"{'; '.join(one.rstrip('.') for one in said)}."
