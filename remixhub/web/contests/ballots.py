"""Listening and deciding: the community's duels and scores, and the judge's desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import flask

from remixhub.domain.contests.entries import VoterNotEligible
from remixhub.domain.contests.judging import BallotOutsideRubric, Rubric, checked_scores
from remixhub.domain.contests.phases import ContestPhaseWrong
from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.errors import Invalid
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import whence_of
from remixhub.services.contests import judging, reading, voting
from remixhub.services.contests.page import view_desk, view_vote_page
from remixhub.services.contests.voters import VoteOfAnotherKind
from remixhub.web.forms import FORM_ERRORS, NO_FAULTS, Faults, checked, faults_of, refused, typed, typed_number
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("contest_ballots", __name__, url_prefix="/contests")

CANNOT_VOTE = (ContestPhaseWrong, VoteOfAnotherKind, VoterNotEligible)
"""No ballot by this account counts here now, or none about this entry."""
FINISH = "finish"
"""In place of an entry: the desk's last page."""


@blueprint.get("/<contest_id>/vote")
def vote(contest_id: str) -> flask.typing.ResponseReturnValue:
    """Whoever cannot vote here is sent to where the contest's page says why, and what would help."""
    require_sign_in()
    try:
        return _vote_page(contest_id)
    except CANNOT_VOTE:
        return see("web.contests.show", "voting", contest_id=contest_id)


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
    except CANNOT_VOTE as error:
        flask.flash(error.detail, "warning")
        return see("web.contests.show", "voting", contest_id=contest_id)
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
    """Scores for an entry, or the judge's word that they are too near to it; then the next one."""
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    try:
        if typed("act") == "conflict":
            reason = checked("reason", at_least=1, at_most=300)
            judging.declare_conflict(actor, parts, contest_id, entry_id, reason)
            flask.flash("You do not judge this entry any more.")
        else:
            rubric = reading.get_contest(actor, parts, contest_id).terms.parsed_rubric()
            note = checked("note", at_most=5_000, multiline=True)
            judging.score(actor, parts, contest_id, entry_id, _typed_scores(rubric), note=note)
            flask.flash("The scores are kept; you can change them until the judging closes.")
    except FORM_ERRORS as error:
        return refused(_desk_page(contest_id, faults_of(error), entry_id), error)
    return see("web.contest_ballots.desk", contest_id=contest_id, entry=typed("next") or None)


def _vote_page(contest_id: str, faults: Faults = NO_FAULTS) -> str:
    page = view_vote_page(current_actor(), current_parts(), contest_id)
    by_scores = page.view.terms.vote is VoteKind.SCORES
    at = _place(flask.request.values.get("entry"), [one.entry_id for one in page.waiting])
    return flask.render_template(
        "contests/vote.html",
        view=page.view,
        contest=page.view.contest,
        sides=page.waiting[at : at + 1] if by_scores else page.waiting,
        following=page.waiting[(at + 1) % len(page.waiting)] if by_scores and len(page.waiting) > 1 else None,
        left=len(page.waiting),
        answered=page.answered,
        by_scores=by_scores,
        faults=faults,
        typed=flask.request.form,
    )


def _desk_page(contest_id: str, faults: Faults = NO_FAULTS, faulty: str = "") -> str:
    """One entry a page: the asked one, or the first that waits for scores; `finish` is the last page."""
    view, desk = view_desk(current_actor(), current_parts(), contest_id)
    ids = [one.id for one in desk.entries]
    waiting = [one.id for one in desk.entries if one.scores is None]
    asked = faulty or flask.request.args.get("entry") or (waiting[0] if waiting else FINISH)
    at = None if asked == FINISH or not ids else _place(asked, ids)
    return flask.render_template(
        "contests/desk.html",
        view=view,
        contest=view.contest,
        desk=desk,
        entry=None if at is None else desk.entries[at],
        previous=None if at is None or at == 0 else ids[at - 1],
        following=FINISH if at is None or at + 1 == len(ids) else ids[at + 1],
        rubric=view.terms.parsed_rubric().criteria,
        scored=len(ids) - len(waiting),
        typed=flask.request.form if faulty else {},
        faults=faults,
    )


def _place(entry_id: str | None, ids: Sequence[str]) -> int:
    return ids.index(entry_id) if entry_id in ids else 0


def _typed_score(name: str) -> float:
    score = typed_number(name)
    if score is None:
        raise Invalid("A score is missing.", violations={f"/{name}": ["A number, in halves."]})
    return score


def _typed_scores(rubric: Rubric) -> Mapping[str, float]:
    """Raises BallotOutsideRubric or Invalid naming every field that is faulty."""
    scores: dict[str, float | None] = {}
    faults: dict[str, list[str]] = {}
    for one in rubric.criteria:
        try:
            scores[one.key] = typed_number(f"score-{one.key}")
        except Invalid as error:
            faults |= error.violations
    try:
        return checked_scores(rubric, {key: score for key, score in scores.items() if score is not None})
    except BallotOutsideRubric as error:
        named = {pointer.replace("/scores/", "/score-"): said for pointer, said in error.violations.items()}
        raise BallotOutsideRubric(error.detail, violations=named | faults) from error
