"""The sources of a draft as its page has them: cited, refused and left out, each with the form that amends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.lengths import length_written
from remixhub.domain.states import WishState
from remixhub.models import SourceLink, SourceWish
from remixhub.services.remixes.citing import stamp_of
from remixhub.services.remixes.draft_editor import DraftEditor
from remixhub.services.remixes.outlooks import Outlook
from remixhub.web.forms import NO_FAULTS, Faults


@dataclass(frozen=True)
class Amended:
    """The form of a source as it was sent, and what was wrong with it."""

    source_id: str
    values: Mapping[str, Any]
    stems: Sequence[str]
    faults: Faults


@dataclass(frozen=True)
class StemBox:
    id: str
    name: str
    role: str
    is_used: bool


@dataclass(frozen=True)
class SourceRow:
    named: SourceLink | SourceWish
    outlook: Outlook | None
    """Of a source that is wanted."""
    stems: Sequence[StemBox]
    length: float | None
    values: Mapping[str, Any]
    faults: Faults
    is_open: bool


def source_rows(editor: DraftEditor, amended: Amended | None) -> dict[str, Sequence[SourceRow]]:
    """By `cited`, `wanted` and `left_out`."""
    wishes = editor.draft.wishes
    named: dict[str, Sequence[SourceLink | SourceWish]] = {
        "cited": editor.draft.work.sources,
        "wanted": [one for one in wishes if one.state is WishState.WANTED],
        "left_out": [one for one in wishes if one.state is WishState.LEFT_OUT],
    }
    return {word: [_row(editor, one, amended) for one in some] for word, some in named.items()}


def _row(editor: DraftEditor, named: SourceLink | SourceWish, amended: Amended | None) -> SourceRow:
    mine = amended if amended is not None and amended.source_id == named.source_id else None
    used = named.stems if mine is None else mine.stems
    values = _values_of(named) if mine is None else mine.values
    if mine is not None and mine.faults.code == "precondition_failed":
        values = {**values, "seen": stamp_of(named)}  # saving once more is then deliberate
    return SourceRow(
        named=named,
        outlook=editor.outlooks.get(named.source_id),
        stems=[
            StemBox(stem.id, stem.name, stem.role, stem.id in used)
            for stem in editor.source_stems.get(named.source_id, ())
        ],
        length=editor.lengths.get(named.source_id),
        values=values,
        faults=NO_FAULTS if mine is None else mine.faults,
        is_open=mine is not None,
    )


def _values_of(named: SourceLink | SourceWish) -> dict[str, Any]:
    times = {"starts": named.starts_seconds, "ends": named.ends_seconds}
    return {
        "kind": named.kind,
        "note": named.note,
        "seen": stamp_of(named),
        **{name: "" if seconds is None else length_written(seconds) for name, seconds in times.items()},
    }
