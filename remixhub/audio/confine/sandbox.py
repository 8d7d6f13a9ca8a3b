"""Where hostile media is decoded: a process of its own that can read one file and write to one pipe.

Three levels, by what the machine allows: `bubblewrap` (own mount, network and process namespaces), `landlock` (the
kernel refuses every other file, and signals to others), `rlimits` (caps on memory, time and files only). All of them
have the caps, a filter of system calls that lets no socket be opened, an empty environment, their own process group and
a wall clock, and die with the process that started them.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from remixhub.audio.confine.ffmpeg import FfmpegPaths
from remixhub.audio.confine.python import Script, python_here
from remixhub.audio.confine.system_calls import refusing_program
from remixhub.domain.media import LONGEST_SECONDS, DecoderOverLimit, DecoderUnavailable, DecodeTimeout

SOURCE = "{source}"
"""Stands for the input's path in arguments; where that is depends on the level."""

_RIGHTS = Path(__file__).with_name("rights.py").read_text(encoding="utf-8")
"""Given by word, so that a release that is exchanged beneath a worker fails no decoder."""
_ATTEMPTS = Script(Path(__file__).with_name("attempts.py"))
_FILTER_FD = 9
"""Where bubblewrap finds its filter."""
_LIBRARIES = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/nix/store")
_DEVICES = ("/dev/null", "/dev/urandom")
_MESSAGES_BYTES = 4_000
_BUSY_SHARE = 0.2
"""Of the wall clock's time that what works hard has had a processor, on a machine that is well."""
_NOT_STARTED = (125, 126, 127)
"""Exit codes of `confine`, bubblewrap and the dynamic linker, when the program never ran."""


_STOPPED_BY = (
    signal.SIGKILL, signal.SIGTERM, signal.SIGXCPU, signal.SIGXFSZ,
    signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE,
)  # fmt: skip
_BY_OTHERS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGBUS)
"""The kernel short of memory or with a failing disk, or an operator; the caps kill so only what has run for long."""


class SandboxLevel(StrEnum):
    """From weakest to strongest."""

    RLIMITS = "rlimits"
    LANDLOCK = "landlock"
    BUBBLEWRAP = "bubblewrap"

    def is_at_least(self, other: str) -> bool:
        levels = list(SandboxLevel)
        return levels.index(self) >= levels.index(SandboxLevel(other))


@dataclass(frozen=True)
class Caps:
    """What one decoder may use. `wall_seconds` runs while it streams too, so it holds the consumer's time as well."""

    memory_bytes: int = 1024**3
    cpu_seconds: int = 600
    wall_seconds: float = 1_800
    probe_seconds: float = 30
    longest_seconds: int = LONGEST_SECONDS
    """Of audio."""


@dataclass(frozen=True)
class Ended:
    returncode: int
    messages: str
    """What it wrote to stderr, cut to a few lines."""
    stdout: bytes = b""


class Confined:
    """A running program: read `stdout`, then ask `end()` how it went."""

    def __init__(
        self, process: subprocess.Popen[bytes], messages: IO[bytes], wall_seconds: float, cpu_seconds: int
    ) -> None:
        assert process.stdout is not None
        self.stdout = process.stdout
        self.feeder: _Feeder | None = None
        self._process = process
        self._messages = messages
        self._wall_seconds = wall_seconds
        self._cpu_seconds = cpu_seconds
        self._started = time.monotonic()
        self._timed_out = threading.Event()
        self._used_seconds = math.inf
        """Of CPU, up to the wall clock's end."""
        self._clock = threading.Timer(wall_seconds, self._time_out)
        self._clock.daemon = True
        self._clock.start()

    def end(self) -> Ended:
        """Waits for it. Raises DecodeTimeout, DecoderOverLimit when it crashed or the kernel stopped it at one of the
        caps, and DecoderUnavailable when it could not even start, somebody else killed it, or it got no processor.
        """
        returncode = self._process.wait()
        self._clock.cancel()
        self._messages.seek(0)
        messages = self._messages.read(_MESSAGES_BYTES).decode("utf-8", "replace").strip()
        if self.feeder is not None and self.feeder.fault is not None:
            raise DecoderUnavailable(f"The stored file could not be read: {self.feeder.fault.strerror}.")
        if self._timed_out.is_set():
            if self._used_seconds < _BUSY_SHARE * self._wall_seconds:  # it waited: for its reader, a disk, a processor
                raise DecoderUnavailable(f"The decoder did next to nothing for {self._wall_seconds:g} seconds.")
            raise DecodeTimeout(f"The decoder was stopped after {self._wall_seconds:g} seconds.")
        if returncode in _NOT_STARTED:
            raise DecoderUnavailable(f"The decoder could not be started: {messages}")
        if returncode < 0 or returncode - 128 in _STOPPED_BY:
            number = -returncode if returncode < 0 else returncode - 128
            stopped_by = signal.Signals(number).name
            if number in _BY_OTHERS and time.monotonic() - self._started < self._cpu_seconds:
                raise DecoderUnavailable(f"The decoder was ended from outside ({stopped_by}); it is tried again.")
            raise DecoderOverLimit(f"The decoder ran into one of its limits ({stopped_by}).", signal=stopped_by)
        return Ended(returncode, messages)

    def kill(self) -> None:
        self._clock.cancel()
        if self._process.poll() is None:
            self._kill_group()
        self._process.wait()

    def _time_out(self) -> None:
        self._used_seconds = sum(_cpu_seconds(pid) for pid in _with_descendants(self._process.pid))
        self._timed_out.set()
        self._kill_group()

    def _kill_group(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _with_descendants(pid: int) -> Iterator[int]:
    """Bubblewrap's are sessions of their own."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _with_descendants(int(child))


def _cpu_seconds(pid: int) -> float:
    """Infinite where nobody tells: then a wall clock that ran out is the file's fault."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf if sys.platform != "linux" else 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


class _Feeder(threading.Thread):
    """Writes to a program's standard input as far as it wants it."""

    def __init__(self, stdin: IO[bytes], feed: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self._stdin = stdin
        self._feed = feed
        self.fault: OSError | None = None
        """Why the file could not be read to its end, if so."""

    def run(self) -> None:
        with suppress(BrokenPipeError), self._stdin:
            for piece in self._read():
                self._stdin.write(piece)

    def _read(self) -> Iterator[bytes]:
        try:
            yield from self._feed
        except OSError as exc:
            self.fault = exc


@dataclass(frozen=True)
class Sandbox:
    level: SandboxLevel
    programs: FfmpegPaths
    caps: Caps = Caps()
    bubblewrap: Path | None = None
    filters: bool = True
    """Whether it can be kept from opening sockets; always so above `rlimits`."""

    @contextmanager
    def open(
        self,
        program: Path,
        arguments: Sequence[str],
        source: Path,
        *,
        wall_seconds: float | None = None,
        feed: Iterable[bytes] | None = None,
        readable: Sequence[Path] = (),
    ) -> Iterator[Confined]:
        """Starts `program` with `source` as the only file of ours that it can read; kills it on leaving.

        `readable` is what the program itself is made of, beside the system's libraries. `feed` is what it reads from
        its standard input; a thread takes it as far as the program wants it.

        The thread that calls this must outlive the program: Linux ties the program's life to it.
        """
        source = source.resolve()
        wall_seconds = wall_seconds or self.caps.wall_seconds
        with TemporaryDirectory(prefix="remixhub-") as empty, TemporaryFile() as messages:
            process = subprocess.Popen(  # noqa: S603
                self._command(program, arguments, source, readable),
                stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                cwd=empty,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                start_new_session=True,
            )
            running = Confined(process, messages, wall_seconds, self.caps.cpu_seconds)
            if feed is not None and process.stdin is not None:
                running.feeder = _Feeder(process.stdin, feed)
                running.feeder.start()
            try:
                yield running
            finally:
                running.kill()
                running.stdout.close()
                if running.feeder is not None:
                    running.feeder.join()

    def run(
        self,
        program: Path,
        arguments: Sequence[str],
        source: Path,
        *,
        wall_seconds: float,
        stdout_bytes: int,
        readable: Sequence[Path] = (),
    ) -> Ended:
        """As `open`, for short answers: reads at most `stdout_bytes` of them. Raises DecoderOverLimit beyond that."""
        with self.open(program, arguments, source, wall_seconds=wall_seconds, readable=readable) as running:
            stdout = running.stdout.read(stdout_bytes + 1)
            if len(stdout) > stdout_bytes:
                raise DecoderOverLimit(f"The answer about this file exceeds {stdout_bytes} bytes.")
            return replace(running.end(), stdout=stdout)

    def run_script(
        self, script: Script, arguments: Sequence[str], source: Path, *, wall_seconds: float, stdout_bytes: int
    ) -> Ended:
        """As `run`, for a Python script of ours; its first argument is where its packages are."""
        python = python_here()
        return self.run(
            python.program,
            [*python.options, str(script.path), str(script.site), *arguments],
            source,
            wall_seconds=wall_seconds,
            stdout_bytes=stdout_bytes,
            readable=[*python.readable, *script.readable],
        )

    def _command(self, program: Path, arguments: Sequence[str], source: Path, readable: Sequence[Path]) -> list[str]:
        landlock, prefix, seen, filtered = ["-1"], list[str](), str(source), self._filter()
        if self.level is SandboxLevel.LANDLOCK:
            paths = [*_LIBRARIES, *_DEVICES, str(program), str(source), *map(str, readable)]
            landlock = [str(len(paths)), *paths]
        if self.level is SandboxLevel.BUBBLEWRAP:
            seen = "/run/source"
            prefix = self._bubblewrap_command([program, *readable], source)
        words = [word.replace(SOURCE, seen) for word in arguments]
        rlimits = ",".join(f"{name}={soft}:{hard}" for name, (soft, hard) in self._rlimits().items())
        rights = [sys.executable, "-I", "-S", "-c", _RIGHTS, str(os.getpid()), rlimits, filtered, *landlock]
        return [*rights, *prefix, str(program), *words]

    def _filter(self) -> str:
        """Bubblewrap needs more calls than a decoder and loads the filter last, by itself."""
        program = refusing_program()
        if program is None or not self.filters:
            return "-"
        place = str(_FILTER_FD) if self.level is SandboxLevel.BUBBLEWRAP else "own"
        return f"{place}:{program.hex()}"

    def _rlimits(self) -> dict[str, tuple[int, int]]:
        caps = self.caps
        return {
            "CORE": (0, 0),
            "CPU": (caps.cpu_seconds, caps.cpu_seconds + 5),
            # What it says on stderr is the only file that it writes.
            "FSIZE": (1024**2, 1024**2),
            "NOFILE": (64, 64),
            **({"AS": (caps.memory_bytes, caps.memory_bytes)} if sys.platform == "linux" else {}),
        }

    def _bubblewrap_command(self, readable: Sequence[Path], source: Path) -> list[str]:
        """All is seen at its own path, but for the source: where that lies is nobody's business."""
        binds = [word for path in _LIBRARIES for word in ("--ro-bind-try", path, path)]
        binds += [word for path in map(str, readable) for word in ("--ro-bind-try", path, path)]
        filtered = ["--seccomp", str(_FILTER_FD)] if self._filter() != "-" else []
        return [
            *(str(self.bubblewrap), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
            *(*binds, "--ro-bind", str(source), "/run/source", *filtered),
            *("--dev", "/dev", "--clearenv", "--setenv", "LC_ALL", "C", "--chdir", "/", "--"),
        ]


def detect_sandbox(programs: FfmpegPaths, caps: Caps | None = None) -> Sandbox:
    """The strongest level that works here, found out by trying: each must read its own file, no other one, and open no
    socket. Raises DecoderUnavailable when ffmpeg does not even work without walls.
    """
    bubblewrap = shutil.which("bwrap")
    lowest = Sandbox(SandboxLevel.RLIMITS, programs, caps or Caps())
    candidates = [replace(lowest, level=SandboxLevel.BUBBLEWRAP, bubblewrap=Path(bubblewrap))] if bubblewrap else []
    if sys.platform == "linux":
        candidates.append(replace(lowest, level=SandboxLevel.LANDLOCK))
    for sandbox in candidates:
        if could_do(sandbox) == {"own"} and _decodes(sandbox):
            return sandbox
    for sandbox in (lowest, replace(lowest, filters=False)):
        if _decodes(sandbox):
            return sandbox
    raise DecoderUnavailable(f"{programs.ffmpeg} does not run on this machine.")


def could_do(sandbox: Sandbox) -> set[str]:
    """The words of `attempts`; none if it does not even run."""
    with TemporaryDirectory(prefix="remixhub-") as folder:
        own, other = Path(folder, "own"), Path(folder, "other")
        for path in (own, other):
            path.write_bytes(b"\0" * 64)
        try:
            ended = sandbox.run_script(_ATTEMPTS, [SOURCE, str(other)], own, wall_seconds=20, stdout_bytes=1_000)
        except (DecoderUnavailable, DecoderOverLimit, DecodeTimeout):
            return set()
        return set(ended.stdout.decode().split()) if ended.returncode == 0 else set()


def _decodes(sandbox: Sandbox) -> bool:
    arguments = ["-v", "error", "-f", "s16le", "-i", f"file:{SOURCE}", "-f", "s16le", "pipe:1"]
    with TemporaryDirectory(prefix="remixhub-") as folder:
        own = Path(folder, "own")
        own.write_bytes(b"\0" * 64)
        try:
            ended = sandbox.run(sandbox.programs.ffmpeg, arguments, own, wall_seconds=20, stdout_bytes=1_000)
        except (DecoderUnavailable, DecoderOverLimit, DecodeTimeout):
            return False
        return len(ended.stdout) == 64
