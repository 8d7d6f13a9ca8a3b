"""Secret remixer: everybody gives a source and gets another's, once, and may remix what they got alone."""

from __future__ import annotations

import pytest

from remixhub.domain.contests.entries import EntryOutsideLineage
from remixhub.domain.contests.labels import LabelMembersOnly
from remixhub.domain.contests.phases import ContestPhaseWrong, Phase
from remixhub.domain.errors import Forbidden
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import Account, Contest, ContestSignUp, Work
from remixhub.services.contests import entries, secret_remixers
from remixhub.services.contests.secret_remixers import NotASecretRemixer, SourceNotRemixable
from tests.unit.rows import actor_of
from tests.unit.services.contests.conftest import JURY, Stage


@pytest.fixture
def contest(stage: Stage) -> Contest:
    return stage.contest(JURY, Phase.OPEN, release_id=None, is_secret_remixer=True)


def sign_up(stage: Stage, contest: Contest, by: Account, work: Work | None = None) -> ContestSignUp:
    source = work or stage.rows.work(by, f"By {by.handle}")
    return secret_remixers.sign_up(actor_of(by), stage.parts, contest.id, source.id)


def deal(stage: Stage, contest: Contest) -> dict[str, str | None]:
    """What each account got."""
    secret_remixers.deal_sources(actor_of(stage.host), stage.parts, contest.id)
    return {one.account_id: one.dealt_work_id for one in stage.rows.all(ContestSignUp)}


def test_everybody_gets_anothers_source_and_each_source_goes_once(stage: Stage, contest: Contest) -> None:
    given = {}
    for number in range(5):
        account = stage.rows.account(f"artist{number}")
        given[account.id] = sign_up(stage, contest, account).work_id
    dealt = deal(stage, contest)
    assert sorted(dealt.values(), key=str) == sorted(given.values())
    assert all(dealt[account] != source for account, source in given.items())


def test_signing_up_again_changes_the_source_until_the_deal(stage: Stage, contest: Contest) -> None:
    ada, ben = stage.rows.account("ada"), stage.rows.account("ben")
    sign_up(stage, contest, ada)
    second = sign_up(stage, contest, ada)
    sign_up(stage, contest, ben)
    assert deal(stage, contest)[ben.id] == second.work_id
    for act in (
        lambda: sign_up(stage, contest, ada),
        lambda: secret_remixers.take_back_sign_up(actor_of(ada), stage.parts, contest.id),
        lambda: deal(stage, contest),
    ):
        with pytest.raises(ContestPhaseWrong):
            act()


def test_a_source_is_ones_own_published_and_may_be_remixed(stage: Stage, contest: Contest) -> None:
    ada = stage.rows.account("ada")
    refusals = [
        (stage.release, Forbidden),
        (stage.rows.work(ada, state=WorkState.DRAFT), WorkNotPublished),
        (stage.rows.work(ada, licence=Licence.BY_ND), SourceNotRemixable),
    ]
    for work, error in refusals:
        with pytest.raises(error):
            sign_up(stage, contest, ada, work)
    assert stage.rows.all(ContestSignUp) == []


def test_only_the_host_deals_and_only_in_a_secret_remixer(stage: Stage, contest: Contest) -> None:
    ada = stage.rows.account("ada")
    with pytest.raises(LabelMembersOnly):
        secret_remixers.deal_sources(actor_of(ada), stage.parts, contest.id)
    with pytest.raises(NotASecretRemixer):
        sign_up(stage, stage.contest(JURY, Phase.OPEN), ada)


def test_an_entry_comes_from_what_its_artist_was_dealt(stage: Stage, contest: Contest) -> None:
    people = [stage.rows.account(f"artist{number}") for number in range(3)]
    for account in people:
        sign_up(stage, contest, account)
    dealt = deal(stage, contest)
    ada, *_, other = people
    wrong = stage.rows.one(Work, Work.id == dealt[other.id])
    right = stage.rows.one(Work, Work.id == dealt[ada.id])
    with pytest.raises(EntryOutsideLineage):
        entries.submit(actor_of(ada), stage.parts, contest.id, stage.remix(ada, sources=[wrong], title="Wrong").id)
    late = stage.rows.account("late")
    with pytest.raises(EntryOutsideLineage):
        entries.submit(actor_of(late), stage.parts, contest.id, stage.remix(late, sources=[right]).id)
    entered = entries.submit(
        actor_of(ada), stage.parts, contest.id, stage.remix(ada, sources=[right], title="Right").id
    )
    assert entered.is_counted
