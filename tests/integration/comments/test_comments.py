"""Comments over HTTP on both databases: what programs are told, and of two at once which one counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from remixhub.models import Account, Comment, CommentRevision, Notice, Work, now
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import RUBRIC, ContestStage
from tests.integration.lineage.catalogue import Catalogue

TRIALS = 9
"""Of what an account may write at once."""


@dataclass
class Square:
    """A work of `ada`, a second of it, and two who talk about it."""

    hub: Hub
    ada: Client
    fan: Client
    oda: Client
    work: str

    def say(self, by: Client, text: str, **more: Any) -> TestResponse:
        return by.post(f"/works/{self.work}/comments", {"text": text, **more})

    def said(self, by: Client, text: str, **more: Any) -> str:
        answer = self.say(by, text, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def listed(self, by: Client, query: str = "") -> Any:
        return by.get(f"/works/{self.work}/comments{query}").get_json()

    def counted(self) -> int:
        with self.hub.parts.database.reading() as session:
            return session.get_one(Work, self.work).comment_count


@pytest.fixture
def square(hub: Hub) -> Square:
    clients = [hub.account(handle) for handle in ("ada", "fan", "oda")]
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(created_at=sa.type_coerce(1, Account.created_at.type.impl_instance)))
    catalogue = Catalogue(hub.parts)
    work = catalogue.work("Song", by="ada")
    catalogue.pack(work, [catalogue.original()])
    return Square(hub, *clients, work)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def together(*asking: Callable[[], TestResponse]) -> list[int]:
    with ThreadPoolExecutor(len(asking)) as pool:
        return [one.result().status_code for one in [pool.submit(ask) for ask in asking]]


def test_a_comment_is_written_listed_edited_and_deleted(square: Square) -> None:
    made = square.say(square.fan, " The pad!\nAnd @ada. ", at_seconds=0.42)
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/comments/{made.get_json()['id']}")
    comment = made.get_json()
    assert comment["author"] == {"handle": "fan", "display_name": "fan"}
    assert (comment["text"], comment["at_seconds"], comment["mentions"]) == ("The pad!\nAnd @ada.", 0.42, ["ada"])
    path = f"/comments/{comment['id']}"
    edited = square.fan.edit(path, {"text": "The pads!"})
    assert (edited.get_json()["text"], edited.get_json()["revision"]) == ("The pads!", 2)
    assert code(square.fan.patch(path, {"text": "Pads."}, revision=1)) == (412, "revision_outdated")
    (before,) = square.hub.visitor().get(f"{path}/revisions").get_json()["revisions"]
    assert (before["revision"], before["text"]) == (1, "The pad!\nAnd @ada.")
    answer = square.said(square.ada, "Yes.", answers=comment["id"])
    (thread,) = square.listed(square.hub.visitor())["comments"]
    assert (thread["id"], thread["answer_count"], thread["edited_at"] is None) == (comment["id"], 1, False)
    assert square.fan.delete(path).status_code == 204
    assert square.fan.delete(path).status_code == 204
    gone = square.hub.visitor().get(path).get_json()
    assert (gone["state"], gone["text"], gone["author"], gone["mentions"]) == ("deleted", "", None, [])
    assert "pad" not in str(square.listed(square.ada)) + square.ada.get("/account/notices").text
    assert [one["id"] for one in square.ada.get(f"{path}/answers").get_json()["comments"]] == [answer]
    assert square.hub.visitor().get(f"{path}/revisions").get_json()["revisions"] == []


def test_what_is_refused_says_where(square: Square) -> None:
    beyond = square.say(square.fan, "Late.", at_seconds=1.5)
    assert code(beyond) == (422, "moment_beyond_end")
    assert beyond.get_json()["violations"][0]["pointer"] == "/at_seconds"
    for body in ({"text": ""}, {"text": "x" * 2_001}, {"text": "a\u202eb"}, {}, {"text": "a", "at_seconds": "1"}):
        refused = square.fan.post(f"/works/{square.work}/comments", body)
        assert refused.status_code == 422, body
    assert code(square.say(square.fan, "You!", answers="none")) == (404, "comment_not_found")
    assert code(square.fan.get(f"/works/{square.work}/comments?order=best")) == (422, "invalid")
    assert code(square.fan.get("/comments/none")) == (404, "comment_not_found")
    assert square.counted() == 0


def test_the_same_key_comments_once(square: Square) -> None:
    asked = [
        square.fan.post(f"/works/{square.work}/comments", {"text": "Once."}, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert asked[0].get_json() == asked[1].get_json()
    assert (asked[1].headers["Idempotency-Replayed"], square.counted()) == ("true", 1)


def test_listings_are_leafed_through_and_along_the_waveform(square: Square) -> None:
    for n in range(5):
        square.said(square.fan, f"{n}", **({"at_seconds": 0.9 - n / 10} if n % 2 == 0 else {}))
    for order, expected in (("oldest", "01234"), ("newest", "43210"), ("moment", "420")):
        found, query = "", f"?order={order}&limit=2"
        while query:
            page = square.listed(square.oda, query)
            found += "".join(one["text"] for one in page["comments"])
            query = f"?order={order}&limit=2&cursor={page['next']}" if page["next"] else ""
        assert found == expected


def test_the_artist_closes_and_hides_over_the_api(square: Square) -> None:
    comment = square.said(square.fan, "Good.")
    work = f"/works/{square.work}"
    for policy, seen in (("closed", 1), ("hidden", 0)):
        assert square.ada.edit(work, {"comment_policy": policy}).get_json()["comment_policy"] == policy
        assert code(square.say(square.fan, f"In {policy}.")) == (409, "comments_closed")
        assert len(square.listed(square.oda)["comments"]) == seen
    assert square.oda.get(f"/comments/{comment}").status_code == 404
    assert square.ada.edit(work, {"comment_policy": None}).status_code == 200
    assert square.ada.edit("/account", {"comment_policy": "closed"}).get_json()["comment_policy"] == "closed"
    assert code(square.say(square.fan, "By default.")) == (409, "comments_closed")
    assert square.hub.visitor().get(work).get_json()["comment_count"] == 1


def test_a_block_is_made_listed_and_ended(square: Square) -> None:
    assert square.ada.post("/accounts/fan/block").get_json()["handle"] == "fan"
    assert [one["handle"] for one in square.ada.get("/account/blocks").get_json()["blocks"]] == ["fan"]
    refused = square.say(square.fan, "Hello.")
    assert code(refused) == (403, "comments_not_taken")
    assert refused.get_json()["detail"] == "This artist does not take your comments."
    assert code(square.fan.post("/accounts/ada/follow")) == (403, "follow_refused")
    assert square.ada.delete("/accounts/fan/block").status_code == 204
    square.said(square.fan, "Hello.")


def test_who_leaves_takes_their_comments_and_blocks_along(square: Square) -> None:
    leaver = square.hub.browser("leaver")
    first = square.said(leaver, "I was here, @ada.")
    square.said(square.fan, "So you were.", answers=first)
    leaver.post("/accounts/oda/block")
    assert leaver.delete("/account", {"password": "a sentence nobody guesses"}).status_code == 204
    (thread,) = square.listed(square.oda)["comments"]
    assert (thread["state"], thread["text"], thread["author"], thread["answer_count"]) == ("deleted", "", None, 1)
    assert "I was here" not in square.ada.get("/account/notices").text


def test_a_sealed_entry_cannot_be_commented_on_and_one_that_is_published_looks_like_any_work(hub: Hub) -> None:
    """Refusing comments on it, or showing anything else, would say which works are entered."""
    stage = ContestStage(hub)
    stage.label()
    stage.judge("judge")
    contest = stage.opened({"rubric": RUBRIC, "sealing": "sealed", "entries_per_account": 2})
    release = contest["release_id"]
    draft = stage.catalogue.draft("Sealed", [release], by="fan")
    public = stage.catalogue.work("Public", [release], by="fan")
    for work in (draft, public):
        stage.give_audio(work)
    fan, judge, host = stage.person("fan"), stage.person("judge"), stage.person("host")

    def look() -> list[Any]:
        answers = [who.get(f"/works/{public}{rest}") for who in (judge, host) for rest in ("", "/comments")]
        times = re.compile(r"X-Amz-[^\"]*")
        return [times.sub("", answer.text) for answer in answers]

    before = look()
    for work in (draft, public):
        entered = fan.post(f"/contests/{contest['id']}/entries", {"work_id": work})
        assert entered.status_code == 201, entered.text
    stage.pass_hours(contest, 1)
    assert look() == before
    for who in (judge, host, hub.visitor()):
        assert who.get(f"/works/{draft}/comments").status_code == 404
    for who in (judge, host):
        assert code(who.post(f"/works/{draft}/comments", {"text": "Yours?"})) == (404, "not_found")
    assert code(fan.post(f"/works/{draft}/comments", {"text": "Mine."})) == (409, "work_not_published")
    assert judge.post(f"/works/{public}/comments", {"text": "Good."}).status_code == 201
    (told,) = [one for one in hub.rows(Notice) if one.kind.value == "comment"]
    assert (told.title, told.text) == ("@judge comments on “Public”", "Good.")


def test_of_two_deletions_at_once_one_counts(square: Square) -> None:
    for n in range(TRIALS):
        comment = square.said(square.fan, f"{n}")
        path = f"/comments/{comment}"
        asking = (square.fan, square.ada, square.fan, square.ada)
        assert together(*[partial(by.delete, path) for by in asking]) == [204] * 4
        assert square.counted() == 0
        told = [one for one in square.hub.rows(Notice) if one.subject_id == comment and "removed" in one.title]
        state = square.fan.get(path).get_json()["state"]
        assert len(told) == (1 if state == "removed" else 0)


def test_of_an_edit_and_a_deletion_at_once_nothing_is_left(square: Square) -> None:
    for n in range(TRIALS):
        path = f"/comments/{square.said(square.fan, f'{n}')}"
        edit = partial(square.fan.patch, path, {"text": f"Edited {n}."}, revision=1)
        edited, deleted = together(edit, partial(square.fan.delete, path))
        assert deleted == 204
        assert edited in (200, 409)
        assert square.fan.get(path).get_json()["text"] == ""
        assert square.hub.rows(CommentRevision) == []


def test_of_two_edits_of_the_same_revision_one_counts(square: Square) -> None:
    for n in range(TRIALS):
        path = f"/comments/{square.said(square.fan, f'{n}')}"
        edits = [partial(square.fan.patch, path, {"text": f"{n} {k}"}, revision=1) for k in range(2)]
        statuses = together(*edits)
        assert sorted(statuses) == [200, 412]
        assert len(square.fan.get(f"{path}/revisions").get_json()["revisions"]) == 1


def test_when_comments_are_closed_none_comes_after(square: Square) -> None:
    """Whoever was told that they are closed finds as many as there stay."""
    work = f"/works/{square.work}"
    for n in range(TRIALS):
        close = partial(square.ada.patch, work, {"comment_policy": "closed"}, revision=square.ada.revision_of(work))
        statuses = together(partial(square.say, square.fan, f"{n}"), close, partial(square.say, square.oda, f"{n}"))
        assert statuses[1] == 200
        assert {statuses[0], statuses[2]} <= {201, 409}
        taken = square.counted()
        assert code(square.say(square.fan, f"After {n}.")) == (409, "comments_closed")
        assert square.counted() == taken == len(square.hub.rows(Comment))
        assert square.ada.edit(work, {"comment_policy": "open"}).status_code == 200


def test_a_long_thread_is_counted_up_to_a_number_and_begins_with_its_first_ten(square: Square) -> None:
    first, other = square.said(square.fan, "Long."), square.said(square.fan, "Short.")
    with square.hub.parts.database.writing() as session:
        author = session.get_one(Comment, first).account_id
        for thread, answers in ((first, 230), (other, 3)):
            for number in range(answers):
                session.add(
                    Comment(
                        work_id=square.work, account_id=author, thread_id=thread, answers_id=thread,
                        text=f"Answer {number:03}", created_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
                        + dt.timedelta(seconds=number),
                    )
                )  # fmt: skip
    counts = {one["text"]: one["answer_count"] for one in square.listed(square.oda)["comments"]}
    assert counts == {"Long.": 201, "Short.": 3}
    page = square.hub.visitor().http.get(f"/works/{square.work}/comments").text
    assert "All answers, more than 200" in page
    assert re.findall(r"Answer \d+", page[page.index("Long.") :])[:10] == [f"Answer {n:03}" for n in range(10)]
    assert "Answer 010" not in page
    square.oda.post("/accounts/fan/block")
    assert square.listed(square.oda)["comments"] == []


def test_ones_own_comment_is_deleted_where_it_is_hidden(square: Square) -> None:
    fan = square.hub.browser("hider")
    with square.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(email_verified_at=now()))
    comment = square.said(fan, "Regretted.")
    assert square.ada.edit(f"/works/{square.work}", {"comment_policy": "hidden"}).status_code == 200
    assert fan.http.post(f"/comments/{comment}/delete").status_code == 303
    (row,) = square.hub.rows(Comment)
    assert (row.state.value, row.text) == ("deleted", "")
