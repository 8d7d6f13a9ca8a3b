"""What an artist and a fan do on a hub, over its API: publish a release, render a mix, publish a remix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remixhub.dev.client import ApiClient
from remixhub.dev.music import Song

_INGEST_SECONDS = 120
_RENDER_SECONDS = 120


@dataclass(frozen=True)
class Performer:
    client: ApiClient

    def upload_all(self, stems: Sequence[Path], reference_mix: Path) -> tuple[list[str], str]:
        """The upload ids of the stems, in order, and of the reference mix."""
        return [self.client.upload(path, "stem") for path in stems], self.client.upload(reference_mix, "reference_mix")

    def publish_release(self, song: Song, stem_uploads: Sequence[str], mix_upload: str) -> Any:
        """The published release, as JSON, once its pack is ingested and reviewed."""
        draft = self.client.post(
            "/releases",
            {
                "title": song.title,
                "description": song.description,
                "licence": song.licence,
                "tempo_bpm": song.tempo_bpm,
                "key": song.key,
                "tags": list(song.tags),
            },
        )
        for upload_id in stem_uploads:
            stem = self.client.post(f"/works/{draft['id']}/stems", {"upload_id": upload_id})
            if stem["suggested_name"]:
                name = {"name": stem["suggested_name"]}
                self.client.patch(f"/stems/{stem['id']}", name, revision=stem["revision"])
        draft = self.client.get(f"/works/{draft['id']}")
        self.client.put(f"/works/{draft['id']}/mix", {"upload_id": mix_upload}, revision=draft["revision"])
        self.client.wait(
            f"/stem-packs/{draft['stem_pack_id']}",
            lambda pack: pack["findings"] is not None and all(stem["state"] == "ready" for stem in pack["stems"]),
            seconds=_INGEST_SECONDS,
        )
        return self.client.post(f"/works/{draft['id']}/publish")

    def render_mix(self, release: Any, lanes: Mapping[str, Mapping[str, Any]], title: str = "") -> Any:
        """`lanes` says by role how a lane differs from the artist's suggestion; the ready mix, as JSON."""
        pack = self.client.get(f"/stem-packs/{release['stem_pack_id']}")
        spec = {
            "version": 1,
            "lanes": [
                {"stem": stem["id"], "gain_db": stem["gain_db"], **lanes.get(stem["role"], {})}
                for stem in pack["stems"]
            ],
            "loudness": {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
        }
        mix = self.client.post("/mixes", {"stem_pack_id": pack["id"], "spec": spec, "title": title})
        return self.client.wait(f"/mixes/{mix['id']}", lambda mix: mix["state"] == "ready", seconds=_RENDER_SECONDS)

    def publish_remix(self, title: str, sources: Sequence[Mapping[str, Any]], **draft: Any) -> Any:
        """`draft` holds `upload_id` or `mix_id`, and whatever else the remix says of itself."""
        remix = self.client.post("/remixes", {"title": title, "sources": list(sources), **draft})
        self.client.wait(f"/works/{remix['id']}", lambda work: work["audio_state"] == "ready", seconds=_INGEST_SECONDS)
        return self.client.post(f"/works/{remix['id']}/publish")
