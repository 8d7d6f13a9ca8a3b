"""Choosing a duel reads without the write lock; only what is new is written, and nobody is stuck with an old one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.contests import duels
from remixhub.domain.contests.entries import EntryState
from remixhub.models import Account, ContestEntry, Database, DuelOffer, JudgeConflict
from remixhub.services.contests import duel_offers
from remixhub.services.contests.duel_offers import Offer
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import Stage


@contextmanager
def writing(database: Database) -> Iterator[list[str]]:
    """What is said in transactions that take the write lock."""
    said: list[str] = []

    def note(connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not connection.get_execution_options().get("remixhub_readonly") and statement != "BEGIN IMMEDIATE":
            said.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    yield said
    sa.event.remove(database.engine, "before_cursor_execute", note)


def test_a_new_offer_takes_one_statement_under_the_lock_and_asking_again_takes_no_lock(
    stage: Stage, voter: Account
) -> None:
    contest = stage.contest()
    stage.entries(contest, 5)
    with writing(stage.parts.database) as first:
        offer = stage.offered(voter, contest)
    assert [one.partition(" (")[0] for one in first] == ["INSERT INTO duel_offers"]
    with writing(stage.parts.database) as again:
        assert stage.offered(voter, contest) == offer
    assert again == []


def test_an_offer_that_cannot_be_answered_any_more_gives_place_to_another(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    entries = stage.entries(contest, 3)
    stage.hear(voter, contest, *entries)
    by_id = {one.id: one for one in entries}
    first = stage.offered(voter, contest)
    left, right = by_id[str(first.left_id)], by_id[str(first.right_id)]
    stage.answered(voter, contest, left, right)
    offered = {"contest_id": contest.id, "account_id": voter.id, "left_id": left.id, "right_id": right.id}
    stage.rows.add(DuelOffer(**offered))
    second = stage.offered(voter, contest)
    assert {second.left_id, second.right_id} != {left.id, right.id}, "answered meanwhile, in another window"
    near = next(id for id in (second.left_id, second.right_id) if id)
    stage.rows.add(JudgeConflict(contest_id=contest.id, account_id=voter.id, entry_id=near, reason="a friend"))
    third = stage.offered(voter, contest)
    assert near not in (third.left_id, third.right_id), "too near meanwhile"
    kept = stage.rows.all(DuelOffer)
    assert [(one.left_id, one.right_id) for one in kept] in ([], [(third.left_id, third.right_id)], [
        (second.left_id, second.right_id)
    ])  # fmt: skip


def test_a_voter_of_great_patience_is_offered_every_pair_of_more_entries_than_are_weighed(
    stage: Stage, voter: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duels, "MOST_WEIGHED", 3)
    contest = stage.contest()
    by_id = {one.id: one for one in stage.entries(contest, 5)}
    stage.hear(voter, contest, *by_id.values())
    answered: set[frozenset[str]] = set()
    while (offer := stage.offered(voter, contest)).left_id and offer.right_id:
        pair = frozenset((offer.left_id, offer.right_id))
        assert pair not in answered
        answered.add(pair)
        stage.answered(voter, contest, by_id[offer.left_id], by_id[offer.right_id])
    assert len(answered) == 10


def test_with_nothing_left_an_old_offer_is_none(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    entries = stage.entries(contest, 2)
    assert stage.offered(voter, contest).left_id
    stage.rows.change(ContestEntry, ContestEntry.id == entries[0].id, state=EntryState.RULED_OUT)
    assert stage.offered(voter, contest) == Offer(None, None, 0)


def test_two_windows_of_a_voter_get_the_same_duel(
    stage: Stage, voter: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has chosen before the other wrote; the one that writes later reads what the first wrote."""
    contest = stage.contest()
    stage.entries(contest, 8)
    meeting, drawn = threading.Barrier(2), iter(range(8))
    choose = duel_offers.next_pair

    def chosen(*given: Any, **named: Any) -> tuple[str, str] | None:
        pair = choose(*given, **{**named, "seed": str(next(drawn))})
        meeting.wait(30)
        return pair

    monkeypatch.setattr(duel_offers, "next_pair", chosen)
    with ThreadPoolExecutor(2) as windows:
        asked = [windows.submit(duel_offers.offer_duel, actor_of(voter), stage.parts, contest.id) for _ in "12"]
        one, other = (each.result(30) for each in asked)
    assert one == other
    assert (one.left_id, one.right_id) == (
        (kept := stage.rows.one(DuelOffer)).left_id,
        kept.right_id,
    )
