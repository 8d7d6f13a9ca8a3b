"""Who may comment on what, in which thread it stands, and what is kept when it is edited."""

from __future__ import annotations

import dataclasses

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.comments import (
    COMMENTS_A_WINDOW,
    NEWCOMERS_COMMENTS_A_WINDOW,
    AddressUnverified,
    CommentGone,
    CommentNotFound,
    CommentPolicy,
    CommentRepeated,
    CommentsClosed,
    CommentsNotTaken,
    MomentBeyondEnd,
)
from remixhub.domain.errors import Forbidden, Invalid, NotFound, PreconditionFailed, Unauthenticated
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Account, Comment, CommentRevision, Work, now
from remixhub.services.accounts import blocks
from remixhub.services.comments import removing, writing
from remixhub.services.throttle import TooManyAttempts
from tests.unit.rows import Rows, actor_of
from tests.unit.services.comments.conftest import Say


def test_threads_are_one_deep_and_an_answer_to_an_answer_joins_its_thread(say: Say, ada: Account, fan: Account) -> None:
    first = say(fan, "The pad!", at_seconds=42.0)
    answer = say(ada, "Yes.", first)
    deeper = say(fan, "Thanks.", answer)
    assert (first.thread_id, first.answers_id, first.at_ms) == (None, None, 42_000)
    assert (answer.thread_id, answer.answers_id, answer.at_ms) == (first.id, first.id, None)
    assert (deeper.thread_id, deeper.answers_id) == (first.id, answer.id)


def test_comments_are_counted_on_their_work(rows: Rows, say: Say, parts: Parts, work: Work, fan: Account) -> None:
    first = say(fan)
    say(fan, "More.", first)
    assert rows.one(Work).comment_count == 2
    removing.delete_comment(actor_of(fan), parts, first.id)
    assert rows.one(Work).comment_count == 1
    assert rows.one(Work).revision == work.revision, "an edit of the work is no matter of its comments"


def test_a_moment_lies_within_the_work_and_an_answer_has_none_of_its_own(
    rows: Rows, say: Say, ada: Account, fan: Account
) -> None:
    first = say(fan, at_seconds=60.0)
    with pytest.raises(MomentBeyondEnd):
        say(fan, "Later.", at_seconds=60.5)
    with pytest.raises(Invalid):
        say(ada, "Here.", first, at_seconds=1.0)
    silent = rows.work(ada, "Silent")
    with pytest.raises(MomentBeyondEnd):
        say(fan, "Where?", on=silent, at_seconds=0.0)
    stems = rows.work(ada, "Stems")
    rows.pack(stems, [rows.original("b", duration_frames=90 * 48_000)])
    assert say(fan, "The bass.", on=stems, at_seconds=89.0).at_ms == 89_000
    assert len(rows.all(Comment)) == 2
    assert rows.one(Work, Work.id == silent.id).comment_count == 0, "what is refused is not counted"


def test_only_what_is_published_is_commented_on(rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account) -> None:
    draft = rows.work(ada, "Draft", state=WorkState.DRAFT)
    with pytest.raises(NotFound):
        say(fan, on=draft)
    with pytest.raises(WorkNotPublished):
        say(ada, on=draft)
    for state in (WorkState.WITHDRAWN, WorkState.TAKEN_DOWN):
        with pytest.raises(WorkWithdrawn):
            say(fan, on=rows.work(ada, state=state))
    with pytest.raises(Unauthenticated):
        writing.write_comment(VISITOR, parts, draft.id, text="Good.")


@pytest.mark.parametrize("policy", [CommentPolicy.CLOSED, CommentPolicy.HIDDEN])
def test_an_artist_closes_comments_on_a_work_or_on_all_that_say_nothing_else(
    rows: Rows, say: Say, ada: Account, fan: Account, work: Work, policy: CommentPolicy
) -> None:
    rows.change(Work, Work.id == work.id, comment_policy=policy)
    for by in (fan, ada):
        with pytest.raises(CommentsClosed):
            say(by)
    rows.change(Work, Work.id == work.id, comment_policy=None)
    rows.change(Account, Account.id == ada.id, comment_policy=policy)
    with pytest.raises(CommentsClosed):
        say(fan)
    rows.change(Work, Work.id == work.id, comment_policy=CommentPolicy.OPEN)
    say(fan)


def test_a_blocked_account_neither_comments_on_the_blockers_works_nor_answers_them(
    rows: Rows, say: Say, parts: Parts, ada: Account, oda: Account, fan: Account
) -> None:
    by_oda = rows.work(oda, "Hers")
    hers, mine = say(ada, "Mine.", on=by_oda), say(oda, "Hers.", on=by_oda)
    in_thread = say(oda, "And this.", hers, on=by_oda)
    before = say(fan)
    blocks.block(actor_of(ada), parts, "fan")
    for refused in (lambda: say(fan, "Again."), lambda: say(fan, "You!", hers, on=by_oda),
                    lambda: say(fan, "You!", in_thread, on=by_oda)):  # fmt: skip
        with pytest.raises(CommentsNotTaken) as told:
            refused()
        assert "block" not in told.value.detail
    with pytest.raises(CommentsNotTaken):
        writing.edit_comment(actor_of(fan), parts, before.id, text="Bad.", revision=1)
    say(fan, "To her.", mine, on=by_oda)
    blocks.unblock(actor_of(ada), parts, "fan")
    say(fan, "Again.")


def test_what_is_gone_or_elsewhere_is_not_answered(
    rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account
) -> None:
    first = say(fan)
    with pytest.raises(CommentNotFound):
        say(fan, "Here.", first, on=rows.work(ada, "Other"))
    removing.delete_comment(actor_of(fan), parts, first.id)
    with pytest.raises(CommentGone):
        say(ada, "Why?", first)


def test_the_same_words_are_not_said_twice_on_a_work_nor_on_many(
    rows: Rows, say: Say, ada: Account, fan: Account
) -> None:
    first = say(fan)
    with pytest.raises(CommentRepeated):
        say(fan)
    with pytest.raises(CommentRepeated):
        say(fan, answers=first)
    say(ada)
    say(fan, on=rows.work(ada, "Second"))
    with pytest.raises(CommentRepeated):
        say(fan, on=rows.work(ada, "Third"))
    rows.change(Comment, Comment.account_id == fan.id, created_at=now(-2 * 24 * 3600))
    say(fan)


def test_newcomers_write_less_at_once(rows: Rows, say: Say, fan: Account) -> None:
    for count, by in ((NEWCOMERS_COMMENTS_A_WINDOW, rows.account("newcomer")), (COMMENTS_A_WINDOW, fan)):
        for n in range(count):
            say(by, f"Comment {n}.")
        with pytest.raises(TooManyAttempts):
            say(by, "One more.")


def test_where_the_hub_sends_mail_an_address_is_confirmed_first(
    rows: Rows, parts: Parts, work: Work, fan: Account
) -> None:
    mailing = dataclasses.replace(parts, settings=dataclasses.replace(parts.settings, smtp_url="folder:///mail"))
    rows.change(Account, Account.id == fan.id, email_verified_at=None)
    with pytest.raises(AddressUnverified):
        writing.write_comment(actor_of(fan), mailing, work.id, text="Good.")
    writing.write_comment(actor_of(fan), parts, work.id, text="Good.")


def test_what_a_comment_said_before_is_kept_and_its_edit_saw_what_is_there(
    rows: Rows, say: Say, parts: Parts, ada: Account, fan: Account
) -> None:
    first = say(fan, "Teh pad.")
    edited = writing.edit_comment(actor_of(fan), parts, first.id, text="The pad.", revision=1)
    assert (edited.text, edited.revision, edited.created_at) == ("The pad.", 2, first.created_at)
    assert edited.edited_at is not None
    with pytest.raises(PreconditionFailed):
        writing.edit_comment(actor_of(fan), parts, first.id, text="A pad.", revision=1)
    same = writing.edit_comment(actor_of(fan), parts, first.id, text="The pad.", revision=2)
    assert same.revision == 2
    writing.edit_comment(actor_of(fan), parts, first.id, text="The pads.", revision=2)
    kept = sorted((one.revision, one.text, one.written_at) for one in rows.all(CommentRevision))
    assert kept == [(1, "Teh pad.", first.created_at), (2, "The pad.", edited.edited_at)]
    with pytest.raises(Forbidden):
        writing.edit_comment(actor_of(ada), parts, first.id, text="Mine.", revision=3)
    with pytest.raises(CommentNotFound):
        writing.edit_comment(actor_of(fan), parts, "none", text="Mine.", revision=1)
    removing.delete_comment(actor_of(fan), parts, first.id)
    with pytest.raises(CommentGone):
        writing.edit_comment(actor_of(fan), parts, first.id, text="Back.", revision=4)
