"""The command line loads what is asked for, and knows all there is."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from remixhub import commands
from remixhub.cli import GROUPS


@pytest.mark.parametrize("group", GROUPS)
def test_the_help_says_of_a_command_what_its_module_says(group: str) -> None:
    subparsers = argparse.ArgumentParser().add_subparsers()
    import_module(f"remixhub.commands.{group}").register(subparsers)
    told = {str(one.dest): one.help for one in subparsers._choices_actions}
    assert told == GROUPS[group]
    assert subparsers.choices.keys() == told.keys()


def test_every_module_with_commands_is_known() -> None:
    folder = Path(commands.__file__).parent
    with_commands = {path.stem for path in folder.glob("*.py") if "\ndef register(" in path.read_text(encoding="utf-8")}
    assert with_commands == GROUPS.keys()


@pytest.mark.parametrize(("command", "spared"), [("--help", "sqlalchemy boto3 numpy"), ("mix", "sqlalchemy boto3")])
def test_what_a_command_does_not_need_is_not_loaded(command: str, spared: str) -> None:
    """Half of a second a time, for everybody who only looks."""
    script = (
        "import sys\nfrom remixhub.cli import main\n"
        f"try: main([{command!r}, '--help'])\nexcept SystemExit: pass\n"
        f"sys.exit(' '.join({{*{spared.split()!r}}} & sys.modules.keys()) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "usage:" in ran.stdout
