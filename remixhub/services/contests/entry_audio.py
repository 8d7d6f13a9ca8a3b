"""An entry as sound: the audio as it was submitted, without a name, and the gain that matches it to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests.entries import TAKEN_BACK, EntryNotFound, EntryState
from remixhub.domain.contests.phases import Phase, phase_of
from remixhub.domain.states import RenditionKind, WorkState
from remixhub.models import Contest, ContestEntry
from remixhub.services.contests import holding
from remixhub.services.contests.entries import may_see_names
from remixhub.services.contests.holding import database_time
from remixhub.services.works.whole_piece import WholePiece, filed_under, rendition_url

TARGET_LUFS = -18.0
"""Nearly all music is louder, so that matching turns down and clips nothing."""
CEILING_DBTP = -1.0


@dataclass(frozen=True)
class EntrySound:
    gain_db: float
    """To be applied by the player, so that entries are as loud as each other."""
    duration_seconds: float | None


def preview_url(actor: Actor, parts: Parts, entry_id: str, kind: RenditionKind) -> str:
    """For who may hear it now: the entrant, who sees it by name, judges and voters from the close on.

    Its address says nothing of its artist, but is that of the work's own preview once that is public.
    Raises EntryNotFound, RenditionMissing.
    """
    with parts.database.reading() as session:
        entry = session.get(ContestEntry, entry_id)
        if entry is None or not _may_hear(session, actor, session.get_one(Contest, entry.contest_id), entry):
            raise EntryNotFound(f"There is no entry {entry_id!r}, or it cannot be heard now.")
        return rendition_url(session, parts, entry.audio_sha256, kind)


def sounds_of(session: Session, entry_ids: Sequence[str]) -> dict[str, EntrySound]:
    """Of entries that the caller may hear."""
    rows = session.execute(sa.select(ContestEntry.id, ContestEntry.audio_sha256).where(ContestEntry.id.in_(entry_ids)))
    digests = {row.id: row.audio_sha256 for row in rows}
    wholes = filed_under(session, set(digests.values()))
    return {id: _sound(wholes.get(digests[id])) for id in entry_ids if id in digests}


def _sound(whole: WholePiece | None) -> EntrySound:
    if whole is None:
        return EntrySound(0.0, None)
    gain = 0.0 if whole.integrated_lufs is None else TARGET_LUFS - whole.integrated_lufs
    if whole.true_peak_dbtp is not None:
        gain = min(gain, CEILING_DBTP - whole.true_peak_dbtp)
    return EntrySound(round(gain, 2), whole.duration_seconds)


def duration_seconds(session: Session, entry: ContestEntry) -> float | None:
    whole = filed_under(session, [entry.audio_sha256]).get(entry.audio_sha256)
    return whole.duration_seconds if whole else None


def _may_hear(session: Session, actor: Actor, contest: Contest, entry: ContestEntry) -> bool:
    if actor.account_id is not None and actor.account_id == entry.account_id:
        return True
    is_draft = entry.work.state is WorkState.DRAFT
    if entry.work.state is WorkState.WITHDRAWN or (is_draft and entry.state in TAKEN_BACK):
        return False
    if entry.work.state is WorkState.TAKEN_DOWN or entry.state is not EntryState.COUNTED:
        return holding.is_host(session, actor, contest) and may_see_names(session, actor, contest)
    if may_see_names(session, actor, contest):
        return True
    phase = phase_of(contest.rule, database_time(session))
    return actor.account_id is not None and phase in (Phase.VOTING, Phase.JUDGING, Phase.VOTING_AND_JUDGING)
