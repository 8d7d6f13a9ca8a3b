"""A bundle's values from the rows, for one who asks: in one transaction, in a bounded number of statements."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub import __version__
from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.bundles import manifest
from remixhub.domain.bundles.contents import Bundle, BundleKind
from remixhub.domain.bundles.refusals import BundleEmpty, BundleTooLarge
from remixhub.domain.collections import Visibility
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.covers.score import Score
from remixhub.domain.filenames import download_name
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.times import rfc3339
from remixhub.domain.work_refusals import WorkNotPublished, WorkWithdrawn
from remixhub.models import Collection, Contest, ContestEntry, Label, LabelRelease, Work
from remixhub.services.access import find_visible_work
from remixhub.services.bundles.describing import Described, describe_works
from remixhub.services.collections import collections
from remixhub.services.contests.entries import are_named
from remixhub.services.contests.holding import ContestNotFound
from remixhub.services.contests.labels import find_label
from remixhub.services.contests.reading import ContestView, find_view
from remixhub.services.house.reading import house_in
from remixhub.services.stems.zip_writer import StoredFile

WORKS_LIMIT = 1_000


@dataclass(frozen=True)
class Taken:
    """A pack of somebody else that is in the bundle, under which licence."""

    stem_pack_id: str
    licence: Licence


@dataclass(frozen=True)
class Gathered:
    """What decides about every byte of a bundle."""

    bundle: Bundle
    """Without the SHA-256 of renditions and the envelopes of stems, which are read with the files."""
    stored: Sequence[StoredFile]
    """By their paths in the bundle; without a SHA-256 what is none of the originals."""
    texts: Mapping[str, bytes]
    """Beside them, by path."""
    peaks: Mapping[str, str]
    """The keys of the stems' peaks, by the stems' ids."""
    taken: Sequence[Taken]
    prints: Mapping[str, Score]
    """What the house prints covers from, by the works' ids; their SVGs are among the texts."""
    left_out: Mapping[str, str]
    """Why whole pieces do not come along for moving, by the works' ids."""

    @property
    def size_bytes(self) -> int:
        """About: without what is drawn."""
        return sum(file.size_bytes for file in self.stored) + sum(map(len, self.texts.values()))

    @property
    def name(self) -> str:
        """Of its folder, safe on every system."""
        bundle = self.bundle
        return download_name(bundle.title if bundle.by == bundle.title else f"{bundle.by} - {bundle.title}"[:100], "")

    def digest(self, key_id: str) -> str:
        """SHA-256 that names its bytes, as this release writes them and this key signs them."""
        digest = hashlib.sha256(f"bundle 1 {__version__} {key_id}\n".encode())
        named = [[file.name, file.sha256 or file.key, file.size_bytes] for file in self.stored]
        texts = [[path, hashlib.sha256(text).hexdigest()] for path, text in self.texts.items()]
        digest.update(json.dumps([named, texts, sorted(self.peaks.items())]).encode())
        digest.update(manifest.dump(self.bundle))
        return digest.hexdigest()


def gather(
    session: Session,
    actor: Actor,
    parts: Parts,
    kind: BundleKind,
    id: str,
    made_at: dt.datetime | None = None,
    *,
    for_moving: bool = False,
) -> Gathered:
    """What everybody may have of it, and stems as `require_stems` has it for the actor. `id` is a label's handle.

    `for_moving` also takes whole pieces as they were uploaded, which are nobody's to download: for operators alone.

    Raises what reading the work, contest, collection or label raises; WorkNotPublished, WorkWithdrawn, BundleEmpty,
    BundleTooLarge.
    """
    match kind:
        case BundleKind.WORK:
            found = _of_work(session, actor, parts, id)
        case BundleKind.CONTEST:
            found = _of_contest(session, actor, parts, id)
        case BundleKind.COLLECTION:
            found = _of_collection(session, actor, parts, id)
        case BundleKind.LABEL:
            found = _of_label(session, actor, parts, id)
    # drafts are nobody's to carry away, and what the house took down is left out without a word
    works = {work.id: work for work in found.works if work.state in (WorkState.PUBLISHED, WorkState.WITHDRAWN)}
    if all(work.state.is_tombstone for work in works.values()):
        raise BundleEmpty("It holds no published work.")
    if len(works) > WORKS_LIMIT:
        raise BundleTooLarge(f"A bundle holds at most {WORKS_LIMIT} works; this would be {len(works)}.")
    described = describe_works(session, actor, parts, list(works.values()), for_moving=for_moving)
    last = max([*found.moments, *(one.changed_at for one in described.values())])
    bundle = Bundle(
        kind=kind, id=found.id, title=found.title, by=found.by, url=found.url, text=found.text,
        hub_name=house_in(session).name, hub_url=parts.addresses.hub, made_at=rfc3339(made_at or last),
        works=tuple(replace(one.work, note=found.notes.get(id, "")) for id, one in described.items()),
    )  # fmt: skip
    return _gathered(bundle, actor, described.values())


def require_made_here(parts: Parts, gathered: Gathered) -> None:
    """On demand, by a worker. Raises BundleTooLarge."""
    limit = parts.settings.bundle_limit_bytes
    if gathered.size_bytes > limit:
        kind, id = gathered.bundle.kind, gathered.bundle.id
        raise BundleTooLarge(
            f"It has {gathered.size_bytes / 1e9:.1f} GB; this hub makes up to {limit / 1e9:.1f} GB on demand. "
            f"Its operator can write this one: `python -m remixhub bundle {kind} {id} -o FOLDER`.",
            size_bytes=gathered.size_bytes,
            limit_bytes=limit,
        )


@dataclass(frozen=True)
class _Found:
    id: str
    title: str
    by: str
    url: str
    text: str
    works: Sequence[Work]
    notes: Mapping[str, str]
    moments: Sequence[dt.datetime]
    """When it changed, beside its works."""


def _gathered(bundle: Bundle, actor: Actor, described: Iterable[Described]) -> Gathered:
    every = list(described)
    return Gathered(
        bundle=bundle,
        stored=[file for one in every for file in one.stored],
        texts={path: text for one in every for path, text in one.texts.items()},
        peaks={stem_id: key for one in every for stem_id, key in one.peaks.items()},
        taken=[
            Taken(one.work.pack.id, Licence(one.work.licence))
            for one in every
            if one.work.pack is not None and one.account_id != actor.account_id
        ],
        prints={one.work.id: one.print for one in every if one.print is not None},
        left_out={one.work.id: one.left_out for one in every if one.left_out},
    )


def _of_work(session: Session, actor: Actor, parts: Parts, work_id: str) -> _Found:
    work = find_visible_work(session, actor, work_id)
    if work.state is WorkState.DRAFT:
        raise WorkNotPublished("Publish it first.", state=work.state.value)
    if work.state.is_tombstone:
        raise WorkWithdrawn("Only its title, credit and licence are left.", state=work.state.value)
    artist = work.account.display_name
    return _Found(work.id, work.title, artist, parts.addresses.work(work.id), work.description, [work], {}, [])


def _of_collection(session: Session, actor: Actor, parts: Parts, collection_id: str) -> _Found:
    collection: Collection = collections.find(session, actor, collection_id)
    if collection.visibility is Visibility.PRIVATE:
        require_account(actor, Scope.READ)
    collected = collections.viewed(session, collection).collected
    return _Found(
        id=collection.id,
        title=collection.title,
        by=collection.account.display_name,
        url=parts.addresses.collection(collection.id),
        text=collection.text,
        works=[row.work for row in collected],
        notes={row.work_id: row.note for row in collected},
        moments=[collection.created_at],
    )


def _of_label(session: Session, actor: Actor, parts: Parts, handle: str) -> _Found:
    del actor  # a label is everybody's
    label: Label = find_label(session, handle)
    rows = session.execute(
        sa.select(Work, LabelRelease.added_at)
        .join(LabelRelease, LabelRelease.work_id == Work.id)
        .where(LabelRelease.label_id == label.id, Work.state == WorkState.PUBLISHED)
        .order_by(Work.seq.desc())
        .limit(WORKS_LIMIT + 1)
    ).all()
    return _Found(
        id=label.handle,
        title=label.name,
        by=label.name,
        url=parts.addresses.label(label.handle),
        text=label.description,
        works=[work for work, _ in rows],
        notes={},
        moments=[label.created_at, *(added_at for _, added_at in rows)],
    )


def _of_contest(session: Session, actor: Actor, parts: Parts, contest_id: str) -> _Found:
    """As it is for everybody, also for its hosts: what is sealed or under embargo is on no stick."""
    view = find_view(session, actor, contest_id)
    contest = view.contest
    if contest.announced_at is None:
        raise ContestNotFound(f"There is no contest {contest_id!r}, or it is not announced yet.")
    entries = _entries(session, view)
    ranks = _ranks(view) if view.result_is_public else {}
    entries.sort(key=lambda one: (ranks.get(one.id, len(ranks) + 1), one.submitted_at, one.id))
    ranked = {one.work_id: f"Place {ranks[one.id]}" for one in entries if one.id in ranks}
    moments = [contest.announced_at, *(one.submitted_at for one in entries)]
    if ranks and contest.decided_at is not None:
        moments.append(contest.decided_at)
    return _Found(
        id=contest.id,
        title=contest.title,
        by=contest.label.name,
        url=parts.addresses.contest(contest.id),
        text=contest.brief,
        works=[*([contest.release] if contest.release else []), *(one.work for one in entries)],
        notes=ranked,
        moments=moments,
    )


def _entries(session: Session, view: ContestView) -> list[ContestEntry]:
    contest: Contest = view.contest
    if not are_named(contest, view.phase, is_host=False):
        return []
    query = (
        sa.select(ContestEntry)
        .join(Work, Work.id == ContestEntry.work_id)
        .where(ContestEntry.contest_id == contest.id, ContestEntry.state == EntryState.COUNTED)
        .where(Work.state.in_([WorkState.PUBLISHED, WorkState.WITHDRAWN]))
        .order_by(ContestEntry.id)
        .limit(WORKS_LIMIT + 1)
    )
    return list(session.scalars(query))


def _ranks(view: ContestView) -> dict[str, int]:
    assert view.contest.result is not None
    return {line["entry_id"]: line["rank"] for line in view.contest.result["standings"]}
