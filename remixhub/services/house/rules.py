"""That somebody has read the rules, as they say."""

from __future__ import annotations

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.states import Scope
from remixhub.models import Account
from remixhub.services.house.reading import house_in


def accept_rules(actor: Actor, parts: Parts, rules_revision: int) -> None:
    """Of what one accepted the newest counts; a revision that is not there yet counts as the one that is."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.writing() as session:
        seen = min(rules_revision, house_in(session).rules_revision)
        is_newer = sa.or_(Account.accepted_rules.is_(None), Account.accepted_rules < seen)
        session.execute(sa.update(Account).where(Account.id == account_id, is_newer).values(accepted_rules=seen))
