"""An SMTP server (RFC 5321, 3207, 4954) that keeps what it is sent, and certificates for it."""

from __future__ import annotations

import datetime
import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import sessionmaker

from remixhub.compose import Parts
from remixhub.domain.states import JobKind, JobState
from remixhub.jobs.runner import Plan, perform
from remixhub.models import Job
from remixhub.models.engine import SENDS_MAIL
from remixhub.services.mail.sending import send_letter


class Mailbox(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, tls: ssl.SSLContext | None, *, at_once: bool, strips: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.tls = tls
        self.at_once = at_once
        """TLS from the first byte, as with smtps."""
        self.strips = strips
        """Stands for somebody on the way who takes STARTTLS out of what the server says."""
        self.letters: list[str] = []
        self.envelopes: list[str] = []
        """What was said to MAIL and RCPT."""
        self.answers: dict[str, str] = {}
        """By verb or what follows it, in place of “250 fine”; DATA's is said after the letter."""
        self.reports = False
        """It says that it knows RFC 3461."""
        self.logins: list[bytes] = []
        self.clear: list[str] = []
        """The verbs that came without TLS."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that do not like a certificate hang up."""


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox
    timeout = 10

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self._safe = False
        if self.server.at_once:
            self._wrap()
        self._say("220 mailbox")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if not self._safe:
                self.server.clear.append(verb.upper())
            match verb.upper():
                case "EHLO":
                    offers = self.server.tls and not self._safe and not self.server.strips
                    reports = "250-DSN\r\n" if self.server.reports else ""
                    self._say(f"250-mailbox\r\n{reports}" + ("250 STARTTLS" if offers else "250 AUTH PLAIN"))
                case "STARTTLS":
                    self._say("220 go on")
                    self._wrap()
                case "AUTH":
                    self.server.logins.append(rest.encode())
                    self._say("235 it is you")
                case "DATA":
                    self._take()
                case "QUIT":
                    return self._say("221 bye")
                case _:
                    if verb.upper() in ("MAIL", "RCPT"):
                        self.server.envelopes.append(rest)
                    answers = self.server.answers
                    self._say(answers.get(rest) or answers.get(verb.upper(), "250 fine"))

    def _take(self) -> None:
        self._say("354 go on")
        letter = []
        while (text := self.rfile.readline()) != b".\r\n":
            letter.append(text.decode())
        answer = self.server.answers.get("DATA", "250 fine")
        if answer.startswith("250"):
            self.server.letters.append("".join(letter))
        self._say(answer)

    def _wrap(self) -> None:
        assert self.server.tls is not None
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        self._safe = True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None, *, at_once: bool = False, strips: bool = False) -> Iterator[Mailbox]:
    with Mailbox(tls, at_once=at_once, strips=strips) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()


def with_mail(parts: Parts, url: str, **settings: Any) -> Parts:
    """The same hub, with a mail server: for those that were built without one."""
    sessions = sessionmaker(parts.database.engine, expire_on_commit=False, info={SENDS_MAIL: True})
    database = replace(parts.database, _sessions=sessions)
    return replace(parts, settings=replace(parts.settings, smtp_url=url, **settings), database=database)


def sender_of(parts: Parts) -> Callable[[], None]:
    """Tries each letter that waits once."""

    def send() -> None:
        waiting = sa.select(Job.id).where(Job.kind == JobKind.SEND_LETTER, Job.state == JobState.PENDING)
        with parts.database.reading() as session:
            job_ids = session.scalars(waiting.order_by(Job.created_at)).all()
        for job_id in job_ids:
            perform(parts.settings, parts.database, job_id, Plan(lambda lease: send_letter(parts, lease)))

    return send


def link_in(letter: str, page: str) -> str:
    """The token of the link to `/page/…`, as mail programs read it: quoted-printable lines joined."""
    found = re.search(rf"/{page}/([\w.-]+)", letter.replace("=\r\n", "").replace("=\n", ""))
    assert found is not None, letter
    return found[1]


class Authority:
    """One that signs certificates for names."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        whole = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        made = self._dated(self._name, self._key.public_key()).add_extension(x509.BasicConstraints(True, None), True)
        self._certificate = made.add_extension(whole, True).sign(self._key, hashes.SHA256())
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context_for(self, host: str) -> ssl.SSLContext:
        """Of a server of that name."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        made = self._dated(named, key.public_key()).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), False
        )
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = made.add_extension(identifier, False).sign(self._key, hashes.SHA256())
        path = self._folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _dated(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
        )
