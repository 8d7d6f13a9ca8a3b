"""Pictures of strangers: what comes out, what is refused, and that this process opens none of them."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from remixhub.audio.confine import pictures
from remixhub.audio.confine.pictures import jpeg_photo, webp_cover
from remixhub.audio.confine.python import Script
from remixhub.audio.confine.sandbox import Caps, Sandbox, SandboxLevel
from remixhub.domain.media import DecoderUnavailable, NotAPicture, PictureTooLarge
from tests.unit.audio.confine.levels import at_level, levels_here


@pytest.mark.parametrize("level", levels_here())
def test_every_level_re_encodes_every_kind(level: SandboxLevel, tmp_path: Path, sandbox: Sandbox) -> None:
    noise = Image.effect_noise((1500, 30), 60).convert("RGB")
    for suffix in ("jpg", "png", "webp"):
        noise.save(tmp_path / f"cover.{suffix}")
        encoded = webp_cover(tmp_path / f"cover.{suffix}", at_level(sandbox, level))
        with Image.open(io.BytesIO(encoded)) as shown:
            assert (shown.format, shown.size, shown.mode) == ("WEBP", (1400, 28), "RGB")


def test_equal_pixels_give_equal_bytes(tmp_path: Path, sandbox: Sandbox) -> None:
    noise = Image.effect_noise((60, 40), 60)
    noise.save(tmp_path / "one.png")
    noise.save(tmp_path / "two.png", compress_level=0, pnginfo=None)
    assert webp_cover(tmp_path / "one.png", sandbox) == webp_cover(tmp_path / "two.png", sandbox)


def test_a_picture_is_turned_upright_and_keeps_its_transparency(tmp_path: Path, sandbox: Sandbox) -> None:
    picture = Image.new("RGBA", (40, 20), (255, 0, 0, 0))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home, 12 Secret Street"
    picture.save(tmp_path / "lying.png", exif=exif)
    encoded = webp_cover(tmp_path / "lying.png", sandbox)
    assert b"Secret" not in encoded
    with Image.open(io.BytesIO(encoded)) as shown:
        assert (shown.size, shown.mode) == ((20, 40), "RGBA")


def test_the_size_of_what_is_too_large_is_told(tmp_path: Path, sandbox: Sandbox) -> None:
    Image.new("1", (6000, 6000)).save(tmp_path / "large.png")
    with pytest.raises(PictureTooLarge, match="6000 × 6000 pixels; 25 megapixels are the most"):
        webp_cover(tmp_path / "large.png", sandbox)
    Image.new("1", (14000, 14000)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureTooLarge, match="far too many"):
        webp_cover(tmp_path / "bomb.png", sandbox)


def test_damaged_pictures_are_refused_and_never_break_the_check(tmp_path: Path, sandbox: Sandbox) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "made by a stranger"
    whole = io.BytesIO()
    Image.effect_noise((60, 40), 60).convert("RGB").save(whole, "JPEG", exif=exif)
    chance, path = random.Random(5), tmp_path / "damaged.jpg"
    outcomes = set()
    for _ in range(40):
        damaged = bytearray(whole.getvalue())
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(chance.choice((60, 300, len(damaged))))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            webp_cover(path, sandbox)
            outcomes.add("encoded")
        except (NotAPicture, PictureTooLarge) as refused:
            outcomes.add(refused.code)
    assert {"encoded", "not_a_picture"} <= outcomes


def test_a_cover_that_is_no_square_lies_on_paper(tmp_path: Path, sandbox: Sandbox) -> None:
    Image.new("RGBA", (60, 30), "teal").save(tmp_path / "cover.webp", "WEBP", lossless=True)
    with Image.open(io.BytesIO(jpeg_photo(tmp_path / "cover.webp", sandbox))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 1200))
        red, green, _ = picture.convert("RGB").getpixel((600, 600))
        assert red < 30 < 100 < green
        assert min(picture.getpixel((600, 150))) > 200


def test_what_is_wrong_with_the_machine_is_not_the_pictures_fault(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "cover.png")
    with pytest.raises(DecoderUnavailable):  # the file is gone
        webp_cover(tmp_path / "none.png", sandbox)
    with pytest.raises(DecoderUnavailable):  # nothing can start in so little memory
        webp_cover(tmp_path / "cover.png", replace(sandbox, caps=Caps(memory_bytes=4 * 1024**2)))
    nowhere = Script(pictures._SCRIPT.path, package="soundfile")
    monkeypatch.setattr(pictures, "_SCRIPT", nowhere)  # Pillow is not to be read
    with pytest.raises(DecoderUnavailable):
        webp_cover(tmp_path / "cover.png", at_level(sandbox, levels_here()[-1]))


def test_the_process_that_asks_never_imports_pillow(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "cover.png")
    asks = (
        "import sys; from pathlib import Path; from remixhub.services.uploads import verification;"
        "from remixhub.audio.confine.ffmpeg import find_ffmpeg;"
        "from remixhub.audio.confine.sandbox import detect_sandbox;"
        "verification.webp_cover(Path(sys.argv[1]), detect_sandbox(find_ffmpeg()));"
        "sys.exit(any(name.partition('.')[0] == 'PIL' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", asks, tmp_path / "cover.png"], check=False).returncode == 0
