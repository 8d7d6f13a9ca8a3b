"""Free ports on the loopback interface."""

from __future__ import annotations

import errno
import socket

LOOPBACK = "127.0.0.1"
_BACKLOG = 2048
"""As gunicorn's own."""


def free_ports(count: int) -> list[int]:
    """Distinct ports that nobody listens on right now."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
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
