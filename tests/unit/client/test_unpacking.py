"""ZIPs that are not what the hub says: refused whole, and nothing of them stays."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from remixhub.client.failures import FileDamaged
from remixhub.client.pulling import unpack

KICK = b"kick" * 1_000


def packed(place: Path, files: dict[str, bytes], *, stems: dict[str, bytes] | None = None) -> Path:
    told = {name: hashlib.sha256(body).hexdigest() for name, body in (stems or {"01 kick.wav": KICK}).items()}
    manifest = json.dumps({"stems": [{"file": name, "sha256": digest} for name, digest in told.items()]})
    archive = place / "pack.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name, body in {"manifest.json": manifest.encode(), **files}.items():
            opened.writestr(name, body)
    return archive


def test_what_is_right_is_unpacked(tmp_path: Path) -> None:
    archive = packed(tmp_path, {"01 kick.wav": KICK, "LICENSE.txt": b"x"})
    assert unpack(archive, tmp_path / "pack") == ["01 kick.wav", "LICENSE.txt", "manifest.json"]
    assert (tmp_path / "pack" / "01 kick.wav").read_bytes() == KICK


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"01 kick.wav": b"other"}, "not what the hub says"),
        ({"LICENSE.txt": b"x"}, "lacks '01 kick.wav'"),
        ({"01 kick.wav": KICK, "../out.txt": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, "/out.txt": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, "a/../../out.txt": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, "folder/": b""}, "not to be trusted"),
        ({"01 kick.wav": KICK, "con.txt": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, "a\\b.txt": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, ".bashrc": b"x"}, "not to be trusted"),
        ({"01 kick.wav": KICK, "bomb.txt": bytes(60_000_000)}, "more than it says"),
    ],
)
def test_what_is_wrong_leaves_nothing(tmp_path: Path, files: dict[str, bytes], told: str) -> None:
    place = tmp_path / "here"
    place.mkdir()
    archive = packed(place, files)
    with pytest.raises(FileDamaged, match=told):
        unpack(archive, place / "pack")
    assert list(place.iterdir()) == []
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(b"PK\3\4 nothing")
    with pytest.raises(FileDamaged):
        unpack(tmp_path / "pack.zip", tmp_path / "pack")
