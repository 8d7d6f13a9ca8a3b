"""Remixes: drafts that cite their sources, and what must hold before one is published."""

from __future__ import annotations

from sqlalchemy.orm import Session

from remixhub.domain.errors import Conflict, Invalid
from remixhub.domain.states import IngestState, WorkKind, WorkState
from remixhub.models import Mixdown, StemPack, Work
from remixhub.services.licences import declared_by, settle_licence


class SourcesMissing(Invalid):
    code = "sources_missing"
    title = "A remix cites at least one source"


class MixSourceMissing(Invalid):
    code = "mix_source_missing"
    title = "The work whose stems are in the mix is not among the sources"


class SourceTakenDown(Conflict):
    code = "source_taken_down"
    title = "A source was taken down"


class RemixAudioMissing(Conflict):
    code = "remix_audio_missing"
    title = "The remix has no audio yet"


class RemixAudioPending(Conflict):
    code = "remix_audio_pending"
    title = "The remix's audio is not ready yet"


class RemixAudioRefused(Conflict):
    code = "remix_audio_refused"
    title = "The remix's audio cannot be used"


def check_publishable(session: Session, work: Work) -> None:
    """Says no to a remix without sources or ready audio, or under a licence that its lineage does not allow.

    Does nothing for a release. A source that was withdrawn since it was declared stays a source.
    """
    if work.kind is not WorkKind.REMIX:
        return
    if not work.sources:
        raise SourcesMissing("Name what you remixed by `PUT /works/{id}/sources`.")
    for link in work.sources:
        if link.source.state is WorkState.TAKEN_DOWN:
            raise SourceTakenDown(f"“{link.source.title}” was taken down; remove it.", source_id=link.source_id)
    _check_audio(session, work)
    settle_licence(session, work.licence, declared_by(work))


def _check_audio(session: Session, work: Work) -> None:
    if work.playable_digest is None:
        raise RemixAudioMissing("Add an upload or a mix by `PUT /works/{id}/mix`.")
    if work.mix_sha256 is not None:
        assert work.mix is not None
        state, refusal = work.mix.ingest_state, work.mix.refusal_detail
    else:
        mixdown = session.get_one(Mixdown, work.mixdown_digest)
        require_mix_source(session, mixdown, {link.source_id for link in work.sources})
        state, refusal = mixdown.state, mixdown.refusal_detail
    if state is IngestState.REFUSED:
        raise RemixAudioRefused(f"Replace the audio: {refusal}")
    if state is not IngestState.READY:
        raise RemixAudioPending("It is still being worked on; try again in a moment.")


def require_mix_source(session: Session, mixdown: Mixdown, source_ids: set[str]) -> None:
    """Raises MixSourceMissing unless the work whose stems were mixed is cited."""
    work = session.get_one(StemPack, mixdown.stem_pack_id).work
    if work.id not in source_ids:
        raise MixSourceMissing(
            f"Add “{work.title}” ({work.id}) to the sources: the mix is made of its stems.", source_id=work.id
        )
