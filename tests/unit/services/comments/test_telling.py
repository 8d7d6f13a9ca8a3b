"""One notice for each account that a comment concerns: never of oneself, never twice, none to who blocks."""

from __future__ import annotations

from remixhub.compose import Parts
from remixhub.models import Account, Notice, Work, now
from remixhub.services.accounts import blocks
from remixhub.services.comments import removing, writing
from tests.unit.rows import Rows, actor_of
from tests.unit.services.comments.conftest import Say


def told(rows: Rows) -> list[tuple[str, str]]:
    """Handles and titles."""
    handles = {one.id: one.handle for one in rows.all(Account)}
    return sorted((handles[one.account_id], one.title) for one in rows.all(Notice))


def test_the_artist_is_told_with_the_moment_and_the_words(rows: Rows, say: Say, ada: Account, fan: Account) -> None:
    comment = say(fan, "The pad!", at_seconds=42.0)
    say(ada, "My own.")
    notice = rows.one(Notice)
    assert (notice.account_id, notice.title, notice.text) == (ada.id, "@fan comments on “Song” at 0:42", "The pad!")
    assert (notice.kind.value, notice.subject_kind, notice.subject_id) == ("comment", "comment", comment.id)


def test_who_is_answered_and_who_is_mentioned_is_told_once_by_what_concerns_them_most(
    rows: Rows, say: Say, ada: Account, oda: Account, fan: Account
) -> None:
    first = say(ada, "What do you hear?")
    assert told(rows) == []
    say(oda, "A pad, @ada, @oda, @fan and @nobody.", first)
    assert told(rows) == [
        ("ada", "@oda answers you on “Song”"),
        ("fan", "@oda mentions you in a comment on “Song”"),
    ]


def test_an_edit_tells_whom_it_newly_mentions_alone(
    rows: Rows, say: Say, parts: Parts, ada: Account, oda: Account, fan: Account
) -> None:
    comment = say(fan, "Listen, @oda.")
    for revision, text in enumerate(("Listen, @oda and @ada!", "@oda @ada", "Nobody.", "@oda again"), start=1):
        writing.edit_comment(actor_of(fan), parts, comment.id, text=text, revision=revision)
    assert [handle for handle, _ in told(rows)] == ["ada", "oda"]


def test_who_blocks_or_left_is_told_nothing(
    rows: Rows, say: Say, parts: Parts, oda: Account, fan: Account, ada: Account
) -> None:
    blocks.block(actor_of(oda), parts, "fan")
    rows.account("gone", deleted_at=now())
    comment = say(fan, "@oda @gone!")
    assert [handle for handle, _ in told(rows)] == ["ada"]
    assert comment.mentions == ["oda"], "that it is not told is not told either"


def test_the_words_of_a_deleted_comment_go_from_the_notices_too(
    rows: Rows, say: Say, parts: Parts, fan: Account, oda: Account
) -> None:
    kept = say(oda, "Kept, @fan.")
    gone = say(fan, "A secret, @oda.")
    removing.delete_comment(actor_of(fan), parts, gone.id)
    assert {(one.subject_id, one.text) for one in rows.all(Notice)} == {(kept.id, "Kept, @fan."), (gone.id, "")}


def test_a_long_title_and_a_long_comment_are_cut(rows: Rows, say: Say, ada: Account, fan: Account) -> None:
    say(fan, "x" * 2_000, on=rows.work(ada, "T" * 200))
    notice = rows.one(Notice)
    assert len(notice.title) <= 300
    assert len(notice.text) == 501
    assert rows.all(Work)


def test_an_edit_of_what_is_closed_tells_nobody(
    rows: Rows, say: Say, parts: Parts, ada: Account, oda: Account, fan: Account
) -> None:
    comment = say(fan, "Listen.")
    before = told(rows)
    rows.change(Work, Work.id == comment.work_id, comment_policy="closed")
    writing.edit_comment(actor_of(fan), parts, comment.id, text="Listen, @oda!", revision=1)
    assert told(rows) == before
