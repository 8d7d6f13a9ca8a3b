"""Operators end all sessions of an account, when its owner asks or somebody else is in it (OWASP ASVS 7.4.5)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_fresh_operator
from remixhub.models import Account
from remixhub.services import journal
from remixhub.services.accounts.accounts import find_profile
from remixhub.services.accounts.sessions import end_all_sessions
from remixhub.services.accounts.tokens import list_with_apps, revoke_tokens


@dataclass(frozen=True)
class Ended:
    session_count: int
    token_count: int


def end_sessions_of(actor: Actor, parts: Parts, handle: str, *, end_tokens: bool) -> Ended:
    """Tokens and the leave of apps too, when asked. Its owner signs in again. Raises AccountNotFound, ProofNeeded."""
    require_fresh_operator(actor)
    with parts.database.writing() as session:
        account = find_profile(session, handle)
        session.execute(sa.update(Account).where(Account.id == account.id).values(revision=Account.revision))
        tokens: list[str] = []
        if end_tokens:
            tokens = [held.id for held in list_with_apps(session, account.id)]
            revoke_tokens(session, actor, account.id, tokens)
        ended = Ended(end_all_sessions(session, account.id), len(tokens))
        facts = {"sessions": ended.session_count, "tokens": ended.token_count}
        journal.record(session, actor, "account.sessions_ended", "account", account.id, after=facts)
        return ended
