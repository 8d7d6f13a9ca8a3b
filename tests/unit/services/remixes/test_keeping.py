"""What is typed is kept; an edit elsewhere is noticed, and an old page overwrites nothing that nobody touched in it."""

from __future__ import annotations

from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.errors import Forbidden, NotFound
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import JobKind, WorkState
from remixhub.models import Account, Job, Stem, Work
from remixhub.services.remixes.keeping import Kept, Typed, keep_typed, stamp_of_stem, stamp_of_work
from tests.unit.rows import Rows, actor_of

WORDS: dict[str, Any] = {
    "title": "Song", "description": "", "tempo_bpm": None, "key": None, "tags": [], "licence": Licence.BY,
    "credits": [], "inherited_shares": [],
}  # fmt: skip


@pytest.fixture
def artist(rows: Rows) -> Account:
    return rows.account()


@pytest.fixture
def draft(rows: Rows, artist: Account) -> Work:
    draft = rows.work(artist, state=WorkState.DRAFT)
    rows.pack(draft, [rows.original()])
    return draft


def keep(parts: Parts, artist: Account, draft: Work, seen: str, **typed: Any) -> Kept:
    return keep_typed(actor_of(artist), parts, draft.id, Typed({**WORDS, **typed}, seen), {})


def test_what_is_typed_is_kept_and_nothing_typed_changes_nothing(
    rows: Rows, parts: Parts, artist: Account, draft: Work
) -> None:
    seen = stamp_of_work(draft)
    assert keep(parts, artist, draft, seen) == Kept()
    assert rows.one(Work).revision == draft.revision
    kept = keep(parts, artist, draft, seen, description="Recorded at night.", key="Am", inherited_shares=[20])
    assert kept == Kept(is_news=True)
    work = rows.one(Work)
    assert (work.description, work.key, work.inherited_shares) == ("Recorded at night.", "A minor", [2000])


def test_an_edit_elsewhere_is_told_and_not_overwritten(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    seen = stamp_of_work(draft)
    keep(parts, artist, draft, seen, description="There")
    assert keep(parts, artist, draft, seen, description="Here").words_outdated
    assert keep(parts, artist, draft, seen, description="There") == Kept(), "the same was typed in both"
    assert keep(parts, artist, draft, seen) == Kept(), "an old page in which nobody typed"
    assert rows.one(Work).description == "There"
    assert keep(parts, artist, draft, stamp_of_work(rows.one(Work)), description="Here") == Kept(is_news=True)


def test_what_could_not_be_read_is_left_as_it_was(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    readable = {name: value for name, value in WORDS.items() if name != "tempo_bpm"} | {"description": "Kept"}
    keep_typed(actor_of(artist), parts, draft.id, Typed(readable, stamp_of_work(draft)), {})
    assert (rows.one(Work).description, rows.one(Work).tempo_bpm) == ("Kept", None)


def test_stems_are_kept_one_by_one(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    stem = rows.one(Stem)
    seen, old = stamp_of_stem(stem), {"name": stem.name, "gain_db": 0.0, "role": "bass"}

    def type_in(**typed: Any) -> Kept:
        return keep_typed(actor_of(artist), parts, draft.id, None, {stem.id: Typed({**old, **typed}, seen)})

    assert type_in() == Kept()
    assert type_in(name="Sub") == Kept(is_news=True)
    assert rows.all(Job) == [], "a name changes nothing that a review looks at"
    assert type_in(name="Low").stems_outdated == {stem.id}
    assert type_in() == Kept()
    assert rows.one(Stem).name == "Sub"
    seen = stamp_of_stem(rows.one(Stem))
    assert type_in(name="Sub", role="kick") == Kept(is_news=True)
    assert [job.kind for job in rows.all(Job)] == [JobKind.REVIEW_STEM_PACK]


def test_a_guessed_role_that_nobody_chose_stays_a_guess(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    rows.change(Stem, is_role_guessed=True)
    stem = rows.one(Stem)
    typed = Typed({"name": "Sub", "gain_db": 0.0}, stamp_of_stem(stem))
    rows.change(Stem, role="pad")  # guessed anew meanwhile
    assert keep_typed(actor_of(artist), parts, draft.id, None, {stem.id: typed}) == Kept(is_news=True)
    kept = rows.one(Stem)
    assert (kept.name, kept.role, kept.is_role_guessed) == ("Sub", "pad", True)


def test_nobody_else_types_into_it(rows: Rows, parts: Parts, artist: Account, draft: Work) -> None:
    with pytest.raises(NotFound):
        keep(parts, rows.account("other"), draft, "", title="Mine")
    published = rows.work(artist)
    with pytest.raises(Forbidden):
        keep(parts, rows.account("third"), published, "", title="Mine")
