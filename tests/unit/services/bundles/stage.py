"""Bundles as values, for what is made of them."""

from __future__ import annotations

from dataclasses import replace

from remixhub.domain.bundles.contents import (
    Bundle,
    BundledFile,
    BundledPack,
    BundledStem,
    BundledWork,
    BundleKind,
)  # fmt: skip

HUB = "https://hub.example"


def a_stem(name: str) -> BundledStem:
    sound = BundledFile(f"audio/{name}.wav", "0" * 64, 1, "audio/wav")
    return BundledStem(name, name, "drums", 0, 44100, 2, 24, 44100 * 200, sound, None, ())


def a_work(number: int, title: str, artist: str, **fields: object) -> BundledWork:
    id = f"0193f3a2-7c11-7d2e-8f10-{number:012}"
    pack = BundledPack("p", 1, "d", "", [a_stem("Kick"), a_stem("リードボーカル")])
    work = BundledWork(
        id=id, seq=number, kind="release", title=title, artist=artist, url=f"{HUB}/works/{id}", description="",
        tempo_bpm=124, key="A minor", tags=(), licence="cc-by-sa-4.0", licence_name="CC BY-SA 4.0",
        licence_url="https://creativecommons.org/licenses/by-sa/4.0/", credits=[(artist, "Synths")],
        credit_lines=[f"{title} by {artist} (CC BY-SA 4.0)"], generation=0, published_at="2026-11-01T00:00:00Z",
        sources=(), duration_seconds=201.2, cover=None, whole=None, envelope=(), pack=pack, receipt=None, withheld="",
        note="", is_tombstone=False,
    )  # fmt: skip
    return replace(work, **fields)  # type: ignore[arg-type]


def a_bundle(*works: BundledWork, text: str = "", title: str = "Winter Tape") -> Bundle:
    return Bundle(
        kind=BundleKind.COLLECTION, id="c", title=title, by="Кассетный клуб",
        url=f"{HUB}/collections/0193f3a2-7c11-7d2e-8f10-0000000000ff", text=text, hub_name="Casa Remix", hub_url=HUB,
        made_at="2026-11-30T00:00:00Z", works=works,
    )  # fmt: skip
