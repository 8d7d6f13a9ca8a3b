"""The steps at the top of the editor: what there is to do, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from remixhub.domain.figures import count
from remixhub.domain.licences.terms import short_name
from remixhub.domain.states import IngestState, WorkKind, WorkState
from remixhub.services.remixes.draft_editor import Draft
from remixhub.services.remixes.suggestions import Suggestions


@dataclass(frozen=True)
class Step:
    anchor: str
    name: str
    state: str
    """In a few words."""
    is_done: bool


def steps(draft: Draft, suggestions: Suggestions, is_ready: bool) -> tuple[Step, ...]:
    """`is_ready` to be published."""
    about = Step("about", "what it is", _facts(draft), bool(draft.work.description or draft.work.tags))
    last = Step("print", "print it", "ready" if is_ready else "not yet", is_ready)
    return (_stems(draft), _names(draft, suggestions), about, last)


def _stems(draft: Draft) -> Step:
    stems = draft.pack.stems if draft.pack else []
    ready = [stem for stem in stems if stem.original.ingest_state is IngestState.READY]
    if draft.work.kind is WorkKind.REMIX and draft.work.state is WorkState.DRAFT:
        has_audio = draft.whole is not None and draft.whole.state is IngestState.READY
        state = "audio missing" if draft.whole is None else "ready" if has_audio else "in the making"
        refused = len(draft.refused)
        missing = f"{count(refused, 'source')} refused" if refused else "" if draft.has_sources else "no source yet"
        return Step("stems", "sources & sound", missing or state, has_audio and not missing)
    if not stems:
        return Step("stems", "stems", "none yet", False)
    state = count(len(stems), "stem") if len(ready) == len(stems) else f"{len(ready)} of {len(stems)} ready"
    return Step("stems", "stems", state, len(ready) == len(stems))


def _names(draft: Draft, suggestions: Suggestions) -> Step:
    stems = draft.pack.stems if draft.pack else []
    if not stems:
        return Step("names", "names & order", "no stems", False)
    state = count(len(suggestions.names), "suggestion") if suggestions.names else "as you named them"
    return Step("names", "names & order", state, not suggestions.names)


def _facts(draft: Draft) -> str:
    work = draft.work
    said = [f"{work.tempo_bpm:g}" if work.tempo_bpm else "", work.key or "", short_name(work.licence)]
    return " · ".join(filter(None, said))
