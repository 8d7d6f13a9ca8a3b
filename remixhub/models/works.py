"""Works (releases and remixes), their stem packs and stems, and the source links between works."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from remixhub.domain.comments import CommentPolicy
from remixhub.domain.licences.grants import Grant, GrantKind, HeldBy
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import LinkState, SourceKind, StemPackState, WholeKind, WorkKind, WorkState
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Id, Row, Word, one_of
from remixhub.models.uploads import Original

UNCOUNTED = sa.text("is_uncounted")
"""As the partial index spells it: SQLite does not see that `is_uncounted = 1` is the same."""
UNPRINTED = sa.text("state = 'published' AND printed_revision <> revision")
UNHEARD = sa.text("is_unheard")
UNTOLD = sa.text("is_untold")
UNPREPARED = sa.text("is_unprepared")
MIXED = sa.text("mix_sha256 IS NOT NULL")
REMIXED = sa.text("state = 'published' AND remix_count > 0")
REMIXED_LATELY = sa.text("state = 'published' AND recent_remix_count > 0")


_MIXDOWN = sa.table("mixdowns", sa.column("digest"), sa.column("duration_frames"), sa.column("sample_rate_hz"))
"""As far as a work's length needs it; its class stands on this module."""


class Work(Row):
    """A node of the remix graph. `seq` is given by publishing, rises with each publication and never changes."""

    __tablename__ = "works"
    __table_args__ = (
        one_of(WorkKind, "kind"),
        one_of(WorkState, "state"),
        sa.UniqueConstraint("id", "seq"),
        sa.CheckConstraint("(state = 'draft') = (seq IS NULL)", name="published_has_seq"),
        sa.Index("ix_works_uncounted", "seq", sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED),
        sa.Index("ix_works_unprinted", "seq", sqlite_where=UNPRINTED, postgresql_where=UNPRINTED),
        sa.Index("ix_works_unheard", "seq", sqlite_where=UNHEARD, postgresql_where=UNHEARD),
        sa.Index("ix_works_untold", "seq", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
        sa.Index("ix_works_account_id_seq", "account_id", "seq"),
        sa.Index("ix_works_mix_sha256", "mix_sha256", sqlite_where=MIXED, postgresql_where=MIXED),
        sa.Index("ix_works_account_id_created_at", "account_id", "created_at", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[WorkKind] = mapped_column(Word(WorkKind))
    state: Mapped[WorkState] = mapped_column(Word(WorkState), default=WorkState.DRAFT)
    seq: Mapped[int | None] = mapped_column(sa.BigInteger, unique=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    tempo_bpm: Mapped[float | None]
    """As the artist says; the analysis' estimate stands on the stem pack."""
    key: Mapped[str | None] = mapped_column(sa.String(12))
    """Classical name such as `A minor`."""
    tags: Mapped[list[str]] = mapped_column(default=list)
    licence: Mapped[Licence] = mapped_column(Word(Licence))
    licensed_at: Mapped[dt.datetime | None]
    """When it was last changed; None: since the beginning."""
    credits: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """The work's own credits, in order: `{"name", "role"}`, and `share_percent` of the work's share if stated."""
    inherited_shares: Mapped[list[int]] = mapped_column(default=list, server_default="[]")
    """What derivatives owe, in basis points by generation; see `domain.lineage.shares`."""
    cover_digest: Mapped[Digest | None]
    """Of the picture that its artist gave it."""
    thumbnail_digest: Mapped[Digest | None]
    """What the small ones of that picture are filed under, `domain.covers.thumbnails`; None until they are made."""
    imprint: Mapped[dict[str, Any] | None]
    """What the house prints a cover from: `envelope` in hex, `tempo_bpm`, `key`; None until that is known."""
    print_digest: Mapped[Digest | None]
    """Of that print, `domain.covers.printed.digest_of`."""
    printed_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """The revision that was printed last; another one is due."""
    mix_sha256: Mapped[Digest | None] = mapped_column(sa.ForeignKey("originals.sha256"))
    """The whole piece as uploaded: a release's reference mix, a remix's audio."""
    mix: Mapped[Original | None] = relationship()
    mixdown_digest: Mapped[Digest | None] = mapped_column()
    """The whole piece taken over from a mixdown instead; no foreign key, it would close a circle of tables."""
    stems_mix_digest: Mapped[Digest | None] = mapped_column()
    """The mixdown of all stems of the newest pack together, once it is there, for a work without whole audio."""
    playable_seconds: Mapped[float | None] = column_property(
        sa.func.coalesce(
            sa.select(1.0 * Original.duration_frames / Original.sample_rate_hz)
            .where(Original.sha256 == mix_sha256)
            .scalar_subquery(),
            sa.select(1.0 * _MIXDOWN.c.duration_frames / _MIXDOWN.c.sample_rate_hz)
            .where(_MIXDOWN.c.digest == sa.func.coalesce(mixdown_digest, stems_mix_digest))
            .scalar_subquery(),
        )
    )
    """Of the whole piece: two look-ups by primary key in the statement that reads the work."""
    is_unheard: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Published with stems and without whole audio: `stems_mix_digest` is still to be made."""
    remix_count: Mapped[int] = mapped_column(default=0)
    """Published works that cite this one directly."""
    recent_remix_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of these, those published within the last 30 days, as of when they were counted last."""
    descendant_count: Mapped[int] = mapped_column(default=0)
    like_count: Mapped[int] = mapped_column(default=0, server_default="0")
    play_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """After ten seconds of listening, once an hour and listener; not by its artist."""
    generation: Mapped[int] = mapped_column(default=0, server_default="0")
    """By how many links the farthest of its roots is away; 0 for a root."""
    is_uncounted: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Published, but not yet in the counts of its ancestors."""
    is_untold: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Not all who should know of it as a remix were told."""
    comment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of those that are shown; whoever comments locks the work by it."""
    comment_policy: Mapped[CommentPolicy | None] = mapped_column(Word(CommentPolicy))
    """None: as its artist has it for all."""
    brought_from: Mapped[dict[str, Any] | None]
    """Where a bundle of another hub brought it from: `hub_name`, `hub_url`, `url`, `artist`, `published_at` there, and
    `signature`, whether the bundle was signed by a key that the operator knew.
    """
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    published_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]

    stem_packs: Mapped[list[StemPack]] = relationship(back_populates="work", order_by="StemPack.version")
    sources: Mapped[list[SourceLink]] = relationship(
        back_populates="derivative",
        foreign_keys="SourceLink.derivative_id",
        order_by="SourceLink.position",
        cascade="all, delete-orphan",
    )

    @property
    def whole_kind(self) -> WholeKind | None:
        """None for a work of which nothing plays as a whole."""
        if self.mix_sha256 is not None:
            return WholeKind.UPLOADED
        if self.mixdown_digest is not None:
            return WholeKind.MIXED
        return None if self.stems_mix_digest is None else WholeKind.STEMS_TOGETHER

    @property
    def whole_digest(self) -> str | None:
        """What the renditions of the whole piece are filed under."""
        return self.mix_sha256 or self.mixdown_digest or self.stems_mix_digest

    @property
    def playable_digest(self) -> str | None:
        """`whole_digest`, unless some who see the work may not hear it: stems under a contest licence are for those
        who accepted it, and so are all of them together.
        """
        own = self.mix_sha256 or self.mixdown_digest
        return own if own is not None or self.licence.is_contest else self.stems_mix_digest


sa.Index("ix_works_remixed", Work.remix_count.desc(), Work.seq, sqlite_where=REMIXED, postgresql_where=REMIXED)
sa.Index(
    "ix_works_remixed_lately",
    Work.recent_remix_count.desc(),
    Work.seq,
    sqlite_where=REMIXED_LATELY,
    postgresql_where=REMIXED_LATELY,
)


class StemPack(Row):
    """The numbered set of stems of a work; frozen by publishing, corrected by a next version."""

    __tablename__ = "stem_packs"
    __table_args__ = (
        one_of(StemPackState, "state"),
        sa.UniqueConstraint("work_id", "version"),
        sa.Index(
            "uq_stem_packs_one_draft",
            "work_id",
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.Index("ix_stem_packs_unprepared", "frozen_at", sqlite_where=UNPREPARED, postgresql_where=UNPREPARED),
    )

    id: Mapped[Id]
    work_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"))
    work: Mapped[Work] = relationship(back_populates="stem_packs", foreign_keys=[work_id])
    version: Mapped[int]
    state: Mapped[StemPackState] = mapped_column(Word(StemPackState), default=StemPackState.DRAFT)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    """What changed since the version before."""
    digest: Mapped[Digest | None]
    """Over the stems' roles, names, gains and SHA-256s; set when frozen."""
    findings: Mapped[list[dict[str, Any]] | None]
    """Stem QC, as `domain.stems.qc.Finding` JSON; None until reviewed."""
    reviewed_digest: Mapped[Digest | None]
    """The digest of the pack as the findings saw it."""
    tempo_bpm: Mapped[float | None]
    tempo_confidence: Mapped[float | None]
    key: Mapped[str | None] = mapped_column(sa.String(12))
    key_confidence: Mapped[float | None]
    is_unprepared: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Frozen, and what browsers mix is still to be made of some of its stems."""
    families: Mapped[dict[str, Any] | None]
    """By stem, the family with which it goes where four stems are wanted, if that is not the one of its role."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of the families: a frozen pack changes in nothing else."""
    created_at: Mapped[CreatedAt]
    frozen_at: Mapped[dt.datetime | None]

    stems: Mapped[list[Stem]] = relationship(
        back_populates="stem_pack", order_by="Stem.position, Stem.created_at, Stem.id", cascade="all, delete-orphan"
    )


class Stem(Row):
    __tablename__ = "stems"
    __table_args__ = (sa.Index("ix_stems_role", "role"),)

    id: Mapped[Id]
    stem_pack_id: Mapped[str] = mapped_column(sa.ForeignKey("stem_packs.id", ondelete="CASCADE"), index=True)
    stem_pack: Mapped[StemPack] = relationship(back_populates="stems")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[str] = mapped_column(sa.String(20))
    """A word of `domain.stems.roles.StemRole`."""
    is_role_guessed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """From the file's name, until somebody chooses one: guessed again as further stems arrive."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    gain_db: Mapped[float] = mapped_column(default=0.0)
    """Suggested by the artist."""
    filename: Mapped[str] = mapped_column(sa.String(255))
    original_sha256: Mapped[Digest] = mapped_column(sa.ForeignKey("originals.sha256"), index=True)
    original: Mapped[Original] = relationship(lazy="joined", innerjoin=True)
    resampled_digest: Mapped[Digest | None] = mapped_column(index=True)
    """Of a frozen pack's stem that has another rate than the pack: what it is filed under at that rate."""
    chosen_at: Mapped[dt.datetime | None]
    """When its upload was opened: files are opened in the order in which they were chosen."""
    created_at: Mapped[CreatedAt]

    @property
    def mixer_digest(self) -> str:
        """What browsers mix is filed under it: at the pack's rate, which a draft does not have."""
        return self.resampled_digest or self.original_sha256


class SourceLink(Row):
    """Derivative → source. Acyclic by construction: a source was published before its derivative."""

    __tablename__ = "source_links"
    __table_args__ = (
        one_of(SourceKind, "kind"),
        one_of(LinkState, "state"),
        sa.ForeignKeyConstraint(["source_id", "source_seq"], ["works.id", "works.seq"]),
        sa.ForeignKeyConstraint(["derivative_id", "derivative_seq"], ["works.id", "works.seq"]),
        sa.CheckConstraint("derivative_seq IS NULL OR source_seq < derivative_seq", name="source_is_older"),
        sa.CheckConstraint("source_id <> derivative_id", name="not_itself"),
        one_of(GrantKind, "grant_kind"),
        sa.CheckConstraint(
            "(grant_kind IS NULL AND grant_id IS NULL AND grant_sha256 IS NULL AND granted_at IS NULL) OR "
            "(grant_kind IS NOT NULL AND grant_id IS NOT NULL AND grant_sha256 IS NOT NULL AND granted_at IS NOT NULL)",
            name="grant_is_whole",
        ),
        sa.Index("ix_source_links_source_seq", "source_id", "derivative_seq"),
        sa.Index("ix_source_links_upwards", "derivative_seq", "source_seq"),
        sa.Index("ix_source_links_downwards", "source_seq", "derivative_seq"),
    )

    derivative_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("works.id"), primary_key=True)
    derivative_seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    """None while the derivative is a draft."""
    source_seq: Mapped[int] = mapped_column(sa.BigInteger)
    position: Mapped[int]
    state: Mapped[LinkState] = mapped_column(Word(LinkState), default=LinkState.STANDING, server_default="standing")
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind), default=SourceKind.REMIX)
    stems: Mapped[list[str]] = mapped_column(default=list)
    """Ids of the source's stems that were used; empty when the remixer did not say."""
    starts_seconds: Mapped[float | None]
    ends_seconds: Mapped[float | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    licence: Mapped[Licence] = mapped_column(Word(Licence))
    """The source's licence as held when the link was declared."""
    licence_sha256: Mapped[Digest] = mapped_column(default="", server_default="")
    """`domain.licences.terms.text_sha256` of it."""
    grant_kind: Mapped[GrantKind | None] = mapped_column(Word(GrantKind))
    """By which the licence is held; None: the source was offered under it when the link was declared."""
    grant_id: Mapped[str | None] = mapped_column(sa.String(32))
    """No foreign key: the link keeps it when the receipt goes with its account."""
    grant_sha256: Mapped[Digest | None]
    granted_at: Mapped[dt.datetime | None]
    inherited_shares: Mapped[list[int]] = mapped_column(default=list, server_default="[]")
    """What the source stated when the link was declared."""
    declared_at: Mapped[CreatedAt]

    derivative: Mapped[Work] = relationship(back_populates="sources", foreign_keys=[derivative_id])
    source: Mapped[Work] = relationship(foreign_keys=[source_id], lazy="joined", innerjoin=True)

    def hold(self, grant: Grant) -> None:
        """From now on the link is held by the grant and not by what the source was offered under."""
        self.licence, self.licence_sha256 = grant.licence, grant.licence_sha256
        self.grant_kind, self.grant_id = grant.kind, grant.id
        self.grant_sha256, self.granted_at = grant.sha256, grant.granted_at

    @property
    def held_by(self) -> HeldBy | None:
        if self.grant_kind is None:
            return None
        assert self.grant_id is not None
        assert self.grant_sha256 is not None
        assert self.granted_at is not None
        return HeldBy(self.grant_kind, self.grant_id, self.grant_sha256, self.granted_at)


class Counter(Row):
    """A number that only rises: `work_seq` numbers publications."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int] = mapped_column(sa.BigInteger)
