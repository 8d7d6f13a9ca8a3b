"""Releases: an artist's originals, begun as drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkKind
from remixhub.domain.work_facts import clean_facts
from remixhub.models import StemPack, Work
from remixhub.services import journal
from remixhub.services.licences.contest_licences import require_offerable


def create_release(
    actor: Actor,
    parts: Parts,
    *,
    title: str,
    licence: Licence,
    description: str = "",
    tempo_bpm: float | None = None,
    key: str | None = None,
    tags: Sequence[str] = (),
    credits: Sequence[Mapping[str, Any]] = (),
    inherited_shares: Sequence[float] = (),
) -> Work:
    """A draft with an empty stem pack. `inherited_shares` in percent by generation.

    Raises TagsInvalid, KeyUnknown, CreditsInvalid, SharesInvalid, and what `require_offerable` raises.
    """
    account_id = require_account(actor)
    facts = clean_facts(
        {"tempo_bpm": tempo_bpm, "key": key, "tags": tags, "credits": credits, "inherited_shares": inherited_shares}
    )
    work = Work(
        kind=WorkKind.RELEASE,
        account_id=account_id,
        title=title,
        licence=licence,
        description=description,
        **facts,
    )
    with parts.database.writing() as session:
        require_offerable(session, actor, licence)
        session.add(work)
        session.flush()
        session.add(StemPack(work_id=work.id, version=1))
        after = {"title": title, "licence": licence.value}
        journal.record(session, actor, "release.created", "work", work.id, after=after)
        session.flush()
        session.refresh(work)
    return work
