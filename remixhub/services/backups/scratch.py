"""Where files lie for a moment on their way: a folder of its own in the hub's work folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from remixhub.compose import Parts
from remixhub.domain.errors import Unavailable


class WorkFolderUnavailable(Unavailable):
    code = "work_folder_unavailable"
    title = "The work folder cannot be used"


@contextmanager
def work_folder(parts: Parts, prefix: str) -> Iterator[Path]:
    """Gone afterwards. Raises WorkFolderUnavailable, as when its disk is full."""
    place = parts.settings.work_dir
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=place) as folder:
            yield Path(folder)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise WorkFolderUnavailable(
            f"{place}: {exc.strerror or exc}. REMIXHUB_WORK_DIR names it; it has to have room for a copy of the "
            "database and a few objects."
        ) from exc
