"""The credits that works owe over all of their ancestors: in pages, and whole to be pasted or written into tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.licences.grants import GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import Ancestor, Credit, CreditedWork, FullCredits, by_work, credits_owed
from remixhub.domain.lineage.generations import Link, generations
from remixhub.domain.states import SourceKind
from remixhub.models import Account, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.nodes import GRANT_COLUMNS, held_by_in, links_among
from remixhub.services.lineage.permitted import permitted_above
from remixhub.services.paging import Page, Position, page_of, seq_in

WHOLE_LIMIT = 1_000
"""Ancestors in a whole list of credits."""


# statements are built once: building one takes longer than running it
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_OF: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)


def _citations() -> sa.Select[*tuple[Any, ...]]:
    """The links to the works `ids`, those of the work itself first, then those of its ancestors."""
    is_own = SourceLink.derivative_id == sa.bindparam("work_id")
    above = SourceLink.derivative_seq.in_(sa.select(ancestry.ancestor_seqs(_OF).c.seq))
    return (
        sa.select(SourceLink.source_id, SourceLink.licence, SourceLink.kind, is_own, *GRANT_COLUMNS)
        .where(SourceLink.source_id.in_(_IDS), sa.or_(is_own, above))
        .order_by(sa.not_(is_own), SourceLink.derivative_seq)
    )


_CITATIONS = _citations()
_CREDITED = (
    sa.select(Work.id, Work.title, Account.display_name, Work.credits)
    .join(Account, Account.id == Work.account_id)
    .where(Work.id.in_(_IDS))
)


def list_credits(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Credit]:
    """The credits owed to at most `limit` ancestors, oldest ancestor first."""
    with parts.database.reading() as session:
        find_visible_work(session, actor, work_id)
        return owed_by(session, parts, work_id, after_seq=seq_in(after) or 0, limit=limit)


def owed_by(session: Session, parts: Parts, work_id: str, *, after_seq: int, limit: int) -> Page[Credit]:
    found = ancestry.oldest_ancestors(session, work_id, after_seq=after_seq, limit=limit + 1)
    page = page_of(found, limit, lambda one: [one.seq])
    return Page(credits_owed(_ancestors(session, parts, work_id, [one.id for one in page.rows])), page.next_position)


def full_credits(actor: Actor, parts: Parts, work_id: str) -> FullCredits:
    """Over the WHOLE_LIMIT nearest ancestors, nearest first; one query a generation."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        return credits_of(session, parts, work)


def credits_of(session: Session, parts: Parts, work: Work, *, and_itself: bool = False) -> FullCredits:
    """`and_itself`: for what is made from the work, such as a mix of its stems; it then is the first generation."""
    ids, more = ancestry.nearest(session, work.id, derivatives=False, limit=WHOLE_LIMIT)
    links = [Link(link.derivative_id, link.source_id) for link in links_among(session, [work.id, *ids])]
    steps = {id: -step for id, step in generations(work.id, links).items()}
    ancestors = _ancestors(session, parts, work.id, ids)
    if and_itself:
        ancestors = [_as_ancestor(parts, work), *ancestors]
    owed = by_work(credits_owed(ancestors))
    works = [CreditedWork(steps.get(id, 0) + int(and_itself), credits) for id, credits in owed.items()]
    url = parts.addresses.work(work.id)
    return FullCredits(work.title, url, sorted(works, key=lambda one: one.generation), more)


def _as_ancestor(parts: Parts, work: Work) -> Ancestor:
    url = parts.addresses.work(work.id)
    artist = work.account.display_name
    own = tuple((credit["name"], credit["role"]) for credit in work.credits)
    return Ancestor(work.id, work.title, artist, work.licence, url, (SourceKind.REMIX,), own)


def _ancestors(session: Session, parts: Parts, work_id: str, ids: Sequence[str]) -> list[Ancestor]:
    """The works `ids`, in that order, as they were cited on the way to `work_id`: by itself if it did, else first; or
    as they are permitted to it, or to a work on the way, that does not cite them.
    """
    if not ids:
        return []
    links = session.execute(_CITATIONS, {"of": [work_id], "work_id": work_id, "ids": ids})
    held: dict[str, tuple[Licence, HeldBy | None]] = {}
    kinds: dict[str, dict[SourceKind, None]] = {}
    own: set[str] = set()
    for source_id, licence, kind, is_own, *grant in links:
        own |= {source_id} if is_own else set()
        held.setdefault(source_id, (licence, held_by_in(grant)))
        kinds.setdefault(source_id, {})[kind] = None
    own_last = sorted(permitted_above(session, [work_id]), key=lambda one: one.derivative_id == work_id)
    for one in own_last:
        if one.work_id in held and one.work_id not in own:
            by = HeldBy(GrantKind.PERMISSION, one.permission_id, one.sha256, one.granted_at)
            held[one.work_id] = (one.licence, by)
    rows = session.execute(_CREDITED, {"ids": ids})
    cited = {
        row.id: Ancestor(
            row.id, row.title, row.display_name, held[row.id][0], parts.addresses.work(row.id), tuple(kinds[row.id]),
            tuple((credit["name"], credit["role"]) for credit in row.credits), held[row.id][1],
        )
        for row in rows
        if row.id in held  # the sources of a draft may change between two queries
    }  # fmt: skip
    return [cited[id] for id in ids if id in cited]
