"""Cover art is re-encoded; what a stranger put into the file does not come out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from remixhub.models import Rendition, Upload
from tests.integration.conftest import Hub


def test_a_cover_is_re_encoded_without_its_exif(hub: Hub, tmp_path: Path) -> None:
    picture = Image.effect_noise((2000, 1000), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "taken at home, 12 Secret Street"
    picture.save(tmp_path / "cover.jpg", exif=exif)
    artist = hub.account()
    artist.send_upload(tmp_path / "cover.jpg", "cover")
    hub.drain()
    (upload,) = hub.rows(Upload)
    assert upload.state == "ready"
    (cover,) = hub.rows(Rendition)
    stored = b"".join(hub.parts.store.blocks(cover.key))
    assert b"Secret" not in stored
    with Image.open(io.BytesIO(stored)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (1400, 700))
        assert not shown.getexif()
    assert hub.objects("incoming/") == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("large.png", "picture_too_large"),
        ("bomb.png", "picture_too_large"),
        ("vector.svg", "not_a_picture"),
        ("cut.png", "not_a_picture"),
    ],
)
def test_a_bad_picture_is_rejected(hub: Hub, tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    match name:
        case "large.png":
            Image.new("1", (6000, 6000)).save(path)
        case "bomb.png":
            Image.new("1", (14000, 14000)).save(path)
        case "vector.svg":
            path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
        case "cut.png":
            Image.effect_noise((500, 500), 60).save(path)
            path.write_bytes(path.read_bytes()[:20_000])
    artist = hub.account()
    artist.send_upload(path, "cover")
    hub.drain()
    (upload,) = hub.rows(Upload)
    assert (upload.state, upload.rejection_code) == ("rejected", code)
    assert hub.objects() == []


def test_equal_pictures_are_stored_once(hub: Hub, tmp_path: Path) -> None:
    Image.effect_noise((300, 300), 60).save(tmp_path / "cover.png")
    artist = hub.account()
    for _ in range(2):
        artist.send_upload(tmp_path / "cover.png", "cover")
        hub.drain()
    assert [upload.state for upload in hub.rows(Upload)] == ["ready", "ready"]
    assert len(hub.rows(Rendition)) == len(hub.objects()) == 1
