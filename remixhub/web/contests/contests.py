"""Contests for everybody: the list, the brief, entering, the winners and the calendar."""

from __future__ import annotations

import datetime as dt
import itertools

import flask

from remixhub.domain.contests.labels import HOSTS
from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.steps import EntrantStep
from remixhub.domain.contests.terms import differences, in_plain_words
from remixhub.domain.filenames import attachment
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.contests import entries, feeds, reading, secret_remixers
from remixhub.services.contests.page import view_contest_page, view_result
from remixhub.services.contests.reading import ContestView, Showing
from remixhub.web.contests.drawing import drawn
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("contests", __name__, url_prefix="/contests")

PODIUM = 3


@blueprint.get("/")
def list_all() -> flask.typing.ResponseReturnValue:
    asked = flask.request.args.get("show")
    showing = Showing(asked) if asked in list(Showing) else None
    listing = f"page:contests {showing or ''}"
    page = reading.browse(
        current_actor(), current_parts(), showing=showing, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "contests/list.html", contests=page.rows, showing=showing, next_cursor=next_cursor(page, listing)
    )


@blueprint.get("/<contest_id>")
def show(contest_id: str) -> flask.typing.ResponseReturnValue:
    return _page(contest_id)


@blueprint.post("/<contest_id>/entries")
def enter(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        receipt = entries.submit(
            current_actor(),
            current_parts(),
            contest_id,
            typed("work"),
            note=checked("note", at_most=2_000, multiline=True),
            replaces=typed("replaces") or None,
        )
    except FORM_ERRORS as error:
        return refused(_page(contest_id, faults_of(error)), error)
    flask.flash(f"Counted. Your receipt is {receipt.sha256[:12]}…, kept on this page.")
    return see("web.contests.show", "entering", contest_id=contest_id)


@blueprint.post("/<contest_id>/entries/<entry_id>/withdrawal")
def take_back(contest_id: str, entry_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        entries.take_back(current_actor(), current_parts(), entry_id)
    except FORM_ERRORS as error:
        return refused(_page(contest_id, faults_of(error)), error)
    flask.flash("The entry is taken back.")
    return see("web.contests.show", "entering", contest_id=contest_id)


@blueprint.post("/<contest_id>/sign-up")
def sign_up(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        secret_remixers.sign_up(current_actor(), current_parts(), contest_id, typed("work"))
    except FORM_ERRORS as error:
        return refused(_page(contest_id, faults_of(error)), error)
    flask.flash("You take part. Your source is dealt to somebody, and somebody's to you.")
    return see("web.contests.show", "entering", contest_id=contest_id)


@blueprint.get("/<contest_id>/result")
def result(contest_id: str) -> flask.typing.ResponseReturnValue:
    view, found = view_result(current_actor(), current_parts(), contest_id)
    won = {one.entry_id: one for one in found.winners}
    standings = found.result["standings"]
    return flask.render_template(
        "contests/result.html",
        view=view,
        contest=view.contest,
        found=found,
        won=won,
        podium=[line for line in standings if line["rank"] <= PODIUM],
        drawn=drawn(standings),
        rubric=view.terms.rubric,
        sheets={judge: list(sheets) for judge, sheets in itertools.groupby(found.score_sheets, lambda one: one.judge)},
    )


@blueprint.get("/<contest_id>/calendar.ics")
def calendar(contest_id: str) -> flask.typing.ResponseReturnValue:
    parts = current_parts()
    events = feeds.calendar(reading.get_contest(current_actor(), parts, contest_id), parts.addresses)
    response = flask.Response(events, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(f"contest-{contest_id}.ics")
    return response


def _page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = view_contest_page(current_actor(), current_parts(), contest_id)
    view, own = page.view, page.own
    return flask.render_template(
        "contests/show.html",
        view=view,
        contest=view.contest,
        words=in_plain_words(view.terms),
        differences=differences(view.terms),
        entries=page.entries,
        next_date=next_date(view),
        is_host=view.role in HOSTS,
        own=own,
        voter=page.voter,
        steps=list(EntrantStep),
        faults=faults,
        typed=flask.request.form,
    )


def next_date(view: ContestView) -> tuple[str, dt.datetime, float] | None:
    """What comes next, when, and in how many seconds."""
    contest = view.contest
    dates = {
        Phase.ANNOUNCED: ("It opens in", contest.opens_at),
        Phase.OPEN: ("Entries close in", contest.closes_at),
        Phase.VOTING: ("Votes close in", contest.voting_closes_at),
        Phase.JUDGING: ("Judging closes in", contest.judging_closes_at),
        Phase.VOTING_AND_JUDGING: ("Votes close in", contest.voting_closes_at),
    }
    words, date = dates.get(view.phase, ("", None))
    return None if date is None else (words, date, (date - view.moment).total_seconds())
