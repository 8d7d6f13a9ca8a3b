"""JSON as RFC 8259 has it, with every name once, and with numbers that Python and both databases can hold."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from remixhub.domain.errors import Malformed

_WHOLE_LIMIT = 2**63
_WHOLE_DIGITS = 20
"""With a sign; Python itself refuses to read more than 4,300."""


class NameTwice(Malformed):
    code = "name_twice"
    title = "A name stands twice in one JSON object"


class NumberUnusable(Malformed):
    code = "number_unusable"
    title = "The request holds a number that cannot be used"


def read_json(body: bytes) -> Any:
    """Raises Malformed for what is no JSON in UTF-8, NameTwice, NumberUnusable, and RecursionError for deep nesting."""
    try:
        return json.loads(
            body.decode(),
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_refuse_constant,
            object_pairs_hook=once_each,
        )
    except ValueError as exc:
        raise Malformed("This is not valid JSON (RFC 8259, in UTF-8).") from exc


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's names and values, for `json.loads`. Raises NameTwice: parsers differ in which of two they believe
    (RFC 8259, section 4), so none is.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise NameTwice(f"`{twice[:80]}` stands twice in one object; leave one of them out.")
    return found


def _whole(digits: str) -> int:
    if len(digits) <= _WHOLE_DIGITS and -_WHOLE_LIMIT <= (number := int(digits)) < _WHOLE_LIMIT:
        return number
    raise NumberUnusable("Whole numbers are of at most 64 bits.")


def _finite(digits: str) -> float:
    if math.isfinite(number := float(digits)):
        return number
    raise NumberUnusable("A number is beyond what 64-bit floating point holds.")


def _refuse_constant(name: str) -> None:
    raise Malformed(f"`{name}` stands where JSON (RFC 8259) has no such number.")
