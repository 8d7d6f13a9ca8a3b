"""`make run`: the whole hub on this machine, with demo music the first time; and `make reset`."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import urllib3

from remixhub.dev.client import ApiFailure
from remixhub.dev.running import DEFAULT_FOLDER
from remixhub.dev.stack import Stack, StackFailure
from remixhub.dev.tour import tour

DEFAULT_PORT = 8000
HALF_A_DEMO = "filling-in-the-demo"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, and a terminal that is closed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m remixhub.dev.run", description="Run RemixHub on this machine.")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="where the data lies (var)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the web's port; the next free one if taken")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty hub")
    parser.add_argument("--reset", action="store_true", help="wipe the data instead, after asking")
    parser.add_argument(
        "--replicate-to", default="", metavar="URL", help="copy the database by Litestream: file:///… or s3://…"
    )
    arguments = parser.parse_args()
    if arguments.reset:
        return _reset(arguments.data)
    return _run(arguments.data, arguments.port, demo=not arguments.no_demo, replicate_to=arguments.replicate_to)


def _run(folder: Path, port: int, *, demo: bool, replicate_to: str = "") -> int:
    for signum in _STOP_SIGNALS:
        signal.signal(signum, _interrupt)
    began = time.monotonic()
    stack = Stack(folder, web_port=port, replicate_to=replicate_to)
    print("Starting RemixHub …", flush=True)
    try:
        _drop_half_a_demo(stack)
        with stack:
            try:
                accounts = stack.folder / "demo-accounts.json"
                if demo and not accounts.exists():
                    _fill_demo(stack, accounts)
                _print_table(stack, accounts, time.monotonic() - began)
                print(tour(stack.url, is_found_by_commands=stack.folder == DEFAULT_FOLDER.resolve()), flush=True)
                stack.supervise(lambda line: print(f"! {line}", flush=True))
            except KeyboardInterrupt:
                for signum in _STOP_SIGNALS:
                    signal.signal(signum, signal.SIG_IGN)  # a second Ctrl-C must not leave parts behind
                print("\nStopping; running jobs are finished or given back.", flush=True)
                stack.stop(lambda line: print(f"  {line}", flush=True))
    except KeyboardInterrupt:
        print("\nStopped before it was up.")
    except (StackFailure, ApiFailure, urllib3.exceptions.HTTPError) as exc:
        print(f"\n{exc}\nThe logs are in {stack.logs}.", file=sys.stderr)
        return 1
    return 0


def _fill_demo(stack: Stack, accounts: Path) -> None:
    # the first time only: what watches over the parts need not hold them
    from remixhub.compose import build_parts
    from remixhub.dev.demo_content import fill_demo
    from remixhub.services.accounts.address_verification import verify_by_operator

    print(f"The hub is up at {stack.url}. Filling in the demo, the first time only:", flush=True)
    (stack.folder / HALF_A_DEMO).touch()
    with closing(build_parts(stack.settings)) as parts:
        fill_demo(stack.url, accounts, partial(verify_by_operator, parts), partial(print, flush=True))
    (stack.folder / HALF_A_DEMO).unlink()


def _drop_half_a_demo(stack: Stack) -> None:
    """A hub whose demo was interrupted was never shown to anybody, and cannot be filled a second time."""
    if (stack.folder / HALF_A_DEMO).exists():
        print("The demo music was interrupted; starting afresh.", flush=True)
        with stack.locked():
            shutil.rmtree(stack.folder)


def _print_table(stack: Stack, accounts: Path, seconds: float) -> None:
    rows = [("RemixHub", f"{stack.url}   (up after {seconds:.1f} s)"), ("its mail", f"{stack.url}/dev/mail")]
    if accounts.exists():
        passwords = json.loads(accounts.read_text(encoding="utf-8"))
        rows += [
            ("demo account" if not i else "", f"{name} / {password}")
            for i, (name, password) in enumerate(passwords.items())
        ]
    rows += [("data", f"{stack.folder}"), ("logs", f"{stack.logs}"), ("stop", "Ctrl-C"), ("wipe", "make reset")]
    width = max(len(value) for _, value in rows)
    print(f"┌{'─' * 14}┬{'─' * (width + 2)}┐")
    for name, value in rows:
        print(f"│ {name:<12} │ {value:<{width}} │")
    print(f"└{'─' * 14}┴{'─' * (width + 2)}┘", flush=True)


def _reset(folder: Path) -> int:
    if not folder.exists():
        print(f"Nothing to wipe: {folder} is not there.")
        return 0
    try:
        with Stack(folder).locked():
            answer = input(f"Wipe all accounts, music and jobs in {folder.resolve()}? Type 'wipe' to confirm: ")
            if answer.strip() != "wipe":
                print("Nothing was wiped.")
                return 1
            shutil.rmtree(folder)
    except StackFailure as exc:
        print(exc, file=sys.stderr)
        return 1
    except EOFError:
        print("\nNothing was wiped: no answer.")
        return 1
    print("Wiped.")
    return 0


def _interrupt(_signum: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
