"""A receipt for each account, stem and licence, by the first download, for whoever took it alone."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR, Actor
from remixhub.domain.errors import NotFound, Unauthenticated
from remixhub.domain.licences.terms import Licence, text_sha256
from remixhub.models import Account, Receipt, StemPack, now
from remixhub.services.stems.receipts import get_receipt, list_receipts, record_download
from tests.unit.rows import LONG_AGO, Rows, actor_of


@pytest.fixture
def pack(rows: Rows) -> StemPack:
    return rows.pack(rows.work(rows.account("artist")), [rows.original("a")])


@pytest.fixture
def fan(rows: Rows) -> Account:
    return rows.account("fan")


def take(parts: Parts, actor: Actor, pack: StemPack, licence: Licence = Licence.BY, stem_id: str = "") -> None:
    record_download(actor, parts, licence, stem_pack_id=pack.id, stem_id=stem_id)


def test_the_first_download_is_the_one_that_is_proved(parts: Parts, rows: Rows, pack: StemPack, fan: Account) -> None:
    take(parts, actor_of(fan), pack)
    rows.change(Receipt, created_at=LONG_AGO)
    take(parts, actor_of(fan), pack)
    receipt = rows.one(Receipt)
    assert (receipt.created_at, receipt.licence_sha256) == (LONG_AGO, text_sha256(Licence.BY))


def test_another_stem_another_licence_and_another_account_are_receipts_of_their_own(
    parts: Parts, rows: Rows, pack: StemPack, fan: Account
) -> None:
    take(parts, actor_of(fan), pack)
    take(parts, actor_of(fan), pack, Licence.BY_NC)
    take(parts, actor_of(fan), pack, stem_id="bass")
    take(parts, actor_of(rows.account("other")), pack)
    assert len(rows.all(Receipt)) == 4


def test_a_visitor_has_none(parts: Parts, rows: Rows, pack: StemPack) -> None:
    take(parts, VISITOR, pack)
    assert rows.all(Receipt) == []
    with pytest.raises(Unauthenticated):
        list_receipts(VISITOR, parts, after=None, limit=10)


def test_a_receipt_is_shown_to_its_account_alone(parts: Parts, rows: Rows, pack: StemPack, fan: Account) -> None:
    take(parts, actor_of(fan), pack)
    receipt_id = rows.one(Receipt).id
    assert get_receipt(actor_of(fan), parts, receipt_id).account_id == fan.id
    with pytest.raises(NotFound):
        get_receipt(actor_of(rows.account("other")), parts, receipt_id)


def test_receipts_are_listed_newest_first_page_by_page(parts: Parts, rows: Rows, pack: StemPack, fan: Account) -> None:
    for age in range(5):
        take(parts, actor_of(fan), pack, stem_id=str(age))
        rows.change(Receipt, Receipt.stem_id == str(age), created_at=now(-age))
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = list_receipts(actor_of(fan), parts, after=after, limit=2)
        seen += [receipt.stem_id for receipt in page.rows]
        after = page.next_position
    assert (seen, after) == (["0", "1", "2", "3", "4"], None)
