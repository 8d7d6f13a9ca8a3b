"""What the artists' commands print for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from remixhub.audio.mix import Mixdown
from remixhub.domain.measurements import Measurements
from remixhub.domain.stems.qc import Finding, Severity

_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTICE: "·"}
_ADVICE_COLUMNS = 100


def analysis_text(found: Mapping[str, Any]) -> str:
    """`found` is what `analyze --json` prints."""
    if "error" in found:
        return f"{found['file']}\n  ✗ {found['error']['detail']} [{found['error']['code']}]\n"
    rate_hz = found["sample_rate_hz"]
    depth = f", {found['bit_depth']} bits" if found["bit_depth"] else ""
    channels = {1: "mono", 2: "stereo"}[found["channels"]]
    lines = (
        found["file"],
        f"  format    {found['container']}, {found['codec']}, {rate_hz} Hz, {channels}{depth}",
        f"  length    {found['duration_frames']} frames, {found['duration_frames'] / rate_hz:.3f} s",
        f"  loudness  {_level(found['integrated_lufs'], 'LUFS')}, range {_level(found['loudness_range_lu'], 'LU')}",
        _peaks_line(found["true_peak_dbtp"], found["sample_peak_dbfs"]),
        *_music_lines(found),
        *(f"  ! {warning['detail']} [{warning['code']}]" for warning in found["warnings"]),
    )
    return "\n".join(lines) + "\n"


def pack_text(
    stems: Mapping[str, Measurements],
    mix: str | None,
    music: Mapping[str, Any],
    findings: Sequence[Finding],
    ignored: Mapping[str, str],
) -> str:
    width = max((len(name) for name in (*stems, "stem")), default=0)
    head = f"{'stem':{width}}  {'rate':>7}  {'bits':>4}  {'length':>10}  {'LUFS':>6}  {'dBTP':>6}"
    rows = [
        f"{name:{width}}  {one.sample_rate_hz:>7}  {one.bit_depth or '-':>4}  {one.duration_seconds:>9.3f}s"
        f"  {_number(one.integrated_lufs):>6}  {_number(one.true_peak_dbtp):>6}"
        for name, one in stems.items()
    ]
    lines = [head, *rows, "", f"  mix       {mix or 'none found'}", *_music_lines(music), ""]
    for finding in findings:
        # Frames stand in the advice, behind the seconds.
        shown = finding.figure is not None and finding.unit != "frames"
        figure = f" ({finding.figure:.6g} {finding.unit})" if shown else ""
        subject = f"{finding.stem}: " if finding.stem else ""
        lines.append(f"{_SIGNS[finding.severity]} {finding.severity} {subject}{finding.code}{figure}")
        lines += textwrap.wrap(finding.advice, _ADVICE_COLUMNS, initial_indent="    ", subsequent_indent="    ")
    if not findings:
        lines.append("Nothing is odd about this pack.")
    lines += [f"– not taken {name}: {reason}" for name, reason in ignored.items()]
    return "\n".join(lines)


def mix_text(path: Path, mixdown: Mixdown) -> str:
    lines = (
        str(path),
        f"  length    {mixdown.duration_frames} frames, {mixdown.duration_frames / mixdown.sample_rate_hz:.3f} s",
        f"  loudness  {_level(mixdown.integrated_lufs, 'LUFS')}, by {mixdown.loudness_gain_db:+.2f} dB",
        _peaks_line(mixdown.true_peak_dbtp, mixdown.sample_peak_dbfs),
        *(f"  ! {warning.detail} [{warning.code}]" for warning in mixdown.warnings),
    )
    return "\n".join(lines)


def _music_lines(music: Mapping[str, Any]) -> tuple[str, str]:
    tempo, key = "not found", "not found"
    if music["tempo_bpm"] is not None:
        others = "".join(f", or {bpm:g}" for bpm in music["tempo_alternatives"])
        tempo = f"{music['tempo_bpm']:g} BPM{others} ({music['tempo_confidence']:.0%} sure, by {music['tempo_origin']})"
    if music["key"] is not None:
        others = "".join(f", or {name}" for name in music["key_alternatives"])
        key = (
            f"{music['key']}, {music['camelot']}{others} ({music['key_confidence']:.0%} sure, by {music['key_origin']})"
        )
    return f"  tempo     {tempo}", f"  key       {key}"


def _peaks_line(true_peak_dbtp: float | None, sample_peak_dbfs: float | None) -> str:
    return f"  peaks     true {_level(true_peak_dbtp, 'dBTP')}, sample {_level(sample_peak_dbfs, 'dBFS')}"


def _level(level: float | None, unit: str) -> str:
    return f"none ({unit})" if level is None else f"{level:.1f} {unit}"


def _number(level: float | None) -> str:
    return "-" if level is None else f"{level:.1f}"
