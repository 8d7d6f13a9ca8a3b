"""`remixhub`: the command."""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from remixhub.client.failures import ClientFailure, Exit, FindingsStop, NotSignedIn, Stopped, UsageWrong
from remixhub.client.parser import build_parser

_INTERRUPTED = "Stopped. What has been sent and fetched so far is kept."


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    from remixhub.client.output import JsonLines, Lines

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    tell = JsonLines() if getattr(arguments, "json", False) else Lines(quiet=getattr(arguments, "quiet", False))
    if argv is None:
        signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        done = _COMMANDS[arguments.command](arguments, tell)
        if done is not None:
            tell.say("done", "", **done)
        return Exit.DONE
    except KeyboardInterrupt:
        failure: ClientFailure = Stopped(_INTERRUPTED, "Run the same command again; it goes on where it was.")
    except ClientFailure as exc:
        failure = exc
    except BrokenPipeError:  # whoever read the output has gone
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - so that nothing is flushed at the end
        return Exit.FAILED
    tell.fail(failure)
    return failure.exit


def _as_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _hub(arguments: argparse.Namespace, tell: Any) -> Any:
    from remixhub.client.hub import Hub

    return Hub(getattr(arguments, "hub", None), tell=tell)


def _login(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    from remixhub.client.credentials import Credentials
    from remixhub.client.hub import Hub
    from remixhub.client.signing_in import sign_in
    from remixhub.client.wire import is_readable_by_others

    kept = Credentials()
    wanted = arguments.address or getattr(arguments, "hub", None) or os.environ.get("REMIXHUB_HUB")
    hub = kept.chosen(wanted)
    if is_readable_by_others(hub):
        tell.say("readable_by_others", f"{hub} is asked without TLS: others in the network can read what is sent")
    if arguments.token or os.environ.get("REMIXHUB_TOKEN"):
        access: dict[str, Any] = {"token": _token(hub)}
    else:
        access = sign_in(hub, tell)
    account = Hub(hub, access.get("token") or access["access_token"], tell=tell).whoami()
    kept.keep(hub, {**access, "handle": account["handle"]})
    tell.say("signed_in", f"signed in to {hub} as {account['handle']}", hub=hub, handle=account["handle"])
    return {"hub": hub, "handle": account["handle"]}


def _token(hub: str) -> str:
    """Never from the command line, which others can read."""
    if os.environ.get("REMIXHUB_TOKEN"):
        return os.environ["REMIXHUB_TOKEN"].strip()
    if sys.stdin.isatty():
        token = getpass.getpass(f"Access token of {hub} (make one at {hub}/settings): ").strip()
    else:
        token = sys.stdin.readline().strip()
    if not token or not token.isascii() or not token.isprintable():
        raise UsageWrong("There is no token on standard input.", f"Make one at {hub}/settings, and give it whole.")
    return token


def _logout(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    from remixhub.client.credentials import Credentials
    from remixhub.client.signing_in import sign_out

    kept = Credentials()
    hub = kept.chosen(getattr(arguments, "hub", None) or os.environ.get("REMIXHUB_HUB"))
    if hub not in kept.hubs:
        raise NotSignedIn(f"Nobody is signed in to {hub}.")
    known = kept.hubs[hub]
    kept.forget(hub)
    is_revoked = sign_out(hub, known)
    more = "" if is_revoked else f"; what the hub granted is ended at {hub}/settings"
    tell.say("signed_out", f"signed out of {hub}{more}", hub=hub, is_revoked=is_revoked)
    return {"hub": hub, "is_revoked": is_revoked}


def _whoami(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    hub = _hub(arguments, tell)
    account = hub.whoami()
    tell.say("account", f"{account['handle']} ({account['display_name']}) at {hub.url}", hub=hub.url, **account)
    return {"hub": hub.url, "handle": account["handle"]}


def _wishes(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    if arguments.check == "full":
        _hear(arguments.folder, tell, force=arguments.force)
    return {
        "title": arguments.title,
        "licence": arguments.licence,
        "publish": arguments.publish,
        "new_version": arguments.new_version,
        "note": arguments.note,
        "force": arguments.force,
    }


def _push(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    wishes = _wishes(arguments, tell)
    pushed = _hub(arguments, tell).push(arguments.folder, wait=not arguments.no_wait, work=arguments.work, **wishes)
    next_step = "" if pushed.state == "published" else "; look at it, then publish it there or with --publish"
    tell.say("pushed", f"{pushed.url} is {_article(pushed.state)}{next_step}", work_id=pushed.work_id, url=pushed.url)
    return asdict(pushed)


def _article(state: str) -> str:
    return "a draft" if state == "draft" else state


def _hear(folder: Path, tell: Any, *, force: bool) -> None:
    """`check-pack` as a process of its own, where there is all that it needs."""
    if importlib.util.find_spec("numpy") is None or importlib.util.find_spec("remixhub.commands") is None:
        raise UsageWrong(
            "--check full needs the whole of RemixHub with its requirements.", "Push without it; the hub checks too."
        )
    tell.waiting("hearing all files")
    command = [sys.executable, "-m", "remixhub", "check-pack", str(folder), "--json"]
    heard = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    try:
        findings = json.loads(heard.stdout)["findings"]
    except (ValueError, KeyError, TypeError) as exc:
        raise UsageWrong(f"check-pack failed: {heard.stderr.strip()[-300:]}") from exc
    for one in findings:
        tell.say("finding", f"{one['severity']}: {one['stem'] or 'the pack'}: {one['advice']}", **one)
    if heard.returncode and not force:
        raise FindingsStop("check-pack finds the pack broken.", "Mend the files, or push them with --force.")


def _watch(arguments: argparse.Namespace, tell: Any) -> None:
    hub = _hub(arguments, tell)
    hub.watch(arguments.folder, settled_seconds=arguments.settle, **_wishes(arguments, tell))


def _pull(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    pulled = _hub(arguments, tell).pull(arguments.what, arguments.into, format=arguments.format)
    return {"works": [{**asdict(one), "path": str(one.path)} for one in pulled]}


def _mix(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    hub = _hub(arguments, tell)
    mix, path = hub.mix(
        arguments.spec, work=arguments.work, title=arguments.title, out=arguments.out, format=arguments.format
    )
    return {"mix_id": mix["id"], "path": str(path)}


def _enter(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    if (arguments.file is None) == (arguments.work is None):
        raise UsageWrong("Nothing says what is entered.", "Name a sound file, or one's own remix with --work.")
    receipt = _hub(arguments, tell).enter(
        arguments.contest,
        file=arguments.file,
        work=arguments.work,
        title=arguments.title,
        note=arguments.note,
        accept=arguments.accept,
    )
    return {"receipt": receipt}


def _licences(arguments: argparse.Namespace, tell: Any) -> dict[str, Any]:
    offered = _hub(arguments, tell).api.list_licences()["licences"]
    for one in offered:
        tell.say("licence", f"{one['id']:24} {one['title']}", **one)
    return {"licences": len(offered)}


def _completion(arguments: argparse.Namespace, _tell: Any) -> None:
    try:
        import shtab
    except ModuleNotFoundError as exc:
        raise UsageWrong("Completions need shtab.", "pip install shtab") from exc
    print(shtab.complete(build_parser(), shell=arguments.shell))


def _man(_arguments: argparse.Namespace, _tell: Any) -> None:
    from remixhub.client.manual import manual_page

    print(manual_page(build_parser()), end="")


_COMMANDS: Mapping[str, Callable[[argparse.Namespace, Any], dict[str, Any] | None]] = {
    "login": _login, "logout": _logout, "whoami": _whoami, "push": _push, "watch": _watch, "pull": _pull, "mix": _mix,
    "enter": _enter, "licences": _licences, "completion": _completion, "man": _man,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
