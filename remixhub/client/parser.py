"""The command line of `remixhub`; its man page and shell completions are made of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args, get_type_hints

from remixhub import __version__
from remixhub.client.generated.schemas import ExportOffer
from remixhub.client.watching import SETTLED_SECONDS

EXPORTS = get_args(get_type_hints(ExportOffer)["format"])
SHELLS = ("bash", "zsh", "fish")


class _Command(argparse.ArgumentParser):
    """Takes what it is given in any order, and shows its own usage where that cannot be."""

    _is_within = False

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[Any, list[str]]:
        if self._is_within:  # argparse reads intermixed ones by two calls of this
            return super().parse_known_args(args, namespace)
        self._is_within = True
        try:
            known, more = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_within = False
        if more:
            self.error(f"unrecognized arguments: {' '.join(more)}")
        return known, more


_Commands = argparse._SubParsersAction


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="remixhub",
        description="Push stems to a RemixHub and pull them from it.",
        epilog="What each command says with --json, the exit codes and release.toml are in docs/client.md.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"remixhub {__version__}")
    _common(parser, argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Command)
    for register in (_login, _logout, _whoami, _push, _watch, _pull, _mix, _enter, _licences, _completion, _man):
        register(commands)
    return parser


def _common(parser: argparse.ArgumentParser, default: object) -> None:
    group = parser.add_argument_group("for all commands")
    group.add_argument(
        "--hub", metavar="HUB", default=default, help="address of the hub (else REMIXHUB_HUB, or the last login's)"
    )
    group.add_argument("--json", action="store_true", default=default, help="one JSON object a line")
    group.add_argument("--quiet", "-q", action="store_true", default=default, help="say nothing but what went wrong")


def _command(commands: _Commands[_Command], name: str, does: str) -> _Command:
    made = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", allow_abbrev=False)
    _common(made, argparse.SUPPRESS)
    return made


def _login(commands: _Commands[_Command]) -> None:
    login = _command(commands, "login", "sign in to a hub and remember it")
    login.add_argument("address", metavar="HUB", nargs="?", help="address of the hub, such as https://hub.example")
    login.add_argument(
        "--token",
        action="store_true",
        help="read a personal access token from standard input, or from REMIXHUB_TOKEN, instead of asking in a browser",
    )


def _logout(commands: _Commands[_Command]) -> None:
    _command(commands, "logout", "forget a hub, and revoke what was granted by login")


def _whoami(commands: _Commands[_Command]) -> None:
    _command(commands, "whoami", "say who is signed in, and where")


def _push(commands: _Commands[_Command]) -> None:
    push = _command(commands, "push", "send a folder of stems as a draft, or what has changed in it since")
    push.add_argument("folder", metavar="FOLDER", type=Path, help="with the stems and perhaps a release.toml")
    _wishes(push)
    push.add_argument("--work", metavar="WORK", help="push into this draft or work, by id or address")
    push.add_argument(
        "--no-wait", action="store_true", help="do not wait until the hub has read and compared the stems"
    )


def _watch(commands: _Commands[_Command]) -> None:
    watch = _command(commands, "watch", "push a folder each time that something in it was saved, until Ctrl-C")
    watch.add_argument("folder", metavar="FOLDER", type=Path, help="with the stems and perhaps a release.toml")
    _wishes(watch)
    watch.add_argument(
        "--settle",
        metavar="SECONDS",
        type=float,
        default=SETTLED_SECONDS,
        help=f"how long nothing may change before it is pushed (default: {SETTLED_SECONDS:g})",
    )


def _wishes(push: argparse.ArgumentParser) -> None:
    push.add_argument("--title", help="of the work (else release.toml's, or the folder's name)")
    push.add_argument(
        "--licence", metavar="LICENCE", help="such as cc-by-4.0 (else release.toml's); `remixhub licences` lists them"
    )
    push.add_argument("--publish", action="store_true", help="publish the draft once the hub has read all stems")
    push.add_argument(
        "--new-version", action="store_true", help="publish what has changed in a published work, without being asked"
    )
    push.add_argument("--note", default="", help="what has changed in the new version")
    push.add_argument("--force", action="store_true", help="push a pack also if its stems do not fit together")
    push.add_argument(
        "--check",
        choices=("headers", "full"),
        default="headers",
        help="look at headers, or hear all files with check-pack where the whole of RemixHub is installed",
    )


def _pull(commands: _Commands[_Command]) -> None:
    pull = _command(commands, "pull", "fetch the stems of a work, or of all works of a collection")
    pull.add_argument("what", metavar="WORK|COLLECTION", help="by id or address")
    pull.add_argument("--into", metavar="FOLDER", type=Path, default=Path(), help="where to (default: here)")
    pull.add_argument("--format", choices=EXPORTS, help="as a session for a program instead of a folder")


def _mix(commands: _Commands[_Command]) -> None:
    mix = _command(commands, "mix", "have the hub render a mix spec, and fetch the mixdown")
    mix.add_argument("spec", metavar="SPEC.json", type=Path, help="a mix spec; stems by name, file or id")
    mix.add_argument(
        "--work", metavar="WORK", help="whose stems (else that of the pulled folder in which the spec lies)"
    )
    mix.add_argument("--title", help="of the mix")
    mix.add_argument("--format", choices=("wav", "flac", "mp3", "opus"), help="else as it is rendered")
    mix.add_argument("--out", "-o", metavar="FILE", type=Path, help="what the mixdown is to be called")


def _enter(commands: _Commands[_Command]) -> None:
    enter = _command(commands, "enter", "enter a remix into a contest, after its rules were shown")
    enter.add_argument("contest", metavar="CONTEST", help="by id or address")
    enter.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the sound of the remix")
    enter.add_argument("--work", metavar="WORK", help="one's own remix that is at the hub already")
    enter.add_argument("--title", help="of the remix that is made of FILE")
    enter.add_argument("--note", default="", help="for the host")
    enter.add_argument("--accept", action="store_true", help="accept the rules without being asked")


def _licences(commands: _Commands[_Command]) -> None:
    _command(commands, "licences", "list the licences that the hub offers")


def _completion(commands: _Commands[_Command]) -> None:
    completion = _command(commands, "completion", "print what a shell needs to complete these commands")
    completion.add_argument("shell", choices=SHELLS, help="which shell")


def _man(commands: _Commands[_Command]) -> None:
    _command(commands, "man", "print the manual page, for man -l -")
