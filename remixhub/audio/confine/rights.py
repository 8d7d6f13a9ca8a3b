"""Run as a script: takes the rights away that a media decoder does not need, then becomes the decoder.

    python -I -S -c "$(cat rights.py)" LAUNCHER_PID RLIMITS FILTER N_READABLE READABLE… COMMAND…

RLIMITS are `NAME=soft:hard`, with commas between them. FILTER is a seccomp program in hexadecimal, behind `own:` when
it is for this process, or `FD:` to leave it in that open file for the command to load; `-` is none. N_READABLE is how
many paths follow (-1: no Landlock).
A launcher of its own, because code between fork and exec is unsafe in a process with threads. It imports little: it
starts for every decoder, and `json`, `pathlib` and `signal` would double what that takes.
Exits 125 when the confinement cannot be had; it never runs the command with less than was asked for.
"""

import ctypes
import os
import resource
import struct
import sys

_SIGKILL = 9
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many of the file system's rights each version of Landlock's ABI knows.
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_NET_RIGHTS = 0b11
_SCOPES = 0b11


def confine(launcher_pid: int, rlimits: str, filter_words: str, readable: list[str] | None) -> None:
    for one in rlimits.split(","):
        name, _, values = one.partition("=")
        soft, _, hard = values.partition(":")
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (int(soft), int(hard)))
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != launcher_pid:
        raise OSError("the launching process is gone")
    place, _, program = filter_words.rpartition(":")
    if readable is not None or place == "own":
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if readable is not None:
        _landlock(libc, readable)
    if place == "own":
        _filter(libc, bytes.fromhex(program))
    elif place:
        _leave(bytes.fromhex(program), int(place))


def _filter(libc: ctypes.CDLL, program: bytes) -> None:
    """From here on; what is executed later has it too."""
    steps = ctypes.create_string_buffer(program)
    described = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, described, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp refused the filter")


def _leave(program: bytes, fd: int) -> None:
    written = os.memfd_create("filter")
    os.write(written, program)
    os.lseek(written, 0, os.SEEK_SET)
    os.dup2(written, fd, inheritable=True)


def _landlock(libc: ctypes.CDLL, readable: list[str]) -> None:
    """Leaves reading and executing below `readable` as the only rights to files; no TCP, no signals to others."""
    syscall, abi = libc.syscall, landlock_abi(libc)
    if abi < 1:
        raise OSError(ctypes.get_errno(), "no Landlock in this kernel")
    fs_rights = (1 << _FS_RIGHTS.get(abi, 16)) - 1
    attributes = struct.pack("=QQQ", fs_rights, _NET_RIGHTS if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    for path in readable:
        if not os.path.exists(path):  # noqa: PTH110
            continue
        rights = _EXECUTE | _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)  # noqa: PTH112
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock refused a rule for {path}")
        os.close(place)
    if ruleset < 0 or syscall(_RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock refused the ruleset")
    os.close(ruleset)


def landlock_abi(libc: ctypes.CDLL) -> int:
    """Its version in this kernel; below 1 where there is none, or where the container forbids it."""
    return int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))


if __name__ == "__main__":
    pid, limits, filtered, count, *words = sys.argv[1:]
    n_readable = int(count)
    try:
        confine(int(pid), limits, filtered, None if n_readable < 0 else words[:n_readable])
        command = words[max(n_readable, 0) :]
        os.execv(command[0], command)  # noqa: S606
    except OSError as exc:
        sys.stderr.write(f"rights: {exc}\n")
        sys.exit(125)
