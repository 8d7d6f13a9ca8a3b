"""Handing a message to the SMTP server that the settings name: to that server, whose certificate proves its name, or
not at all.
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import structlog

from remixhub.config import FOLDER, Settings
from remixhub.domain.bounces import Answer
from remixhub.domain.errors import Unavailable
from remixhub.transactions import refuse_network

log = structlog.get_logger()

_TIMEOUT_SECONDS = 10
"""For each answer of the server."""


class MailUnavailable(Unavailable):
    code = "mail_unavailable"
    title = "No mail can be sent"


class MailPutOff(Unavailable):
    """By the server of the recipient: it asks to come again later."""

    code = "mail_put_off"
    title = "The recipient's mail server asks to come again"


class Refused(Exception):
    """For good, by the server."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def hand_over(settings: Settings, message: EmailMessage, *, to: str, envelope_id: str) -> None:
    """Returns when the server has taken it. Raises MailUnavailable, also when no server is named; MailPutOff; Refused.

    Never inside a transaction: it waits for a server. `envelope_id` comes back in reports by servers that know of it
    (RFC 3461).
    """
    if not settings.sends_mail:
        raise MailUnavailable("This hub sends no mail: REMIXHUB_SMTP_URL is not set.")
    refuse_network("The mail server")
    server = urlsplit(settings.smtp_url)
    sender = message["From"].addresses[0].addr_spec
    try:
        written = message.as_bytes(policy=SMTP)
        if server.scheme == FOLDER:
            _keep(Path(server.path), envelope_id, written)
            return
        with connected(server) as smtp:
            reports = smtp.has_extn("dsn")
            smtp.sendmail(
                sender,
                [to],
                written,
                [f"ENVID={envelope_id}", "RET=HDRS"] if reports else [],
                ["NOTIFY=FAILURE"] if reports else [],
            )
    except smtplib.SMTPRecipientsRefused as exc:
        code, text = exc.recipients[to]
        _not_taken(Answer(code, _words(text), at_recipient=True), exc)
    except smtplib.SMTPDataError as exc:
        _not_taken(Answer(exc.smtp_code, _words(exc.smtp_error)), exc)
    except ssl.SSLError as exc:
        log.error("mail_server_unproved", detail=str(exc))
        raise MailUnavailable("The mail server could not prove who it is, so nothing was sent; try later.") from None
    except (OSError, smtplib.SMTPException) as exc:
        log.warning("mail_failed", detail=str(exc))
        raise MailUnavailable(f"The mail server does not take the mail: {exc}") from None  # as this, not as its errno


def _not_taken(answer: Answer, cause: Exception) -> None:
    if answer.is_final:
        raise Refused(answer) from cause
    raise MailPutOff(answer.said) from cause


def _words(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def _keep(folder: Path, envelope_id: str, written: bytes) -> None:
    """As a file; the same letter again is the same file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = folder / f".{envelope_id}"
    unfinished.write_bytes(written)
    unfinished.rename(folder / f"{envelope_id}.eml")


@contextmanager
def connected(server: SplitResult) -> Iterator[smtplib.SMTP]:
    """Greeted, by TLS where that is due, and signed in where the address names a user."""
    host, safe = server.hostname or "localhost", ssl.create_default_context()
    if server.scheme == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 0, timeout=_TIMEOUT_SECONDS, context=safe)
    else:
        opened = smtplib.SMTP(host, server.port or 0, timeout=_TIMEOUT_SECONDS)
    with opened as smtp:
        if server.scheme == "smtp" and (server.username or not _is_this_machine(host)):
            smtp.starttls(context=safe)  # raises where the server, or somebody on the way, does not offer it
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.ehlo_or_helo_if_needed()
        yield smtp


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
