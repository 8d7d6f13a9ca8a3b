"""What stands on the desk when it is opened: the stems of a pack, and the mix that one starts from or goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.models import Mix, StemPack
from remixhub.services.licences.contest_licences import require_stems
from remixhub.services.licences.verdicts import may_remix
from remixhub.services.mixes.mixes import find_mix, find_mixable_pack
from remixhub.services.mixes.orders import pack_rate_hz
from remixhub.services.works.tempo_and_key import TempoAndKey, said_or_heard
from remixhub.services.works.whole_piece import WholePiece, whole_piece

LOWEST_BPM, HIGHEST_BPM = 20.0, 400.0


@dataclass(frozen=True)
class MixDesk:
    pack: StemPack
    rate_hz: int
    music: TempoAndKey
    reference: WholePiece | None
    """The work as it is heard as a whole, to compare with."""
    may_remix: bool
    """Whether a mix of it may be published, as far as the licence goes."""
    title: str
    spec: Mapping[str, Any]
    earlier: Mix | None = None
    """The rendered mix that one goes on from."""


def open_desk(actor: Actor, parts: Parts, stem_pack_id: str, *, after: str | None = None) -> MixDesk:
    """`after` names the mix that one goes on from. Whoever may hear the stems may stand at the desk.

    Raises NotFound, StemPackNotFrozen, StemPackGone, ContestLicenceNotAccepted.
    """
    with parts.database.reading() as session:
        earlier = find_mix(session, actor, after).mix if after is not None else None
        pack = find_mixable_pack(session, actor, stem_pack_id)
        require_stems(session, actor, pack.work)
        if earlier is None:
            return _desk(session, actor, pack, title="", spec=spread_out(pack))
        return _desk(session, actor, pack, title=earlier.title, spec=earlier.mixdown.spec, earlier=earlier)


def spread_out(pack: StemPack) -> dict[str, Any]:
    """Every stem whole on a lane of its own, at the gain that its artist suggests, and nothing else done."""
    rate_hz, tempo_bpm = pack_rate_hz(pack), said_or_heard(pack.work, pack).tempo_bpm
    has_grid = tempo_bpm is not None and LOWEST_BPM <= tempo_bpm <= HIGHEST_BPM
    return {
        "version": 2,
        "sample_rate_hz": rate_hz,
        "lanes": [_lane(stem.id, stem.gain_db) for stem in pack.stems],
        "gain_db": 0.0, "pan": 0.0, "gain_points": [], "pan_points": [], "loop": None,
        "loudness": {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
        "grid": {"bpm": tempo_bpm, "beats_per_bar": 4, "first_beat_frames": 0} if has_grid else None,
        "markers": [],
        "stems": {stem.id: stem.name for stem in pack.stems},
    }  # fmt: skip


def _lane(stem_id: str, gain_db: float) -> dict[str, Any]:
    whole = dict.fromkeys(
        ("trim_start_frames", "trim_end_frames", "offset_frames", "fade_in_frames", "fade_out_frames"), 0
    )
    return {
        "stem": stem_id, "clips": [whole], "gain_db": gain_db, "pan": 0.0, "gain_points": [], "pan_points": [],
        "mute_ranges": [], "muted": False, "solo": False,
    }  # fmt: skip


def _desk(
    session: Session, actor: Actor, pack: StemPack, *, title: str, spec: Mapping[str, Any], earlier: Mix | None = None
) -> MixDesk:
    return MixDesk(
        pack=pack,
        rate_hz=pack_rate_hz(pack),
        music=said_or_heard(pack.work, pack),
        reference=whole_piece(session, pack.work),
        may_remix=may_remix(session, actor, pack.work),
        title=title,
        spec=spec,
        earlier=earlier,
    )
