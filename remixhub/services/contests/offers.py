"""What an account could enter: its remixes that come from what the contest remixes, and what each still lacks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.contests.entries import Candidate, EntryRefused, refusal_of
from remixhub.domain.contests.terms import ContestTerms, Sealing
from remixhub.domain.states import StemPackState, WorkKind, WorkState
from remixhub.models import SourceLink, StemPack, Work

_LIMIT = 100


@dataclass(frozen=True)
class EntryOffer:
    work: Work
    refusal: EntryRefused | None
    """Why it does not count as it is. A draft is looked at more closely when it is entered."""


def offers_in(
    session: Session, account_id: str, source_id: str, terms: ContestTerms, *, entered: Collection[str]
) -> Sequence[EntryOffer]:
    """One's own, the newest first, without works that are entered already. One statement."""
    query = (
        sa.select(Work, _has_stems().label("has_stems"))
        .where(Work.id.in_(_made_from(account_id, source_id)), Work.id.not_in(entered))
        .order_by(Work.created_at.desc(), Work.id.desc())
        .limit(_LIMIT)
    )
    return [EntryOffer(work, _refusal(work, terms, has_stems=has_stems)) for work, has_stems in session.execute(query)]


def _refusal(work: Work, terms: ContestTerms, *, has_stems: bool) -> EntryRefused | None:
    may_be_draft = terms.sealing is not Sealing.PUBLIC
    candidate = Candidate(
        is_published=work.state is WorkState.PUBLISHED or may_be_draft,
        is_own=True,
        comes_from_release=True,
        has_stems=has_stems,
        has_audio=work.playable_digest is not None,
    )
    return refusal_of(candidate, needs_own_stems=terms.needs_own_stems)


def _made_from(account_id: str, source_id: str) -> sa.Select[str]:
    """The account's remixes with the source anywhere above them: one walk up from all of them."""
    own = sa.and_(
        Work.account_id == account_id, Work.kind == WorkKind.REMIX,
        Work.state.in_([WorkState.DRAFT, WorkState.PUBLISHED]),
    )  # fmt: skip
    walk = (
        sa.select(Work.id.label("remix_id"), SourceLink.source_seq.label("seq"))
        .join(SourceLink, SourceLink.derivative_id == Work.id)
        .where(own)
        .cte("made_from", recursive=True)
    )
    walk = walk.union(
        sa.select(walk.c.remix_id, SourceLink.source_seq).join(walk, SourceLink.derivative_seq == walk.c.seq)
    )
    source = sa.select(Work.seq).where(Work.id == source_id).scalar_subquery()
    return sa.select(walk.c.remix_id).where(walk.c.seq == source)


def _has_stems() -> sa.ColumnElement[bool]:
    packs = sa.select(StemPack.id).where(
        StemPack.work_id == Work.id,
        sa.or_(Work.state == WorkState.DRAFT, StemPack.state == StemPackState.FROZEN),
        StemPack.stems.any(),
    )
    return packs.exists()
