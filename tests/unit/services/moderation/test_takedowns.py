"""Takedowns: exactly the works that were chosen, down until the last takedown that names them is lifted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, OperatorOnly, ScopeMissing
from remixhub.domain.errors import NotFound, Unauthenticated
from remixhub.domain.moderation import NoticeKind, ReportReason, ReportState, TakedownState
from remixhub.domain.states import WorkState
from remixhub.models import Account, Appeal, Mix, Mixdown, Notice, Report, Takedown, Work
from remixhub.services.lineage.settling import tell_rest
from remixhub.services.moderation import takedowns
from remixhub.services.moderation.takedowns import AppealMade, TakedownSettled, TakedownWorksInvalid
from remixhub.services.works.tombstones import tombstone_of
from tests.unit.rows import Rows, actor_of, sha256_of

OFFENSIVE, INFRINGEMENT = ReportReason.OFFENSIVE, ReportReason.INFRINGEMENT


@dataclass
class Bench:
    """An operator, an artist with a work, and a fan with a remix of it."""

    parts: Parts
    rows: Rows

    def __post_init__(self) -> None:
        self.operator = self.rows.account("operator", is_operator=True)
        self.ada, self.fan = self.rows.account("ada"), self.rows.account("fan")
        self.song = self.rows.work(self.ada, "Song")
        self.remix = self.rows.work(self.fan, "Remix", [self.song])

    def take_down(self, *works: Work, reason: ReportReason = OFFENSIVE, **facts: Any) -> Takedown:
        ids = [work.id for work in works or (self.song,)]
        return takedowns.take_down(actor_of(self.operator), self.parts, work_ids=ids, reason=reason, **facts)[0]

    def decide(self, takedown: Takedown, outcome: TakedownState) -> Takedown:
        return takedowns.decide_takedown(actor_of(self.operator), self.parts, takedown.id, outcome=outcome)

    def appeal(self, takedown: Takedown, by: Account | None = None) -> Takedown:
        return takedowns.appeal(actor_of(by or self.ada), self.parts, takedown.id, note="It is mine.")

    def state(self, work: Work) -> WorkState:
        return self.rows.one(Work, Work.id == work.id).state

    def told(self, kind: NoticeKind) -> list[str]:
        return sorted(notice.account_id for notice in self.rows.all(Notice, Notice.kind == kind))


@pytest.fixture
def bench(parts: Parts, rows: Rows) -> Bench:
    return Bench(parts, rows)


def test_only_operators_take_down_and_decide(bench: Bench) -> None:
    takedown = bench.take_down()
    for actor, error in ((actor_of(bench.ada), (OperatorOnly, ScopeMissing)), (VISITOR, Unauthenticated)):
        with pytest.raises(error):
            takedowns.take_down(actor, bench.parts, work_ids=[bench.remix.id], reason=OFFENSIVE)
        with pytest.raises(error):
            takedowns.decide_takedown(actor, bench.parts, takedown.id, outcome=TakedownState.RESTORED)
    assert bench.state(bench.remix) is WorkState.PUBLISHED
    assert bench.state(bench.song) is WorkState.TAKEN_DOWN


def test_a_remix_that_was_down_before_anybody_was_told_of_it_is_told_of_when_it_comes_back(bench: Bench) -> None:
    bench.rows.change(Work, Work.id == bench.remix.id, is_untold=True)
    takedown = bench.take_down(bench.remix)
    assert (tell_rest(bench.parts), bench.told(NoticeKind.REMIXED)) == (True, [])
    bench.decide(takedown, TakedownState.RESTORED)
    for _ in range(2):
        while tell_rest(bench.parts):
            pass
        assert bench.told(NoticeKind.REMIXED) == [bench.ada.id]
        bench.decide(bench.take_down(bench.remix), TakedownState.RESTORED)


def test_exactly_the_chosen_works_go_down(bench: Bench) -> None:
    bench.take_down(bench.song)
    assert (bench.state(bench.song), bench.state(bench.remix)) == (WorkState.TAKEN_DOWN, WorkState.PUBLISHED)


def test_what_is_not_published_is_not_taken_down_and_nothing_else_with_it(bench: Bench) -> None:
    draft = bench.rows.work(bench.ada, state=WorkState.DRAFT)
    chosen = ([], [bench.song.id, draft.id], [bench.song.id, "f" * 32], [str(number) for number in range(101)])
    for ids in chosen:
        with pytest.raises(TakedownWorksInvalid):
            takedowns.take_down(actor_of(bench.operator), bench.parts, work_ids=ids, reason=OFFENSIVE)
    assert bench.state(bench.song) is WorkState.PUBLISHED
    assert bench.rows.all(Takedown) == []


def test_the_same_works_for_the_same_reason_are_the_same_takedown(bench: Bench) -> None:
    first = bench.take_down(bench.song, bench.remix)
    assert bench.take_down(bench.remix, bench.song).id == first.id
    assert bench.take_down(bench.song).id != first.id
    assert bench.take_down(bench.song, bench.remix, reason=INFRINGEMENT).id != first.id
    bench.decide(first, TakedownState.RESTORED)
    assert bench.take_down(bench.song, bench.remix).id != first.id


def test_a_work_comes_back_when_the_last_takedown_is_lifted(bench: Bench) -> None:
    first, second = bench.take_down(bench.song, bench.remix), bench.take_down(bench.song, reason=INFRINGEMENT)
    bench.decide(first, TakedownState.RESTORED)
    assert (bench.state(bench.song), bench.state(bench.remix)) == (WorkState.TAKEN_DOWN, WorkState.PUBLISHED)
    bench.decide(second, TakedownState.RESTORED)
    assert bench.state(bench.song) is WorkState.PUBLISHED


def test_a_withdrawn_work_comes_back_as_withdrawn(bench: Bench) -> None:
    bench.rows.change(Work, Work.id == bench.song.id, state=WorkState.WITHDRAWN)
    first, second = bench.take_down(), bench.take_down(reason=INFRINGEMENT)
    for takedown in (second, first):
        bench.decide(takedown, TakedownState.RESTORED)
    assert bench.state(bench.song) is WorkState.WITHDRAWN


# Appeals


def test_each_artist_concerned_appeals_once(bench: Bench) -> None:
    takedown = bench.take_down(bench.song, bench.remix)
    assert bench.appeal(takedown).state is TakedownState.APPEALED
    with pytest.raises(AppealMade):
        bench.appeal(takedown)
    bench.appeal(takedown, bench.fan)
    with pytest.raises(NotFound):
        bench.appeal(takedown, bench.operator)
    assert len(bench.rows.all(Appeal)) == 2


def test_an_artist_whose_work_is_only_made_from_it_does_not_appeal(bench: Bench) -> None:
    takedown = bench.take_down(bench.song)
    with pytest.raises(NotFound):
        bench.appeal(takedown, bench.fan)
    assert bench.rows.one(Takedown).state is TakedownState.STANDING


def test_only_an_appeal_is_answered_by_keeping(bench: Bench) -> None:
    takedown = bench.take_down()
    with pytest.raises(TakedownSettled):
        bench.decide(takedown, TakedownState.KEPT)
    bench.appeal(takedown)
    kept = bench.decide(takedown, TakedownState.KEPT)
    assert (kept.state, kept.decided_by_id) == (TakedownState.KEPT, bench.operator.id)
    assert bench.state(bench.song) is WorkState.TAKEN_DOWN
    with pytest.raises(TakedownSettled):
        bench.decide(takedown, TakedownState.KEPT)
    with pytest.raises(AppealMade):
        bench.appeal(takedown)
    assert bench.rows.one(Takedown).state is TakedownState.KEPT, "an appeal that is refused changes nothing"


@pytest.mark.parametrize("state", [TakedownState.STANDING, TakedownState.APPEALED, TakedownState.KEPT])
def test_a_takedown_is_lifted_from_every_state_once(bench: Bench, state: TakedownState) -> None:
    takedown = bench.take_down()
    bench.rows.change(Takedown, state=state)
    assert bench.decide(takedown, TakedownState.RESTORED).state is TakedownState.RESTORED
    with pytest.raises(TakedownSettled):
        bench.decide(takedown, TakedownState.RESTORED)
    with pytest.raises(TakedownSettled):
        bench.appeal(takedown)


# Who is told, and who may see it


def test_everybody_concerned_is_told_once(bench: Bench) -> None:
    further = bench.rows.work(bench.rows.account("further"), "Further", [bench.remix])
    bench.rows.work(bench.ada, "Own remix", [bench.song])
    pack = bench.rows.pack(bench.song, [bench.rows.original("bass")])
    mixdown = bench.rows.add(Mixdown(digest=sha256_of("mix"), stem_pack_id=pack.id, spec={}, sample_rate_hz=48_000))
    mixer = bench.rows.account("mixer")
    for account in (mixer, bench.fan, bench.ada):
        bench.rows.add(Mix(account_id=account.id, mixdown_digest=mixdown.digest))
    takedown = bench.take_down()
    concerned = sorted([bench.fan.id, further.account_id, mixer.id])
    assert bench.told(NoticeKind.WORK_TAKEN_DOWN) == [bench.ada.id]
    assert bench.told(NoticeKind.SOURCE_TAKEN_DOWN) == concerned
    bench.decide(takedown, TakedownState.RESTORED)
    assert bench.told(NoticeKind.TAKEDOWN_RESTORED) == [bench.ada.id]
    assert bench.told(NoticeKind.SOURCE_RESTORED) == concerned


def test_nobody_downstream_is_told_that_a_work_is_back_which_another_takedown_holds(bench: Bench) -> None:
    first, _ = bench.take_down(), bench.take_down(reason=INFRINGEMENT)
    bench.decide(first, TakedownState.RESTORED)
    assert bench.told(NoticeKind.SOURCE_RESTORED) == []


def test_a_takedown_is_seen_by_operators_and_the_artists_concerned(bench: Bench) -> None:
    takedown = bench.take_down()
    for account in (bench.operator, bench.ada):
        assert takedowns.get_takedown(actor_of(account), bench.parts, takedown.id).id == takedown.id
    with pytest.raises(NotFound):
        takedowns.get_takedown(actor_of(bench.fan), bench.parts, takedown.id)


def test_the_tombstone_speaks_of_the_first_takedown_in_force(bench: Bench) -> None:
    def tombstone() -> Any:
        with bench.parts.database.reading() as session:
            return tombstone_of(session, session.get_one(Work, bench.song.id))

    assert tombstone() is None
    first, second = bench.take_down(), bench.take_down(reason=INFRINGEMENT)
    assert (tombstone().takedown_id, tombstone().reason, tombstone().is_by_house) == (first.id, OFFENSIVE, True)
    bench.decide(first, TakedownState.RESTORED)
    assert tombstone().takedown_id == second.id
    bench.rows.change(Work, Work.id == bench.song.id, state=WorkState.WITHDRAWN)
    assert (tombstone().is_by_house, tombstone().reason) == (False, None)


def test_the_report_that_led_to_it_is_upheld(bench: Bench) -> None:
    report = bench.rows.add(Report(account_id=bench.fan.id, work_id=bench.song.id, reason=OFFENSIVE))
    bench.take_down(report_id=report.id, note="Indeed.")
    report = bench.rows.one(Report)
    assert (report.state, report.decision_note) == (ReportState.UPHELD, "Indeed.")
    assert bench.told(NoticeKind.REPORT_DECIDED) == [bench.fan.id]
    with pytest.raises(NotFound):
        bench.take_down(bench.remix, report_id="f" * 32)
    assert bench.state(bench.remix) is WorkState.PUBLISHED
