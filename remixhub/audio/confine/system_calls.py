"""A seccomp filter for whatever reads hostile media: no socket of any kind, and none of the kernel's larger doors.

It is a list of what is refused (EPERM), not of what is allowed: a decoder that needs a new, harmless call goes on
working. Landlock knows of TCP alone, and that from its fourth version; this holds on every kernel with seccomp.
"""

from __future__ import annotations

import functools
import os
import struct
import sys

_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_X32 = 0x40000000
"""From here on the numbers are those of another way of calling an x86-64 kernel."""
_NEW_NAMESPACES = 0x7E020000
"""Flags of clone: mount, cgroup, UTS, IPC, user, PID and network."""

_EVERYWHERE = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "mount_setattr": 442, "open_tree_attr": 467,
}  # fmt: skip
_X86_64 = {
    "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "socketpair": 53, "accept4": 288,
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "perf_event_open": 298,
    "bpf": 321, "userfaultfd": 323, "add_key": 248, "request_key": 249, "keyctl": 250,
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
    "open_by_handle_at": 304, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168, "syslog": 103,
    "iopl": 172, "ioperm": 173,
}  # fmt: skip
_AARCH64 = {
    "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "accept4": 242,
    "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "perf_event_open": 241,
    "bpf": 280, "userfaultfd": 282, "add_key": 217, "request_key": 218, "keyctl": 219,
    "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
    "open_by_handle_at": 265, "init_module": 105, "finit_module": 273, "delete_module": 106,
    "kexec_load": 104, "kexec_file_load": 294, "reboot": 142, "swapon": 224, "swapoff": 225, "syslog": 116,
}  # fmt: skip
_CLONE3 = 435
"""Its flags are behind a pointer, where a filter cannot look: "there is none" makes the C library use clone."""
_MACHINES = {"x86_64": (0xC000003E, _X86_64, 56), "aarch64": (0xC00000B7, _AARCH64, 220)}
"""The kernel's word for the architecture, its numbers, and that of clone."""


@functools.cache
def refusing_program() -> bytes | None:
    """The filter as BPF for this machine; None where none is known."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    return program_for(os.uname().machine)


def program_for(machine: str) -> bytes | None:
    if machine not in _MACHINES:
        return None
    architecture, numbers, clone = _MACHINES[machine]
    refused = sorted({*numbers.values(), *_EVERYWHERE.values()})
    # Each test is followed by what it leads to, so that no jump is longer than one instruction.
    refuse = _instruction(_RETURN, _ERRNO | _EPERM)
    steps = [
        _instruction(_LOAD_WORD, _ARCHITECTURE_AT), _instruction(_JUMP_EQUAL, architecture, then=1), refuse,
        _instruction(_LOAD_WORD, _NUMBER_AT), _instruction(_JUMP_AT_LEAST, _X32, otherwise=1), refuse,
    ]  # fmt: skip
    for number in refused:
        steps += [_instruction(_JUMP_EQUAL, number, otherwise=1), refuse]
    steps += [_instruction(_JUMP_EQUAL, _CLONE3, otherwise=1), _instruction(_RETURN, _ERRNO | _ENOSYS)]
    steps += [_instruction(_JUMP_EQUAL, clone, otherwise=3), _instruction(_LOAD_WORD, _FIRST_ARGUMENT_AT)]
    steps += [_instruction(_JUMP_ANY_BIT, _NEW_NAMESPACES, otherwise=1), refuse, _instruction(_RETURN, _ALLOW)]
    return b"".join(steps)


def _instruction(code: int, operand: int, then: int = 0, otherwise: int = 0) -> bytes:
    """`then` and `otherwise` are how many instructions a test passes over."""
    return struct.pack("=HBBI", code, then, otherwise, operand)
