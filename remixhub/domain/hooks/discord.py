"""Events as messages to a Discord channel, by the address of a webhook of that channel.

Within the limits of docs.discord.com, “Embed limits”. Discord counts code points (discord-api-docs, issue 1315); UTF-16
units, of which no text has fewer, are on the safe side. What people typed cannot mention anybody, link anywhere or
change how it is set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remixhub.domain.contests.phases import Phase
from remixhub.domain.hooks.words import EventKind
from remixhub.domain.moderation import REASON_WORDS, ReportReason

MOST_EMBEDS = 10
_TITLE, _DESCRIPTION, _FIELDS, _NAME, _VALUE, _FOOTER, _AUTHOR, _TOTAL = 256, 4096, 25, 256, 1024, 2048, 256, 6000
_ADDRESS = re.compile(
    r"https://(?:(?:canary|ptb)\.)?(?:discord|discordapp)\.com/api/(?:v\d{1,2}/)?webhooks/(\d{15,22})/([A-Za-z0-9_-]{60,100})"
)
_MARKS = frozenset("\\*_~`|>#-+[]()<:")
_INK = {
    EventKind.WORK_TAKEN_DOWN: 0xB3261E,
    EventKind.CONTEST_DECIDED: 0xC79A1B,
}
_PLAIN_INK = 0x2F6B5E
_PHASES = {
    Phase.ANNOUNCED: "The contest is announced.",
    Phase.OPEN: "The contest is open for entries.",
    Phase.VOTING: "Entries are closed; everybody votes.",
    Phase.JUDGING: "Entries are closed; the judges listen.",
    Phase.VOTING_AND_JUDGING: "Entries are closed; everybody votes and the judges listen.",
    Phase.COUNTING: "All ballots are in.",
    Phase.CANCELLED: "The contest is cancelled.",
}


@dataclass(frozen=True)
class Told:
    """An event, as it is to be posted."""

    kind: str
    at: str
    """RFC 3339."""
    facts: Mapping[str, Any]


def canonical_address(text: str) -> str | None:
    """Of a channel's webhook, as it is asked; None for whatever else."""
    found = _ADDRESS.fullmatch(text.strip())
    return None if found is None else f"https://discord.com/api/webhooks/{found[1]}/{found[2]}"


def shown_address(address: str) -> str:
    """Without what gives rights to whoever reads it."""
    return f"{address.rpartition('/')[0]}/…"


_GONE = "a work that is gone"


def message_of(events: Sequence[Told], *, hub: str) -> tuple[dict[str, Any], int]:
    """The body, and how many of the events are in it, from the first on: the others do not fit. `hub`: its name."""
    embeds: list[dict[str, Any]] = []
    total = 0
    for told in events[:MOST_EMBEDS]:
        embed = _embed(told, hub)
        size = _size(embed)
        if embeds and total + size > _TOTAL:
            break
        embeds.append(embed)
        total += size
    body = {"username": _cut(_username(hub), 80), "embeds": embeds, "allowed_mentions": {"parse": []}}
    return body, len(embeds)


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str, limit: int) -> str:
    """What somebody typed, so that Discord shows it as it is, within `limit`."""
    pieces: list[str] = []
    room = limit - 1
    for ch in text.replace("://", ":\u200b//").replace("@", "@\u200b"):
        piece = f"\\{ch}" if ch in _MARKS else ch
        room -= length(piece)
        if room < 0:
            return "".join(pieces) + "…"
        pieces.append(piece)
    return "".join(pieces).strip() or "\u200b"


def _embed(told: Told, hub: str) -> dict[str, Any]:
    subject, says, fields = _said(told)
    shown = [{"name": _cut(name, _NAME), "value": value, "inline": True} for name, value in fields[:_FIELDS] if value]
    return {
        "title": plain(subject.get("title", "A test"), _TITLE),
        **({"url": subject["permalink"]} if "permalink" in subject else {}),
        "description": _cut(says, _DESCRIPTION),
        "color": _INK.get(EventKind(told.kind), _PLAIN_INK),
        "timestamp": told.at,
        "footer": {"text": plain(hub, min(_FOOTER, 100))},
        **({"fields": shown} if shown else {}),
    }


def _said(told: Told) -> tuple[Mapping[str, Any], str, list[tuple[str, str]]]:
    """What it is about, a sentence, and fields."""
    facts = told.facts
    match told.kind:
        case EventKind.WORK_PUBLISHED:
            work = facts["work"]
            return work, f"A new {work['kind']} by {_artist(work)}.", []
        case EventKind.WORK_REMIXED:
            remix = facts["remix"]
            made_from = ", ".join(map(_cited, facts["sources"][:5]))
            return remix, f"{_artist(remix)} remixed {made_from}.", []
        case EventKind.WORK_TAKEN_DOWN:
            because = REASON_WORDS[ReportReason(facts["reason"])]
            return facts["work"], f"It was taken down, because {because}.", []
        case EventKind.WORK_RESTORED:
            return facts["work"], f"It is back, by {_artist(facts['work'])}.", []
        case EventKind.LABEL_RELEASE_ADDED:
            return facts["work"], f"By {_artist(facts['work'])}, now on {plain(facts['label']['name'], 100)}.", []
        case EventKind.CONTEST_PHASE_CHANGED:
            says = " ".join(
                filter(None, [_PHASES[Phase(facts["phase"])], facts["note"] and plain(facts["note"], 1000)])
            )
            return facts["contest"], says, _dates(facts["contest"])
        case EventKind.CONTEST_EXTENDED:
            return facts["contest"], f"It closes later. {plain(facts['note'], 1000)}", _dates(facts["contest"])
        case EventKind.CONTEST_DECIDED:
            winners = [(f"Place {n}", plain(_names(one), _VALUE)) for n, one in enumerate(facts["winners"][:10], 1)]
            says = (
                "It is decided."
                if winners
                else f"It is decided; the result is published {_at(facts['result_public_at'])}."
            )
            return facts["contest"], says, winners
        case EventKind.ENTRY_RECEIVED:
            work = facts["work"]
            whose = f"{_cited(work)} is entered." if work else "An entry came in."
            return facts["contest"], whose, [("Entries", str(facts["entries_count"]))]
        case _:
            return {}, plain(facts["message"], 300), []


def _cited(work: Mapping[str, Any]) -> str:
    return f"“{plain(work['title'], 100)}” by {_artist(work)}" if work["title"] else _GONE


def _names(work: Mapping[str, Any]) -> str:
    return f"{work['title']}, by {work['artist']['display_name']}" if work["title"] else _GONE


def _artist(work: Mapping[str, Any]) -> str:
    return plain(work["artist"]["display_name"], 100)


def _dates(contest: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = {
        "opens_at": "Opens",
        "closes_at": "Closes",
        "voting_closes_at": "Votes until",
        "judging_closes_at": "Judged until",
    }
    return [(words, _at(contest[name])) for name, words in names.items() if contest[name]]


def _at(moment: str | None) -> str:
    return f"{moment[:10]}, {moment[11:16]} UTC" if moment else "later"


def _cut(text: str, limit: int) -> str:
    while length(text) > limit:
        text = text[: limit - 1 if len(text) >= limit else len(text) - 2] + "…"
    return text


def _username(hub: str) -> str:
    """Discord refuses names with its own in them, and some that stand for all (“Usernames and Nicknames”)."""
    name = " ".join(hub.replace("@", " ").replace("#", " ").replace(":", " ").replace("`", " ").split())
    is_refused = re.search(r"discord|clyde", name, re.IGNORECASE) or name.lower() in ("everyone", "here", "")
    return "RemixHub" if is_refused else name


def _size(embed: Mapping[str, Any]) -> int:
    fields = sum(length(one["name"]) + length(one["value"]) for one in embed.get("fields", ()))
    return length(embed["title"]) + length(embed["description"]) + length(embed["footer"]["text"]) + fields
