"""Text that no database takes is refused before anything reads it: NUL, lone surrogates, bottomless nesting.

PostgreSQL has no NUL in text, UTF-8 has no lone surrogates, and Python's JSON parser gives up on deep nesting. Caught
here once, because any string of any request may end up in a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import flask

from remixhub.domain.errors import Malformed

_UNUSABLE = re.compile("[\0\ud800-\udfff]")


class TextUnusable(Malformed):
    code = "text_unusable"
    title = "The request holds text that cannot be used"


def refuse_unusable_text() -> None:
    """A `before_request`. Raises TextUnusable."""
    request = flask.request
    texts: list[Any] = [request.path, *request.args, *request.args.values()]
    if request.is_json:
        try:
            texts.append(request.get_json(silent=True))
        except RecursionError as exc:
            raise TextUnusable("The JSON is nested too deeply.") from exc
    elif request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        texts += [*request.form, *request.form.values()]
    for text in _strings(texts):
        if _UNUSABLE.search(text):
            raise TextUnusable("Leave out NUL characters and lone surrogates.")


def _strings(values: list[Any]) -> Iterator[str]:
    """Every string in decoded JSON, names of fields included."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
