"""A small client of the public API, for the demo: what any program would do over HTTP."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3

_POLL_SECONDS = 0.2


class ApiFailure(Exception):
    """The service answered a problem, or something did not get ready in time."""


class ApiClient:
    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=60))
        self._token: str | None = None
        self._cookie: str | None = None

    def sign_up(self, handle: str, password: str, display_name: str) -> None:
        """Makes the account and a token with which all later calls are made."""
        self.post(
            "/accounts",
            {
                "handle": handle,
                "email": f"{handle}@example.org",
                "password": password,
                "display_name": display_name,
            },
        )
        self.sign_in(handle, password)

    def sign_in(self, handle: str, password: str) -> None:
        answer = self._send("POST", "/api/v1/sessions", {"login": handle, "password": password})
        self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self._token = self.post("/tokens", {"name": "demo", "scopes": ["read", "publish", "contest"]})["token"]

    def get(self, path: str) -> Any:
        return self._send("GET", f"/api/v1{path}").json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._send("POST", f"/api/v1{path}", body if body is not None else {})
        return answer.json() if answer.data else None

    def put(self, path: str, body: dict[str, Any], *, revision: int) -> Any:
        return self._send("PUT", f"/api/v1{path}", body, {"If-Match": f'"{revision}"'}).json()

    def patch(self, path: str, body: dict[str, Any], *, revision: int) -> Any:
        return self._send("PATCH", f"/api/v1{path}", body, {"If-Match": f'"{revision}"'}).json()

    def fetch(self, url: str) -> bytes:
        """The bytes behind a presigned URL or a redirecting download."""
        headers = self._headers() if url.startswith(self.url) else {}
        answer = self._http.request("GET", url, headers=headers, redirect=False)
        if answer.status == 302:
            return self.fetch(answer.headers["Location"])
        if answer.status != 200:
            raise ApiFailure(f"GET {url.partition('?')[0]} answered {answer.status}")
        return answer.data

    def upload(self, path: Path, purpose: str) -> str:
        """Sends a file straight to the object storage; the id of the verified upload."""
        upload_id = self.send(path, purpose)
        self.finish(upload_id)
        return upload_id

    def send(self, path: Path, purpose: str) -> str:
        """All parts of a file; the upload is still open."""
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        opened = self.post(
            "/uploads",
            {
                "filename": path.name,
                "size_bytes": path.stat().st_size,
                "sha256": sha256,
                "purpose": purpose,
            },
        )
        numbers = list(range(1, opened["part_count"] + 1))
        presigned = self.post(f"/uploads/{opened['id']}/parts", {"part_numbers": numbers})
        with path.open("rb") as source:
            for part in presigned["parts"]:
                answer = self._http.request("PUT", part["url"], body=source.read(part["size_bytes"]))
                if answer.status != 200:
                    raise ApiFailure(f"the object storage answered {answer.status} to part {part['number']}")
        return str(opened["id"])

    def finish(self, upload_id: str) -> None:
        """Completes an upload and waits for its check."""
        self.post(f"/uploads/{upload_id}/complete")
        self.wait(f"/uploads/{upload_id}", lambda upload: upload["state"] == "ready", seconds=60)

    def wait(self, path: str, ready: Callable[[Any], bool], *, seconds: float) -> Any:
        """Polls until `ready`; raises ApiFailure on a refusal or when it takes too long."""
        deadline = time.monotonic() + seconds
        while True:
            state = self.get(path)
            if ready(state):
                return state
            if state.get("state") in ("rejected", "refused"):
                raise ApiFailure(f"{path}: {state.get('rejection') or state.get('refusal') or state}")
            if time.monotonic() > deadline:
                raise ApiFailure(f"{path} was not ready after {seconds:.0f} s: {state}")
            time.sleep(_POLL_SECONDS)

    def _headers(self) -> dict[str, str]:
        if self._token is not None:
            return {"Authorization": f"Bearer {self._token}"}
        return {} if self._cookie is None else {"Cookie": self._cookie}

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        whole = {**self._headers(), **(headers or {})}
        answer = self._http.request(method, self.url + path, json=body, headers=whole)
        while answer.status == 429:  # a whole demo in a minute is much for one address
            time.sleep(int(answer.headers["Retry-After"]))
            answer = self._http.request(method, self.url + path, json=body, headers=whole)
        if answer.status >= 400:
            raise ApiFailure(f"{method} {path} answered {answer.status}: {answer.data.decode(errors='replace')[:500]}")
        return answer
