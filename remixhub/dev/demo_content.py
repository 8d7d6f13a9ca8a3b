"""Fills a new hub with music, remixes and contests, step by step and over the API.

But for the addresses of the accounts: nobody could verify them by mail, and votes count from verified ones alone.

The accounts and their generated passwords are kept in a file (JSON), which also marks that it was done.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from remixhub.dev.client import ApiClient
from remixhub.dev.music import SONGS, write_stems
from remixhub.dev.performer import Performer

ACCOUNTS = {
    "north-pier": "North Pier",
    "velvet-relay": "Velvet Relay",
    "mika": "Mika Remixes",
    "oda": "Oda",
    "ines": "Ines, who listens",
}
_GULLS = {
    "address": "https://stems.example/works/71a0c5d2e9f84b36a1c0de5f7b8293a4",
    "title": "Gulls at the quay",
    "artist": "Tidewater",
    "licence": "CC BY 4.0",
    "seen_on": "2026-02-27",
    "kind": "sample",
    "note": "The gulls of the beginning.",
}
"""A work of another hub, of which one remix is made."""
_ENTERING_SECONDS = 15.0
"""How long the contest that is to be voted in takes entries."""


def fill_demo(
    url: str, accounts_file: Path, verify: Callable[[str], None], announce: Callable[[str], None] = lambda _line: None
) -> None:
    """`verify` marks a handle's address as verified; `announce` is told of each step before and after it.

    Raises ApiFailure when a step fails; the file is written at the end, so an interrupted fill shows.
    """
    demo = _Demo(url, verify)
    steps = demo.steps()
    for number, (title, step) in enumerate(steps, start=1):
        announce(f"  {number}/{len(steps)}  {title} …")
        step()
    accounts_file.touch(mode=0o600)
    accounts_file.write_text(json.dumps(demo.passwords, indent=2), encoding="utf-8")


class _Demo:
    def __init__(self, url: str, verify: Callable[[str], None]) -> None:
        self.passwords = {handle: secrets.token_urlsafe(12) for handle in ACCOUNTS}
        self._verify = verify
        self._by = {handle: Performer(ApiClient(url)) for handle in ACCOUNTS}
        self._made: dict[str, Any] = {}
        """Works and contests as JSON, by the names that the steps give them."""

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        first, second = SONGS
        return [
            (f"signing up {len(ACCOUNTS)} accounts, with verified addresses", self._sign_up),
            (f"playing and publishing “{first.title}”", lambda: self._release("first", "north-pier", first)),
            (f"playing and publishing “{second.title}”", lambda: self._release("second", "velvet-relay", second)),
            (f"remixing “{second.title}” twice", self._remix_second),
            ("a label, and a contest that people vote in", self._voted_contest),
            (f"remixing “{first.title}”, and the remix", self._remix_first),
            ("a contest that is open for entries", self._open_contest),
            (f"talking about “{first.title}”", self._comment),
            ("following, liking and collecting", self._listen),
            ("waiting for the vote to open", self._wait_for_vote),
        ]

    def _sign_up(self) -> None:
        for handle, name in ACCOUNTS.items():
            self._by[handle].client.sign_up(handle, self.passwords[handle], name)
            self._verify(handle)

    def _release(self, name: str, handle: str, song: Any) -> None:
        artist = self._by[handle]
        with tempfile.TemporaryDirectory(prefix="remixhub-demo-") as folder:
            written = write_stems(song, Path(folder))
            uploads = artist.upload_all(written.stems, written.reference_mix)
            self._made[name] = artist.publish_release(song, *uploads)

    def _remix(
        self,
        name: str,
        handle: str,
        release: Any,
        words: str,
        lanes: Mapping[str, Mapping[str, Any]],
        *more: dict[str, Any],
        note: str = "",
        elsewhere: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """A mix of the release's stems, published as a remix of it and of `more`."""
        mix = self._by[handle].render_mix(release, lanes, words.capitalize())
        sources = [{"source_id": release["id"], "note": note}, *more]
        title = f"{release['title']} ({words})"
        self._made[name] = self._by[handle].publish_remix(
            title, sources, mix_id=mix["id"], licence=release["licence"], elsewhere_sources=list(elsewhere)
        )

    def _remix_second(self) -> None:
        second = self._made["second"]
        self._remix("wide", "oda", second, "wide", {"lead": {"pan": -0.6}, "bass": {"gain_db": 2.0}})
        self._remix("asleep", "mika", second, "half asleep", {"drums": {"gain_db": -9.0}}, note="Softer drums.")

    def _remix_first(self) -> None:
        """Three generations: the release, a remix of it that samples a work of another hub, and a remix of both."""
        first = self._made["first"]
        without: dict[str, dict[str, Any]] = {"drums": {"muted": True}, "pad": {"gain_db": 3.0}}
        said = "No drums, the pad in front."
        self._remix("dawn", "mika", first, "before dawn", without, note=said, elsewhere=[_GULLS])
        hers = {"source_id": self._made["dawn"]["id"], "kind": "edit", "note": "Her arrangement."}
        loud: dict[str, dict[str, Any]] = {"lead": {"muted": True}, "drums": {"gain_db": 2.0}}
        self._remix("drums", "oda", first, "drums up", loud, hers)

    def _comment(self) -> None:
        """Two threads at moments of the first release, with answers and an edit, and one about all of it."""
        release = f"/works/{self._made['first']['id']}/comments"
        oda, mika, ines, artist = (self._by[one].client for one in ("oda", "mika", "ines", "north-pier"))
        pad = oda.post(release, {"text": "The pad comes in late here, and that is the whole song.", "at_seconds": 6.5})
        asked = mika.post(release, {"text": "Which synthesiser is it, @north-pier?", "answers": pad["id"]})
        said = {"text": "None. A harmonica, slowed down four times.", "answers": asked["id"]}
        artist.post(release, said)
        bass = ines.post(release, {"text": "Is this the bass or my neighbour’s washing machine?", "at_seconds": 14.0})
        edited = "Is this the bass, or is it my neighbour’s washing machine? I like both."
        ines.patch(f"/comments/{bass['id']}", {"text": edited}, revision=bass["revision"])
        mika.post(release, {"text": "Took the drums out and could not stop. The remix is up."})

    def _listen(self) -> None:
        """Who follows whom, what is liked, a collection with a note on each work, and a search that is kept."""
        ines = self._by["ines"].client
        for path in ("/accounts/north-pier/follow", "/accounts/oda/follow", "/labels/harbour-lights/follow"):
            ines.post(path)
        self._by["mika"].client.post("/accounts/oda/follow")
        for handle, name in (
            ("ines", "first"),
            ("ines", "dawn"),
            ("oda", "first"),
            ("mika", "first"),
            ("mika", "wide"),
        ):
            self._by[handle].client.post(f"/works/{self._made[name]['id']}/like")
        said = {"title": "For the last ferry", "text": "Slow ones, in this order.", "visibility": "public"}
        collection = ines.post("/collections", said)
        for name, note in (("asleep", "Begin here."), ("dawn", "When the lights go out."), ("first", "And home.")):
            ines.post(f"/collections/{collection['id']}/works", {"work_id": self._made[name]["id"], "note": note})
        ines.post("/account/searches", {"searched": "stems", "words": {"role": "pad", "may": "remix"}, "name": "Pads"})

    def _voted_contest(self) -> None:
        """The community alone decides; it takes entries for some seconds, and votes for three weeks."""
        host, judge = self._by["north-pier"].client, self._by["velvet-relay"].client
        host.post("/labels", {"handle": "harbour-lights", "name": "Harbour Lights", "time_zone": "Europe/Berlin"})
        invitation = host.post("/labels/harbour-lights/invitations", {"role": "judge"})
        judge.post(f"/label-invitations/{invitation['token']}/acceptance")
        opens = dt.datetime.now(dt.UTC)
        closes = opens + dt.timedelta(seconds=_ENTERING_SECONDS)
        contest = self._announce(
            self._made["second"],
            "Two remixes are in. Listen to both, then say which one you would play again.",
            {"vote": "duels", "vote_share_percent": 100},
            {"opens_at": opens, "closes_at": closes, "voting_closes_at": opens + dt.timedelta(days=21)},
        )
        self._made["voted"] = contest
        for handle, work in (("oda", "wide"), ("mika", "asleep")):
            self._by[handle].client.post(f"/contests/{contest['id']}/entries", {"work_id": self._made[work]["id"]})

    def _open_contest(self) -> None:
        """Open for two weeks from now; judges and the community decide."""
        opens = dt.datetime.now(dt.UTC)
        days = {"opens_at": 0, "closes_at": 14, "voting_closes_at": 21, "judging_closes_at": 21}
        contest = self._announce(
            self._made["first"],
            "Take the stems anywhere but to another harbour. One remix each; surprise us.",
            {
                "rubric": [
                    {"key": "idea", "title": "Idea", "weight": 2, "max_score": 10},
                    {"key": "sound", "title": "Sound", "weight": 1, "max_score": 10},
                ],
                "vote": "duels",
                "vote_share_percent": 40,
            },
            {name: opens + dt.timedelta(days=day) for name, day in days.items()},
        )
        entry = {"work_id": self._made["dawn"]["id"]}
        self._by["mika"].client.post(f"/contests/{contest['id']}/entries", entry)

    def _announce(self, release: Any, brief: str, terms: dict[str, Any], dates: dict[str, dt.datetime]) -> Any:
        host = self._by["north-pier"].client
        body = {
            "label": "harbour-lights",
            "title": f"Remix “{release['title']}”",
            "brief": brief,
            "release_id": release["id"],
            "terms": {
                "prizes": ["A release on Harbour Lights", "A box of cables"],
                "sealing": "public",
                "exclusivity": "first_offer",
                "release_by": str(dates["opens_at"].date() + dt.timedelta(days=180)),
                **terms,
            },
            **{name: date.isoformat() for name, date in dates.items()},
        }
        contest = host.post("/contests", body)
        if "rubric" in terms:
            host.post(f"/contests/{contest['id']}/judges", {"handle": "velvet-relay"})
        return host.post(f"/contests/{contest['id']}/announcement")

    def _wait_for_vote(self) -> None:
        contest = self._made["voted"]
        client = self._by["ines"].client
        while client.get(f"/contests/{contest['id']}")["phase"] == "open":
            time.sleep(0.5)
