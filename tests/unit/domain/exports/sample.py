"""Sessions for the tests of their writers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from remixhub.domain.exports.session import DawSession
from remixhub.domain.exports.sessions import Measured, session_of_mix, session_of_pack
from remixhub.domain.licences.terms import Licence
from remixhub.domain.mix_spec import parse_mix_spec
from remixhub.domain.stems.archive import ArchivedPack, ArchivedStem

RATE_HZ = 44_100


def stem(name: str, *, role: str = "synth", rate_hz: int = RATE_HZ, channels: int = 2, frames: int = 441_000,
         gain_db: float = 0.0) -> ArchivedStem:  # fmt: skip
    return ArchivedStem(
        id=f"id-of-{name}", name=name, role=role, gain_db=gain_db, container="wav", sha256="0" * 64,
        size_bytes=frames * channels * 3, sample_rate_hz=rate_hz, channels=channels, bit_depth=24,
        duration_frames=frames, integrated_lufs=-20.0, true_peak_dbtp=-3.0,
    )  # fmt: skip


def pack(stems: Sequence[ArchivedStem], **facts: Any) -> ArchivedPack:
    told: dict[str, Any] = {
        "work_id": "w", "title": "Night “Drive” & <Dawn>", "artist": "Ada", "url": "https://hub.example/works/w",
        "licence": Licence.BY, "tempo_bpm": 124.0, "key": "A minor", "version": 1, "digest": "d" * 64, "note": "",
        "credits": [("Ada", "bass")], "receipt": '{"format": "remixhub-receipt"}\n', "sources_text": "",
        "stems": stems,
    }  # fmt: skip
    return ArchivedPack(**{**told, **facts})


def measured(one: ArchivedPack, **facts: Any) -> list[Measured]:
    told: dict[str, Any] = {"sample_peak_dbfs": -3.0, "true_peak_dbtp": -3.0, **facts}
    return [
        Measured(stem.sha256, stem.sample_rate_hz, stem.channels, stem.duration_frames or 0, **told)
        for stem in one.stems
    ]


def pack_session(stems: Sequence[ArchivedStem], **facts: Any) -> DawSession:
    one = pack(stems, **facts)
    return session_of_pack(one, measured(one))


def mix_session(spec: Mapping[str, Any], stems: Sequence[ArchivedStem], **facts: Any) -> DawSession:
    one = pack(stems, **facts)
    return session_of_mix(one, measured(one), parse_mix_spec(spec), title="My mix", mixed_by="Bo")


THREE_PACKS = {
    "mono and stereo": [
        stem("Kick", role="kick", channels=1, gain_db=-3.25), stem("Bass", role="bass", gain_db=1.5),
        stem("Vox “lead” #1", role="lead_vocals", channels=1),
    ],
    "mixed rates": [
        stem("Kick", role="kick"), stem("Pad", role="pad", rate_hz=48_000, frames=480_001, gain_db=-6.02),
        stem("Hat", role="hihat"), stem("Room", role="fx", rate_hz=96_000, channels=1, frames=960_007),
    ],
    "forty of CJK": [
        stem(f"主旋律 {n} 號\u3000吉他", role=("guitar", "keys", "strings", "other")[n % 4], channels=1 + n % 2,
             frames=400_000 + 7 * n, gain_db=-12.0 + n * 0.37)
        for n in range(40)
    ],
}  # fmt: skip
