"""Addresses on pages are those that Flask builds, filled from what is kept or built anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask
import pytest

from remixhub.domain.states import WorkKind
from remixhub.web.urls import register_urls


@pytest.fixture
def app() -> Iterator[flask.Flask]:
    app = flask.Flask(__name__)
    room = flask.Blueprint("room", __name__)
    room.add_url_rule("/rooms", endpoint="all")
    room.add_url_rule("/rooms/<room_id>/seats/<seat>", endpoint="seat")
    room.add_url_rule("/floors/<int:number>", endpoint="floor")
    app.register_blueprint(room)
    register_urls(app)
    with app.test_request_context("/rooms", base_url="https://hub.example"):
        yield app


@pytest.mark.parametrize(
    "values",
    [
        {"room_id": "a1", "seat": "b2"},
        {"seat": "gap-0-", "room_id": "gap-1-"},
        {"room_id": "a b", "seat": "ü/é"},
        {"room_id": "100%", "seat": "%(seat)s"},
        {"room_id": "a", "seat": "b", "kind": "remix", "tag": "Drum & Bass"},
        {"room_id": "a", "seat": "b", "kind": WorkKind.REMIX, "tag": None},
        {"room_id": "a", "seat": "b", "kind": "remix", "tag": None},
        {"room_id": "a", "seat": "b", "kind": "remix", "cursor": "x-y_z"},
        {"room_id": "a", "seat": "b", "_anchor": "top", "_external": True},
    ],
)
def test_an_address_is_as_flask_builds_it_the_first_time_and_after(app: flask.Flask, values: dict[str, Any]) -> None:
    url_for = app.jinja_env.globals["url_for"]
    other = {"room_id": "other", "seat": "seat"}
    for given in (values, {**values, **other}, values):
        assert url_for("room.seat", **given) == flask.url_for("room.seat", **given)


def test_addresses_that_depend_on_the_request_are_built_anew(app: flask.Flask) -> None:
    url_for = app.jinja_env.globals["url_for"]
    assert url_for("room.floor", number=3) == "/floors/3"
    assert url_for(".all") == "/rooms"
    with app.test_request_context("/rooms", environ_overrides={"SCRIPT_NAME": "/hub"}):
        assert url_for("room.all") == "/hub/rooms"
    assert url_for("room.all") == "/rooms"
