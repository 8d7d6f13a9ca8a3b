"""What a remix may stand under: over its sources and all of their ancestors, as they were held when they were cited."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Account, Work
from remixhub.services.licences import verdicts
from remixhub.services.licences.sources import SourceNotFound, SourceTakenDown, SourceWithdrawn
from tests.unit.rows import Rows


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def check(parts: Parts, *works: Work, wanted: Licence | None = None) -> verdicts.Verdict:
    return verdicts.check(VISITOR, parts, [work.id for work in works], wanted)


def judged(parts: Parts, work: Work) -> verdicts.Verdict:
    """As its sources are declared."""
    with parts.database.reading() as session:
        return verdicts.judged(session, session.get_one(Work, work.id))


def sources(verdict: verdicts.Verdict) -> list[dict[str, Any]]:
    assert verdict.conflict is not None
    found: list[dict[str, Any]] = verdict.conflict["sources"]  # type: ignore[assignment]
    return found


def test_the_strictest_of_what_is_held_rules(parts: Parts, rows: Rows, ada: Account) -> None:
    free, strict = rows.work(ada, "Free", licence=Licence.CC0), rows.work(ada, "Strict", licence=Licence.BY_NC)
    verdict = check(parts, free, strict)
    assert (verdict.licence, verdict.conflict) == (Licence.BY_NC, None)
    assert Licence.BY_NC_SA in verdict.allowed
    assert Licence.BY not in verdict.allowed
    assert any("commercially" in line for line in verdict.obligations)


def test_an_ancestor_rules_through_the_works_in_between(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY_SA)
    middle = rows.work(ada, "Middle", [root], licence=Licence.BY_SA)
    last = rows.work(ada, "Last", [middle], licence=Licence.BY)  # stands from before the rule was as strict
    verdict = check(parts, last, wanted=Licence.BY_NC)
    assert verdict.licence is Licence.BY_SA
    (culprit,) = sources(verdict)
    assert (culprit["titles"], culprit["ids"]) == (["Last", "Middle"], [last.id, middle.id])
    assert "Last → Middle" in str(verdict.conflict and verdict.conflict["detail"])


def test_a_link_holds_the_licence_of_when_it_was_declared(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY_NC)
    remix = rows.work(ada, "Remix", [root], licence=Licence.BY_NC)
    rows.change(Work, Work.id == root.id, licence=Licence.BY)
    assert Licence.BY not in judged(parts, remix).allowed
    assert Licence.BY not in check(parts, remix).allowed
    assert Licence.BY in check(parts, root).allowed, "cited anew it is held as it is now"
    rows.change(Work, Work.id == root.id, licence=Licence.BY_ND)
    assert judged(parts, remix).conflict is None


def test_a_freer_licence_since_then_is_a_remedy(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY_NC)
    remix = rows.work(ada, "Remix", [root], licence=Licence.BY_NC)
    conflict = check(parts, remix, wanted=Licence.BY).conflict
    assert conflict is not None
    assert not any("today" in line for line in conflict["remedies"])  # type: ignore[attr-defined]
    rows.change(Work, licence=Licence.BY)
    conflict = check(parts, remix, wanted=Licence.BY).conflict
    assert conflict is not None
    (remedy,) = [line for line in conflict["remedies"] if "today" in line]  # type: ignore[attr-defined]
    assert "“Root” was cited under CC BY-NC 4.0 and is under CC BY 4.0 today" in remedy


def test_two_that_cannot_be_combined_are_named_with_both_ways(parts: Parts, rows: Rows, ada: Account) -> None:
    alike, paid = rows.work(ada, "Alike", licence=Licence.BY_SA), rows.work(ada, "Paid", licence=Licence.BY_NC)
    verdict = check(parts, alike, paid)
    assert (verdict.allowed, verdict.licence) == ([], None)
    assert {one["licence"] for one in sources(verdict)} == {"cc-by-sa-4.0", "cc-by-nc-4.0"}


def test_what_allows_no_remix_stops_all(parts: Parts, rows: Rows, ada: Account) -> None:
    verdict = check(parts, rows.work(ada, licence=Licence.BY_ND), rows.work(ada, licence=Licence.CC0))
    assert verdict.allowed == []
    assert [one["licence"] for one in sources(verdict)] == ["cc-by-nd-4.0"]


def test_a_wish_that_is_allowed_is_granted(parts: Parts, rows: Rows, ada: Account) -> None:
    assert check(parts, rows.work(ada, licence=Licence.BY), wanted=Licence.BY_NC_SA).licence is Licence.BY_NC_SA
    assert check(parts, rows.work(ada, licence=Licence.CC0)).obligations == ["Nothing: do what you like with it."]


def test_a_checked_work_can_be_cited(parts: Parts, rows: Rows, ada: Account) -> None:
    refusals = {
        WorkState.WITHDRAWN: SourceWithdrawn, WorkState.TAKEN_DOWN: SourceTakenDown, WorkState.DRAFT: SourceNotFound,
    }  # fmt: skip
    for state, error in refusals.items():
        with pytest.raises(error):
            check(parts, rows.work(ada, state=state))


def test_what_a_work_and_its_remixes_may_stand_under(parts: Parts, rows: Rows, ada: Account) -> None:
    root = rows.work(ada, "Root", licence=Licence.BY)
    remix = rows.work(ada, "Remix", [root], licence=Licence.BY_NC)
    of_root = verdicts.allowed_licences(VISITOR, parts, root.id)
    of_remix = verdicts.allowed_licences(VISITOR, parts, remix.id)
    assert of_root.for_work == frozenset(Licence), "a release has nobody to ask"
    assert Licence.CC0 not in of_root.for_remixes
    assert Licence.BY in of_remix.for_work
    assert Licence.CC0 not in of_remix.for_work
    assert Licence.BY not in of_remix.for_remixes
