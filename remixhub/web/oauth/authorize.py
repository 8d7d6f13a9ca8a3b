"""Consent: what an app asks, and the way back to it.

The answer leaves by a page of its own and no redirect: the pages' policy lets forms lead nowhere else, browsers hold
redirects after forms to it, and who came from a program may close the window there.
"""

from __future__ import annotations

import flask
from werkzeug.datastructures import MultiDict

from remixhub.domain.oauth.redirects import is_own_machine, origin_of
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.oauth import consent
from remixhub.services.oauth.asked import Asked
from remixhub.services.oauth.consent import Back, Question
from remixhub.web.pages import require_sign_in
from remixhub.web.scope_words import SCOPE_WORDS, cannot

blueprint = flask.Blueprint("authorize", __name__, url_prefix="/oauth/authorize")

_FIELDS = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)  # fmt: skip


@blueprint.get("")
def ask() -> flask.typing.ResponseReturnValue:
    """What is wrong is said before anybody signs in for it. Raises RequestUnfit."""
    args, parts, actor = flask.request.args, current_parts(), current_actor()
    found = consent.look(actor, parts, _asked(args))
    if isinstance(found, Back):
        return flask.redirect(found.address, 303) if found.is_trusted else _back(found)
    require_sign_in()
    if not found.is_remembered:
        return _page(found, [(name, args[name]) for name in _FIELDS if args.get(name)])
    return _back(consent.decide(actor, parts, _asked(args), allows=True))


@blueprint.post("")
def decide() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    form = flask.request.form
    allows = form.get("decision") == "allow"
    return _back(consent.decide(current_actor(), current_parts(), _asked(form), allows=allows))


def _asked(given: MultiDict[str, str]) -> Asked:
    """What is not known is left aside (RFC 6749, section 3.1)."""
    return Asked("GET", [(name, value) for name in _FIELDS for value in given.getlist(name)], {})


def _page(question: Question, fields: list[tuple[str, str]]) -> str:
    return flask.render_template(
        "oauth/authorize.html", question=question, fields=fields, scopes=question.scopes, scope_words=SCOPE_WORDS,
        cannot=cannot(question.scopes), is_own_machine=is_own_machine(question.redirect),
    )  # fmt: skip


def _back(back: Back) -> flask.typing.ResponseReturnValue:
    mark_answer_secret()
    host = origin_of(back.address)
    page = flask.render_template("oauth/back.html", back=back, host=host)
    return page, 422 if back.fault else 200
