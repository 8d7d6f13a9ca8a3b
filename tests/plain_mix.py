"""`docs/mix-spec.md` in the plainest numpy, written from the page alone: whole arrays, one formula after the other.

Every renderer is held to it. It knows nothing of RemixHub's code, and no bounds: what it is given is right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float64]
"""`(n_frames, channels)`"""
LANE = {
    "gain_db": 0.0,
    "pan": 0.0,
    "gain_points": [],
    "pan_points": [],
    "mute_ranges": [],
    "muted": False,
    "solo": False,
}
CLIP = {"trim_start_frames": 0, "trim_end_frames": 0, "offset_frames": 0, "fade_in_frames": 0, "fade_out_frames": 0}


def plain_mix(spec: Mapping[str, Any], stems: Mapping[str, Audio], rate_hz: int = 44_100) -> Audio:
    """`stems` are at the mix's rate, which is `rate_hz` if the spec has none. The mix with its loudness gain."""
    mix = plain_sum(spec, stems, rate_hz)
    return mix * 10 ** (loudness_gain_db(spec, mix, spec.get("sample_rate_hz", rate_hz)) / 20)


def plain_sum(spec: Mapping[str, Any], stems: Mapping[str, Audio], rate_hz: int = 44_100) -> Audio:
    """Without the loudness gain. Empty where nothing is left to mix."""
    rate_hz = spec.get("sample_rate_hz", rate_hz)
    placed = [(lane, clip, stems[lane["stem"]]) for lane in lanes_of(spec) for clip in lane["clips"]]
    mix = np.zeros((max((reach(clip, stem) for _, clip, stem in placed), default=0), 2))
    any_solo = any(lane["solo"] for lane in lanes_of(spec))
    for lane, clip, stem in placed:
        if lane["muted"] or (any_solo and not lane["solo"]):
            continue
        sound = faded(trimmed(clip, stem), clip)
        m = clip["offset_frames"] + np.arange(len(sound))
        sound = sound * (gain(lane, m) * mutes(lane["mute_ranges"], m, rate_hz // 100))[:, None]
        mix[m] += panned(sound, lane, m)
    m = np.arange(len(mix))
    master = {**LANE, **spec}
    return unrolled(panned(mix * gain(master, m)[:, None], master, m), spec.get("loop"))


def lanes_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of either version, with every field."""
    lanes = [{**LANE, **lane} for lane in spec["lanes"]]
    return [
        {**lane, "clips": [{**CLIP, **clip} for clip in ([lane] if spec["version"] == 1 else lane.get("clips", [{}]))]}
        for lane in lanes
    ]


def trimmed(clip: Mapping[str, int], stem: Audio) -> Audio:
    return stem[clip["trim_start_frames"] : max(0, len(stem) - clip["trim_end_frames"])]


def reach(clip: Mapping[str, int], stem: Audio) -> int:
    length = len(trimmed(clip, stem))
    return clip["offset_frames"] + length if length else 0


def faded(sound: Audio, clip: Mapping[str, int]) -> Audio:
    n, length = np.arange(len(sound)), len(sound)
    shape = np.ones(length)
    if fade := clip["fade_in_frames"]:
        shape[n < fade] *= n[n < fade] / fade
    if fade := clip["fade_out_frames"]:
        shape[n >= length - fade] *= (length - n[n >= length - fade]) / fade
    return sound * shape[:, None]


def curve(points: list[Mapping[str, float]], name: str, m: Audio) -> Audio:
    values = np.zeros(len(m))
    for number, point in enumerate(points):
        values[m >= point["at_frames"] if number else slice(None)] = point[name]
    for one, other in pairwise(points):
        here = (m >= one["at_frames"]) & (m < other["at_frames"])
        way = (m[here] - one["at_frames"]) / (other["at_frames"] - one["at_frames"])
        values[here] = one[name] + (other[name] - one[name]) * way
    return values


def gain(fader: Mapping[str, Any], m: Audio) -> Audio:
    return 10 ** ((fader["gain_db"] + curve(fader["gain_points"], "gain_db", m)) / 20)


def mutes(ranges: list[Mapping[str, int]], m: Audio, ramp: int) -> Audio:
    shares = np.ones(len(m))
    for one in ranges:
        s, e = one["start_frames"], one["end_frames"]
        here = (m >= s) & (m < e)
        shares[here] *= np.maximum(0, np.maximum(1 - (m[here] - s) / ramp, 1 - (e - m[here]) / ramp))
    return shares


def panned(sound: Audio, fader: Mapping[str, Any], m: Audio) -> Audio:
    p = np.clip(fader["pan"] + curve(fader["pan_points"], "pan", m), -1, 1)
    near = np.where(p <= 0, p + 1, p) if sound.shape[1] == 2 else (p + 1) / 2
    cos, sin = np.cos(near * math.pi / 2), np.sin(near * math.pi / 2)
    if sound.shape[1] == 1:
        return np.stack([sound[:, 0] * cos, sound[:, 0] * sin], axis=1)
    left, right = sound.T
    leftwards, rightwards = (left + right * cos, right * sin), (left * cos, right + left * sin)
    return np.where(p <= 0, leftwards, rightwards).T


def unrolled(mix: Audio, loop: Mapping[str, int] | None) -> Audio:
    if loop is None or loop["start_frames"] >= len(mix):
        return mix
    a, b = loop["start_frames"], min(loop["end_frames"], len(mix))
    return np.concatenate([mix[:b], *[mix[a:b]] * (loop.get("times", 1) - 1), mix[b:]])


def loudness_gain_db(spec: Mapping[str, Any], mix: Audio, rate_hz: int) -> float:
    wanted = spec.get("loudness")
    if wanted is None or not mix.any():
        return 0.0
    room_db = wanted.get("ceiling_dbtp", -1.0) - true_peak_dbtp(mix, rate_hz)
    loudness = integrated_lufs(mix, rate_hz)
    return min(0.0 if loudness is None else wanted["target_lufs"] - loudness, room_db)


def integrated_lufs(mix: Audio, rate_hz: int) -> float | None:
    """The filters as products of spectra, over enough silence for them to ring out."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size := len(mix) + rate_hz))[:, None]
    v, k, q = 10 ** (3.999843853973347 / 20), math.tan(math.pi * 1681.974450955533 / rate_hz), 0.7071752369554196
    w = v**0.4996667741545416
    shelf = (v + w * k / q + k * k) + 2 * (k * k - v) * z + (v - w * k / q + k * k) * z * z
    shelf = shelf / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z * z)
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = (1 - z) ** 2 / (1 + 2 * (k * k - 1) / a0 * z + (1 - k / q + k * k) / a0 * z * z)
    weighted = np.fft.irfft(np.fft.rfft(mix, size, axis=0) * shelf * high_pass, size, axis=0)[: len(mix)]
    hop = round(rate_hz / 10)
    energies = np.array([(weighted[at : at + 4 * hop] ** 2).sum() for at in range(0, len(mix) - 4 * hop + 1, hop)])
    energies = energies[energies / (4 * hop) > 10 ** ((-70 + 0.691) / 10)] / (4 * hop)
    if not len(energies):
        return None
    return float(-0.691 + 10 * math.log10(energies[energies > energies.mean() / 10].mean()))


def true_peak_dbtp(mix: Audio, rate_hz: int) -> float:
    peak, k = np.abs(mix).max(), np.arange(-9, 11)
    for t in (0.25, 0.5, 0.75) if rate_hz < 88_200 else (0.5,):
        w = np.sinc(k - t) * np.i0(5 * np.sqrt(np.maximum(0, 1 - ((k - t) / 10) ** 2)))
        for channel in mix.T:
            peak = max(peak, np.abs(np.convolve(channel, w[::-1] / w.sum())).max())
    return 20 * math.log10(peak)
