"""How many remixes of each work were published within the last 30 days.

Stored with each work, over the links of works from a number on, as jobs settled it. What was published or grew too old
since then is little, and read from the links.
"""

from __future__ import annotations

from collections import Counter as Tally
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.models import Counter, SourceLink, Work, now
from remixhub.models.works import UNCOUNTED
from remixhub.services.lineage.ancestry import BEYOND_ALL

_AFTER = "lately_after"
_WINDOW_SECONDS = 30 * 24 * 60 * 60
_WORKS_A_STEP = 1_000


class Bounds(NamedTuple):
    """Numbers of works: the window is of all after `oldest`; stored is what came from those between the other two."""

    oldest: int
    stored_after: int
    uncounted_from: int

    @property
    def is_stored(self) -> bool:
        """What is stored is the window."""
        return self.oldest == self.stored_after and self.uncounted_from == BEYOND_ALL


def bounds(session: Session) -> Bounds:
    return Bounds(*session.execute(_BOUNDS).one())


def _asked_bounds() -> sa.Select[int, int, int]:
    """The window's beginning is looked for from where it was: times rise with `seq`."""
    after = sa.select(Counter.value).where(Counter.name == _AFTER).scalar_subquery()
    within = (
        sa.select(Work.seq)
        .where(Work.seq > after, Work.published_at >= now(-_WINDOW_SECONDS))
        .order_by(Work.seq)
        .limit(1)
        .scalar_subquery()
    )
    newest = sa.select(sa.func.max(Work.seq)).scalar_subquery()
    uncounted = sa.select(sa.func.min(Work.seq)).where(UNCOUNTED).scalar_subquery()
    return sa.select(
        sa.func.coalesce(within - 1, newest, after), after, sa.func.coalesce(uncounted, sa.literal(BEYOND_ALL))
    )


_BOUNDS = _asked_bounds()


def moved() -> sa.CTE:
    """Columns `seq` and `change`: what the stored counts lack or have too many. The bounds are parameters."""
    oldest, after, uncounted = (sa.bindparam(name, type_=sa.BigInteger()) for name in Bounds._fields)
    seq = SourceLink.derivative_seq
    change = sa.case((seq < uncounted, -1), (seq > oldest, 1), else_=0)
    is_moved = sa.or_(sa.and_(seq > after, seq <= oldest), seq >= uncounted)
    counted = sa.select(SourceLink.source_seq.label("seq"), sa.func.sum(change).label("change"))
    # MATERIALIZED: else SQLite reads all links there are, in the order of the grouping
    return counted.where(is_moved).group_by(SourceLink.source_seq).cte("moved").prefix_with("MATERIALIZED")


def move_window(session: Session) -> bool:
    """Takes out of the stored counts what grew too old, a step of it; whether there is more. Under the lock of all
    counting.
    """
    found = bounds(session)
    last = min(found.oldest, found.uncounted_from - 1)
    until = min(last, found.stored_after + _WORKS_A_STEP)
    old = sa.and_(SourceLink.derivative_seq > found.stored_after, SourceLink.derivative_seq <= until)
    fewer = Tally(session.scalars(sa.select(SourceLink.source_id).where(old)))
    rows = [{"work_id": id, "fewer": count} for id, count in sorted(fewer.items())]
    if rows:
        session.connection().execute(_FEWER, rows)
    if until > found.stored_after:
        session.execute(sa.update(Counter).where(Counter.name == _AFTER).values(value=until))
    return until < last


_FEWER = (
    sa.update(Work.__table__)  # type: ignore[arg-type]
    .where(Work.id == sa.bindparam("work_id"))
    .values(recent_remix_count=Work.recent_remix_count - sa.bindparam("fewer"))
)
