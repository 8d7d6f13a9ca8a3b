"""Covers printed by the house, as pages show them: drawn when asked for, from the work's row alone."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.covers.printed import digest_of, print_cover
from remixhub.domain.covers.score import Score
from remixhub.domain.covers.svg import svg_of
from remixhub.domain.errors import NotFound
from remixhub.domain.musical_key import parse_key
from remixhub.domain.states import WorkState
from remixhub.models import Work
from remixhub.services.access import may_have_cover


@dataclass(frozen=True)
class PrintedCover:
    svg: str
    digest: str
    is_public: bool


def printed_cover(actor: Actor, parts: Parts, work_id: str) -> PrintedCover:
    """Also of a work that has a picture, or no sound yet. Raises NotFound."""
    with parts.database.reading() as session:
        work = session.get(Work, work_id)
    if work is None or not may_have_cover(actor, work):
        raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
    score = score_of(work)
    return PrintedCover(svg_of(print_cover(score)), digest_of(score), work.state is WorkState.PUBLISHED)


def score_of(work: Work) -> Score:
    imprint = work.imprint
    if imprint is None:
        return Score(work.id)
    return score_from(work.id, bytes.fromhex(imprint["envelope"]), imprint["tempo_bpm"], imprint["key"])


def score_from(work_id: str, envelope: bytes, tempo_bpm: float | None, key: str | None) -> Score:
    return Score(work_id, envelope, tempo_bpm, parse_key(key) if key else None)
