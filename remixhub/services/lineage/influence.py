"""How far the works of an account have reached: as jobs counted it, or walked while they have not.

The counts are kept like those of works: what is settled adds to them, and an account whose lineage changed otherwise is
counted from nothing.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.models import AccountReach, Remixer, SourceLink, Work
from remixhub.models.influence import UNREACHED
from remixhub.models.upsert import insert
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.lineage.ancestry import BEYOND_ALL

_IDS_A_QUERY = 5_000


@dataclass(frozen=True)
class Reach:
    """Over everything published; tombstones, which stay in the lineage, are counted too."""

    works: int
    remixes_by_others: int
    """Works of other accounts that cite one of these directly, each once."""
    remixers: int
    """The other accounts that made them."""
    descendants: int
    """Works at any number of links below, each once, by whomever."""
    descendants_by_others: int


@dataclass(frozen=True)
class Influence(Reach):
    handle: str
    is_capped: bool = False
    """There are more descendants than were counted; which was so while they were counted when somebody asked."""


REACH_COLUMNS = (
    AccountReach.works, AccountReach.remixes_by_others, AccountReach.remixers, AccountReach.descendants,
    AccountReach.descendants_by_others,
)  # fmt: skip
_COUNTED = sa.select(*REACH_COLUMNS).where(
    AccountReach.account_id == sa.bindparam("account_id"), AccountReach.is_uncounted.is_(False)
)


def get_influence(actor: Actor, parts: Parts, handle: str) -> Influence:
    """Raises AccountNotFound."""
    del actor  # as far as it is published
    with parts.database.reading() as session:
        account = find_profile(session, handle)
        counted = session.execute(_COUNTED, {"account_id": account.id}).one_or_none()
        reach = walked(session, account.id) if counted is None else Reach(*counted)
        return Influence(**asdict(reach), handle=account.handle)


def walked(session: Session, account_id: str, *, below_seq: int = BEYOND_ALL) -> Reach:
    """From the links alone; of what came from the account's works, that with a smaller `seq` counts."""
    works = sa.select(sa.func.count()).where(Work.account_id == account_id, Work.seq.is_not(None))
    direct = _remixes(account_id, below_seq).with_only_columns(
        sa.func.count(sa.distinct(Work.id)), sa.func.count(sa.distinct(Work.account_id))
    )
    walk = _descendant_seqs(account_id)
    by_others = sa.func.coalesce(sa.func.sum(sa.case((Work.account_id != account_id, 1), else_=0)), 0)
    below = sa.select(sa.func.count(), by_others).join_from(walk, Work, Work.seq == walk.c.seq)
    return Reach(
        session.execute(works).scalar_one(),
        *session.execute(direct).one(),
        *session.execute(below.where(walk.c.seq < below_seq)).one(),
    )


def recount_reach(session: Session, account_id: str, *, below_seq: int) -> Reach:
    """Counts from nothing; to be called under the lock of all counting."""
    fresh = insert(session, AccountReach).values(account_id=account_id)
    # first, so that a work of the account's that is published meanwhile is added to what is counted here
    session.execute(fresh.on_conflict_do_update(index_elements=["account_id"], set_={"is_uncounted": True}))
    reach = walked(session, account_id, below_seq=below_seq)
    session.execute(sa.delete(Remixer).where(Remixer.account_id == account_id))
    remixers = _remixes(account_id, below_seq).with_only_columns(sa.literal(account_id), Work.account_id).distinct()
    session.execute(sa.insert(Remixer).from_select(["account_id", "remixer_id"], remixers))
    right = dict(zip(REACH_COLUMNS, astuple(reach), strict=True))
    counted = sa.update(AccountReach).where(AccountReach.account_id == account_id)
    session.execute(counted.values({**right, AccountReach.is_uncounted: False}))
    return reach


def uncounted_accounts(session: Session, *, limit: int) -> Sequence[str]:
    return session.scalars(sa.select(AccountReach.account_id).where(UNREACHED).limit(limit)).all()


def artists_of(session: Session, work_ids: Collection[str]) -> dict[str, str]:
    """The account of each work."""
    ids = sorted(work_ids)
    parts = (ids[start : start + _IDS_A_QUERY] for start in range(0, len(ids), _IDS_A_QUERY))
    return {
        id: account_id
        for some in parts
        for id, account_id in session.execute(sa.select(Work.id, Work.account_id).where(Work.id.in_(some)))
    }


def note_publication(session: Session, account_id: str) -> None:
    """Counts a work of the account. What else it reached is counted as soon as a job finds that it is not."""
    row = insert(session, AccountReach).values(account_id=account_id, works=1)
    session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_={"works": AccountReach.works + 1}))


def add_reach(session: Session, gains: Mapping[str, Iterable[int]], cited: Iterable[tuple[str, int]]) -> None:
    """`gains`: ancestors, each with the numbers of works that it gains; `cited`: the direct ones of these pairs, which
    all of them are counted with. To be called under the lock of all counting.
    """
    direct = list(cited)
    seqs = sorted({seq for gained in gains.values() for seq in gained})
    makers: dict[int, str] = {
        seq: maker
        for seq, maker in session.execute(sa.select(Work.seq, Work.account_id).where(Work.seq.in_(seqs)))
        if seq is not None
    }
    artists = artists_of(session, gains.keys())
    below: dict[str, set[int]] = defaultdict(set)
    remixes: dict[str, set[int]] = defaultdict(set)
    for id, gained in gains.items():
        below[artists[id]].update(gained)
    for id, seq in direct:
        if makers[seq] != artists[id]:
            remixes[artists[id]].add(seq)
    pairs = {(artist, makers[seq]) for artist, made in remixes.items() for seq in made}
    met = Tally(artist for artist, _ in pairs - _known(session, pairs))
    rows = [
        {
            "of": artist,
            "more_remixes": len(remixes[artist]),
            "more_remixers": met[artist],
            "more": len(below[artist]),
            "more_by_others": sum(makers[seq] != artist for seq in below[artist]),
        }
        for artist in sorted(below)
    ]
    if rows:
        session.connection().execute(_ADDED, rows)
    if pairs:
        known = [{"account_id": artist, "remixer_id": remixer} for artist, remixer in sorted(pairs)]
        session.execute(insert(session, Remixer).on_conflict_do_nothing(), known)


def _known(session: Session, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    both = sa.tuple_(Remixer.account_id, Remixer.remixer_id)
    asked = sa.select(Remixer.account_id, Remixer.remixer_id).where(both.in_(sorted(pairs)))
    return {(artist, remixer) for artist, remixer in session.execute(asked)} if pairs else set()


_ADDED = (
    sa.update(AccountReach.__table__)  # type: ignore[arg-type]
    .where(AccountReach.account_id == sa.bindparam("of"))
    .values(
        remixes_by_others=AccountReach.remixes_by_others + sa.bindparam("more_remixes"),
        remixers=AccountReach.remixers + sa.bindparam("more_remixers"),
        descendants=AccountReach.descendants + sa.bindparam("more"),
        descendants_by_others=AccountReach.descendants_by_others + sa.bindparam("more_by_others"),
    )
)


def _remixes(account_id: str, below_seq: int) -> sa.Select[Any]:
    """Works of others that were made directly from one of the account's, once for each such link."""
    own = sa.select(Work.seq).where(Work.account_id == account_id, Work.seq.is_not(None))
    return (
        sa.select(Work.id)
        .join(SourceLink, SourceLink.derivative_seq == Work.seq)
        .where(SourceLink.source_seq.in_(own), Work.seq < below_seq, Work.account_id != account_id)
    )


def _descendant_seqs(account_id: str) -> sa.CTE:
    own = sa.select(Work.seq).where(Work.account_id == account_id, Work.seq.is_not(None))
    walk = (
        sa.select(SourceLink.derivative_seq.label("seq"))
        .where(SourceLink.source_seq.in_(own), SourceLink.derivative_seq.is_not(None))
        .cte("descendant_seqs", recursive=True)
    )
    further = sa.select(SourceLink.derivative_seq).join(walk, SourceLink.source_seq == walk.c.seq)
    return walk.union(further.where(SourceLink.derivative_seq.is_not(None)))
