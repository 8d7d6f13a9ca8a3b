"""Documents the headers that whole groups of operations read: `If-Match` on edits, `Idempotency-Key` on POST."""

from __future__ import annotations

from typing import Any

from apispec import BasePlugin

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The `ETag` of what one saw",
    "schema": {"type": "string", "pattern": r'^"\d{1,18}"$'},
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same request with the same key within a day is done once and answered again",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
}


class RequestHeaders(BasePlugin):
    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        for method, operation in (operations or {}).items():
            parameters = operation.setdefault("parameters", [])
            if "428" in map(str, operation.get("responses", {})):
                parameters.append(_IF_MATCH)
            if method == "post":
                parameters.append(_IDEMPOTENCY_KEY)
