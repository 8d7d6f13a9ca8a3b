"""Reporting a work; the moderators' queue, the reach of a takedown, the takedown itself and its appeals."""

from __future__ import annotations

from collections.abc import Mapping

import flask

from remixhub.domain.errors import Invalid
from remixhub.domain.moderation import IN_FORCE, ReportReason, ReportState, TakedownState, may_appeal, states_before
from remixhub.domain.states import WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.moderation import reports, takedowns
from remixhub.services.moderation.queue import view_queue
from remixhub.services.moderation.reach import get_reach
from remixhub.services.works import works
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed, typed_word
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("moderation", __name__)

_REACH_LIMIT = 200
_NOTE_LENGTH = 2_000
_APPEAL_LENGTH = 4_000
_REASONS = [
    (ReportReason.INFRINGEMENT, "It uses something without permission"),
    (ReportReason.MISSING_CREDIT, "Somebody is not credited"),
    (ReportReason.WRONG_LICENCE, "It is under a licence it cannot have"),
    (ReportReason.OFFENSIVE, "It is offensive"),
]


@blueprint.get("/works/<work_id>/report")
def report(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _report_page(work_id, {})


@blueprint.post("/works/<work_id>/report")
def send_report(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        reason, note = typed_word(ReportReason, "reason"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
        reports.create_report(current_actor(), current_parts(), work_id=work_id, reason=reason, note=note)
    except FORM_ERRORS as error:
        return refused(_report_page(work_id, flask.request.form, faults_of(error)), error)
    flask.flash("Thank you. A moderator will look at it; the decision comes as a notice.")
    return see("web.works.show", work_id=work_id)


@blueprint.get("/collections/<collection_id>/report")
def report_collection(collection_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _collection_report_page(collection_id, {})


@blueprint.post("/collections/<collection_id>/report")
def send_collection_report(collection_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        reason, note = typed_word(ReportReason, "reason"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
        reports.report_collection(current_actor(), current_parts(), collection_id, reason=reason, note=note)
    except FORM_ERRORS as error:
        return refused(_collection_report_page(collection_id, flask.request.form, faults_of(error)), error)
    flask.flash("Thank you. A moderator will look at it; the decision comes as a notice.")
    return see("web.collections.show", collection_id=collection_id)


@blueprint.get("/moderation")
def queue() -> flask.typing.ResponseReturnValue:
    """Appeals and reports that wait; `?state=` shows the reports decided so."""
    require_sign_in()
    asked = flask.request.args.get("state")
    state = ReportState(asked) if asked in list(ReportState) else ReportState.OPEN
    listing = f"page:reports:{state}"
    found = view_queue(current_actor(), current_parts(), state, after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template(
        "moderation/queue.html",
        state=state,
        states=list(ReportState),
        reports=found.reports.rows,
        next_cursor=next_cursor(found.reports, listing),
        appealed=found.appealed,
        suspended=found.suspended,
    )


@blueprint.post("/moderation/reports/<report_id>/decision")
def decide_report(report_id: str) -> flask.typing.ResponseReturnValue:
    outcome, note = typed_word(ReportState, "outcome"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
    if outcome is ReportState.OPEN:
        raise Invalid("Uphold or dismiss it.")
    reports.decide_report(current_actor(), current_parts(), report_id, outcome=outcome, note=note)
    flask.flash(f"The report is {outcome.value}.")
    return see("web.moderation.queue")


@blueprint.get("/moderation/works/<work_id>")
def reach(work_id: str) -> flask.typing.ResponseReturnValue:
    """What a takedown would reach, with what it should take to be ticked."""
    require_sign_in()
    values = {"report_id": flask.request.args.get("report", ""), "reason": flask.request.args.get("reason", "")}
    return _reach_page(work_id, values, [work_id])


@blueprint.post("/moderation/works/<work_id>")
def take_down(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    chosen = flask.request.form.getlist("work_ids")
    try:
        takedown, _ = takedowns.take_down(
            current_actor(),
            current_parts(),
            work_ids=chosen,
            reason=typed_word(ReportReason, "reason"),
            note=checked("note", at_most=_NOTE_LENGTH, multiline=True),
            report_id=typed("report_id") or None,
        )
    except FORM_ERRORS as error:
        return refused(_reach_page(work_id, flask.request.form, chosen, faults_of(error)), error)
    return see("web.moderation.show_takedown", takedown_id=takedown.id)


@blueprint.get("/moderation/takedowns")
def list_takedowns() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    listing = "page:takedowns"
    position = asked_position(listing)
    page = takedowns.list_takedowns(current_actor(), current_parts(), after=position, limit=LINES_LIMIT)
    return flask.render_template(
        "moderation/takedowns.html", takedowns=page.rows, next_cursor=next_cursor(page, listing)
    )


@blueprint.get("/takedowns/<takedown_id>")
def show_takedown(takedown_id: str) -> flask.typing.ResponseReturnValue:
    """To artists their own works and appeal, to moderators everything."""
    require_sign_in()
    return _takedown_page(takedown_id)


@blueprint.post("/takedowns/<takedown_id>/appeal")
def appeal(takedown_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        note = checked("note", at_least=1, at_most=_APPEAL_LENGTH, multiline=True)
        takedowns.appeal(current_actor(), current_parts(), takedown_id, note=note)
    except FORM_ERRORS as error:
        return refused(_takedown_page(takedown_id, flask.request.form, faults_of(error)), error)
    flask.flash("Your appeal is sent. The decision comes as a notice.")
    return see("web.moderation.show_takedown", takedown_id=takedown_id)


@blueprint.post("/takedowns/<takedown_id>/decision")
def decide_takedown(takedown_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        outcome, note = typed_word(TakedownState, "outcome"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
        takedowns.decide_takedown(current_actor(), current_parts(), takedown_id, outcome=outcome, note=note)
    except FORM_ERRORS as error:
        return refused(_takedown_page(takedown_id, flask.request.form, faults_of(error)), error)
    flask.flash("The takedown is lifted." if outcome is TakedownState.RESTORED else "The takedown stays.")
    return see("web.moderation.show_takedown", takedown_id=takedown_id)


def _report_page(work_id: str, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    work = works.get_work(current_actor(), current_parts(), work_id)
    return flask.render_template(
        "moderation/report.html", work=work, reasons=_REASONS, values=values, faults=faults,
        is_reportable=work.state is WorkState.PUBLISHED, note_length=_NOTE_LENGTH,
    )  # fmt: skip


def _collection_report_page(collection_id: str, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template(
        "collections/report.html",
        collection=reports.get_collection(current_actor(), current_parts(), collection_id), reasons=_REASONS,
        values=values, faults=faults, note_length=_NOTE_LENGTH,
    )  # fmt: skip


def _reach_page(work_id: str, values: Mapping[str, str], chosen: list[str], faults: Faults = NO_FAULTS) -> str:
    found = get_reach(current_actor(), current_parts(), work_id, limit=_REACH_LIMIT)
    by_kind = {one.kind.value: one for one in found.affected}
    return flask.render_template(
        "moderation/reach.html", work=found.work, reached=by_kind, reasons=_REASONS, chosen=chosen, values=values,
        faults=faults, note_length=_NOTE_LENGTH,
    )  # fmt: skip


def _takedown_page(takedown_id: str, values: Mapping[str, str] | None = None, faults: Faults = NO_FAULTS) -> str:
    actor = current_actor()
    takedown = takedowns.get_takedown(actor, current_parts(), takedown_id)
    own = [named for named in takedown.works if named.work.account_id == actor.account_id]
    own_appeal = [one for one in takedown.appeals if one.account_id == actor.account_id]
    return flask.render_template(
        "moderation/takedown.html",
        takedown=takedown,
        is_in_force=takedown.state in IN_FORCE,
        named=takedown.works if actor.is_operator else own,
        appeals=takedown.appeals if actor.is_operator else own_appeal,
        may_appeal=may_appeal(takedown.state, owns_a_work=bool(own), has_appealed=bool(own_appeal)),
        may_keep=actor.is_operator and takedown.state in states_before(TakedownState.KEPT),
        may_restore=actor.is_operator and takedown.state in states_before(TakedownState.RESTORED),
        values=values or {},
        faults=faults,
        note_length=_NOTE_LENGTH,
        appeal_length=_APPEAL_LENGTH,
    )
