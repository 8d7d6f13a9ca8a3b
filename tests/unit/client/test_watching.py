"""`watch`: saves are noticed, gathered, and left alone while they are being written."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import numpy as np
import soundfile

from remixhub.client.watching import settled


def test_a_folder_is_given_once_it_rests_and_no_file_is_half_written(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((1_000, 2)), 44_100)
    whole = (tmp_path / "a.wav").read_bytes()
    clock = [0.0]
    acts = {
        10: lambda: (tmp_path / "b.wav").write_bytes(whole[:900]),  # a program begins to write
        20: lambda: (tmp_path / "b.wav").write_bytes(whole),
        30: lambda: (tmp_path / ".b.wav.tmp").write_bytes(b"x"),  # nobody's business
        31: lambda: os.utime(tmp_path / "a.wav", ns=(1, 1)),
        33: lambda: os.utime(tmp_path / "a.wav", ns=(2, 2)),
    }

    def sleep(seconds: float) -> None:
        clock[0] += seconds
        act = acts.get(round(clock[0]))
        if act:
            act()

    given = settled(tmp_path, settled_seconds=3, look_seconds=1, sleep=sleep, clock=lambda: clock[0])
    times = [(round(clock[0]), sorted(seen)) for seen in islice(given, 3)]
    assert [names for _, names in times] == [["a.wav"], ["a.wav", "b.wav"], ["a.wav", "b.wav"]]
    assert [at for at, _ in times] == [3, 23, 36]
