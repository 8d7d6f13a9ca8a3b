"""`python -m remixhub.dev.demo_content URL ACCOUNTS_FILE`: fills a new hub with music, remixes and a contest.

Everything goes over the API. The accounts and their generated passwords are kept in ACCOUNTS_FILE (JSON), which also
marks that it was done: a second call does nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from remixhub.dev.client import ApiClient, ApiFailure
from remixhub.dev.music import SONGS, write_stems
from remixhub.dev.performer import Performer

ACCOUNTS = {
    "north-pier": "North Pier",
    "velvet-relay": "Velvet Relay",
    "mika": "Mika Remixes",
    "oda": "Oda",
}


def fill_demo(url: str, accounts_file: Path) -> None:
    """Raises ApiFailure when a step fails; the file is written at the end, so an interrupted fill shows."""
    passwords = {handle: secrets.token_urlsafe(12) for handle in ACCOUNTS}
    performers = {handle: Performer(ApiClient(url)) for handle in ACCOUNTS}
    for handle, name in ACCOUNTS.items():
        performers[handle].client.sign_up(handle, passwords[handle], name)
    first, second = (
        _release(performers[handle], song) for handle, song in zip(("north-pier", "velvet-relay"), SONGS, strict=True)
    )
    dawn = _remixes(performers["mika"], performers["oda"], first, second)
    contest = _contest(performers["north-pier"].client, performers["velvet-relay"].client, first)
    performers["mika"].client.post(f"/contests/{contest['id']}/entries", {"work_id": dawn["id"]})
    accounts_file.touch(mode=0o600)
    accounts_file.write_text(json.dumps(passwords, indent=2), encoding="utf-8")


def _release(artist: Performer, song: Any) -> Any:
    with tempfile.TemporaryDirectory(prefix="remixhub-demo-") as folder:
        written = write_stems(song, Path(folder))
        return artist.publish_release(song, *artist.upload_all(written.stems, written.reference_mix))


def _remixes(mika: Performer, oda: Performer, first: Any, second: Any) -> Any:
    """Three generations: both releases, a remix of each, and a remix of a remix. The first remix."""
    without_drums = mika.render_mix(first, {"drums": {"muted": True}, "pad": {"gain_db": 3.0}}, "Without drums")
    dawn = mika.publish_remix(
        f"{first['title']} (before dawn)",
        [{"source_id": first["id"], "note": "No drums, the pad in front."}],
        mix_id=without_drums["id"],
        licence=first["licence"],
    )
    wide = oda.render_mix(second, {"lead": {"pan": -0.6}, "bass": {"gain_db": 2.0}}, "Wide")
    oda.publish_remix(
        f"{second['title']} (wide)", [{"source_id": second["id"]}], mix_id=wide["id"], licence=second["licence"]
    )
    drums_only = oda.render_mix(first, {"lead": {"muted": True}, "drums": {"gain_db": 2.0}}, "Drums up")
    oda.publish_remix(
        f"{first['title']} (drums up)",
        [{"source_id": first["id"]}, {"source_id": dawn["id"], "kind": "edit", "note": "Her arrangement."}],
        mix_id=drums_only["id"],
        licence=first["licence"],
    )
    return dawn


def _contest(host: ApiClient, judge: ApiClient, release: Any) -> Any:
    """Open for two weeks from now; judges and the community decide."""
    host.post("/labels", {"handle": "harbour-lights", "name": "Harbour Lights", "time_zone": "Europe/Berlin"})
    invitation = host.post("/labels/harbour-lights/invitations", {"role": "judge"})
    judge.post(f"/label-invitations/{invitation['token']}/acceptance")
    starts = dt.datetime.now(dt.UTC)
    days = {"opens_at": 0, "closes_at": 14, "voting_closes_at": 21, "judging_closes_at": 21}
    contest = host.post(
        "/contests",
        {
            "label": "harbour-lights",
            "title": f"Remix “{release['title']}”",
            "brief": "Take the stems anywhere but to another harbour. One remix each; surprise us.",
            "release_id": release["id"],
            "terms": {
                "prizes": ["A release on Harbour Lights", "A box of cables"],
                "rubric": [
                    {"key": "idea", "title": "Idea", "weight": 2, "max_score": 10},
                    {"key": "sound", "title": "Sound", "weight": 1, "max_score": 10},
                ],
                "vote": "duels",
                "vote_share_percent": 40,
                "sealing": "public",
                "exclusivity": "first_offer",
                "release_by": str(starts.date() + dt.timedelta(days=180)),
            },
            **{name: (starts + dt.timedelta(days=day)).isoformat() for name, day in days.items()},
        },
    )
    host.post(f"/contests/{contest['id']}/announcement")
    host.post(f"/contests/{contest['id']}/judges", {"handle": "velvet-relay"})
    return contest


def main() -> int:
    url, accounts_file = sys.argv[1], Path(sys.argv[2])
    if accounts_file.exists():
        return 0
    try:
        fill_demo(url, accounts_file)
    except ApiFailure as exc:
        print(f"The demo could not be filled in: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
