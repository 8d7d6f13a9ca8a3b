"""The mixer's engine in Chromium, beside nothing: 8 and 24 stereo stems of six minutes, streamed from this machine.

Times are those of the browser on this machine as it is. Memory and CPU are of all of its processes, over the idle
browser with the page open; it has a profile on disk, as people's have.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from playwright.sync_api import sync_playwright

from bench.runs import Figure
from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.sandbox import detect_sandbox
from remixhub.audio.mixer_sound import write_mixer_sound
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.browser.mixer_rig import Rig, opened_rig
from tests.services import find_chromium
from tests.signals import music, write_sound

RATE_HZ, MINUTES = 44_100, 6
PLAYED_SECONDS = 20
SEEKS = (200, 30, 310, 120, 275)
SOURCE = """
export { Engine } from "./mixing/sound/engine";
export { readMix } from "./mixing/document/reading";
"""
START = """async stems => {
  const lanes = stems.map(({ id }) => ({ stem: id, gain_db: -20 }));
  const engine = (window.engine = new code.Engine(44100, stems));
  engine.setMix(code.readMix({ version: 2, sample_rate_hz: 44100, lanes }));
  const began = performance.now();
  await engine.play();
  while (engine.isWaiting) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now() - began;
}"""
SEEK = """async frame => {
  const began = performance.now();
  engine.seek(frame);
  while (engine.isWaiting || engine.position <= frame) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now() - began;
}"""


def figures() -> Iterator[Figure]:
    with TemporaryDirectory() as made:
        folder = Path(made)
        sound = np.tile(music(20, RATE_HZ, seed=3), (MINUTES * 3, 1))
        source = write_sound(folder / "stem.wav", sound, RATE_HZ, "PCM_24")
        flac, index = write_mixer_sound(source, folder, detect_sandbox(find_ffmpeg()), RATE_HZ)
        for lanes in (8, 24):
            with sync_playwright() as playwright:
                out = folder / str(lanes)
                out.mkdir()
                browser = playwright.chromium.launch_persistent_context(
                    folder / f"profile-{lanes}", executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
                )
                with opened_rig(browser, SOURCE, out) as rig:
                    for stem in range(lanes):
                        rig.shop.put_stem(str(stem), flac.path, index.path)
                    yield from _figures_of(rig, lanes)
                browser.close()


def _figures_of(rig: Rig, lanes: int) -> Iterator[Figure]:
    time.sleep(3)
    idle_mb = _memory_mb(_processes())
    stems = [rig.stem(str(stem)) for stem in range(lanes)]
    yield Figure(f"mixer_first_sound_{lanes}_s", round(rig.call(START, stems) / 1000, 3), "s")
    time.sleep(3)
    most_mb, began, cpu = 0.0, time.monotonic(), _cpu_seconds(_processes())
    while time.monotonic() - began < PLAYED_SECONDS:
        time.sleep(1)
        most_mb = max(most_mb, _memory_mb(_processes()))
    share = (_cpu_seconds(_processes()) - cpu) / (time.monotonic() - began)
    yield Figure(f"mixer_cpu_{lanes}_share", round(share, 3), "of a core", "all processes, playing")
    waits = sorted(rig.call(SEEK, at * RATE_HZ) for at in SEEKS)
    if lanes == 24:
        yield Figure(
            "mixer_seek_ms", round(waits[len(waits) // 2]), "ms", f"to the sound, {lanes} lanes, to far places"
        )
    most_mb = max(most_mb, _memory_mb(_processes()))
    yield Figure(
        f"mixer_memory_{lanes}_mb", round(most_mb - idle_mb, 1), "MB", f"over an idle browser of {idle_mb:.0f} MB"
    )
    rig.call("() => engine.close()")


def _processes() -> set[int]:
    """Of the Chromium that this process started."""
    above, chromium = {}, set()
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit():
                above[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if b"chromium" in (folder / "cmdline").read_bytes().split(b"\0")[0]:
                    chromium.add(int(folder.name))
        except OSError:
            continue
    own = {os.getpid()}
    while grown := {process for process, parent in above.items() if parent in own} - own:
        own |= grown
    return own & chromium


def _memory_mb(processes: set[int]) -> float:
    """Without the pages of program files: other browsers on the machine change their share."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
    return total / 1024


def _cpu_seconds(processes: set[int]) -> float:
    ticks = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
