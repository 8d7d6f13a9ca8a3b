"""`make demo`: the main job once, over HTTP like any client, on a stack of its own that stops by itself.

Prints each step with its time, and one line of JSON at the end; exit 1 with the reason when a step fails.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from remixhub.dev.client import ApiClient, ApiFailure
from remixhub.dev.music import SONGS, Song, write_stems
from remixhub.dev.performer import Performer
from remixhub.dev.stack import Stack, StackFailure

_STEM_RENDITIONS = ("preview_url", "mixer_url", "mixer_index_url", "peaks_url")


class DemoFailure(Exception):
    """What came back was not what had to come back."""


class Demo:
    """One run of the main job against the service at `url`; `folder` holds the audio that goes over the wire."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.artist, self.fan = Performer(ApiClient(url)), Performer(ApiClient(url))

    def run(self, song: Song) -> dict[str, Any]:
        password = secrets.token_urlsafe(18)
        with self.step("sign up an artist and a fan"):
            self.artist.client.sign_up("demo-artist", password, "Demo Artist")
            self.fan.client.sign_up("demo-fan", password, "Demo Fan")
        with self.step("play the music"):
            written = write_stems(song, self.folder)
        with self.step(f"upload {len(written.stems)} stems and the reference mix") as note:
            uploads = self.artist.upload_all(written.stems, written.reference_mix)
            note(", ".join(path.suffix[1:] for path in written.stems))
        with self.step("publish the release, ingested and reviewed"):
            release = self.artist.publish_release(song, *uploads)
        with self.step("render a mix spec") as note:
            mix = self.fan.render_mix(release, {"drums": {"gain_db": -3.0}, "lead": {"pan": 0.3}})
            note(f"{mix['integrated_lufs']:.1f} LUFS, {mix['true_peak_dbtp']:.1f} dBTP")
        with self.step("upload a remix that cites the release"):
            remix = self.upload_remix("First remix", release["id"], mix["preview_url"])
        with self.step("upload a remix of that remix"):
            other = self.fan.render_mix(release, {"bass": {"muted": True}})
            grandchild = self.upload_remix("Second remix", remix["id"], other["preview_url"])
        with self.step("follow the lineage") as note:
            lineage = self.check_lineage(release, remix, grandchild)
            note(" → ".join(lineage))
        return {
            "ok": True,
            "release": release["id"],
            "stems": len(written.stems),
            "renditions": self.count_renditions(release) + 2,
            "remixes": [remix["id"], grandchild["id"]],
            "lineage": lineage,
        }

    def check_lineage(self, release: Any, remix: Any, grandchild: Any) -> list[str]:
        ancestors = {work["id"] for work in self.fan.client.get(f"/works/{grandchild['id']}/ancestors")["works"]}
        descendants = {work["id"] for work in self.fan.client.get(f"/works/{release['id']}/descendants")["works"]}
        if ancestors != {release["id"], remix["id"]} or descendants != {remix["id"], grandchild["id"]}:
            raise DemoFailure(f"the lineage is wrong: ancestors {ancestors}, descendants {descendants}")
        self.fan.client.wait(f"/works/{release['id']}", lambda work: work["descendant_count"] == 2, seconds=30)
        return [work["title"] for work in (release, remix, grandchild)]

    def upload_remix(self, title: str, source_id: str, audio_url: str) -> Any:
        path = self.folder / f"{title}.mp3"
        path.write_bytes(self.fan.client.fetch(audio_url))
        upload_id = self.fan.client.upload(path, "remix")
        return self.fan.publish_remix(title, [{"source_id": source_id}], upload_id=upload_id)

    def count_renditions(self, release: Any) -> int:
        pack = self.fan.client.get(f"/stem-packs/{release['stem_pack_id']}")
        return sum(stem[name] is not None for stem in pack["stems"] for name in _STEM_RENDITIONS)

    @contextmanager
    def step(self, title: str) -> Iterator[Any]:
        """Prints the step with its time when it is over; `note(text)` adds what came out."""
        notes: list[str] = []
        began = time.monotonic()
        on_terminal = sys.stdout.isatty()
        print(f"  … {title}" if on_terminal else "", end="", flush=True)
        yield notes.append
        detail = f"  ({'; '.join(notes)})" if notes else ""
        start = "\r" if on_terminal else ""
        print(f"{start}  ✓ {title}{detail}  {time.monotonic() - began:.1f} s", flush=True)


def main() -> int:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="remixhub-demo-") as folder:
            print("RemixHub, the main job once:", flush=True)
            with Stack(Path(folder) / "var") as stack:
                print(f"  ✓ start the stack at {stack.url}  {time.monotonic() - began:.1f} s", flush=True)
                audio = Path(folder) / "audio"
                audio.mkdir()
                outcome = Demo(stack.url, audio).run(SONGS[0])
    except (ApiFailure, DemoFailure, StackFailure) as exc:
        print(f"\n  ✗ {exc}", flush=True)
        print(json.dumps({"ok": False, "reason": str(exc)}))
        return 1
    outcome["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
