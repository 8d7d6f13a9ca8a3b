"""What pages say to search engines, in the words of https://schema.org (JSON-LD 1.1): only of what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from remixhub.domain.contests.phases import Phase
from remixhub.domain.licences.terms import licence_url
from remixhub.domain.states import RenditionKind
from remixhub.domain.times import rfc3339
from remixhub.edge.actor import current_parts
from remixhub.markdown import markdown
from remixhub.models import Account, ElsewhereSource, Label, Work
from remixhub.services.contests.reading import ContestView
from remixhub.services.remixes.work_page import WorkPage
from remixhub.web.covers import print_version
from remixhub.web.filters import licence_name

_CONTEXT = {"@context": "https://schema.org"}
_TEXT_LENGTH = 500


def recording(page: WorkPage) -> Mapping[str, Any]:
    """A release or remix, with what it was made from."""
    work, renditions = page.view.work, page.view.renditions
    whole, preview = page.view.whole, renditions.get(RenditionKind.PREVIEW)
    seconds = whole.duration_seconds if whole and page.view.may_hear_whole else None
    sound = {
        "@type": "AudioObject",
        "contentUrl": _of(f"/media/works/{work.id}/preview"),
        "encodingFormat": preview.media_type if preview else None,
        "duration": _duration(seconds),
    }
    return _present(
        {
            **_CONTEXT,
            **_brief(work),
            "description": _text(work.description),
            "image": _picture(work, has_pixels=RenditionKind.LINK_PICTURE in renditions),
            "datePublished": rfc3339(work.published_at) if work.published_at else None,
            "duration": _duration(seconds),
            "license": licence_url(work.licence, _of("/")),
            "creditText": f"{work.title} by {work.account.display_name}, {licence_name(work.licence)}",
            "isAccessibleForFree": True,
            "keywords": list(work.tags),
            "contributor": [{"@type": "Person", "name": line["name"]} for line in work.credits],
            "audio": _present(sound) if preview is not None and page.view.may_hear_whole else None,
            "recordingOf": {"@type": "MusicComposition", "name": work.title, "musicalKey": key}
            if (key := page.tempo_and_key.key)
            else None,
            "isBasedOn": [*(_brief(link.source) for link in page.sources), *map(_outside, page.elsewhere)],
        }
    )


def artist(account: Account) -> Mapping[str, Any]:
    return _present({**_CONTEXT, **_artist(account), "description": _text(account.bio), "sameAs": list(account.links)})


def organisation(label: Label) -> Mapping[str, Any]:
    return _present({**_CONTEXT, **_label(label), "description": _text(_plain(label.description))})


def event(view: ContestView) -> Mapping[str, Any]:
    """A contest, from when it opens until its last ballot."""
    contest, address = view.contest, current_parts().addresses.contest(view.contest.id)
    status = "EventCancelled" if view.phase is Phase.CANCELLED else "EventScheduled"
    return _present(
        {
            **_CONTEXT,
            "@type": "Event",
            "@id": address,
            "url": address,
            "name": contest.title,
            "description": _text(_plain(contest.brief)) or f"A remix contest by {contest.label.name}.",
            "startDate": rfc3339(contest.opens_at),
            "endDate": rfc3339(contest.deadlines.ends_at),
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
            "location": {"@type": "VirtualLocation", "url": address},
            "organizer": _label(contest.label),
            "isAccessibleForFree": True,
            "image": _picture(contest.release, has_pixels=False) if contest.release else None,
            "about": _brief(contest.release) if contest.release else None,
        }
    )


def register_schema_org(app: flask.Flask) -> None:
    for name, function in (
        ("recording", recording), ("artist", artist), ("organisation", organisation), ("event", event),
    ):  # fmt: skip
        app.add_template_filter(function, f"as_{name}")


def _brief(work: Work) -> dict[str, Any]:
    address = current_parts().addresses.work(work.id)
    return {
        "@type": "MusicRecording", "@id": address, "url": address, "name": work.title,
        "byArtist": _artist(work.account),
    }  # fmt: skip


def _outside(source: ElsewhereSource) -> dict[str, Any]:
    by = {"byArtist": {"@type": "MusicGroup", "name": source.artist}} if source.artist else {}
    return {"@type": "MusicRecording", "url": source.address, "name": source.path_title, **by}


def _artist(account: Account) -> dict[str, Any]:
    """schema.org's groups may be of one."""
    address = current_parts().addresses.artist(account.handle)
    return {"@type": "MusicGroup", "@id": address, "url": address, "name": account.display_name}


def _label(label: Label) -> dict[str, Any]:
    address = current_parts().addresses.label(label.handle)
    return {"@type": "Organization", "@id": address, "url": address, "name": label.name}


def _picture(work: Work, *, has_pixels: bool) -> str | None:
    if work.state.is_tombstone:
        return None
    digest = work.cover_digest or work.print_digest
    if has_pixels and digest:
        return _of(f"/media/works/{work.id}/link-picture?v={digest[:12]}")
    return _of(f"/media/works/{work.id}/cover.svg?v={print_version(work)}")


def _duration(seconds: float | None) -> str | None:
    """ISO 8601, to the second: `PT3M7S`, `PT1H0M2S`."""
    if seconds is None:
        return None
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"PT{f'{hours}H' if hours else ''}{f'{minutes}M' if hours or minutes else ''}{rest}S"


def _plain(text: str) -> str:
    return markdown(text).striptags()


def _text(text: str) -> str:
    return text if len(text) <= _TEXT_LENGTH else text[: _TEXT_LENGTH - 1].rstrip() + "…"


def _of(path: str) -> str:
    return current_parts().addresses.of(path)


def _present(said: Mapping[str, Any]) -> dict[str, Any]:
    empty: Sequence[object] = (None, "", [], {})
    return {name: value for name, value in said.items() if value not in empty}
