"""What is read away from the hub leads to its pages."""

from __future__ import annotations

from collections.abc import Iterator

import flask
import pytest

from remixhub.compose import build_parts
from remixhub.config import Settings
from remixhub.domain.addresses import Addresses
from remixhub.web.register import register_web

HUB = Addresses("https://stems.example")


@pytest.fixture(scope="module")
def app() -> Iterator[flask.Flask]:
    """Pages alone; nothing connects."""
    parts = build_parts(
        Settings(
            database_url="sqlite://", redis_url="redis://127.0.0.1:1", s3_endpoint_url="http://127.0.0.1:1",
            s3_access_key_id="key", s3_secret_access_key="secret", secret_key="x" * 32, public_url=f"{HUB.hub}/",
        )
    )  # fmt: skip
    assert parts.addresses == HUB
    app = flask.Flask("remixhub", static_folder=None)
    app.extensions["remixhub"] = parts
    register_web(app)
    yield app
    parts.close()


@pytest.mark.parametrize(
    ("address", "page", "values"),
    [
        (HUB.artist("mara-velt"), "accounts.profile", {"handle": "mara-velt"}),
        (HUB.work("w1"), "works.show", {"work_id": "w1"}),
        (HUB.contest("c1"), "contests.show", {"contest_id": "c1"}),
        (HUB.contests(), "contests.list_all", {}),
        (HUB.label("night"), "labels.show", {"label": "night"}),
        (HUB.feed("/", "atom"), "feeds.newest", {"ending": "atom"}),
        (HUB.feed("/contests/", "json"), "feeds.of_contests", {"ending": "json"}),
        (HUB.feed("/@mara-velt", "atom"), "feeds.of_artist", {"handle": "mara-velt", "ending": "atom"}),
        (HUB.label_invitation("t.o-k"), "labels.invitation", {"token": "t.o-k"}),
        (HUB.mailed_link("verify-address", "t.o-k"), "recovery.show_verification", {"token": "t.o-k"}),
        (HUB.mailed_link("reset-password", "t.o-k"), "recovery.show_reset", {"token": "t.o-k"}),
        (HUB.mailed_link("confirm-address", "t.o-k"), "recovery.show_change", {"token": "t.o-k"}),
        (HUB.mailed_link("keep-address", "t.o-k"), "recovery.show_keeping", {"token": "t.o-k"}),
        (HUB.unsubscribe("t.o-k"), "mail.show_unsubscribing", {"token": "t.o-k"}),
    ],
)
def test_every_address_is_that_of_a_page(app: flask.Flask, address: str, page: str, values: dict[str, str]) -> None:
    with app.test_request_context(base_url=HUB.hub):
        assert address == flask.url_for(f"web.{page}", **values, _external=True)
