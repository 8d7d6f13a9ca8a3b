"""What the rows of a hub name in its storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from remixhub.domain.states import RenditionKind, UploadState
from remixhub.models import Original, Rendition, Upload
from remixhub.services.uploads.owed import OWED
from remixhub.storage.keys import INCOMING, ORIGINALS, RENDITIONS, UPLOADS
from remixhub.storage.s3 import ObjectStore, StoredObject

PREFIXES = (INCOMING, ORIGINALS, RENDITIONS, UPLOADS)


class Named(NamedTuple):
    """`sha256` where the rows know it: of originals, and of covers, whose bytes name them."""

    key: str
    size_bytes: int
    sha256: str | None
    kind: RenditionKind | None = None
    is_required: bool = True
    """Not of an upload that earlier releases rejected by their own fault: its bytes may be gone."""


def named_objects(connection: sa.Connection) -> dict[str, Named]:
    """By key, in their order. Not what is doomed or whose upload is over: that may go at any moment, and rightly."""
    found = [
        *(Named(*row) for row in connection.execute(_ORIGINALS)),
        *(Named(key, size, digest if kind is RenditionKind.COVER else None, kind)
          for key, size, digest, kind in connection.execute(_RENDITIONS)),
        *(Named(key, size, None, is_required=state is UploadState.VERIFYING)
          for key, size, state in connection.execute(_UPLOADS)),
    ]  # fmt: skip
    return _by_key(found)


def other_keys(connection: sa.Connection) -> set[str]:
    """What may be there as well: of uploads in progress, and what is doomed."""
    doomed = sa.select(Original.key).where(Original.doomed_at.is_not(None))
    coming = sa.select(Upload.key).where(Upload.state == UploadState.OPEN)
    return set(connection.scalars(doomed.union_all(coming)))


def stored_objects(store: ObjectStore) -> dict[str, StoredObject]:
    return {one.key: one for prefix in PREFIXES for one in store.objects(prefix)}


_ORIGINALS = sa.select(Original.key, Original.size_bytes, Original.sha256).where(Original.doomed_at.is_(None))
_RENDITIONS = sa.select(Rendition.key, Rendition.size_bytes, Rendition.subject_digest, Rendition.kind)
_UPLOADS = sa.select(Upload.key, Upload.size_bytes, Upload.state).where(OWED)


def _by_key(found: list[Named]) -> dict[str, Named]:
    """An upload that became an original where it lies is named twice; the original knows more."""
    by_key: dict[str, Named] = {}
    for one in sorted(found, key=lambda one: (one.key, one.sha256 is None)):
        by_key.setdefault(one.key, one)
    return by_key


def counted(connection: sa.Connection, tables: Mapping[str, sa.FromClause]) -> Iterator[tuple[str, int]]:
    for name, table in tables.items():
        yield name, int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
