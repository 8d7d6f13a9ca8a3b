"""Sessions from what a hub has: of a published pack, and of a mix over one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from remixhub.domain.exports.formats import Papers
from remixhub.domain.exports.session import FLOAT_BITS, INTEGER_BITS, DawSession, Sound, sound_file
from remixhub.domain.licences.terms import licence_url, terms_of
from remixhub.domain.mix_spec import Grid, MixSpec, stems_together
from remixhub.domain.stems.archive import ArchivedPack, credit_line, licence_text
from remixhub.domain.stems.packs import frames_at, pack_rate_hz

_NEAR_FULL_SCALE_DB = -0.5
"""A true peak from here on may come out above full scale when the sound is resampled."""
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 400.0


@dataclass(frozen=True)
class Measured:
    """What is known of a stem's original, beside what its pack says."""

    sha256: str
    sample_rate_hz: int
    channels: int
    duration_frames: int
    sample_peak_dbfs: float | None
    true_peak_dbtp: float | None


def session_of_pack(pack: ArchivedPack, measured: Sequence[Measured]) -> DawSession:
    """All stems from the common zero, at the gains that their artist suggests; `measured` in the order of the stems."""
    rate_hz = pack_rate_hz([stem.sample_rate_hz for stem in pack.stems])
    together = stems_together({stem.id: stem.gain_db for stem in pack.stems}, rate_hz)
    return _session(pack, measured, replace(together, loudness=None, grid=_grid(pack)), pack.title, "")


def session_of_mix(
    pack: ArchivedPack, measured: Sequence[Measured], spec: MixSpec, *, title: str, mixed_by: str
) -> DawSession:
    """As on the desk: the loop is two marks, and nothing is unrolled."""
    return _session(pack, measured, replace(spec, grid=spec.grid or _grid(pack)), title, mixed_by)


def papers_of(pack: ArchivedPack) -> Papers:
    credits = "\n".join([credit_line(pack), *pack.sources_text.splitlines()]) + "\n"
    if pack.credits:
        own = "\n".join(f"{name}, {role}" if role else name for name, role in pack.credits)
        credits = f"{credits}\n{own}\n"
    return Papers(licence_text(pack.licence, pack.title, pack.artist, pack.url), pack.receipt, credits)


def _session(pack: ArchivedPack, measured: Sequence[Measured], spec: MixSpec, title: str, mixed_by: str) -> DawSession:
    used = {lane.stem for lane in spec.lanes}
    sounds = [
        _sound(place, stem.id, stem.name, stem.role, one, spec.sample_rate_hz)
        for place, (stem, one) in enumerate(zip(pack.stems, measured, strict=True), 1)
        if stem.id in used
    ]
    return DawSession(
        title=title, artist=pack.artist, mixed_by=mixed_by, permalink=pack.url, licence=terms_of(pack.licence).title,
        licence_url=licence_url(pack.licence, pack.url), credit=credit_line(pack), key=pack.key, spec=spec,
        sounds=sounds,
    )  # fmt: skip


def _sound(place: int, stem: str, name: str, role: str, one: Measured, rate_hz: int) -> Sound:
    frames = frames_at(rate_hz, one.duration_frames, one.sample_rate_hz)
    peak_db = one.sample_peak_dbfs if rate_hz == one.sample_rate_hz else _lowered(one.true_peak_dbtp)
    depth = FLOAT_BITS if peak_db is not None and peak_db > 0 else INTEGER_BITS
    return Sound(stem, name, role, sound_file(place, name, role), one.sha256, one.channels, frames, depth)


def _lowered(true_peak_dbtp: float | None) -> float | None:
    return None if true_peak_dbtp is None else true_peak_dbtp - _NEAR_FULL_SCALE_DB


def _grid(pack: ArchivedPack) -> Grid | None:
    tempo_bpm = pack.tempo_bpm
    return Grid(tempo_bpm) if tempo_bpm is not None and _SLOWEST_BPM <= tempo_bpm <= _FASTEST_BPM else None
