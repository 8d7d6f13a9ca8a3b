"""The hub that a command works on: its parts are there, and closed when it ends, however it does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import wraps

from remixhub.compose import Parts, build_parts
from remixhub.dev.running import settings_for_operator

Command = Callable[[argparse.Namespace], int]


@contextmanager
def hub_parts() -> Iterator[Parts]:
    """Raises SettingsError."""
    with closing(build_parts(settings_for_operator())) as parts:
        yield parts


def on_hub(command: Callable[[argparse.Namespace, Parts], int]) -> Command:
    """The command as `register` takes it."""

    @wraps(command)
    def run(arguments: argparse.Namespace) -> int:
        with hub_parts() as parts:
            return command(arguments, parts)

    return run
