"""What comes by mail: one's own settings, the links that stop it, and the mail that a hub in development keeps."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import flask

from remixhub.domain.errors import NotFound
from remixhub.domain.letters import RHYTHM_WORDS, TOPIC_WORDS, MailTopic, Rhythm
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.mail import kept, wishes
from remixhub.services.mail.messages import stop_words
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("mail", __name__)

_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""What proxies and tunnels say; browsers at the machine say none of it."""


@blueprint.get("/settings/mail")
def show() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    page = wishes.view_mail(current_actor(), current_parts())
    return flask.render_template(
        "accounts/settings/mail.html",
        page=page,
        topics=TOPIC_WORDS,
        often=RHYTHM_WORDS,
        sends_mail=current_parts().settings.sends_mail,
    )


@blueprint.post("/settings/mail")
def save() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    form = flask.request.form
    wished = {topic: Rhythm(form[topic]) for topic in MailTopic if form.get(topic) in list(Rhythm)}
    wishes.choose(current_actor(), current_parts(), wished, far_remixes="far_remixes" in form)
    flask.flash("Saved. All of it stands under Notices, too.")
    return see("web.mail.show")


@blueprint.get("/unsubscribe/<token>")
def show_unsubscribing(token: str) -> flask.typing.ResponseReturnValue:
    """Changes nothing: mail programs open links by themselves."""
    _, what = wishes.read_link(current_parts(), token)
    return flask.render_template("accounts/unsubscribe.html", topic=stop_words(what), is_stopped=False)


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> flask.typing.ResponseReturnValue:
    """Also what a mail program sends by itself when its key is pressed (RFC 8058), wherever it is, without a cookie."""
    undoes = "undo" in flask.request.form
    change = wishes.undo_by_link if undoes else wishes.stop_by_link
    what = change(current_parts(), token)
    return flask.render_template("accounts/unsubscribe.html", topic=stop_words(what), is_stopped=not undoes)


@blueprint.get("/dev/mail")
def list_kept() -> flask.typing.ResponseReturnValue:
    _require_this_machine()
    letters = kept.list_kept(current_parts())
    return flask.render_template("dev/mail.html", letters=letters)


@blueprint.get("/dev/mail/<letter_id>")
def show_kept(letter_id: str) -> flask.typing.ResponseReturnValue:
    _require_this_machine()
    return flask.render_template("dev/letter.html", letter=kept.read_kept(current_parts(), letter_id))


@blueprint.get("/dev/mail/<letter_id>/html")
def show_kept_html(letter_id: str) -> flask.typing.ResponseReturnValue:
    """For a frame: nothing in it runs, and its links open in the whole window."""
    _require_this_machine()
    letter = kept.read_kept(current_parts(), letter_id)
    response = flask.make_response(letter.html.replace("<head>", '<head><base target="_top">', 1))
    response.headers["Content-Security-Policy"] = _LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _require_this_machine() -> None:
    """Whoever reads this mail has every account: it is there for who sits at the machine, by its own names alone, so
    that no page elsewhere reads it through a name that leads here, and nobody through a proxy or a tunnel that ends
    here. Raises NotFound.
    """
    request = flask.request
    named = urlsplit(request.host_url).hostname or ""
    is_here = _is_loopback(request.remote_addr or "") and (named == "localhost" or _is_loopback(named))
    if current_parts().settings.is_production or not is_here or any(name in request.headers for name in _PASSED_ON):
        raise NotFound("This page is for development, on the machine itself.")


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False
