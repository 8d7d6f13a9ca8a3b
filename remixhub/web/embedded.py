"""What is embedded, in one shape: for the pages in frames, for oEmbed, and for the code that people copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flask

from remixhub.domain.contests.phases import Phase
from remixhub.domain.covers.envelope import COLUMNS
from remixhub.domain.figures import tempo
from remixhub.domain.licences.marks import code_of
from remixhub.domain.musical_key import with_camelot
from remixhub.edge.actor import current_parts
from remixhub.models import Work
from remixhub.services.contests.reading import ContestView
from remixhub.services.discovery import embeds
from remixhub.web.contests.contests import next_date
from remixhub.web.covers import print_version, thumbnail, thumbnails
from remixhub.web.filters import catalogue_number, licence_url

LINK_PICTURE_SIDE = 1200
_MOST_COVER_SIDE = 384
_LEAST_REACH, _MOST_REACH = 2, 48


@dataclass(frozen=True)
class Sound:
    address: str
    seconds: float | None
    levels: bytes = bytes(COLUMNS)
    """Of its course; a bare line while they are not known."""

    @property
    def reaches(self) -> list[int]:
        """How far each is drawn from the middle, of 50: the loudest fills what there is."""
        loudest = max(self.levels, default=0) or 1
        return [max(_LEAST_REACH, level * _MOST_REACH // loudest) for level in self.levels]


@dataclass(frozen=True)
class Embedded:
    path: str
    """Of the frame."""
    kind: str
    title: str
    address: str
    """Of the page."""
    by: str
    by_address: str
    kicker: str
    cover: str | None = None
    covers: str = ""
    """The same in other sizes, as `srcset`; none is heavier than a frame may be."""
    thumbnail: str | None = None
    thumbnail_side: int = LINK_PICTURE_SIDE
    licence: tuple[str, str] | None = None
    """Its short code, and its address."""
    facts: Sequence[str] = ()
    sound: Sound | None = None
    is_on_its_way: bool = False
    """Its sound will be there in a while."""
    contest: ContestView | None = None
    is_gone: bool = False


def named(kind: str, name: str) -> Embedded:
    """`kind` is `works`, `mixes` or `contests`. Raises what reading it raises."""
    return _KINDS[kind](name)


def frame_of(found: Embedded, *, width: int, height: int) -> str:
    template = flask.current_app.jinja_env.get_template("embeds/frame.html")
    return template.render(
        address=current_parts().addresses.of(found.path), title=found.title, by=found.by, width=width, height=height
    )


def _of_work(work_id: str) -> Embedded:
    found = embeds.embedded_work(current_parts(), work_id)
    work, addresses = found.work, current_parts().addresses
    picture, side = _thumbnail(found)
    levels = bytes.fromhex((work.imprint or {}).get("envelope", "")) or bytes(COLUMNS)
    sound = Sound(f"/media/works/{work.id}/preview", work.playable_seconds, levels) if found.has_sound else None
    return Embedded(
        path=f"/embed/works/{work.id}",
        kind="work",
        title=work.title,
        address=addresses.work(work.id),
        by=work.account.display_name,
        by_address=addresses.artist(work.account.handle),
        kicker=f"{work.kind.capitalize()} · {catalogue_number(work)}",
        cover=None if work.state.is_tombstone else _cover(work),
        covers=_covers(work),
        thumbnail=addresses.of(picture) if picture else None,
        thumbnail_side=side,
        licence=(code_of(work.licence), licence_url(work.licence)),
        facts=_facts(work),
        sound=sound,
        is_gone=work.state.is_tombstone,
    )


def _of_mix(token: str) -> Embedded:
    found = embeds.embedded_mix(current_parts(), token)
    addresses, work = current_parts().addresses, found.work
    sound = Sound(f"/media/shared-mixes/{token}/preview", found.seconds) if found.seconds is not None else None
    return Embedded(
        path=f"/embed/mixes/{token}",
        kind="mix",
        title=found.title,
        address=addresses.of(f"/shared-mixes/{token}"),
        by=found.by.display_name,
        by_address=addresses.artist(found.by.handle),
        kicker=f"Mix of “{work.title}” by {work.account.display_name}",
        cover=_cover(work),
        covers=_covers(work),
        licence=(code_of(work.licence), licence_url(work.licence)),
        facts=_facts(work),
        sound=sound,
        is_on_its_way=found.is_on_its_way,
    )


def _of_contest(contest_id: str) -> Embedded:
    view = embeds.embedded_contest(current_parts(), contest_id)
    contest, addresses = view.contest, current_parts().addresses
    return Embedded(
        path=f"/embed/contests/{contest.id}",
        kind="contest",
        title=contest.title,
        address=addresses.contest(contest.id),
        by=contest.label.name,
        by_address=addresses.label(contest.label.handle),
        kicker="Remix contest",
        contest=view,
    )


_KINDS: dict[str, Callable[[str], Embedded]] = {"works": _of_work, "mixes": _of_mix, "contests": _of_contest}


def contest_words(view: ContestView) -> dict[str, object]:
    """What its ticket says: where it stands, what comes next, and the one thing to do."""
    said = {
        Phase.ANNOUNCED: ("Announced", "Get ready"),
        Phase.OPEN: ("Open for entries", "Enter a remix"),
        Phase.VOTING: ("The community votes", "Listen and vote"),
        Phase.JUDGING: ("The judges listen", "Read the brief"),
        Phase.VOTING_AND_JUDGING: ("Votes and judges", "Listen and vote"),
        Phase.COUNTING: ("All ballots are in", "Read the brief"),
        Phase.DECIDED: ("Decided", "See the contest"),
        Phase.CANCELLED: ("Cancelled", "Read why"),
    }
    phase, key = said[view.phase]
    if view.result_is_public:
        key = "See the winners"
    return {"phase": phase, "key": key, "next_date": next_date(view), "entry_count": view.entry_count}


def _cover(work: Work) -> str:
    """The house's print until there are small ones of an artist's."""
    if work.thumbnail_digest:
        return thumbnail(work, _MOST_COVER_SIDE)
    return f"/media/works/{work.id}/cover.svg?v={print_version(work)}"


def _covers(work: Work) -> str:
    return thumbnails(work, _MOST_COVER_SIDE) if work.thumbnail_digest and not work.state.is_tombstone else ""


def _thumbnail(found: embeds.EmbeddedWork) -> tuple[str | None, int]:
    """What other sites show beside the frame, and its side."""
    work = found.work
    if work.thumbnail_digest and not work.state.is_tombstone:
        return thumbnail(work, _MOST_COVER_SIDE), _MOST_COVER_SIDE
    digest = work.cover_digest or work.print_digest
    if found.has_picture and digest:
        return f"/media/works/{work.id}/link-picture?v={digest[:12]}", LINK_PICTURE_SIDE
    return None, LINK_PICTURE_SIDE


def _facts(work: Work) -> list[str]:
    """As said or heard when it was printed."""
    heard = work.imprint or {}
    bpm, key = work.tempo_bpm or heard.get("tempo_bpm"), work.key or heard.get("key")
    return [one for one in (tempo(bpm) if bpm else "", with_camelot(key)) if one]
