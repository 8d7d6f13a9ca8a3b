"""Labels as pages: founding one, its public page, members and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.accounts import clean_handle
from remixhub.domain.contests.labels import HOSTS, LabelRole, checked_time_zone
from remixhub.domain.contests.phases import Phase
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.services.contests import label_page, labels
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
)
from remixhub.web.pages import CARDS_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("labels", __name__)

_GOING = (Phase.ANNOUNCED, Phase.OPEN, Phase.VOTING, Phase.JUDGING, Phase.VOTING_AND_JUDGING)


@blueprint.get("/my/labels")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    own = labels.list_labels_of(current_actor(), current_parts())
    return flask.render_template("contests/labels/own.html", own=own, hosts=HOSTS)


@blueprint.get("/labels/new")
def start() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _form({"time_zone": "UTC"})


@blueprint.post("/labels/new")
def create() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        gathered = Gathered()
        facts = _typed_facts(gathered)
        handle = gathered.read(lambda: clean_handle(checked("handle", at_least=1, at_most=40)), "")
        gathered.require_none()
        label = labels.create_label(current_actor(), current_parts(), handle=handle, **facts)
    except FORM_ERRORS as error:
        return refused(_form(flask.request.form, faults_of(error)), error)
    flask.flash("The label is founded. Invite others, or draft a contest.")
    return see("web.labels.show", label=label.handle)


@blueprint.get("/labels/<label>")
def show(label: str) -> flask.typing.ResponseReturnValue:
    return _page(label)


@blueprint.get("/labels/<label>/settings")
def settings(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _settings_page(label)


@blueprint.post("/labels/<label>/settings")
def change(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        gathered = Gathered()
        changes = _typed_facts(gathered)
        gathered.require_none()
        labels.edit_label(current_actor(), current_parts(), label, changes, revision=typed_whole("seen"))
    except FORM_ERRORS as error:
        return refused(_settings_page(label, flask.request.form, faults_of(error)), error)
    flask.flash("The label is changed.")
    return see("web.labels.show", label=label)


@blueprint.post("/labels/<label>/invitations")
def invite(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    role = LabelRole(typed("role")) if typed("role") in list(LabelRole) else LabelRole.JUDGE
    try:
        _, token = labels.invite(current_actor(), current_parts(), label, role)
    except FORM_ERRORS as error:
        return refused(_page(label, faults_of(error)), error)
    mark_answer_secret()
    return _page(label, invitation=current_parts().addresses.label_invitation(token))


@blueprint.post("/labels/<label>/releases")
def add_release(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        labels.add_release(current_actor(), current_parts(), label, typed("release"))
    except FORM_ERRORS as error:
        return refused(_page(label, faults_of(error)), error)
    flask.flash("The release is among the label's now.")
    return see("web.labels.show", label=label)


@blueprint.post("/labels/<label>/members/<account_id>")
def change_member(label: str, account_id: str) -> flask.typing.ResponseReturnValue:
    """Another role, or none."""
    require_sign_in()
    role = LabelRole(typed("role")) if typed("role") in list(LabelRole) else None
    try:
        labels.set_role(current_actor(), current_parts(), label, account_id, role, revision=typed_whole("seen"))
    except FORM_ERRORS as error:
        return refused(_page(label, faults_of(error)), error)
    flask.flash("The members are changed.")
    return see("web.labels.show", label=label)


@blueprint.get("/label-invitations/<token>")
def invitation(token: str) -> flask.typing.ResponseReturnValue:
    found = labels.find_invitation(current_actor(), current_parts(), token)
    return flask.render_template("contests/labels/invitation.html", invitation=found, token=token)


@blueprint.post("/label-invitations/<token>")
def accept(token: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    label = labels.accept_invitation(current_actor(), current_parts(), token)
    flask.flash(f"You are a member of {label.name} now.")
    return see("web.labels.show", label=label.handle)


def _typed_facts(gathered: Gathered) -> dict[str, str]:
    zone = gathered.read(lambda: checked("time_zone", at_least=1, at_most=60), "UTC")
    gathered.read(lambda: checked_time_zone(zone), None)
    return {
        "name": gathered.read(lambda: checked("name", at_least=1, at_most=80), ""),
        "description": gathered.read(lambda: checked("description", at_most=10_000, multiline=True), ""),
        "time_zone": zone,
    }


def _settings_page(handle: str, values: Mapping[str, Any] | None = None, faults: Faults = NO_FAULTS) -> str:
    label = label_page.view_label_settings(current_actor(), current_parts(), handle)
    present = {"name": label.name, "description": label.description, "time_zone": label.time_zone}
    return flask.render_template(
        "contests/labels/settings.html",
        label=label,
        values=present if values is None else values,
        seen=label.revision if values is None or faults.code == "revision_outdated" else values.get("seen"),
        faults=faults,
    )


def _form(values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template("contests/labels/new.html", values=values, faults=faults)


def _page(handle: str, faults: Faults = NO_FAULTS, *, invitation: str | None = None) -> str:
    listing = f"page:label:{handle.lower()}"
    page = label_page.view_label_page(
        current_actor(), current_parts(), handle, after=asked_position(listing), limit=CARDS_LIMIT
    )
    return flask.render_template(
        "contests/labels/show.html",
        label=page.label,
        role=page.role,
        is_host=page.role in HOSTS,
        roles=list(LabelRole),
        works=page.releases.rows,
        next_cursor=next_cursor(page.releases, listing),
        going=[view for view in page.contests if view.phase in _GOING],
        others=[view for view in page.contests if view.phase not in _GOING],
        own_releases=page.own_releases,
        is_followed=page.is_followed,
        invitation=invitation,
        faults=faults,
    )
