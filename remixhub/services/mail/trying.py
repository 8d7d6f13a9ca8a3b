"""Whether mail works: what `doctor` asks without sending anything, and a letter that an operator sends to see."""

from __future__ import annotations

import datetime as dt
import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from remixhub.compose import Parts
from remixhub.domain.accounts import clean_email
from remixhub.domain.letters import LetterKind
from remixhub.models import Letter, new_id
from remixhub.services.mail.messages import message_of
from remixhub.services.mail.smtp import Refused, connected, hand_over
from remixhub.transactions import refuse_network

_UNSET_SENDER = "remixhub@localhost"
_WITHOUT = (
    "REMIXHUB_SMTP_URL is not set: nobody can verify an address, so no contest with votes finds voters; nobody gets "
    "a new password but by an operator (`reset-password`); notices wait until they are looked at. See docs/mail.md."
)


@dataclass(frozen=True)
class Found:
    ok: bool
    detail: str
    warning: str = ""


def look(parts: Parts) -> Found:
    """Greets the server, by TLS and with the password as a letter would; sends nothing."""
    settings = parts.settings
    if not settings.sends_mail:
        return Found(True, "none is sent", _WITHOUT if settings.is_production else "")
    if settings.mail_folder is not None:
        return Found(True, f"kept in {settings.mail_folder}, shown at {parts.addresses.of('/dev/mail')}")
    refuse_network("The mail server")
    server = urlsplit(settings.smtp_url)
    name = f"{server.scheme}://{server.hostname}:{server.port or ''}".rstrip(":")
    try:
        with connected(server) as smtp:
            smtp.noop()
    except (OSError, smtplib.SMTPException) as exc:
        return Found(False, f"{name}: {exc}")
    is_unset = settings.is_production and settings.mail_from == _UNSET_SENDER
    unset = "REMIXHUB_MAIL_FROM is not set: few servers take mail from remixhub@localhost."
    return Found(True, f"{name} answers", unset if is_unset else "")


def send_test(parts: Parts, address: str) -> str | None:
    """None when the server took it, else what it said. Raises EmailInvalid, MailUnavailable, MailPutOff."""
    letter = Letter(id=new_id(), kind=LetterKind.TEST, address=clean_email(address), facts={})
    message = message_of(parts, letter, handle=None, sent_at=dt.datetime.now(dt.UTC))
    try:
        hand_over(parts.settings, message, to=message["To"].addresses[0].addr_spec, envelope_id=letter.id)
    except Refused as refusal:
        return refusal.answer.said
    return None
