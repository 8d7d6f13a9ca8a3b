"""Contests for everybody: the list, the brief, entering, the winners, feeds and the calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

import flask

from remixhub.domain.contest_terms import differences, in_plain_words
from remixhub.domain.contests import Phase
from remixhub.domain.errors import RemixHubError
from remixhub.domain.labels import HOSTS
from remixhub.domain.states import WorkKind, WorkState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services import contest_decisions, contest_feeds, contests, entries, secret_remixers, works
from remixhub.services.contests import ContestView
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import LINES_LIMIT, asked_position, next_cursor, require_sign_in, see

blueprint = flask.Blueprint("contests", __name__, url_prefix="/contests")

_OWN_WORKS = 100
_SHOWN_ENTRIES = 200


@blueprint.get("/")
def list_all() -> flask.typing.ResponseReturnValue:
    listing = "page:contests"
    page = contests.list_contests(
        current_actor(), current_parts(), label=None, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template("contests/list.html", contests=page.rows, next_cursor=next_cursor(page, listing))


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
    actor, parts = current_actor(), current_parts()
    view = contests.get_contest(actor, parts, contest_id)
    found = contest_decisions.get_result(actor, parts, contest_id)
    won = {one.entry_id: one for one in found.winners}
    return flask.render_template("contests/result.html", view=view, contest=view.contest, found=found, won=won)


@blueprint.get("/feed.atom")
def atom() -> flask.typing.ResponseReturnValue:
    parts = current_parts()
    feed = contest_feeds.atom(contest_feeds.news(parts), parts.addresses)
    return flask.Response(feed, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/feed.json")
def json_feed() -> flask.typing.ResponseReturnValue:
    parts = current_parts()
    feed = contest_feeds.json_feed(contest_feeds.news(parts), parts.addresses)
    return flask.Response(feed, content_type="application/feed+json; charset=utf-8")


@blueprint.get("/<contest_id>/calendar.ics")
def calendar(contest_id: str) -> flask.typing.ResponseReturnValue:
    parts = current_parts()
    events = contest_feeds.calendar(contests.get_contest(current_actor(), parts, contest_id), parts.addresses)
    response = flask.Response(events, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="contest-{contest_id}.ics"'
    return response


def _page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    actor, parts = current_actor(), current_parts()
    view = contests.get_contest(actor, parts, contest_id)
    shown = entries.list_entries(actor, parts, contest_id, after=None, limit=_SHOWN_ENTRIES)
    return flask.render_template(
        "contests/show.html",
        view=view,
        contest=view.contest,
        words=in_plain_words(view.terms),
        differences=differences(view.terms),
        entries=shown.rows,
        next_date=next_date(view),
        is_host=view.role in HOSTS,
        faults=faults,
        typed=flask.request.form,
        **_own(view),
    )


def _own(view: ContestView) -> dict[str, Any]:
    """What the signed-in account can do here."""
    actor, parts = current_actor(), current_parts()
    if actor.account_id is None:
        return {"remixes": [], "own_entries": [], "receipts": [], "signed_up": None, "own_works": []}
    own = works.list_own(actor, parts, after=None, limit=_OWN_WORKS).rows
    alive = [work for work in own if work.state in (WorkState.DRAFT, WorkState.PUBLISHED)]
    try:
        signed_up = secret_remixers.get_sign_up(actor, parts, view.contest.id)
    except RemixHubError:
        signed_up = None
    return {
        "remixes": [work for work in alive if work.kind is WorkKind.REMIX],
        "own_works": [work for work in alive if work.state is WorkState.PUBLISHED],
        "own_entries": entries.list_own_entries(actor, parts, view.contest.id),
        "receipts": entries.list_own_receipts(actor, parts, view.contest.id),
        "signed_up": signed_up,
    }


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
