"""Mail, by the SMTP server that the settings name; STARTTLS where it offers it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from remixhub.config import Settings
from remixhub.domain.errors import Unavailable
from remixhub.transactions import refuse_network

_TIMEOUT_SECONDS = 10


class MailUnavailable(Unavailable):
    code = "mail_unavailable"
    title = "No mail can be sent"


def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> None:
    """Raises MailUnavailable, also when no server is named."""
    if not settings.smtp_url:
        raise MailUnavailable("This hub sends no mail; ask an operator (`python -m remixhub verify-address`).")
    refuse_network("The mail server")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message.set_content(text)
    server = urlsplit(settings.smtp_url)
    connect = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with connect(server.hostname or "localhost", server.port or 0, timeout=_TIMEOUT_SECONDS) as smtp:
            if server.scheme == "smtp" and smtp.has_extn("starttls"):
                smtp.starttls()
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as exc:
        raise MailUnavailable("The mail server does not answer; try again later.") from exc
