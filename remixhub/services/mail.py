"""Mail, by the SMTP server that the settings name: to that server, whose certificate proves its name, or not at all."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import structlog

from remixhub.config import Settings
from remixhub.domain.errors import Unavailable
from remixhub.transactions import refuse_network

log = structlog.get_logger()

_TIMEOUT_SECONDS = 10
"""For each answer of the server."""


class MailUnavailable(Unavailable):
    code = "mail_unavailable"
    title = "No mail can be sent"


def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> None:
    """Raises MailUnavailable, also when no server is named. Never inside a transaction: it waits for a server."""
    if not settings.smtp_url:
        raise MailUnavailable("This hub sends no mail; ask an operator (`python -m remixhub verify-address`).")
    refuse_network("The mail server")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message.set_content(text)
    try:
        with _connected(urlsplit(settings.smtp_url)) as smtp:
            smtp.send_message(message)
    except ssl.SSLError as exc:
        log.error("mail_server_unproved", detail=str(exc))
        raise MailUnavailable("The mail server could not prove who it is, so nothing was sent; try later.") from exc
    except (OSError, smtplib.SMTPException) as exc:
        log.warning("mail_failed", detail=str(exc))
        raise MailUnavailable("The mail server does not take the mail; try again later.") from exc


@contextmanager
def _connected(server: SplitResult) -> Iterator[smtplib.SMTP]:
    host, safe = server.hostname or "localhost", ssl.create_default_context()
    if server.scheme == "smtps":
        connected: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 0, timeout=_TIMEOUT_SECONDS, context=safe)
    else:
        connected = smtplib.SMTP(host, server.port or 0, timeout=_TIMEOUT_SECONDS)
    with connected as smtp:
        if server.scheme == "smtp" and (server.username or not _is_this_machine(host)):
            smtp.starttls(context=safe)  # raises where the server, or somebody on the way, does not offer it
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        yield smtp


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
