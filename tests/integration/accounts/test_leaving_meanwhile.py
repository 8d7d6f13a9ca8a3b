"""What was asked for before an account is deleted or somebody blocked, and is done after it, is not done."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from remixhub.domain.access import Actor, session_actor
from remixhub.domain.collections import COLLECTIONS_LIMIT, Visibility
from remixhub.domain.errors import RemixHubError
from remixhub.models import Block, Collection, Comment, Follow, Like, TagFollow, WorkFollow
from remixhub.services.accounts import blocks, follows
from remixhub.services.collections import collections, filling
from remixhub.services.comments import writing
from remixhub.services.listening import likes
from tests.integration.conftest import PASSWORD, Client, Hub
from tests.integration.lineage.catalogue import Catalogue

TRIALS = 40


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.browser("fan")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or the code of what it raised; all start together."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except RemixHubError as error:
            return error.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def actor(catalogue: Catalogue, handle: str) -> Actor:
    return session_actor(catalogue.account(handle), handle, is_operator=False)


def test_who_is_gone_leaves_nothing_behind(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    asking, parts = actor(catalogue, "fan"), hub.parts
    work = catalogue.work("Harbour", by="mara")
    hub.browser("host").post("/labels", {"handle": "nightshift", "name": "Nightshift"})
    assert fan.delete("/account", {"password": PASSWORD}).status_code == 204
    acts: list[Callable[[], Any]] = [
        lambda: writing.write_comment(asking, parts, work, text="Still here."),
        lambda: likes.like(asking, parts, work),
        lambda: follows.follow_artist(asking, parts, "mara"),
        lambda: follows.follow_label(asking, parts, "nightshift"),
        lambda: follows.follow_work(asking, parts, work),
        lambda: follows.follow_tag(asking, parts, "dub"),
        lambda: blocks.block(asking, parts, "mara"),
        lambda: collections.make_collection(asking, parts, title="Late", text="", visibility=Visibility.PUBLIC),
        lambda: filling.collect_anew(asking, parts, "Late", work),
    ]
    for act in acts:
        assert at_once(act) == ["unauthenticated"]
    for table in (Comment, Like, Follow, WorkFollow, TagFollow, Block, Collection):
        assert hub.rows(table) == [], table.__tablename__


def test_whoever_leaves_while_they_write_leaves_nothing_behind(hub: Hub, catalogue: Catalogue) -> None:
    work, parts = catalogue.work("Harbour", by="mara"), hub.parts
    for number in range(4):
        leaving = hub.browser(f"fan{number}")
        asking = actor(catalogue, f"fan{number}")
        at_once(
            lambda asking=asking: writing.write_comment(asking, parts, work, text="Bye."),
            lambda asking=asking: likes.like(asking, parts, work),
            lambda asking=asking: follows.follow_artist(asking, parts, "mara"),
            lambda asking=asking: filling.collect_anew(asking, parts, "Late", work),
            lambda leaving=leaving: leaving.delete("/account", {"password": PASSWORD}),
        )
    assert [one.text for one in hub.rows(Comment) if one.text] == []
    for table in (Like, Follow, Collection):
        assert hub.rows(table) == [], table.__tablename__
    shown = hub.visitor().get(f"/works/{work}").get_json()
    assert (shown["like_count"], shown["comment_count"]) == (0, 0)


def test_nobody_follows_who_blocks_them_whichever_came_first(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    hub.account("mara")
    following, blocking, parts = actor(catalogue, "fan"), actor(catalogue, "mara"), hub.parts
    drawn = random.Random(1)
    for _ in range(TRIALS):
        acts: list[Callable[[], Any]] = [
            lambda: follows.follow_artist(following, parts, "mara"),
            lambda: follows.follow_artist(blocking, parts, "fan"),
            lambda: blocks.block(blocking, parts, "fan"),
        ]
        drawn.shuffle(acts)
        at_once(*acts)
        assert [one for one in hub.rows(Follow) if one.account_id == following.account_id] == []
        blocks.unblock(blocking, parts, "fan")


def test_collections_made_at_once_never_pass_the_limit(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    asking, parts = actor(catalogue, "fan"), hub.parts
    with parts.database.writing() as session:
        for number in range(COLLECTIONS_LIMIT - 2):
            session.add(Collection(account_id=asking.account_id, title=str(number)))
    for trial in range(TRIALS // 4):
        made = at_once(
            *[
                lambda: collections.make_collection(asking, parts, title="x", text="", visibility=Visibility.PRIVATE)
                for _ in range(6)
            ]
        )
        assert made.count("collections_too_many") == 4, trial
        for view in made:
            if not isinstance(view, str):
                collections.delete_collection(asking, parts, view.collection.id)
