"""Run as a script: takes the rights away that a media decoder does not need, then becomes the decoder.

    python -I -S rights.py LIMITS COMMAND…

LIMITS is JSON: `rlimits` {name: [soft, hard]}, `launcher_pid`, and `readable` (paths; absent: no Landlock).
A launcher of its own, because code between fork and exec is unsafe in a process with threads. Standard library only.
Exits 125 when the confinement cannot be had; it never runs the command with less than was asked for.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many of the file system's rights each version of Landlock's ABI knows.
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_NET_RIGHTS = 0b11
_SCOPES = 0b11


def confine(limits: dict[str, object]) -> None:
    rlimits = limits["rlimits"]
    assert isinstance(rlimits, dict)
    for name, pair in rlimits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), tuple(pair))
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != limits["launcher_pid"]:
        raise OSError("the launching process is gone")
    readable = limits.get("readable")
    if isinstance(readable, list):
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _landlock(libc, [Path(path) for path in readable])


def _landlock(libc: ctypes.CDLL, readable: list[Path]) -> None:
    """Leaves reading and executing below `readable` as the only rights to files; no TCP, no signals to others."""
    syscall = libc.syscall
    abi = syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        raise OSError(ctypes.get_errno(), "no Landlock in this kernel")
    fs_rights = (1 << _FS_RIGHTS.get(abi, 16)) - 1
    attributes = struct.pack("=QQQ", fs_rights, _NET_RIGHTS if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    for path in readable:
        if not path.exists():
            continue
        rights = _EXECUTE | _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock refused a rule for {path}")
        os.close(place)
    if ruleset < 0 or syscall(_RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "Landlock refused the ruleset")
    os.close(ruleset)


if __name__ == "__main__":
    try:
        confine(json.loads(sys.argv[1]))
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
    except OSError as exc:
        sys.stderr.write(f"rights: {exc}\n")
        sys.exit(125)
