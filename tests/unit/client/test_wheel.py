"""The wheel, as `pip install remixhub[client]` brings it into an empty environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from remixhub import __version__

ROOT = Path(__file__).parents[3]
_NO_REGISTRY = ("No matching distribution", "Connection", "Temporary failure", "Max retries", "Network is unreachable")


def pip(python: str | Path, *arguments: str | Path, cwd: Path) -> None:
    """Skips where there is no registry: what is missing then says nothing of the wheel."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stdout + done.stderr for sign in _NO_REGISTRY):
        pytest.skip("no package registry can be reached")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_wheel_is_a_light_client_that_runs(tmp_path: Path) -> None:
    source = tmp_path / "source"  # setuptools writes beside what it builds
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("screenshots"))
    for name in ("client", "domain"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "remixhub" / name, source / "remixhub" / name, ignore=ignored)
    shutil.copy(ROOT / "remixhub" / "__init__.py", source / "remixhub")
    pip(sys.executable, "wheel", "--no-deps", "-w", tmp_path, source, cwd=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 500_000
    venv.create(tmp_path / "empty", with_pip=True)
    binaries = tmp_path / "empty" / "bin"
    pip(binaries / "python", "install", f"{wheel}[client]", cwd=tmp_path)
    told = subprocess.run(
        [binaries / "remixhub", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert told.stdout == f"remixhub {__version__}\n"
    listed = subprocess.run(
        [binaries / "python", "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    names = {line.partition("==")[0].lower() for line in listed.stdout.splitlines()}
    assert names - {"pip", "setuptools"} == {"remixhub", "urllib3", "tqdm", "shtab"}
    for arguments in (["completion", "fish"], ["man"]):
        subprocess.run([binaries / "remixhub", *arguments], capture_output=True, check=True, cwd=tmp_path)
    code = "from remixhub.client import Hub; print(Hub('https://hub.example').url)"
    shown = subprocess.run([binaries / "python", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert shown.stdout == "https://hub.example\n"
    assert (tmp_path / "empty" / "share" / "man" / "man1" / "remixhub.1").is_file()
