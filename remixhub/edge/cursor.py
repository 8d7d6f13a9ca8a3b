"""Opaque, signed cursors: where the next page of a listing starts."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from remixhub.services.paging import CursorInvalid, Position


def encode_cursor(secret_key: str, listing: str, position: Position) -> str:
    return str(URLSafeSerializer(secret_key, salt=f"cursor:{listing}").dumps(position))


def decode_cursor(secret_key: str, listing: str, cursor: str | None) -> Position | None:
    """None for the first page. Raises CursorInvalid for a cursor of another listing, or one that we did not make."""
    if cursor is None:
        return None
    try:
        position: Position = URLSafeSerializer(secret_key, salt=f"cursor:{listing}").loads(cursor)
    except BadSignature as exc:
        raise CursorInvalid from exc
    return position
