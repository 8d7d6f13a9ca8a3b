"""The file of a session, built by a worker straight into the object storage, and by an operator into a file."""

from __future__ import annotations

import io
import secrets
from pathlib import Path

from remixhub.audio.engine import ENGINE_VERSION
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.exports.formats import FORMS, Exported
from remixhub.domain.states import RenditionKind
from remixhub.jobs.lease import Lease
from remixhub.jobs.scratch import scratch_folder
from remixhub.models import Rendition
from remixhub.services import journal, workbench
from remixhub.services.exports.describing import Described, find_described
from remixhub.services.exports.writing import Tell, pieces
from remixhub.services.stems.zip_writer import PieceStream
from remixhub.services.workbench import StoredRendition
from remixhub.storage.keys import rendition_key


def export_session(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat, since equal sessions give equal bytes under equal keys."""
    exported = Exported.read(lease.subject_id)
    with parts.database.reading() as session:
        described = find_described(session, parts, exported)
        made = None if described is None else session.get(Rendition, (described.digest, RenditionKind.ARCHIVE))
    if described is None or made is not None:
        with lease.committing():
            return
    form = FORMS[exported.format]
    media_type = form.media_type
    key = rendition_key(described.digest, ENGINE_VERSION, f"{exported.format}.{form.key_ending}")
    count = _Counted()
    with workbench.own_folder(parts, lease) as folder:
        counted = map(count.counted, pieces(parts, described, folder, lease.progress))
        parts.store.put_stream(key, io.BufferedReader(PieceStream(counted), 1024**2), media_type)
    stored = StoredRendition(described.digest, RenditionKind.ARCHIVE, key, media_type, count.size_bytes)
    with lease.committing() as session:
        workbench.keep_rendition(session, stored)
        journal.record(
            session, SYSTEM, "session.exported", "mix" if exported.is_mix else "stem_pack", exported.id,
            after={"format": exported.format.value, "digest": described.digest},
        )  # fmt: skip


def write_file(parts: Parts, described: Described, path: Path, tell: Tell) -> None:
    """All of it or nothing."""
    unfinished = path.with_name(f"export-{secrets.token_hex(8)}.part")  # its own name may be as long as names can be
    try:
        with scratch_folder(parts.settings.work_dir, "export") as folder, unfinished.open("wb") as file:
            for piece in pieces(parts, described, folder, tell):
                file.write(piece)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


class _Counted:
    size_bytes = 0

    def counted(self, piece: bytes) -> bytes:
        self.size_bytes += len(piece)
        return piece
