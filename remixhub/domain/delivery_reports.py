"""Reports of mail servers that could not deliver (RFC 3464), as far as they speak of a letter of ours.

Anybody can send one, so nothing in it is believed but what it says of a letter whose id it knows; and it is read within
bounds.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from remixhub.domain.bounces import Answer

MOST_BYTES = 1024**2
"""Beyond that nothing is read; reports quote what they report, so the longer part is of no use."""
_MOST_PARTS, _MOST_DEPTH = 50, 5
_ID = re.compile(r"<?([0-9a-f]{32})(?:@[^>\s]*)?>?")
_STATUS = re.compile(r"\d\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Report:
    letter_id: str
    answer: Answer


def read_report(raw: bytes) -> Report | None:
    """None for what is no report of a failure, or of no letter of ours."""
    try:
        message = email.message_from_bytes(raw[:MOST_BYTES], policy=email.policy.compat32)
    except RecursionError:  # hundreds of messages within each other
        return None
    parts = list(_parts(message))
    letter_id = next((found for part in parts for found in _ids(part)), None)
    failed = next(
        (fields for part in parts for fields in _recipients(part) if _word(fields, "Action") == "failed"), None
    )
    if letter_id is None or failed is None:
        return None
    said = _STATUS.search(_word(failed, "Status"))
    diagnostic = _word(failed, "Diagnostic-Code").partition(";")[2]
    text = " ".join(f"{said[0] if said else ''} {diagnostic}".split())
    return Report(letter_id, Answer(0, text))


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """With the messages in it, down to a depth and up to a number."""
    waiting = [(message, depth)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        one, depth = waiting.pop(0)
        yield one
        payload = one.get_payload()
        if isinstance(payload, list) and depth < _MOST_DEPTH and one.get_content_type() != "message/delivery-status":
            waiting += [(inner, depth + 1) for inner in payload if isinstance(inner, Message)]


def _ids(part: Message) -> Iterator[str]:
    """Of the letter: by the envelope's id, which servers hand on, or by what they send back of its headers."""
    if part.get_content_type() == "message/delivery-status":
        named = [_word(fields, "Original-Envelope-Id") for fields in _fields(part)]
    elif part.get_content_type() == "text/rfc822-headers":
        quoted = part.get_payload(decode=True)
        headers = email.message_from_bytes(quoted if isinstance(quoted, bytes) else b"", policy=email.policy.compat32)
        named = [_word(headers, "Message-ID")]
    elif part.get_content_type() == "message/rfc822":
        named = [_word(inner, "Message-ID") for inner in _fields(part)]
    else:
        return
    for text in named:
        found = _ID.fullmatch(text)
        if found:
            yield found[1]


def _recipients(part: Message) -> Iterator[Message]:
    if part.get_content_type() == "message/delivery-status":
        yield from _fields(part)


def _fields(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)][:_MOST_PARTS] if isinstance(payload, list) else []


def _word(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split()).lower()[:1000]
