"""Stems as downloads: a presigned address, with the name that the artist gave the file."""

from __future__ import annotations

from pathlib import PurePath

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import StemPackState
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.stems import receipts
from remixhub.services.stems.handing_out import given_file
from remixhub.services.stems.stems import find_stem


def original_url(actor: Actor, parts: Parts, stem_id: str) -> str:
    """Good for a short while; who has an account gets a receipt. What was trimmed away is its artist's alone.

    Raises StemNotFound for whom the stem is private, or withdrawn, and ContestLicenceNotAccepted.
    """
    with parts.database.reading() as session:
        stem, pack, work = find_stem(session, actor, stem_id)
        require_stems(session, actor, work)
        given = given_file(session, stem.original)
    is_own = work.account_id == actor.account_id
    if pack.state is StemPackState.FROZEN and not is_own:
        receipts.record_download(actor, parts, work.licence, stem_pack_id=pack.id, stem_id=stem_id, stem_name=stem.name)
    if is_own or given.is_original:
        original = stem.original
        return parts.store.presign_get(original.key, media_type=original.media_type, filename=stem.filename)
    filename = str(PurePath(stem.filename).with_suffix(given.ending))
    return parts.store.presign_get(given.key, media_type=given.media_type, filename=filename)
