"""`Idempotency-Key` on POST: the same request again gets the same answer, and nothing is made twice.

Answers that hold a secret are not kept: the paths in `_SECRET` ignore the header.
"""

from __future__ import annotations

import hashlib
from typing import Any

import flask
import sqlalchemy as sa

from remixhub.domain.errors import Conflict, Invalid
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import IdempotentAnswer, now
from remixhub.models.upsert import insert

_SECRET = ("/api/v1/tokens", "/api/v1/sessions", "/api/v1/accounts")
_ABANDONED_SECONDS = 60
_KEPT_SECONDS = 24 * 3600


class KeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    title = "The idempotency key cannot be used"


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = "The idempotency key belongs to another request"


class KeyInProgress(Conflict):
    code = "idempotency_in_progress"
    title = "The first request with this key is still being answered"


def recall_answer() -> flask.Response | None:
    """Before the view: the kept answer, or None after reserving the key for this request."""
    request = flask.request
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST" or not request.path.startswith("/api/") or request.path in _SECRET:
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise KeyInvalid("Use 1 to 200 printable characters, such as a UUID.")
    account_id = current_actor().account_id
    if account_id is None:
        return None  # the view will ask to sign in
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).hexdigest()
    kept = _reserve(account_id, key, digest)
    if kept is None:
        flask.g.idempotency_key = key
        return None
    if kept.request_digest != digest:
        raise KeyReused("Use a new key for a new request; this one was sent with another body.")
    if kept.status is None or kept.body is None:
        raise KeyInProgress("Wait for the first answer, then ask again.")
    response = flask.make_response(kept.body["text"], kept.status, kept.body["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep_answer(response: flask.Response) -> flask.Response:
    """After the view: keeps what was decided; a passing fault frees the key for another try."""
    key = flask.g.pop("idempotency_key", None)
    if key is None:
        return response
    account_id = current_actor().account_id
    mine = (IdempotentAnswer.account_id == account_id, IdempotentAnswer.key == key)
    with current_parts().database.writing() as session:
        if response.status_code in (401, 408, 429) or response.status_code >= 500:
            session.execute(sa.delete(IdempotentAnswer).where(*mine))
        else:
            headers = {
                name: response.headers[name]
                for name in ("Content-Type", "Location", "ETag")
                if name in response.headers
            }
            body: dict[str, Any] = {"text": response.get_data(as_text=True), "headers": headers}
            session.execute(sa.update(IdempotentAnswer).where(*mine).values(status=response.status_code, body=body))
    return response


def _reserve(account_id: str, key: str, digest: str) -> IdempotentAnswer | None:
    """None when the key is ours now; else the row of whoever had it first."""
    database = current_parts().database
    with database.writing() as session:
        abandoned = sa.and_(IdempotentAnswer.status.is_(None), IdempotentAnswer.created_at < now(-_ABANDONED_SECONDS))
        session.execute(
            sa.delete(IdempotentAnswer).where(
                IdempotentAnswer.account_id == account_id,
                sa.or_(abandoned, IdempotentAnswer.created_at < now(-_KEPT_SECONDS)),
            )
        )
        made = session.execute(
            insert(session, IdempotentAnswer)
            .values(account_id=account_id, key=key, request_digest=digest, created_at=now())
            .on_conflict_do_nothing()
            .returning(IdempotentAnswer.key)
        ).one_or_none()
        return None if made is not None else session.get_one(IdempotentAnswer, (account_id, key))
