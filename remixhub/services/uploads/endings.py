"""The end of an upload: first its state, then its bytes in the storage, last its share of the quota.

Ending a transfer ends its parts, even those on their way; a form goes on working until it runs out. So an upload that
is over counts until no form of it works and its bytes are gone. Whoever dies in between leaves the rest to the sweep.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.states import UploadState
from remixhub.models import Account, Original, Upload, is_held, now
from remixhub.services.uploads.owed import OWED
from remixhub.storage.keys import upload_id_of

OVER = (UploadState.ABORTED, UploadState.REJECTED)
DUE = sa.and_(Upload.state.in_(OVER), ~OWED, Upload.storable_until_at <= now())
"""Over, with nothing more to come, and still counted."""


def still_counted() -> sa.ColumnElement[dt.datetime]:
    """`storable_until_at` for the UPDATE that ends an upload whose bytes have not been deleted yet."""
    return sa.func.coalesce(Upload.storable_until_at, now())


def end_transfers(session: Session, account_id: str, *, lifetime_seconds: float) -> Sequence[Upload]:
    """Of an account whose transfers may not go on; those that have arrived are checked as ever. To be cleared then."""
    return session.scalars(
        sa.update(Upload)
        .where(Upload.account_id == account_id, Upload.state == UploadState.OPEN)
        .values(state=UploadState.ABORTED, expires_at=now(lifetime_seconds), storable_until_at=still_counted())
        .returning(Upload)
        .execution_options(synchronize_session=False)
    ).all()


def clear(parts: Parts, upload: Upload) -> None:
    """Deletes what an upload that is over has in the storage and gives its bytes back. Safe to repeat."""
    parts.store.abort_transfer(upload.key, upload.s3_upload_id)
    if not drop_bytes(parts, upload.key):
        return
    with parts.database.writing() as session:
        give_back_cleared(session, upload.id)


def drop_bytes(parts: Parts, key: str) -> bool:
    """Of an upload that has its outcome: unless they became an original, which others may use too.

    False when they stay for now, since a backup may be about to copy them; the sweep comes back to them.
    """
    with parts.database.reading() as session:
        unwanted = unwanted_keys(session, [key])
    if unwanted and may_not_delete(parts):
        return False
    for one in unwanted:
        parts.store.delete(one)
    return True


def may_not_delete(parts: Parts) -> bool:
    """While a backup runs; asked after it was decided what goes (`is_held`)."""
    with parts.database.reading() as session:
        return is_held(session)


def unwanted_keys(session: Session, keys: Collection[str]) -> Sequence[str]:
    """Of keys that uploads came to, those whose bytes nobody wants, and nobody ever will.

    Bytes become an original in the transaction in which their upload gets its outcome: so one statement that sees
    neither an upload that is owed a check nor an original has seen the end.
    """
    awaited = sa.select(Upload.key).where(
        Upload.id.in_({upload_id_of(key) for key in keys}), sa.or_(Upload.state == UploadState.OPEN, OWED)
    )
    originals = sa.select(Original.key).where(Original.key.in_(keys))
    wanted = set(session.scalars(awaited.union_all(originals)))
    return [key for key in keys if key not in wanted]


def give_back_cleared(session: Session, upload_id: str) -> None:
    """After its bytes were deleted. Does nothing while a form may store more, and the second time."""
    cleared = session.execute(
        sa.update(Upload)
        .where(Upload.id == upload_id, DUE)
        .values(storable_until_at=None)
        .returning(Upload.account_id, Upload.size_bytes)
    ).one_or_none()
    if cleared is not None:
        give_back_bytes(session, cleared.account_id, cleared.size_bytes)


def give_back_bytes(session: Session, account_id: str, size_bytes: int) -> None:
    """To the account's quota."""
    left = Account.stored_bytes - size_bytes
    session.execute(
        sa.update(Account).where(Account.id == account_id).values(stored_bytes=sa.case((left < 0, 0), else_=left))
    )
