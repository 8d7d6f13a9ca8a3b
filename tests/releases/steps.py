"""The step before: what still runs while a hub is upgraded, and what one goes back to. Raised with each release."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COMMIT_BEFORE = "2217397a095985d59e4a021463981efa90adfbc7"
REVISION_BEFORE = "0032"


def unpack_step_before(folder: Path) -> str:
    """Its whole tree; or why it is not to be had here, as in a checkout of the newest commit alone."""
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        return "this is no checkout by git, so the code of the step before is not here"
    git = ["git", "-c", f"safe.directory={REPOSITORY}", "-C", str(REPOSITORY)]
    if subprocess.run(
        [*git, "cat-file", "-e", f"{COMMIT_BEFORE}^{{commit}}"], capture_output=True, check=False
    ).returncode:
        try:
            fetch = [*git, "fetch", "--quiet", "--depth=1", "origin", COMMIT_BEFORE]
            subprocess.run(fetch, capture_output=True, check=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return f"this checkout lacks {COMMIT_BEFORE[:7]} and cannot fetch it: `git fetch --unshallow` brings it"
    packed = folder.with_suffix(".tar")
    subprocess.run([*git, "archive", "--output", packed, COMMIT_BEFORE], check=True)
    shutil.unpack_archive(packed, folder)
    packed.unlink()
    return ""
