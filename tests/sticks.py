"""Bundles to be looked at without a hub: values, and small sound files that lie where the values say."""

from __future__ import annotations

import hashlib
import io
import math
import struct
import wave
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from remixhub.domain.bundles.contents import (
    Bundle,
    BundledFile,
    BundledPack,
    BundledSource,
    BundledStem,
    BundledWork,
    BundleKind,
)
from remixhub.services.bundles.pages import written

SECONDS, RATE_HZ = 20, 8000
ROLES = ("kick", "snare", "hihat", "percussion", "bass", "lead_vocals", "backing_vocals", "pad", "synth", "fx")
NAMES = (
    "キック #1", "スネア 100%", "ハイハット 開", "拍手", "低音ベース", "主旋律の歌声", "コーラス「遠く」", "夜のパッド",
    "合成音 & 雑音", "波の音 50%20",
)  # fmt: skip
LICENCES = {
    "cc-by-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc-by-sa-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc-by-nc-4.0": ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
}
TITLES = (
    "Concrete Garden", "Slow Train to Osaka", "夜の電車", "Ночной автобус", "Tape Hiss Lullaby", "Salt", "Low Tide Dub",
    "A Rather Long Title That Somebody Typed to See What Happens", "Kiosk", "Paper Moon (Broken Radio Version)",
)  # fmt: skip
TEXT = """# Side notes

We pressed this on **forty** sticks, for whoever came to the yard in June.

- play it loud, or on the train
- [remix it](https://hub.example/contests/yard), and *tell us*

> The river took the second microphone.
"""


def file(path: str, size_bytes: int = 48_000_000, media_type: str = "audio/wav") -> BundledFile:
    return BundledFile(path, hashlib.sha256(path.encode()).hexdigest(), size_bytes, media_type)


def envelope(seed: int, steps: int = 200) -> tuple[int, ...]:
    return tuple(
        round(100 * abs(math.sin(step / (5 + seed % 9)) * math.sin(math.pi * (step + 1) / (steps + 1)) ** 0.4))
        for step in range(steps)
    )


def stem(place: int, folder: str, **values: Any) -> BundledStem:
    name = NAMES[place % len(NAMES)] + (f" {place // len(NAMES) + 1}" if place >= len(NAMES) else "")
    fields: dict[str, Any] = {
        "id": f"stem{place}", "name": name, "role": ROLES[place % len(ROLES)], "gain_db": -1.5 * (place % 3),
        "sample_rate_hz": 44_100, "channels": 1 + place % 2, "bit_depth": 24, "duration_frames": 44_100 * SECONDS,
        "original": file(f"{folder}/stems/{place + 1:02} {name}.wav"),
        "preview": file(f"{folder}/previews/{place + 1:02} {name}.wav", 90_000), "envelope": envelope(place),
    }  # fmt: skip
    return BundledStem(**{**fields, **values})


def source(work: BundledWork | None, **values: Any) -> BundledSource:
    fields: dict[str, Any] = {
        "work_id": work.id if work else None, "title": work.title if work else "Kvitra Radio",
        "artist": work.artist if work else "Somebody Else", "url": work.url if work else "https://elsewhere.example/kvitra",
        "licence": work.licence if work else "cc-by-4.0", "kind": "remix", "stem_names": (NAMES[0], NAMES[4]),
        "start_ms": None, "end_ms": None,
    }  # fmt: skip
    return BundledSource(**{**fields, **values})


def work(place: int, stems: int = 0, sources: Sequence[BundledSource] = (), **values: Any) -> BundledWork:
    title = TITLES[place % len(TITLES)] + (f" {place // len(TITLES) + 1}" if place >= len(TITLES) else "")
    licence = list(LICENCES)[place % len(LICENCES)]
    folder = f"works/{place + 1:02} {title}"
    pack = BundledPack(f"pack{place}", 2, "ab" * 32, "Snare is louder.", [stem(one, folder) for one in range(stems)])
    fields: dict[str, Any] = {
        "id": f"work{place}", "seq": 100 + place, "kind": "remix" if sources else "release", "title": title,
        "artist": ("Mira Okafor", "DJ 山田", "Жанна", "The Yard")[place % 4], "url": f"https://hub.example/works/work{place}",
        "description": "Recorded in *one* night.\n\nThe rest is tape." if place % 2 == 0 else "",
        "tempo_bpm": 84.0 + 3 * (place % 17), "key": ("A minor", "F# minor", "C major")[place % 3],
        "tags": ("dub", "夜"), "licence": licence,
        "licence_name": LICENCES[licence][0], "licence_url": LICENCES[licence][1],
        "credits": (("Mira Okafor", "voice"), ("Jo", "tape")),
        "credit_lines": tuple(f"“{one.title}” by {one.artist} ({one.url}), {one.licence}" for one in sources),
        "generation": 1 if sources else 0, "published_at": "2026-06-03T18:00:00.000Z", "sources": tuple(sources),
        "duration_seconds": float(SECONDS), "cover": None, "whole": file(f"{folder}/{title}.wav", 90_000),
        "envelope": envelope(place + 3), "pack": pack if stems else None, "receipt": None, "withheld": "", "note": "",
        "is_tombstone": False, "folder": folder, "artist_url": "https://hub.example/@artist",
    }  # fmt: skip
    return BundledWork(**{**fields, **values})


def bundle(kind: BundleKind, title: str, works: Sequence[BundledWork], **values: Any) -> Bundle:
    fields: dict[str, Any] = {
        "kind": kind, "id": "bundle1", "title": title, "by": "The Yard", "url": "https://hub.example/labels/yard",
        "text": TEXT, "hub_name": "Hofhub", "hub_url": "https://hub.example",
        "papers": (file("print/zine.pdf", 80_000), file("print/j-cards.pdf", 120_000)),
        "made_at": "2026-11-30T02:00:00.000Z", "works": tuple(works),
    }  # fmt: skip
    return Bundle(**{**fields, **values})


def pack_of_40() -> Bundle:
    return bundle(BundleKind.WORK, TITLES[2], [work(2, 40, description=TEXT)], text="")


def contest_with_6() -> Bundle:
    release = work(0, 6, note="What was to be remixed")
    gone = work(7, sources=[source(release)], is_tombstone=True, whole=None, envelope=(), note="Withdrawn")
    notes = ("1st place", "2nd place", "3rd place", "", "")
    entries = [work(place, 8 if place == 1 else 0, [source(release)], note=note) for place, note in enumerate(notes, 1)]
    closed = "The contest licence lets entrants alone have these stems."
    entries[2] = work(3, 0, [source(release), source(entries[0]), source(None)], withheld=closed, note="3rd place")
    return bundle(BundleKind.CONTEST, "Yard Remix Night", [release, *entries, gone])


def too_long() -> Bundle:
    """Words without an end, and from the right to the left."""
    word, right_to_left = "Überlange" * 14, "ليلة طويلة في المدينة القديمة"
    first = work(
        0, 3, title=word, artist=right_to_left, note=word, tags=(word,), credits=((word, right_to_left),),
        description="x" * 400,
    )  # fmt: skip
    other = work(1, 0, [source(None, title=word, url="https://a.example/" + "a" * 300)], title=right_to_left)
    text = f"# {word}\n\n{'y' * 300}\n\n```\n{'z' * 200}\n```"
    return bundle(BundleKind.COLLECTION, word, [first, other], by=right_to_left, text=text)


def label_with(count: int, stems: int = 4) -> Bundle:
    made: list[BundledWork] = []
    for place in range(count):
        sources = [source(made[place // 2])] if place % 3 == 2 else []
        made.append(work(place, stems if place % 2 == 0 else 0, sources))
    return bundle(BundleKind.LABEL, "The Yard Tapes", made[::-1])


def files_of(bundle: Bundle) -> Iterator[BundledFile]:
    yield from bundle.papers
    for one in bundle.works:
        yield from (held for held in (one.cover, one.whole, one.receipt) if held)
        for part in one.pack.stems if one.pack else ():
            yield from (held for held in (part.original, part.preview) if held)


def texts_of(bundle: Bundle) -> list[str]:
    return [f"{one.folder}/{name}" for one in bundle.works if one.folder for name in ("LICENSE.txt", "CREDITS.txt")]


def lay_down(folder: Path, bundle: Bundle) -> Path:
    """The folder as a stick has it; where one begins."""
    for path, held in written(bundle).items():
        _put(folder / path, held)
    for number, one in enumerate(files_of(bundle)):
        _put(folder / one.path, b"\n" if "/stems/" in one.path else tone(220 + 20 * (number % 24)))
    for name in ("SHA256SUMS", "SHA256SUMS.sig", "hub-key.pem", "bundle.json", "README.txt", *texts_of(bundle)):
        _put(folder / name, b"\n")
    return folder / "index.html"


@cache
def tone(hertz: float, amplitude: float = 0.2) -> bytes:
    frames = [round(32767 * amplitude * math.sin(2 * math.pi * hertz * n / RATE_HZ)) for n in range(SECONDS * RATE_HZ)]
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(frames)}h", *frames))
    return kept.getvalue()


def _put(path: Path, held: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(held)
