"""Sources from elsewhere as the page of a draft has them: cited or refused, each with the form that amends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.lengths import length_written
from remixhub.domain.licences.terms import short_name
from remixhub.domain.states import SourceKind
from remixhub.models import ElsewhereSource
from remixhub.services.remixes.draft_editor import DraftEditor
from remixhub.services.remixes.outlooks import Outlook
from remixhub.web.forms import NO_FAULTS, Faults


@dataclass(frozen=True)
class Outside:
    """The form as it was sent, and what was wrong with it; without a node, that of a new one."""

    node_id: str
    values: Mapping[str, Any]
    faults: Faults


@dataclass(frozen=True)
class ElsewhereRow:
    id: str
    """Of the form's fields."""
    source: ElsewhereSource | None
    outlook: Outlook | None
    values: Mapping[str, Any]
    faults: Faults
    is_open: bool


def elsewhere_rows(editor: DraftEditor, outside: Outside | None) -> Sequence[ElsewhereRow]:
    return [_row(editor, one, outside) for one in editor.draft.elsewhere]


def new_elsewhere(outside: Outside | None) -> ElsewhereRow:
    """The form for one more."""
    mine = outside if outside is not None and not outside.node_id else None
    values = {"kind": SourceKind.SAMPLE} if mine is None else mine.values
    return ElsewhereRow("new", None, None, values, NO_FAULTS if mine is None else mine.faults, mine is not None)


def _row(editor: DraftEditor, source: ElsewhereSource, outside: Outside | None) -> ElsewhereRow:
    mine = outside if outside is not None and outside.node_id == source.node_id else None
    return ElsewhereRow(
        source.node_id[:12],
        source,
        editor.outlooks.get(source.node_id) if source.is_wanted else None,
        _values_of(source) if mine is None else mine.values,
        NO_FAULTS if mine is None else mine.faults,
        mine is not None,
    )


def _values_of(source: ElsewhereSource) -> dict[str, Any]:
    times = {"starts": source.starts_seconds, "ends": source.ends_seconds}
    return {
        "address": source.address,
        "title": source.title,
        "artist": source.artist,
        "licence": short_name(source.licence),
        "seen_on": source.seen_on.isoformat(),
        "kind": source.kind,
        "note": source.note,
        "leave_licence": "" if source.leave_licence is None else short_name(source.leave_licence),
        "leave_words": source.leave_words,
        "leave_on": "" if source.leave_on is None else source.leave_on.isoformat(),
        **{name: "" if seconds is None else length_written(seconds) for name, seconds in times.items()},
    }
