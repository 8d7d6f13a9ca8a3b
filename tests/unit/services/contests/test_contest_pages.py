"""What the contest's page tells beforehand, held against what the acts themselves answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.contests.entries import (
    EntrantIsHost,
    EntrantIsJudge,
    EntryNotPublished,
    EntryRefused,
    EntryWithoutStems,
    VoterNotEligible,
)
from remixhub.domain.contests.phases import Phase
from remixhub.domain.contests.steps import EntrantStep
from remixhub.domain.contests.terms import ContestTerms, Sealing
from remixhub.domain.contests.voters import VoterLack
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Account, Contest, ContestBallot, ContestJudge, Receipt
from remixhub.services.contests import entries, voting
from remixhub.services.contests.page import ContestPage, view_contest_page, view_vote_page
from remixhub.services.contests.reading import Showing, browse
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import BOTH, DUELS, JURY, RUBRIC, SCORES, Stage

SEALED = ContestTerms(rubric=RUBRIC)


@pytest.fixture
def fan(stage: Stage) -> Account:
    return stage.rows.account("fan")


def page(stage: Stage, contest: Contest, by: Account | None) -> ContestPage:
    return view_contest_page(VISITOR if by is None else actor_of(by), stage.parts, contest.id)


def lack(stage: Stage, contest: Contest, by: Account | None) -> VoterLack | None:
    standing = page(stage, contest, by).voter
    assert standing is not None
    return standing.lack


# Before the wall of voting


def test_what_a_voter_lacks_is_told_where_the_vote_itself_refuses(stage: Stage, voter: Account) -> None:
    contest = stage.contest(BOTH, Phase.VOTING_AND_JUDGING)
    stage.entries(contest, 2)
    late = stage.rows.account("late", email_verified_at=contest.opens_at)
    never = stage.rows.account("never", email_verified_at=None)
    judge = stage.judge(contest, "judge")
    told = {one.handle: lack(stage, contest, one) for one in (voter, late, never, judge)}
    assert told == {
        "voter": None, "late": VoterLack.EARLIER_ADDRESS, "never": VoterLack.EARLIER_ADDRESS,
        "judge": VoterLack.OTHER_ROLE,
    }  # fmt: skip
    assert lack(stage, contest, None) is VoterLack.ACCOUNT
    stage.offered(voter, contest)
    for one in (late, never, judge):
        with pytest.raises(VoterNotEligible) as refused:
            stage.offered(one, contest)
        assert refused.value.context["lack"] == told[one.handle]


def test_an_address_can_be_verified_in_time_before_the_opening(stage: Stage) -> None:
    never = stage.rows.account("never", email_verified_at=None)
    assert lack(stage, stage.contest(phase=Phase.ANNOUNCED), never) is VoterLack.VERIFIED_ADDRESS
    assert lack(stage, stage.contest(phase=Phase.OPEN), never) is VoterLack.EARLIER_ADDRESS


def test_nothing_is_said_of_votes_where_there_are_none(stage: Stage, voter: Account) -> None:
    assert page(stage, stage.contest(JURY, Phase.JUDGING), voter).voter is None
    assert page(stage, stage.contest(BOTH, Phase.COUNTING), voter).voter is None


def test_a_voter_sees_how_much_was_heard_and_how_much_is_needed(stage: Stage, voter: Account) -> None:
    contest = stage.contest()
    one, other = stage.entry(contest, stage.rows.account("a")), stage.entry(contest, stage.rows.account("b"), seconds=8)
    stage.hear(voter, contest, one, ms=7_000)
    seen = view_vote_page(actor_of(voter), stage.parts, contest.id)
    heard = {side.entry_id: (side.heard_ms, side.needed_ms) for side in seen.waiting}
    assert heard == {one.id: (7_000, 20_000), other.id: (0, 4_000)}


def test_ballots_that_were_given_are_counted(stage: Stage, voter: Account) -> None:
    contest = stage.contest(SCORES)
    entry = stage.entry(contest, stage.rows.account("entrant"))
    stage.hear(voter, contest, entry)
    voting.give_score(actor_of(voter), stage.parts, contest.id, entry.id, 5, voting.Whence("", ""))
    standing = page(stage, contest, voter).voter
    assert standing is not None
    assert (standing.given, len(stage.rows.all(ContestBallot))) == (1, 1)


# What can be entered


def test_only_remixes_made_from_the_contests_work_are_offered(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    direct = stage.remix(fan, title="Direct")
    other = stage.rows.work(stage.rows.account("other"), "Other", [stage.release])
    further = stage.remix(fan, title="Further", sources=[other])
    stage.remix(fan, title="From elsewhere", sources=[stage.rows.work(fan, "Mine")])
    stage.remix(stage.rows.account("somebody"), title="Somebody's")
    stage.remix(fan, title="Withdrawn", state=WorkState.WITHDRAWN)
    assert [offer.work.id for offer in page(stage, contest, fan).own.offers] == [further.id, direct.id]
    entries.submit(actor_of(fan), stage.parts, contest.id, direct.id)
    assert [offer.work.id for offer in page(stage, contest, fan).own.offers] == [further.id]


@pytest.mark.parametrize(
    ("terms", "facts", "refusal"),
    [
        (JURY, {}, None),
        (JURY, {"state": WorkState.DRAFT}, EntryNotPublished),
        (SEALED, {"state": WorkState.DRAFT}, None),
        (JURY, {"mix_sha256": None}, EntryNotPublished),
        (ContestTerms(rubric=RUBRIC, sealing=Sealing.PUBLIC, needs_own_stems=True), {}, EntryWithoutStems),
    ],
)
def test_an_offer_says_what_submitting_it_would(
    stage: Stage, fan: Account, terms: ContestTerms, facts: dict[str, Any], refusal: type[EntryRefused] | None
) -> None:
    contest = stage.contest(terms, Phase.OPEN)
    work = stage.remix(fan, **facts)
    (offer,) = page(stage, contest, fan).own.offers
    assert type(offer.refusal) is (refusal or type(None))
    if refusal:
        with pytest.raises(refusal) as refused:
            entries.submit(actor_of(fan), stage.parts, contest.id, work.id)
        assert offer.refusal is not None
        assert refused.value.detail == offer.refusal.detail


def test_who_cannot_enter_at_all_is_told_so(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    stage.rows.add(ContestJudge(contest_id=contest.id, account_id=fan.id))
    assert isinstance(page(stage, contest, fan).own.refusal, EntrantIsJudge)
    assert isinstance(page(stage, contest, stage.host).own.refusal, EntrantIsHost)
    assert page(stage, contest, stage.rows.account("other")).own.refusal is None


def test_the_step_goes_on_with_the_receipt_the_remix_and_the_entry(stage: Stage, fan: Account) -> None:
    contest = stage.contest(JURY, Phase.OPEN)
    steps = [page(stage, contest, None).own.step, page(stage, contest, fan).own.step]
    pack = stage.rows.pack(stage.release)
    receipt = {"licence": Licence.BY, "licence_sha256": "e" * 64}
    stage.rows.add(Receipt(account_id=fan.id, stem_pack_id=pack.id, **receipt))
    steps.append(page(stage, contest, fan).own.step)
    work = stage.remix(fan)
    steps.append(page(stage, contest, fan).own.step)
    entries.submit(actor_of(fan), stage.parts, contest.id, work.id)
    steps.append(page(stage, contest, fan).own.step)
    assert steps == [
        EntrantStep.STEMS, EntrantStep.STEMS, EntrantStep.MAKE, EntrantStep.ENTER, EntrantStep.HEARD,
    ]  # fmt: skip


# The listing


def test_open_contests_stand_first_the_next_to_close_at_the_top_the_last_closed_at_the_end(stage: Stage) -> None:
    now = stage.rows.moment()

    def closing(hours: float, phase: Phase) -> str:
        return stage.contest(DUELS, phase, closes_at=now + dt.timedelta(hours=hours), opens_at=now - dt.timedelta(9)).id

    late, soon = closing(40, Phase.OPEN), closing(2, Phase.OPEN)
    announced = stage.contest(DUELS, Phase.ANNOUNCED).id
    long_closed, closed = closing(-30, Phase.COUNTING), closing(-1, Phase.VOTING)
    draft = stage.contest(phase=Phase.DRAFT).id
    assert listed(stage.parts, None) == [soon, late, announced, closed, long_closed]
    assert listed(stage.parts, Showing.OPEN) == [soon, late, announced]
    assert listed(stage.parts, Showing.VOTING) == [closed, long_closed]
    assert listed(stage.parts, Showing.DECIDED) == []
    assert draft in listed(stage.parts, None, actor_of(stage.host))
    first = browse(VISITOR, stage.parts, showing=None, after=None, limit=3)
    rest = browse(VISITOR, stage.parts, showing=None, after=first.next_position, limit=3)
    assert [one.contest.id for one in (*first.rows, *rest.rows)] == [soon, late, announced, closed, long_closed]


def listed(parts: Parts, showing: Showing | None, actor: Actor = VISITOR) -> list[str]:
    return [one.contest.id for one in browse(actor, parts, showing=showing, after=None, limit=10).rows]
