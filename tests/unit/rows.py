"""Rows as a test needs them, written by hand: no use case stands between a rule and its premises."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from remixhub.domain.access import Actor, session_actor
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import IngestState, JobKind, StemPackState, WorkKind, WorkState
from remixhub.domain.stems.packs import PackedStem, pack_digest
from remixhub.models import (
    Account,
    Counter,
    Database,
    ElsewhereSource,
    Job,
    Original,
    Row,
    SourceLink,
    Stem,
    StemPack,
    Work,
    now,
)

R = TypeVar("R", bound=Row)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def actor_of(account: Account) -> Actor:
    """As signed in with the password just now."""
    return session_actor(account.id, account.handle, is_operator=account.is_operator, is_fresh=True)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Rows:
    database: Database

    def moment(self) -> dt.datetime:
        """By the database's clock."""
        with self.database.reading() as session:
            return session.execute(sa.select(now())).scalar_one()

    def add(self, row: R) -> R:
        with self.database.writing() as session:
            session.add(row)
            session.flush()
            session.refresh(row)
        return row

    def all(self, table: type[R], *where: sa.ColumnElement[bool]) -> list[R]:
        with self.database.reading() as session:
            return list(session.scalars(sa.select(table).where(*where)).unique())

    def one(self, table: type[R], *where: sa.ColumnElement[bool]) -> R:
        (found,) = self.all(table, *where)
        return found

    def change(self, table: type[Row], *where: sa.ColumnElement[bool], **values: Any) -> None:
        with self.database.writing() as session:
            session.execute(sa.update(table).where(*where).values(**values))

    def account(self, handle: str = "artist", **facts: Any) -> Account:
        """Whose address was verified long ago, unless the facts say otherwise."""
        row = {"email": f"{handle}@example.org", "display_name": handle.title(), "email_verified_at": LONG_AGO, **facts}
        return self.add(Account(handle=handle, **row))

    def work(self, by: Account, title: str = "Song", sources: Sequence[Work] = (), **facts: Any) -> Work:
        """Published, and made from `sources` under their licences, unless the facts say otherwise."""
        kind = WorkKind.REMIX if sources else WorkKind.RELEASE
        known = {"state": WorkState.PUBLISHED, "licence": Licence.BY, "kind": kind, "account_id": by.id, **facts}
        seq = None
        if known["state"] is not WorkState.DRAFT:
            seq = self._next_seq()
            known = {"seq": seq, "published_at": now(), **known}
        work = self.add(Work(title=title, **known))
        for position, source in enumerate(sources):
            self.link(work, source, position=position)
        return work

    def link(self, derivative: Work, source: Work, **facts: Any) -> SourceLink:
        known = {
            "derivative_id": derivative.id, "derivative_seq": derivative.seq, "source_id": source.id,
            "source_seq": source.seq, "position": 0, "licence": source.licence,
            "inherited_shares": source.inherited_shares, **facts,
        }  # fmt: skip
        return self.add(SourceLink(**known))

    def elsewhere(self, derivative: Work, address: str = "https://freesound.org/s/1/", **facts: Any) -> ElsewhereSource:
        """A sample under BY, unless the facts say otherwise."""
        known = {
            "derivative_id": derivative.id, "derivative_seq": derivative.seq, "node_id": node_id(address),
            "position": 0, "title": "Rain", "artist": "Ines", "licence": Licence.BY, "seen_on": LONG_AGO.date(),
            **facts,
        }  # fmt: skip
        return self.add(ElsewhereSource(address=address, **known))

    def original(self, name: str = "a", **facts: Any) -> Original:
        """A minute of audio without bytes."""
        sha256 = sha256_of(name)
        known = {
            "key": f"originals/{sha256[:2]}/{sha256}", "size_bytes": 1000, "container": "wav", "codec": "pcm_s16le",
            "media_type": "audio/wav", "sample_rate_hz": 48_000, "channels": 2, "bit_depth": 16,
            "duration_frames": 60 * 48_000, "ingest_state": IngestState.READY, **facts,
        }  # fmt: skip
        return self.add(Original(sha256=sha256, **known))

    def pack(self, work: Work, originals: Sequence[Original] = (), **facts: Any) -> StemPack:
        """Frozen under its digest when the work is published, else a draft."""
        is_draft = work.state is WorkState.DRAFT
        known = {"version": 1, "state": StemPackState.DRAFT if is_draft else StemPackState.FROZEN, **facts}
        pack = self.add(StemPack(work_id=work.id, **known))
        for number, original in enumerate(originals):
            self.stem(pack, original, position=number, name=f"Stem {number}")
        if known["state"] is StemPackState.FROZEN:
            stems = sorted(self.all(Stem, Stem.stem_pack_id == pack.id), key=lambda one: one.position)
            packed = [PackedStem(one.id, one.role, one.name, one.gain_db, one.original_sha256) for one in stems]
            self.change(StemPack, StemPack.id == pack.id, digest=pack_digest(packed), frozen_at=now())
        return self.one(StemPack, StemPack.id == pack.id)

    def stem(self, pack: StemPack, original: Original, **facts: Any) -> Stem:
        known = {"position": 0, "name": "Bass", "role": "bass", "filename": "bass.wav", **facts}
        return self.add(Stem(stem_pack_id=pack.id, original_sha256=original.sha256, **known))

    def job(self, **facts: Any) -> Job:
        """Due since it was written, unless the facts say otherwise."""
        return self.add(Job(**{"kind": JobKind.SWEEP, "subject_id": "hub", "max_attempts": 5, **facts}))

    def _next_seq(self) -> int:
        numbered = sa.update(Counter).where(Counter.name == "work_seq").values(value=Counter.value + 1)
        with self.database.writing() as session:
            return int(session.execute(numbered.returning(Counter.value)).scalar_one())
