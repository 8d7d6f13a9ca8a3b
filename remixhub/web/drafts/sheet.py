"""The sheet of a remix that is made of a mix: all that becomes public at a glance, and one key that publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.states import WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.remixes import from_mixes
from remixhub.services.remixes.from_mixes import Sheet
from remixhub.web.drafts.page import checks_of, licence_choices
from remixhub.web.drafts.typed import read_licence
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, Gathered, checked, faults_of, refused
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("sheets", __name__)


@blueprint.post("/mixes/<mix_id>/remix")
def begin(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    work_id = from_mixes.begin_from_mix(current_actor(), current_parts(), mix_id)
    return see("web.sheets.show", work_id=work_id)


@blueprint.get("/works/<work_id>/sheet")
def show(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    sheet = from_mixes.view_sheet(current_actor(), current_parts(), work_id)
    return _page(sheet) if sheet.draft.work.state is WorkState.DRAFT else see("web.works.show", work_id=work_id)


@blueprint.post("/works/<work_id>/sheet")
def publish(work_id: str) -> flask.typing.ResponseReturnValue:
    actor, parts = current_actor(), current_parts()
    try:
        gathered = Gathered()
        title = gathered.read(lambda: checked("title", at_least=1, at_most=200), "")
        licence = gathered.read(read_licence, None)
        gathered.require_none()
        assert licence is not None
        from_mixes.publish_as(actor, parts, work_id, title=title, licence=licence)
    except FORM_ERRORS as error:
        return refused(_page(from_mixes.view_sheet(actor, parts, work_id), flask.request.form, faults_of(error)), error)
    flask.flash("Published. Everybody can hear and remix it now.")
    return see("web.works.show", work_id=work_id)


def _page(sheet: Sheet, typed: Mapping[str, Any] | None = None, faults: Faults = NO_FAULTS) -> str:
    work = sheet.draft.work
    choices = licence_choices((), frozenset(sheet.verdict.allowed), work.licence)
    checks = checks_of(sheet.draft)
    return flask.render_template(
        "drafts/sheet.html",
        sheet=sheet,
        work=work,
        whole=sheet.draft.whole,
        licences=[choice.licence for choice in choices if choice.allowed],
        checks=checks,
        is_ready=all(check.done for check in checks),
        values={"title": work.title, "licence": work.licence, **(typed or {})},
        faults=faults,
        delayed=sheet.draft.delay,
    )
