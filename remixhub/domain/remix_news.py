"""What those are told whose works, or followed works, a remix was made of. Pure: sentences for a notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remixhub.domain.states import SourceKind

_USES = {
    SourceKind.REMIX: "is a remix of",
    SourceKind.SAMPLE: "samples",
    SourceKind.MASHUP: "is a mashup with",
    SourceKind.COVER: "is a cover of",
    SourceKind.EDIT: "is an edit of",
    SourceKind.TRANSLATION: "is a translation of",
}
_LISTED = 5


@dataclass(frozen=True)
class Cited:
    """A work that the remix goes back to, and why it concerns the reader."""

    title: str
    is_own: bool
    """By the reader, who otherwise follows it."""
    use: SourceKind | None
    """None where it is further up in the lineage."""
    stems: tuple[str, ...]
    """The names of those that were used; empty where the remixer did not say."""


def news_of(title: str, artist: str, cited: Sequence[Cited]) -> tuple[str, str]:
    """A headline about the first of `cited`, and a line about each; `cited` has at least one."""
    first = cited[0]
    headline = f"“{title}” by {artist} {_use(first)} {_named(first)}"
    lines = [_line(one) for one in cited[:_LISTED]]
    if len(cited) > _LISTED:
        lines.append(f"And of {len(cited) - _LISTED} more works.")
    return headline, "\n".join(lines)


def _use(cited: Cited) -> str:
    return "goes back to" if cited.use is None else _USES[cited.use]


def _named(cited: Cited) -> str:
    return f"your “{cited.title}”" if cited.is_own else f"“{cited.title}”"


def _line(cited: Cited) -> str:
    if cited.use is None:
        used = "further up in its lineage"
    elif cited.stems:
        used = f"{cited.use.value}, with {'the stem' if len(cited.stems) == 1 else 'the stems'} {_listed(cited.stems)}"
    else:
        used = f"{cited.use.value}; which stems were used is not said"
    return f"{cited.title}: {used}{'' if cited.is_own else ' (you follow it)'}."


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
