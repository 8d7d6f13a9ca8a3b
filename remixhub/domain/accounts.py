"""Rules for handles and e-mail addresses."""

from __future__ import annotations

import re

from remixhub.domain.errors import Invalid

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
_RESERVED = frozenset(
    "about account accounts admin api companion contests docs healthz help labels lineage metrics mixes moderation new "
    "notices problems readyz releases remixes search settings sign-in sign-out sign-up static support system takedowns "
    "works".split()
)
_NOT_IN_HEADERS, _DOTS = r"\s\x00-\x1f\x7f\"(),:;<>@\[\\\]", r".\u3002\uff0e\uff61"
_LOCAL, _LABEL = f"[^{_NOT_IN_HEADERS}]{{1,64}}", f"[^{_NOT_IN_HEADERS}{_DOTS}]{{1,63}}"
_EMAIL = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
"""What a header may hold as it is (RFC 5322, no quoted names, no comments); IDNA reads three more signs as dots."""


class HandleInvalid(Invalid):
    code = "handle_invalid"
    title = "This handle cannot be used"


class EmailInvalid(Invalid):
    code = "email_invalid"
    title = "This is not an e-mail address"


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
