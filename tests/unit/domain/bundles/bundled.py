"""A bundle as a value, for tests."""

from __future__ import annotations

from remixhub.domain.bundles.contents import (
    Bundle,
    BundledFile,
    BundledPack,
    BundledSource,
    BundledStem,
    BundledWork,
    BundleKind,
)

SHA256 = "0" * 64


def a_bundle() -> Bundle:
    original = BundledFile("stems/01 Night Drive/01 Kick.wav", SHA256, 1000, "audio/wav")
    stem = BundledStem("s1", "Kick", "kick", -3.0, 44_100, 2, 24, 44_100, original, None, (0, 50, 100))
    source = BundledSource(None, "Rain", "Ines", "https://x.example/rain", "cc-by-4.0", "sample", (), 1000, None)
    work = BundledWork(
        id="w1", seq=1, kind="remix", title="Night Drive 夜", artist="Ada", url="https://hub.example/works/w1",
        description="*Late.*", tempo_bpm=124, key="A minor", tags=("dub",), licence="cc-by-4.0", licence_name="CC BY",
        licence_url="https://creativecommons.org/licenses/by/4.0/", credits=(("Mara", "bass"),), credit_lines=("One",),
        generation=1, published_at="2026-11-30T00:00:00.000Z", sources=(source,), duration_seconds=1.0, cover=None,
        whole=None, envelope=(), pack=BundledPack("p1", 1, SHA256, "", (stem,)), receipt=None, withheld="", note="",
        is_tombstone=False, folder="works/01 Night Drive", artist_url="https://hub.example/@ada",
    )  # fmt: skip
    return Bundle(
        kind=BundleKind.WORK, id="w1", title="Night Drive 夜", by="Ada", url=work.url, text="*Late.*", hub_name="Hub",
        hub_url="https://hub.example", made_at="2026-11-30T00:00:00.000Z", works=(work,),
    )  # fmt: skip
