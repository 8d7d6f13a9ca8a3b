"""How a Python script of ours runs in the sandbox: by the interpreter beneath the environment, with one package."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Python:
    program: Path
    options: tuple[str, ...]
    readable: tuple[Path, ...]
    """What it is made of."""


@functools.cache
def python_here() -> Python:
    """Without its environment's start-up files, which would read more than is readable."""
    program = Path(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))
    # A shared libpython lies in the first folder, the standard library in the others.
    folders = {Path(sys.base_prefix, "lib"), *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))}
    return Python(program, ("-I", "-S", "-B"), tuple(sorted(folders)))


@dataclass(frozen=True)
class Script:
    """It takes the folder of its packages as first argument and puts that on its path."""

    path: Path
    package: str = ""
    """The one package that it needs, with the libraries that its wheel has beside it."""

    @property
    def site(self) -> Path:
        """Where the package is; looked up without importing it."""
        spec = find_spec(self.package) if self.package else None
        return Path(spec.origin).parents[1] if spec and spec.origin else self.path.parent

    @property
    def readable(self) -> list[Path]:
        return [self.path, *([self.site / self.package, *self.site.glob("*.libs")] if self.package else [])]
