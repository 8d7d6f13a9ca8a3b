"""Whoever holds a receipt cites its source under the licence received, for the stems received, for ever."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.licences.contest_licences import ContestLicenceTerms, Remixers, Sharing
from remixhub.domain.licences.grants import SHORT, GrantKind
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.domain.states import IngestState, WorkState
from remixhub.domain.stems.receipts import ReceiptTerms
from remixhub.models import (
    Account,
    ContestLicence,
    Mix,
    Mixdown,
    Original,
    Receipt,
    SourceLink,
    Stem,
    StemPack,
    Work,
    now,
)
from remixhub.services.licences import contest_licences, verdicts
from remixhub.services.licences.sources import NewSource, SourceTakenDown, SourceWithdrawn
from remixhub.services.remixes.attachments import set_mix
from remixhub.services.remixes.remixes import (
    NewRemix,
    ReceiptForOtherStems,
    check_publishable,
    create_remix,
    set_sources,
)
from remixhub.services.works.works import update_work
from tests.unit.rows import LONG_AGO, Rows, actor_of, sha256_of

BY, BY_SA, BY_NC, CLOSED = Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.ALL_RIGHTS_RESERVED


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


@pytest.fixture
def song(rows: Rows, ada: Account) -> Work:
    work = rows.work(ada)
    rows.pack(work, [rows.original("bass"), rows.original("lead")])
    return work


def taken(rows: Rows, account: Account, work: Work, licence: Licence = BY, **facts: Any) -> Receipt:
    """A receipt of the first version of the stems, unless the facts say otherwise."""
    pack = rows.one(StemPack, StemPack.work_id == work.id, StemPack.version == 1)
    known = {"stem_pack_id": pack.id, "licence": licence, "licence_sha256": "0" * 64, "created_at": LONG_AGO, **facts}
    return rows.add(Receipt(account_id=account.id, **known))


def relicensed(rows: Rows, work: Work, licence: Licence, state: WorkState = WorkState.PUBLISHED) -> None:
    rows.change(Work, Work.id == work.id, licence=licence, state=state)


def remixed(parts: Parts, by: Account, *cited: Work | NewSource, licence: Licence | None = None) -> Work:
    sources = [one if isinstance(one, NewSource) else NewSource(one.id) for one in cited]
    return create_remix(actor_of(by), parts, NewRemix("Remix", sources, licence))


def stems_of(rows: Rows, work: Work, version: int) -> list[str]:
    pack = rows.one(StemPack, StemPack.work_id == work.id, StemPack.version == version)
    return [stem.id for stem in sorted(rows.all(Stem, Stem.stem_pack_id == pack.id), key=lambda one: one.position)]


def test_a_closed_work_is_remixed_under_what_was_received(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    receipt = taken(rows, fan, song)
    relicensed(rows, song, CLOSED)
    with pytest.raises(LicenceConflict):
        remixed(parts, ada, song)
    assert remixed(parts, fan, song).licence is BY
    link = rows.one(SourceLink)
    assert (link.licence, link.licence_sha256) == (BY, "0" * 64)
    assert (link.grant_kind, link.grant_id, link.granted_at) == (GrantKind.RECEIPT, receipt.id, LONG_AGO)
    terms = ReceiptTerms(receipt.id, song.id, receipt.stem_pack_id, "", BY, "0" * 64, LONG_AGO)
    assert link.grant_sha256 == terms.sha256()


def test_so_is_a_withdrawn_one_but_not_one_that_was_taken_down(
    parts: Parts, rows: Rows, fan: Account, song: Work
) -> None:
    relicensed(rows, song, BY, WorkState.WITHDRAWN)
    with pytest.raises(SourceWithdrawn):
        remixed(parts, fan, song)
    receipt = taken(rows, fan, song)
    remixed(parts, fan, song)
    assert rows.one(SourceLink).grant_id == receipt.id, "nobody is offered a withdrawn work, so the receipt is named"
    relicensed(rows, song, BY, WorkState.TAKEN_DOWN)
    with pytest.raises(SourceTakenDown):
        remixed(parts, fan, song)


@pytest.mark.parametrize(
    ("today", "received", "held"),
    [(BY, BY, None), (Licence.CC0, BY, None), (BY, BY_NC, None), (BY_NC, BY, BY), (BY_NC, BY_SA, None)],
)
def test_what_is_freer_is_used_and_what_is_offered_comes_first(
    parts: Parts, rows: Rows, fan: Account, song: Work, today: Licence, received: Licence, held: Licence | None
) -> None:
    taken(rows, fan, song, received)
    relicensed(rows, song, today)
    assert remixed(parts, fan, song).licence is (held or today)
    link = rows.one(SourceLink)
    assert (link.licence, link.grant_kind) == (held or today, held and GrantKind.RECEIPT)


def test_a_receipt_is_used_where_only_it_will_do(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    taken(rows, fan, song, BY_SA)
    relicensed(rows, song, BY_NC)
    alike = rows.work(ada, "Alike", licence=BY_SA)
    work = remixed(parts, fan, song, alike)
    assert work.licence is BY_SA
    links = {link.source_id: link for link in rows.all(SourceLink)}
    assert (links[song.id].licence, links[song.id].grant_kind) == (BY_SA, GrantKind.RECEIPT)
    assert links[alike.id].grant_kind is None
    rows.change(Work, Work.id == work.id, licence=BY_SA)
    allowed = verdicts.allowed_licences(actor_of(fan), parts, work.id).for_work
    assert allowed == {BY_SA}
    assert verdicts.check(actor_of(fan), parts, [song.id], None).allowed == sorted(
        {BY_SA} | set(verdicts.check(actor_of(ada), parts, [song.id], None).allowed), key=list(Licence).index
    )


def test_a_draft_changes_its_licence_within_what_its_artist_holds(
    parts: Parts, rows: Rows, fan: Account, song: Work
) -> None:
    taken(rows, fan, song, BY_SA)
    relicensed(rows, song, BY_NC)
    work = remixed(parts, fan, song)
    assert work.licence is BY_NC
    update_work(actor_of(fan), parts, work.id, {"licence": BY_SA})
    assert rows.one(SourceLink).grant_kind is GrantKind.RECEIPT


def test_a_receipt_that_came_since_frees_a_draft(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    relicensed(rows, song, BY_NC)
    work = remixed(parts, fan, song)
    receipt = taken(rows, fan, song)
    set_sources(actor_of(fan), parts, work.id, [NewSource(song.id)], revision=1, licence=BY)
    assert rows.one(SourceLink).grant_id == receipt.id


def test_who_holds_one_source_by_a_receipt_is_refused_for_the_other(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    """Both are under the same licence today, and only one may be held under another."""
    taken(rows, fan, song, BY_SA)
    relicensed(rows, song, BY_NC)
    other = rows.work(ada, "Other", licence=BY_NC)
    with pytest.raises(LicenceConflict) as refused:
        remixed(parts, fan, song, other, licence=BY_SA)
    assert refused.value.context["path"] == ["Other"]


def test_the_verdict_says_which_licence_is_used_and_why(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    taken(rows, fan, song)

    def said(state: WorkState, licence: Licence, by: Account = fan) -> list[tuple[Licence, Licence | None, bool, str]]:
        relicensed(rows, song, licence, state)
        grants = verdicts.check(actor_of(by), parts, [song.id], None).grants
        return [(one.licence, one.offered, one.held_by is not None, one.detail) for one in grants]

    held = "you hold it under CC BY 4.0 by a receipt of 1 January 2020, and remix it under that."
    assert said(WorkState.PUBLISHED, CLOSED) == [
        (BY, CLOSED, True, f"“Song” is under All rights reserved today; {held}")
    ]
    assert said(WorkState.WITHDRAWN, CLOSED) == [(BY, None, True, f"“Song” was withdrawn; {held}")]
    ((used, offered, by_grant, why),) = said(WorkState.PUBLISHED, Licence.CC0)
    assert (used, offered, by_grant) == (Licence.CC0, Licence.CC0, False)
    assert why.startswith("“Song” is remixed as it was offered, under CC0 1.0;")
    assert said(WorkState.PUBLISHED, BY, ada) == []


def test_the_page_of_a_draft_says_it_too(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    taken(rows, fan, song)
    relicensed(rows, song, CLOSED)
    work = remixed(parts, fan, song)
    with parts.database.reading() as session:
        (use,) = verdicts.judged(session, session.get_one(Work, work.id)).grants
    assert (use.licence, use.offered) == (BY, CLOSED)


def test_it_holds_for_the_stems_received(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    receipt = taken(rows, fan, song)
    rows.pack(song, [rows.one(Original, Original.sha256 == sha256_of("bass")), rows.original("new lead")], version=2)
    relicensed(rows, song, CLOSED)
    same, newer = stems_of(rows, song, 2)
    for stems in ([newer], [same, newer]):
        with pytest.raises(LicenceConflict) as refused:
            remixed(parts, fan, NewSource(song.id, stems=stems))
        assert SHORT in refused.value.context["remedies"]  # type: ignore[operator]
    rows.change(Work, Work.id == song.id, state=WorkState.WITHDRAWN)
    with pytest.raises(SourceWithdrawn, match="for other stems"):
        remixed(parts, fan, NewSource(song.id, stems=[newer]))
    remixed(parts, fan, NewSource(song.id, stems=[same]))  # the same recording as in what was received
    remixed(parts, fan, NewSource(song.id, stems=stems_of(rows, song, 1)))
    assert {link.grant_id for link in rows.all(SourceLink)} == {receipt.id}


def test_naming_other_stems_later_is_citing_anew(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    taken(rows, fan, song)
    rows.pack(song, [rows.original("new lead")], version=2)
    relicensed(rows, song, CLOSED)
    work = remixed(parts, fan, song)
    with pytest.raises(LicenceConflict):
        set_sources(actor_of(fan), parts, work.id, [NewSource(song.id, stems=stems_of(rows, song, 2))], revision=1)
    (bass, _) = stems_of(rows, song, 1)
    set_sources(actor_of(fan), parts, work.id, [NewSource(song.id, stems=[bass])], revision=1)
    assert rows.one(SourceLink).grant_kind is GrantKind.RECEIPT


def test_a_mix_is_of_stems_that_were_received(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    taken(rows, fan, song)
    later = rows.pack(song, [rows.original("new lead")], version=2)
    relicensed(rows, song, CLOSED)

    def mix(pack: StemPack) -> str:
        lanes = [{"stem": stem.id} for stem in rows.all(Stem, Stem.stem_pack_id == pack.id)]
        spec = {"version": 1, "lanes": lanes}
        facts = {"state": IngestState.READY, "sample_rate_hz": 48_000}
        mixdown = rows.add(Mixdown(digest=sha256_of(pack.id), stem_pack_id=pack.id, spec=spec, **facts))
        return rows.add(Mix(account_id=fan.id, mixdown_digest=mixdown.digest)).id

    received, other = mix(rows.one(StemPack, StemPack.version == 1)), mix(later)
    with pytest.raises(LicenceConflict):
        create_remix(actor_of(fan), parts, NewRemix("Remix", [NewSource(song.id)], mix_id=other))
    work = create_remix(actor_of(fan), parts, NewRemix("Remix", [NewSource(song.id)], mix_id=received))
    with pytest.raises(ReceiptForOtherStems):
        set_mix(actor_of(fan), parts, work.id, mix_id=other)
    assert rows.one(Work, Work.id == work.id).mixdown_digest == sha256_of(rows.one(StemPack, StemPack.version == 1).id)


def test_who_holds_a_receipt_may_remix_what_others_may_not(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    taken(rows, fan, song)

    def may(actor: Actor) -> bool:
        with parts.database.reading() as session:
            return verdicts.may_remix(session, actor, session.get_one(Work, song.id))

    for state, licence, others in (
        (WorkState.PUBLISHED, BY, True), (WorkState.PUBLISHED, CLOSED, False), (WorkState.WITHDRAWN, BY, False),
    ):  # fmt: skip
        relicensed(rows, song, licence, state)
        assert (may(actor_of(fan)), may(VISITOR), may(actor_of(rows.account(f"of {state} {licence}")))) == (
            True, others, others,
        )  # fmt: skip
    relicensed(rows, song, BY, WorkState.TAKEN_DOWN)
    assert not may(actor_of(fan))


def test_stems_that_were_taken_one_by_one_count_together(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    bass, lead = stems_of(rows, song, 1)
    of_bass = taken(rows, fan, song, stem_id=bass)
    relicensed(rows, song, CLOSED)
    with pytest.raises(LicenceConflict):
        remixed(parts, fan, NewSource(song.id, stems=[bass, lead]))
    taken(rows, fan, song, stem_id=lead, created_at=LONG_AGO + dt.timedelta(days=1))
    remixed(parts, fan, NewSource(song.id, stems=[bass, lead]))
    assert rows.one(SourceLink).grant_id == of_bass.id


def test_the_receipt_of_another_work_or_account_says_nothing(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    other = rows.work(ada, "Other")
    rows.pack(other, [rows.original("else")])
    taken(rows, fan, other)
    taken(rows, rows.account("neighbour"), song)
    relicensed(rows, song, CLOSED)
    with pytest.raises(LicenceConflict):
        remixed(parts, fan, song)


def test_the_ancestors_of_what_was_received_keep_what_their_links_hold(
    parts: Parts, rows: Rows, ada: Account, fan: Account
) -> None:
    root = rows.work(ada, "Root", licence=BY_NC)
    middle = rows.work(ada, "Middle", [root], licence=BY_NC)
    rows.pack(middle, [rows.original("bass")])
    taken(rows, fan, middle, BY_NC)
    taken(rows, fan, middle, BY)
    relicensed(rows, middle, CLOSED)
    with pytest.raises(LicenceConflict) as refused:
        remixed(parts, fan, middle, licence=BY)
    assert refused.value.context["path"] == ["Middle", "Root"]
    assert remixed(parts, fan, middle).licence is BY_NC


def test_what_stands_by_a_receipt_is_published_after_the_receipt_is_gone(
    parts: Parts, rows: Rows, fan: Account, song: Work
) -> None:
    taken(rows, fan, song)
    relicensed(rows, song, CLOSED, WorkState.WITHDRAWN)
    work = remixed(parts, fan, song)
    with parts.database.writing() as session:
        session.execute(sa.delete(Receipt))
    rows.change(Work, Work.id == work.id, mix_sha256=rows.original("whole").sha256)
    with parts.database.reading() as session:
        check_publishable(session, session.get_one(Work, work.id))
    later = set_sources(actor_of(fan), parts, work.id, [NewSource(song.id)], revision=1)
    assert (later.sources[0].licence, later.sources[0].grant_kind) == (BY, GrantKind.RECEIPT)


def test_a_contest_licence_that_was_received_counts_until_it_is_over(
    parts: Parts, rows: Rows, ada: Account, fan: Account, song: Work
) -> None:
    terms = ContestLicenceTerms("Harbour", "Remix it.", Remixers.ENTRANTS, Sharing.HERE, False,
                                rows.moment() + dt.timedelta(hours=1))  # fmt: skip
    licence = contest_licences.create_contest_licence(actor_of(ada), parts, terms)
    contest_licences.accept(actor_of(fan), parts, licence.id, sha256=licence.text_sha256)
    taken(rows, fan, song, licence.id)
    relicensed(rows, song, CLOSED)
    assert remixed(parts, fan, song).licence == licence.id
    stranger = rows.account("stranger")
    taken(rows, stranger, song, licence.id)
    with pytest.raises(LicenceConflict):  # as a file that was passed on: it is for those who accepted the text
        remixed(parts, stranger, song)
    rows.change(ContestLicence, expires_at=now())
    with pytest.raises(LicenceConflict):
        remixed(parts, fan, song)


def test_the_database_keeps_a_grant_whole(parts: Parts, rows: Rows, fan: Account, song: Work) -> None:
    del parts
    remix = rows.work(fan, "Remix", [song])
    for half in ({"grant_kind": GrantKind.RECEIPT}, {"grant_id": "r", "grant_sha256": text_sha256(BY)}):
        with pytest.raises(IntegrityError):
            rows.change(SourceLink, SourceLink.derivative_id == remix.id, **half)
