"""Whatever is uploaded ends as a right result or as a coded refusal, and never as half a file that passes for whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remixhub.audio.confine.sandbox import Sandbox
from remixhub.audio.ingest import ingest, measure
from remixhub.domain.media import Container, Refused
from remixhub.domain.states import RenditionKind
from tests.hostile import AIFF, FLAC, HOSTILE, M4A_FAST, MP3, OPUS, outcome, wav

WHOLE_SOUND = {
    RenditionKind.PREVIEW, RenditionKind.MIXER, RenditionKind.MIXER_INDEX,
    RenditionKind.PEAKS, RenditionKind.PEAKS_COARSE,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_as_it_should(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    build, expected = HOSTILE[name]
    path, out = tmp_path / "song.mp3", tmp_path / "out"
    out.mkdir()
    path.write_bytes(build(tmp_path))
    code, warnings, _ = outcome(path, sandbox)
    allowed = [option.partition(":") for option in expected.split("|")]
    assert any(code == wanted and (not warning or warning in warnings) for wanted, _, warning in allowed), (
        code,
        warnings,
    )
    if code == "accepted":
        assert {file.kind for file in ingest(path, out, sandbox).renditions} == WHOLE_SOUND


def test_flipped_bits_in_checked_formats_are_noticed(tmp_path: Path, sandbox: Sandbox) -> None:
    for build in (FLAC, OPUS):
        raw = bytearray(build(tmp_path))
        whole = tmp_path / "whole"
        whole.write_bytes(raw)
        sound = measure(whole, sandbox).pcm_sha256
        for share in (0.2, 0.5, 0.8):
            damaged = bytearray(raw)
            damaged[int(len(raw) * share)] ^= 0x10
            path = tmp_path / "damaged"
            path.write_bytes(damaged)
            try:
                found = measure(path, sandbox)
            except Refused:
                continue
            assert found.pcm_sha256 == sound or found.warnings


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_wav_header_crashes_the_parser(tmp_path: Path, sandbox: Sandbox, data: st.DataObject) -> None:
    raw = bytearray(wav(b"\1\2\3\4" * 50))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(4, 47))
        raw[at] = data.draw(st.sampled_from([0, 1, 2, 3, 0x7F, 0x80, 0xFE, 0xFF]))
    path = tmp_path / "fuzzed"
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    assert outcome(path, sandbox)[0]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("container", ["flac", "mp3", "ogg", "mp4", "aiff"])
def test_no_header_crashes_or_hangs_a_decoder(
    container: str, tmp_path: Path, sandbox: Sandbox, data: st.DataObject
) -> None:
    made = tmp_path / f"whole-{container}"
    if not made.exists():
        builders = {"flac": FLAC, "mp3": MP3, "ogg": OPUS, "mp4": M4A_FAST, "aiff": AIFF}
        made.write_bytes(builders[container](tmp_path))
    raw = bytearray(made.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(4, 1_500))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzzed"
    path.write_bytes(raw)
    assert outcome(path, sandbox)[0]


def test_the_containers_media_types_are_audio() -> None:
    assert {container.media_type.split("/")[0] for container in Container} == {"audio"}
