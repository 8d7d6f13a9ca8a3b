"""A comment that goes leaves its place: who took it, and nothing of what it said."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.comments import CommentNotFound, CommentState
from remixhub.domain.errors import Forbidden
from remixhub.models import Account, AuditEntry, Comment, CommentRevision, Notice, Row, Work
from remixhub.services.comments import removing, writing
from remixhub.services.comments.removing import leave_comments
from tests.unit.rows import Rows, actor_of
from tests.unit.services.comments.conftest import Say


def stored(rows: Rows) -> str:
    """All that the database holds, but how often one asked."""
    with rows.database.reading() as session:
        return json.dumps([[list(map(str, row)) for row in session.execute(sa.select(table))]
                           for table in Row.metadata.sorted_tables])  # fmt: skip


def test_what_its_author_deletes_is_nowhere_any_more_and_the_answers_stay(
    rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account
) -> None:
    first = say(fan, "Secret one, @ada.")
    writing.edit_comment(actor_of(fan), parts, first.id, text="Secret two.", revision=1)
    answer = say(ada, "I see.", first)
    assert "Secret one" in stored(rows)
    removing.delete_comment(actor_of(fan), parts, first.id)
    assert "Secret" not in stored(rows)
    gone = rows.one(Comment, Comment.id == first.id)
    assert (gone.state, gone.text, gone.mentions) == (CommentState.DELETED, "", [])
    assert gone.gone_at is not None
    assert rows.one(Comment, Comment.id == answer.id).text == "I see."
    assert rows.all(CommentRevision) == []


def test_deleting_again_changes_nothing(rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account) -> None:
    first = say(fan)
    removing.delete_comment(actor_of(fan), parts, first.id)
    for by in (fan, ada):
        removing.delete_comment(actor_of(by), parts, first.id)
    assert rows.one(Comment).state is CommentState.DELETED
    assert rows.one(Work).comment_count == 0
    assert [one.action for one in rows.all(AuditEntry)] == ["comment.deleted"]


def test_the_artist_removes_one_from_their_work_and_its_author_is_told(
    rows: Rows, say: Say, parts: Parts, ada: Account, oda: Account, fan: Account
) -> None:
    first = say(fan)
    with pytest.raises(Forbidden):
        removing.delete_comment(actor_of(oda), parts, first.id)
    removing.delete_comment(actor_of(ada), parts, first.id)
    assert rows.one(Comment).state is CommentState.REMOVED
    (notice,) = rows.all(Notice, Notice.account_id == fan.id)
    assert notice.title == "Your comment on “Song” was removed by the artist"
    assert [one.action for one in rows.all(AuditEntry)] == ["comment.removed"]
    with pytest.raises(CommentNotFound):
        removing.delete_comment(actor_of(ada), parts, "none")


def test_who_leaves_takes_their_words_along(rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account) -> None:
    other = rows.work(ada, "Other")
    first = say(fan, "Secret.")
    say(fan, "Secret too.", on=other)
    say(fan, "Secret again.", first)
    say(ada, "Mine, @fan.", first)
    with parts.database.writing() as session:
        leave_comments(session, fan.id)
    assert "Secret" not in stored(rows)
    assert {one.title: one.comment_count for one in rows.all(Work)} == {"Song": 1, "Other": 0}
    assert [one.account_id for one in rows.all(Comment, Comment.state == CommentState.SHOWN)] == [ada.id]
