"""`verify-bundle`: names every file that is not as it was signed, by whose key, and bears with hostile ZIPs."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from remixhub.cli import main
from remixhub.domain.bundles import checksums, manifest
from remixhub.domain.bundles.refusals import BundleUnreadable
from remixhub.services.bundles.signing import HubKeys
from remixhub.services.bundles.verifying import Signature, verify_bundle
from tests.unit.domain.bundles.bundled import a_bundle

KEYS = HubKeys.of(["a secret of thirty-two characters", "the one before that, as long as it"])
OTHER = HubKeys.of(["somebody else's secret, just as long"])


def signed(files: Mapping[str, bytes], keys: HubKeys = KEYS) -> dict[str, bytes]:
    every = {**files, manifest.NAME: manifest.dump(a_bundle()), checksums.KEY_NAME: keys.pem}
    listed = checksums.written((path, hashlib.sha256(body).hexdigest()) for path, body in sorted(every.items()))
    return {**every, checksums.NAME: listed, checksums.SIGNATURE_NAME: keys.signing.sign(listed)}


FILES = signed({"index.html": b"<p>", "stems/01 夜/01 Kick.wav": b"RIFF" * 99, "works/a.txt": b"a"})


def laid(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    return folder


def packed(path: Path, files: Mapping[str, bytes] = FILES, top: str = "Night Drive/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in files.items():
            opened.writestr(top + name, body)
    return path


def verified(path: Path, *keys: bytes) -> tuple[list[str], list[str], list[str], Signature]:
    found = verify_bundle(path, keys, lambda percent, step: None)
    return found.changed, found.missing, found.extra, found.signature


def test_a_folder_and_a_zip_are_what_was_signed_and_whose(tmp_path: Path) -> None:
    for path in (laid(tmp_path / "folder"), packed(tmp_path / "a.zip"), packed(tmp_path / "b.zip", top="")):
        assert verified(path, OTHER.pem, KEYS.pem) == ([], [], [], Signature.KNOWN)
        assert verified(path) == verified(path, OTHER.pem) == ([], [], [], Signature.UNKNOWN)
        found = verify_bundle(path, [KEYS.pem], lambda percent, step: None)
        assert (found.key_id, found.hub_url, found.files, found.is_good) == (KEYS.id, "https://hub.example", 5, True)


def test_what_a_mac_packed_again_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("__MACOSX/Night Drive/._index.html", b"")
    assert verified(path, KEYS.pem) == ([], [], [], Signature.KNOWN)


def test_only_what_computers_leave_is_passed_over_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = ["System Volume Information/IndexerVolumeGuid", "__MACOSX/._a", "works/.DS_Store"]
    strange = ["._large", "._link", "._x/play me.exe", "System Volume Information/a/b.exe", "__MACOSX/play me.exe"]
    folder = laid(tmp_path / "folder", {**FILES, **dict.fromkeys(left, b""), **dict.fromkeys(strange, b"")})
    (folder / "._large").write_bytes(bytes(10**6))
    (folder / "._link").unlink()
    (folder / "._link").symlink_to("/etc/passwd")
    found = verify_bundle(folder, [KEYS.pem], lambda percent, step: None)
    assert (found.extra, found.left_by_computers, found.is_good) == (strange, left, False)
    for path in strange:
        (folder / path).unlink()
    (tmp_path / "key.pem").write_bytes(KEYS.pem)
    assert main(["verify-bundle", str(folder), "--key", str(tmp_path / "key.pem")]) == 0
    out = capsys.readouterr().out
    assert "3 passed over" in out
    assert all(f"passed over {path!r}" in out for path in left)


def test_every_file_that_is_not_as_it_was_is_named(tmp_path: Path) -> None:
    folder = laid(tmp_path / "folder")
    (folder / "index.html").write_bytes(b"<b>")
    (folder / "stems/01 夜/01 Kick.wav").unlink()
    (folder / "works/a.txt").unlink()
    (folder / "works/a.txt").symlink_to("/etc/passwd")
    (folder / "further").mkdir()
    (folder / "further/autorun.inf").write_bytes(b"")
    (folder / "works/._a.txt").write_bytes(b"by a Mac")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    changed, missing, extra, signature = verified(folder, KEYS.pem)
    assert changed == ["index.html", "works/a.txt"]
    assert (missing, extra) == (["stems/01 夜/01 Kick.wav"], ["further/autorun.inf", "loop", "pipe"])
    assert signature is Signature.KNOWN, "the list itself is as it was"
    shutil.rmtree(folder)
    later = {**FILES, "works/a.txt": b"b"}
    assert verified(packed(tmp_path / "a.zip", later), KEYS.pem)[0] == ["works/a.txt"]


def test_a_signature_counts_for_the_list_as_it_is(tmp_path: Path) -> None:
    listed = FILES[checksums.NAME]
    forged = {**signed({"index.html": b"evil"}, OTHER), checksums.KEY_NAME: KEYS.pem}
    for files, expected in (
        ({**FILES, checksums.NAME: listed.replace(b"index", b"Index")}, Signature.WRONG),
        ({**FILES, checksums.SIGNATURE_NAME: bytes(64)}, Signature.WRONG),
        ({**FILES, checksums.SIGNATURE_NAME: bytes(65)}, Signature.MISSING),
        ({**FILES, checksums.KEY_NAME: b"-----BEGIN PUBLIC KEY-----\n"}, Signature.WRONG),
        ({path: body for path, body in FILES.items() if path != checksums.SIGNATURE_NAME}, Signature.MISSING),
        (forged, Signature.WRONG),
    ):
        assert verified(packed(tmp_path / "a.zip", files))[3] is expected
    assert verified(packed(tmp_path / "a.zip", signed({}, OTHER)), KEYS.pem)[3] is Signature.UNKNOWN


def test_a_stranger_checks_it_with_sha256sum_and_openssl(tmp_path: Path) -> None:
    folder = laid(tmp_path / "folder")
    asked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", checksums.KEY_NAME, "-rawin", "-in", checksums.NAME]
    for command in (["sha256sum", "-c", checksums.NAME], [*asked, "-sigfile", checksums.SIGNATURE_NAME]):
        assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
        (folder / checksums.NAME).write_bytes(FILES[checksums.NAME].replace(b"a", b"b"))
        assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0
        (folder / checksums.NAME).write_bytes(FILES[checksums.NAME])


def linked(path: Path) -> Path:
    with zipfile.ZipFile(packed(path), "a") as opened:
        link = zipfile.ZipInfo("Night Drive/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    return path


def swelling(path: Path) -> Path:
    return packed(path, {**FILES, "zeros": bytes(50_000_000)})


def twice(path: Path) -> Path:
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(packed(path), "a") as opened:
        opened.writestr("Night Drive/index.html", b"<p>")
    return path


def long_directory(path: Path) -> Path:
    body = bytearray(packed(path).read_bytes())
    struct.pack_into("<I", body, len(body) - 10, 2**31)
    path.write_bytes(body)
    return path


def long_directory_64(path: Path) -> Path:
    """The locator leads to an innocent record; the one that programs read stands before it, and is another."""

    def record(length: int) -> bytes:
        return struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length, 0)

    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    long = 65 * 1024**2
    with path.open("wb") as file:
        file.write(record(0))
        file.truncate(56 + long)
        file.seek(56 + long)
        file.write(record(long) + locator + end)
    return path


def packed_by(method: int) -> Callable[[Path], Path]:
    def made(path: Path) -> Path:
        with zipfile.ZipFile(packed(path), "a", method) as opened:
            opened.writestr("Night Drive/zeros", bytes(10_000))
        return path

    return made


def cut(path: Path) -> Path:
    path.write_bytes(packed(path).read_bytes()[:-200])
    return path


@pytest.mark.parametrize(
    "made", [
        linked, swelling, twice, long_directory, cut, packed_by(zipfile.ZIP_BZIP2), packed_by(zipfile.ZIP_LZMA),
        lambda path: packed(path, {**FILES, "../out": b""}), lambda path: packed(path, {**FILES, "/out": b""}, top=""),
        lambda path: packed(path, {**FILES, "a\\..\\b": b""}), lambda path: packed(path, {**FILES, "C:x": b""}),
        lambda path: packed(path, {"index.html": b""}), lambda path: laid(path, {"index.html": b""}),
    ],
)  # fmt: skip
def test_what_may_harm_is_not_read(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BundleUnreadable):
        verified(made(tmp_path / "a.zip"), KEYS.pem)


def test_a_directory_that_nobody_can_hold_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(BundleUnreadable, match="longer than 64 MiB"):
        verified(long_directory_64(tmp_path / "a.zip"), KEYS.pem)


def test_the_command_says_it_by_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, key, folder = str(packed(tmp_path / "a.zip")), tmp_path / "key.pem", laid(tmp_path / "folder")
    key.write_bytes(KEYS.pem)
    assert main(["verify-bundle", bundle, "--key", str(key)]) == 0
    assert main(["verify-bundle", bundle]) == 3
    assert f"https://hub.example/.well-known/remixhub-keys/{KEYS.id}.pem" in capsys.readouterr().out
    (folder / "index.html").write_bytes(b"")
    (folder / "\x1b[2J").write_bytes(b"")
    assert main(["verify-bundle", str(folder), "--key", str(key)]) == 1
    out = capsys.readouterr().out
    assert "changed  'index.html'" in out
    assert "extra    '\\x1b[2J'" in out
    assert main(["verify-bundle", str(key)]) == 2
    assert main(["verify-bundle", bundle, "--key", str(folder / "index.html")]) == 2
    assert main(["verify-bundle", str(tmp_path / "none")]) == 1
