"""Licences explained: what each permits, what goes together, and examples; all answered by the solver itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flask

from remixhub.domain.licences.judging import HeldLicence, allowed_for_remix, default_for_remix
from remixhub.domain.licences.terms import OFFERED, Licence, in_order
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.services.licences.verdicts import Verdict, conflict_of, verdict

blueprint = flask.Blueprint("licences", __name__)

_MOST_USED = 3
_CHOICES = (*OFFERED, Licence.ALL_RIGHTS_RESERVED)


@dataclass(frozen=True)
class Example:
    title: str
    sources: Sequence[tuple[str, Licence]]
    says: str
    verdict: Verdict


@blueprint.get("/licences")
def explain() -> flask.typing.ResponseReturnValue:
    asked = flask.request.args
    used = [one for one in map(_named, asked.getlist("use")[:_MOST_USED]) if one is not None]
    wanted = _named(asked.get("under", ""))
    return flask.render_template(
        "licences/chart.html",
        rows=[(one, _offered(allowed_for_remix([_held("", one)]))) for one in OFFERED],
        matrix=[(one, [default_for_remix([_held("", one), _held("", other)]) for other in OFFERED]) for one in OFFERED],
        choices=_CHOICES,
        used=used,
        wanted=wanted,
        found=_judged([(f"Song {letter}", one) for letter, one in zip("ABC", used, strict=False)], wanted)
        if used
        else None,
        examples=_examples(),
        offered=OFFERED,
    )


def _examples() -> Sequence[Example]:
    def example(title: str, sources: Sequence[tuple[str, Licence]], says: str) -> Example:
        return Example(title, sources, says, _judged(sources, None))

    return [
        example(
            "Give credit, and choose",
            [("Pier Lights", Licence.BY), ("rain loop", Licence.CC0)],
            "Nothing is asked but credit, so you choose, as long as your licence asks for credit too.",
        ),
        example(
            "Share alike travels",
            [("relay dub", Licence.BY_SA), ("Pier Lights", Licence.BY)],
            "One of them asks for its own licence, so that is yours too, and that of whoever remixes you.",
        ),
        example(
            "Two that cannot meet",
            [("relay dub", Licence.BY_SA), ("paper pier", Licence.BY_NC)],
            "Leave one of them out, or ask one of the artists for leave.",
        ),
        example(
            "Listen, do not touch",
            [("Harbour", Licence.BY_ND)],
            "Share it as it is. For a remix you need its artist’s leave, which you can ask for on its page.",
        ),
    ]


def _judged(sources: Sequence[tuple[str, Licence]], wanted: Licence | None) -> Verdict:
    held = [_held(title, licence) for title, licence in sources]
    return verdict(wanted, held, conflict_of(wanted, held))


def _held(title: str, licence: Licence) -> HeldLicence:
    return HeldLicence(title, licence, (title,), ("",))


def _offered(allowed: frozenset[Licence]) -> Sequence[Licence]:
    return in_order(allowed.intersection(OFFERED))


def _named(text: str) -> Licence | None:
    try:
        return licence_named(text) if text else None
    except LicenceUnknown:
        return None
