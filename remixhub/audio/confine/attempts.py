"""Run as a script in the sandbox: tries what no decoder may, and prints a word for each that it could do.

    python -I -S attempts.py SITE OWN OTHER

`own` says that the file it was given could be read; every other word is a hole.
"""

import ctypes
import os
import socket
import sys
from collections.abc import Callable

_IO_URING_SETUP = 425
_PLAIN_VARIABLES = {"PATH", "LC_ALL", "LC_CTYPE", "PWD"}
_KINDS = {
    "tcp": ("AF_INET", socket.SOCK_STREAM),
    "udp": ("AF_INET", socket.SOCK_DGRAM),
    "raw": ("AF_INET", socket.SOCK_RAW),
    "tcp6": ("AF_INET6", socket.SOCK_STREAM),
    "udp6": ("AF_INET6", socket.SOCK_DGRAM),
    "unix": ("AF_UNIX", socket.SOCK_STREAM),
    "unix-datagram": ("AF_UNIX", socket.SOCK_DGRAM),
    "netlink": ("AF_NETLINK", socket.SOCK_RAW),
    "packet": ("AF_PACKET", socket.SOCK_RAW),
    "vsock": ("AF_VSOCK", socket.SOCK_STREAM),
    "kernel-crypto": ("AF_ALG", socket.SOCK_SEQPACKET),
}


def attempts(own: str, other: str) -> dict[str, Callable[[], bool]]:
    """By word; each tells whether it worked, or raises OSError."""
    tries: dict[str, Callable[[], bool]] = {
        "own": lambda: _reads(own),
        "other": lambda: _reads(other),
        "environment": lambda: not set(os.environ) <= _PLAIN_VARIABLES,
        "environment-of-launcher": lambda: _reads(f"/proc/{os.getppid()}/environ"),
        "pair": lambda: _opens(lambda: socket.socketpair()[0]),
        "io_uring": _sets_up_io_uring,
    }
    for word, (family, kind) in _KINDS.items():
        if hasattr(socket, family):
            tries[word] = lambda family=family, kind=kind: _opens(  # type: ignore[misc]
                lambda: socket.socket(getattr(socket, family), kind)
            )
    return tries


def _reads(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123
        return bool(file.read(1))


def _opens(make: Callable[[], socket.socket]) -> bool:
    make().close()
    return True


def _sets_up_io_uring() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    parameters = ctypes.create_string_buffer(120)
    return bool(ctypes.CDLL(None).syscall(_IO_URING_SETUP, 1, parameters) >= 0)


def main() -> None:
    for word, attempt in attempts(*sys.argv[2:4]).items():
        try:
            if attempt():
                print(word)
        except OSError:
            continue


if __name__ == "__main__":
    main()
