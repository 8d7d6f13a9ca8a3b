"""A label, a release and a contest to play through, and accounts that speak for themselves by tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import secrets
import time
import zipfile
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.contests.log import GENESIS, canonical, next_sha256
from remixhub.domain.states import IngestState
from remixhub.domain.times import rfc3339
from remixhub.models import (
    AccessToken,
    Account,
    Contest,
    ContestJudge,
    ContestLogLine,
    Hearing,
    Original,
    SourceLink,
    Work,
    now,
)
from remixhub.services.contests import tending
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue

RUBRIC = [
    {"key": "craft", "title": "Craft", "weight": 2, "max_score": 10},
    {"key": "idea", "title": "Idea", "weight": 1, "max_score": 5},
]
JURY = {"rubric": RUBRIC, "sealing": "public"}
DUELS = {"vote": "duels", "vote_share_percent": 100, "sealing": "public"}
SCORES = {"vote": "scores", "vote_share_percent": 100, "sealing": "public"}
BOTH = {"rubric": RUBRIC, "vote": "duels", "vote_share_percent": 40, "sealing": "public"}
SECONDS = 0.02
"""Of every entry: half of it is heard in ten milliseconds."""
DATES = ("opens_at", "closes_at", "voting_closes_at", "judging_closes_at")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class ContestStage:
    hub: Hub
    catalogue: Catalogue = field(init=False)
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue(self.hub.parts)

    def person(self, handle: str, *, verified: bool = True) -> Client:
        """An account with a token of all scopes but admin; verified long ago."""
        if handle not in self.clients:
            account_id = self.catalogue.account(handle)
            token = f"rh_{secrets.token_urlsafe(32)}"
            with self.hub.parts.database.writing() as session:
                session.add(
                    AccessToken(
                        token_hash=hashlib.sha256(token.encode()).hexdigest(), account_id=account_id, name="test",
                        scopes=["read", "publish", "contest"],
                    )
                )  # fmt: skip
                if verified:
                    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
                    session.execute(
                        sa.update(Account).where(Account.id == account_id).values(email_verified_at=long_ago)
                    )
            client = Client(self.hub.app.test_client(use_cookies=False), self.hub.parts, handle)
            client.headers["Authorization"] = f"Bearer {token}"
            self.clients[handle] = client
        return self.clients[handle]

    def label(self) -> Client:
        """The host of the label `nightshift`."""
        host = self.person("host")
        made = host.post("/labels", {"handle": "nightshift", "name": "Night Shift", "time_zone": "Europe/Berlin"})
        assert made.status_code == 201, made.text
        return host

    def judge(self, handle: str) -> Client:
        """A member of the label by invitation."""
        invitation = self.person("host").post("/labels/nightshift/invitations", {"role": "judge"}).get_json()
        judge = self.person(handle)
        assert judge.post(f"/label-invitations/{invitation['token']}/acceptance").status_code == 200
        return judge

    def contest(self, terms: dict[str, Any], **facts: Any) -> dict[str, Any]:
        """A draft that opens in an hour, closes in two, and takes ballots until three and four hours from now."""
        release = self.catalogue.work("Harbour", by="host")
        starts = dt.datetime.now(dt.UTC)
        body = {
            "label": "nightshift", "title": "Remix the harbour", "release_id": release, "terms": terms,
            "opens_at": _at(starts, 1), "closes_at": _at(starts, 2),
            **({"voting_closes_at": _at(starts, 3)} if terms.get("vote", "none") != "none" else {}),
            **({"judging_closes_at": _at(starts, 4)} if terms.get("rubric") else {}),
            **facts,
        }  # fmt: skip
        made = self.person("host").post("/contests", body)
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def opened(self, terms: dict[str, Any], **facts: Any) -> dict[str, Any]:
        contest = self.contest(terms, **facts)
        self.announce(contest)
        self.pass_hours(contest, 1.5)
        return contest

    def announce(self, contest: dict[str, Any]) -> None:
        """With a judge for as long as it takes, where there has to be one: tests name their own juries afterwards."""
        path = f"/contests/{contest['id']}"
        if contest["terms"]["rubric"]:
            assert self.person("host").post(f"{path}/judges", {"handle": "host"}).status_code == 204
        announced = self.person("host").post(f"{path}/announcement")
        assert announced.status_code == 200, announced.text
        with self.hub.parts.database.writing() as session:
            session.execute(sa.delete(ContestJudge).where(ContestJudge.contest_id == contest["id"]))

    def pass_hours(self, contest: dict[str, Any], hours: float) -> None:
        """Moves all dates of the contest, and of links, into the past: the same as if the time had gone by."""
        ago = dt.timedelta(hours=hours)
        with self.hub.parts.database.writing() as session:
            row = session.get_one(Contest, contest["id"])
            for name in (*DATES, "tended_until", "tend_after_at"):
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - ago)
            for link in session.scalars(sa.select(SourceLink)):
                link.declared_at -= ago
            self._move_log(session, row, ago)

    def _move_log(self, session: Session, contest: Contest, ago: dt.timedelta) -> None:
        """The times that its log holds too, chained anew: a verifier holds them against the dates."""
        contest.log_head = GENESIS
        lines = sa.select(ContestLogLine).where(ContestLogLine.contest_id == contest.id)
        for line in session.scalars(lines.order_by(ContestLogLine.number)):
            record = _earlier(json.loads(line.record), ago)
            line.record, line.sha256 = canonical(record), next_sha256(contest.log_head, record)
            contest.log_head = line.sha256

    def remix(
        self, handle: str, release_id: str, *, title: str = "", draft: bool = False, seconds: float = SECONDS
    ) -> str:
        """The id of a remix of the release whose audio is ready, with an original of its own."""
        make = self.catalogue.draft if draft else self.catalogue.work
        return self.give_audio(make(title or f"Remix by {handle}", [release_id], by=handle), seconds)

    def give_audio(self, work_id: str, seconds: float = SECONDS, *, body: bytes = b"") -> str:
        """An original of its own, ready to be heard; with a `body` its bytes are really stored."""
        sha256 = hashlib.sha256(body or work_id.encode()).hexdigest()
        key = f"originals/{sha256[:2]}/{sha256}"
        if body:
            self.hub.parts.store.put_bytes(key, body, "audio/wav")
        with self.hub.parts.database.writing() as session:
            session.merge(
                Original(
                    sha256=sha256, key=key, size_bytes=len(body) or 1000, container="wav", codec="pcm_s16le",
                    media_type="audio/wav", sample_rate_hz=44_100, channels=2, bit_depth=16,
                    duration_frames=round(seconds * 44_100), ingest_state=IngestState.READY, created_at=now(),
                    measurements={"integrated_lufs": -10.0, "true_peak_dbtp": -0.5},
                )
            )  # fmt: skip
            session.execute(sa.update(Work).where(Work.id == work_id).values(mix_sha256=sha256))
        return work_id

    def enter(self, handle: str, contest: dict[str, Any], **facts: Any) -> Any:
        work_id = facts.pop("work_id", None) or self.remix(handle, contest["release_id"])
        return self.person(handle).post(f"/contests/{contest['id']}/entries", {"work_id": work_id, **facts})

    def hear(self, voter: Client, contest: dict[str, Any], *entry_ids: str) -> None:
        for entry_id in entry_ids:
            for pause in (SECONDS / 2 + 0.002, 0):
                beat = voter.post(f"/contests/{contest['id']}/hearings", {"entry_id": entry_id})
                assert beat.status_code == 200, beat.text
                time.sleep(pause)

    def note_heard(self, account_id: str, contest: dict[str, Any], *entry_ids: str) -> None:
        """What hearing them leaves behind, for tests of many voters."""
        with self.hub.parts.database.writing() as session:
            for entry_id in entry_ids:
                session.merge(
                    Hearing(contest_id=contest["id"], account_id=account_id, entry_id=entry_id, heard_ms=60_000)
                )


def _at(starts: dt.datetime, hours: float) -> str:
    return (starts + dt.timedelta(hours=hours)).isoformat()


@pytest.fixture
def stage(hub: Hub) -> ContestStage:
    stage = ContestStage(hub)
    stage.label()
    return stage


@pytest.fixture
def host(stage: ContestStage) -> Client:
    return stage.person("host")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def exported(stage: ContestStage, path: str) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(stage.hub.visitor().get(f"{path}/export").data)) as export:
        return {name: export.read(name).decode() for name in export.namelist()}


def tend(stage: ContestStage) -> None:
    """As the scheduler does."""
    tending.order_due(stage.hub.parts)
    stage.hub.drain()


def _earlier(value: Any, ago: dt.timedelta) -> Any:
    """With every time in it moved."""
    if isinstance(value, dict):
        return {name: _earlier(one, ago) for name, one in value.items()}
    if isinstance(value, str) and _TIME.fullmatch(value):
        return rfc3339(dt.datetime.fromisoformat(value) - ago)
    return value
