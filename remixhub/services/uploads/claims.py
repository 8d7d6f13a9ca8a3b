"""Giving back what a work no longer uses: the claimed uploads behind it, and their bytes to the account's quota."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.states import UploadState
from remixhub.models import Stem, StemPack, Upload, Work, now
from remixhub.services.uploads.endings import give_back_bytes


def release_claims(
    session: Session, account_id: str, *, originals: Collection[str] = (), covers: Collection[str] = ()
) -> None:
    """To be called after the rows that used them are gone. What another work of the account uses is kept.

    The uploads are aborted, and those count on that a form can still store; the sweep deletes the bytes that no account
    uses any more.
    """
    session.flush()
    in_stems = (
        sa.select(Stem.original_sha256)
        .join(StemPack, StemPack.id == Stem.stem_pack_id)
        .join(Work, Work.id == StemPack.work_id)
        .where(Work.account_id == account_id, Stem.original_sha256.in_(originals))
    )
    in_mixes = sa.select(Work.mix_sha256).where(Work.account_id == account_id, Work.mix_sha256.in_(originals))
    in_covers = sa.select(Work.cover_digest).where(Work.account_id == account_id, Work.cover_digest.in_(covers))
    free_originals = set(originals) - {*session.scalars(in_stems), *session.scalars(in_mixes)}
    free_covers = set(covers) - set(session.scalars(in_covers))
    if not free_originals and not free_covers:
        return
    released = session.execute(
        sa.update(Upload)
        .where(
            Upload.account_id == account_id,
            Upload.state == UploadState.CLAIMED,
            sa.or_(Upload.original_sha256.in_(free_originals), Upload.cover_digest.in_(free_covers)),
        )
        .values(
            state=UploadState.ABORTED,
            expires_at=now(),
            storable_until_at=sa.case((Upload.storable_until_at > now(), Upload.storable_until_at)),
        )
        .returning(Upload.size_bytes, Upload.storable_until_at)
    )
    give_back_bytes(session, account_id, sum(size_bytes for size_bytes, until in released if until is None))
