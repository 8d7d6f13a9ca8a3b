"""The error tree. A failing rule raises its own class, with the facts in `context`; no HTTP in here.

    RemixHubError
    ├── Malformed            the request cannot be read
    ├── Unauthenticated      nobody is signed in, or the proof is stale
    ├── Forbidden            visible to the actor, but not theirs to change
    ├── NotFound             absent, or private to somebody else
    ├── Conflict             the state does not allow it now
    ├── PreconditionFailed   someone else edited in between
    ├── PreconditionRequired an edit must say which revision it saw
    ├── TooLarge             over a stated limit
    ├── UnsupportedMedia     a type that is not accepted
    ├── Invalid              readable, but breaks a rule
    ├── Throttled            too often; `retry_after_seconds` tells when
    └── Unavailable          a part the request needs is away; worth trying again

Each leaf sets a stable snake_case `code` and a `title`; every code is explained in `docs/problems.md`.
"""

from __future__ import annotations

from typing import ClassVar


class RemixHubError(Exception):
    """`detail` says what was wrong, where, and what would be right; `context` holds JSON-able facts."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    is_verdict: ClassVar[bool] = False
    """It is about the subject itself: a job that meets it is not tried again."""

    def __init__(self, detail: str, **context: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context = context


class Malformed(RemixHubError):
    code = "malformed"
    title = "The request cannot be read"


class Unauthenticated(RemixHubError):
    code = "unauthenticated"
    title = "Sign in first"


class Forbidden(RemixHubError):
    code = "forbidden"
    title = "This is not yours to change"


class NotFound(RemixHubError):
    code = "not_found"
    title = "There is nothing here"


class Conflict(RemixHubError):
    code = "conflict"
    title = "The present state does not allow this"


class PreconditionFailed(RemixHubError):
    code = "revision_outdated"
    title = "It was edited in the meantime"


class PreconditionRequired(RemixHubError):
    code = "revision_required"
    title = "Say which revision you are editing"


class TooLarge(RemixHubError):
    code = "too_large"
    title = "Over the size limit"
    is_verdict = True


class UnsupportedMedia(RemixHubError):
    code = "unsupported_media_type"
    title = "This media type is not accepted"
    is_verdict = True


class Invalid(RemixHubError):
    """`violations` maps JSON pointers to messages, for bodies with more than one fault."""

    code = "invalid"
    title = "The request breaks a rule"
    is_verdict = True

    def __init__(self, detail: str, *, violations: dict[str, list[str]] | None = None, **context: object) -> None:
        super().__init__(detail, **context)
        self.violations = violations or {}


class Throttled(RemixHubError):
    code = "throttled"
    title = "Too many attempts"

    def __init__(self, detail: str, *, retry_after_seconds: int, **context: object) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds, **context)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(RemixHubError):
    code = "unavailable"
    title = "A part of the service is away"
    retry_after_seconds: ClassVar[int] = 5
