"""Keeping the projection: what triggers noted is read anew and written, batch by batch, each in one transaction.

Whoever writes the projection takes the same lock first and only then reads what the truth is. A change whose
transaction is still open is noted by a row that nobody sees yet, so it is done by a later batch and never lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.discovery.may import Binding
from remixhub.domain.licences.permissions import PermissionScope
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import Lease
from remixhub.jobs.table import ACTIVE, add_job
from remixhub.models import (
    Account,
    Contest,
    Counter,
    Job,
    Label,
    Permission,
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
)
from remixhub.models.search import STEMS_A_WORK, Named
from remixhub.models.upsert import insert
from remixhub.services.discovery.search.projection import (
    Document,
    WorkDocuments,
    binding_read,
    binding_written,
    names_as_searched,
    works_as_searched,
)
from remixhub.services.discovery.search.text_index import TextIndex
from remixhub.services.discovery.search.vocabulary import Tally
from remixhub.services.lineage import ancestry

SEARCH = "search"
"""The subject of the job, and the counter whose row is the lock."""
_BATCH = 200
_NAMES_A_BATCH = 500
_ABOVE = ("links", "leave")
"""Changes of what stands above a work."""
WORKS, STEMS, NAMES = TextIndex(SearchWork), TextIndex(SearchStem), TextIndex(SearchName)


def order_due(parts: Parts) -> None:
    """The job, whenever something has changed. One that died waits for an operator to send it again."""
    died = sa.exists().where(Job.kind == JobKind.INDEX_SEARCH, Job.subject_id == SEARCH, Job.state == JobState.DEAD)
    waits = sa.exists().where(Job.kind == JobKind.INDEX_SEARCH, Job.subject_id == SEARCH, Job.state.in_(ACTIVE))
    with parts.database.reading() as session:
        is_due = session.scalar(sa.select(SearchChange.id).where(~died, ~waits).limit(1)) is not None
    if is_due:
        with parts.database.writing() as session:
            add_job(session, SYSTEM, JobKind.INDEX_SEARCH, SEARCH, max_attempts=parts.settings.job_attempts)


def index_search(parts: Parts, lease: Lease) -> None:
    """A job. What is noted while it ends is seen by the scheduler in a moment."""
    while True:
        with lease.writing() as session:
            if not index_changes(session):
                break
        lease.progress(50, "indexing")
    with lease.committing():
        pass


def index_changes(session: Session, *, limit: int = _BATCH) -> int:
    """Takes the oldest `limit` changes and projects what they are of; how many there were."""
    _lock(session)
    oldest = sa.select(SearchChange.id).order_by(SearchChange.id).limit(limit)
    taken = sa.delete(SearchChange).where(SearchChange.id.in_(oldest.scalar_subquery()))
    changes = session.execute(taken.returning(SearchChange.kind, SearchChange.subject_id)).all()
    of: dict[str, set[str]] = defaultdict(set)
    for kind, subject_id in changes:
        of[kind].add(subject_id)
    seqs = sorted(_works_of(session, of))
    for first in range(0, len(seqs), _BATCH):  # of one artist or one file they may be thousands
        project_works(session, seqs[first : first + _BATCH])
    of["reach"] |= _artists_of(session, seqs)
    _note_descendants(session, sorted(_works_of(session, {kind: of[kind] for kind in _ABOVE})))
    if of["label"]:
        of["contest"] |= set(session.scalars(sa.select(Contest.id).where(Contest.label_id.in_(of["label"]))))
    for kind in Named:
        ids = of[kind] | (of["reach"] if kind is Named.ARTIST else set())
        project_names(session, kind, ids)
    _note_works_of(session, of["artist"])
    return len(changes)


def forget_account(session: Session, account_id: str) -> None:
    """It is found no more by its name, from the transaction on that deletes it; its works follow with the next job."""
    _lock(session)
    project_names(session, Named.ARTIST, [account_id])


def _lock(session: Session) -> None:
    session.execute(sa.update(Counter).where(Counter.name == SEARCH).values(value=Counter.value + 1))


def _works_of(session: Session, of: Mapping[str, Collection[str]]) -> set[int]:
    """The numbers of all works that the changes are of."""
    numbered = sa.select(Work.seq).where(Work.seq.is_not(None))
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    packed = sa.select(StemPack.work_id).where(StemPack.id.in_(ids))
    sounding = sa.select(StemPack.work_id).join(Stem).where(Stem.original_sha256.in_(ids))
    leave = sa.select(Permission.remix_id).where(Permission.id.in_(ids), Permission.remix_id.is_not(None))
    leave_of = sa.select(Permission.account_id).where(
        Permission.id.in_(ids), Permission.scope == PermissionScope.ACCOUNT
    )
    asked = {
        "work": numbered.where(Work.id.in_(ids)),
        "links": numbered.where(Work.id.in_(ids)),
        "pack": numbered.where(Work.id.in_(packed)),
        "sound": numbered.where(sa.or_(Work.id.in_(sounding), Work.mix_sha256.in_(ids))),
        "leave": numbered.where(sa.or_(Work.id.in_(leave), Work.account_id.in_(leave_of))),
    }
    found = (session.scalars(asked[kind], {"ids": sorted(some)}) for kind, some in of.items() if some and kind in asked)
    return {seq for seqs in found for seq in seqs if seq is not None}


def _note_works_of(session: Session, account_ids: Collection[str]) -> None:
    """An artist's name is on its works."""
    if account_ids:
        works = sa.select(sa.literal("work"), Work.id).where(Work.account_id.in_(account_ids), Work.seq.is_not(None))
        session.execute(sa.insert(SearchChange).from_select(["kind", "subject_id"], works))


def _artists_of(session: Session, seqs: Sequence[int]) -> set[str]:
    """Who has published the first work, or withdrawn the last."""
    found: set[str] = set()
    for first in range(0, len(seqs), _BATCH):
        some = sa.select(Work.account_id).where(Work.seq.in_(seqs[first : first + _BATCH])).distinct()
        found.update(session.scalars(some))
    return found


def project_works(session: Session, seqs: Collection[int]) -> None:
    """Makes the projection of these works, and of their stems, what it has to be; those that are not public go."""
    if not seqs:
        return
    wanted = works_as_searched(session, seqs)
    classes = _Classes(session)
    ranges = sa.or_(*(SearchStem.doc.between(seq * STEMS_A_WORK, (seq + 1) * STEMS_A_WORK - 1) for seq in seqs))
    works = {seq: _work_row(found, classes) for seq, found in wanted.items()}
    stems = {
        doc: Document({**stem.values, "licence_class": works[seq].values["licence_class"]}, stem.tokens)
        for seq, found in wanted.items()
        for doc, stem in found.stems.items()
    }
    tally = Tally()
    before = _rows(session, SearchWork, SearchWork.doc.in_(seqs))
    _replace(session, WORKS, before, works, tally, "work_count")
    _replace(session, STEMS, _rows(session, SearchStem, ranges), stems, tally, "stem_count")
    tally.write(session)


def _work_row(found: WorkDocuments, classes: _Classes) -> Document:
    return Document({**found.work.values, "licence_class": classes.of(found.binding)}, found.work.tokens)


def _note_descendants(session: Session, seqs: Sequence[int]) -> None:
    """What stands above these works has changed, and binds whatever was made of them, however far down: by its own
    licence, by leave or by another way a work between may hide the change and pass it on.
    """
    for first in range(0, len(seqs), _BATCH):
        below = ancestry.descendant_seqs(seqs[first : first + _BATCH])
        works = sa.select(sa.literal("work"), Work.id).join(below, below.c.seq == Work.seq)
        session.execute(sa.insert(SearchChange).from_select(["kind", "subject_id"], works))


def project_names(session: Session, kind: Named, ids: Collection[str]) -> None:
    if not ids:
        return
    wanted = names_as_searched(session, kind, ids)
    rows = session.scalars(sa.select(SearchName).where(SearchName.kind == kind, SearchName.subject_id.in_(ids)))
    docs = {row.subject_id: row.doc for row in rows}
    next_doc = (session.scalar(sa.select(sa.func.max(SearchName.doc))) or 0) + 1
    for id in sorted(wanted.keys() - docs.keys()):
        docs[id] = next_doc
        next_doc += 1
    by_doc = {
        docs[id]: Document({**one.values, "kind": kind, "subject_id": id}, one.tokens) for id, one in wanted.items()
    }
    tally = Tally()
    before = _rows(session, SearchName, SearchName.doc.in_(docs.values()))
    _replace(session, NAMES, before, by_doc, tally, None)
    tally.write(session)


def _rows(session: Session, table: Any, where: sa.ColumnElement[bool]) -> dict[int, dict[str, Any]]:
    columns = [column for column in sa.inspect(table).local_table.columns if column.name != "doc"]
    rows = session.execute(sa.select(table.doc, *columns).where(where))
    return {row[0]: dict(zip((column.name for column in columns), row[1:], strict=True)) for row in rows}


def _replace(
    session: Session,
    index: TextIndex,
    before: dict[int, dict[str, Any]],
    after: dict[int, Document],
    tally: Tally,
    counted: str | None,
) -> None:
    """Writes only what differs: documents whose tokens are the same keep their place in the index for text."""
    tokens = index.read(session, before.keys() | after.keys())
    nothing: frozenset[str] = frozenset()
    removed, added = [], []
    for doc in before.keys() | after.keys():
        old, new = tokens.get(doc, nothing), after.get(doc)
        tally.note(old, new.tokens if new else nothing, counted=counted)
        if new is None or old != new.tokens:
            removed += [doc] if doc in before or doc in tokens else []
            added += [] if new is None else [({**new.values, "doc": doc}, new.tokens)]
        elif before[doc] != new.values:
            session.execute(sa.update(index.table).where(index.table.doc == doc).values(**new.values))
    index.remove(session, removed)
    index.add(session, added)


class _Classes:
    """The licence classes, read once a batch; new ones are added."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids = {
            binding_read(text): id for id, text in session.execute(sa.select(SearchLicence.id, SearchLicence.licences))
        }

    def of(self, binding: Binding) -> int:
        if binding not in self._ids:
            added = insert(self._session, SearchLicence).values(licences=binding_written(binding))
            self._ids[binding] = self._session.scalars(added.returning(SearchLicence.id)).one()
        return self._ids[binding]


def empty(parts: Parts) -> None:
    """Nothing is found until it is rebuilt."""
    with parts.database.writing() as session:
        _lock(session)
        for index in (WORKS, STEMS, NAMES):
            index.empty(session)
        for table in (SearchWord, SearchDeletion, SearchLicence):
            session.execute(sa.delete(table))


def count_waiting(session: Session) -> int:
    """Changes that are not indexed yet."""
    return session.scalar(sa.select(sa.func.count()).select_from(SearchChange)) or 0


@dataclass(frozen=True)
class Rebuilt:
    """How far it is."""

    kind: str
    done: int
    of: int


def rebuild(parts: Parts) -> Iterator[Rebuilt]:
    """Compares all with the truth and writes what differs, while the hub goes on; safe to stop and begin anew.

    Meanwhile questions are answered, and what is published is indexed by the job.
    """
    with parts.database.reading() as session:
        last = session.scalar(sa.select(sa.func.max(Work.seq))) or 0
        projected = session.scalar(sa.select(sa.func.max(SearchWork.doc))) or 0
    for start in range(1, max(last, projected) + 1, _BATCH):
        with parts.database.writing() as session:
            _lock(session)
            project_works(session, range(start, start + _BATCH))
        yield Rebuilt("works", min(start + _BATCH - 1, last), last)
    for kind, table in ((Named.ARTIST, Account), (Named.LABEL, Label), (Named.CONTEST, Contest)):
        yield from _rebuild_names(parts, kind, table)


def _rebuild_names(parts: Parts, kind: Named, table: Any) -> Iterator[Rebuilt]:
    with parts.database.reading() as session:
        ids = sorted(
            {
                *session.scalars(sa.select(table.id)),
                *session.scalars(sa.select(SearchName.subject_id).where(SearchName.kind == kind)),
            }
        )
    for start in range(0, len(ids), _NAMES_A_BATCH):
        with parts.database.writing() as session:
            _lock(session)
            project_names(session, kind, ids[start : start + _NAMES_A_BATCH])
        yield Rebuilt(f"{kind}s", min(start + _NAMES_A_BATCH, len(ids)), len(ids))
