"""What a program in the sandbox can do that it should not: tried by one that does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from remixhub.audio.confine import attempts, python
from remixhub.audio.confine import sandbox as module
from remixhub.audio.confine.ffmpeg import find_ffmpeg
from remixhub.audio.confine.python import Python
from remixhub.audio.confine.sandbox import Sandbox, SandboxLevel, could_do, detect_sandbox
from remixhub.audio.confine.system_calls import program_for
from tests.unit.audio.confine.levels import at_level, levels_here, walled_levels

SOCKETS = {"tcp", "udp", "tcp6", "udp6", "unix", "unix-datagram", "netlink", "pair"}
"""What a process without a sandbox opens on any Linux; further kinds and io_uring depend on the kernel."""


def test_the_attempts_have_teeth(tmp_path: Path) -> None:
    for name in ("own", "other"):
        (tmp_path / name).write_bytes(b"\0")
    command = [sys.executable, "-I", "-S", attempts.__file__, "-", tmp_path / "own", tmp_path / "other"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={"SECRET_KEY": "x"}).stdout.split()
    assert set(said) >= SOCKETS | {"own", "other", "environment", "environment-of-launcher"}


@pytest.mark.parametrize("level", walled_levels())
def test_behind_a_wall_nothing_is_read_but_the_own_file_and_no_socket_opens(
    level: SandboxLevel, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMIXHUB_SECRET_KEY", "secret")
    assert could_do(at_level(sandbox, level)) == {"own"}


@pytest.mark.parametrize("level", levels_here())
def test_no_level_opens_a_socket_or_knows_the_environment(
    level: SandboxLevel, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMIXHUB_SECRET_KEY", "secret")
    assert could_do(at_level(sandbox, level)) <= {"own", "other", "environment-of-launcher"}


def interpreters() -> set[Path]:
    """That beneath the environment, and Debian's where it is there, whose parts are below /usr."""
    return {python.python_here().program, *(path.resolve() for path in (Path("/usr/bin/python3"),) if path.exists())}


@pytest.mark.parametrize("level", walled_levels())
@pytest.mark.parametrize("program", sorted(interpreters()))
def test_whichever_interpreter_there_is_starts(
    level: SandboxLevel, program: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = python.python_here()
    other = here if program == here.program else Python(program, here.options, ())
    monkeypatch.setattr(module, "python_here", lambda: other)
    assert could_do(at_level(sandbox, level)) == {"own"}


def test_a_level_that_leaves_a_hole_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    strongest = detect_sandbox(find_ffmpeg())
    assert strongest.filters
    monkeypatch.setattr(module, "refusing_program", lambda: None)
    found = detect_sandbox(find_ffmpeg())
    assert found.level is SandboxLevel.RLIMITS


def test_what_the_sandbox_needs_of_python_is_code_alone() -> None:
    here = python.python_here()
    assert not any(path in Path(tempfile.gettempdir()).parents for path in here.readable)
    assert all(path.is_absolute() and path != Path("/") for path in here.readable)
    assert Path(os.path.realpath(here.program)) == here.program


def test_both_architectures_have_a_filter_and_others_none() -> None:
    for machine in ("x86_64", "aarch64"):
        program = program_for(machine)
        assert program is not None
        assert len(program) % 8 == 0
        assert len(program) // 8 < 4096  # the kernel's limit
    assert program_for("riscv64") is None


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_judges_as_its_table_says(machine: str) -> None:
    """By a small machine for its instructions, since only one of the architectures is here."""
    architecture, sockets, harmless, clone, clone3 = {
        "x86_64": (0xC000003E, (41, 53), (0, 1, 9, 59, 231), 56, 435),
        "aarch64": (0xC00000B7, (198, 199), (56, 63, 64, 221, 222), 220, 435),
    }[machine]
    program = program_for(machine)
    assert program is not None
    for number in (*sockets, 425, 428):
        assert judged(program, architecture, number) == 0x00050001
    for number in harmless:
        assert judged(program, architecture, number) == 0x7FFF0000
    assert judged(program, architecture, clone, 0x00010F00) == 0x7FFF0000  # a thread
    assert judged(program, architecture, clone, 0x10000011) == 0x00050001  # a user namespace
    assert judged(program, architecture, clone3) == 0x00050026
    assert judged(program, architecture, harmless[0] | 0x40000000) == 0x00050001  # x32
    assert judged(program, 0x40000003, harmless[0]) == 0x00050001  # i386


def judged(program: bytes, architecture: int, number: int, argument: int = 0) -> int:
    words = {0: number, 4: architecture, 16: argument}
    at = accumulator = 0
    while True:
        code = int.from_bytes(program[at * 8 : at * 8 + 2], sys.byteorder)
        then, otherwise = program[at * 8 + 2], program[at * 8 + 3]
        operand = int.from_bytes(program[at * 8 + 4 : at * 8 + 8], sys.byteorder)
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            accumulator = words[operand]
            continue
        holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: bool(accumulator & operand)}[code]
        at += then if holds else otherwise


@pytest.mark.parametrize("level", walled_levels())
def test_without_the_filter_the_wall_alone_would_leave_sockets_open(level: SandboxLevel, sandbox: Sandbox) -> None:
    """Why it is there: Landlock refuses no UDP and no other family, a namespace none of its own."""
    assert could_do(replace(at_level(sandbox, level), filters=False)) > {"own", "udp", "unix"}
