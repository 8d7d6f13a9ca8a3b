"""Webhooks and Discord channels in the settings: adding, testing, the log, sending again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.errors import Invalid, PreconditionFailed
from remixhub.domain.hooks.words import EVENT_WORDS, EVENTS, EventKind, HookKind, HookScope
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.idempotency import mark_answer_secret
from remixhub.outbound.targets import LONGEST
from remixhub.services.hooks import hooks, log, resting
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
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("hooks", __name__, url_prefix="/settings/hooks")

_OF_LABEL = "label:"
_SINCE = {"1": "a day", "7": "a week", "30": "30 days"}


@blueprint.before_request
def require_account() -> None:
    require_sign_in()


@blueprint.get("")
def list_own() -> flask.typing.ResponseReturnValue:
    return _list_page({})


@blueprint.post("")
def create() -> flask.typing.ResponseReturnValue:
    """Answers the page itself and no redirect where there is a secret: it is shown this once."""
    chosen = flask.request.form.getlist("events")
    values = {**flask.request.form.to_dict(), "events": chosen}
    try:
        scope, label = _scope_of(typed("whose"))
        gathered = Gathered()
        name = gathered.read(lambda: checked("name", at_least=1, at_most=80), "")
        address = gathered.read(lambda: checked("address", at_least=1, at_most=LONGEST), "")
        kind = gathered.read(lambda: typed_word(HookKind, "kind"), HookKind.WEBHOOK)
        events = gathered.read(lambda: _chosen_events(chosen), [])
        gathered.require_none()
        seen, secret = hooks.create_hook(
            current_actor(), current_parts(), name=name, address=address, events=events, kind=kind, scope=scope,
            label=label,
        )  # fmt: skip
    except FORM_ERRORS as error:
        return refused(_list_page(values, faults_of(error)), error)
    if secret is None:
        flask.flash(f"“{seen.hook.name}” is added. Send a test to see whether it arrives.")
        return see("web.hooks.show", hook_id=seen.hook.id)
    mark_answer_secret()
    return _list_page({}, shown={"hook": seen.hook, "secret": secret})


@blueprint.get("/<hook_id>")
def show(hook_id: str) -> flask.typing.ResponseReturnValue:
    return _page(hook_id)


@blueprint.post("/<hook_id>")
def edit(hook_id: str) -> flask.typing.ResponseReturnValue:
    chosen = flask.request.form.getlist("events")
    values: dict[str, Any] = {**flask.request.form.to_dict(), "events": chosen}
    try:
        gathered = Gathered()
        changes: dict[str, Any] = {
            "name": gathered.read(lambda: checked("name", at_least=1, at_most=80), ""),
            "events": gathered.read(lambda: _chosen_events(chosen), []),
        }
        if typed("address"):
            changes["address"] = gathered.read(lambda: checked("address", at_most=LONGEST), "")
        gathered.require_none()
        hooks.edit_hook(current_actor(), current_parts(), hook_id, changes, revision=typed_whole("revision"))
    except FORM_ERRORS as error:
        if isinstance(error, PreconditionFailed):  # told of it, saving once more is deliberate
            values["revision"] = str(error.context["revision"])
        return refused(_page(hook_id, values, faults_of(error)), error)
    flask.flash("Saved.")
    return see("web.hooks.show", hook_id=hook_id)


@blueprint.post("/<hook_id>/turn")
def turn(hook_id: str) -> flask.typing.ResponseReturnValue:
    is_active = typed("to") == "on"
    revision = typed_whole("revision")
    try:
        hooks.edit_hook(current_actor(), current_parts(), hook_id, {"is_active": is_active}, revision=revision)
    except PreconditionFailed as error:
        return refused(_page(hook_id, faults=faults_of(error)), error)
    flask.flash("It is on. What failed meanwhile can be sent again below." if is_active else "It is off.")
    return see("web.hooks.show", hook_id=hook_id)


@blueprint.post("/<hook_id>/takeover")
def take_over(hook_id: str) -> flask.typing.ResponseReturnValue:
    resting.take_over(current_actor(), current_parts(), hook_id)
    flask.flash("It is yours to answer for now. What waited is on its way.")
    return see("web.hooks.show", hook_id=hook_id)


@blueprint.post("/<hook_id>/test")
def send_test(hook_id: str) -> flask.typing.ResponseReturnValue:
    try:
        log.send_test(current_actor(), current_parts(), hook_id)
    except FORM_ERRORS as error:
        return refused(_page(hook_id, faults=faults_of(error)), error)
    flask.flash("The test is on its way. What becomes of it stands in the log.")
    return see("web.hooks.show", "log", hook_id=hook_id)


@blueprint.post("/<hook_id>/deliveries/<delivery_id>/resend")
def resend(hook_id: str, delivery_id: str) -> flask.typing.ResponseReturnValue:
    try:
        log.resend(current_actor(), current_parts(), hook_id, delivery_id)
    except FORM_ERRORS as error:
        return refused(_page(hook_id, faults=faults_of(error)), error)
    flask.flash("It is on its way again.")
    return see("web.hooks.show", "log", hook_id=hook_id)


@blueprint.post("/<hook_id>/resend-failed")
def resend_failed(hook_id: str) -> flask.typing.ResponseReturnValue:
    days = typed("days") if typed("days") in _SINCE else "30"
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=int(days))
    try:
        count = log.resend_failed(current_actor(), current_parts(), hook_id, since=since)
    except FORM_ERRORS as error:
        return refused(_page(hook_id, faults=faults_of(error)), error)
    flask.flash(f"{count} on their way again." if count != 1 else "One is on its way again.")
    return see("web.hooks.show", "log", hook_id=hook_id)


@blueprint.post("/<hook_id>/secret")
def renew_secret(hook_id: str) -> flask.typing.ResponseReturnValue:
    """Answers the page itself: the secret is shown this once."""
    try:
        _, secret = hooks.renew_secret(current_actor(), current_parts(), hook_id)
    except FORM_ERRORS as error:
        return refused(_page(hook_id, faults=faults_of(error)), error)
    mark_answer_secret()
    return _page(hook_id, secret=secret)


@blueprint.post("/<hook_id>/delete")
def delete(hook_id: str) -> flask.typing.ResponseReturnValue:
    hooks.delete_hook(current_actor(), current_parts(), hook_id)
    flask.flash("It is deleted.")
    return see("web.hooks.list_own")


def _list_page(values: Mapping[str, Any], faults: Faults = NO_FAULTS, *, shown: Mapping[str, Any] | None = None) -> str:
    page = hooks.view_hooks(current_actor(), current_parts())
    whose = [("", "My own works"), *((f"{_OF_LABEL}{handle}", f"The label {name}") for handle, name in page.labels)]
    if current_actor().is_operator:
        whose.append((HookScope.HUB.value, "Everything on this hub"))
    asked = flask.request.values.get("whose", "")
    asked = asked if asked in dict(whose) else ""
    scope, _ = _scope_of(asked)
    return flask.render_template(
        "accounts/settings/hooks.html", hooks=page.hooks, whose=whose, asked=asked, shown=shown, faults=faults,
        values={"kind": HookKind.WEBHOOK.value, "events": EVENTS[scope], **values}, events=_in_words(scope),
    )  # fmt: skip


def _page(
    hook_id: str, values: Mapping[str, Any] | None = None, faults: Faults = NO_FAULTS, *, secret: str = ""
) -> str:
    listing = f"page:hook:{hook_id}"
    page = log.view_hook(current_actor(), current_parts(), hook_id, after=asked_position(listing), limit=LINES_LIMIT)
    hook = page.seen.hook
    own = {"name": hook.name, "events": hook.events, "revision": str(hook.revision)}
    if hook.kind is HookKind.WEBHOOK:
        own["address"] = hook.address
    return flask.render_template(
        "accounts/settings/hook.html", hook=hook, seen=page.seen, label=page.seen.label,
        deliveries=page.deliveries.rows,
        next_cursor=next_cursor(page.deliveries, listing), events=_in_words(hook.scope), values=values or own,
        faults=faults, secret=secret, since=_SINCE.items(),
    )  # fmt: skip


def _in_words(scope: HookScope) -> list[tuple[str, str]]:
    return [(kind.value, EVENT_WORDS[kind]) for kind in EVENTS[scope]]


def _scope_of(whose: str) -> tuple[HookScope, str | None]:
    """And the label's handle."""
    if whose.startswith(_OF_LABEL):
        return HookScope.LABEL, whose.removeprefix(_OF_LABEL)
    return (HookScope.HUB if whose == HookScope.HUB else HookScope.ACCOUNT), None


def _chosen_events(words: list[str]) -> list[EventKind]:
    if not words:
        raise Invalid("Choose what it is told of.", violations={"/events": ["Choose at least one."]})
    try:
        return [EventKind(word) for word in words]
    except ValueError as exc:
        raise Invalid("Choose from the list.", violations={"/events": ["Choose from the list."]}) from exc
