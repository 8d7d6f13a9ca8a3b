"""What an account wishes by mail: everything but what it has declined, topic by topic."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.letters import MailTopic
from remixhub.models import DeclinedTopic


def is_declined(session: Session, account_id: str, topic: MailTopic | None) -> bool:
    mine = sa.select(DeclinedTopic.topic).where(DeclinedTopic.account_id == account_id, DeclinedTopic.topic == topic)
    return session.scalar(mine) is not None
