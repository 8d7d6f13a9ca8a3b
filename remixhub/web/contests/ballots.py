"""Listening and deciding: the community's duels and scores, and the judge's desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.errors import Invalid
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import whence_of
from remixhub.services.contests import judging, reading, voting
from remixhub.services.contests.entry_audio import EntrySound
from remixhub.services.contests.page import view_desk, view_vote_page
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed, typed_number
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("contest_ballots", __name__, url_prefix="/contests")


@blueprint.get("/<contest_id>/vote")
def vote(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _vote_page(contest_id)


@blueprint.post("/<contest_id>/vote")
def cast(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    try:
        if typed("favoured"):
            voting.answer_duel(actor, parts, contest_id, typed("favoured"), typed("against"), whence_of(contest_id))
        else:
            score = _typed_score("score")
            voting.give_score(actor, parts, contest_id, typed("entry"), score, whence_of(contest_id))
    except FORM_ERRORS as error:
        return refused(_vote_page(contest_id, faults_of(error)), error)
    flask.flash("Your vote is in the log.")
    return see("web.contest_ballots.vote", contest_id=contest_id)


@blueprint.get("/<contest_id>/desk")
def desk(contest_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _desk_page(contest_id)


@blueprint.post("/<contest_id>/desk/<entry_id>")
def score(contest_id: str, entry_id: str) -> flask.typing.ResponseReturnValue:
    """Scores for an entry, or the judge's word that they are too near to it."""
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    try:
        if typed("act") == "conflict":
            reason = checked("reason", at_least=1, at_most=300)
            judging.declare_conflict(actor, parts, contest_id, entry_id, reason)
            flask.flash("You do not judge this entry any more.")
        else:
            rubric = reading.get_contest(actor, parts, contest_id).terms.parsed_rubric()
            scores = {one.key: _typed_score(f"score-{one.key}") for one in rubric.criteria}
            note = checked("note", at_most=5_000, multiline=True)
            judging.score(actor, parts, contest_id, entry_id, scores, note=note)
            flask.flash("The scores are kept; you can change them until the judging closes.")
    except FORM_ERRORS as error:
        return refused(_desk_page(contest_id, faults_of(error), entry_id), error)
    return see("web.contest_ballots.desk", f"entry-{entry_id}", contest_id=contest_id)


def _vote_page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = view_vote_page(current_actor(), current_parts(), contest_id)
    return flask.render_template(
        "contests/vote.html",
        view=page.view,
        contest=page.view.contest,
        shown=[_player(id, sound) for id, sound in page.sounds.items()],
        answered=page.answered,
        by_scores=page.view.terms.vote is VoteKind.SCORES,
        faults=faults,
    )


def _desk_page(contest_id: str, faults: Faults = NO_FAULTS, faulty: str = "") -> str:
    view, desk = view_desk(current_actor(), current_parts(), contest_id)
    return flask.render_template(
        "contests/desk.html",
        view=view,
        contest=view.contest,
        desk=desk,
        sounds={one.id: _player(one.id, one.sound) for one in desk.entries},
        rubric=view.terms.parsed_rubric().criteria,
        scored=sum(entry.scores is not None for entry in desk.entries),
        typed=flask.request.form if faulty else {},
        faulty=faulty,
        faults=faults,
    )


def _player(entry_id: str, sound: EntrySound) -> Mapping[str, Any]:
    return {"id": entry_id, "gain_db": sound.gain_db, "duration_seconds": sound.duration_seconds}


def _typed_score(name: str) -> float:
    score = typed_number(name)
    if score is None:
        raise Invalid("A score is missing.", violations={f"/{name}": ["A number, in halves."]})
    return score
