"""What stands in feeds: works and news of contests as entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask

from remixhub.domain.feeds.feed import Enclosure, FeedEntry, Link, Person
from remixhub.domain.figures import duration, tempo
from remixhub.domain.licences.terms import licence_url, short_name
from remixhub.domain.musical_key import with_camelot
from remixhub.edge.actor import current_parts
from remixhub.models import Account, Work
from remixhub.services.contests.feeds import News
from remixhub.services.works.in_feeds import WorkInFeed
from remixhub.web.covers import print_version, thumbnail


def works_as_entries(found: Iterable[WorkInFeed]) -> list[FeedEntry]:
    return [_work(one) for one in found]


def news_as_entries(found: Iterable[News]) -> list[FeedEntry]:
    address = current_parts().addresses.contest
    return [
        FeedEntry(
            id=f"{address(one.contest_id)}#{one.id}",
            url=address(one.contest_id),
            title=one.title,
            published_at=one.at,
            updated_at=one.at,
            text=one.text,
        )
        for one in found
    ]


def artist(account: Account) -> Person:
    return Person(account.display_name, current_parts().addresses.artist(account.handle))


def _work(shown: WorkInFeed) -> FeedEntry:
    work, heard = shown.work, shown.tempo_and_key
    assert work.published_at is not None
    address, by, picture = current_parts().addresses.work(work.id), artist(work.account), _picture(shown)
    licence, sources, figures = _licence(work), _sources(shown), _figures(shown)
    said = [f"{work.kind.capitalize()} by {by.name}", *figures, licence.title]
    return FeedEntry(
        id=address,
        url=address,
        title=work.title,
        published_at=work.published_at,
        updated_at=shown.updated_at,
        text=f"{' · '.join(said)}\n\n{shown.description}".strip(),
        html=_html(
            shown, address=address, by=by, picture=picture, licence=licence, sources=sources, figures=figures
        ),
        by=[by],
        with_=[Person(line["name"]) for line in shown.credits],
        tags=work.tags,
        picture=picture,
        sound=_sound(shown),
        licence=licence,
        sources=sources,
        figures={
            "kind": work.kind.value, "tempo_bpm": heard.tempo_bpm, "key": heard.key,
            "remix_count": work.remix_count,
        },
    )  # fmt: skip


def _html(shown: WorkInFeed, **values: Any) -> str:
    """Without what pages know of who asks."""
    template = flask.current_app.jinja_env.get_template("discovery/in_feed.html")
    return template.render(shown=shown, work=shown.work, **values)


def _licence(work: Work) -> Link:
    return Link(licence_url(work.licence, current_parts().addresses.of("/")), short_name(work.licence))


def _sources(shown: WorkInFeed) -> list[Link]:
    """One from elsewhere by its page here, which says how it was declared."""
    addresses = current_parts().addresses
    here = [
        Link(addresses.work(link.source_id), f"{link.source.title} by {link.source.account.display_name}")
        for link in shown.sources
    ]
    outside = [
        Link(addresses.elsewhere(one.node_id), f"{one.title} by {one.artist} ({one.site})") for one in shown.elsewhere
    ]
    return [*here, *outside]


def _figures(shown: WorkInFeed) -> list[str]:
    seconds, heard = shown.work.playable_seconds, shown.tempo_and_key
    said = (tempo(heard.tempo_bpm) if heard.tempo_bpm else "", with_camelot(heard.key), duration(seconds or None))
    return [one for one in said if one and one != duration(None)]


def _picture(shown: WorkInFeed) -> str:
    """At an address that changes with it."""
    addresses, work = current_parts().addresses, shown.work
    if work.thumbnail_digest:
        return addresses.of(thumbnail(work, 768))
    digest = work.cover_digest or work.print_digest
    if shown.has_picture and digest:
        return addresses.of(f"/media/works/{work.id}/link-picture?v={digest[:12]}")
    return addresses.of(f"/media/works/{work.id}/cover.svg?v={print_version(work)}")


def _sound(shown: WorkInFeed) -> Enclosure | None:
    """At an address of the hub: those of the object storage are good for a while only."""
    preview, work = shown.preview, shown.work
    if preview is None:
        return None
    address = current_parts().addresses.of(f"/media/works/{work.id}/preview")
    return Enclosure(address, preview.media_type, preview.size_bytes, work.playable_seconds)
