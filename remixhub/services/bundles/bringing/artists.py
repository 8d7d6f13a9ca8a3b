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
from remixhub.domain.bundles.moving import HUB_URL_LIMIT, ORIGIN_LIMIT, files_of
from remixhub.domain.text import kept_of
from remixhub.models import Account, BroughtArtist
from remixhub.services import journal
from remixhub.services.bundles.bringing.errand import Errand

_LONGEST_HANDLE, _LONGEST_NAME = 40, 80


def account_for(session: Session, parts: Parts, errand: Errand, work: BundledWork) -> Account:
    """The same each time; what was made for an artist before goes before what is named now."""
    known, account, is_made = _chosen(session, errand, work)
    if account is None:
        account = _made(session, errand, work)
    if known is None:
        place = _place(errand, work)
        session.add(BroughtArtist(hub_url=place[0], origin=place[1], account_id=account.id, is_made=is_made))
    else:
        known.account_id, known.is_made = account.id, is_made
    session.flush()
    if is_made:
        _make_room(session, parts, account, work)
    return account


def whose(parts: Parts, errand: Errand, work: BundledWork) -> str:
    """The account that a work would go to, in words. Nothing is written."""
    with parts.database.reading() as session:
        _, account, _ = _chosen(session, errand, work)
        return f"a new account, @{_free_handle(session, work)}" if account is None else f"@{account.handle}"


def _chosen(session: Session, errand: Errand, work: BundledWork) -> tuple[BroughtArtist | None, Account | None, bool]:
    """What is known of the artist, the account, None for one that is to be made, and whether that is made for them.

    What nobody has checked gets no account that is somebody's by now, unless the operator names it again.
    """
    own, known = errand.own_account(work), session.get(BroughtArtist, _place(errand, work))
    if known is not None:
        account = session.get_one(Account, known.account_id)
        is_waiting = known.is_made and account.email is None and account.password_hash is None
        if errand.is_checked or known.account_id == own or (own is None and is_waiting):
            return known, account, known.is_made
    return known, None if own is None else session.get_one(Account, own), own is None


def _place(errand: Errand, work: BundledWork) -> tuple[str, str]:
    """What nobody has checked has its own."""
    origin = kept_of(work.artist_url or work.artist)[:ORIGIN_LIMIT]
    return errand.hub_url if errand.is_checked else f"unchecked {errand.hub_url}"[:HUB_URL_LIMIT], origin


def _made(session: Session, errand: Errand, work: BundledWork) -> Account:
    handle = _free_handle(session, work)
    account = Account(handle=handle, display_name=kept_of(work.artist)[:_LONGEST_NAME] or handle)
    session.add(account)
    session.flush()
    after = {"handle": handle, "from": _place(errand, work)[1]}
    journal.record(session, errand.operator, "account.brought", "account", account.id, after=after)
    return account


def _make_room(session: Session, parts: Parts, account: Account, work: BundledWork) -> None:
    """What is brought in is the operator's decision: it takes nothing of what the account may store itself."""
    needed = sum(file.size_bytes for file in files_of(work))
    quota = sa.func.coalesce(Account.quota_bytes, parts.settings.quota_bytes)
    session.execute(sa.update(Account).where(Account.id == account.id).values(quota_bytes=quota + needed))


def _free_handle(session: Session, work: BundledWork) -> str:
    taken = sa.select(Account.id)
    return next(one for one in _handles(work) if session.scalar(taken.where(Account.handle == one)) is None)


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
