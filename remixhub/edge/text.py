"""What no database takes is refused before anything reads it: NUL, lone surrogates, bottomless nesting, huge numbers.

PostgreSQL has no NUL in text, UTF-8 has no lone surrogates, and Python's JSON parser gives up on deep nesting. Caught
here once, because any string of any request may end up in a query. Views read the body again, and find it good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import flask

from remixhub.domain.errors import Malformed
from remixhub.domain.strict_json import read_json

_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_DEPTH_LIMIT = 64
"""Far below what Python's stack bears, wherever in a request it is walked or written again."""
_TOO_DEEP = "The JSON is nested too deeply."


class TextUnusable(Malformed):
    code = "text_unusable"
    title = "The request holds text that cannot be used"


def refuse_unusable_text() -> None:
    """A `before_request`. Raises TextUnusable, and for JSON NumberUnusable and Malformed."""
    request = flask.request
    texts: list[Any] = [request.path, *request.args, *request.args.values()]
    if request.is_json and (body := request.get_data()):
        try:
            texts.append(read_json(body))
        except RecursionError as exc:
            raise TextUnusable(_TOO_DEEP) from exc
    elif request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        texts += [*request.form, *request.form.values()]
    for text in _strings(texts):
        if _UNUSABLE.search(text):
            raise TextUnusable("Leave out NUL characters and lone surrogates.")


def _strings(texts: list[Any]) -> Iterator[str]:
    """Every string in decoded JSON, names of fields included. Raises TextUnusable for deep nesting."""
    waiting = [(0, text) for text in texts]
    while waiting:
        depth, value = waiting.pop()
        if depth > _DEPTH_LIMIT:
            raise TextUnusable(_TOO_DEEP)
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [(depth + 1, one) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(depth + 1, one) for one in value]
