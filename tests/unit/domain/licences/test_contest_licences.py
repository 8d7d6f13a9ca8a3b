"""A contest licence is known by all that it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib

from remixhub.domain.licences.contest_licences import ContestLicenceTerms, Remixers, Sharing

OPEN = ContestLicenceTerms("Títle", "Text", Remixers.ANYONE, Sharing.ANYWHERE, is_non_commercial=False)
CLOSED = ContestLicenceTerms(
    "Title", "Text", Remixers.ENTRANTS, Sharing.HERE, is_non_commercial=True,
    expires_at=dt.datetime(2027, 3, 1, 12, 30, tzinfo=dt.UTC),
)  # fmt: skip


def test_the_hash_is_over_the_compact_json_of_all_six() -> None:
    written = (
        '{"expires_at":null,"is_non_commercial":false,"remixers":"anyone","sharing":"anywhere","text":"Text",'
        '"title":"Títle"}'
    )
    assert OPEN.sha256() == hashlib.sha256(written.encode()).hexdigest()
    written = (
        '{"expires_at":"2027-03-01T12:30:00.000+00:00","is_non_commercial":true,"remixers":"entrants",'
        '"sharing":"here","text":"Text","title":"Title"}'
    )
    assert CLOSED.sha256() == hashlib.sha256(written.encode()).hexdigest()


def test_the_id_says_whether_money_may_be_made_and_holds_ten_digits_of_the_hash() -> None:
    assert OPEN.licence() == f"LicenseRef-contest-{OPEN.sha256()[:10]}"
    assert CLOSED.licence() == f"LicenseRef-contest-nc-{CLOSED.sha256()[:10]}"
    assert OPEN.licence().is_contest


def test_each_field_has_its_own_sentence() -> None:
    said, other = OPEN.in_plain_words(), CLOSED.in_plain_words()
    assert [len(said), len(other)] == [4, 5]
    assert not set(said[:3]) & set(other)
    assert said[3] == other[3]
    assert "accepts" in other[0]
    assert "this hub only" in other[1]
    assert other[2] == "Not for money."
    assert "01 March 2027, 12:30 UTC" in other[4]
    for name, value in {"remixers": Remixers.ENTRANTS, "sharing": Sharing.HERE, "is_non_commercial": True}.items():
        changed = dataclasses.replace(OPEN, **{name: value}).in_plain_words()
        assert sum(one != new for one, new in zip(said, changed, strict=True)) == 1, name
