"""The manual page remixhub(1), made of the parser."""

from __future__ import annotations

import argparse

from remixhub.client.failures import Exit

_MEANINGS = {
    Exit.DONE: "It is done.",
    Exit.FAILED: "The hub refused, or something else went wrong; the message says what, with the hub's code.",
    Exit.USAGE: "The command, release.toml or a file that was named cannot be used.",
    Exit.UNDECIDED: "Somebody has to decide first: a published work would change, or rules have to be accepted.",
    Exit.FINDINGS: "The stems do not fit together; --force sends them nevertheless.",
    Exit.NOT_SIGNED_IN: "Nobody is signed in, or what was granted does not suffice.",
    Exit.UNREACHABLE: "Neither the hub nor its storage could be reached for two minutes.",
    Exit.DAMAGED: "What arrived is not what the hub says it is.",
    Exit.INTERRUPTED: "Ctrl-C; the same command again goes on where it was.",
}
_ENVIRONMENT = {
    "REMIXHUB_HUB": "Address of the hub, where --hub is not given.",
    "REMIXHUB_TOKEN": "A personal access token, used instead of what login has kept.",
    "XDG_CONFIG_HOME": "Where the folder remixhub with credentials and what was pushed lies, instead of ~/.config.",
}


def manual_page(parser: argparse.ArgumentParser) -> str:
    """As troff with the man macros. The same for each version of the parser, whatever the terminal."""
    commands = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    helps = {one.dest: one.help or "" for one in commands._choices_actions}
    lines = [
        '.\\" Made of remixhub/client/parser.py by scripts/client-api',
        '.TH REMIXHUB 1 "" "RemixHub" "User Commands"',
        ".SH NAME",
        _text("remixhub - push stems to a RemixHub and pull them from it"),
        ".SH SYNOPSIS",
        ".B remixhub",
        _text("[--hub HUB] [--json] [--quiet] COMMAND ..."),
        ".SH DESCRIPTION",
        _text(str(parser.description)),
        _text(str(parser.epilog)),
        ".SH COMMANDS",
    ]
    for name, made in commands.choices.items():
        positional = [one for one in made._actions if not one.option_strings]
        places = " ".join(f"[{_value(one)}]" if one.nargs == "?" else _value(one) for one in positional)
        lines += [f".SS remixhub {name} {_text(places)}".rstrip(), _text(f"{helps[name][0].upper()}{helps[name][1:]}.")]
        for one in made._actions:
            if _is_shown(one):
                lines += _option(one)
    lines += [".SH OPTIONS FOR ALL COMMANDS"]
    for one in parser._actions:
        if one.option_strings and one.dest in ("hub", "json", "quiet", "version"):
            lines += _option(one)
    lines += [".SH EXIT STATUS"]
    for code, meaning in _MEANINGS.items():
        lines += [".TP", f".B {int(code)}", _text(meaning)]
    lines += [".SH ENVIRONMENT"]
    for name, meaning in _ENVIRONMENT.items():
        lines += [".TP", f".B {name}", _text(meaning)]
    return "\n".join(lines) + "\n"


def _is_shown(action: argparse.Action) -> bool:
    return action.dest not in ("help", "hub", "json", "quiet")


def _option(action: argparse.Action) -> list[str]:
    names = ", ".join(action.option_strings) or _value(action)
    value = f" {_value(action)}" if action.option_strings and action.nargs != 0 else ""
    return [".TP", f".B {_text(names + value)}", _text(action.help or "")]


def _value(action: argparse.Action) -> str:
    if action.choices:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _text(said: str) -> str:
    """With hyphens that can be copied, and no line that troff would take for a request."""
    escaped = said.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
