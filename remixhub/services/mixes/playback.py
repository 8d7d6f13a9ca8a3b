"""Where a browser finds the renditions of somebody's own mix."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_private
from remixhub.domain.errors import NotFound
from remixhub.domain.states import RenditionKind
from remixhub.models import Mix
from remixhub.services.mixes.formats import RENDITIONS
from remixhub.services.mixes.mixes import require_not_taken_down
from remixhub.services.works.whole_piece import rendition_url


def mix_rendition_url(actor: Actor, parts: Parts, mix_id: str, kind: RenditionKind) -> str:
    """The files of the mixdown come as downloads with a name, the rest is for playing in the page."""
    with parts.database.reading() as session:
        mix = session.get(Mix, mix_id)
        if mix is None:
            raise NotFound(f"There is no mix {mix_id!r}, or it is private.", what="mix")
        require_own_private(actor, owner_id=mix.account_id, what="mix", id=mix_id)
        require_not_taken_down(mix)
        is_file = kind in RENDITIONS.values()
        name = mix.title or f"Mix of {mix.mixdown.stem_pack.work.title}" if is_file else None
        return rendition_url(session, parts, mix.mixdown_digest, kind, name)
