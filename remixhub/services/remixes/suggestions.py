"""What the names and the sound of a draft's stems suggest: a guess fills only what nobody has filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.errors import Invalid
from remixhub.domain.musical_key import parse_key
from remixhub.domain.stems.naming import guess_key, guess_tempo_bpm, says_in_every_name
from remixhub.domain.work_facts import TEMPO_BPM
from remixhub.models import StemPack, Work
from remixhub.services.stems.stems import edit_stem, lock_draft, suggested_names
from remixhub.services.works.works import edit_work, find_own_work_with_all


class SuggestionUnknown(Invalid):
    code = "suggestion_unknown"
    title = "Nothing like this is suggested"


@dataclass(frozen=True)
class Suggestions:
    tempo_bpm: float | None = None
    key: str | None = None
    camelot: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """By the stems' ids."""
    in_every_name: bool = False
    """The work's title."""

    @property
    def tempos(self) -> Mapping[str, float]:
        """The heard tempo, and what it may be taken for: by `keep`, `×½`, `×2`."""
        if self.tempo_bpm is None:
            return {}
        tempos = {"keep": self.tempo_bpm, "×½": self.tempo_bpm / 2, "×2": self.tempo_bpm * 2}
        return {word: bpm for word, bpm in tempos.items() if TEMPO_BPM[0] <= bpm <= TEMPO_BPM[1]}

    @property
    def count(self) -> int:
        return len(self.names) + (self.tempo_bpm is not None) + (self.key is not None)


def suggest(work: Work, pack: StemPack | None) -> Suggestions:
    """What was heard goes before what names say; these count where all that say something agree."""
    if pack is None or not pack.stems:
        return Suggestions()
    filenames = [stem.filename for stem in pack.stems]
    tempos = {bpm for bpm in map(guess_tempo_bpm, filenames) if bpm is not None}
    keys = {key.name for key in map(guess_key, filenames) if key is not None}
    tempo_bpm = pack.tempo_bpm or (min(tempos) if len(tempos) == 1 else None)
    name = pack.key or (min(keys) if len(keys) == 1 else None)
    key = parse_key(name) if name is not None and work.key is None else None
    return Suggestions(
        tempo_bpm=round(tempo_bpm, 1) if tempo_bpm is not None and work.tempo_bpm is None else None,
        key=key.name if key else None,
        camelot=key.camelot if key else None,
        names=suggested_names(pack.stems, work.title),
        in_every_name=says_in_every_name(filenames, work.title),
    )


def take_suggestion(actor: Actor, parts: Parts, work_id: str, what: str, value: str) -> None:
    """`what` is `tempo_bpm` or `key` with the value to take, `name` with a stem's id, or `names` for all of them.

    What was typed meanwhile stays. Raises SuggestionUnknown.
    """
    with parts.database.writing() as session:
        work = find_own_work_with_all(session, actor, work_id)
        pack = next((one for one in work.stem_packs if one.frozen_at is None), None)
        suggested = suggest(work, pack)
        if what == "tempo_bpm" and work.tempo_bpm is None:
            if value not in {f"{bpm:g}" for bpm in suggested.tempos.values()}:
                raise SuggestionUnknown("Another tempo is suggested by now.")
            edit_work(session, actor, work_id, {"tempo_bpm": float(value)})
        elif what == "key" and work.key is None:
            if value != suggested.key:
                raise SuggestionUnknown("Another key is suggested by now.")
            edit_work(session, actor, work_id, {"key": value})
        elif what in ("name", "names"):
            taken = suggested.names if what == "names" else {value: suggested.names.get(value, "")}
            if pack is not None:
                _name(session, actor, work, pack, {id: name for id, name in taken.items() if name})
        elif what not in ("tempo_bpm", "key"):
            raise SuggestionUnknown("Take a tempo, a key or a name.")


def _name(session: Session, actor: Actor, work: Work, pack: StemPack, names: Mapping[str, str]) -> None:
    lock_draft(session, pack.id, reviewed=True)
    for stem in pack.stems:
        if stem.id in names:
            edit_stem(session, actor, work.id, stem, {"name": names[stem.id]})
