"""How the generated operations ask the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from remixhub.client.wire import Wire


class Operating:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def _json(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        revision: int | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        headers = {} if revision is None else {"If-Match": f'"{revision}"'}
        return self._wire.call(
            method, path, body=body, query=query, headers=headers, idempotency_key=idempotency_key
        ).json()

    def _nothing(self, method: str, path: str, **said: Any) -> None:
        self._json(method, path, **said)

    def _bytes(self, method: str, path: str, *, query: Mapping[str, Any] | None = None) -> bytes:
        return self._wire.call(method, path, query=query).body

    def _address(self, method: str, path: str, *, query: Mapping[str, Any] | None = None) -> str:
        """Where a redirection leads."""
        return self._wire.call(method, path, query=query).headers["Location"]

    @staticmethod
    def _step(value: str) -> str:
        """Of a path."""
        return quote(value, safe="")


def each(page_of: Callable[..., Any], *about: str, **query: Any) -> Iterator[Any]:
    """All that a listing has, over its pages: `each(hub.api.list_works, kind="release")`."""
    cursor = None
    while True:
        page = page_of(*about, **query, cursor=cursor)
        yield from next(value for value in page.values() if isinstance(value, list))
        cursor = page["next"]
        if cursor is None:
            return
