"""What feeds of works hold: those of the hub, of a tag, of an artist, of a label; the same for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.discovery.asked import Order, WorksAsked
from remixhub.domain.states import WorkKind
from remixhub.models import Account, Label, Work
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.contests.feeds import News, news_of_label
from remixhub.services.contests.labels import find_label, releases_of
from remixhub.services.discovery.search.asking import works_found
from remixhub.services.paging import Page, Position
from remixhub.services.works.in_feeds import WorkInFeed, in_feeds
from remixhub.services.works.works import published

Of = TypeVar("Of")


@dataclass(frozen=True)
class WorksFeed(Generic[Of]):
    of: Of
    """Whose it is."""
    works: Page[WorkInFeed]
    news: Sequence[News] = ()


def newest_works(
    parts: Parts, *, kind: WorkKind | None, tag: str | None, after: Position | None, limit: int
) -> Page[WorkInFeed]:
    with parts.database.reading() as session:
        return _in_feeds(session, published(session, kind=kind, tag=tag, after=after, limit=limit))


def works_searched(parts: Parts, asked: WorksAsked, *, after: Position | None, limit: int) -> Page[WorkInFeed]:
    """The newest first. Raises NotFound and KeyNotKnown of the works that `asked` names."""
    newest = replace(asked, order=Order.NEWEST)
    with parts.database.reading() as session:
        found = works_found(session, VISITOR, newest, after=after, limit=limit).page
        return Page(in_feeds(session, [one.work for one in found.rows]), found.next_position)


def works_of_artist(parts: Parts, handle: str, *, after: Position | None, limit: int) -> WorksFeed[Account]:
    """Raises AccountNotFound."""
    with parts.database.reading() as session:
        account = find_profile(session, handle)
        found = published(session, handle=account.handle, after=after, limit=limit)
        return WorksFeed(account, _in_feeds(session, found))


def releases_of_label(parts: Parts, handle: str, *, after: Position | None, limit: int) -> WorksFeed[Label]:
    """With the news of its contests on the first page. Raises LabelNotFound."""
    with parts.database.reading() as session:
        label = find_label(session, handle)
        found = _in_feeds(session, releases_of(session, label.id, after=after, limit=limit))
        return WorksFeed(label, found, () if after else news_of_label(session, label.id))


def _in_feeds(session: Session, page: Page[Work]) -> Page[WorkInFeed]:
    return Page(in_feeds(session, page.rows), page.next_position)
