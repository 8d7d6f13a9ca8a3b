"""The tags of what is published, one a row, so that the newest works with a tag are a seek."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from remixhub.domain.states import WorkKind
from remixhub.models.base import Row, Word
from remixhub.models.works import Work


class WorkTag(Row):
    """Written with its work, whoever writes that; tombstones keep theirs. Without a foreign key to `seq`, as
    `ShortlistedDescendant`.
    """

    __tablename__ = "work_tags"
    __table_args__ = (sa.Index("ix_work_tags_kind", "tag", "kind", "work_seq"),)

    tag: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    work_seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[WorkKind] = mapped_column(Word(WorkKind))


@sa.event.listens_for(Work, "after_insert")
@sa.event.listens_for(Work, "after_update")
def _write_tags(_mapper: Mapper[Any], connection: sa.Connection, work: Work) -> None:
    changed = sa.inspect(work).attrs
    is_numbered = changed.seq.history.has_changes()
    if work.seq is None or not (is_numbered or changed.tags.history.has_changes()):
        return
    if not is_numbered:
        connection.execute(sa.delete(WorkTag).where(WorkTag.work_seq == work.seq))
    if rows := [{"tag": tag, "work_seq": work.seq, "kind": work.kind} for tag in dict.fromkeys(work.tags)]:
        connection.execute(sa.insert(WorkTag), rows)
