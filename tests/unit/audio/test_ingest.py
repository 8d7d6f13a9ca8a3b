from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import Ingested, ingest, measure
from remixhub.audio.read.decode import open_blocks
from remixhub.audio.read.flac_chunks import FlacIndex
from remixhub.audio.read.probe import probe
from remixhub.domain.measurements import Measurements
from remixhub.domain.media import Cancelled, Refused
from remixhub.domain.states import RenditionKind
from tests import mp4_files
from tests.signals import Sound, decode_by_ffmpeg, lag_frames, music, sine, write_by_ffmpeg, write_sound

RATE_HZ = 44_100


def ingested(sound: Sound, folder: Path, sandbox: Sandbox, subtype: str = "PCM_16", suffix: str = "wav") -> Ingested:
    source = write_sound(folder / f"source.{suffix}", sound, RATE_HZ, subtype)
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return ingest(source, out, sandbox)


def rendition(result: Ingested, kind: RenditionKind) -> Path:
    return next(file.path for file in result.renditions if file.kind is kind)


def index_of(result: Ingested) -> FlacIndex:
    return FlacIndex.parse(rendition(result, RenditionKind.MIXER_INDEX).read_bytes())


def test_levels_are_those_of_the_signal(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = sine(997, 4, RATE_HZ, dbfs=-6) + np.float32(0.01)
    found = ingested(sound, tmp_path, sandbox, "FLOAT").measurements
    assert found.duration_frames == found.declared_frames == len(sound)
    assert found.sample_peak_dbfs == pytest.approx(20 * np.log10(np.abs(sound).max()), abs=1e-3)
    assert found.true_peak_dbtp == pytest.approx(20 * np.log10(0.5012 + 0.01), abs=0.02)
    assert found.rms_dbfs == pytest.approx(-9.01, abs=0.02)
    assert found.integrated_lufs == pytest.approx(-6, abs=0.1)
    assert found.dc_offset == pytest.approx(0.01, abs=1e-4)
    assert found.clipping_runs == 0
    assert found.silence_share == 0
    assert found.mixer_gain_db == 0


@pytest.mark.parametrize("codec", ["alac", "aac"])
def test_what_was_trimmed_away_is_in_no_rendition(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    """Half a second of two is heard. In its stead stands the sound alone, with nothing lost."""
    sound = music(2, RATE_HZ)
    raw = mp4_files.written(tmp_path, sound, codec, RATE_HZ, "-b:a", "256k")
    path = tmp_path / "take.m4a"
    path.write_bytes(mp4_files.edited(raw, [(500, 22_050 + mp4_files.PRIMING[codec])]))
    result = ingest(path, tmp_path, sandbox)
    assert "holds_trimmed_sound" in {warning.code for warning in result.measurements.warnings}
    assert (
        result.measurements.duration_frames
        == len(decode_by_ffmpeg(rendition(result, RenditionKind.MIXER), 2))
        == 22_050
    )
    given = rendition(result, RenditionKind.SOUND)
    assert hashlib.sha256(given.read_bytes()).hexdigest() == result.measurements.sound_sha256
    heard, _ = soundfile.read(given, dtype="float32")
    with open_blocks(path, probe(path, sandbox), sandbox) as blocks:
        assert np.array_equal(heard, np.concatenate(list(blocks)))
    assert lag_frames(sound[22_050:44_100], heard) == 0


@pytest.mark.parametrize("codec", ["alac", "aac"])
def test_what_an_encoder_adds_is_not_trimmed_away(codec: str, tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "whole.m4a"
    path.write_bytes(mp4_files.written(tmp_path, music(1, RATE_HZ), codec, RATE_HZ))
    result = ingest(path, tmp_path, sandbox)
    assert (result.measurements.sound_sha256, result.measurements.warnings) == (None, ())
    assert RenditionKind.SOUND not in {file.kind for file in result.renditions}


def test_silence_is_found_to_the_frame(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = np.zeros((100_000, 2), np.float32)
    sound[70_123:80_321] = 0.25
    found = ingested(sound, tmp_path, sandbox).measurements
    assert found.leading_silence_frames == 70_123
    assert found.trailing_silence_frames == 100_000 - 80_321
    assert found.silence_share == pytest.approx(0.9, abs=0.01)


def test_digital_silence_has_no_levels(tmp_path: Path, sandbox: Sandbox) -> None:
    found = ingested(np.zeros((50_000, 1), np.float32), tmp_path, sandbox).measurements
    assert found.integrated_lufs is None
    assert found.true_peak_dbtp is None
    assert found.sample_peak_dbfs is None
    assert found.leading_silence_frames == found.trailing_silence_frames == 50_000
    assert found.silence_share == 1


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT"])
def test_clipping_is_counted_in_runs(subtype: str, tmp_path: Path, sandbox: Sandbox) -> None:
    sound = np.full((140_000, 2), 0.1, np.float32)
    sound[10:13, 0] = 1
    sound[20:22, 0] = 1
    sound[65_530:65_540, 1] = -1
    sound[139_990:, 0] = 1
    found = ingested(sound, tmp_path, sandbox, subtype).measurements
    # Three in the middle, ten across the edge of a block, ten at the end; two in a row are no clipping.
    assert found.clipping_runs == 3
    assert found.clipped_samples == 23
    assert found.longest_clip_frames == 10
    assert found.first_clip_frames == 10


def test_the_first_clipping_may_begin_in_the_block_before(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = np.full((140_000, 2), 0.1, np.float32)
    sound[65_530:65_540, 1] = -1
    sound[65_538:65_542, 0] = 1
    assert ingested(sound, tmp_path, sandbox, "FLOAT").measurements.first_clip_frames == 65_530
    assert ingested(sound * 0.5, tmp_path, sandbox, "FLOAT").measurements.first_clip_frames is None


def test_equal_music_in_other_containers_is_recognised(tmp_path: Path, sandbox: Sandbox) -> None:
    first = write_sound(tmp_path / "a.wav", music(1.5, RATE_HZ), RATE_HZ, "PCM_24")
    sound = decode_by_ffmpeg(first, 2)
    paths = [
        first,
        write_sound(tmp_path / "b.aiff", sound, RATE_HZ, "PCM_24"),
        write_sound(tmp_path / "c.flac", sound, RATE_HZ, "PCM_24"),
        write_sound(tmp_path / "d.wav", sound, RATE_HZ, "FLOAT"),
        write_by_ffmpeg(tmp_path / "e.m4a", sound, RATE_HZ, "-c:a", "alac"),
    ]
    assert len({measure(path, sandbox).pcm_sha256 for path in paths}) == 1
    other = write_sound(tmp_path / "f.wav", sound, RATE_HZ // 2, "PCM_24")
    assert measure(other, sandbox).pcm_sha256 != measure(paths[0], sandbox).pcm_sha256


@pytest.mark.parametrize("channels", [1, 2])
def test_the_mixer_rendition_of_16_bits_is_the_original_exactly(
    channels: int, tmp_path: Path, sandbox: Sandbox
) -> None:
    sound = music(1.5, RATE_HZ, channels=channels)[:-5]
    result = ingested(sound, tmp_path, sandbox, "PCM_16")
    mixer = decode_by_ffmpeg(rendition(result, RenditionKind.MIXER), channels)
    assert np.array_equal(mixer, decode_by_ffmpeg(tmp_path / "source.wav", channels))


@pytest.mark.parametrize(
    ("suffix", "subtype", "error"),
    [("wav", "PCM_24", 0), ("flac", "PCM_24", 0), ("wav", "FLOAT", 0.5), ("mp3", "", 0.5)],
)
def test_the_mixer_rendition_of_more_bits_has_24(
    suffix: str, subtype: str, error: float, tmp_path: Path, sandbox: Sandbox
) -> None:
    sound = music(1.5, RATE_HZ)[:-5]
    sound[:1_000] = 0
    if suffix == "mp3":
        source = write_by_ffmpeg(tmp_path / "source.mp3", sound, RATE_HZ, "-c:a", "libmp3lame", "-b:a", "192k")
        result = ingest(source, tmp_path, sandbox)
    else:
        result = ingested(sound, tmp_path, sandbox, subtype, suffix)
    with open_blocks(tmp_path / f"source.{suffix}", probe(tmp_path / f"source.{suffix}", sandbox), sandbox) as blocks:
        heard = np.concatenate(list(blocks))
    mixer = decode_by_ffmpeg(rendition(result, RenditionKind.MIXER), 2)
    assert mixer.shape == heard.shape
    assert np.abs(mixer.astype(float) - heard).max() <= error / 2**23
    assert index_of(result).bit_depth == 24


def test_audio_over_full_scale_is_kept_whole_in_the_mixer_rendition(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = music(1.5, RATE_HZ, peak=3.7)
    result = ingested(sound, tmp_path, sandbox, "FLOAT")
    assert result.measurements.mixer_gain_db == pytest.approx(12.04, abs=0.01)
    assert index_of(result).halvings == 2
    restored = decode_by_ffmpeg(rendition(result, RenditionKind.MIXER), 2) * np.float32(4)
    assert np.abs(restored.astype(float) - sound).max() <= 4 * 0.5 / 2**23


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 48_000, 88_200, 70_001])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_mixer_index_tells_of_the_mixer_rendition(
    rate_hz: int, channels: int, tmp_path: Path, sandbox: Sandbox
) -> None:
    """Whatever encoder writes it: in blocks of 4,096 frames, with nothing between, before or behind them."""
    sound = music(1.3, rate_hz, channels=channels)
    result = ingest(write_sound(tmp_path / "source.wav", sound, rate_hz, "PCM_16"), tmp_path, sandbox)
    raw, index = rendition(result, RenditionKind.MIXER).read_bytes(), index_of(result)
    assert (index.sample_rate_hz, index.channels, index.bit_depth, index.halvings) == (rate_hz, channels, 16, 0)
    assert (index.block_frames, index.total_frames, index.size_bytes) == (4_096, len(sound), len(raw))
    assert index.streaminfo == raw[8:42]
    for start in range(0, len(sound), 4_096):
        span = index.span(start, start + 1)
        assert raw[span.first_byte : span.first_byte + 2] == b"\xff\xf8"
    heard = decode_by_ffmpeg(rendition(result, RenditionKind.MIXER), channels)
    assert np.array_equal(heard, decode_by_ffmpeg(tmp_path / "source.wav", channels))


@pytest.mark.parametrize("peak", [0.5, 1.5])
def test_the_preview_is_an_mp3_of_the_same_length_and_level(peak: float, tmp_path: Path, sandbox: Sandbox) -> None:
    """Below full scale by pydub, above by the stream."""
    sound = music(3, RATE_HZ, peak=peak)
    result = ingested(sound, tmp_path, sandbox, "FLOAT")
    preview = decode_by_ffmpeg(rendition(result, RenditionKind.PREVIEW), 2)
    assert preview.shape == sound.shape
    assert lag_frames(sound, preview) == 0
    gain = float((preview * sound).sum() / (sound * sound).sum())
    assert gain == pytest.approx(1, abs=0.02)


def test_peaks_follow_the_audiowaveform_format(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = music(2, RATE_HZ)
    result = ingested(sound, tmp_path, sandbox)
    for kind, frames_per_pixel in ((RenditionKind.PEAKS, 256), (RenditionKind.PEAKS_COARSE, 4096)):
        raw = rendition(result, kind).read_bytes()
        pixels = -(-len(sound) // frames_per_pixel)
        assert struct.unpack_from("<iIiiIi", raw) == (2, 1, RATE_HZ, frames_per_pixel, pixels, 2)
        pairs = np.frombuffer(raw, np.int8, offset=24).reshape(pixels, 2, 2)
        for pixel in (0, 1, pixels // 2, pixels - 1):
            part = sound[pixel * frames_per_pixel : (pixel + 1) * frames_per_pixel]
            assert np.abs(pairs[pixel, :, 0] - part.min(axis=0) * 128).max() <= 0.51
            assert np.abs(pairs[pixel, :, 1] - part.max(axis=0) * 128).max() <= 0.51


def test_the_same_file_gives_the_same_bytes_again(tmp_path: Path, sandbox: Sandbox) -> None:
    sound = music(2, RATE_HZ)
    digests = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        result = ingested(sound, tmp_path / name, sandbox, "PCM_24")
        digests.append([file.path.read_bytes() for file in result.renditions])
    assert digests[0] == digests[1]


def test_measurements_survive_json(tmp_path: Path, sandbox: Sandbox) -> None:
    found = ingested(music(1, RATE_HZ), tmp_path, sandbox).measurements
    assert Measurements.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found


def test_progress_rises_to_the_end(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "source.flac", music(4, RATE_HZ), RATE_HZ, "PCM_16")
    told: list[float] = []
    ingest(source, tmp_path, sandbox, on_progress=lambda share, step: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_cancelled_ingest_leaves_no_renditions(tmp_path: Path, sandbox: Sandbox) -> None:
    source = write_sound(tmp_path / "source.flac", music(4, RATE_HZ), RATE_HZ, "PCM_16")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        ingest(source, out, sandbox, cancelled=lambda: True)
    assert list(out.iterdir()) == []


def test_a_refused_file_leaves_no_renditions(tmp_path: Path, sandbox: Sandbox) -> None:
    whole = write_sound(tmp_path / "source.flac", music(4, RATE_HZ), RATE_HZ, "PCM_16").read_bytes()
    source = tmp_path / "cut.flac"
    source.write_bytes(whole[: len(whole) // 2])
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Refused):
        ingest(source, out, sandbox)
    assert list(out.iterdir()) == []
