"""The search at a million works and two million stems, on both databases: what questions cost, against ten thousand.

The projection is written straight, by the tokens that the job would write; a sample is compared with the job's own.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
import sqlalchemy as sa

from bench.graph import insert_rows, work_id
from bench.lineage import opened, postgresql_urls, sqlite_urls
from bench.runs import Figure
from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.discovery import typos
from remixhub.domain.discovery.asked import Facets, Order, StemsAsked, WorksAsked
from remixhub.domain.discovery.bands import band_of
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.music import NO_KEY, TempoRange, key_number
from remixhub.domain.discovery.text import edges_of, is_word, words_of
from remixhub.domain.licences.terms import Licence
from remixhub.domain.musical_key import Mode, MusicalKey
from remixhub.domain.states import IngestState
from remixhub.domain.stems.roles import StemRole
from remixhub.models import (
    Account,
    Original,
    SearchChange,
    SearchDeletion,
    SearchLicence,
    SearchName,
    SearchStem,
    SearchWord,
    SearchWork,
    Stem,
    StemPack,
    Work,
    WorkTag,
)
from remixhub.models.search import STEMS_A_WORK, TEXT_TABLES, Named
from remixhub.services.discovery.search import asking, indexing, suggesting
from remixhub.services.discovery.search.projection import ROLES
from remixhub.services.discovery.search.tokens import (
    EDGE,
    TITLE,
    TITLE_EDGE,
    band_token,
    is_plain,
    kind_token,
    tag_token,
    tokens_of,
)
from remixhub.services.lineage import charts
from remixhub.services.lineage.charts import Window
from remixhub.services.works import works

LARGEST = int(os.environ.get("BENCH_WORKS", "1000000"))
SIZES = (min(10_000, LARGEST), LARGEST)
SAMPLES = int(os.environ.get("BENCH_SAMPLES", "150"))
PAGE = 20
_FIRST_MS = 1_600_000_000_000
_VOCABULARY = 80_000
_LICENCES = (Licence.CC0, Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.BY_NC_SA, Licence.BY_ND)
_SHARES = (0.1, 0.35, 0.15, 0.2, 0.1, 0.1)
_FLOORS = ((0.003, 256), (0.009, 64), (0.03, 16), (0.1, 4), (0.3, 1))
_ROLES = (StemRole.DRUMS, StemRole.BASS, StemRole.LEAD_VOCALS, StemRole.SYNTH, StemRole.GUITAR, StemRole.PAD)
_CJK = "東京夜景山川海空風花雪月光星雨雲朝夕春夏秋冬音楽歌声舞踊夢旅道心愛"


@dataclass(frozen=True)
class Words:
    """As many texts use: the first are in very many titles, most are in few (Zipf)."""

    words: Sequence[str]
    weights: Sequence[float]
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def made(cls) -> Words:
        chance = random.Random(1)  # noqa: S311  no secret
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "or", "is")]
        made: dict[str, None] = {}
        while len(made) < _VOCABULARY:
            made["".join(chance.choices(syllables, k=chance.choice((2, 2, 3, 3, 4))))] = None
        return cls(list(made), list(accumulate(1 / (rank + 10) for rank in range(_VOCABULARY))))

    def some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self.weights, k=count)


@dataclass(frozen=True)
class Made:
    """One work with its two stems."""

    title: list[str]
    artist: int
    tags: list[str]
    described: list[str]
    remix_count: int
    tempo_tenths: int
    key: int
    licence: int
    roles: tuple[StemRole, StemRole]
    seconds: int


def _made(size: int, words: Words) -> Iterator[Made]:
    chance = random.Random(2)  # noqa: S311  no secret
    for number in range(size):
        luck = chance.random()
        floor = next((floor for share, floor in _FLOORS if luck < share), 0)
        title = words.some(chance, chance.choice((1, 2, 2, 3)))
        if number % 25 == 0:
            start = chance.randrange(len(_CJK) - 4)
            title = [_CJK[start : start + 2] + chance.choice(_CJK) + chance.choice(_CJK)]
        roles = chance.sample(_ROLES, k=2)
        yield Made(
            title,
            chance.randrange(max(1, size // 10)),
            [f"tag{int(chance.paretovariate(0.7)) % 300}" for _ in range(chance.choice((0, 1, 2)))],
            words.some(chance, 8) if chance.random() < 0.5 else [],
            floor * chance.choice((1, 1, 2, 3)),
            0 if chance.random() < 0.1 else int(chance.gauss(1240, 250)),
            NO_KEY if chance.random() < 0.15 else chance.randint(1, 24),
            chance.choices(range(len(_LICENCES)), _SHARES)[0],
            (roles[0], roles[1]),
            chance.randint(60, 420),
        )


_words = lru_cache(200_000)(words_of)


def _tokens(made: Made, artist: Sequence[str], name: Sequence[str] | None = None) -> set[str]:
    """As `tokens_of` has them, for words that are as they are compared already."""
    titled = name if name is not None else [token for word in made.title for token in _words(word)]
    named = {*artist, *made.tags, *(made.title if name is not None else ())}
    named = {token for word in named for token in _words(word)}
    found = {band_token(band_of(made.remix_count)), *titled, *named, *(made.described if name is None else ())}
    found |= {TITLE + word for word in titled} | {tag_token(tag) for tag in made.tags}
    found |= {TITLE_EDGE + edge for word in titled for edge in edges_of(word)}
    return found | {EDGE + edge for word in {*titled, *named} for edge in edges_of(word)}


def fill(parts: Parts, size: int, words: Words) -> None:
    """Rows of the truth as far as pages of results read them, and the whole projection."""
    chance = random.Random(3)  # noqa: S311  no secret
    artists = [words.some(chance, 2) for _ in range(max(1, size // 10))]
    handles = [f"artist{number}" for number in range(len(artists))]
    database = parts.database
    insert_rows(database, Account, (
        {"id": work_id(number), "handle": handles[number], "display_name": " ".join(name).title()}
        for number, name in enumerate(artists)
    ))  # fmt: skip
    insert_rows(database, Original, [_original()])
    with database.writing() as session:
        session.add_all(SearchLicence(id=n + 1, licences=one.value) for n, one in enumerate(_LICENCES))
    insert_rows(database, Work, (
        {
            "id": work_id(n), "kind": "release", "state": "published", "seq": n, "account_id": work_id(made.artist),
            "title": " ".join(made.title).title(), "licence": _LICENCES[made.licence].value,
            "tags": json.dumps(made.tags), "remix_count": made.remix_count,
            "published_at": _FIRST_MS + n * 60_000, "created_at": _FIRST_MS,
        }
        for n, made in enumerate(_made(size, words), 1)
    ))  # fmt: skip
    tags = (
        {"tag": tag, "work_seq": n, "kind": "release"}
        for n, made in enumerate(_made(size, words), 1) for tag in set(made.tags)
    )  # fmt: skip
    insert_rows(database, WorkTag, tags)
    insert_rows(database, StemPack, (
        {"id": work_id(n), "work_id": work_id(n), "version": 1, "state": "frozen"} for n in range(1, size + 1)
    ))  # fmt: skip
    insert_rows(database, Stem, (
        {
            "id": work_id(2 * n + place), "stem_pack_id": work_id(n), "position": place, "name": role.value.title(),
            "role": role.value, "filename": "a.wav", "original_sha256": "a" * 64,
        }
        for n, made in enumerate(_made(size, words), 1) for place, role in enumerate(made.roles)
    ))  # fmt: skip
    with database.writing() as session:
        session.execute(sa.delete(SearchChange))
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("work_count", "stem_count", "name_count")}

    def counted(tokens: set[str], column: str | None) -> str:
        for token in tokens:
            if column and (is_plain(token) or token[0] == EDGE):
                counts[column][token] += 1
            elif token[0] == TITLE:
                counts["name_count"][token[1:]] += 1
        return " ".join(tokens)

    def artist_words(made: Made) -> list[str]:
        return [*artists[made.artist], handles[made.artist]]

    _insert_documents(parts, SearchWork, (
        (_work_values(n, made), counted(_tokens(made, artist_words(made)), "work_count"))
        for n, made in enumerate(_made(size, words), 1)
    ))  # fmt: skip
    _insert_documents(parts, SearchStem, (
        (
            _stem_values(n, place, made),
            counted(_tokens(made, artist_words(made), made.roles[place].split("_")), "stem_count"),
        )
        for n, made in enumerate(_made(size, words), 1) for place in (0, 1)
    ))  # fmt: skip
    _insert_documents(parts, SearchName, (
        (
            {"doc": n + 1, "kind": Named.ARTIST.value, "subject_id": work_id(n), "weight": 0},
            counted(set(tokens_of(f"{' '.join(name)} {handles[n]}")) | {kind_token("artist")}, None),
        )
        for n, name in enumerate(artists)
    ))  # fmt: skip
    every = sorted({word for some in counts.values() for word in some})
    insert_rows(database, SearchWord, (
        {"word": word, **{name: some[word] for name, some in counts.items()}} for word in every
    ))  # fmt: skip
    insert_rows(database, SearchDeletion, (
        {"form": form, "word": word}
        for word in sorted(counts["name_count"]) if is_word(word) for form in sorted(typos.stored_forms(word))
    ))  # fmt: skip
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        for statement in ("VACUUM (ANALYZE)", "CHECKPOINT") if is_postgresql else ("ANALYZE",):
            connection.execute(sa.text(statement))


def _original() -> dict[str, Any]:
    return {
        "sha256": "a" * 64, "key": "originals/aa", "size_bytes": 1, "container": "wav", "codec": "pcm_s16le",
        "media_type": "audio/wav", "sample_rate_hz": 44_100, "channels": 2, "bit_depth": 16, "duration_frames": 44_100,
        "ingest_state": IngestState.READY.value,
    }  # fmt: skip


def _work_values(n: int, made: Made) -> dict[str, Any]:
    return {
        "doc": n, "kind": 1, "remix_count": made.remix_count, "tempo_tenths": made.tempo_tenths,
        "is_tempo_detected": False, "key_number": made.key, "is_key_detected": False,
        "licence_class": made.licence + 1, "roles": sum(1 << ROLES[role] for role in made.roles), "stem_count": 2,
        "length_seconds": made.seconds, "year": 2020 + n % 6,
    }  # fmt: skip


def _stem_values(n: int, place: int, made: Made) -> dict[str, Any]:
    role = made.roles[place]
    return {
        "doc": n * STEMS_A_WORK + place, "stem_id": work_id(2 * n + place), "role": ROLES[role],
        "remix_count": made.remix_count, "tempo_tenths": made.tempo_tenths,
        "key_number": made.key if role.is_tonal else NO_KEY, "licence_class": made.licence + 1,
        "length_seconds": made.seconds, "loudness_tenths": -100 - n % 150,
    }  # fmt: skip


def _insert_documents(parts: Parts, table: type[Any], documents: Iterator[tuple[dict[str, Any], str]]) -> None:
    if parts.database.engine.dialect.name == "postgresql":
        # as `array_to_tsvector` has them: COPY reads quoted lexemes
        rows = ({**values, "tokens": " ".join(f"'{one}'" for one in tokens.split(" "))} for values, tokens in documents)
        insert_rows(parts.database, table, rows, more=("tokens",))
        return
    texts: list[tuple[int, str]] = []

    def noted() -> Iterator[dict[str, Any]]:
        for values, tokens in documents:
            texts.append((values["doc"], tokens))
            yield values

    insert_rows(parts.database, table, noted())
    connection = parts.database.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany(f"INSERT INTO {TEXT_TABLES[table]} (rowid, tokens) VALUES (?, ?)", texts)  # noqa: S608
    connection.commit()
    connection.close()


def figures() -> Iterator[Figure]:
    words = Words.made()
    for name, server in (("sqlite", sqlite_urls), ("postgresql", postgresql_urls)):
        if os.environ.get("BENCH_DATABASE", name) != name:
            continue
        with server(SIZES) as urls:
            smaller, larger = (_measured(size, url, words) for size, url in zip(SIZES, urls, strict=True))
            for question, ms in larger.items():
                baseline = f"{smaller[question]:.2f} ms at {SIZES[0]:,} works; here {SIZES[1]:,}"
                figure = (
                    f"search_{question}_p99_ms_{name}" if question != "index_work" else f"search_{question}_ms_{name}"
                )
                yield Figure(figure, round(ms, 2), "ms", baseline, round(ms / max(smaller[question], 0.01), 2))


def _measured(size: int, url: str, words: Words) -> dict[str, float]:
    with opened(url) as parts:
        began = time.perf_counter()
        fill(parts, size, words)
        print(f"filled {size:,} works in {time.perf_counter() - began:.0f} s", flush=True)
        _compare_a_sample(parts, size, words)
        found = {question: _p99_ms(ask) for question, ask in _questions(parts, size, words).items()}
        found["index_work"] = _index_ms(parts, size)
        return found


def _compare_a_sample(parts: Parts, size: int, words: Words) -> None:
    """What was written straight is what the job would write, but for what this catalogue does not have."""
    with parts.database.reading() as session:
        before = indexing.WORKS.read(session, range(1, size, max(1, size // 50)))
        for doc, tokens in before.items():
            work = session.scalars(sa.select(Work).where(Work.seq == doc)).one()
            own = tokens_of(
                work.title, names=[work.account.display_name, work.account.handle], tags=work.tags,
                weight=work.remix_count,
            )  # fmt: skip
            assert own <= tokens, (doc, own - tokens)


def _index_ms(parts: Parts, size: int) -> float:
    """A work with its stems whose title changes, in a batch of a hundred: by the job, to the commit."""
    seqs = range(1, size, max(1, size // 100))
    with parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.seq.in_(seqs)).values(title=Work.title + " again"))
    began = time.perf_counter()
    with parts.database.writing() as session:
        count = indexing.index_changes(session)
    return (time.perf_counter() - began) * 1000 / count


def _p99_ms(ask: Callable[[random.Random], object]) -> float:
    """After a warm-up of other questions of the same kind."""
    for n in range(SAMPLES // 3):
        ask(random.Random(f"warm {n}"))  # noqa: S311  no secret
    taken = []
    for n in range(SAMPLES):
        chance = random.Random(n)  # noqa: S311  no secret
        began = time.perf_counter()
        ask(chance)
        taken.append(time.perf_counter() - began)
    return float(np.percentile(taken, 99) * 1000)


def _questions(parts: Parts, size: int, words: Words) -> dict[str, Callable[[random.Random], object]]:
    common, medium = words.words[:20], words.words[1_500:2_500]
    rare = words.words[30_000:]

    def found(text: Callable[[random.Random], str], **asked: Any) -> Callable[[random.Random], object]:
        return lambda chance: asking.search_works(
            VISITOR, parts, WorksAsked(text(chance), _facets_of(chance, asked), **_rest(asked)), after=None, limit=PAGE
        )

    def stems(text: Callable[[random.Random], str], roles: Sequence[StemRole], **asked: Any) -> Callable[..., object]:
        return lambda chance: asking.search_stems(
            VISITOR, parts,
            StemsAsked(text(chance), _facets_of(chance, asked), (chance.choice(roles),), **_rest(asked)),
            after=None, limit=PAGE,
        )  # fmt: skip

    def begun(length: int) -> Callable[[random.Random], str]:
        return lambda chance: words.some(chance, 1)[0].ljust(length, "a")[:length]

    def mistyped(chance: random.Random) -> str:
        word = next(one for one in iter(lambda: words.some(chance, 1)[0], "") if len(one) > 5)
        at = chance.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def two(of: Sequence[str]) -> Callable[[random.Random], str]:
        return lambda chance: f"{chance.choice(of)} {chance.choice(of)} "

    def nothing(_: random.Random) -> str:
        return ""

    def whole(of: Sequence[str]) -> Callable[[random.Random], str]:
        return lambda chance: chance.choice(of) + " "

    def cjk(chance: random.Random) -> str:
        start = chance.randrange(len(_CJK) - 4)
        return _CJK[start : start + 2]

    def deep(chance: random.Random) -> object:
        asked = WorksAsked(chance.choice(common) + " ")
        return asking.search_works(VISITOR, parts, asked, after=[1, 0, chance.randint(size // 4, size)], limit=PAGE)

    narrow = {"tempo": True, "mixes": True, "may": May.SELL, "seconds": True}
    tonal = [StemRole.BASS, StemRole.SYNTH, StemRole.GUITAR, StemRole.PAD]
    return {
        "common_word": found(whole(common)),
        "medium_word": found(whole(medium)),
        "rare_word": found(whole(rare)),
        "two_common_words": found(two(common)),
        "prefix_2": found(begun(2)),
        "prefix_3": found(begun(3)),
        "prefix_5": found(begun(5)),
        "typo": found(mistyped),
        "cjk": found(cjk),
        "common_word_deep": deep,
        "common_word_newest": found(whole(common), order=Order.NEWEST),
        "facets_none": found(nothing),
        "facets_broad": found(nothing, may=May.REMIX, tempo=True),
        "facets_narrow": found(nothing, **narrow),
        "facets_narrow_newest": found(nothing, order=Order.NEWEST, **narrow),
        "facets_no_hits": found(nothing, tempo=True, mixes=True, years=(1999, 1999)),
        "common_word_facets": found(whole(common), **narrow),
        "medium_word_facets": found(whole(medium), **narrow),
        "two_common_words_facets": found(two(common), **narrow),
        "prefix_2_facets": found(begun(2), **narrow),
        "common_word_facets_newest": found(whole(common), order=Order.NEWEST, **narrow),
        "tag": found(nothing, tag="tag1"),
        "stems_facets": stems(nothing, tonal, **narrow),
        "stems_facets_newest": stems(nothing, tonal, order=Order.NEWEST, **narrow),
        "stems_drums_facets": stems(nothing, [StemRole.DRUMS], **narrow),
        "stems_common_word_facets": stems(whole(common), tonal, **narrow),
        "stems_role_word_facets": stems(lambda _: "bass ", [StemRole.BASS], **narrow),
        "artists": lambda chance: asking.search_artists(
            VISITOR, parts, words.some(chance, 1)[0], after=None, limit=PAGE
        ),
        "everything": lambda chance: asking.search_everything(VISITOR, parts, chance.choice(common), limit=5),
        "typed_2": lambda chance: suggesting.suggest(VISITOR, parts, begun(2)(chance), limit=10),
        "typed_4": lambda chance: suggesting.suggest(VISITOR, parts, begun(4)(chance), limit=10),
        "typed_typo": lambda chance: suggesting.suggest(VISITOR, parts, mistyped(chance), limit=10),
        "count": lambda chance: asking.search_works(
            VISITOR, parts, WorksAsked(chance.choice(common) + " "), after=None, limit=PAGE, counted=True
        ),
        "listed_by_tag": lambda chance: works.list_published(
            VISITOR, parts, tag=f"tag{chance.randint(1, 9)}", limit=PAGE, after=None
        ),
        "listed_by_account": lambda chance: works.list_published(
            VISITOR, parts, handle=f"artist{chance.randrange(size // 10)}", limit=PAGE, after=None
        ),
        "charted": lambda _: charts.list_most_remixed(VISITOR, parts, Window.ALL, after=None, limit=PAGE),
    }


def _facets_of(chance: random.Random, asked: dict[str, Any]) -> Facets:
    tempo = chance.randint(85, 160)
    key = MusicalKey(chance.randint(0, 11), chance.choice(list(Mode)))
    assert key_number(key) != NO_KEY
    return Facets(
        tempo=TempoRange(tempo, tempo + 4) if asked.get("tempo") else None,
        mixes_with_key=key if asked.get("mixes") else None,
        may=asked.get("may"),
        min_seconds=90 if asked.get("seconds") else None,
        max_seconds=400 if asked.get("seconds") else None,
    )


def _rest(asked: dict[str, Any]) -> dict[str, Any]:
    rest = {name: asked[name] for name in ("order", "tag") if name in asked}
    if "years" in asked:
        rest |= {"min_year": asked["years"][0], "max_year": asked["years"][1]}
    return rest
