"""Published works for tests of the graph, made as rows: quick, and without audio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.licences.terms import Licence
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.states import IngestState, StemPackState, WorkKind, WorkState
from remixhub.models import Account, Counter, ElsewhereSource, Original, SourceLink, Stem, StemPack, Work, now
from remixhub.services.lineage.reading import link_on_publish


@dataclass(frozen=True)
class Catalogue:
    parts: Parts

    def account(self, handle: str) -> str:
        """The id of the account, made when it is missing."""
        with self.parts.database.writing() as session:
            found = session.scalar(sa.select(Account.id).where(Account.handle == handle))
            if found is not None:
                return found
            account = Account(handle=handle, email=f"{handle}@example.org", display_name=handle.title())
            session.add(account)
            session.flush()
            return account.id

    def work(
        self,
        title: str,
        sources: Sequence[str] = (),
        *,
        licence: Licence = Licence.BY,
        by: str = "artist",
        credits: Sequence[dict[str, str]] = (),
    ) -> str:
        """The id of a published work that cites `sources`, under their present licences."""
        work_id = self.draft(title, sources, licence=licence, by=by, credits=credits)
        self.publish(work_id)
        return work_id

    def draft(
        self,
        title: str,
        sources: Sequence[str] = (),
        *,
        licence: Licence = Licence.BY,
        by: str = "artist",
        credits: Sequence[dict[str, str]] = (),
    ) -> str:
        account_id = self.account(by)
        with self.parts.database.writing() as session:
            work = Work(
                kind=WorkKind.REMIX if sources else WorkKind.RELEASE,
                account_id=account_id,
                title=title,
                licence=licence,
                credits=list(credits),
            )
            session.add(work)
            session.flush()
            for position, source_id in enumerate(sources):
                source = session.get_one(Work, source_id)
                link = SourceLink(
                    derivative_id=work.id,
                    source_id=source_id,
                    source_seq=source.seq,
                    position=position,
                    licence=source.licence,
                )
                session.add(link)
            return work.id

    def publish(self, work_id: str) -> int:
        """Without asking whether it may be published; the work's `seq`."""
        with self.parts.database.writing() as session:
            seq = session.execute(
                sa.update(Counter)
                .where(Counter.name == "work_seq")
                .values(value=Counter.value + 1)
                .returning(Counter.value)
            ).scalar_one()
            work = session.get_one(Work, work_id)
            work.state, work.seq, work.published_at = WorkState.PUBLISHED, seq, now()  # type: ignore[assignment]
            session.flush()
            link_on_publish(session, SYSTEM, self.parts, work, seq)
            return int(seq)

    def elsewhere(self, work_id: str, address: str, **facts: Any) -> str:
        """The id of the node that the work cites from now on, under BY unless the facts say otherwise."""
        with self.parts.database.writing() as session:
            row = ElsewhereSource(
                derivative_id=work_id,
                derivative_seq=session.get_one(Work, work_id).seq,
                node_id=node_id(address),
                address=address,
                **{
                    "position": 0,
                    "title": "Rain",
                    "artist": "Ines",
                    "licence": Licence.BY,
                    "seen_on": dt.date(2024, 3, 1),
                    **facts,
                },
            )
            session.add(row)
            return row.node_id

    def set_state(self, work_id: str, state: WorkState) -> None:
        with self.parts.database.writing() as session:
            session.execute(sa.update(Work).where(Work.id == work_id).values(state=state))

    def relicense(self, work_id: str, licence: Licence) -> None:
        with self.parts.database.writing() as session:
            session.execute(sa.update(Work).where(Work.id == work_id).values(licence=licence))

    def pack(self, work_id: str, originals: Sequence[Original], *, frozen: bool = True) -> tuple[str, list[str]]:
        """A stem pack of the work over stored originals: its id and its stems' ids."""
        with self.parts.database.writing() as session:
            pack = StemPack(
                work_id=work_id,
                version=1,
                state=StemPackState.FROZEN if frozen else StemPackState.DRAFT,
                digest="d" * 64 if frozen else None,
                frozen_at=now() if frozen else None,
            )
            session.add(pack)
            session.flush()
            stems = [
                Stem(
                    stem_pack_id=pack.id,
                    position=position,
                    name=f"Stem {position}",
                    role="other",
                    filename=f"{position}.wav",
                    original_sha256=original.sha256,
                )
                for position, original in enumerate(originals)
            ]
            session.add_all(stems)
            session.flush()
            return pack.id, [stem.id for stem in stems]

    def original(self, sha256: str = "a" * 64, *, state: IngestState = IngestState.READY) -> Original:
        """A row without bytes, for tests that play nothing."""
        with self.parts.database.writing() as session:
            original = Original(
                sha256=sha256,
                key=f"originals/{sha256[:2]}/{sha256}",
                size_bytes=1000,
                container="wav",
                codec="pcm_s16le",
                media_type="audio/wav",
                sample_rate_hz=44_100,
                channels=2,
                bit_depth=16,
                duration_frames=44_100,
                ingest_state=state,
            )
            session.add(original)
        return original
