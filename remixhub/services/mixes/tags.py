"""What the files of a mixdown say about themselves."""

from __future__ import annotations

from remixhub.audio.tags import LONGEST_TAG, Tags
from remixhub.compose import Parts
from remixhub.domain.licences.terms import licence_url
from remixhub.domain.lineage.credits import tag_lines
from remixhub.models import Mixdown
from remixhub.services.lineage.credits import credits_of
from remixhub.services.mixes import together
from remixhub.services.works.tempo_and_key import said_or_heard


def tags_of(parts: Parts, mixdown: Mixdown) -> Tags:
    """Whose stems these are, and all that they were made from in turn, so that credit travels with the file."""
    pack, work = mixdown.stem_pack, mixdown.stem_pack.work
    with parts.database.reading() as session:
        owed = credits_of(session, parts, work, and_itself=True)
    return Tags(
        title=f"{work.title} ({'all stems together' if together.is_together(mixdown) else 'mix'})",
        credits=tag_lines(owed, longest=LONGEST_TAG),
        licence_url=licence_url(work.licence, owed.url),
        **vars(said_or_heard(work, pack)),
    )
