"""A receipt as a file: known again however it is laid out, and refused whatever of it is changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remixhub.domain.errors import Invalid
from remixhub.domain.licences.terms import Licence
from remixhub.domain.stems.receipt_files import (
    LONGEST,
    OfferedPack,
    ReceiptForged,
    ReceiptKeys,
    ReceiptKeyUnknown,
    ReceiptOfAnotherHub,
    ReceiptUnreadable,
    read,
    signed,
)

HUB = "https://hub.example"
KEYS = ReceiptKeys.of(["the hub's secret, which is long enough"])
PACK = OfferedPack(
    HUB, "w1", "Größe “1” 🎛️", "Ada", f"{HUB}/works/w1", Licence.BY, "a" * 64, "p1", 2, "d" * 64,
    dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC), [("Kick", "b" * 64), ("Bass", "c" * 64)],
)  # fmt: skip
TEXT = signed(PACK, KEYS)


def told(text: str, keys: ReceiptKeys = KEYS, hub: str = HUB) -> Any:
    return read(text, keys, hub, "/receipt")


def resigned(keys: ReceiptKeys = KEYS, **changes: Any) -> str:
    """With other values, under the old signature."""
    return json.dumps({**json.loads(TEXT), **changes})


def test_what_is_signed_is_read_again() -> None:
    file = told(TEXT)
    assert (file.work_id, file.title, file.stem_pack_id) == ("w1", "Größe “1” 🎛️", "p1")
    assert (file.licence, file.licence_sha256) == (Licence.BY, "a" * 64)
    assert signed(PACK, KEYS) == TEXT, "the same pack gives the same text"
    said = json.loads(TEXT)
    assert (said["hub"], said["offered_since"]) == (HUB, "2026-03-01T12:30:00.000Z")
    assert said["stems"] == [{"name": "Kick", "sha256": "b" * 64}, {"name": "Bass", "sha256": "c" * 64}]


@pytest.mark.parametrize(
    "laid_out",
    [
        json.dumps(json.loads(TEXT)),
        json.dumps(json.loads(TEXT), indent=8, sort_keys=True, ensure_ascii=False),
        "\ufeff" + TEXT,
        "\r\n  " + TEXT.replace("\n", "\r\n"),
        TEXT.rstrip(),
    ],
)
def test_how_it_is_laid_out_does_not_matter(laid_out: str) -> None:
    assert told(laid_out) == told(TEXT)


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8") | st.sampled_from(' 0a"\n,{}'))
@example(TEXT.index("cc-by-4.0") + 6, "3")
@example(TEXT.index('"version"') + 1, "V")
@example(TEXT.index('"signature"') + 15, "G")
def test_any_other_character_says_the_same_or_is_refused(at: int, other: str) -> None:
    changed = TEXT[:at] + other + TEXT[at + 1 :]
    try:
        file = told(changed)
    except Invalid:
        return
    assert json.loads(changed) == json.loads(TEXT)
    assert file == told(TEXT)


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ReceiptUnreadable):
        told(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "[" * 50_000, TEXT[:-3], TEXT + " " * LONGEST, TEXT.replace("remixhub-receipt", "receipt"),
        TEXT.replace('"version": 1,', '"version": 2,', 1), TEXT.replace("{", '{"key": "x",', 1),
        resigned(format=None), "9" * 5_000,
    ],
)  # fmt: skip
def test_so_is_what_is_cut_doubled_too_long_or_of_another_version(text: str) -> None:
    with pytest.raises(ReceiptUnreadable):
        told(text)


@pytest.mark.parametrize(
    "text",
    [
        resigned(licence={"id": "cc0-1.0", "url": "", "sha256": "a" * 64}),
        resigned(work={"id": "w2"}),
        resigned(more="than was said"),
        resigned(signature=None),
        resigned(signature="ä" * 64),
        resigned(signature=json.loads(TEXT)["signature"].upper()),
        resigned(hub="https://else.example"),
        resigned(offered_since=float("nan")),
        resigned(stems="\ud800"),
        json.dumps({name: value for name, value in json.loads(TEXT).items() if name != "stems"}),
    ],
)
def test_so_is_what_says_more_less_or_else(text: str) -> None:
    with pytest.raises(ReceiptForged):
        told(text)


def test_a_receipt_of_another_hub_is_told_from_one_whose_key_is_gone() -> None:
    others = ReceiptKeys.of(["another secret, as long as it has to be"])
    foreign = signed(dataclasses.replace(PACK, hub="https://else.example"), others)
    with pytest.raises(ReceiptOfAnotherHub):
        told(foreign)
    with pytest.raises(ReceiptKeyUnknown):
        told(signed(PACK, others))
    for key in (None, 5, ["x"], {}):
        with pytest.raises(ReceiptKeyUnknown):
            told(resigned(key=key))


def test_a_replaced_key_checks_as_long_as_it_is_kept_and_signs_nothing() -> None:
    replaced = ReceiptKeys.of(["a new secret, as long as it has to be!!", "the hub's secret, which is long enough"])
    assert told(TEXT, replaced) == told(TEXT)
    assert json.loads(signed(PACK, replaced))["key"] != json.loads(TEXT)["key"]
    with pytest.raises(ReceiptKeyUnknown):
        told(signed(PACK, replaced))


def test_a_hub_that_moved_knows_its_receipts_by_the_key() -> None:
    assert told(TEXT, hub="https://new.example").work_id == "w1"
