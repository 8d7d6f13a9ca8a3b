"""What is searched: a projection of works, stems, artists, labels and contests, which jobs keep and can make anew.

Narrow tables hold what is filtered and ordered by, each under covering indexes. Their words are in an index for text
that each database has in its own way: FTS5 tables beside them on SQLite, a column `tokens` in them on PostgreSQL; both
are given ready tokens (`domain/discovery/text.py`). None of that is known to SQLAlchemy's tables: `DERIVED` says so.

Triggers note what is to be projected anew, whoever writes it.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from remixhub.models.base import Row, Word, one_of

_DOC = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WORD = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
"""Compared byte by byte on both."""
STEMS_A_WORK = 4096
"""A stem's number is its work's, times this, and its place in the pack."""


class Named(StrEnum):
    """What is found by its name alone."""

    ARTIST = "artist"
    LABEL = "label"
    CONTEST = "contest"


class SearchWork(Row):
    """A published work. Its number is its `seq`, so that the newest have the highest."""

    __tablename__ = "search_works"

    doc: Mapped[int] = mapped_column(_DOC, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(sa.SmallInteger)
    """1 for a release, 2 for a remix."""
    remix_count: Mapped[int]
    tempo_tenths: Mapped[int]
    """Of BPM; 0 when unknown. As said, else as heard in the newest pack."""
    is_tempo_detected: Mapped[bool]
    key_number: Mapped[int] = mapped_column(sa.SmallInteger)
    """`domain.discovery.music.key_number`."""
    is_key_detected: Mapped[bool]
    licence_class: Mapped[int]
    roles: Mapped[int]
    """Of the newest pack's stems, a bit each in the order of `StemRole`."""
    stem_count: Mapped[int] = mapped_column(sa.SmallInteger)
    length_seconds: Mapped[int]
    """0 when unknown."""
    year: Mapped[int] = mapped_column(sa.SmallInteger)
    """Of its publication, UTC."""


_OF_WORKS = (
    SearchWork.kind, SearchWork.licence_class, SearchWork.roles, SearchWork.stem_count, SearchWork.length_seconds,
    SearchWork.year,
)  # fmt: skip
sa.Index(
    "ix_search_works_remixes", SearchWork.remix_count.desc(), SearchWork.doc.desc(), SearchWork.tempo_tenths,
    SearchWork.key_number, *_OF_WORKS,
)  # fmt: skip
sa.Index(
    "ix_search_works_key", SearchWork.key_number, SearchWork.tempo_tenths, SearchWork.remix_count, SearchWork.doc,
    *_OF_WORKS,
)  # fmt: skip
sa.Index(
    "ix_search_works_tempo", SearchWork.tempo_tenths, SearchWork.key_number, SearchWork.remix_count, SearchWork.doc,
    *_OF_WORKS,
)  # fmt: skip


class SearchStem(Row):
    """A stem of the newest pack of a published work."""

    __tablename__ = "search_stems"

    doc: Mapped[int] = mapped_column(_DOC, primary_key=True, autoincrement=False)
    stem_id: Mapped[str] = mapped_column(sa.String(32))
    role: Mapped[int] = mapped_column(sa.SmallInteger)
    """Its place in `StemRole`."""
    remix_count: Mapped[int]
    """Of the work."""
    tempo_tenths: Mapped[int]
    key_number: Mapped[int] = mapped_column(sa.SmallInteger)
    """Of the work; none for roles that carry no notes, which go with every key."""
    licence_class: Mapped[int]
    length_seconds: Mapped[int]
    loudness_tenths: Mapped[int | None] = mapped_column(sa.SmallInteger)
    """Of LUFS, integrated; None for silence."""


_OF_STEMS = (SearchStem.licence_class, SearchStem.length_seconds, SearchStem.loudness_tenths)
sa.Index(
    "ix_search_stems_remixes", SearchStem.role, SearchStem.remix_count.desc(), SearchStem.doc.desc(),
    SearchStem.tempo_tenths, SearchStem.key_number, *_OF_STEMS,
)  # fmt: skip
sa.Index(
    "ix_search_stems_newest", SearchStem.role, SearchStem.doc, SearchStem.tempo_tenths, SearchStem.key_number,
    *_OF_STEMS,
)  # fmt: skip
sa.Index(
    "ix_search_stems_key", SearchStem.role, SearchStem.key_number, SearchStem.tempo_tenths, SearchStem.remix_count,
    SearchStem.doc, *_OF_STEMS,
)  # fmt: skip
sa.Index(
    "ix_search_stems_all", SearchStem.remix_count.desc(), SearchStem.doc.desc(), SearchStem.tempo_tenths,
    SearchStem.key_number, *_OF_STEMS,
)  # fmt: skip


class SearchName(Row):
    """An artist, a label or a contest."""

    __tablename__ = "search_names"
    __table_args__ = (one_of(Named, "kind"), sa.UniqueConstraint("kind", "subject_id"))

    doc: Mapped[int] = mapped_column(_DOC, primary_key=True)
    kind: Mapped[Named] = mapped_column(Word(Named))
    subject_id: Mapped[str] = mapped_column(sa.String(32))
    weight: Mapped[int]
    """Of an artist, how often others remixed its works; of the rest 0."""


sa.Index("ix_search_names_weight", SearchName.kind, SearchName.weight.desc(), SearchName.doc.desc())


class SearchLicence(Row):
    """What binds remixes of some works alike: their own licence and those held above them, without those that say
    less than another of them.
    """

    __tablename__ = "search_licences"

    id: Mapped[int] = mapped_column(primary_key=True)
    licences: Mapped[str] = mapped_column(sa.Text, unique=True)
    """Sorted, a space between two."""


class SearchWord(Row):
    """A word that occurs, with how many works, stems and names have it."""

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(_WORD, primary_key=True)
    work_count: Mapped[int] = mapped_column(default=0, server_default="0")
    stem_count: Mapped[int] = mapped_column(default=0, server_default="0")
    name_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of all three, where it is in a title, a name or a tag: such words are suggested."""


class SearchDeletion(Row):
    """A word as it reads with a letter left out: `domain.discovery.typos.stored_forms`."""

    __tablename__ = "search_deletions"

    form: Mapped[str] = mapped_column(_WORD, primary_key=True)
    word: Mapped[str] = mapped_column(_WORD, primary_key=True)


class SearchChange(Row):
    """Something that is to be projected anew. Only added to, by triggers: two who change the same wait for nobody."""

    __tablename__ = "search_changes"

    id: Mapped[int] = mapped_column(_DOC, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    subject_id: Mapped[str] = mapped_column(sa.String(64))


TEXT_TABLES = {SearchWork: "search_works_text", SearchStem: "search_stems_text", SearchName: "search_names_text"}
"""The FTS5 table beside each, on SQLite."""
TOKENS = "tokens"
"""Its one column, and that of the tables themselves on PostgreSQL."""


def is_derived(name: str | None, kind: str) -> bool:
    """Whether a table, column or index of the database is of the indexes for text, which no class here has."""
    if name is None:
        return False
    tables = tuple(TEXT_TABLES.values())
    return (
        (kind == "table" and name.startswith(tables))
        or (kind == "column" and name == TOKENS)
        or (kind == "index" and name.startswith("ix_search_") and name.endswith("_tokens"))
    )


TRIGGERS = {
    "search_works_new": "works", "search_works_changed": "works", "search_packs_new": "stem_packs",
    "search_packs_changed": "stem_packs", "search_stems_new": "stems", "search_stems_changed": "stems",
    "search_sounds_changed": "originals", "search_links_new": "source_links", "search_links_changed": "source_links",
    "search_links_gone": "source_links", "search_label_works_new": "label_releases",
    "search_label_works_moved": "label_releases", "search_label_works_gone": "label_releases",
    "search_permissions_changed": "permissions",
    "search_accounts_new": "accounts", "search_accounts_changed": "accounts", "search_reaches_new": "account_reaches",
    "search_reaches_changed": "account_reaches", "search_labels_new": "labels", "search_labels_changed": "labels",
    "search_contests_new": "contests", "search_contests_changed": "contests",
    "search_members_insert": "label_members", "search_members_delete": "label_members",
    "search_collections_insert": "collections", "search_collections_update": "collections",
    "search_collections_delete": "collections",
    "search_elsewhere_insert": "elsewhere_sources", "search_elsewhere_delete": "elsewhere_sources",
    "search_links_above_new": "source_links", "search_links_above_changed": "source_links",
    "search_links_above_gone": "source_links", "search_elsewhere_above_new": "elsewhere_sources",
    "search_elsewhere_above_gone": "elsewhere_sources",
}  # fmt: skip
"""And their tables. On SQLite a migration that makes a table anew has to make its triggers anew as well."""
