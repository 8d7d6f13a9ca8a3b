"""What was made of the works of a bundle and is not in it: the oldest of each work, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.bundles.contents import BundledRemix
from remixhub.models import Account, SourceLink, Work

_TOGETHER, _EACH = 1_000, 40
"""Remixes in a bundle, and of one work."""


@dataclass
class Remixes:
    told: list[BundledRemix] = field(default_factory=list)
    beyond: int = 0
    """How many there are more."""
    moments: list[dt.datetime] = field(default_factory=list)


def remixes_outside(session: Session, parts: Parts, works: Sequence[Work]) -> Mapping[str, Remixes]:
    """By the work's id. Published ones, and tombstones, of which name, credit and licence are left."""
    ids, each = [work.id for work in works], max(1, min(_EACH, _TOGETHER // max(len(works), 1)))
    of_one = SourceLink.source_id
    placed = (
        sa.select(
            SourceLink.source_id,
            SourceLink.derivative_id,
            sa.func.row_number().over(partition_by=of_one, order_by=SourceLink.derivative_seq).label("place"),
            sa.func.count().over(partition_by=of_one).label("count"),
        )
        .where(SourceLink.source_id.in_(ids), SourceLink.derivative_seq.is_not(None))
        .where(SourceLink.derivative_id.not_in(ids))
        .subquery()
    )
    rows = session.execute(
        sa.select(placed.c.source_id, placed.c.count, Work, Account.display_name)
        .join(Work, Work.id == placed.c.derivative_id)
        .join(Account, Account.id == Work.account_id)
        .where(placed.c.place <= each)
        .order_by(Work.seq)
    )
    found: dict[str, Remixes] = {}
    for source_id, count, work, artist in rows:
        of_this = found.setdefault(source_id, Remixes(beyond=max(count - each, 0)))
        of_this.told.append(
            BundledRemix(
                work_id=work.id, seq=work.seq, title=work.title, artist=artist, url=parts.addresses.work(work.id),
                licence=work.licence.value, is_tombstone=work.state.is_tombstone,
            )
        )  # fmt: skip
        of_this.moments += [at for at in (work.published_at, work.withdrawn_at, work.licensed_at) if at is not None]
    return found
