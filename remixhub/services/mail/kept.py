"""Mail that is kept as files instead of being sent, as the embedded stack has it: read back for a page."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from remixhub.compose import Parts
from remixhub.domain.errors import NotFound

_NEWEST = 100


@dataclass(frozen=True)
class KeptLetter:
    id: str
    at: dt.datetime
    to: str
    subject: str
    text: str
    html: str


def list_kept(parts: Parts) -> list[KeptLetter]:
    """The newest first. Raises NotFound where mail is not kept."""
    files = sorted(_folder(parts).glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [_read(path) for path in files[:_NEWEST]]


def read_kept(parts: Parts, letter_id: str) -> KeptLetter:
    """Raises NotFound."""
    path = _folder(parts) / f"{letter_id}.eml"
    if not letter_id.isalnum() or not path.is_file():
        raise NotFound("There is no such letter.", what="letter")
    return _read(path)


def _folder(parts: Parts) -> Path:
    folder = parts.settings.mail_folder
    if folder is None or parts.settings.is_production:
        raise NotFound("This hub keeps no mail.", what="page")
    return folder


def _read(path: Path) -> KeptLetter:
    message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    at = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    said = {kind: _body(message, kind) for kind in ("plain", "html")}
    return KeptLetter(path.stem, at, str(message["To"]), str(message["Subject"]), said["plain"], said["html"])


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
