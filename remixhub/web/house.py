"""The hub as a house: imprint and rules for everybody, its facts for operators, invitations for who may invite."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.access import require_operator
from remixhub.domain.errors import NotFound, PreconditionFailed
from remixhub.domain.house import (
    CONTACT_LENGTH,
    IMPRINT_LENGTH,
    INVITATIONS_EACH,
    NAME_LENGTH,
    RULES_LENGTH,
    SignUp,
)
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.models import House
from remixhub.services.house import furnishing, invitations
from remixhub.services.house import rules as house_rules
from remixhub.services.house.reading import house
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    Gathered,
    checked,
    faults_of,
    refused,
    typed,
    typed_whole,
    typed_word,
)
from remixhub.web.pages import LINES_LIMIT, asked_position, local_address, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("house", __name__)

_LENGTHS = {"name": NAME_LENGTH, "contact": CONTACT_LENGTH, "imprint": IMPRINT_LENGTH, "rules": RULES_LENGTH}
_SWITCHES = ("operators_need_second_factor", "label_owners_need_second_factor")


@blueprint.get("/rules")
def rules() -> flask.typing.ResponseReturnValue:
    return _text_page("Rules", house(current_parts()).rules, "What holds at {}, for everybody who signs up.")


@blueprint.get("/imprint")
def imprint() -> flask.typing.ResponseReturnValue:
    return _text_page("Imprint", house(current_parts()).imprint, "Who runs {}, and where they can be reached.")


@blueprint.post("/rules")
def read_rules() -> flask.typing.ResponseReturnValue:
    """They were read: the note that they have changed goes."""
    require_sign_in()
    house_rules.accept_rules(current_actor(), current_parts(), typed_whole("rules_revision"))
    return flask.redirect(local_address(typed("next"), flask.url_for("web.home.show")), 303)


@blueprint.get("/house")
def show() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _house_page(_values_of(furnishing.get_house(current_parts())))


@blueprint.post("/house")
def save() -> flask.typing.ResponseReturnValue:
    """Kept, or with `preview` shown as it would be."""
    require_sign_in()
    try:
        changes, revision = _typed_house(), typed_whole("revision")
        if typed("preview"):
            return _house_page(flask.request.form, preview=True)
        furnishing.furnish(current_actor(), current_parts(), changes, revision=revision)
    except FORM_ERRORS as error:
        values = dict(flask.request.form)
        if isinstance(error, PreconditionFailed):  # told of it, saving once more is deliberate
            values["revision"] = str(furnishing.get_house(current_parts()).revision)
        return refused(_house_page(values, faults_of(error)), error)
    flask.flash("The house is changed.")
    return see("web.house.show")


@blueprint.get("/invitations")
def list_invitations() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _invitations_page({"uses": "1", "days": str(invitations.DEFAULT_DAYS)})


@blueprint.post("/invitations")
def invite() -> flask.typing.ResponseReturnValue:
    """Answers the page itself and no redirect: the link is shown this once and stored nowhere."""
    require_sign_in()
    try:
        gathered = Gathered()
        uses = gathered.read(lambda: typed_whole("uses"), 1)
        days = gathered.read(lambda: typed_whole("days"), 1)
        note = gathered.read(lambda: checked("note", at_most=200), "")
        gathered.require_none()
        _, token = invitations.invite(current_actor(), current_parts(), uses=uses, days=days, note=note)
    except FORM_ERRORS as error:
        return refused(_invitations_page(flask.request.form, faults_of(error)), error)
    mark_answer_secret()
    link = current_parts().addresses.invitation(token)
    return _invitations_page({"uses": "1", "days": str(invitations.DEFAULT_DAYS)}, link=link)


@blueprint.post("/invitations/<invitation_id>/revoke")
def revoke_invitation(invitation_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    invitations.revoke_invitation(current_actor(), current_parts(), invitation_id)
    flask.flash("The invitation is taken back. Who came by it stays.")
    return see("web.house.list_invitations")


def _text_page(title: str, text: str, description: str) -> str:
    if not text:
        raise NotFound("This hub has not written one.", what=title.lower())
    about = description.format(house(current_parts()).name)
    return flask.render_template("house/text.html", title=title, text=text, description=about)


def _typed_house() -> dict[str, Any]:
    """The form has all fields, so an empty one is meant."""
    gathered = Gathered()
    changes = {
        "name": gathered.read(lambda: checked("name", at_least=1, at_most=NAME_LENGTH), ""),
        "contact": gathered.read(lambda: checked("contact", at_most=CONTACT_LENGTH), ""),
        "imprint": gathered.read(lambda: checked("imprint", at_most=IMPRINT_LENGTH, multiline=True), ""),
        "rules": gathered.read(lambda: checked("rules", at_most=RULES_LENGTH, multiline=True), ""),
        "sign_up": gathered.read(lambda: typed_word(SignUp, "sign_up"), SignUp.OPEN),
        "invitations_each": gathered.read(lambda: typed_whole("invitations_each", at_most=INVITATIONS_EACH), 0),
        **{name: bool(typed(name)) for name in _SWITCHES},
    }
    gathered.require_none()
    return changes


def _values_of(found: House) -> dict[str, str]:
    names = (*_LENGTHS, "sign_up", "invitations_each", "revision")
    switches = {name: "yes" if getattr(found, name) else "" for name in _SWITCHES}
    return {name: str(getattr(found, name)) for name in names} | switches


def _house_page(values: Mapping[str, str], faults: Faults = NO_FAULTS, *, preview: bool = False) -> str:
    require_operator(current_actor())
    return flask.render_template(
        "house/house.html", values=values, faults=faults, preview=preview, lengths=_LENGTHS, most=INVITATIONS_EACH
    )


def _invitations_page(values: Mapping[str, str], faults: Faults = NO_FAULTS, *, link: str = "") -> str:
    listing = "page:invitations"
    found = invitations.view_invitations(
        current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "house/invitations.html", invitations=found.page.rows, next_cursor=next_cursor(found.page, listing),
        left=found.left, moment=dt.datetime.now(dt.UTC), values=values, faults=faults, link=link,
    )  # fmt: skip
