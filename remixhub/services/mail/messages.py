"""A letter as a message: headers that no fact can break, and both layouts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.domain.letter_layout import Foot, as_html, as_text
from remixhub.domain.letters import DIGEST_WORDS, TOPIC_WORDS, Facts, LetterKind, MailTopic, Rhythm, compose
from remixhub.models import Letter

_SALT = "unsubscribe"


class _Whole(UnstructuredHeader, BaseHeader):
    """Addresses and ids: folded, a long one would become encoded words, which nobody reads back there."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("list-unsubscribe", "message-id"):
    _HEADERS.map_to_type(_name, _Whole)
_POLICY = SMTP.clone(header_factory=_HEADERS)


class AddressUnusable(ValueError):
    """It is none, or needs SMTPUTF8 (RFC 6531), which few servers speak."""


def message_of(
    parts: Parts,
    letter: Letter,
    *,
    handle: str | None,
    token: str = "",
    quoted: Mapping[str, str] = MappingProxyType({}),
    sent_at: dt.datetime,
) -> EmailMessage:
    """`quoted`: what it takes from elsewhere, beside its own facts. Raises AddressUnusable."""
    addresses, purpose = parts.addresses, letter.kind.link
    link = addresses.mailed_link(purpose.page, token) if purpose is not None else ""
    words = compose(letter.kind, Facts(addresses, handle, link, {**letter.facts, **quoted}))
    stop, what = "", _stopped(letter)
    if what is not None and letter.account_id is not None:
        stop = addresses.unsubscribe(unsubscribe_token(parts.settings, letter.account_id, what))
    topic = stop_words(what) if what is not None else ""
    name = parts.house.now().name
    foot = Foot(addresses.hub, name, handle, topic, stop)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = words.subject
    message["From"] = _sender(parts.settings, name)
    message["To"] = _address(letter.address)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id(parts.settings, letter.id)
    message["Auto-Submitted"] = "auto-generated"
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(as_text(words, foot), cte="quoted-printable")
    message.add_alternative(as_html(words, foot), subtype="html", cte="quoted-printable")
    return message


def message_id(settings: Settings, letter_id: str) -> str:
    """The same for each attempt, so that a mailbox that gets it twice can tell."""
    return f"<{letter_id}@{urlsplit(settings.public_url).hostname}>"


def stop_words(what: MailTopic | Rhythm) -> str:
    """What a link stops: a topic, or the letter of the day or week."""
    return TOPIC_WORDS[what] if isinstance(what, MailTopic) else DIGEST_WORDS[what]


def _stopped(letter: Letter) -> MailTopic | Rhythm | None:
    return Rhythm(letter.facts["rhythm"]) if letter.kind is LetterKind.DIGEST else letter.topic


def unsubscribe_token(settings: Settings, account_id: str, what: MailTopic | Rhythm) -> str:
    """It can do nothing but this, so it is good for as long as the key is."""
    return str(URLSafeSerializer(settings.secret_key, salt=_SALT).dumps([account_id, what.value]))


def read_unsubscribe_token(settings: Settings, token: str) -> tuple[str, MailTopic | Rhythm] | None:
    """The account's id and what it stops; mail from before a change of the key still counts."""
    for secret in settings.receipt_secrets:
        try:
            account_id, what = URLSafeSerializer(secret, salt=_SALT).loads(token)
            return str(account_id), MailTopic(what) if what in list(MailTopic) else _digest_rhythm(what)
        except (BadSignature, ValueError, TypeError):
            continue
    return None


def _digest_rhythm(word: str) -> Rhythm:
    rhythm = Rhythm(word)
    if not rhythm.is_digest:
        raise ValueError(word)
    return rhythm


def _sender(settings: Settings, house: str) -> Address:
    name, address = parseaddr(settings.mail_from)
    return _address(address, name or house)


def _address(text: str, name: str = "") -> Address:
    local, _, domain = text.rpartition("@")
    try:
        return Address(name, addr_spec=f"{local}@{domain.encode('idna').decode()}".encode("ascii").decode())
    except (ValueError, IndexError, MessageError) as exc:  # which a UnicodeError is, and a HeaderParseError
        raise AddressUnusable(text) from exc
