"""Comments on pages: writing, answering, editing, deleting and reporting them, and whom one blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping

import flask

from remixhub.domain.comments import TEXT_LIMIT, CommentFault, CommentOrder, CommentPolicy
from remixhub.domain.errors import Forbidden, Invalid, RemixHubError
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Comment, Work
from remixhub.services.accounts import accounts, blocks
from remixhub.services.comments import page, reading, removing, writing
from remixhub.services.moderation import reports
from remixhub.services.works import works
from remixhub.web.forms import (
    FORM_ERRORS,
    NO_FAULTS,
    Faults,
    checked,
    faults_of,
    refused,
    typed,
    typed_whole,
    typed_word,
)
from remixhub.web.pages import (
    LINES_LIMIT,
    asked_position,
    is_piece,
    local_address,
    next_cursor,
    require_sign_in,
    see,
)

blueprint = flask.Blueprint("comments", __name__)

_MOMENT = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)")
_THREADS_LIMIT = 20
_NOTE_LENGTH = 2_000
_FAULTS = [
    (CommentFault.HARASSMENT, "It harasses somebody"),
    (CommentFault.SPAM, "It is spam"),
    (CommentFault.OFFENSIVE, "It is offensive"),
    (CommentFault.INFRINGEMENT, "It gives away what is not its author's to give"),
]


@blueprint.get("/works/<work_id>/comments")
def list_all(work_id: str) -> flask.typing.ResponseReturnValue:
    """All threads; for htmx the next of them, to stand below those that are there."""
    asked = flask.request.args.get("order")
    order = CommentOrder(asked) if asked in list(CommentOrder) else CommentOrder.NEWEST
    listing = f"page:comments:{work_id}:{order}"
    view = page.view_comments(
        current_actor(), current_parts(), work_id, order=order, after=asked_position(listing), limit=_THREADS_LIMIT
    )
    template = "comments/more.html" if is_piece() else "comments/all.html"
    return flask.render_template(
        template, work=view.work, comments=view, order=order, orders=list(CommentOrder),
        next_cursor=next_cursor(view.threads, listing), text_limit=TEXT_LIMIT,
    )  # fmt: skip


@blueprint.post("/works/<work_id>/comments")
def write(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    answers = typed("answers") or None
    try:
        text = checked("text", at_least=1, at_most=TEXT_LIMIT, multiline=True)
        at_seconds = None if answers else _typed_moment("at")
        comment = writing.write_comment(
            current_actor(), current_parts(), work_id, text=text, at_seconds=at_seconds, answers=answers
        )
    except FORM_ERRORS as error:
        return refused(_form_page(work_id, answers, flask.request.form, _faults(error)), error)
    return _to(comment)


@blueprint.get("/comments/<comment_id>")
def show(comment_id: str) -> flask.typing.ResponseReturnValue:
    """Where it stands."""
    return _to(reading.get_comment(current_actor(), current_parts(), comment_id))


@blueprint.get("/comments/<comment_id>/thread")
def thread(comment_id: str) -> flask.typing.ResponseReturnValue:
    listing = f"page:thread:{comment_id}"
    view = page.view_thread(
        current_actor(), current_parts(), comment_id, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "comments/thread.html", work=view.work, view=view, comments=view,
        next_cursor=next_cursor(view.answers, listing), is_first=not flask.request.args.get("cursor"),
    )  # fmt: skip


@blueprint.get("/comments/<comment_id>/answer")
def answer(comment_id: str) -> flask.typing.ResponseReturnValue:
    """The form; for htmx alone, to stand below the comment."""
    require_sign_in()
    comment = reading.get_comment(current_actor(), current_parts(), comment_id)
    if is_piece():
        return flask.render_template(
            "comments/answer.html", work=comment.work, answered=comment, values={}, text_limit=TEXT_LIMIT
        )
    return _written_page(comment.work, comment, {})


@blueprint.get("/comments/<comment_id>/edit")
def edit(comment_id: str) -> flask.typing.ResponseReturnValue:
    account_id = require_sign_in()
    comment = reading.get_comment(current_actor(), current_parts(), comment_id)
    if comment.account_id != account_id:
        raise Forbidden(f"The comment {comment_id!r} is somebody else's.", what="comment")
    return _edit_page(comment, {"text": comment.text, "revision": str(comment.revision)})


@blueprint.post("/comments/<comment_id>/edit")
def save(comment_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        text = checked("text", at_least=1, at_most=TEXT_LIMIT, multiline=True)
        comment = writing.edit_comment(
            current_actor(), current_parts(), comment_id, text=text, revision=typed_whole("revision")
        )
    except FORM_ERRORS as error:
        comment = reading.get_comment(current_actor(), current_parts(), comment_id)
        values = {**flask.request.form, "revision": str(comment.revision)}
        return refused(_edit_page(comment, values, faults_of(error)), error)
    return _to(comment)


@blueprint.post("/comments/<comment_id>/delete")
def delete(comment_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _to(removing.delete_comment(current_actor(), current_parts(), comment_id))


@blueprint.get("/comments/<comment_id>/history")
def history(comment_id: str) -> flask.typing.ResponseReturnValue:
    listing = f"page:history:{comment_id}"
    comment, found = reading.get_history(
        current_actor(), current_parts(), comment_id, after=asked_position(listing), limit=LINES_LIMIT
    )
    return flask.render_template(
        "comments/history.html", work=comment.work, comment=comment, revisions=found.rows,
        next_cursor=next_cursor(found, listing),
    )  # fmt: skip


@blueprint.get("/comments/<comment_id>/report")
def report(comment_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _report_page(comment_id, {})


@blueprint.post("/comments/<comment_id>/report")
def send_report(comment_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        fault, note = typed_word(CommentFault, "fault"), checked("note", at_most=_NOTE_LENGTH, multiline=True)
        made = reports.report_comment(current_actor(), current_parts(), comment_id, fault=fault, note=note)
    except FORM_ERRORS as error:
        return refused(_report_page(comment_id, flask.request.form, faults_of(error)), error)
    flask.flash("Thank you. A moderator will look at it; the decision comes as a notice.")
    return see("web.works.show", work_id=made.work_id)


@blueprint.post("/works/<work_id>/comment-policy")
def set_policy(work_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    policy = typed_word(CommentPolicy, "policy") if typed("policy") else None
    works.update_work(current_actor(), current_parts(), work_id, {"comment_policy": policy})
    flask.flash(_SAID_OF_POLICY[policy])
    return see("web.works.show", "comments", work_id=work_id)


_SAID_OF_POLICY = {
    None: "Comments on it follow your settings.",
    CommentPolicy.OPEN: "Everybody may comment on it.",
    CommentPolicy.CLOSED: "Comments are closed. Those that are there stay.",
    CommentPolicy.HIDDEN: "Comments are closed, and those that are there are hidden.",
}


@blueprint.get("/settings/people")
def people() -> flask.typing.ResponseReturnValue:
    """How comments are taken by default, and whom one blocks."""
    require_sign_in()
    return _people_page()


@blueprint.post("/settings/people")
def save_people() -> flask.typing.ResponseReturnValue:
    require_sign_in()
    try:
        changes = {"comment_policy": typed_word(CommentPolicy, "policy")}
        accounts.update_profile(current_actor(), current_parts(), changes, revision=typed_whole("revision"))
    except FORM_ERRORS as error:
        return refused(_people_page(faults_of(error)), error)
    flask.flash("Saved. It counts for every work of yours that says nothing else.")
    return see("web.comments.people")


def _people_page(faults: Faults = NO_FAULTS) -> str:
    listing = "page:blocks"
    account, found = blocks.view_own(current_actor(), current_parts(), after=asked_position(listing), limit=LINES_LIMIT)
    return flask.render_template(
        "accounts/settings/people.html", account=account, blocks=found.rows, faults=faults,
        next_cursor=next_cursor(found, listing),
    )  # fmt: skip


@blueprint.post("/@<handle>/block")
def block(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    blocks.block(current_actor(), current_parts(), handle)
    flask.flash(f"@{handle} is blocked, and is not told.")
    return flask.redirect(local_address(typed("next"), flask.url_for("web.accounts.profile", handle=handle)), 303)


@blueprint.post("/@<handle>/unblock")
def unblock(handle: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    blocks.unblock(current_actor(), current_parts(), handle)
    flask.flash(f"@{handle} is not blocked any more.")
    return flask.redirect(local_address(typed("next"), flask.url_for("web.accounts.profile", handle=handle)), 303)


def _to(comment: Comment) -> flask.typing.ResponseReturnValue:
    return see("web.works.show", f"comment-{comment.id}", work_id=comment.work_id, comment=comment.id)


def _typed_moment(name: str) -> float | None:
    """`0:42`, `42`, `1:02:03.5`; None for an empty field. Raises Invalid naming the field."""
    text = typed(name)
    if not text:
        return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Invalid("A moment is needed here.", violations={f"/{name}": ["Write minutes and seconds, such as 0:42."]})
    hours, minutes, seconds = found[1] or "0", found[2] or "0", found[3].replace(",", ".")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _faults(error: RemixHubError) -> Faults:
    """The field of a moment is called `at` here."""
    faults = faults_of(error)
    beyond = faults.by_field.get("at_seconds")
    return Faults(faults.detail, faults.code, {**faults.by_field, "at": beyond}) if beyond else faults


def _form_page(work_id: str, answers: str | None, values: Mapping[str, str], faults: Faults) -> str:
    actor, parts = current_actor(), current_parts()
    answered = reading.get_comment(actor, parts, answers) if answers else None
    return _written_page(answered.work if answered else works.get_work(actor, parts, work_id), answered, values, faults)


def _written_page(work: Work, answered: Comment | None, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    return flask.render_template(
        "comments/write.html", work=work, answered=answered, values=values, faults=faults, text_limit=TEXT_LIMIT
    )


def _edit_page(comment: Comment, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    template = "comments/edit_form.html" if is_piece() else "comments/edit.html"
    return flask.render_template(
        template, work=comment.work, comment=comment, values=values, faults=faults, text_limit=TEXT_LIMIT
    )


def _report_page(comment_id: str, values: Mapping[str, str], faults: Faults = NO_FAULTS) -> str:
    comment = reading.get_comment(current_actor(), current_parts(), comment_id)
    return flask.render_template(
        "comments/report.html", work=comment.work, comment=comment, reasons=_FAULTS, values=values, faults=faults,
        note_length=_NOTE_LENGTH,
    )  # fmt: skip
