"""Labels for Audacity: a line each, from and to in seconds, then the name."""

from __future__ import annotations

from remixhub.domain.exports.session import DawSession

_BARS_APART = 4
_MOST_BARS = 2_000


def labels(session: DawSession) -> bytes:
    """The marks, and where a tempo is stated every fourth bar, which Audacity has no other way to show."""
    found = [(mark.at_frames, mark.name) for mark in session.marks()]
    if session.spec.grid is not None:
        found += _bars(session, session.spec.grid.first_beat_frames)
    lines = [f"{session.seconds(frame):.6f}\t{session.seconds(frame):.6f}\t{name}" for frame, name in sorted(found)]
    return "".join(f"{line}\n" for line in lines).encode()


def _bars(session: DawSession, first_frames: int) -> list[tuple[int, str]]:
    bar_frames = session.beats_per_bar * 60 * session.rate_hz / session.tempo_bpm
    steps = range(0, _MOST_BARS, _BARS_APART)
    bars = [(first_frames + round(bar * bar_frames), f"Bar {bar + 1}") for bar in steps]
    return [bar for bar in bars if bar[0] < session.length_frames]
