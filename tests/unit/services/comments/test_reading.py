"""How comments are read: in pages, without those of whom one blocks, and not where they are hidden."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.comments import CommentNotFound, CommentOrder, CommentPolicy
from remixhub.domain.states import WorkState
from remixhub.models import Account, Comment, Work, now
from remixhub.services.accounts import blocks
from remixhub.services.comments import reading, removing, writing
from tests.unit.rows import Rows, actor_of
from tests.unit.services.comments.conftest import Say


def texts(parts: Parts, work: Work, by: Actor = VISITOR, order: CommentOrder = CommentOrder.OLDEST) -> list[str]:
    """Of the threads, leafed through two by two."""
    found: list[str] = []
    after = None
    while True:
        page = reading.list_threads(by, parts, work.id, order=order, after=after, limit=2)
        found += [one.first.text for one in page.rows]
        after = page.next_position
        if after is None:
            return found


def test_threads_are_listed_by_age_or_along_the_waveform(
    rows: Rows, say: Say, parts: Parts, work: Work, ada: Account, fan: Account
) -> None:
    moments = (50.0, None, 10.0, 30.5, 10.0)
    made = [say(fan, f"{n}", **({} if at is None else {"at_seconds": at})) for n, at in enumerate(moments)]
    for age, one in enumerate(reversed(made)):
        rows.change(Comment, Comment.id == one.id, created_at=now(-age * 60))
    say(ada, "An answer.", made[0])
    assert texts(parts, work) == ["0", "1", "2", "3", "4"]
    assert texts(parts, work, order=CommentOrder.NEWEST) == ["4", "3", "2", "1", "0"]
    along = texts(parts, work, order=CommentOrder.MOMENT)
    assert (set(along[:2]), along[2:]) == ({"2", "4"}, ["3", "0"])
    removing.delete_comment(actor_of(fan), parts, made[2].id)
    assert texts(parts, work, order=CommentOrder.MOMENT) == ["4", "3", "0"]
    assert texts(parts, work) == ["0", "1", "", "3", "4"]


def test_a_thread_counts_its_answers_and_pages_show_the_first_of_them(
    rows: Rows, say: Say, parts: Parts, work: Work, ada: Account, fan: Account
) -> None:
    first, other = say(fan, "First."), say(fan, "Other.")
    answers = [say(ada, f"Answer {n}.", first) for n in range(12)]
    for age, one in enumerate(reversed(answers)):
        rows.change(Comment, Comment.id == one.id, created_at=now(-age))
    listed = reading.list_threads(VISITOR, parts, work.id, order=CommentOrder.OLDEST, after=None, limit=9).rows
    assert {one.first.id: one.answer_count for one in listed} == {first.id: 12, other.id: 0}
    with parts.database.reading() as session:
        shown = reading.threads_of(session, VISITOR, work.id, CommentOrder.OLDEST, after=None, limit=9).rows
        last = session.get_one(Comment, answers[-1].id)
        linked = reading.thread_of(session, VISITOR, last)
    (thread,) = [one for one in shown if one.first.id == first.id]
    assert [one.text for one in thread.answers] == [f"Answer {n}." for n in range(10)]
    assert thread.answer_count == 12
    assert [one.text for one in linked.answers][-1] == "Answer 11."
    page = reading.list_answers(VISITOR, parts, first.id, after=None, limit=11)
    rest = reading.list_answers(VISITOR, parts, first.id, after=page.next_position, limit=11)
    assert [one.text for one in rest.rows] == ["Answer 11."]


def test_of_whom_one_blocks_one_sees_nothing_and_others_do(
    say: Say, parts: Parts, work: Work, ada: Account, oda: Account, fan: Account
) -> None:
    theirs = say(fan, "Theirs.", at_seconds=1.0)
    within = say(oda, "In their thread.", theirs)
    mine = say(oda, "Mine.")
    answer = say(fan, "Their answer.", mine)
    blocks.block(actor_of(ada), parts, "fan")
    assert texts(parts, work, actor_of(ada)) == ["Mine."]
    assert texts(parts, work, actor_of(oda)) == texts(parts, work, actor_of(fan)) == ["Theirs.", "Mine."]
    assert reading.list_answers(actor_of(ada), parts, mine.id, after=None, limit=9).rows == []
    for hidden in (theirs, within, answer):
        reading.get_comment(actor_of(oda), parts, hidden.id)
        with pytest.raises(CommentNotFound):
            reading.get_comment(actor_of(ada), parts, hidden.id)
    with parts.database.reading() as session:
        assert reading.marks_of(session, actor_of(ada), work.id) == []
        assert [one.handle for one in reading.marks_of(session, VISITOR, work.id)] == ["fan"]


def test_hidden_comments_are_their_artists_and_the_operators_to_see(
    rows: Rows, say: Say, parts: Parts, work: Work, ada: Account, fan: Account
) -> None:
    comment = say(fan)
    rows.change(Work, Work.id == work.id, comment_policy=CommentPolicy.HIDDEN)
    operator = rows.account("operator", is_operator=True)
    for by, seen in ((VISITOR, []), (actor_of(fan), []), (actor_of(ada), ["Good."]), (actor_of(operator), ["Good."])):
        assert texts(parts, work, by) == seen
    with pytest.raises(CommentNotFound):
        reading.get_comment(actor_of(fan), parts, comment.id)
    rows.change(Work, Work.id == work.id, comment_policy=CommentPolicy.CLOSED)
    assert texts(parts, work) == ["Good."]


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_a_tombstone_shows_no_comments_and_they_are_back_when_it_is(
    rows: Rows, say: Say, parts: Parts, work: Work, fan: Account, state: WorkState
) -> None:
    comment = say(fan)
    rows.change(Work, Work.id == work.id, state=state)
    assert texts(parts, work, actor_of(fan)) == []
    with pytest.raises(CommentNotFound):
        reading.get_comment(actor_of(fan), parts, comment.id)
    with pytest.raises(CommentNotFound):
        writing.edit_comment(actor_of(fan), parts, comment.id, text="Well.", revision=1)
    rows.change(Work, Work.id == work.id, state=WorkState.PUBLISHED)
    assert texts(parts, work) == ["Good."]


def test_what_it_said_before_is_for_whoever_sees_it(
    say: Say, parts: Parts, work: Work, fan: Account, ada: Account
) -> None:
    comment = say(fan, "One.")
    for revision, text in enumerate(("Two.", "Three."), start=1):
        writing.edit_comment(actor_of(fan), parts, comment.id, text=text, revision=revision)
    _, history = reading.get_history(VISITOR, parts, comment.id, after=None, limit=9)
    assert [(one.revision, one.text) for one in history.rows] == [(2, "Two."), (1, "One.")]
    blocks.block(actor_of(ada), parts, "fan")
    with pytest.raises(CommentNotFound):
        reading.get_history(actor_of(ada), parts, comment.id, after=None, limit=9)
