"""With which family a stem goes where four stems are wanted: that of its role, unless its artist says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.stems.roles import Family, family
from remixhub.models import StemPack
from remixhub.models.changes import changed
from remixhub.services import journal
from remixhub.services.stems.packs import find_own_pack


def families_of(pack: StemPack) -> dict[str, Family]:
    """Of all its stems, by id."""
    chosen = pack.families or {}
    return {stem.id: Family(chosen.get(stem.id, family(stem.role))) for stem in pack.stems}


def choose_families(
    actor: Actor, parts: Parts, stem_pack_id: str, choices: Mapping[str, Family | None], *, revision: int
) -> StemPack:
    """By stem; None is that of its role again. Published packs too: how they sound stays as it is.

    Raises StemPackNotFound, PreconditionFailed, Invalid for stems of other packs, and what keeps others out.
    """
    with parts.database.writing() as session:
        seen = sa.and_(StemPack.id == stem_pack_id, StemPack.revision == revision)
        is_seen = changed(session, sa.update(StemPack).where(seen).values(revision=StemPack.revision + 1)) == 1
        pack = find_own_pack(session, actor, stem_pack_id)
        if not is_seen:
            raise PreconditionFailed("Load the stem pack again and repeat your edit.", revision=pack.revision)
        roles = {stem.id: family(stem.role) for stem in pack.stems}
        strange = {f"/families/{id}": ["This is no stem of the pack."] for id in choices if id not in roles}
        if strange:
            raise Invalid("Name stems of this pack by their ids.", violations=strange)
        before = dict(pack.families or {})
        after = {**before, **choices}
        kept = {id: one for id, one in after.items() if one is not None and id in roles and one != roles[id]}
        pack.families = {id: Family(one).value for id, one in sorted(kept.items())} or None
        journal.record(
            session, actor, "stem_pack.grouped", "work", pack.work_id, before={"families": before},
            after={"families": pack.families or {}, "version": pack.version},
        )  # fmt: skip
        session.flush()
        return find_own_pack(session, actor, stem_pack_id)
