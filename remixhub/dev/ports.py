"""Free ports on the loopback interface."""

from __future__ import annotations

import errno
import random
import socket

LOOPBACK = "127.0.0.1"
_BACKLOG = 2048
"""As gunicorn's own."""
_CALM_PORTS = range(12_000, 32_000)
"""Linux gives outgoing connections 32,768 and up, macOS 49,152."""


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody listens on right now.

    Of those that the kernel gives to no outgoing connection: a server takes seconds until it listens on its own.
    """
    sockets: list[socket.socket] = []
    try:
        while len(sockets) < count:
            try:
                sockets.append(socket.create_server((LOOPBACK, random.choice(_CALM_PORTS))))  # noqa: S311
            except OSError as exc:
                if exc.errno != errno.EADDRINUSE:
                    raise
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def listen_near(wanted: int, tries: int = 20) -> socket.socket:
    """Listens on the wanted port, on the next free one after it, or on any; the socket is bound as servers bind theirs.

    Only the attempt tells: a port may be held by an outgoing connection, or by a server too busy to answer.
    """
    for port in range(wanted, min(wanted + tries, 65_536)) if wanted else ():
        try:
            return socket.create_server((LOOPBACK, port), backlog=_BACKLOG)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise
    return socket.create_server((LOOPBACK, 0), backlog=_BACKLOG)
