"""The host's dashboard, from which a contest is run."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import flask

from remixhub.domain.contests.coverage import Ruling
from remixhub.domain.contests.readiness import Severity
from remixhub.domain.contests.terms import in_plain_words
from remixhub.domain.errors import Invalid, NotFound
from remixhub.domain.filenames import attachment
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.services.contests import (
    decisions,
    entries,
    entry_archives,
    hosting,
    judge_requests,
    judges,
    reading,
    rulings,
    screening,
    secret_remixers,
    voting,
    winner_rights,
)
from remixhub.services.contests.dashboard import view_dashboard
from remixhub.web.contests.typed_contest import typed_moment
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    Gathered,
    checked,
    checked_link,
    faults_of,
    refused,
    typed,
    typed_whole,
    typed_word,
)
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("contest_host", __name__)


@blueprint.get("/contests/<contest_id>/host")
def dashboard(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _dashboard(contest_id)


@blueprint.post("/contests/<contest_id>/host")
def act(contest_id: str) -> flask.typing.ResponseReturnValue:
    """One of the dashboard's forms; `act` says which."""
    require_sign_in()
    try:
        flask.flash(_act(contest_id, typed("act")))
    except FORM_ERRORS as error:
        return refused(_dashboard(contest_id, faults_of(error)), error)
    return see("web.contest_host.dashboard", contest_id=contest_id)


@blueprint.get("/contests/<contest_id>/host/entries.<extension>")
def export_entries(contest_id: str, extension: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    if extension not in ("csv", "json"):
        raise NotFound("Entries are to be had as entries.csv and entries.json.")
    rows = entry_archives.entry_rows(current_actor(), current_parts(), contest_id)
    if extension == "json":
        return flask.jsonify(rows)
    response = flask.Response(entry_archives.as_csv(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(f"entries-{contest_id}.csv")
    return response


@blueprint.post("/contests/<contest_id>/host/entries-archive")
def order_entries(contest_id: str) -> flask.typing.ResponseReturnValue:
    """With their audio, as a ZIP."""
    require_sign_in()
    entry_archives.order_entry_archive(asker(), current_parts(), contest_id)
    return see("web.contest_host.entries_archive", contest_id=contest_id)


@blueprint.get("/contests/<contest_id>/host/entries-archive")
def entries_archive(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _entries_archive("contests/entries_archive.html", contest_id)


@blueprint.get("/contests/<contest_id>/host/entries-archive/progress")
def entries_progress(contest_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows the ZIP."""
    require_sign_in()
    return _entries_archive("exports/progress.html", contest_id)


def _entries_archive(template: str, contest_id: str) -> str:
    contest, view = entry_archives.get_entry_archive(current_actor(), current_parts(), contest_id)
    return flask.render_template(
        template,
        contest=contest,
        export=view,
        delayed=view.delay,
        name="ZIP",
        order=flask.url_for("web.contest_host.order_entries", contest_id=contest_id),
        progress=flask.url_for("web.contest_host.entries_progress", contest_id=contest_id),
    )


def _act(contest_id: str, act: str) -> str:
    actor, parts = current_actor(), current_parts()
    match act:
        case "extend":
            view = reading.get_contest(actor, parts, contest_id)
            zone = ZoneInfo(view.contest.label.time_zone)
            names = ("closes_at", "voting_closes_at", "judging_closes_at")
            later = {name: date for name in names if (date := typed_moment(name, zone)) is not None}
            hosting.extend(actor, parts, contest_id, later, checked("note", at_least=1, at_most=2_000, multiline=True))
            return "The deadlines are extended, and everybody concerned is told."
        case "say":
            hosting.say(actor, parts, contest_id, checked("text", at_least=1, at_most=5_000, multiline=True))
            return "The news is out."
        case "judge":
            handle = checked("handle", at_least=1, at_most=80)
            if judge_requests.ask_to_judge(actor, parts, contest_id, handle):
                return "The judge is added."
            return "They are asked by a notice, and judge as soon as they say yes."
        case "unjudge":
            judges.remove_judge(actor, parts, contest_id, typed("handle"), checked("reason", at_least=1, at_most=1_000))
            return "The judge is removed; their scores do not count."
        case "remind":
            count = rulings.remind_judges(actor, parts, contest_id)
            return f"{count} {'judge was' if count == 1 else 'judges were'} told."
        case "settle":
            return _settle(contest_id)
        case "rule":
            rule = entries.rule_out if typed("verdict") == "out" else entries.let_in
            rule(actor, parts, typed("entry"), checked("reason", at_least=1, at_most=1_000))
            return "The entrant is told."
        case "review":
            reason = checked("reason", at_least=1, at_most=1_000)
            chosen = flask.request.form.getlist("ballot")
            _require_chosen(chosen, "ballot")
            count = voting.review_ballots(
                actor, parts, contest_id, chosen, exclude=typed("verdict") == "out", reason=reason
            )
            return f"{count} changed; they stay in the log either way."
        case "screen":
            screening.order_now(actor, parts, contest_id)
            return "The ballots are looked through now; load the page again in a moment."
        case "deal":
            count = secret_remixers.deal_sources(actor, parts, contest_id)
            return f"{count} sources are dealt."
        case "decide":
            decisions.decide(actor, parts, contest_id)
            return "It is decided, and everybody concerned is told."
        case "release":
            winner_rights.record_release(
                actor, parts, contest_id, typed("entry"), checked_link("url"), revision=typed_whole("seen")
            )
            return "The artist is told."
        case "cancel":
            hosting.cancel(actor, parts, contest_id, checked("note", at_least=1, at_most=2_000, multiline=True))
            return "The contest is cancelled."
    raise Invalid("There is no such act.")


def _settle(contest_id: str) -> str:
    gathered = Gathered()
    ruling = gathered.read(lambda: typed_word(Ruling, "ruling"), Ruling.FEWER_JUDGES)
    reason = gathered.read(lambda: checked("because", at_least=1, at_most=1_000), "")
    chosen = flask.request.form.getlist("entry")
    gathered.read(lambda: _require_chosen(chosen, "entry_ids"), None)
    gathered.require_none()
    left = rulings.rule_on(current_actor(), current_parts(), contest_id, chosen, ruling, reason).unsettled
    return f"It is ruled. {left} still to settle." if left else "It is ruled. You can decide now."


def _require_chosen(chosen: list[str], name: str) -> None:
    if not chosen:
        raise Invalid("Choose some first.", violations={f"/{name}": ["None is chosen."]})


def _dashboard(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = view_dashboard(current_actor(), current_parts(), contest_id)
    return flask.render_template(
        "contests/host.html",
        view=page.view,
        contest=page.view.contest,
        figures=page.figures,
        progress=page.progress,
        sheets=page.sheets,
        chosen=flask.request.form.getlist("entry"),
        screening=page.screening,
        entries=page.entries,
        sounds=page.sounds,
        candidates=page.candidates,
        requests=page.requests,
        errors=[one for one in page.findings if one.severity is Severity.ERROR],
        warnings=[one for one in page.findings if one.severity is Severity.WARNING],
        plain_words=in_plain_words(page.view.terms),
        next_step=page.next_step,
        result=page.result,
        suspended=page.suspended,
        typed=flask.request.form,
        faults=faults,
    )
