"""A contest of 10,000 ballots: how soon a duel is offered, how long the screening takes, and what other writes keep
beside voters who ask in a loop."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from bench.runs import Figure
from remixhub.compose import Parts, build_parts
from remixhub.config import Environment, Settings
from remixhub.domain.access import SYSTEM, session_actor
from remixhub.domain.contests.duels import Duel, tallied
from remixhub.domain.contests.entries import BallotState, EntryState
from remixhub.domain.contests.log import GENESIS
from remixhub.domain.contests.phases import ContestState
from remixhub.domain.contests.terms import ContestTerms, Sealing, VoteKind
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, JobKind, WorkKind, WorkState
from remixhub.jobs.lease import claim
from remixhub.jobs.table import add_job
from remixhub.models import (
    Account,
    Contest,
    ContestBallot,
    ContestEntry,
    ContestSlot,
    Counter,
    DuelTally,
    Label,
    Original,
    SourceLink,
    Work,
    new_id,
)
from remixhub.models.migrate import upgrade
from remixhub.services.contests import duel_offers
from remixhub.services.contests.screening import screen_ballots
from tests.services import running_postgres

BALLOTS, EACH, ASKING, OFFERS, SECONDS, ROUNDS = 10_000, 15, 4, 60, 4.0, 3
ENTRIES = (30, 200)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Voted:
    """A contest in the middle of its vote."""

    contest_id: str
    voters: list[str]


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as name:
        yield from _of_database(Path(name), f"sqlite:///{Path(name) / 'votes.db'}", "")
        with running_postgres() as url:
            yield from _of_database(Path(name), url, "_postgresql")


def _of_database(folder: Path, url: str, suffix: str) -> Iterator[Figure]:
    upgrade(url)
    parts = build_parts(_settings(folder, url))
    for entries in ENTRIES:
        voted = fill(parts, entries=entries)
        new, again = _offer_ms(parts, voted)
        few = "" if entries == ENTRIES[0] else f"_{entries}"
        worst = f"{quantiles(new, n=20)[18]:.1f} ms at p95; asked again {median(again):.1f} ms; {entries} entries"
        yield Figure(f"duel_offer_10k{few}_ms{suffix}", median(new), "ms", worst)
        if entries == ENTRIES[0]:
            yield Figure(f"screening_10k_s{suffix}", _screening_s(parts, voted), "s", "the job, with what it keeps")
            alone, beside, p99_ms = _writes(parts, voted)
            said = f"{alone:.0f}/s alone; p99 {p99_ms:.1f} ms beside four voters who ask in a loop"
            yield Figure(f"writes_beside_duels{suffix}", beside / alone, "ratio", said, beside / alone)
    parts.close()


def _screening_s(parts: Parts, voted: Voted) -> float:
    """As a worker does it."""
    with parts.database.writing() as session:
        job_id = add_job(session, SYSTEM, JobKind.SCREEN_BALLOTS, voted.contest_id, max_attempts=5)
    lease = claim(parts.database, job_id, seconds=600)
    assert lease is not None
    began = time.perf_counter()
    screen_ballots(parts, lease)
    return time.perf_counter() - began


def _offer_ms(parts: Parts, voted: Voted) -> tuple[list[float], list[float]]:
    """Of voters who were offered nothing yet, and of the same ones asking again."""
    asked = voted.voters[:OFFERS]
    return _ask(parts, voted, asked), _ask(parts, voted, asked)


def _ask(parts: Parts, voted: Voted, asked: list[str]) -> list[float]:
    found = []
    for account_id in asked:
        began = time.perf_counter()
        duel_offers.offer_duel(session_actor(account_id, "voter", is_operator=False), parts, voted.contest_id)
        found.append((time.perf_counter() - began) * 1000)
    return found


def _writes(parts: Parts, voted: Voted) -> tuple[float, float, float]:
    """Short writes a second alone and beside the voters, in turn, and the 99th percentile of the latter.

    The voters are four threads of a process of its own, as the web has them.
    """
    alone, beside, waits = [], [], []
    asking = [sys.executable, "-m", "bench.contest_votes", voted.contest_id, *voted.voters[-ASKING:]]
    for _ in range(ROUNDS):
        alone.append(len(_write(parts)) / SECONDS)
        environ = {**os.environ, **parts.settings.to_env()}
        with subprocess.Popen(asking, env=environ, stdout=subprocess.PIPE) as voters:  # noqa: S603
            assert voters.stdout is not None
            voters.stdout.readline()  # they have begun
            took = _write(parts)
            voters.terminate()
        beside.append(len(took) / SECONDS)
        waits += took
    return median(alone), median(beside), quantiles(waits, n=100)[98] * 1000


def _write(parts: Parts) -> list[float]:
    """What each took of transactions that change one number, as many as there is time for."""
    took, until = [], time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < until:
        with parts.database.writing() as session:
            session.execute(sa.update(Counter).where(Counter.name == "bench").values(value=Counter.value + 1))
        took.append(time.perf_counter() - began)
    return took


def ask_on(contest_id: str, voters: Sequence[str]) -> None:
    """Until it is ended."""
    parts = build_parts(Settings.from_env(os.environ))
    voted = Voted(contest_id, list(voters))

    def ask(account_id: str) -> None:
        while True:
            _ask(parts, voted, [account_id])

    for account_id in voters:
        _ask(parts, voted, [account_id])
        threading.Thread(target=ask, args=[account_id], daemon=True).start()
    print("asking", flush=True)
    threading.Event().wait()


def fill(parts: Parts, *, entries: int, ballots: int = BALLOTS) -> Voted:
    """Everybody has answered fifteen pairs, and the better one won mostly."""
    drawn, moment = random.Random(1), dt.datetime.now(dt.UTC)  # noqa: S311  no secret
    voters = [new_id() for _ in range(ballots // EACH + OFFERS)]
    with parts.database.writing() as session:
        host, label, release = new_id(), new_id(), new_id()
        artists = [new_id() for _ in range(entries)]
        session.execute(
            sa.insert(Account),
            [
                {"id": id, "handle": f"a-{id}", "display_name": "A", "email_verified_at": moment - 9 * _DAY}
                for id in (host, *artists, *voters)
            ],
        )
        session.execute(sa.insert(Label), [{"id": label, "handle": f"l-{label}", "name": "L"}])
        seq = session.scalar(sa.select(sa.func.coalesce(sa.func.max(Work.seq), 0))) or 0
        works = [new_id() for _ in artists]
        session.execute(
            sa.insert(Original),
            [
                {
                    "sha256": hashlib.sha256(id.encode()).hexdigest(), "key": id, "size_bytes": 1, "container": "wav",
                    "codec": "pcm_s16le", "media_type": "audio/wav", "sample_rate_hz": 48_000, "channels": 2,
                    "bit_depth": 16, "duration_frames": 48_000 * 200, "ingest_state": IngestState.READY,
                }
                for id in works
            ],
        )  # fmt: skip
        known = {"licence": Licence.BY, "state": WorkState.PUBLISHED, "title": "W"}
        session.execute(
            sa.insert(Work),
            [{"id": release, "account_id": host, "kind": WorkKind.RELEASE, "seq": seq + 1, **known}],
        )
        session.execute(
            sa.insert(Work),
            [
                {"id": id, "account_id": by, "kind": WorkKind.REMIX, "seq": seq + 2 + n, **known}
                for n, (id, by) in enumerate(zip(works, artists, strict=True))
            ],
        )
        session.execute(
            sa.insert(SourceLink),
            [
                {
                    "derivative_id": id, "derivative_seq": seq + 2 + n, "source_id": release, "source_seq": seq + 1,
                    "position": 0, "licence": Licence.BY, "inherited_shares": [],
                }
                for n, id in enumerate(works)
            ],
        )  # fmt: skip
        terms = ContestTerms(vote=VoteKind.DUELS, vote_share_percent=100, sealing=Sealing.PUBLIC)
        contest = Contest(
            id=new_id(), label_id=label, release_id=release, title="C", terms=terms.dump(), seed="seed", salt="salt",
            log_head=GENESIS, state=ContestState.ANNOUNCED, announced_at=moment - 8 * _DAY, opens_at=moment - 7 * _DAY,
            closes_at=moment - 6 * _DAY, voting_closes_at=moment + _DAY,
        )  # fmt: skip
        session.add(contest)
        session.flush()
        session.add(ContestSlot(contest_id=contest.id, slot=1))
        session.flush()
        entered = [new_id() for _ in works]
        session.execute(
            sa.insert(ContestEntry),
            [
                {
                    "id": id, "contest_id": contest.id, "account_id": by, "work_id": work, "slot": 1,
                    "audio_sha256": hashlib.sha256(work.encode()).hexdigest(), "state": EntryState.COUNTED,
                }
                for id, by, work in zip(entered, artists, works, strict=True)
            ],
        )  # fmt: skip
        session.execute(sa.insert(ContestBallot), list(_ballots(drawn, contest.id, voters[OFFERS:], entered, moment)))
        if session.get(Counter, "bench") is None:
            session.add(Counter(name="bench", value=0))
        session.flush()
        for tally in tallied(
            Duel(one, other)
            for one, other in session.execute(
                sa.select(ContestBallot.favoured_id, ContestBallot.against_id).where(
                    ContestBallot.contest_id == contest.id
                )
            )
        ):
            session.add(DuelTally(contest_id=contest.id, **tally._asdict()))
    return Voted(contest.id, voters)


def _ballots(
    drawn: random.Random, contest_id: str, voters: Sequence[str], entered: Sequence[str], moment: dt.datetime
) -> Iterator[dict[str, Any]]:
    for voter in voters:
        pairs: set[frozenset[int]] = set()
        while len(pairs) < EACH:
            pairs.add(frozenset(drawn.sample(range(len(entered)), 2)))
        at = moment - drawn.random() * 5 * _DAY
        network, agent = f"network {drawn.randrange(300)}", drawn.choice("abc")
        for n, pair in enumerate(pairs):
            better, weaker = sorted(pair) if drawn.random() < 0.75 else sorted(pair, reverse=True)
            sides = entered[better], entered[weaker]
            yield {
                "id": new_id(), "contest_id": contest_id, "account_id": voter, "subject": " ".join(sorted(sides)),
                "favoured_id": sides[0], "against_id": sides[1], "state": BallotState.COUNTED, "review_note": "",
                "origin": network, "agent": agent,
                "cast_at": at + n * dt.timedelta(seconds=70),
            }  # fmt: skip


def _settings(folder: Path, url: str) -> Settings:
    return Settings(
        environment=Environment.DEVELOPMENT,
        database_url=url,
        redis_url="redis://localhost:1",
        s3_endpoint_url="http://localhost:1",
        s3_access_key_id="none",
        s3_secret_access_key=new_id(),
        secret_key=new_id(),
        public_url="http://localhost",
        work_dir=folder / "work",
        log_level="WARNING",
    )


if __name__ == "__main__":
    ask_on(sys.argv[1], sys.argv[2:])
