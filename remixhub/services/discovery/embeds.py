"""What stands in frames on other sites: works, shared mixes and contests, as a visitor sees them, whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import VISITOR
from remixhub.domain.mix_spec import InvalidMixSpec
from remixhub.domain.states import IngestState, RenditionKind
from remixhub.models import Account, Mixdown, Rendition, Work
from remixhub.services.access import find_visible_work
from remixhub.services.contests.reading import ContestView, get_contest
from remixhub.services.mixes.mixes import MixSpecStemUnknown, read_spec
from remixhub.services.mixes.orders import mixdown_digest
from remixhub.services.mixes.sharing import SharedMix, find_shared
from remixhub.services.works.whole_piece import rendition_url


@dataclass(frozen=True)
class EmbeddedWork:
    work: Work
    """May be a tombstone."""
    has_sound: bool
    has_picture: bool
    """A picture for links, in pixels."""


@dataclass(frozen=True)
class EmbeddedMix:
    title: str
    by: Account
    work: Work
    """What it was mixed from."""
    seconds: float | None
    """None where it was not rendered as it stands now."""
    is_on_its_way: bool
    """It is being rendered."""


def embedded_work(parts: Parts, work_id: str) -> EmbeddedWork:
    """Raises NotFound, also for a draft."""
    with parts.database.reading() as session:
        work = find_visible_work(session, VISITOR, work_id)
        is_out = not work.state.is_tombstone
        return EmbeddedWork(
            work=work,
            has_sound=is_out and _has(session, work.playable_digest, RenditionKind.PREVIEW),
            has_picture=is_out and _has(session, work.cover_digest or work.print_digest, RenditionKind.LINK_PICTURE),
        )


def embedded_mix(parts: Parts, token: str) -> EmbeddedMix:
    """Raises SharedMixNotFound, StemPackGone, ContestLicenceNotAccepted."""
    with parts.database.reading() as session:
        found = find_shared(session, VISITOR, token)
        mixdown = _rendered(session, found)
        return EmbeddedMix(
            title=found.draft.title or f"Mix of {found.draft.stem_pack.work.title}",
            by=found.by,
            work=found.draft.stem_pack.work,
            seconds=mixdown.duration_seconds if mixdown and mixdown.state is IngestState.READY else None,
            is_on_its_way=mixdown is not None and mixdown.state is IngestState.PENDING,
        )


def shared_mix_preview_url(parts: Parts, token: str) -> str:
    """Raises RenditionMissing where the mix was not rendered as it stands now, and what `find_shared` raises."""
    with parts.database.reading() as session:
        mixdown = _rendered(session, find_shared(session, VISITOR, token))
        return rendition_url(session, parts, mixdown.digest if mixdown else None, RenditionKind.PREVIEW)


def embedded_contest(parts: Parts, contest_id: str) -> ContestView:
    """Raises ContestNotFound, also for a draft."""
    return get_contest(VISITOR, parts, contest_id)


def _has(session: Session, digest: str | None, kind: RenditionKind) -> bool:
    return digest is not None and session.get(Rendition, (digest, kind)) is not None


def _rendered(session: Session, shared: SharedMix) -> Mixdown | None:
    """The mixdown of what stands in the mix now, if somebody ordered it; it may not be ready."""
    pack = shared.draft.stem_pack
    try:
        digest = mixdown_digest(read_spec(shared.newest.spec, pack), pack)
    except (InvalidMixSpec, MixSpecStemUnknown):  # a draft may be anything
        return None
    return session.get(Mixdown, digest)
