"""Blocking ends following in both directions, is kept, and is nobody else's business."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.errors import Unauthenticated
from remixhub.models import Block, Follow, Notice, now
from remixhub.services.accounts import blocks, follows
from remixhub.services.accounts.accounts import AccountNotFound
from remixhub.services.accounts.blocks import BlocksOneself
from remixhub.services.accounts.follows import FollowRefused
from tests.unit.rows import Rows, actor_of


def test_neither_follows_the_other_any_more_and_the_blocked_one_cannot_begin_again(parts: Parts, rows: Rows) -> None:
    ada, fan, oda = (rows.account(handle) for handle in ("ada", "fan", "oda"))
    for by, whom in ((ada, "fan"), (fan, "ada"), (oda, "ada"), (ada, "oda")):
        follows.follow_artist(actor_of(by), parts, whom)
    blocks.block(actor_of(ada), parts, "@Fan")
    assert {(one.account_id, one.artist_id) for one in rows.all(Follow)} == {(oda.id, ada.id), (ada.id, oda.id)}
    with pytest.raises(FollowRefused) as told:
        follows.follow_artist(actor_of(fan), parts, "ada")
    assert "block" not in told.value.detail
    assert rows.all(Notice) == []
    blocks.unblock(actor_of(ada), parts, "fan")
    blocks.unblock(actor_of(ada), parts, "fan")
    follows.follow_artist(actor_of(fan), parts, "ada")


def test_one_blocks_somebody_else_who_is_there_once(parts: Parts, rows: Rows) -> None:
    ada, fan = rows.account("ada"), rows.account("fan")
    rows.account("gone", deleted_at=now())
    first = blocks.block(actor_of(ada), parts, "fan")
    assert blocks.block(actor_of(ada), parts, "fan").created_at == first.created_at
    with pytest.raises(BlocksOneself):
        blocks.block(actor_of(ada), parts, "ada")
    for handle in ("gone", "nobody"):
        with pytest.raises(AccountNotFound):
            blocks.block(actor_of(ada), parts, handle)
    with pytest.raises(Unauthenticated):
        blocks.block(VISITOR, parts, "fan")
    assert [one.blocked.handle for one in blocks.list_blocks(actor_of(ada), parts, after=None, limit=9).rows] == ["fan"]
    assert blocks.list_blocks(actor_of(fan), parts, after=None, limit=9).rows == []
    with parts.database.writing() as session:
        blocks.leave_blocks(session, fan.id)
    assert rows.all(Block) == []
