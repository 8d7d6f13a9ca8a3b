"""The code that a device shows and a person types: eight letters without vowels, so that no word comes of them.

RFC 8628, section 6.1: twenty letters, of which no two are the same in print; 2.5 · 10¹⁰ codes of fifteen minutes each.
"""

from __future__ import annotations

import secrets

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8


def new_user_code() -> str:
    """Such as `WDJB-MJHT`."""
    return shown("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def read_user_code(typed: str) -> str | None:
    """As it is stored, of what somebody typed: case, spaces and hyphens do not matter. None when it cannot be one."""
    letters = "".join(letter for letter in typed.upper() if not letter.isspace() and letter not in "-–_.")
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else None


def shown(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"
