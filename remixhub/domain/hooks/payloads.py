"""What events say: ids, titles, names and permalinks that anybody may see, never more.

`docs/webhooks.md` has an example of each, and a test holds it to these functions. Fields are added, never changed.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from remixhub.domain.times import rfc3339

Facts = dict[str, Any]


def work_facts(
    *, id: str, kind: str, title: str, handle: str, display_name: str, licence: str, permalink: str
) -> Facts:
    artist = {"handle": handle, "display_name": display_name}
    return {"id": id, "kind": kind, "title": title, "artist": artist, "licence": licence, "permalink": permalink}


def label_facts(*, handle: str, name: str, permalink: str) -> Facts:
    return {"handle": handle, "name": name, "permalink": permalink}


def contest_facts(
    *,
    id: str,
    title: str,
    label: Facts,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    voting_closes_at: dt.datetime | None,
    judging_closes_at: dt.datetime | None,
    permalink: str,
) -> Facts:
    dates = {
        "opens_at": opens_at, "closes_at": closes_at, "voting_closes_at": voting_closes_at,
        "judging_closes_at": judging_closes_at,
    }  # fmt: skip
    told = {name: rfc3339(date) if date is not None else None for name, date in dates.items()}
    return {"id": id, "title": title, "label": label, **told, "permalink": permalink}


def published(work: Facts) -> Facts:
    return {"work": work}


def remixed(remix: Facts, sources: Sequence[Facts]) -> Facts:
    return {"remix": remix, "sources": list(sources)}


def taken_down(work: Facts, reason: str) -> Facts:
    """`reason` is of `ReportReason`."""
    return {"work": work, "reason": reason}


def restored(work: Facts) -> Facts:
    return {"work": work}


def release_added(label: Facts, work: Facts) -> Facts:
    return {"label": label, "work": work}


def phase_changed(contest: Facts, phase: str, note: str = "") -> Facts:
    """`note`: what the host says of it, where it is cancelled."""
    return {"contest": contest, "phase": phase, "note": note}


def extended(contest: Facts, note: str) -> Facts:
    return {"contest": contest, "note": note}


def decided(contest: Facts, winners: Sequence[Facts], result_public_at: dt.datetime | None) -> Facts:
    """Without the winners while an embargo holds, and then with its end."""
    until = rfc3339(result_public_at) if result_public_at is not None else None
    return {"contest": contest, "winners": list(winners), "result_public_at": until}


def entry_received(contest: Facts, entries_count: int, work: Facts | None) -> Facts:
    """`work` is None while entries are sealed: nobody may know whose they are, nor what."""
    return {"contest": contest, "entries_count": entries_count, "work": work}


def test_message(name: str) -> Facts:
    return {"message": f"This is a test of the webhook “{name}”."}


def works_in(facts: Mapping[str, Any]) -> list[str]:
    """Ids of the works that it names, each once."""
    return list(dict.fromkeys(work["id"] for work in _works(facts)))


def announced(facts: Mapping[str, Any]) -> str | None:
    """Id of the work that it is about."""
    about = facts.get("remix") or facts.get("work")
    return about["id"] if about else None


def without_words(facts: Mapping[str, Any], works: Collection[str]) -> Facts:
    """As it was told, but without the titles of these works and the names of their artists."""
    kept: Facts = copy.deepcopy(dict(facts))
    for work in _works(kept):
        if work["id"] in works:
            work["title"] = work["artist"]["display_name"] = ""
    return kept


def _works(facts: Mapping[str, Any]) -> Iterator[Facts]:
    yield from (facts[name] for name in ("work", "remix") if facts.get(name))
    yield from (work for name in ("sources", "winners") for work in facts.get(name, ()))


def body_of(kind: str, at: dt.datetime, facts: Mapping[str, Any]) -> bytes:
    """The same bytes each time: they are signed."""
    told = {"type": kind, "timestamp": rfc3339(at), "data": facts}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
