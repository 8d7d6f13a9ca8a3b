"""What the check of stored bytes says of bad files: a code that a person understands, and no bytes left."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import sqlalchemy as sa

from remixhub.audio.confine.ffmpeg import FfmpegPaths, find_ffmpeg
from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.lease import WorkerStopping
from remixhub.jobs.table import add_job
from remixhub.models import Account, Job, Original, Upload, now
from remixhub.services.upkeep.resending import resend
from remixhub.services.upkeep.sweeping import enqueue_sweep, order_clearing
from remixhub.storage.s3 import ObjectStore
from tests.integration.conftest import Hub
from tests.integration.uploads.test_uploads import hub_with, write_wav


def wav_header(*, sample_rate_hz: int = 44100, channels: int = 1, claimed_bytes: int, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", 1, channels, sample_rate_hz, sample_rate_hz * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    riff = struct.pack("<4sI4s", b"RIFF", min(36 + claimed_bytes, 0xFFFFFFFF), b"WAVE")
    return riff + struct.pack("<4sI", b"fmt ", 16) + fmt + struct.pack("<4sI", b"data", claimed_bytes)


def text_named_wav(path: Path) -> None:
    path.write_text("This is a letter, not a song.\n" * 50)


def half_a_flac(path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 44100)
    soundfile.write(path, noise, 44100, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def half_a_wav(path: Path) -> None:
    whole = write_wav(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def header_of_four_gibibytes(path: Path) -> None:
    path.write_bytes(wav_header(claimed_bytes=0xFFFFFF00) + bytes(8000))


def sixty_four_channels(path: Path) -> None:
    path.write_bytes(wav_header(channels=64, claimed_bytes=128 * 1000) + bytes(128 * 1000))


def ten_hours_of_silence(path: Path) -> None:
    with soundfile.SoundFile(path, "w", samplerate=8000, channels=1, format="FLAC", subtype="PCM_16") as out:
        for _ in range(36):
            out.write(np.zeros(8000 * 1000, dtype=np.int16))


def playlist_of_a_local_file(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")


def playlist_of_an_address(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")


def one_hertz(path: Path) -> None:
    path.write_bytes(wav_header(sample_rate_hz=1, claimed_bytes=100_000) + bytes(100_000))


BAD_FILES: list[tuple[Callable[[Path], None], str, set[str]]] = [
    (text_named_wav, "letter.wav", {"not_audio"}),
    (header_of_four_gibibytes, "big.wav", {"truncated", "header_lies"}),
    (half_a_wav, "half.wav", {"truncated"}),
    (sixty_four_channels, "many.wav", {"too_many_channels"}),
    (ten_hours_of_silence, "long.flac", {"too_long"}),
    (playlist_of_a_local_file, "song.mp3", {"playlist_refused"}),
    (playlist_of_an_address, "song.mp3", {"playlist_refused"}),
    (one_hertz, "slow.wav", {"sample_rate_out_of_range"}),
]


@pytest.mark.parametrize(("write", "name", "codes"), BAD_FILES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_file_is_rejected_with_its_code_and_its_bytes_go(
    hub: Hub, tmp_path: Path, write: Callable[[Path], None], name: str, codes: set[str]
) -> None:
    path = tmp_path / name
    write(path)
    artist = hub.account()
    upload_id = artist.send_upload(path)
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert upload["state"] == "rejected"
    assert upload["rejection"]["code"] in codes
    assert len(upload["rejection"]["detail"]) > 20
    assert hub.objects() == []
    assert hub.rows(Original) == []
    assert hub.rows(Account)[0].stored_bytes == 0
    assert list(hub.parts.settings.work_dir.iterdir()) == []


def test_other_bytes_than_declared_are_rejected(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    declared = {"filename": "bass.wav", "size_bytes": path.stat().st_size, "purpose": "stem", "sha256": "0" * 64}
    upload = artist.post("/uploads", declared).get_json()
    artist.put_parts(upload, path)
    artist.post(f"/uploads/{upload['id']}/complete")
    hub.drain()
    rejected = artist.get(f"/uploads/{upload['id']}").get_json()
    assert (rejected["state"], rejected["rejection"]["code"]) == ("rejected", "sha256_mismatch")
    assert hub.objects() == []


def test_a_rejected_upload_cannot_become_a_stem(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    text_named_wav(tmp_path / "letter.wav")
    upload_id = artist.send_upload(tmp_path / "letter.wav")
    hub.drain()
    release = artist.post("/releases", {"title": "Letters", "licence": "cc-by-4.0"}).get_json()
    answer = artist.post(f"/works/{release['id']}/stems", {"upload_id": upload_id})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "upload_not_ready")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_hubs_decoder_cannot_read_waits_and_says_why(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FfmpegPaths, "reads_32_bit_flac", lambda self: False)
    path = tmp_path / "wide.flac"
    soundfile.write(path, np.zeros((44_100, 2)), 44_100, subtype="PCM_24")
    raw = bytearray(path.read_bytes())
    raw[20] |= 1  # STREAMINFO: 32 bits a sample
    raw[21] |= 0xF0
    path.write_bytes(raw)
    artist = hub.account()
    upload_id = artist.send_upload(path)
    assert artist.get(f"/uploads/{upload_id}").get_json()["waiting"] is None
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert (upload["state"], upload["rejection"], upload["waiting"]["code"]) == ("verifying", None, "decoder_too_old")
    assert "Our decoder is too old" in upload["waiting"]["detail"]
    [job] = hub.rows(Job)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "mp3", "ogg", "opus", "m4a"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_accepted_container_is_accepted(hub: Hub, tmp_path: Path, suffix: str) -> None:
    source = write_wav(tmp_path / "source.wav", 2.0)
    path = tmp_path / f"song.{suffix}"
    codec = {"opus": ["-c:a", "libopus"], "ogg": ["-c:a", "vorbis", "-strict", "-2", "-ac", "2"]}.get(suffix, [])
    subprocess.run([find_ffmpeg().ffmpeg, "-v", "error", "-y", "-i", source, *codec, path], check=True)
    artist = hub.account()
    upload_id = artist.send_upload(path)
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert upload["state"] == "ready", upload["rejection"]


def test_half_a_flac_never_becomes_playable(hub: Hub, tmp_path: Path) -> None:
    """FLAC says how long it is and not how many bytes it has: the ingest, which decodes it, finds the end missing."""
    half_a_flac(tmp_path / "half.flac")
    artist = hub.account()
    upload_id = artist.send_upload(tmp_path / "half.flac")
    hub.drain()
    release = artist.post("/releases", {"title": "Half", "licence": "cc-by-4.0"}).get_json()
    stem = artist.post(f"/works/{release['id']}/stems", {"upload_id": upload_id})
    assert stem.status_code == 201
    hub.drain()
    (original,) = hub.rows(Original)
    assert original.ingest_state == "refused"
    assert original.refusal_code in ("truncated", "damaged")
    assert original.refusal_detail
    assert hub.objects("renditions/") == []


def test_an_original_whose_object_was_lost_is_stored_again_by_the_next_equal_upload(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    artist.send_upload(path)
    hub.drain()
    (original,) = hub.rows(Original)
    hub.parts.store.delete(original.key)
    artist.send_upload(path)
    hub.drain()
    (again,) = hub.rows(Original)
    assert b"".join(hub.parts.store.blocks(again.key)) == path.read_bytes()
    assert hub.objects() == [again.key]


def test_an_upload_whose_bytes_the_storage_lacks_waits_for_them(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    upload_id = artist.send_upload(path)
    hub.parts.store.delete(f"incoming/{upload_id}")
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert (upload["state"], upload["waiting"]["code"]) == ("verifying", "stored_bytes_missing")
    hub.parts.store.put_file(f"incoming/{upload_id}", path, "audio/wav")
    hub.drain(every_attempt=True)
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"


class Swapping(ObjectStore):
    """An artist who sends other bytes by the form as soon as the check has read the right ones."""

    def download(self, key: str, path: Path, on_block: Callable[[bytes], None] | None = None) -> None:
        super().download(key, path, on_block)
        self.put_bytes(key, b"\0" * path.stat().st_size, "application/octet-stream")


def test_bytes_that_change_after_they_were_read_are_not_stored(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    path = write_wav(tmp_path / "bass.wav")
    artist.send_upload(path)
    swapped = Hub(hub.app, dataclasses.replace(hub.parts, store=Swapping(hub.parts.settings)))
    swapped.drain()
    (original,) = hub.rows(Original)
    assert b"".join(hub.parts.store.blocks(original.key)) == path.read_bytes()


def test_a_file_of_several_parts_stays_where_it_came_in(parts: Parts, tmp_path: Path) -> None:
    hub = hub_with(parts, upload_part_bytes=5 * 1024**2)
    artist = hub.account()
    path = write_wav(tmp_path / "long.wav", 70)
    upload_id = artist.send_upload(path)
    hub.drain()
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert (upload["part_count"], upload["state"]) == (2, "ready")
    assert upload["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert hub.objects() == [f"uploads/{upload_id}"] == [hub.key_of(upload["sha256"])]
    digest = hashlib.sha256()
    for block in hub.parts.store.blocks(hub.objects()[0]):
        digest.update(block)
    assert digest.hexdigest() == upload["sha256"]


def test_a_check_that_fails_on_our_side_keeps_the_bytes_until_it_is_sent_again(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    upload_id = artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.parts.settings.work_dir.rmdir()
    hub.parts.settings.work_dir.write_text("a file where the scratch folder should be")
    hub.drain(every_attempt=True)
    upload = artist.get(f"/uploads/{upload_id}").get_json()
    assert (upload["state"], upload["rejection"], upload["waiting"]["code"]) == ("verifying", None, "internal")
    assert str(tmp_path) not in upload["waiting"]["detail"]
    assert "Error" not in upload["waiting"]["detail"]
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Upload).values(created_at=now(-(10**7)), expires_at=now(-(10**6))))
    enqueue_sweep(hub.parts)
    order_clearing(hub.parts)
    hub.drain()
    assert len(hub.objects()) == 1
    hub.parts.settings.work_dir.unlink()
    assert resend(SYSTEM, hub.parts, None).count == 1
    hub.drain()
    assert artist.get(f"/uploads/{upload_id}").get_json()["state"] == "ready"


def test_the_check_may_run_twice(hub: Hub, tmp_path: Path) -> None:
    artist = hub.account()
    artist.send_upload(write_wav(tmp_path / "bass.wav"))
    hub.drain()
    (upload,) = hub.rows(Upload)
    with hub.parts.database.writing() as session:
        add_job(session, SYSTEM, JobKind.VERIFY_UPLOAD, upload.id, max_attempts=3)
    hub.drain()
    assert [row.state for row in hub.rows(Upload)] == ["ready"]
    assert len(hub.objects()) == 1


class Dying(ObjectStore):
    """The worker has to go just before the first object goes."""

    died = False

    def delete(self, key: str) -> None:
        if not self.died:
            self.died = True
            raise WorkerStopping
        super().delete(key)


@pytest.mark.parametrize("write", [write_wav, text_named_wav], ids=["accepted", "rejected"])
def test_a_check_that_dies_before_the_bytes_go_takes_them_away_when_it_is_repeated(
    hub: Hub, tmp_path: Path, write: Callable[[Path], object]
) -> None:
    path = tmp_path / "bass.wav"
    write(path)
    upload_id = hub.account().send_upload(path)
    store = Dying(hub.parts.settings)
    Hub(hub.app, dataclasses.replace(hub.parts, store=store)).drain()
    assert store.died
    assert f"incoming/{upload_id}" not in hub.objects()
    assert [job.state for job in hub.rows(Job)] == [JobState.DONE]
