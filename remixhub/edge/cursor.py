"""Opaque, signed cursors: where the next page of a listing starts."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from remixhub.domain.errors import Invalid


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    title = "The cursor is not one of ours"


def encode_cursor(secret_key: str, listing: str, position: list[Any]) -> str:
    return str(URLSafeSerializer(secret_key, salt=f"cursor:{listing}").dumps(position))


def decode_cursor(secret_key: str, listing: str, cursor: str | None) -> list[Any] | None:
    """None for the first page. Raises CursorInvalid for a cursor of another listing or of our own making."""
    if cursor is None:
        return None
    try:
        position: list[Any] = URLSafeSerializer(secret_key, salt=f"cursor:{listing}").loads(cursor)
    except BadSignature as exc:
        raise CursorInvalid("Use the `next` of a page as it came, or leave the cursor out.") from exc
    return position
