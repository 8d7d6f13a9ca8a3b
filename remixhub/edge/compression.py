"""Text goes out compressed, where its length tells nobody a secret.

Whoever makes a browser ask for a page with their own words in it, and sees how long the answer is, can guess what else
is on it (BREACH). So answers that show a secret are sent as they are, and so are those to a cookie unless the browser
says that this site's own page, or the person, asked.
"""

from __future__ import annotations

import flask
from flask_compress import Compress

from remixhub.edge.requests import shows_secret

_MEDIA_TYPES = [
    "text/html", "text/css", "text/plain", "text/csv", "text/markdown", "text/javascript", "text/calendar",
    "text/vnd.graphviz", "application/javascript", "application/json", "application/problem+json",
    "application/ld+json", "application/vnd.jgf+json", "application/feed+json", "application/graphml+xml",
    "application/atom+xml", "application/xml", "application/manifest+json", "image/svg+xml",
]  # fmt: skip
_ALGORITHMS = ["zstd", "br", "gzip"]
_OWN = ("same-origin", "none")
"""`Sec-Fetch-Site` of what this site's pages ask, or a person by the address bar."""


def register_compression(app: flask.Flask) -> None:
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=_MEDIA_TYPES,
        COMPRESS_ALGORITHM=_ALGORITHMS,
        COMPRESS_ALGORITHM_STREAMING=_ALGORITHMS,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,  # `caching` did
    )
    compress = Compress(app)

    def send_smaller(response: flask.Response) -> flask.Response:
        if flask.g.get("is_recalled") or not _may_be_compressed(response):
            return response
        if close := getattr(response.response, "close", None):
            response.call_on_close(close)  # the library puts a stream of its own before a file's, and forgets the file
        smaller = compress.after_request(response)
        tag, is_weak = smaller.get_etag()
        if "Content-Encoding" in smaller.headers and tag and not is_weak:
            # other bytes, the same meaning; without the mark that the library adds
            smaller.set_etag(tag.rpartition(":")[0], weak=True)
        return smaller

    app.after_request(send_smaller)


def _may_be_compressed(response: flask.Response) -> bool:
    request = flask.request
    is_whole = response.status_code != 206 and "Content-Range" not in response.headers
    is_private = "no-store" in response.headers["Cache-Control"]
    is_ambient = is_private and bool(request.cookies) and "Authorization" not in request.headers
    is_own = request.headers.get("Sec-Fetch-Site") in _OWN
    return is_whole and not shows_secret(response) and (is_own or not is_ambient)
