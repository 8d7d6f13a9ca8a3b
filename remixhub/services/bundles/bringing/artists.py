"""Whose works they are here: the account that the operator names, or one that is made and waits for its owner.

Nobody can sign in to that: it has neither address nor password, until an operator hands its owner a link for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.accounts import HandleInvalid, clean_handle
from remixhub.domain.bundles.contents import BundledWork
from remixhub.domain.bundles.moving import ORIGIN_LIMIT, files_of
from remixhub.domain.text import kept_of
from remixhub.models import Account, BroughtArtist
from remixhub.services import journal
from remixhub.services.bundles.bringing.errand import Errand

_LONGEST_HANDLE, _LONGEST_NAME = 40, 80


def account_for(session: Session, parts: Parts, errand: Errand, work: BundledWork) -> Account:
    """The same each time; what was made for an artist before goes before what is named now."""
    origin = kept_of(work.artist_url or work.artist)[:ORIGIN_LIMIT]
    hub_url = errand.bundle.hub_url
    known = session.get(BroughtArtist, (hub_url, origin))
    if known is not None:
        account = session.get_one(Account, known.account_id)
        if known.is_made:
            _make_room(session, parts, account, work)
        return account
    own = errand.own_account(work)
    account = session.get_one(Account, own) if own is not None else _made(session, errand, work, origin)
    session.add(BroughtArtist(hub_url=hub_url, origin=origin, account_id=account.id, is_made=own is None))
    session.flush()
    if own is None:
        _make_room(session, parts, account, work)
    return account


def _made(session: Session, errand: Errand, work: BundledWork, origin: str) -> Account:
    for handle in _handles(work):
        if session.scalar(sa.select(Account.id).where(Account.handle == handle)) is None:
            break
    account = Account(handle=handle, display_name=kept_of(work.artist)[:_LONGEST_NAME] or handle)
    session.add(account)
    session.flush()
    after = {"handle": handle, "from": origin}
    journal.record(session, errand.operator, "account.brought", "account", account.id, after=after)
    return account


def _make_room(session: Session, parts: Parts, account: Account, work: BundledWork) -> None:
    """What is brought in is the operator's decision: it takes nothing of what the account may store itself."""
    needed = sum(file.size_bytes for file in files_of(work))
    quota = sa.func.coalesce(Account.quota_bytes, parts.settings.quota_bytes)
    session.execute(sa.update(Account).where(Account.id == account.id).values(quota_bytes=quota + needed))


def _handles(work: BundledWork) -> Iterator[str]:
    """That of there if it is free here, else with a number."""
    wanted = work.artist_url.rstrip("/").rpartition("/")[2].removeprefix("@").lower()
    for name in (wanted, _plain(work.artist), "artist"):
        try:
            handle = clean_handle(name)
            break
        except HandleInvalid:
            continue
    yield handle
    number = 2
    while True:
        ending = f"-{number}"
        yield handle[: _LONGEST_HANDLE - len(ending)].rstrip("-") + ending
        number += 1


def _plain(name: str) -> str:
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", ascii).strip("-")[:_LONGEST_HANDLE].strip("-")
