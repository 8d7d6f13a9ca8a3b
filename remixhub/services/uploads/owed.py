"""Uploads whose bytes are owed to an artist: accepted, and neither checked yet nor found at fault themselves."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import UploadState
from remixhub.domain.troubles import SET_ASIDE
from remixhub.models import Upload, now
from remixhub.models.changes import changed
from remixhub.services import journal

_REJECTED_BY_US = sa.and_(
    Upload.state == UploadState.REJECTED, sa.func.coalesce(Upload.rejection_code, "").in_(SET_ASIDE)
)
"""None is any more; those of before may be brought back while their bytes are there."""
OWED = sa.or_(Upload.state == UploadState.VERIFYING, _REJECTED_BY_US)
"""What nobody may delete but their artist."""


def bring_back(actor: Actor, parts: Parts, upload_id: str) -> str | None:
    """Makes an upload that was rejected by our fault wait for its check again; why not, where that cannot be."""
    with parts.database.reading() as session:
        upload = session.get(Upload, upload_id)
    if upload is None:
        return "The upload is forgotten; ask its artist to send the file again."
    if upload.state is UploadState.REJECTED and upload.rejection_code not in SET_ASIDE:
        return f"The file itself is at fault ({upload.rejection_code})."
    if upload.state not in (UploadState.VERIFYING, UploadState.REJECTED):
        return f"The upload is {upload.state}; there is nothing to check."
    stored = parts.store.head(upload.key)
    if stored is None or stored.size_bytes != upload.size_bytes:
        return "The bytes of the upload are gone; ask its artist to send the file again."
    with parts.database.writing() as session:
        brought = changed(
            session,
            sa.update(Upload)
            .where(Upload.id == upload_id, _REJECTED_BY_US)
            .values(
                state=UploadState.VERIFYING,
                rejection_code=None,
                rejection_detail=None,
                expires_at=now(parts.settings.upload_lifetime_seconds),
            ),
        )
        if brought == 1:
            journal.record(session, actor, "upload.brought_back", "upload", upload_id)
    return None
