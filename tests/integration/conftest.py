"""`hub`: the whole service in this process, with clients for its API and jobs done on demand."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import flask.testing
import pytest
import sqlalchemy as sa
import urllib3
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from remixhub import transactions
from remixhub.app import create_app
from remixhub.compose import Parts
from remixhub.domain.access import session_actor
from remixhub.domain.states import JobState
from remixhub.edge.actor import session_cookie_name
from remixhub.edge.whence import device_cookie_name
from remixhub.jobs.stopping import Stopping
from remixhub.models import AccessToken, Account, Job, Original, now
from remixhub.services import journal
from remixhub.services.accounts.devices import Browser, device_cookie
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.sessions import begin_session
from remixhub.services.house.reading import house_in
from remixhub.services.upkeep.background import do_next

PASSWORD = "a sentence nobody guesses"


@dataclass
class Client:
    """Somebody at the API: a visitor, or an account by its access token."""

    http: flask.testing.FlaskClient
    parts: Parts
    handle: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        return self.send("POST", path, json={} if body is None else body, **kwargs)

    def put(self, path: str, body: Any, *, revision: int | None = None) -> TestResponse:
        return self.send("PUT", path, json=body, headers=_if_match(revision))

    def patch(self, path: str, body: Any, *, revision: int | None = None) -> TestResponse:
        return self.send("PATCH", path, json=body, headers=_if_match(revision))

    def edit(self, path: str, body: Any) -> TestResponse:
        """PATCH over what is there now."""
        return self.patch(path, body, revision=self.revision_of(path))

    def revision_of(self, path: str) -> int:
        return int(self.get(path).headers["ETag"].strip('"').partition("-")[0])

    def delete(self, path: str, body: Any = None, *, revision: int | None = None) -> TestResponse:
        return self.send("DELETE", path, json=body, headers=_if_match(revision))

    def send_upload(self, path: Path, purpose: str = "stem", *, filename: str | None = None) -> str:
        """Opens an upload, PUTs its parts to the real storage and completes it; not yet verified."""
        declared = {
            "filename": filename or path.name,
            "size_bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "purpose": purpose,
        }
        opened = self.post("/uploads", declared)
        assert opened.status_code == 201, opened.text
        upload = opened.get_json()
        self.put_parts(upload, path)
        completed = self.post(f"/uploads/{upload['id']}/complete")
        assert completed.status_code == 200, completed.text
        return str(upload["id"])

    def put_parts(self, upload: Any, path: Path, numbers: list[int] | None = None) -> None:
        numbers = numbers or list(range(1, upload["part_count"] + 1))
        presigned = self.post(f"/uploads/{upload['id']}/parts", {"part_numbers": numbers}).get_json()
        with path.open("rb") as source:
            for part in presigned["parts"]:
                source.seek((part["number"] - 1) * upload["part_size_bytes"])
                put = urllib3.request("PUT", part["url"], body=source.read(part["size_bytes"]), retries=False)
                assert put.status == 200, put.data

    def send(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {**self.headers, **kwargs.pop("headers", {})}
        address = path if path.startswith(("http", "/api", "/companion")) else f"/api/v1{path}"
        return self.http.open(address, method=method, headers=headers, **kwargs)


@dataclass
class Hub:
    app: flask.Flask
    parts: Parts

    def visitor(self) -> Client:
        return Client(self.app.test_client(), self.parts)

    def account(self, handle: str = "artist", *, scopes: tuple[str, ...] = ("read", "publish")) -> Client:
        """Speaks for `handle` by an access token; as signing up would leave it, without its two costly hashes."""
        token = f"rh_{secrets.token_urlsafe(32)}"
        held = sorted({"read", *scopes})
        with self.parts.database.writing() as session:
            account = _add_account(session, handle)
            digest = hashlib.sha256(token.encode()).hexdigest()
            session.add(AccessToken(token_hash=digest, account_id=account.id, name="test", scopes=held))
        return Client(self.app.test_client(use_cookies=False), self.parts, handle, {"Authorization": f"Bearer {token}"})

    def browser(self, handle: str = "artist") -> Client:
        """A browser of `handle`, signed in; the rows and cookies are those that `signed_up` would leave.

        `accounts/test_signing_in.py` holds both to each other.
        """
        parts: Parts = self.app.extensions["remixhub"]
        if parts.settings.sends_mail:
            return self.signed_up(handle)
        client = Client(self.app.test_client(), self.parts, handle)
        address, user_agent = (str(client.http.environ_base[name]) for name in ("REMOTE_ADDR", "HTTP_USER_AGENT"))
        journal.came_from(address)
        with parts.database.writing() as session:
            account = _add_account(session, handle)
            house = house_in(session)
            account.accepted_rules = house.rules_revision if house.rules else None
            actor = session_actor(account.id, handle, is_operator=False)
            journal.record(session, actor, "account.created", "account", account.id, after={"handle": handle})
            opened = begin_session(session, parts, account, Browser(address, user_agent))
        client.http.set_cookie(session_cookie_name(parts), opened.token)
        client.http.set_cookie(device_cookie_name(parts), device_cookie(parts.settings, opened.device))
        return client

    def signed_up(self, handle: str = "artist") -> Client:
        """As `browser`, by the three requests themselves: for tests of signing up and in, sessions, the audit, letters.

        Accepts what rules there are, and keeps the cookies.
        """
        client = Client(self.app.test_client(), self.parts, handle)
        body = {"handle": handle, "email": f"{handle}@example.org", "password": PASSWORD}
        rules_revision = client.get("/house").get_json()["rules_revision"]
        if rules_revision:
            body["accepted_rules"] = rules_revision
        signed_up = client.post("/accounts", body)
        assert signed_up.status_code == 201, signed_up.text
        assert client.post("/sessions", {"login": handle, "password": PASSWORD}).status_code == 201
        return client

    def drain(self, *, every_attempt: bool = False) -> None:
        """Does every job that is due, and those that they cause, in this process.

        `every_attempt`: also what waits for a later attempt, as if its time had come.
        """
        stopping = Stopping()
        while True:
            if every_attempt:
                with self.parts.database.writing() as session:
                    session.execute(sa.update(Job).where(Job.state == JobState.PENDING).values(run_after_at=now()))
            if not any(do_next(self.parts, "drain", stopping, heavy=heavy) for heavy in (False, True)):
                return

    def objects(self, prefix: str = "") -> list[str]:
        return [stored.key for stored in self.parts.store.objects(prefix)]

    def key_of(self, sha256: str) -> str:
        """Where the original's bytes lie."""
        with self.parts.database.reading() as session:
            return str(session.scalars(sa.select(Original.key).where(Original.sha256 == sha256)).one())

    def states(self, table: type[Any], column: str = "state") -> dict[object, int]:
        """How many rows are in each."""
        return dict(Counter(getattr(row, column) for row in self.rows(table)))

    def rows(self, table: type[Any]) -> list[Any]:
        with self.parts.database.reading() as session:
            return list(session.scalars(sa.select(table)).all())


@pytest.fixture(autouse=True)
def no_network_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A law of all that runs in the test's process. Jobs swallow what is raised in them, so it is noted too."""
    broken: list[str] = []

    class Noted(transactions.NetworkInTransaction):
        def __init__(self, message: str) -> None:
            broken.append(message)
            super().__init__(message)

    monkeypatch.setattr(transactions, "NetworkInTransaction", Noted)
    yield
    assert broken == []


@pytest.fixture(scope="session")
def apps() -> list[flask.Flask]:
    """The session's app, once a test has made it: writing its OpenAPI document takes longer than most tests."""
    return []


@pytest.fixture
def hub(parts: Parts, apps: list[flask.Flask], request: pytest.FixtureRequest) -> Iterator[Hub]:
    """The app holds nothing but its parts, and these are the test's own. Its limits are those that are shipped: whoever
    runs into one unawares has seen something else than they think."""
    parts.settings.work_dir.mkdir(parents=True, exist_ok=True)
    if not apps:
        apps.append(create_app(parts.settings, parts))
    apps[0].extensions["remixhub"] = parts
    limited: list[str] = []

    def note(app: flask.Flask, response: flask.Response, **_: object) -> None:
        if response.status_code == 429 and ";r=0;" in response.headers.get("RateLimit", ""):
            limited.append(flask.request.path)

    with flask.request_finished.connected_to(note, apps[0]):
        yield Hub(apps[0], parts)
    assert not limited or request.node.get_closest_marker("limits"), f"{len(limited)} requests ran into limits"


@pytest.fixture
def kept_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count statements: the house is asked for once, not every few seconds."""
    monkeypatch.setattr("remixhub.models.house.KEPT_SECONDS", 3600)


def unlimited(hub: Hub) -> None:
    """For tests that ask thousands of times in a minute; the limits have tests of their own."""
    none = {"limit_requests": 0, "limit_transfers": 0, "limit_searches": 0, "limit_exports": 0, "limit_credentials": 0}
    parts: Parts = hub.app.extensions["remixhub"]
    hub.app.extensions["remixhub"] = replace(parts, settings=replace(parts.settings, **none))


def _add_account(session: Session, handle: str) -> Account:
    account = Account(handle=handle, email=f"{handle}@example.org", password_hash=_password_hash(), display_name=handle)
    session.add(account)
    session.flush()
    return account


@functools.cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def _if_match(revision: int | None) -> dict[str, str]:
    return {} if revision is None else {"If-Match": f'"{revision}"'}
