"""Letters quote what can be seen when they go, and keep nothing of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM
from remixhub.domain.letters import Rhythm
from remixhub.domain.moderation import ReportReason
from remixhub.models import Account, Job, Letter, now
from remixhub.services.moderation.takedowns import take_down
from tests.integration.comments.test_comments import Square, square  # noqa: F401
from tests.integration.conftest import Hub
from tests.mailbox import Mailbox, mailbox, with_mail

WORDS = "words that are regretted"


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


@pytest.fixture
def hub(hub: Hub, server: Mailbox) -> Hub:
    parts = with_mail(hub.parts, f"smtp://127.0.0.1:{server.port}")
    hub.app.extensions["remixhub"] = parts
    return Hub(hub.app, parts)


@pytest.fixture
def told(square: Square) -> Square:  # noqa: F811
    """Ada gets letters of comments at once."""
    with square.hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(email_verified_at=now()))
    rhythm = {"rhythm": Rhythm.AT_ONCE.value}
    assert square.ada.post("/account/mail-topics/comments/rhythm", rhythm).status_code == 204
    return square


def written(hub: Hub) -> str:
    return json.dumps([row.facts for row in hub.rows(Letter)])


def _delete(square: Square, comment_id: str) -> None:  # noqa: F811
    assert square.fan.delete(f"/comments/{comment_id}").status_code == 204


def _withdraw(square: Square, _comment_id: str) -> None:  # noqa: F811
    take_down(SYSTEM, square.hub.parts, work_ids=[square.work], reason=ReportReason.OFFENSIVE)


@pytest.mark.parametrize("go", [_delete, _withdraw])
def test_what_is_gone_before_its_letter_goes_is_not_quoted(
    told: Square, server: Mailbox, go: Callable[[Square, str], None]
) -> None:
    comment_id = told.said(told.fan, WORDS)
    assert WORDS not in written(told.hub), "the words stand in one place"
    go(told, comment_id)
    told.hub.drain()
    assert not any(WORDS in letter for letter in server.letters)
    assert not any("comments on" in letter for letter in server.letters), "there is nothing left to tell"


def test_what_is_there_is_quoted_and_not_kept(told: Square, server: Mailbox) -> None:
    told.said(told.fan, WORDS)
    told.hub.drain()
    (letter,) = [one for one in server.letters if "comments on" in one]
    assert WORDS in letter
    assert {row.state.value for row in told.hub.rows(Letter)} == {"sent"}
    assert [row.facts for row in told.hub.rows(Letter)] == [{}]


def test_whose_comment_was_removed_is_told_all_the_same(told: Square, server: Mailbox) -> None:
    with told.hub.parts.database.writing() as session:
        session.execute(sa.delete(Letter))
    assert told.fan.post("/account/mail-topics/comments/rhythm", {"rhythm": "at_once"}).status_code == 204
    comment_id = told.said(told.fan, WORDS)
    assert told.ada.delete(f"/comments/{comment_id}").status_code == 204
    told.hub.drain()
    (letter,) = server.letters
    assert "was removed by the artist" in letter
    assert "fan@example.org" in letter


def test_letters_of_a_day_leave_out_what_is_gone(told: Square, server: Mailbox) -> None:
    assert told.ada.post("/account/mail-topics/comments/rhythm", {"rhythm": "daily"}).status_code == 204
    first, _ = told.said(told.fan, WORDS), told.said(told.oda, "Lovely.")
    _delete(told, first)
    with told.hub.parts.database.writing() as session:
        session.execute(sa.update(Job).values(run_after_at=now()))
    told.hub.drain()
    (letter,) = server.letters
    assert "1 notice" in letter
    assert "@oda comments" in letter
    assert "@fan" not in letter
    assert [row.facts for row in told.hub.rows(Letter)] == [{}]


def test_what_the_artist_hides_is_quoted_to_the_artist_alone(told: Square, server: Mailbox) -> None:
    assert told.oda.post("/account/mail-topics/comments/rhythm", {"rhythm": "at_once"}).status_code == 204
    told.said(told.fan, f"@oda {WORDS}")
    assert told.ada.edit(f"/works/{told.work}", {"comment_policy": "hidden"}).status_code == 200
    told.hub.drain()
    (letter,) = server.letters
    assert WORDS in letter
    assert "ada@example.org" in letter
