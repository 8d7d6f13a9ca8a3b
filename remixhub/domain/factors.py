"""Second factors: which there are, when an account may do without a password, and how recovery codes are written."""

from __future__ import annotations

import re
import secrets
from enum import StrEnum

from remixhub.domain.errors import Conflict, Unauthenticated

RECOVERY_CODES = 10
START_LENGTH = 4
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters that nobody takes for another; a code has 12 of them, 8 of which are secret: 40 bits."""
_GROUP = 4
_CODE = re.compile(f"[{_ALPHABET}]{{{START_LENGTH + 2 * _GROUP}}}")
_APP_CODE = re.compile(r"[0-9]{6}")


class Way(StrEnum):
    """How the second step of signing in can be taken."""

    PASSKEY = "passkey"
    CODE = "code"
    RECOVERY_CODE = "recovery_code"


class CodeWrong(Unauthenticated):
    code = "code_wrong"
    title = "The code is wrong"


class LastWayIn(Conflict):
    code = "last_way_in"
    title = "Nothing would be left to sign in with"


def may_do_without_password(*, passkeys: int, recovery_codes: int) -> bool:
    """`passkeys` counts those that sign in alone. One that is lost with its device needs something beside it."""
    return passkeys >= 2 or (passkeys == 1 and recovery_codes > 0)


def require_way_in(*, has_password: bool, passkeys: int, recovery_codes: int) -> None:
    """What an account keeps after a change. Raises LastWayIn."""
    if not has_password and not may_do_without_password(passkeys=passkeys, recovery_codes=recovery_codes):
        raise LastWayIn(
            "Without a password an account keeps two passkeys that sign in alone, or one and recovery codes."
        )


def new_recovery_codes() -> list[str]:
    """Each with a start of its own, written in groups: `K7QM-2XAB-9PWD`."""
    starts: set[str] = set()
    while len(starts) < RECOVERY_CODES:
        starts.add(_random(START_LENGTH))
    return ["-".join((start, _random(_GROUP), _random(_GROUP))) for start in sorted(starts)]


def split_recovery_code(text: str) -> tuple[str, str] | None:
    """Its start and its secret rest, however it was typed; None for what cannot be a code."""
    typed = re.sub(r"[\s-]", "", text).upper()
    return (typed[:START_LENGTH], typed[START_LENGTH:]) if _CODE.fullmatch(typed) else None


def clean_app_code(text: str) -> str | None:
    """The six digits, however they were typed; None for anything else."""
    typed = re.sub(r"[\s-]", "", text)
    return typed if _APP_CODE.fullmatch(typed) else None


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
