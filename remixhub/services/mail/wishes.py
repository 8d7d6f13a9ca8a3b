"""What an account wishes by mail, topic by topic: at once, together once a day or a week, or not at all.

What the release before knows, `declined_topics`, is written along: whatever is not wished at once is declined there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account, session_actor
from remixhub.domain.errors import Invalid
from remixhub.domain.letters import UNLESS_CHOSEN, LetterState, MailTopic, Rhythm
from remixhub.domain.states import Scope
from remixhub.models import Account, DeclinedTopic, Letter, MailRhythm, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.mail.messages import read_unsubscribe_token

_KNOWN_BEFORE = (MailTopic.CONTESTS, MailTopic.JUDGING, MailTopic.PERMISSIONS, MailTopic.MODERATION)
"""Topics of which the release before knows."""


class UnsubscribeInvalid(Invalid):
    code = "unsubscribe_invalid"
    title = "This link stops nothing"


@dataclass(frozen=True)
class MailPage:
    account: Account
    rhythms: Mapping[MailTopic, Rhythm]
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
        return MailPage(account, rhythms(session, account_id), said or "")


def choose(actor: Actor, parts: Parts, wished: Mapping[MailTopic, Rhythm], *, far_remixes: bool | None = None) -> None:
    """Of these topics; safe to repeat. `far_remixes`: whether remixes of remixes are told, on the hub too."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        for topic, rhythm in wished.items():
            _note(session, actor, account_id, topic, rhythm)
        if far_remixes is not None:
            told = sa.update(Account).where(Account.id == account_id).values(hears_of_far_remixes=far_remixes)
            session.execute(told)


def wish(actor: Actor, parts: Parts, topic: MailTopic, *, is_wished: bool) -> None:
    """As it comes unless chosen otherwise, or not at all. Safe to repeat."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        if is_wished and rhythms(session, account_id)[topic] is not Rhythm.NEVER:
            return
        _note(session, actor, account_id, topic, UNLESS_CHOSEN[topic] if is_wished else Rhythm.NEVER)


def stop_by_link(parts: Parts, token: str) -> MailTopic | Rhythm:
    """Without signing in, by the link that stands in the mail itself: what it stops. How it came until then is kept.

    Safe to repeat. Raises UnsubscribeInvalid.
    """
    account_id, what = read_link(parts, token)
    with parts.database.writing() as session:
        actor = _owner(session, account_id)
        if actor is not None:
            for topic, rhythm in rhythms(session, account_id).items():
                if what in (topic, rhythm) and rhythm is not Rhythm.NEVER:
                    _note(session, actor, account_id, topic, Rhythm.NEVER, stopped=rhythm)
    return what


def undo_by_link(parts: Parts, token: str) -> MailTopic | Rhythm:
    """Undoes `stop_by_link`, as far as nothing else was chosen since. Safe to repeat. Raises UnsubscribeInvalid."""
    account_id, what = read_link(parts, token)
    with parts.database.writing() as session:
        actor = _owner(session, account_id)
        if actor is not None:
            wished = rhythms(session, account_id)
            for topic, stopped in _stopped(session, account_id):
                if what in (topic, stopped) and wished[topic] is Rhythm.NEVER:
                    _note(session, actor, account_id, topic, stopped)
    return what


def read_link(parts: Parts, token: str) -> tuple[str, MailTopic | Rhythm]:
    """The account's id and what it would stop: a topic, or the letter of the day or week. Raises UnsubscribeInvalid."""
    found = read_unsubscribe_token(parts.settings, token)
    if found is None:
        raise UnsubscribeInvalid("Copy the whole link from the mail, or choose in your settings what comes by mail.")
    return found


def rhythms(session: Session, account_id: str) -> dict[MailTopic, Rhythm]:
    """Of each topic."""
    return rhythms_of(session, [account_id])[account_id]


def rhythms_of(session: Session, accounts: Collection[str]) -> dict[str, dict[MailTopic, Rhythm]]:
    """By account. What the release before wrote counts: who declined a topic there does not get it."""
    chosen = session.execute(
        sa.select(MailRhythm.account_id, MailRhythm.topic, MailRhythm.rhythm).where(MailRhythm.account_id.in_(accounts))
    )
    found = {account_id: dict(UNLESS_CHOSEN) for account_id in accounts}
    for account_id, topic, rhythm in chosen:
        if topic in UNLESS_CHOSEN:
            found[account_id][topic] = rhythm
    declined = session.execute(
        sa.select(DeclinedTopic.account_id, DeclinedTopic.topic).where(DeclinedTopic.account_id.in_(accounts))
    )
    pairs = {(account_id, topic) for account_id, topic in declined}
    for account_id, own in found.items():
        for topic in _KNOWN_BEFORE:
            if (account_id, topic) not in pairs:
                own[topic] = Rhythm.AT_ONCE
            elif own[topic] is Rhythm.AT_ONCE:
                own[topic] = Rhythm.NEVER
    return found


def _owner(session: Session, account_id: str) -> Actor | None:
    """Whose link it is, kept from being deleted meanwhile; None for who is gone."""
    living = sa.and_(Account.id == account_id, Account.deleted_at.is_(None))
    handle = session.scalar(sa.select(Account.handle).where(living).with_for_update(read=True))
    return None if handle is None else session_actor(account_id, handle, is_operator=False)


def _stopped(session: Session, account_id: str) -> list[tuple[MailTopic, Rhythm]]:
    """Topics that the link in a mail stopped, and how they came until then."""
    found = sa.select(MailRhythm.topic, MailRhythm.stopped).where(MailRhythm.account_id == account_id)
    rows = session.execute(found.where(MailRhythm.stopped.is_not(None))).all()
    return [(topic, rhythm) for topic, rhythm in rows if topic in UNLESS_CHOSEN and rhythm is not None]


def _note(
    session: Session,
    actor: Actor,
    account_id: str,
    topic: MailTopic,
    rhythm: Rhythm,
    *,
    stopped: Rhythm | None = None,
) -> None:
    before = rhythms(session, account_id)[topic]
    row = {
        "account_id": account_id, "topic": topic, "rhythm": rhythm, "stopped": stopped, "created_at": now(),
    }  # fmt: skip
    chosen = insert(session, MailRhythm).values(row)
    session.execute(
        chosen.on_conflict_do_update(
            index_elements=[MailRhythm.account_id, MailRhythm.topic],
            set_={MailRhythm.rhythm.key: rhythm, MailRhythm.stopped.key: stopped},
        )
    )
    if topic in _KNOWN_BEFORE:
        own = sa.and_(DeclinedTopic.account_id == account_id, DeclinedTopic.topic == topic)
        if rhythm is Rhythm.AT_ONCE:
            session.execute(sa.delete(DeclinedTopic).where(own))
        else:
            declined = insert(session, DeclinedTopic).values(account_id=account_id, topic=topic, created_at=now())
            session.execute(declined.on_conflict_do_nothing())
    if before is not rhythm:
        action = "mail.declined" if rhythm is Rhythm.NEVER else "mail.wished"
        after = {"topic": topic.value, "rhythm": rhythm.value}
        journal.record(session, actor, action, "account", account_id, before={"rhythm": before.value}, after=after)
