"""Scripts, styles and pictures of the pages; addresses carry a digest, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

import flask

_FOLDER = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"

blueprint = flask.Blueprint("static_files", __name__)


@blueprint.get("/static/<path:name>")
def serve(name: str) -> flask.Response:
    response = flask.send_from_directory(_FOLDER, name, conditional=True)
    # chunks carry a digest in their name, everything else in the query
    is_addressed = "v" in flask.request.args or name.startswith("build/chunk-")
    response.headers["Cache-Control"] = _FOR_EVER if is_addressed else "no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> flask.Response:
    return serve("favicon.svg")


def register_static_files(app: flask.Flask) -> None:
    digests = {
        path.relative_to(_FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in _FOLDER.rglob("*")
        if path.is_file()
    }

    def static_url(name: str) -> str:
        digest = digests.get(name)
        return f"/static/{name}" + (f"?v={digest}" if digest else "")

    app.register_blueprint(blueprint)
    app.add_template_global(static_url)
