"""The public pages for search engines: read page by page, each in a transaction of its own, in constant memory.

While they fit into one file (https://www.sitemaps.org/protocol.html) they are one; beyond that, works are cut by their
number and the rest by the first digit of their ids, so that what stands in a file stays there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.errors import NotFound
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, Label, Work

FILE_LIMIT = 50_000
_PAGE = 5_000
_DIGITS = "0123456789abcdef"
_FRONT = ("/", "/contests/", "/charts", "/licences")


class Listed(NamedTuple):
    address: str
    changed_at: dt.datetime | None = None


@dataclass(frozen=True)
class _Kind:
    """Addresses of one kind, in the order of a key."""

    rows: sa.Select[*tuple[Any, ...]]
    """Columns: the key, what its path is made of, and when it last changed."""
    key: sa.SQLColumnExpression[Any]
    path: Callable[[str], str]
    first: Any
    """Before every key."""


_KINDS = {
    "works": _Kind(
        sa.select(Work.seq, Work.id, Work.published_at).where(Work.state == WorkState.PUBLISHED),
        Work.seq, "/works/{}".format, 0,
    ),
    "artists": _Kind(
        sa.select(Account.id, Account.handle, sa.null()).where(
            Account.deleted_at.is_(None),
            sa.exists().where(Work.account_id == Account.id, Work.state == WorkState.PUBLISHED),
        ),
        Account.id, "/@{}".format, "",
    ),
    "labels": _Kind(sa.select(Label.id, Label.handle, sa.null()), Label.id, "/labels/{}".format, ""),
    "contests": _Kind(
        sa.select(Contest.id, Contest.id, Contest.announced_at).where(
            Contest.announced_at.is_not(None), Contest.state != ContestState.DRAFT
        ),
        Contest.id, "/contests/{}".format, "",
    ),
}  # fmt: skip


def whole_sitemap(parts: Parts) -> Iterator[Listed] | None:
    """None when it is more than one file may hold."""
    counts = (sa.select(sa.func.count()).select_from(kind.rows.subquery()) for kind in _KINDS.values())
    with parts.database.reading() as session:
        found = session.execute(sa.select(*(one.scalar_subquery() for one in counts))).one()
    if sum(found) + len(_FRONT) > FILE_LIMIT:
        return None
    return _everything(parts)


def sitemap_files(parts: Parts) -> Iterator[str]:
    """Their names, when there are several."""
    yield "front"
    with parts.database.reading() as session:
        newest = session.scalar(sa.select(sa.func.max(Work.seq))) or 0
    yield from (f"works-{number}" for number in range(newest // FILE_LIMIT + 1))
    yield from (f"{name}-{digit}" for name in ("artists", "labels", "contests") for digit in _DIGITS)


def sitemap_file(parts: Parts, name: str) -> Iterator[Listed]:
    """Raises NotFound for a name that there is not."""
    if name == "front":
        return _front(parts)
    kind, _, cut = name.partition("-")
    if kind == "works" and re.fullmatch("[0-9]{1,9}", cut):
        first = int(cut) * FILE_LIMIT
        return _read(parts, _KINDS[kind], sa.and_(Work.seq >= first, Work.seq < first + FILE_LIMIT))
    if kind in _KINDS and kind != "works" and re.fullmatch("[0-9a-f]", cut):
        return _read(parts, _KINDS[kind], _KINDS[kind].key.startswith(cut))
    raise NotFound("There is no such file of the sitemap; /sitemap.xml names them.")


def _everything(parts: Parts) -> Iterator[Listed]:
    yield from _front(parts)
    for kind in _KINDS.values():
        yield from _read(parts, kind, sa.true())


def _front(parts: Parts) -> Iterator[Listed]:
    return (Listed(parts.addresses.of(path)) for path in _FRONT)


def _read(parts: Parts, kind: _Kind, bounds: sa.ColumnElement[bool]) -> Iterator[Listed]:
    after, rest = kind.first, FILE_LIMIT
    while rest > 0:
        page = kind.rows.where(bounds, kind.key > after).order_by(kind.key).limit(min(_PAGE, rest))
        with parts.database.reading() as session:
            rows = session.execute(page).all()
        for _, name, changed_at in rows:
            yield Listed(parts.addresses.of(kind.path(name)), changed_at)
        if len(rows) < _PAGE:
            return
        after, rest = rows[-1][0], rest - len(rows)
