"""The web as it is shipped, with one view more: as many bytes as one asks for, and nothing else."""

from __future__ import annotations

import flask

from wsgi import app


@app.get("/bench")
def hand_out() -> flask.Response:
    return flask.Response(b"x" * int(flask.request.args["bytes"]), mimetype="text/html")


__all__ = ["app"]
