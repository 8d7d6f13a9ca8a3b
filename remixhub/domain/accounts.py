"""Rules for handles, e-mail addresses and passwords."""

from __future__ import annotations

import re

from remixhub.domain.errors import Invalid

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
_RESERVED = frozenset(
    "about account accounts admin api companion contests docs healthz help labels lineage metrics mixes moderation new "
    "notices problems readyz releases remixes search settings sign-in sign-out sign-up static support system takedowns "
    "works".split()
)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_SIMPLEST = frozenset(
    "1234567890 12345678910 123456789012 qwertyuiop qwerty12345 password123 password1234 passwordpassword "
    "iloveyou123 letmein1234 administrator welcome123 abcdefghij 0123456789 qwertyuiop123".split()
)
PASSWORD_MIN = 10
PASSWORD_MAX = 128


class HandleInvalid(Invalid):
    code = "handle_invalid"
    title = "This handle cannot be used"


class EmailInvalid(Invalid):
    code = "email_invalid"
    title = "This is not an e-mail address"


class PasswordTooWeak(Invalid):
    code = "password_too_weak"
    title = "This password is too easy to guess"


def clean_handle(text: str) -> str:
    """Lower case, 3–40 letters, digits and inner hyphens. Raises HandleInvalid."""
    handle = text.strip().lower().removeprefix("@")
    if not _HANDLE.fullmatch(handle) or "--" in handle:
        fault = "3 to 40 small letters, digits or single hyphens, a letter or digit at either end."
        raise HandleInvalid(f"A handle has {fault}", violations={"/handle": [f"Use {fault}"]})
    if handle in _RESERVED:
        fault = f"The handle {handle!r} is reserved; take another."
        raise HandleInvalid(fault, violations={"/handle": [fault]})
    return handle


def clean_email(text: str) -> str:
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        fault = "Give an address such as name@example.org."
        raise EmailInvalid(fault, violations={"/email": [fault]})
    return email


def check_password(password: str, *, handle: str, email: str) -> None:
    """Length and the simplest guesses; no rules of composition (NIST SP 800-63B 5.1.1, OWASP ASVS 6.2)."""
    lowered = password.lower()
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        fault = f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters; a sentence is fine."
    elif lowered in _SIMPLEST or len(set(lowered)) < 4:
        fault = "This is one of the first passwords anybody would try."
    elif lowered in (handle, email, email.partition("@")[0]) or ("remixhub" in lowered and len(password) < 14):
        fault = "It must not be the handle, the address or the name of this site."
    else:
        return
    raise PasswordTooWeak(fault, violations={"/password": [fault]})
