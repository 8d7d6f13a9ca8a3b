"""What browsers may do with our pages: a content security policy without any inline script or style."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask

from remixhub.config import Settings


def policy_of(settings: Settings) -> str:
    """Pictures, sound and transfers may come from and go to the object storage; nothing else leaves this site."""
    storage = urlsplit(settings.browser_s3_url)
    origin = f"{storage.scheme}://{storage.netloc}"
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src 'self' {origin}",
            f"media-src 'self' {origin}",
            f"connect-src 'self' {origin}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def register_headers(app: flask.Flask, settings: Settings) -> None:
    policy = policy_of(settings)

    def add_headers(response: flask.Response) -> flask.Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", policy)
            response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    app.after_request(add_headers)
