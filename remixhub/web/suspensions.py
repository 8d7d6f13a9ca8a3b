"""Suspending an account; the suspension itself, its appeal and what comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.moderation import (
    ReportReason,
    SuspensionReason,
    SuspensionState,
    may_appeal_suspension,
    suspension_states_before,
)
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.moderation import suspensions
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

blueprint = flask.Blueprint("suspensions", __name__)

_NOTE_LENGTH = 2_000
_APPEAL_LENGTH = 4_000
_DAYS_LIMIT = 3_650
_REASONS = [
    (SuspensionReason.INFRINGEMENT, "It keeps publishing what infringes somebody's rights"),
    (SuspensionReason.HARASSMENT, "It harasses somebody"),
    (SuspensionReason.SPAM, "It is used for spam"),
    (SuspensionReason.IMPERSONATION, "It pretends to be somebody else"),
    (SuspensionReason.UNFAIR_CONTEST, "It is used to sway a contest"),
    (SuspensionReason.TAKEN_OVER, "Somebody else seems to be using it"),
    (SuspensionReason.RULES, "It breaks the rules of this hub"),
]
_WORKS_REASONS = [
    ("", "They stay as they are"),
    (ReportReason.INFRINGEMENT, "Take them down: they use something without permission"),
    (ReportReason.MISSING_CREDIT, "Take them down: somebody is not credited"),
    (ReportReason.WRONG_LICENCE, "Take them down: their licences cannot be so"),
    (ReportReason.OFFENSIVE, "Take them down: they are offensive"),
]


@blueprint.get("/moderation/suspensions")
def list_all() -> flask.typing.ResponseReturnValue:
    """`?state=` shows those in one state."""
    require_sign_in()
    asked = flask.request.args.get("state")
    state = SuspensionState(asked) if asked in list(SuspensionState) else None
    listing = f"page:suspensions:{state}"
    page = suspensions.list_suspensions(
        current_actor(), current_parts(), state=state, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "moderation/suspensions.html", suspensions=page.rows, state=state, states=list(SuspensionState),
        next_cursor=next_cursor(page, listing), moment=dt.datetime.now(dt.UTC),
    )  # fmt: skip


@blueprint.get("/moderation/accounts/<handle>")
def account(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _account_page(handle, {})


@blueprint.post("/moderation/accounts/<handle>")
def suspend(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        gathered = Gathered()
        reason = gathered.read(lambda: typed_word(SuspensionReason, "reason"), SuspensionReason.RULES)
        note = gathered.read(lambda: checked("note", at_most=_NOTE_LENGTH, multiline=True), "")
        days = gathered.read(_typed_days, None)
        works = gathered.read(lambda: typed_word(ReportReason, "works") if typed("works") else None, None)
        gathered.require_none()
        ends_at = dt.datetime.now(dt.UTC) + dt.timedelta(days=days) if days else None
        made = suspensions.suspend(
            current_actor(), current_parts(), handle=handle, reason=reason, note=note, ends_at=ends_at,
            take_down_works=works,
        )  # fmt: skip
    except FORM_ERRORS as error:
        return refused(_account_page(handle, flask.request.form, faults_of(error)), error)
    flask.flash(f"@{made.account.handle} is suspended.")
    return see("web.suspensions.show", suspension_id=made.id)


@blueprint.get("/suspensions/<suspension_id>")
def show(suspension_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _page(suspension_id)


@blueprint.post("/suspensions/<suspension_id>/appeal")
def appeal(suspension_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        note = checked("note", at_least=1, at_most=_APPEAL_LENGTH, multiline=True)
        suspensions.appeal(current_actor(), current_parts(), suspension_id, note=note)
    except FORM_ERRORS as error:
        return refused(_page(suspension_id, flask.request.form, faults_of(error)), error)
    flask.flash("Your appeal is sent. The decision comes as a notice.")
    return see("web.suspensions.show", suspension_id=suspension_id)


@blueprint.post("/suspensions/<suspension_id>/decision")
def decide(suspension_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        outcome, note = typed_word(SuspensionState, "outcome"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
        suspensions.decide_suspension(current_actor(), current_parts(), suspension_id, outcome=outcome, note=note)
    except FORM_ERRORS as error:
        return refused(_page(suspension_id, flask.request.form, faults_of(error)), error)
    flask.flash("The suspension is lifted." if outcome is SuspensionState.LIFTED else "The suspension stays.")
    return see("web.suspensions.show", suspension_id=suspension_id)


def _typed_days() -> int | None:
    """None: until it is lifted."""
    if not typed("days"):
        return None
    days = typed_whole("days", at_most=_DAYS_LIMIT)
    if days == 0:
        raise Invalid("A whole number is needed here.", violations={"/days": ["At least one day, or nothing."]})
    return days


def _account_page(handle: str, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    found = suspensions.view_account(current_actor(), current_parts(), handle)
    return flask.render_template(
        "moderation/account.html", account=found.account, works_count=found.works_count, labels=found.labels,
        suspensions=found.suspensions, standing=found.standing, moment=dt.datetime.now(dt.UTC), reasons=_REASONS,
        works_reasons=_WORKS_REASONS, values=values, faults=faults, note_length=_NOTE_LENGTH,
    )  # fmt: skip


def _page(suspension_id: str, values: Mapping[str, str] | None = None, faults: Faults = NO_FAULTS) -> str:
    actor = current_actor()
    one = suspensions.get_suspension(actor, current_parts(), suspension_id)
    has_ended = one.ends_at is not None and one.ends_at <= dt.datetime.now(dt.UTC)
    is_over = one.state is SuspensionState.LIFTED or has_ended
    is_own = one.account_id == actor.account_id
    return flask.render_template(
        "moderation/suspension.html",
        suspension=one,
        is_over=is_over,
        may_appeal=is_own and may_appeal_suspension(is_over=is_over, has_appealed=one.appealed_at is not None),
        may_keep=actor.is_operator and not is_over and one.state in suspension_states_before(SuspensionState.KEPT),
        may_lift=actor.is_operator and not is_over,
        values=values or {},
        faults=faults,
        note_length=_NOTE_LENGTH,
        appeal_length=_APPEAL_LENGTH,
    )
