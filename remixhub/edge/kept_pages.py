"""What anybody may see is kept ready for a moment, as long as nothing at all is committed to the database.

Whoever asks without a cookie or a token gets the same as whoever asked before with the same words, while the database's
stamp is the one that was read before that answer was begun. What only time changes, as a contest's phase, may be late
by REMIXHUB_KEEP_PAGES_SECONDS; what a form does is decided by the database's clock as ever.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import NamedTuple

import flask

from remixhub.config import Settings
from remixhub.edge.actor import current_parts

_PAGES, _PAGE_BYTES = 256, 128 * 1024
"""At most 32 MiB a process."""
_OF_THE_REQUEST = {"x-request-id", "ratelimit", "ratelimit-policy", "content-length"}
_ASKED_BY = ("Accept", "Accept-Encoding", "HX-Request", "HX-Boosted")
"""Headers that answers differ by."""
_NOT_PLAIN = ("Authorization", "Cookie", "Range", "If-Range", "If-Match", "If-Unmodified-Since", "Idempotency-Key")
_ALWAYS_ASKED = ("/healthz", "/readyz", "/metrics")


class _Kept(NamedTuple):
    stamp: str
    until: float
    headers: list[tuple[str, str]]
    body: bytes


class _Pages:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def find(self, key: str, stamp: str) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            return kept if kept is not None and kept.stamp == stamp and time.monotonic() < kept.until else None

    def keep(self, key: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > _PAGES:
                self._kept.popitem(last=False)


def recall_page() -> flask.Response | None:
    """A `before_request`, the last one."""
    request, parts = flask.request, current_parts()
    is_plain = request.method == "GET" and not any(name in request.headers for name in _NOT_PLAIN)
    if not is_plain or not parts.settings.keep_pages_seconds or request.path in _ALWAYS_ASKED:
        return None
    stamp = parts.database.stamps.now()
    if stamp is None:
        return None
    key = _key()
    kept = _pages(parts.settings).find(key, stamp)
    if kept is None:
        flask.g.stamp, flask.g.page_key = stamp, key
        return None
    flask.g.is_recalled = True
    return flask.Response(kept.body, headers=kept.headers)


def keep_page(response: flask.Response) -> flask.Response:
    """An `after_request`, when all is said but what is the request's own."""
    stamp, parts = flask.g.get("stamp"), current_parts()
    is_for_anybody = response.headers.get("Cache-Control") == "no-cache" and "Set-Cookie" not in response.headers
    is_whole = response.status_code == 200 and not response.is_streamed and not response.direct_passthrough
    if stamp is None or not is_for_anybody or not is_whole or (response.content_length or 0) > _PAGE_BYTES:
        return response
    headers = [(name, value) for name, value in response.headers if name.lower() not in _OF_THE_REQUEST]
    until = time.monotonic() + parts.settings.keep_pages_seconds
    _pages(parts.settings).keep(flask.g.page_key, _Kept(stamp, until, headers, response.get_data()))
    return response


def _key() -> str:
    """With the house as this process has it, which may be a little older than the stamp."""
    request, shown = flask.request, current_parts().house.now()
    asked_by = (f"{name}={request.headers.get(name)}" for name in _ASKED_BY)
    return "\n".join((request.url, f"house={shown.revision}", *asked_by))


def _pages(settings: Settings) -> _Pages:
    """One of a process, and in tests of each hub."""
    found: tuple[Settings, _Pages] | None = flask.current_app.extensions.get("remixhub_pages")
    if found is None or found[0] is not settings:
        found = settings, _Pages()
        flask.current_app.extensions["remixhub_pages"] = found
    return found[1]
