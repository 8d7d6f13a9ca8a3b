"""The credits that works owe over all of their ancestors: in pages, and whole to be pasted or written into tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.licences.grants import GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.credits import Ancestor, Credit, CreditedWork, FullCredits, by_work, credits_owed
from remixhub.domain.lineage.elsewhere import Seen
from remixhub.domain.lineage.generations import Link, generations
from remixhub.domain.lineage.sites import site_of
from remixhub.domain.states import SourceKind, WorkKind
from remixhub.models import Account, ElsewhereSource, SourceLink, Work
from remixhub.services.access import find_visible_work
from remixhub.services.lineage import ancestry
from remixhub.services.lineage.elsewhere import cited_among, first_citations
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
_WORK: tuple[Any, ...] = (Work.id, Work.title, Account.display_name, Work.credits)
_OUTSIDE: tuple[Any, ...] = (
    ElsewhereSource.address, ElsewhereSource.licence, ElsewhereSource.kind, ElsewhereSource.seen_on,
    ElsewhereSource.leave_on, ElsewhereSource.position,
)  # fmt: skip
"""What credits say of a source from elsewhere, and not of a work."""


def _credited() -> sa.Select[*tuple[Any, ...]]:
    """The works `ids`."""
    return sa.select(*_WORK).join(Account, Account.id == Work.account_id).where(Work.id.in_(_IDS))


def _credited_with_outside() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """The same, and what is cited from elsewhere within bounds, in one statement; `place` is null for the works."""
    nothing = [sa.cast(sa.null(), column.type).label(column.name) for column in _OUTSIDE]
    works = _credited().add_columns(*nothing, sa.cast(sa.null(), sa.BigInteger).label("place"))
    no_credits = sa.cast(sa.null(), Work.credits.type)
    outside = first_citations(
        ElsewhereSource.node_id, ElsewhereSource.title, ElsewhereSource.artist, no_credits, *_OUTSIDE
    )
    return works.union_all(outside)


CREDITED, _CREDITED_WITH_OUTSIDE = _credited(), _credited_with_outside()


def list_credits(actor: Actor, parts: Parts, work_id: str, *, after: Position | None, limit: int) -> Page[Credit]:
    """The credits owed to at most `limit` ancestors, oldest ancestor first, and to what these cite from elsewhere."""
    with parts.database.reading() as session:
        work = find_visible_work(session, actor, work_id)
        return owed_by(session, parts, work, after_seq=seq_in(after) or 0, limit=limit)


def owed_by(session: Session, parts: Parts, work: Work, *, after_seq: int, limit: int) -> Page[Credit]:
    found = ancestry.oldest_ancestors(session, work.id, after_seq=after_seq, limit=limit + 1)
    page = page_of(found, limit, lambda one: [one.seq])
    if not page.rows and work.kind is WorkKind.RELEASE:
        return Page([], None)
    bounds = {
        "after_seq": after_seq if after_seq > 0 else -1,  # what the work itself cites has place 0
        "last_seq": ancestry.BEYOND_ALL if page.next_position is None else page.rows[-1].seq,
    }
    ancestors = _ancestors(session, parts, work.id, [one.id for one in page.rows], bounds)
    return Page(credits_owed(ancestors), page.next_position)


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
        ancestors = [as_ancestor(parts, work), *ancestors]
    for one in nearest_first(cited_among(session, [work.id, *ids], limit=WHOLE_LIMIT), steps):
        if one.node_id not in steps:
            steps[one.node_id] = steps.get(one.derivative_id, 0) + 1
            ancestors.append(from_elsewhere(one))
    owed = by_work(credits_owed(ancestors))
    works = [CreditedWork(steps.get(id, 0) + int(and_itself), credits) for id, credits in owed.items()]
    url = parts.addresses.work(work.id)
    return FullCredits(work.title, url, sorted(works, key=lambda one: one.generation), more)


def as_ancestor(parts: Parts, work: Work) -> Ancestor:
    url = parts.addresses.work(work.id)
    artist = work.account.display_name
    own = tuple((credit["name"], credit["role"]) for credit in work.credits)
    return Ancestor(work.id, work.title, artist, work.licence, url, (SourceKind.REMIX,), own)


def nearest_first(cited: Sequence[ElsewhereSource], steps: Mapping[str, int]) -> list[ElsewhereSource]:
    return sorted(cited, key=lambda one: steps.get(one.derivative_id, 0))


def from_elsewhere(one: ElsewhereSource) -> Ancestor:
    return Ancestor(one.node_id, one.title, one.artist, one.licence, one.address, (one.kind,), seen=one.seen)


def _ancestors(
    session: Session, parts: Parts, work_id: str, ids: Sequence[str], bounds: Mapping[str, int] | None = None
) -> list[Ancestor]:
    """The works `ids`, in that order, as they were cited on the way to `work_id`: by itself if it did, else first; or
    as they are permitted to it, or to a work on the way, that does not cite them. Then what is cited from elsewhere
    within `bounds`.
    """
    if not ids:
        return [] if bounds is None else _read(session, parts, work_id, ids, {}, {}, bounds)
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
    return _read(session, parts, work_id, ids, held, kinds, bounds)


def _read(
    session: Session,
    parts: Parts,
    work_id: str,
    ids: Sequence[str],
    held: Mapping[str, tuple[Licence, HeldBy | None]],
    kinds: Mapping[str, Mapping[SourceKind, None]],
    bounds: Mapping[str, int] | None,
) -> list[Ancestor]:
    if bounds is None:
        rows = session.execute(CREDITED, {"ids": ids}).all()
    else:
        of_work = {"ids": ids, "of": [work_id], "work_id": work_id, **bounds}
        rows = session.execute(_CREDITED_WITH_OUTSIDE, of_work).all()
    cited = {
        row.id: Ancestor(
            row.id, row.title, row.display_name, held[row.id][0], parts.addresses.work(row.id), tuple(kinds[row.id]),
            tuple((credit["name"], credit["role"]) for credit in row.credits), held[row.id][1],
        )
        for row in rows
        if row.id in held  # the sources of a draft may change between two queries
    }  # fmt: skip
    return [*(cited[id] for id in ids if id in cited), *(_outside(rows) if bounds else ())]


def _outside(rows: Sequence[Any]) -> list[Ancestor]:
    found = sorted((row for row in rows if row.place is not None), key=lambda row: (row.place, row.position, row.id))
    return [
        Ancestor(
            row.id, row.title, row.display_name, row.licence, row.address, (row.kind,),
            seen=Seen(site_of(row.address), row.seen_on, row.leave_on),
        )
        for row in found
    ]  # fmt: skip
