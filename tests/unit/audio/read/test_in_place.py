"""A stored object is probed where it lies, block by block, and says the same as the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.read.probe import probe
from remixhub.audio.read.sniff import IN_PLACE, is_read_in_place, sniff
from remixhub.audio.read.source import Source
from remixhub.domain.media import Refused
from remixhub.storage import ranged
from remixhub.storage.ranged import RangedObject
from remixhub.storage.s3 import ObjectMissing, ObjectStore
from tests.hostile import AIFF, ALAC, FLAC, HOSTILE, M4A_FAST, MP3, OPUS, Builder, chunk, wav

SOUND: dict[str, Builder] = {
    "WAV": lambda _: wav(),
    "AIFF": AIFF,
    "FLAC": FLAC,
    "WAV behind an ID3 tag": lambda _: b"ID3\4\0\0\0\0\0\4abcd" + wav(),
    "WAV with its tags behind a long sound": lambda _: wav(
        bytes(5_000_000), behind=chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Sunrise\0"))
    ),
    "FLAC behind zeros": lambda folder: bytes(70_000) + FLAC(folder),
    "FLAC with an ID3 tag behind": lambda folder: FLAC(folder) + b"TAG" + bytes(125),
    "MP3": MP3,
    "Opus": OPUS,
    "AAC": M4A_FAST,
    "ALAC": ALAC,
}


class OneObject(ObjectStore):
    """A storage that holds one; it notes what is fetched of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.fetched: list[range] = []

    def blocks(self, key: str, span: range | None = None) -> Iterator[bytes]:
        assert span is not None
        self.fetched.append(span)
        yield self.content[span.start : span.stop]


def said_by(look: Callable[[], object]) -> object:
    try:
        return look()
    except Refused as refusal:
        return refusal.code, refusal.detail


@pytest.mark.parametrize(
    "builder", [*SOUND.values(), *(built for built, _ in HOSTILE.values())], ids=[*SOUND, *HOSTILE]
)
def test_the_probe_of_an_object_says_what_that_of_the_file_says(
    tmp_path: Path, sandbox: Sandbox, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranged, "BLOCK_BYTES", 1_000)
    content = builder(tmp_path)
    path = tmp_path / "upload"
    path.write_bytes(content)
    stored = RangedObject(OneObject(content), "uploads/a", len(content))

    def look(source: Source) -> Callable[[], object]:
        return lambda: probe(source, sandbox)

    if is_read_in_place(stored):
        assert is_read_in_place(path)
        assert said_by(look(stored)) == said_by(look(path))
    else:  # it is written to a file, so all that matters is that nothing is left out that could stay
        container = said_by(lambda: sniff(path).container)
        assert container not in IN_PLACE


def test_little_of_a_long_file_is_fetched(sandbox: Sandbox) -> None:
    store = OneObject(SOUND["WAV with its tags behind a long sound"](Path()))
    stored = RangedObject(store, "uploads/a", len(store.content))
    assert is_read_in_place(stored)
    assert probe(stored, sandbox).tags == {"title": "Sunrise"}
    assert [span.start // ranged.BLOCK_BYTES for span in store.fetched] == [0, 4]


def test_an_object_that_is_shorter_than_it_was_said_to_be_is_missing() -> None:
    stored = RangedObject(OneObject(bytes(10)), "uploads/a", 11)
    with stored.open("rb") as file, pytest.raises(ObjectMissing):
        file.read()


def test_what_was_fetched_last_is_kept_for_all_readers_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "BLOCK_BYTES", 100)
    monkeypatch.setattr(ranged, "_MOST_KEPT", 2)
    store = OneObject(bytes(range(250)) * 2)
    stored = RangedObject(store, "uploads/a", 500)
    for offset in (0, 100, 0, 200, 0, 100):
        with stored.open("rb") as file:
            file.seek(offset)
            assert file.read(3) == store.content[offset : offset + 3]
    assert [span.start for span in store.fetched] == [0, 100, 200, 100]
