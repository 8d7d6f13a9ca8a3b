"""Which passwords may be chosen: length, and nothing that is tried first (NIST SP 800-63B 3.1.1.2, OWASP ASVS 6.2)."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from remixhub.domain.errors import Invalid

PASSWORD_MIN = 10
PASSWORD_MAX = 128
_NAME_MIN = 3
"""Shorter parts of a name stand in any sentence by chance."""
_BESIDE_NAMES = 4
"""Letters that must be left when all names, digits and signs are taken out."""
_TAIL = re.compile(r"[\d\W_]*\Z")
"""What people add to a word that is refused."""
_LEET = str.maketrans("@$!01345", "asiolies")


class PasswordTooWeak(Invalid):
    code = "password_too_weak"
    title = "This password is too easy to guess"


def check_password(password: str, *, names: Collection[str], common: Collection[str], field: str = "password") -> None:
    """No rules of composition: a sentence in small letters is fine. Raises PasswordTooWeak.

    `names`: of the account and the hub, which guessers know; `common`: words and passwords in lower case.
    """
    lowered = password.casefold()
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        fault = f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters; a sentence is fine."
    elif _is_pattern(lowered) or any(stem in common for stem in _stems(lowered)):
        fault = (
            "This is among the first that anybody tries: a common password or word. Take three or four words instead."
        )
    elif _is_made_of(lowered, names):
        fault = (
            "It must not be made of your handle, your address or this site's name. Take three or four words instead."
        )
    else:
        return
    raise PasswordTooWeak(fault, violations={f"/{field}": [fault]})


def _stems(lowered: str) -> set[str]:
    """Itself, without some or all digits and signs at its end, once instead of twice, with letters for signs."""
    stems = set()
    for text in {lowered, _once(lowered), _once(_TAIL.sub("", lowered))}:
        ending = _TAIL.search(text)
        stems |= {text[:length] for length in range(ending.start() if ending else len(text), len(text) + 1)}
    return stems | {stem.translate(_LEET) for stem in stems}


def _once(text: str) -> str:
    """`abcabc` is `abc`."""
    return text[: (text + text).find(text, 1)]


def _is_pattern(lowered: str) -> bool:
    """Hardly any different characters, or one step after the other: `aaaabbbb`, `abcdefghij`, `9876543210`."""
    steps = {ord(after) - ord(before) for before, after in pairwise(lowered)}
    return len(set(lowered)) < 4 or steps <= {1, -9} or steps <= {-1, 9}


def _is_made_of(lowered: str, names: Collection[str]) -> bool:
    parts = {part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) >= _NAME_MIN}
    left = lowered
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, " ")
    return left != lowered and len(re.sub(r"[\W\d_]+", "", left)) < _BESIDE_NAMES
