"""Searches that an account keeps: named, opened again, and told of when they find something new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.discovery.written import Searched, asked_of, words_of
from remixhub.domain.errors import Conflict, NotFound, PreconditionFailed
from remixhub.domain.states import Scope
from remixhub.models import SavedSearch, Work
from remixhub.models.changes import changed
from remixhub.services.accounts.account_lock import lock_own
from remixhub.services.paging import Keyset, Page, Position, page

MOST_SAVED = 50
"""Of an account; each costs a look at whatever is published."""
_NEWEST = Keyset(SavedSearch.created_at.desc(), SavedSearch.id.desc())


class SavedSearchesFull(Conflict):
    code = "saved_searches_full"
    title = "There are enough saved searches"


def save_search(
    actor: Actor, parts: Parts, *, searched: Searched, words: Mapping[str, str], name: str = "", tells: bool = True
) -> SavedSearch:
    """What is published from now on is new to it. Without a name it is called by its words.

    Raises Invalid for what cannot be searched for, SavedSearchesFull.
    """
    account_id = require_account(actor)
    kept = words_of(asked_of(searched, words))
    with parts.database.writing() as session:
        lock_own(session, actor)
        count = session.scalar(
            sa.select(sa.func.count()).select_from(SavedSearch).where(SavedSearch.account_id == account_id)
        )
        if (count or 0) >= MOST_SAVED:
            raise SavedSearchesFull(f"Delete one of your {MOST_SAVED} saved searches first.", most=MOST_SAVED)
        saved = SavedSearch(
            account_id=account_id, name=name or _called(searched, kept), searched=searched, words=kept, tells=tells,
            seen_seq=newest_seq(session),
        )  # fmt: skip
        session.add(saved)
    return saved


def list_saved(actor: Actor, parts: Parts, *, after: Position | None, limit: int) -> Page[SavedSearch]:
    """One's own, the newest first."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        own = sa.select(SavedSearch).where(SavedSearch.account_id == account_id)
        return page(session, own, _NEWEST, after=after, limit=limit)


def get_saved(actor: Actor, parts: Parts, saved_id: str) -> SavedSearch:
    """Raises NotFound, also for somebody else's."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        return _own(session, account_id, saved_id)


def edit_saved(actor: Actor, parts: Parts, saved_id: str, facts: Mapping[str, Any], *, revision: int) -> SavedSearch:
    """`facts` are its `name` and whether it `tells`; told again, it starts with what is published from now on.

    Raises NotFound, PreconditionFailed.
    """
    account_id = require_account(actor)
    values: dict[str, Any] = {**facts, "revision": SavedSearch.revision + 1}
    with parts.database.writing() as session:
        seen = sa.and_(
            SavedSearch.id == saved_id, SavedSearch.account_id == account_id, SavedSearch.revision == revision
        )
        if facts.get("tells"):
            values["seen_seq"] = sa.case((SavedSearch.tells, SavedSearch.seen_seq), else_=newest_seq(session))
        edited = changed(session, sa.update(SavedSearch).where(seen).values(values))
        saved = _own(session, account_id, saved_id)
        if not edited:
            raise PreconditionFailed("The saved search was edited in the meantime; look at it again.")
        return saved


def delete_saved(actor: Actor, parts: Parts, saved_id: str) -> None:
    """Raises NotFound, also for somebody else's."""
    account_id = require_account(actor)
    own = sa.and_(SavedSearch.id == saved_id, SavedSearch.account_id == account_id)
    with parts.database.writing() as session:
        if not changed(session, sa.delete(SavedSearch).where(own)):
            raise _not_found(saved_id)


def forget_searches(session: Session, account_id: str) -> None:
    """Of an account that leaves."""
    session.execute(sa.delete(SavedSearch).where(SavedSearch.account_id == account_id))


def newest_seq(session: Session) -> int:
    """Of what is published, found already or soon; 0 when there is nothing."""
    return session.scalar(sa.select(sa.func.max(Work.seq))) or 0


def _own(session: Session, account_id: str, saved_id: str) -> SavedSearch:
    own = sa.select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.account_id == account_id)
    saved = session.scalars(own, execution_options={"populate_existing": True}).one_or_none()
    if saved is None:
        raise _not_found(saved_id)
    return saved


def _not_found(saved_id: str) -> NotFound:
    return NotFound(f"There is no saved search {saved_id!r}, or it is private.", what="saved_search")


def _called(searched: Searched, words: Mapping[str, str]) -> str:
    said = [words["q"]] if "q" in words else []
    said += [f"{name.replace('_', ' ')}: {word}" for name, word in words.items() if name != "q"]
    return (", ".join(said) or f"All {searched}")[:120]
