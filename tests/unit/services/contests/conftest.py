"""`stage`: a label, a release and contests at any point of their time, with entries that can be heard."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.contests.judging import Normalisation
from remixhub.domain.contests.labels import LabelRole
from remixhub.domain.contests.log import GENESIS, LogKind
from remixhub.domain.contests.phases import ContestState, Phase
from remixhub.domain.contests.terms import ContestTerms, Sealing, VoteKind
from remixhub.models import (
    Account,
    Contest,
    ContestBallot,
    ContestEntry,
    ContestJudge,
    ContestLogLine,
    ContestSlot,
    Hearing,
    Label,
    LabelMember,
    Work,
)
from remixhub.services.contests import duel_offers, voting
from remixhub.services.contests.decisions import log_lines
from remixhub.services.contests.duel_offers import Offer
from remixhub.services.contests.voting import Whence
from tests.unit.rows import Rows, actor_of

RUBRIC = (
    {"key": "craft", "title": "Craft", "weight": 2, "max_score": 10},
    {"key": "idea", "title": "Idea", "weight": 1, "max_score": 5},
)
JURY = ContestTerms(rubric=RUBRIC, sealing=Sealing.PUBLIC, normalisation=Normalisation.NONE)
DUELS = ContestTerms(vote=VoteKind.DUELS, vote_share_percent=100, sealing=Sealing.PUBLIC)
SCORES = ContestTerms(vote=VoteKind.SCORES, vote_share_percent=100, sealing=Sealing.PUBLIC)
BOTH = ContestTerms(rubric=RUBRIC, vote=VoteKind.DUELS, vote_share_percent=40, sealing=Sealing.PUBLIC)
HOME = Whence("origin", "agent")
HOURS = {
    Phase.DRAFT: (1, 2, 3, 3),
    Phase.ANNOUNCED: (1, 2, 3, 3),
    Phase.OPEN: (-1, 1, 2, 2),
    Phase.VOTING: (-2, -1, 1, -0.5),
    Phase.JUDGING: (-2, -1, -0.5, 1),
    Phase.VOTING_AND_JUDGING: (-2, -1, 1, 1),
    Phase.COUNTING: (-3, -2, -1, -1),
}
"""From now to the opening, the close, and the last ballots of voters and judges."""


@dataclass
class Stage:
    parts: Parts
    rows: Rows
    host: Account = field(init=False)
    label: Label = field(init=False)
    release: Work = field(init=False)

    def __post_init__(self) -> None:
        self.host = self.rows.account("host")
        self.label = self.rows.add(Label(handle="nightshift", name="Night Shift"))
        self.member(self.host, LabelRole.OWNER)
        self.release = self.rows.work(self.host, "Harbour")

    def member(self, account: Account, role: LabelRole) -> LabelMember:
        return self.rows.add(LabelMember(label_id=self.label.id, account_id=account.id, role=role))

    def contest(self, terms: ContestTerms = DUELS, phase: Phase = Phase.VOTING, **facts: Any) -> Contest:
        known = {
            "state": ContestState.DRAFT if phase is Phase.DRAFT else ContestState.ANNOUNCED,
            "announced_at": None if phase is Phase.DRAFT else self.rows.moment() - dt.timedelta(days=1),
            "release_id": self.release.id, **self._dates(terms, phase), **facts,
        }  # fmt: skip
        contest = self.rows.add(
            Contest(
                label_id=self.label.id, title="Remix the harbour", terms=terms.dump(), seed="seed", salt="salt",
                log_head=GENESIS, **known,
            )
        )  # fmt: skip
        for slot in range(1, terms.entries_per_account + 1):
            self.rows.add(ContestSlot(contest_id=contest.id, slot=slot))
        return contest

    def move(self, contest: Contest, phase: Phase) -> None:
        """To another point of its time, as if that had gone by."""
        self.rows.change(Contest, Contest.id == contest.id, **self._dates(contest.parsed_terms, phase))

    def remix(self, by: Account, *, seconds: float = 60.0, **facts: Any) -> Work:
        """Of the release, with audio that lasts so long."""
        name = f"{by.handle} {facts.get('title', '')}"
        original = self.rows.original(name, duration_frames=round(seconds * 48_000))
        return self.rows.work(by, **{"sources": [self.release], "mix_sha256": original.sha256, **facts})

    def entry(self, contest: Contest, by: Account, *, seconds: float = 60.0, **facts: Any) -> ContestEntry:
        work = self.remix(by, seconds=seconds, title=f"Remix {len(self.rows.all(ContestEntry))}")
        known = {"account_id": by.id, "work_id": work.id, "slot": 1, "audio_sha256": work.mix_sha256, **facts}
        return self.rows.add(ContestEntry(contest_id=contest.id, **known))

    def entries(self, contest: Contest, count: int) -> list[ContestEntry]:
        """By accounts of their own, `entrant0` and so on."""
        return [self.entry(contest, self.rows.account(f"entrant{number}")) for number in range(count)]

    def judge(self, contest: Contest, handle: str) -> Account:
        """Not one of the label's: its members are too near to each other's entries."""
        account = self.rows.account(handle)
        self.rows.add(ContestJudge(contest_id=contest.id, account_id=account.id))
        return account

    def hear(self, voter: Account, contest: Contest, *entries: ContestEntry, ms: int = 20_000) -> None:
        for entry in entries:
            row = {"contest_id": contest.id, "account_id": voter.id, "entry_id": entry.id}
            self.rows.add(Hearing(**row, heard_ms=ms))

    def offered(self, voter: Account, contest: Contest) -> Offer:
        return duel_offers.offer_duel(actor_of(voter), self.parts, contest.id)

    def answered(
        self, voter: Account, contest: Contest, favoured: ContestEntry, against: ContestEntry
    ) -> ContestBallot:
        return voting.answer_duel(actor_of(voter), self.parts, contest.id, favoured.id, against.id, HOME)

    def log(self, contest: Contest, *kinds: LogKind) -> list[dict[str, Any]]:
        """The records of these kinds, or of all, in order."""
        with self.parts.database.reading() as session:
            lines = log_lines(session, contest.id)
        assert len(lines) == len(self.rows.all(ContestLogLine, ContestLogLine.contest_id == contest.id))
        return [dict(line.record) for line in lines if not kinds or line.record["kind"] in kinds]

    def _dates(self, terms: ContestTerms, phase: Phase) -> dict[str, dt.datetime | None]:
        moment = self.rows.moment()
        opens_at, closes_at, voting, judging = (moment + dt.timedelta(hours=one) for one in HOURS[phase])
        return {
            "opens_at": opens_at,
            "closes_at": closes_at,
            "voting_closes_at": voting if terms.has_vote else None,
            "judging_closes_at": judging if terms.has_jury else None,
        }


@pytest.fixture
def stage(parts: Parts, rows: Rows) -> Stage:
    return Stage(parts, rows)


@pytest.fixture
def voter(stage: Stage) -> Account:
    return stage.rows.account("voter")
