"""Passwords: which may be chosen, and their hashes: Argon2id with the parameters of OWASP's cheat sheet (19 MiB, two
passes, one lane).

What is random enough not to be guessed is stored by a plain digest.
"""

from __future__ import annotations

import hashlib
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from remixhub.compose import Parts
from remixhub.domain.passwords import check_password
from remixhub.services.house.reading import house

_LISTS = ("passwords", "english_wikipedia", "female_names", "male_names", "surnames")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_new_password(parts: Parts, password: str, *, handle: str, email: str, field: str = "password") -> None:
    """`field`: where it was typed. Outside of transactions. Raises PasswordTooWeak."""
    names = (handle, email, "RemixHub", house(parts).name)
    check_password(password, names=names, common=_common(), field=field)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Takes as long for an account that does not exist (None) as for one that does."""
    try:
        return _HASHER.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def token_digest(token: str) -> str:
    """Tokens have 256 random bits, so a plain SHA-256 is enough to store them by."""
    return hashlib.sha256(token.encode()).hexdigest()


def needs_rehash(password_hash: str) -> bool:
    return _HASHER.check_needs_rehash(password_hash)


@cache
def _common() -> frozenset[str]:
    """Passwords of leaks, words and names, 75,000 in all. Loaded by whoever asks first: it takes 0.2 s."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for name in _LISTS for word in FREQUENCY_LISTS[name])


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")
