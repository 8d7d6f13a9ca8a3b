"""What an account wishes by mail: everything but what it has declined, topic by topic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, session_actor
from remixhub.domain.errors import Invalid
from remixhub.domain.letters import LetterState, MailTopic
from remixhub.domain.states import Scope
from remixhub.models import Account, DeclinedTopic, Letter
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.mail.messages import read_unsubscribe_token


class UnsubscribeInvalid(Invalid):
    code = "unsubscribe_invalid"
    title = "This link stops nothing"


@dataclass(frozen=True)
class MailPage:
    account: Account
    declined: frozenset[MailTopic]
    bounced_by: str
    """What the server at the other end said, while the address counts as one that takes no mail."""


def view_mail(actor: Actor, parts: Parts) -> MailPage:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        account = session.get_one(Account, account_id)
        said = None
        if account.address_bounced_at is not None:
            bounced = sa.and_(Letter.account_id == account_id, Letter.state == LetterState.BOUNCED)
            newest = sa.select(Letter.error).where(bounced, Letter.address == account.email)
            said = session.scalar(newest.order_by(Letter.created_at.desc()).limit(1))
        return MailPage(account, _declined(session, account_id), said or "")


def wish(actor: Actor, parts: Parts, topic: MailTopic, *, is_wished: bool) -> None:
    """Safe to repeat."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        _note(session, actor, account_id, topic, is_wished=is_wished)


def wish_alone(actor: Actor, parts: Parts, topics: Collection[MailTopic]) -> None:
    """These topics and no others."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        for topic in MailTopic:
            _note(session, actor, account_id, topic, is_wished=topic in topics)


def wish_by_link(parts: Parts, token: str, *, is_wished: bool) -> MailTopic:
    """Without signing in, by the link that stands in the mail itself; safe to repeat. Raises UnsubscribeInvalid."""
    account_id, topic = read_link(parts, token)
    with parts.database.writing() as session:
        handle = session.scalar(sa.select(Account.handle).where(Account.id == account_id))
        if handle is not None:
            actor = session_actor(account_id, handle, is_operator=False)
            _note(session, actor, account_id, topic, is_wished=is_wished)
    return topic


def read_link(parts: Parts, token: str) -> tuple[str, MailTopic]:
    """The account's id and what it would stop. Raises UnsubscribeInvalid."""
    found = read_unsubscribe_token(parts.settings, token)
    if found is None:
        raise UnsubscribeInvalid("Copy the whole link from the mail, or choose in your settings what comes by mail.")
    return found


def is_declined(session: Session, account_id: str, topic: MailTopic | None) -> bool:
    return topic in _declined(session, account_id)


def _declined(session: Session, account_id: str) -> frozenset[MailTopic]:
    return frozenset(session.scalars(sa.select(DeclinedTopic.topic).where(DeclinedTopic.account_id == account_id)))


def _note(session: Session, actor: Actor, account_id: str, topic: MailTopic, *, is_wished: bool) -> None:
    row = sa.and_(DeclinedTopic.account_id == account_id, DeclinedTopic.topic == topic)
    if is_wished:
        done = session.scalars(sa.delete(DeclinedTopic).where(row).returning(DeclinedTopic.topic)).all()
    else:
        added = insert(session, DeclinedTopic).values(account_id=account_id, topic=topic)
        done = session.scalars(added.on_conflict_do_nothing().returning(DeclinedTopic.topic)).all()
    if done:
        action = "mail.wished" if is_wished else "mail.declined"
        journal.record(session, actor, action, "account", account_id, after={"topic": topic.value})
