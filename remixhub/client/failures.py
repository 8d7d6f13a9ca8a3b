"""What can go wrong, as one sees it at the terminal: what it was, what to do next, and the exit code of the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Of the command `remixhub`; they stay as they are (docs/client.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNDECIDED = 3
    FINDINGS = 4
    NOT_SIGNED_IN = 5
    UNREACHABLE = 6
    DAMAGED = 7
    INTERRUPTED = 130


class ClientFailure(Exception):
    """`code` is stable, `detail` says what was wrong, `advice` what to do next."""

    exit = Exit.FAILED
    code = "failed"

    def __init__(self, detail: str, advice: str = "", *, code: str | None = None) -> None:
        super().__init__(f"{detail} {advice}".strip())
        self.detail, self.advice = detail, advice
        self.code = code or self.code

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "detail": self.detail, "advice": self.advice, "exit": int(self.exit)}


class UsageWrong(ClientFailure):
    """Something that was given cannot be used: a folder, a file, an option."""

    exit = Exit.USAGE
    code = "usage"


class FileInvalid(UsageWrong):
    """A file that was written by hand, such as release.toml, says what cannot be; `where` is its place."""

    code = "file_invalid"

    def __init__(self, where: str, detail: str, advice: str = "") -> None:
        super().__init__(f"{where}: {detail}", advice)


class NotSignedIn(ClientFailure):
    exit = Exit.NOT_SIGNED_IN
    code = "not_signed_in"


class Unreachable(ClientFailure):
    """Neither the hub nor its storage answered, for as long as one is willing to wait."""

    exit = Exit.UNREACHABLE
    code = "unreachable"


class Undecided(ClientFailure):
    """The person has to say something first, such as that a new version is wanted."""

    exit = Exit.UNDECIDED
    code = "undecided"


class FindingsStop(ClientFailure):
    """The stems are broken as a pack."""

    exit = Exit.FINDINGS
    code = "findings"


class FileDamaged(ClientFailure):
    """What arrived is not what the hub says it is."""

    exit = Exit.DAMAGED
    code = "file_damaged"


class Stopped(ClientFailure):
    """Ctrl-C; the work so far is kept."""

    exit = Exit.INTERRUPTED
    code = "interrupted"


class Refused(ClientFailure):
    """A problem of the API (RFC 9457), with its code as it came (docs/problems.md)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = dict(problem)
        self.context: Mapping[str, Any] = problem.get("context") or {}
        self.violations: Sequence[Mapping[str, str]] = problem.get("violations") or ()
        told = [f"{one.get('pointer') or '/'}: {one.get('message')}" for one in self.violations]
        detail = " ".join([str(problem.get("detail") or problem.get("title") or f"HTTP {status}"), *told])
        super().__init__(detail, code=str(problem.get("code") or "http_error"))
        if status == 401 or self.code == "scope_missing":
            self.exit = Exit.NOT_SIGNED_IN
            self.advice = "Sign in again with `remixhub login`."

    def to_json(self) -> dict[str, Any]:
        facts = {"status": self.status, "violations": list(self.violations), "context": dict(self.context)}
        return {**super().to_json(), **facts}
