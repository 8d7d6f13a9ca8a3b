"""Hubs that are not what they seem: nothing is written outside the folder, and no more than they said."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from remixhub.client.downloading import AtMost, fetch
from remixhub.client.failures import FileDamaged, Unreachable
from remixhub.client.generated.operations import Operations
from remixhub.client.pulling import Pull, _is_whole, unpack
from remixhub.client.telling import Silent
from remixhub.client.wire import Wire
from tests.web_servers import Reply, web_server

KICK = b"kick"


def pack_of(body: bytes, how: int = zipfile.ZIP_STORED, *, name: str = "01 kick.wav") -> bytes:
    told = {"stems": [{"file": name, "sha256": hashlib.sha256(body).hexdigest()}]}
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", how) as archive:
        archive.writestr("manifest.json", json.dumps(told))
        archive.writestr("01 kick.wav", body)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("artist", "title", "version", "is_pulled"),
    [
        ("Ada", "Rain", 1, True),
        ("Ada", "é" * 400, 1, True),
        ("../../..", "..", 1, True),
        ("/etc", "../../x\0\n", "2", True),
        ("Ada", "Rain", "1/../../../x", False),
        ("Ada", "Rain", "..\\x", False),
        ("Ada", "Rain", None, False),
    ],
)
def test_what_a_hub_says_leads_nowhere_else(
    tmp_path: Path, artist: str, title: str, version: Any, is_pulled: bool
) -> None:
    raw, into = pack_of(KICK), tmp_path / "a" / "b" / "into"
    into.mkdir(parents=True)
    with web_server(lambda _: Reply(headers={"Connection": "close"}, body=raw)) as server:
        address = f"http://127.0.0.1:{server.port}/pack"
        ready = {"state": "ready", "url": address, "size_bytes": len(raw), "failure": None, "progress": {"percent": 9}}
        api = SimpleNamespace(
            get_work=lambda _: {"id": "w", "title": title, "artist": {"display_name": artist}, "stem_pack_id": "p"},
            get_stem_pack=lambda _: {"id": "p", "version": version, "digest": "d"},
            get_stem_pack_archive=lambda _: ready, order_stem_pack_archive=lambda _: ready,
            write_credits=lambda *_: b"credits",
        )  # fmt: skip
        wire = Wire("http://127.0.0.1:1", patience_seconds=1)
        pull = Pull(wire, cast("Operations", api), Silent(), into)
        if is_pulled:
            (one,) = pull.run("w")
            assert one.path.parent == into
            assert (one.path / "01 kick.wav").read_bytes() == KICK
        else:
            with pytest.raises(FileDamaged, match="no version that is a number"):
                pull.run("w")
    assert [path.relative_to(tmp_path).parts for path in tmp_path.glob("*")] == [("a",)]
    assert list((tmp_path / "a").iterdir()) == [into.parent]
    assert list(into.parent.iterdir()) == [into]
    assert len(list(into.iterdir())) == is_pulled


def test_no_more_arrives_than_was_said(tmp_path: Path) -> None:
    body, to = bytes(100_000), tmp_path / "pack.zip"
    with web_server(lambda _: Reply(headers={"Connection": "close"}, body=body)) as server:
        wire, address = Wire("http://127.0.0.1:1", patience_seconds=1), f"http://127.0.0.1:{server.port}/pack"
        with pytest.raises(FileDamaged, match="larger than the hub says"):
            fetch(wire, lambda: AtMost(address, len(body) - 1), to, Silent(), "Rain")
        assert list(tmp_path.iterdir()) == []
        fetch(wire, lambda: AtMost(address, len(body)), to, Silent(), "Rain")
    to.unlink()
    endless = {"Connection": "close", "Transfer-Encoding": "chunked", "Content-Length": "5"}
    chunks = b"64\r\n" + bytes(100) + b"\r\n0\r\n\r\n"
    with web_server(lambda _: Reply(headers=endless, body=chunks)) as server:
        wire, address = Wire("http://127.0.0.1:1", patience_seconds=0.1), f"http://127.0.0.1:{server.port}/pack"
        with pytest.raises(Unreachable):
            fetch(wire, lambda: address, to, Silent(), "Rain")
    assert all(path.stat().st_size <= 5 for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (lambda: pack_of(bytes(100_000_000), zipfile.ZIP_DEFLATED), "far larger"),
        (lambda: pack_of(KICK, zipfile.ZIP_BZIP2), "does not use"),
        (lambda: pack_of(KICK, zipfile.ZIP_LZMA), "does not use"),
        (lambda: pack_of(KICK, name="../01 kick.wav"), "not to be trusted"),
        (lambda: pack_of(KICK).replace(b'"file"', b'"f\xffle"'), "damaged"),
    ],
)
def test_zips_that_are_no_pack_are_refused_before_they_are_unpacked(tmp_path: Path, raw: Any, told: str) -> None:
    archive = tmp_path / "pack.zip"
    archive.write_bytes(raw())
    if told in ("far larger", "does not use"):
        assert not _is_whole(archive)
    with pytest.raises(FileDamaged, match=told):
        unpack(archive, tmp_path / "pack")
    assert list(tmp_path.iterdir()) == []
