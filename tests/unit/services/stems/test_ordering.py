"""The order of stems: as they were chosen, and as somebody puts them; nobody's change is lost."""

from __future__ import annotations

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from remixhub.domain.states import WorkState
from remixhub.domain.stems.packs import reordered
from remixhub.models import Account, Stem, Work
from remixhub.services.stems.ordering import OrderInvalid, order_stems
from remixhub.services.stems.stems import StemNotFound, StemPackFrozen
from tests.unit.rows import Rows, actor_of


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account()


@pytest.fixture
def draft(rows: Rows, artist: Account) -> Work:
    draft = rows.work(artist, state=WorkState.DRAFT)
    pack = rows.pack(draft)
    for position, name in enumerate("abcd", 1):
        rows.add(
            Stem(
                id=name,
                stem_pack_id=pack.id,
                original_sha256=rows.original(name).sha256,
                position=position,
                name=name,
                role="bass",
                filename=f"{name}.wav",
            )
        )
    return draft


def shown(rows: Rows) -> list[str]:
    return [stem.id for stem in sorted(rows.all(Stem), key=lambda stem: stem.position)]


def test_the_whole_order_is_taken(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    assert order_stems(actor_of(artist), parts, draft.id, list("dacb"), seen=list("abcd")) == list("dacb")
    assert shown(rows) == list("dacb")
    assert {stem.id: stem.revision for stem in rows.all(Stem)} == {"a": 2, "b": 2, "c": 1, "d": 2}


def test_what_arrived_meanwhile_stays_behind_what_it_follows(
    rows: Rows, parts: Parts, artist: Account, draft: Work
) -> None:
    order_stems(actor_of(artist), parts, draft.id, list("ca"), seen=list("ac"))
    assert shown(rows) == list("cdab")


def test_an_order_over_an_order_that_is_gone_is_refused(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    order_stems(actor_of(artist), parts, draft.id, list("bacd"), seen=list("abcd"))
    with pytest.raises(PreconditionFailed):
        order_stems(actor_of(artist), parts, draft.id, list("dabc"), seen=list("abcd"))
    assert shown(rows) == list("bacd")


@pytest.mark.parametrize(
    ("wanted", "seen", "refusal"),
    [("aa", "aa", OrderInvalid), ("ab", "ac", OrderInvalid), ("a", "ab", OrderInvalid), ("xa", "ax", StemNotFound)],
)
def test_an_order_names_the_stems_that_are_there(
    parts: Parts, artist: Account, draft: Work, wanted: str, seen: str, refusal: type[Invalid]
) -> None:
    with pytest.raises(refusal):
        order_stems(actor_of(artist), parts, draft.id, list(wanted), seen=list(seen))


def test_nobody_else_puts_them_in_order(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    with pytest.raises(NotFound):
        order_stems(actor_of(rows.account("other")), parts, draft.id, list("ba"), seen=list("ab"))
    published = rows.work(artist)
    rows.pack(published, [rows.original("published")])
    with pytest.raises(Forbidden):
        order_stems(actor_of(rows.account("third")), parts, published.id, ["a"], seen=["a"])
    with pytest.raises(StemPackFrozen):
        order_stems(actor_of(artist), parts, published.id, ["a"], seen=["a"])


def test_those_that_are_not_named_follow_or_lead() -> None:
    assert reordered(list("xaybz"), list("ba")) == list("xbzay")
    assert reordered(list("ab"), []) == list("ab")
