"""The host's pages: drafting a contest, and the dashboard from which it is run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import flask

from remixhub.domain.contests.judging import Normalisation, Rubric
from remixhub.domain.contests.phases import Deadlines
from remixhub.domain.contests.terms import AiRule, ContestTerms, Exclusivity, Sealing, VoteKind
from remixhub.domain.errors import Invalid
from remixhub.domain.filenames import attachment
from remixhub.domain.times import LocalTimeUnclear, local_moment
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.contests import (
    decisions,
    entries,
    entry_archives,
    hosting,
    judges,
    labels,
    reading,
    secret_remixers,
    voting,
    winner_rights,
)
from remixhub.services.contests.dashboard import view_contest_form, view_dashboard
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    checked,
    checked_lines,
    checked_link,
    faults_of,
    refused,
    typed,
    typed_whole,
    typed_word,
)
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("contest_host", __name__)


@blueprint.get("/labels/<label>/contests/new")
def start(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _form(label, {"entries_per_account": "1", "rubric": "Idea, 1, 10\nCraft, 1, 10", "sealing": Sealing.SEALED})


@blueprint.post("/labels/<label>/contests/new")
def create(label: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        host = labels.get_label(current_actor(), current_parts(), label)
        contest = hosting.create_contest(
            current_actor(),
            current_parts(),
            label=label,
            title=checked("title", at_least=1, at_most=120),
            brief=checked("brief", at_most=20_000, multiline=True),
            release_id=typed("release") or None,
            is_secret_remixer=typed("release") == "",
            terms=_typed_terms(),
            deadlines=_typed_deadlines(ZoneInfo(host.time_zone)),
        )
    except FORM_ERRORS as error:
        return refused(_form(label, flask.request.form, faults_of(error)), error)
    flask.flash("The draft is kept. Nobody but the label sees it before you announce it.")
    return see("web.contest_host.dashboard", contest_id=contest.id)


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
    """The entries as CSV or JSON at once; with their audio as a ZIP as soon as a worker has built it."""
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    if extension == "zip":
        archive = entry_archives.order_entry_archive(actor, parts, contest_id)
        if archive.url is not None:
            return flask.redirect(archive.url)
        flask.flash(archive.failure or "The ZIP is being built; ask for it again in a moment.")
        return see("web.contest_host.dashboard", contest_id=contest_id)
    rows = entry_archives.entry_rows(actor, parts, contest_id)
    if extension == "json":
        return flask.jsonify(rows)
    response = flask.Response(entry_archives.as_csv(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(f"entries-{contest_id}.csv")
    return response


def _act(contest_id: str, act: str) -> str:
    actor, parts = current_actor(), current_parts()
    match act:
        case "announce":
            hosting.announce(actor, parts, contest_id)
            return "It is announced. Everybody sees it now."
        case "words":
            title = checked("title", at_least=1, at_most=120)
            brief = checked("brief", at_most=20_000, multiline=True)
            hosting.edit_contest(
                actor, parts, contest_id, {"title": title, "brief": brief}, revision=typed_whole("seen")
            )
            return "The title and the brief are changed."
        case "extend":
            view = reading.get_contest(actor, parts, contest_id)
            zone = ZoneInfo(view.contest.label.time_zone)
            names = ("closes_at", "voting_closes_at", "judging_closes_at")
            later = {name: date for name in names if (date := _typed_moment(name, zone)) is not None}
            hosting.extend(actor, parts, contest_id, later, checked("note", at_least=1, at_most=2_000, multiline=True))
            return "The deadlines are extended, and everybody concerned is told."
        case "say":
            hosting.say(actor, parts, contest_id, checked("text", at_least=1, at_most=5_000, multiline=True))
            return "The news is out."
        case "judge":
            judges.add_judge(actor, parts, contest_id, checked("handle", at_least=1, at_most=80))
            return "The judge is added."
        case "unjudge":
            judges.remove_judge(actor, parts, contest_id, typed("handle"), checked("reason", at_least=1, at_most=1_000))
            return "The judge is removed; their scores do not count."
        case "rule":
            rule = entries.rule_out if typed("verdict") == "out" else entries.let_in
            rule(actor, parts, typed("entry"), checked("reason", at_least=1, at_most=1_000))
            return "The entrant is told."
        case "review":
            reason = checked("reason", at_least=1, at_most=1_000)
            chosen = flask.request.form.getlist("ballot")
            if not chosen:
                raise Invalid("Choose ballots first.", violations={"/ballot": ["None is chosen."]})
            count = voting.review_ballots(
                actor, parts, contest_id, chosen, exclude=typed("verdict") == "out", reason=reason
            )
            return f"{count} changed; they stay in the log either way."
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


def _dashboard(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = view_dashboard(current_actor(), current_parts(), contest_id, screen_all="flags" in flask.request.args)
    return flask.render_template(
        "contests/host.html",
        view=page.view,
        contest=page.view.contest,
        figures=page.figures,
        progress=page.progress,
        is_screened=page.flags is not None,
        flags=page.flags,
        entries=page.entries,
        judges=page.members,
        result=page.result,
        typed=flask.request.form,
        faults=faults,
    )


def _form(label: str, values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    host, releases = view_contest_form(current_actor(), current_parts(), label)
    return flask.render_template("contests/new.html", label=host, releases=releases, values=values, faults=faults)


def _typed_terms() -> ContestTerms:
    vote = typed_word(VoteKind, "vote", VoteKind.NONE)
    rubric = _typed_rubric()
    share = typed_whole("vote_share_percent") if rubric and vote is not VoteKind.NONE else 0 if rubric else 100
    proposed = ContestTerms()
    return ContestTerms.parse(
        ContestTerms(
            text=checked("text", at_most=40_000, multiline=True),
            prizes=tuple(checked_lines("prizes", at_most=15_000)),
            eligibility=checked("eligibility", at_most=1_000),
            exclusivity=typed_word(Exclusivity, "exclusivity", proposed.exclusivity),
            release_by=_typed_day("release_by"),
            ai_rule=typed_word(AiRule, "ai_rule", proposed.ai_rule),
            entries_per_account=typed_whole("entries_per_account"),
            sealing=typed_word(Sealing, "sealing", proposed.sealing),
            needs_own_stems=typed("needs_own_stems") == "yes",
            rubric=tuple(rubric),
            normalisation=typed_word(Normalisation, "normalisation", proposed.normalisation),
            are_judges_named=typed("are_judges_named") != "no",
            vote=vote,
            vote_share_percent=share,
        ).dump()
    )


def _typed_day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(typed(name)) if typed(name) else None
    except ValueError as exc:
        raise Invalid("This is no date.", violations={f"/{name}": ["Write it as 2027-01-31."]}) from exc


def _typed_rubric() -> list[dict[str, Any]]:
    """One criterion a line: `title, weight, maximum`."""
    found = []
    for number, line in enumerate(checked_lines("rubric", at_most=10_000), 1):
        title, *figures = (part.strip() for part in line.split(","))
        try:
            weight, maximum = (int(figure) for figure in figures)
        except ValueError as exc:
            message = "One a line: a title, its weight, the most that it can get. Such as: Idea, 2, 10"
            raise Invalid("The rubric cannot be read.", violations={"/rubric": [message]}) from exc
        found.append({"key": f"c{number}", "title": title, "weight": weight, "max_score": maximum})
    return Rubric.parse(found).dump() if found else []


def _typed_deadlines(zone: ZoneInfo) -> Deadlines:
    moments = {name: _typed_moment(name, zone) for name in ("opens_at", "closes_at")}
    for name, moment in moments.items():
        if moment is None:
            raise Invalid("A date is missing.", violations={f"/{name}": ["Give a date and a time."]})
    opens, closes = moments["opens_at"], moments["closes_at"]
    assert opens is not None
    assert closes is not None
    return Deadlines(opens, closes, _typed_moment("voting_closes_at", zone), _typed_moment("judging_closes_at", zone))


def _typed_moment(name: str, zone: ZoneInfo) -> dt.datetime | None:
    """As typed in the label's time zone or with an offset, in UTC."""
    text = typed(name)
    if not text:
        return None
    try:
        return local_moment(text, zone)
    except LocalTimeUnclear as exc:
        raise LocalTimeUnclear(exc.detail, violations={f"/{name}": [exc.detail]}) from exc
    except (ValueError, OverflowError) as exc:
        raise Invalid("This is no date.", violations={f"/{name}": ["Write it as 2027-01-31T18:00."]}) from exc
