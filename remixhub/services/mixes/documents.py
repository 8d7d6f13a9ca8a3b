"""A draft mix as a file that needs no hub: `python -m remixhub mix` renders it from the unpacked ZIP of its stems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.states import RenditionKind
from remixhub.domain.stems.archive import stem_file_name
from remixhub.models import Rendition, StemPack
from remixhub.services.mixes.drafts import find_draft, pack_of_draft
from remixhub.services.stems.handing_out import given_file


@dataclass(frozen=True)
class MixDocument:
    title: str
    spec: Mapping[str, Any]
    """Its `stems` are the names of the files in the ZIP."""


def document_of(actor: Actor, parts: Parts, draft_id: str) -> MixDocument:
    """Also where the stems have fallen silent: what was made of them is its maker's. Raises NotFound."""
    with parts.database.reading() as session:
        view = find_draft(session, actor, draft_id)
        names = _file_names(session, pack_of_draft(session, draft_id))
        title = view.draft.title or f"Mix of {view.draft.stem_pack.work.title}"
        return MixDocument(title, {**view.newest.spec, "stems": names})


def _file_names(session: Session, pack: StemPack) -> dict[str, str]:
    sums = [stem.original_sha256 for stem in pack.stems]
    given_out = sa.select(Rendition).where(Rendition.kind == RenditionKind.SOUND, Rendition.subject_digest.in_(sums))
    read = session.scalars(given_out).all()  # at once, for `given_file`
    names = {
        stem.id: stem_file_name(position, stem.name, given_file(session, stem.original).container)
        for position, stem in enumerate(pack.stems, 1)
    }
    del read
    return names
