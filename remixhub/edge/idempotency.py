"""`Idempotency-Key` on POST: the same request again gets the same answer, and nothing is made twice.

Answers that hold a secret, cookies among them, are done once but not kept. Visitors have no keys: a handle can be
signed up once anyhow.
"""

from __future__ import annotations

import hashlib
import hmac

import flask
import structlog

from remixhub.domain.errors import Invalid, Unavailable
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import answers
from remixhub.services.answers import Answer

log = structlog.get_logger()

_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    title = "The idempotency key cannot be used"


def mark_answer_secret() -> None:
    """The answer to the present request shows a secret: nobody keeps it, neither we nor a cache."""
    flask.g.answer_is_secret = True


def recall_answer() -> flask.Response | None:
    """Before the view: the kept answer, or None after reserving the key for this request."""
    request = flask.request
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST" or not request.path.startswith("/api/"):
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise KeyInvalid("Use 1 to 200 printable characters, such as a UUID.")
    account_id = current_actor().account_id
    if account_id is None:
        return None  # the view will ask to sign in
    kept = answers.recall(current_parts(), account_id, key, _digest(request))
    if kept is None:
        flask.g.idempotency_key = (account_id, key)
        return None
    response = flask.make_response(kept.text, kept.status, kept.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep_answer(response: flask.Response) -> flask.Response:
    """After the view: keeps what was decided; a passing fault frees the key for another try."""
    is_secret = flask.g.get("answer_is_secret", False) or "Set-Cookie" in response.headers
    reserved: tuple[str, str] | None = flask.g.pop("idempotency_key", None)
    if reserved is None:
        return response
    parts = current_parts()
    try:
        if response.status_code in (401, 408, 429) or response.status_code >= 500:
            answers.free_key(parts, *reserved)
        else:
            headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            text = None if is_secret else response.get_data(as_text=True)
            answers.keep(parts, *reserved, Answer(response.status_code, headers, text))
    except Unavailable as exc:  # the request itself is done; the key stays reserved until it counts as abandoned
        log.warning("idempotent_answer_lost", code=exc.code)
    return response


def _digest(request: flask.Request) -> str:
    """Keyed: a body may hold a password, which whoever reads the table could guess by a bare hash."""
    sent = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return hmac.new(current_parts().settings.secret_key.encode(), sent, hashlib.sha256).hexdigest()
