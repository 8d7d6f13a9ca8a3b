"""An entry as sound: the audio as it was submitted, without a name, and the gain that matches it to the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.contests import Phase, phase_of
from remixhub.domain.entries import TAKEN_BACK, EntryNotFound, EntryState
from remixhub.domain.states import RenditionKind, WorkState
from remixhub.models import Contest, ContestEntry, Mixdown, Original, Rendition
from remixhub.services import contest_rows
from remixhub.services.contest_rows import database_time
from remixhub.services.entries import may_see_names
from remixhub.services.playback import RenditionMissing

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
        rendition = session.get(Rendition, (entry.audio_sha256, kind))
    if rendition is None:
        raise RenditionMissing("It is still being made; try again in a moment.", kind=kind.value)
    return parts.store.presign_get(rendition.key, media_type=rendition.media_type)


def sounds(parts: Parts, entry_ids: Sequence[str]) -> dict[str, EntrySound]:
    """Of entries that the caller may hear."""
    with parts.database.reading() as session:
        rows = session.scalars(sa.select(ContestEntry).where(ContestEntry.id.in_(entry_ids))).all()
        found = {row.id: _sound(session, row) for row in rows}
    return {id: found[id] for id in entry_ids if id in found}


def _sound(session: Session, entry: ContestEntry) -> EntrySound:
    whole = _whole(session, entry)
    if isinstance(whole, Original):
        measured = whole.measurements or {}
        loudness, peak = measured.get("integrated_lufs"), measured.get("true_peak_dbtp")
    else:
        loudness = whole.integrated_lufs if whole else None
        peak = whole.true_peak_dbtp if whole else None
    gain = 0.0 if loudness is None else TARGET_LUFS - loudness
    if peak is not None:
        gain = min(gain, CEILING_DBTP - peak)
    return EntrySound(round(gain, 2), duration_seconds(session, entry))


def duration_seconds(session: Session, entry: ContestEntry) -> float | None:
    whole = _whole(session, entry)
    if whole is None or whole.duration_frames is None:
        return None
    return whole.duration_frames / whole.sample_rate_hz


def _whole(session: Session, entry: ContestEntry) -> Original | Mixdown | None:
    return session.get(Original, entry.audio_sha256) or session.get(Mixdown, entry.audio_sha256)


def _may_hear(session: Session, actor: Actor, contest: Contest, entry: ContestEntry) -> bool:
    if actor.account_id is not None and actor.account_id == entry.account_id:
        return True
    is_draft = entry.work.state is WorkState.DRAFT
    if entry.work.state is WorkState.WITHDRAWN or (is_draft and entry.state in TAKEN_BACK):
        return False
    if entry.work.state is WorkState.TAKEN_DOWN or entry.state is not EntryState.COUNTED:
        return contest_rows.is_host(session, actor, contest) and may_see_names(session, actor, contest)
    if may_see_names(session, actor, contest):
        return True
    phase = phase_of(contest.rule, database_time(session))
    return actor.account_id is not None and phase in (Phase.VOTING, Phase.JUDGING, Phase.VOTING_AND_JUDGING)
