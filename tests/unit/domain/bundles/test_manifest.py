"""`bundle.json` and `SHA256SUMS`: written and read back; what strangers put there is refused by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.papers import readme_text
from remixhub.domain.bundles.refusals import BundleUnreadable
from tests.unit.domain.bundles.bundled import SHA256, a_bundle


def test_what_is_written_reads_back_as_the_same_values() -> None:
    bundle = a_bundle()
    text = manifest.dump(bundle)
    assert manifest.read(text) == bundle
    assert manifest.dump(manifest.read(text)) == text.replace(b'"tempo_bpm": 124,', b'"tempo_bpm": 124.0,')
    said = json.loads(text)
    said["works"][0]["colour"] = "blue"  # of a later release
    del said["works"][0]["folder"]  # of an earlier one
    assert manifest.read(json.dumps(said).encode()).works[0].folder == ""


def _with(path: str, value: Any) -> bytes:
    said = json.loads(manifest.dump(a_bundle()))
    *steps, last = path.split("/")
    at: Any = said
    for step in steps:
        at = at[int(step) if step.isdigit() else step]
    if value is None:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return json.dumps(said).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("works/0/title", 5), ("works/0/pack/stems/0/original/size_bytes", "1"), ("kind", "zine"), ("works", {}),
        ("works/0/pack/stems/0/original/size_bytes", True), ("works/0/credits/0", ["Mara"]), ("works/0/sources", None),
        ("works/0", 7), ("version", 2), ("format", "zip"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(path: str, value: Any) -> None:
    with pytest.raises(BundleUnreadable) as refused:
        manifest.read(_with(path, value))
    assert path.rpartition("/")[2].split("/")[-1] in refused.value.detail or path in ("version", "format")


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"format": "remixhub-bundle", "format": 1}']
)
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(BundleUnreadable):
        manifest.read(text)


def test_who_has_the_stick_alone_is_told_what_the_command_needs() -> None:
    lines = readme_text(a_bundle(), "k1", "https://hub.example/keys").decode().splitlines()
    [command] = [number for number, line in enumerate(lines) if "verify-bundle" in line]
    assert "/path/to/this/folder" in lines[command]
    assert "in a checkout of RemixHub" in lines[command - 2]
    assert "    sha256sum -c SHA256SUMS" in lines


def test_checksums_read_back() -> None:
    sums = {"works/01 夜/whole.mp3": SHA256, "a\u2028b": "1" * 64}
    assert checksums.read(checksums.written(sums.items())) == sums
    assert checksums.read(f"{SHA256} *binary\n".encode()) == {"binary": SHA256}
    for text in (b"", b"x\n", f"{SHA256}  a\n{SHA256}  a\n".encode(), f"{SHA256} a\n".encode(), b"\xff\n"):
        with pytest.raises(BundleUnreadable):
            checksums.read(text)
