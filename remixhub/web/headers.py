"""What browsers may do with our pages: a content security policy without any inline script or style, and no frame
around them but around those that are made for it.
"""

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


def embedded_policy_of(settings: Settings) -> str:
    """Of what may stand in frames on any site: it gets its own script, style and sound, and sends nothing anywhere."""
    storage = urlsplit(settings.browser_s3_url)
    origin = f"{storage.scheme}://{storage.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            f"img-src 'self' {origin}",
            f"media-src 'self' {origin}",
            "base-uri 'none'",
            "form-action 'none'",
            _ANYWHERE,
        )
    )


_ANYWHERE = "frame-ancestors *"
_NO_PAGE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is not a page, should a browser show it as one; drawings have their styles inside."""


def register_headers(app: flask.Flask, settings: Settings) -> None:
    policy = policy_of(settings)

    def add_headers(response: flask.Response) -> flask.Response:
        is_page = response.mimetype == "text/html"
        runs = is_page or response.mimetype == "text/javascript"  # a worker's script brings its own policy along
        response.headers.setdefault("Content-Security-Policy", policy if runs else _NO_PAGE)
        if _ANYWHERE not in response.headers["Content-Security-Policy"]:
            response.headers.setdefault("X-Frame-Options", "DENY")
        if is_page:
            response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    app.after_request(add_headers)
