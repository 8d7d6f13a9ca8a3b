"""The ZIP of a bundle, made by a worker straight into the object storage: a block at a time, whatever its size."""

from __future__ import annotations

import io
import zlib

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, VISITOR, Actor
from remixhub.domain.bundles.orders import OrderedBundle
from remixhub.domain.errors import Conflict, Forbidden, NotFound
from remixhub.domain.states import RenditionKind, Scope
from remixhub.domain.stems.zip_layout import Entry, archive_size_bytes
from remixhub.jobs.lease import Lease
from remixhub.models import Rendition
from remixhub.services import journal, workbench
from remixhub.services.bundles.gathering import Gathered, gather, require_made_here
from remixhub.services.bundles.laying import completed, read_envelopes, texts_of
from remixhub.services.bundles.orders import BUNDLE_VERSION, drop_former
from remixhub.services.bundles.reading import Reading
from remixhub.services.bundles.signing import hub_keys
from remixhub.services.stems.zip_writer import MEDIA_TYPE, PieceStream, archive_pieces
from remixhub.services.workbench import BytesDone, StoredRendition
from remixhub.storage.keys import rendition_key

_CHECKED, _DRAWN = 40.0, 50.0
"""Percent of the job's progress."""


def build_bundle(parts: Parts, lease: Lease) -> None:
    """A job; safe to repeat, since equal bundles give equal bytes under equal keys. Raises BundleTooLarge."""
    ordered, keys = OrderedBundle.read(lease.subject_id), hub_keys(parts)
    with parts.database.reading() as session:
        try:
            gathered = gather(session, _actor(ordered), parts, ordered.kind, ordered.id)
        except (NotFound, Conflict, Forbidden):  # it went meanwhile: whoever asks is told so by the page
            gathered = None
        digest = "" if gathered is None else gathered.digest(keys.id)
        made = session.get(Rendition, (digest, RenditionKind.ARCHIVE))
    if gathered is None or made is not None:
        with lease.committing() as session:
            if made is not None:
                drop_former(session, lease.subject_id, digest)
            return
    require_made_here(parts, gathered)
    entries, sums = _read(parts, lease, gathered)
    lease.progress(_CHECKED, "drawing the pages")
    bundle = completed(gathered.bundle, sums, read_envelopes(parts, gathered))
    with workbench.own_folder(parts, lease):
        texts = texts_of(parts, gathered, bundle, sums, keys)
    entries += [Entry(f"{gathered.name}/{path}", len(text), zlib.crc32(text)) for path, text in texts.items()]
    size_bytes = archive_size_bytes(entries)
    written = BytesDone(lease, size_bytes, "writing the bundle", from_percent=_DRAWN)
    key = rendition_key(digest, BUNDLE_VERSION, "bundle.zip")
    sources: list[bytes | str] = [*(file.key for file in gathered.stored), *texts.values()]
    pieces = archive_pieces(parts, entries, sources, written)
    parts.store.put_stream(key, io.BufferedReader(PieceStream(pieces), 1024**2), MEDIA_TYPE)
    stored = StoredRendition(digest, RenditionKind.ARCHIVE, key, MEDIA_TYPE, size_bytes, BUNDLE_VERSION)
    with lease.committing() as session:
        workbench.keep_rendition(session, stored)
        drop_former(session, lease.subject_id, digest)
        after = {"kind": ordered.kind.value, "id": ordered.id, "digest": digest}
        journal.record(session, SYSTEM, "bundle.built", "bundle", digest, after=after)


def _actor(ordered: OrderedBundle) -> Actor:
    """As whom it is gathered: reading is all that it does."""
    return VISITOR if ordered.account_id is None else Actor(ordered.account_id, frozenset({Scope.READ}))


def _read(parts: Parts, lease: Lease, gathered: Gathered) -> tuple[list[Entry], dict[str, str]]:
    """Once for the CRCs, which stand before the bytes, and for the checksums. Raises OriginalCorrupted."""
    read = BytesDone(lease, gathered.size_bytes, "checking the files", to_percent=_CHECKED)
    entries, sums = [], {}
    for file in gathered.stored:
        crc32, reading = 0, Reading(parts, file)
        for block in reading:
            crc32 = zlib.crc32(block, crc32)
            read(block)
        sums[file.name] = reading.sha256()
        entries.append(Entry(f"{gathered.name}/{file.name}", file.size_bytes, crc32))
    return entries, sums
