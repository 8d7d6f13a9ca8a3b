"""An artist's desk for the tests: short stems as real files, and releases brought as far as a test needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.integration.conftest import Client, Hub

RATE_HZ = 44_100


def write_tone(
    folder: Path, name: str, *, hz: float = 220.0, seconds: float = 1.0, rate_hz: int = RATE_HZ, level: float = 0.3
) -> Path:
    """A tone that beats, so that stems differ and have a rhythm; 24-bit stereo, by the suffix of `name`."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = level * np.sin(2 * np.pi * hz * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))
    soundfile.write(folder / name, np.stack([tone, tone], axis=1), rate_hz, subtype="PCM_24")
    return folder / name


@dataclass
class Desk:
    hub: Hub
    folder: Path

    def upload(self, client: Client, path: Path, purpose: str = "stem", filename: str | None = None) -> str:
        """Sent and verified."""
        upload_id = client.send_upload(path, purpose, filename=filename)
        self.hub.drain()
        return upload_id

    def begin(self, client: Client, **facts: Any) -> Any:
        answer = client.post("/releases", {"title": "Night Drive", "licence": "cc-by-4.0", **facts})
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def add_stem(self, client: Client, work: Any, name: str = "kick.wav", *, hz: float = 60.0, **tone: Any) -> Any:
        """A stem of the draft, not yet ingested."""
        upload_id = self.upload(client, write_tone(self.folder, name, hz=hz, **tone))
        answer = client.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def draft(self, client: Client, names: tuple[str, ...] = ("kick.wav", "bass.wav"), **facts: Any) -> Any:
        """A release whose stems are ingested and reviewed."""
        work = self.begin(client, **facts)
        tones = [write_tone(self.folder, name, hz=60.0 * number) for number, name in enumerate(names, 1)]
        uploads = [client.send_upload(tone) for tone in tones]
        self.hub.drain()
        for upload_id in uploads:
            answer = client.post(f"/works/{work['id']}/stems", {"upload_id": upload_id})
            assert answer.status_code == 201, answer.text
        self.hub.drain()
        return self.work(client, work)

    def release(self, client: Client, names: tuple[str, ...] = ("kick.wav", "bass.wav"), **facts: Any) -> Any:
        """Published."""
        work = self.draft(client, names, **facts)
        answer = client.post(f"/works/{work['id']}/publish")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def work(self, client: Client, work: Any) -> Any:
        return client.get(f"/works/{work['id']}").get_json()

    def pack(self, client: Client, work: Any) -> Any:
        answer = client.get(f"/stem-packs/{self.work(client, work)['stem_pack_id']}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()
