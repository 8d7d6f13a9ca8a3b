"""Ordering a mixdown in another format: made once by a worker from what was rendered, whoever asks."""

from __future__ import annotations

from remixhub.audio.write.encode import AudioFormat
from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.errors import Conflict
from remixhub.domain.states import IngestState, MixFileState
from remixhub.jobs.table import add_job
from remixhub.services.mixes.formats import ON_DEMAND, MixFile
from remixhub.services.mixes.mixes import MixRefused, MixView, find_mix, require_not_taken_down
from remixhub.services.mixes.orders import require_room_for_a_render


class MixNotRendered(Conflict):
    code = "mix_not_rendered"
    title = "The mix is still being rendered"


def order_file(actor: Actor, parts: Parts, mix_id: str, format: AudioFormat) -> tuple[MixView, MixFile]:
    """How far it is; asking for one that is there or on its way changes nothing.

    Raises NotFound, MixNotRendered, MixRefused, StemPackGone, TooManyRenders.
    """
    require_account(actor)
    with parts.database.reading() as session:
        view = find_mix(session, actor, mix_id)
        require_not_taken_down(view.mix)
    mixdown = view.mix.mixdown
    if mixdown.state is IngestState.REFUSED:
        raise MixRefused(mixdown.refusal_detail or "Change the mix spec.", reason=mixdown.refusal_code)
    if mixdown.state is IngestState.PENDING:
        raise MixNotRendered("Its files are made from the finished mix; try again when it is rendered.")
    file = next(one for one in view.files if one.format is format)
    if format not in ON_DEMAND or file.state in (MixFileState.READY, MixFileState.MAKING):
        return view, file
    with parts.database.writing() as session:
        require_room_for_a_render(session, actor)
        add_job(session, actor, ON_DEMAND[format].job, mixdown.digest, max_attempts=parts.settings.job_attempts)
    return view, MixFile(format, MixFileState.MAKING)
