"""Leave of artists: the question from where a licence stands in the way, its answer, and one's own lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.permissions import WORDS_LIMIT, PermissionAct, PermissionScope
from remixhub.domain.licences.terms import OFFERED, Element, Licence, terms_of
from remixhub.domain.licences.words import LicenceUnknown, licence_named
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes import answering, asking, prospects
from remixhub.services.remixes.answering import Answer
from remixhub.services.remixes.asking import PermissionRole, Question
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed, typed_word
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("permissions", __name__)


@blueprint.get("/works/<work_id>/leave")
def start(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _question_page(work_id, flask.request.args, NO_FAULTS)


@blueprint.post("/works/<work_id>/leave")
def ask(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        question = Question(
            work_id,
            _typed_licence(),
            source_id=typed("source") or None,
            remix_id=typed("remix") or None,
            remix_title=None if typed("remix") else checked("title", at_least=1, at_most=200),
            note=checked("note", at_most=WORDS_LIMIT, multiline=True),
        )
        permission = asking.ask(current_actor(), current_parts(), question)
    except FORM_ERRORS as error:
        return refused(_question_page(work_id, flask.request.form, faults_of(error)), error)
    flask.flash("Your question is with the artist.")
    return see("web.permissions.show", permission_id=permission.id)


@blueprint.get("/works/<work_id>/in-the-way")
def in_the_way(work_id: str) -> flask.typing.ResponseReturnValue:
    """Whose leave a draft would need to be published under a licence."""
    require_sign_in()
    licence = _asked_licence(flask.request.args.get("licence", ""))
    if licence is None:
        return see("web.drafts.edit", "about", work_id=work_id)
    remix, found = prospects.works_in_the_way(current_actor(), current_parts(), work_id, licence)
    return flask.render_template("remixes/permissions/in_the_way.html", remix=remix, licence=licence, ways=found)


@blueprint.get("/my/permissions")
def list_own() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    role = PermissionRole.ASKER if flask.request.args.get("role") == PermissionRole.ASKER else PermissionRole.ARTIST
    listing = f"page:permissions:{role}"
    page = asking.list_permissions(
        current_actor(), current_parts(), role=role, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "remixes/permissions/own.html", permissions=page.rows, role=role, next_cursor=next_cursor(page, listing)
    )


@blueprint.get("/permissions/<permission_id>")
def show(permission_id: str) -> flask.typing.ResponseReturnValue:
    return _page(permission_id, {}, NO_FAULTS)


@blueprint.post("/permissions/<permission_id>/answer")
def answer(permission_id: str) -> flask.typing.ResponseReturnValue:
    try:
        act = typed_word(PermissionAct, "answer")
        given = Answer(
            act,
            None if act is PermissionAct.DECLINE else _typed_licence(),
            scope=typed_word(PermissionScope, "scope", PermissionScope.REMIX),
            is_commercial=typed("money") == "yes",
            words=checked("words", at_most=WORDS_LIMIT, multiline=True),
        )
        answering.answer(current_actor(), current_parts(), permission_id, given)
    except FORM_ERRORS as error:
        return refused(_page(permission_id, flask.request.form, faults_of(error)), error)
    flask.flash("Your answer is sent.")
    return see("web.permissions.show", permission_id=permission_id)


@blueprint.post("/permissions/<permission_id>/withdraw")
def withdraw(permission_id: str) -> flask.typing.ResponseReturnValue:
    try:
        asking.withdraw_question(current_actor(), current_parts(), permission_id)
    except FORM_ERRORS as error:
        return refused(_page(permission_id, {}, faults_of(error)), error)
    flask.flash("Your question is taken back.")
    return see("web.permissions.list_own", role=PermissionRole.ASKER)


@blueprint.post("/permissions/<permission_id>/revoke")
def revoke(permission_id: str) -> flask.typing.ResponseReturnValue:
    try:
        answering.revoke(current_actor(), current_parts(), permission_id)
    except FORM_ERRORS as error:
        return refused(_page(permission_id, {}, faults_of(error)), error)
    flask.flash("The permission is taken back.")
    return see("web.permissions.show", permission_id=permission_id)


def _page(permission_id: str, values: Mapping[str, Any], faults: Faults) -> str:
    permission = asking.get_permission(current_actor(), current_parts(), permission_id)
    present = permission.work.licence
    wants_money = Element.NC not in terms_of(permission.wanted).elements
    return flask.render_template(
        "remixes/permissions/show.html",
        permission=permission,
        offered=OFFERED,
        remixable=[one for one in OFFERED if terms_of(one).allows_remixes and one != present],
        money="yes" if wants_money else "no",
        words_limit=WORDS_LIMIT,
        values=values,
        faults=faults,
    )


def _question_page(work_id: str, values: Mapping[str, Any], faults: Faults) -> str:
    asked = prospects.view_question(
        current_actor(),
        current_parts(),
        work_id,
        source_id=values.get("source") or None,
        remix_id=values.get("remix") or None,
    )
    enough = [one.licence for one in asked.choices if one.is_enough]
    # not the freest: what is asked for first should be easy to give
    likely = [*([asked.remix.licence] if asked.remix else []), Licence.BY_NC, *enough]
    known = {"licence": next((one for one in likely if one in enough), ""), **values}
    return flask.render_template(
        "remixes/permissions/ask.html", asked=asked, values=known, words_limit=WORDS_LIMIT, faults=faults
    )


def _typed_licence() -> Licence:
    licence = _asked_licence(typed("licence"))
    if licence is None:
        raise Invalid("Choose a licence.", violations={"/licence": ["Choose a licence."]})
    return licence


def _asked_licence(text: str) -> Licence | None:
    try:
        return licence_named(text)
    except LicenceUnknown:
        return None
