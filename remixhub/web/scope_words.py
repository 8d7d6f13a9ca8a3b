"""What scopes mean, to who gives them away."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from remixhub.domain.states import Scope

SCOPE_WORDS = {
    Scope.READ: "see your works, mixes and uploads",
    Scope.PUBLISH: "upload, publish and change works",
    Scope.CONTEST: "enter and run contests",
    Scope.ADMIN: "do what you do as an operator of this hub",
}
_NEVER = (
    "see or change your password, your second factor or your address",
    "make access tokens, let other apps in or delete your account",
)


def personal_scopes() -> Sequence[tuple[Scope, str]]:
    """Those that the form for a personal token offers."""
    return [(scope, words) for scope, words in SCOPE_WORDS.items() if scope is not Scope.ADMIN]


def cannot(scopes: Collection[Scope]) -> Sequence[str]:
    """What an app with these may not, in words that go on after “It cannot”."""
    missing = [words for scope, words in personal_scopes() if scope not in scopes]
    return [*missing, *_NEVER]
