"""`edge`: what API and pages share of a request, before a view that tells what it saw."""

from __future__ import annotations

from collections.abc import Callable

import flask
import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import RemixHubError
from remixhub.edge.actor import current_actor, refuse_foreign_origins
from remixhub.edge.caching import say_who_may_keep, send_only_changes
from remixhub.edge.compression import register_compression
from remixhub.edge.cors import answer_preflight, let_other_sites_read
from remixhub.edge.idempotency import keep_answer, mark_answer_secret, recall_answer
from remixhub.edge.requests import begin_request, end_request
from remixhub.edge.text import refuse_unusable_text


class Edge:
    """An app with the real hooks; its view counts its runs, and answers as `view` says."""

    def __init__(self, parts: Parts) -> None:
        self.runs = 0
        self.view: Callable[[], flask.typing.ResponseReturnValue] = lambda: ({"run": self.runs}, 201)
        app = flask.Flask("edge")
        app.extensions["remixhub"] = parts
        for hook in (begin_request, answer_preflight, refuse_foreign_origins, refuse_unusable_text, recall_answer):
            app.before_request(hook)
        app.after_request(end_request)  # the last one comes first
        register_compression(app)
        for after in (send_only_changes, say_who_may_keep, let_other_sites_read, keep_answer):
            app.after_request(after)
        app.register_error_handler(RemixHubError, lambda error: ({"code": error.code}, 400))
        app.add_url_rule("/api/v1/things", "things", self._answer, methods=["GET", "POST"])
        app.add_url_rule("/pages", "pages", self._answer, methods=["GET", "POST"])
        app.add_url_rule("/who", "who", self._name)
        self.app = app
        self.client = app.test_client()

    def _answer(self) -> flask.typing.ResponseReturnValue:
        self.runs += 1
        return self.view()

    def _name(self) -> str:
        return current_actor().name

    def secret(self) -> flask.typing.ResponseReturnValue:
        mark_answer_secret()
        return {"token": "rh_secret"}, 201


@pytest.fixture
def edge(parts: Parts) -> Edge:
    return Edge(parts)
