"""`/works/{id}/comments` and `/comments`: threads, answers, edits with what was said before, and blocks of accounts."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from marshmallow import validate

from remixhub.api.conditional import etag, required_revision
from remixhub.api.operations import for_visitors, problems
from remixhub.api.paging import page_body, position_of
from remixhub.api.schemas import ArtistSchema, ListQuery, Number, Schema, Text, Time
from remixhub.domain.comments import TEXT_LIMIT, CommentOrder, CommentState
from remixhub.edge.actor import current_actor, current_parts
from remixhub.models import Block, Comment, CommentRevision
from remixhub.services.accounts import blocks
from remixhub.services.comments import reading, removing, writing

blueprint = Blueprint("comments", __name__, description="Comments on works, and accounts that one blocks")


class CommentTextSchema(Schema):
    text = Text(
        required=True, multiline=True, min_length=1, max_length=TEXT_LIMIT,
        metadata={"description": "Plain text; `@handle` tells that account"},
    )  # fmt: skip


class NewCommentSchema(CommentTextSchema):
    at_seconds = Number(
        allow_none=True, load_default=None, metadata={"description": "The moment of the work that it is about"}
    )
    answers = ma.fields.String(
        allow_none=True, load_default=None, validate=validate.Length(min=1, max=64),
        metadata={"description": "The comment that it answers; an answer to an answer joins its thread"},
    )  # fmt: skip


class CommentSchema(Schema):
    id = ma.fields.String(required=True)
    work_id = ma.fields.String(required=True)
    author = ma.fields.Nested(
        ArtistSchema, required=True, allow_none=True, metadata={"description": "Null once it is gone"}
    )
    thread_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The comment that the thread began with; null for it"}
    )
    answers = ma.fields.String(required=True, allow_none=True, metadata={"description": "Which one it answers"})
    at_seconds = ma.fields.Float(required=True, allow_none=True)
    text = ma.fields.String(required=True, metadata={"description": "Empty once it is gone"})
    mentions = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Handles in it that are accounts"}
    )
    state = ma.fields.Enum(
        CommentState, by_value=True, required=True,
        metadata={
            "description": "`shown`; or gone: `deleted` by its author, `removed` by the work's artist, `taken_down` by "
            "the house"
        },
    )  # fmt: skip
    revision = ma.fields.Integer(required=True)
    created_at = Time(required=True)
    edited_at = Time(required=True, allow_none=True)


class ThreadSchema(CommentSchema):
    answer_count = ma.fields.Integer(
        required=True, metadata={"description": "Counted up to 200; 201 says that there are more"}
    )


class ThreadPageSchema(Schema):
    comments = ma.fields.List(ma.fields.Nested(ThreadSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class AnswerPageSchema(Schema):
    comments = ma.fields.List(ma.fields.Nested(CommentSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class CommentRevisionSchema(Schema):
    revision = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    written_at = Time(required=True)


class CommentRevisionPageSchema(Schema):
    revisions = ma.fields.List(ma.fields.Nested(CommentRevisionSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ThreadsQuery(ListQuery):
    order = ma.fields.Enum(
        CommentOrder, by_value=True, load_default=CommentOrder.NEWEST,
        metadata={"description": "`moment`: along the waveform, only those that stand at a moment"},
    )  # fmt: skip


class BlockSchema(Schema):
    handle = ma.fields.String(required=True)
    display_name = ma.fields.String(required=True)
    created_at = Time(required=True)


class BlockPageSchema(Schema):
    blocks = ma.fields.List(ma.fields.Nested(BlockSchema), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("/works/<work_id>/comments")
@blueprint.arguments(ThreadsQuery, location="query")
@blueprint.response(200, ThreadPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_comments(query: dict[str, Any], work_id: str) -> Any:
    """The comments that begin threads; none where they are hidden, or the work is a tombstone."""
    page = reading.list_threads(
        current_actor(), current_parts(), work_id, order=query["order"], after=position_of(query), limit=query["limit"]
    )
    return page_body("comments", page.map(lambda one: {**_shown(one.first), "answer_count": one.answer_count}))


@blueprint.route("/works/<work_id>/comments", methods=["POST"])
@blueprint.arguments(NewCommentSchema)
@blueprint.response(201, CommentSchema)
@problems(blueprint, 404, 409, 413, 415, 429)
def write_comment(body: dict[str, Any], work_id: str) -> Any:
    """Comment on a published work, at a moment of it if you like, or answer a comment on it."""
    comment = writing.write_comment(current_actor(), current_parts(), work_id, **body)
    location = flask.url_for("comments.get_comment", comment_id=comment.id)
    return _shown(comment), 201, {"Location": location, **etag(comment.revision)}


@blueprint.route("/comments/<comment_id>")
@blueprint.response(200, CommentSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def get_comment(comment_id: str) -> Any:
    """A comment; one that is gone without its words and its author."""
    comment = reading.get_comment(current_actor(), current_parts(), comment_id)
    return _shown(comment), 200, etag(comment.revision)


@blueprint.route("/comments/<comment_id>", methods=["PATCH"])
@blueprint.arguments(CommentTextSchema)
@blueprint.response(200, CommentSchema)
@problems(blueprint, 404, 409, 412, 413, 415, 428, 429)
def edit_comment(body: dict[str, Any], comment_id: str) -> Any:
    """Edit one's own comment; needs `If-Match`. What it said before stays readable."""
    revision = required_revision()
    comment = writing.edit_comment(current_actor(), current_parts(), comment_id, text=body["text"], revision=revision)
    return _shown(comment), 200, etag(comment.revision)


@blueprint.route("/comments/<comment_id>", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def delete_comment(comment_id: str) -> None:
    """Delete one's own comment, or remove one on one's own work; its place in the thread stays. Safe to repeat."""
    removing.delete_comment(current_actor(), current_parts(), comment_id)


@blueprint.route("/comments/<comment_id>/answers")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, AnswerPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_answers(query: dict[str, Any], comment_id: str) -> Any:
    """The answers of the thread that the comment begins, the oldest first."""
    page = reading.list_answers(
        current_actor(), current_parts(), comment_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("comments", page.map(_shown))


@blueprint.route("/comments/<comment_id>/revisions")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, CommentRevisionPageSchema)
@for_visitors(blueprint)
@problems(blueprint, 404)
def list_comment_revisions(query: dict[str, Any], comment_id: str) -> Any:
    """What a comment said before it was edited, the newest first."""
    _, page = reading.get_history(
        current_actor(), current_parts(), comment_id, after=position_of(query), limit=query["limit"]
    )
    return page_body("revisions", page.map(_said))


@blueprint.route("/account/blocks")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, BlockPageSchema)
@problems(blueprint)
def list_blocks(query: dict[str, Any]) -> Any:
    """Whom one blocks, the newest first."""
    page = blocks.list_blocks(current_actor(), current_parts(), after=position_of(query), limit=query["limit"])
    return page_body("blocks", page.map(_blocked))


@blueprint.route("/accounts/<handle>/block", methods=["POST"])
@blueprint.response(200, BlockSchema)
@problems(blueprint, 404, 409)
def block_account(handle: str) -> Any:
    """Block an account: it cannot comment on your works, answer or mention you, and you see no comment of it. It is not
    told. Neither of you follows the other any more. Safe to repeat.
    """
    return _blocked(blocks.block(current_actor(), current_parts(), handle))


@blueprint.route("/accounts/<handle>/block", methods=["DELETE"])
@blueprint.response(204)
@problems(blueprint, 404)
def unblock_account(handle: str) -> None:
    """Block an account no more. Safe to repeat."""
    blocks.unblock(current_actor(), current_parts(), handle)


def _shown(comment: Comment) -> dict[str, Any]:
    names = ("id", "work_id", "thread_id", "text", "mentions", "state", "revision", "created_at", "edited_at")
    return {
        **{name: getattr(comment, name) for name in names},
        "author": comment.account if comment.state is CommentState.SHOWN else None,
        "answers": comment.answers_id,
        "at_seconds": None if comment.at_ms is None else comment.at_ms / 1000,
    }


def _said(revision: CommentRevision) -> dict[str, Any]:
    return {"revision": revision.revision, "text": revision.text, "written_at": revision.written_at}


def _blocked(block: Block) -> dict[str, Any]:
    whom = block.blocked
    return {"handle": whom.handle, "display_name": whom.display_name, "created_at": block.created_at}
