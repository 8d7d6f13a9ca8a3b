"""A mixdown with the pack that it is of, as the jobs on it need it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from remixhub.models import Mixdown, Stem, StemPack


def find_mixdown(session: Session, digest: str) -> Mixdown | None:
    query = (
        sa.select(Mixdown)
        .where(Mixdown.digest == digest)
        .options(
            joinedload(Mixdown.stem_pack).options(
                joinedload(StemPack.stems).joinedload(Stem.original), joinedload(StemPack.work)
            )
        )
    )
    return session.scalars(query).unique().one_or_none()
