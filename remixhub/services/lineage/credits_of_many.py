"""The credits that many works owe, each as `credits.credits_of` has them, in a few statements for all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.licences.grants import GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import Ancestor, CreditedWork, FullCredits, by_work, credits_owed
from remixhub.domain.states import SourceKind
from remixhub.models import ElsewhereSource, SourceLink, Work
from remixhub.services.lineage.ancestry import ancestor_seqs
from remixhub.services.lineage.credits import CREDITED, as_ancestor, from_elsewhere, nearest_first
from remixhub.services.lineage.elsewhere import cited_among
from remixhub.services.lineage.nodes import GRANT_COLUMNS, held_by_in
from remixhub.services.lineage.permitted import Permitted, permitted_above

LINKS_LIMIT = 50_000
"""Of those that are read, the youngest first: what is nearest."""
_AT_ONCE = 10_000
"""Ids in a statement."""
_ABOVE = (
    sa.select(
        SourceLink.derivative_id, SourceLink.source_id, SourceLink.source_seq, SourceLink.derivative_seq,
        SourceLink.licence, SourceLink.kind, *GRANT_COLUMNS,
    )
    .where(
        sa.or_(
            SourceLink.derivative_id.in_(sa.bindparam("ids", expanding=True)),
            SourceLink.derivative_seq.in_(sa.select(ancestor_seqs(sa.bindparam("ids", expanding=True)).c.seq)),
        )
    )
    .order_by(SourceLink.derivative_seq.desc(), SourceLink.derivative_id, SourceLink.position)
    .limit(LINKS_LIMIT + 1)
)  # fmt: skip


@dataclass(frozen=True)
class CreditsAbove:
    """All that is above some works; of each its own part, made when it is asked for."""

    parts: Parts
    sources: Mapping[str, Sequence[Any]]
    """Rows of `_ABOVE` by derivative."""
    credited: Mapping[str, Any]
    elsewhere: Sequence[ElsewhereSource]
    permitted: Sequence[Permitted]
    is_cut: bool

    def of(self, work: Work, *, limit: int) -> FullCredits:
        """Over the `limit` nearest ancestors, after the work itself, which is the first."""
        steps, left_out = self._steps(work.id, limit)
        held, kinds = self._held(work.id, steps)
        ancestors = [as_ancestor(self.parts, work)]
        ancestors += [self._ancestor(id, held[id], tuple(kinds[id])) for id in steps if id in held]
        for one in nearest_first([one for one in self.elsewhere if one.derivative_id in steps], steps):
            if one.node_id not in steps:
                steps[one.node_id] = steps[one.derivative_id] + 1
                ancestors.append(from_elsewhere(one))
        owed = by_work(credits_owed(ancestors))
        works = [CreditedWork(steps[id] + 1, credits) for id, credits in owed.items()]
        url = self.parts.addresses.work(work.id)
        return FullCredits(work.title, url, sorted(works, key=lambda one: one.generation), left_out or self.is_cut)

    def _steps(self, work_id: str, limit: int) -> tuple[dict[str, int], bool]:
        """By how few links each is away, nearest first, then the oldest; and whether there are more."""
        steps, frontier, step = {work_id: 0}, [work_id], 0
        while frontier:
            step += 1
            reached = {row.source_id: row.source_seq for id in frontier for row in self.sources.get(id, ())}
            frontier = [id for id in sorted(reached, key=lambda id: reached[id]) if id not in steps]
            room = limit + 1 - len(steps)
            steps |= dict.fromkeys(frontier[:room], step)
            if len(frontier) > room:
                return steps, True
        return steps, False

    def _held(
        self, work_id: str, steps: Mapping[str, int]
    ) -> tuple[Mapping[str, tuple[Licence, HeldBy | None]], Mapping[str, Mapping[SourceKind, None]]]:
        """As the work itself cites them if it does, else as the oldest does that leads to it."""
        held: dict[str, tuple[Licence, HeldBy | None]] = {}
        kinds: dict[str, dict[SourceKind, None]] = {}
        for row in self._citations(work_id, steps):
            if row.source_id in steps:
                held.setdefault(row.source_id, (row.licence, held_by_in(row[6:])))
                kinds.setdefault(row.source_id, {})[row.kind] = None
        own = {row.source_id for row in self.sources.get(work_id, ())}
        for one in sorted(self.permitted, key=lambda one: one.derivative_id == work_id):
            if one.derivative_id in steps and one.work_id in held and one.work_id not in own:
                by = HeldBy(GrantKind.PERMISSION, one.permission_id, one.sha256, one.granted_at)
                held[one.work_id] = (one.licence, by)
        return held, kinds

    def _citations(self, work_id: str, steps: Mapping[str, int]) -> Iterator[Any]:
        yield from self.sources.get(work_id, ())
        above = [rows for id in steps if id != work_id and (rows := self.sources.get(id))]
        for rows in sorted(above, key=lambda rows: rows[0].derivative_seq):
            yield from rows

    def _ancestor(self, id: str, held: tuple[Licence, HeldBy | None], kinds: tuple[SourceKind, ...]) -> Ancestor:
        row = self.credited[id]
        own = tuple((credit["name"], credit["role"]) for credit in row.credits)
        url = self.parts.addresses.work(id)
        return Ancestor(id, row.title, row.display_name, held[0], url, kinds, own, held[1])


def credits_above(session: Session, parts: Parts, works: Sequence[Work]) -> CreditsAbove:
    ids = [work.id for work in works]
    links = session.execute(_ABOVE, {"ids": ids}).all()
    sources: dict[str, list[Any]] = {}
    for row in links[:LINKS_LIMIT]:
        sources.setdefault(row.derivative_id, []).append(row)
    above = list(dict.fromkeys(row.source_id for rows in sources.values() for row in rows))
    credited = {
        row.id: row
        for at in range(0, len(above), _AT_ONCE)
        for row in session.execute(CREDITED, {"ids": above[at : at + _AT_ONCE]})
    }
    citing = list(dict.fromkeys([*ids, *sources]))
    elsewhere = [
        one
        for at in range(0, len(citing), _AT_ONCE)
        for one in cited_among(session, citing[at : at + _AT_ONCE], limit=LINKS_LIMIT)
    ]
    permitted = permitted_above(session, ids)
    return CreditsAbove(parts, sources, credited, elsewhere, permitted, len(links) > LINKS_LIMIT)
