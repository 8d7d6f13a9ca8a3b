"""Access tokens: made by a session alone, good for their scopes until they expire or are revoked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import OperatorOnly, ScopeMissing
from remixhub.domain.states import Scope
from remixhub.models import AccessToken, Account, now
from remixhub.services.accounts import tokens
from remixhub.services.accounts.tokens import (
    ExpiryPast,
    TokenExpired,
    TokenInvalid,
    TokenNotFound,
    TokenRevoked,
    TokensExhausted,
)
from tests.unit.rows import Rows, actor_of, sha256_of


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada")


def made(parts: Parts, account: Account, *scopes: Scope, **facts: Any) -> str:
    return tokens.create_token(actor_of(account), parts, name="laptop", scopes=scopes, **facts)[1]


def test_a_token_speaks_for_its_account_with_its_scopes_and_reads_always(parts: Parts, ada: Account) -> None:
    actor = tokens.authenticate(parts, made(parts, ada, Scope.CONTEST))
    assert (actor.account_id, actor.handle, actor.scopes) == (ada.id, "ada", {Scope.READ, Scope.CONTEST})
    assert actor.token_id is not None


def test_only_a_hash_of_the_token_is_stored(parts: Parts, rows: Rows, ada: Account) -> None:
    token = made(parts, ada)
    assert token.startswith("rh_")
    assert rows.one(AccessToken).token_hash == sha256_of(token)


def test_a_token_makes_no_tokens(parts: Parts, ada: Account) -> None:
    actor = tokens.authenticate(parts, made(parts, ada, Scope.PUBLISH))
    with pytest.raises(ScopeMissing):
        tokens.create_token(actor, parts, name="another", scopes=[Scope.READ])
    with pytest.raises(ScopeMissing):
        tokens.list_tokens(actor, parts)


def test_only_an_operator_makes_a_token_that_administers(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises((OperatorOnly, ScopeMissing)):
        made(parts, ada, Scope.ADMIN)
    boss = rows.account("boss", is_operator=True)
    assert tokens.authenticate(parts, made(parts, boss, Scope.ADMIN)).is_operator
    assert not tokens.authenticate(parts, made(parts, boss, Scope.PUBLISH)).is_operator


def test_an_expiry_lies_ahead(parts: Parts, rows: Rows, ada: Account) -> None:
    with pytest.raises(ExpiryPast):
        made(parts, ada, expires_at=rows.moment())
    assert rows.all(AccessToken) == []
    token = made(parts, ada, expires_at=rows.moment() + dt.timedelta(seconds=60))
    assert tokens.authenticate(parts, token).account_id == ada.id
    rows.change(AccessToken, expires_at=now())
    with pytest.raises(TokenExpired):
        tokens.authenticate(parts, token)


def test_a_revoked_token_is_good_for_nothing_and_not_listed(parts: Parts, rows: Rows, ada: Account) -> None:
    kept, gone = made(parts, ada), made(parts, ada)
    row = rows.one(AccessToken, AccessToken.token_hash == sha256_of(gone))
    tokens.revoke_token(actor_of(ada), parts, row.id)
    with pytest.raises(TokenRevoked):
        tokens.authenticate(parts, gone)
    assert [one.token_hash for one in tokens.list_tokens(actor_of(ada), parts)] == [sha256_of(kept)]
    with pytest.raises(TokenNotFound):
        tokens.revoke_token(actor_of(ada), parts, row.id)


def test_nobody_revokes_anothers_token(parts: Parts, rows: Rows, ada: Account) -> None:
    token = made(parts, ada)
    with pytest.raises(TokenNotFound):
        tokens.revoke_token(actor_of(rows.account("ben")), parts, rows.one(AccessToken).id)
    tokens.authenticate(parts, token)


def test_unknown_tokens_and_those_of_deleted_accounts_are_not_known(parts: Parts, rows: Rows, ada: Account) -> None:
    token = made(parts, ada)
    with pytest.raises(TokenInvalid):
        tokens.authenticate(parts, token + "x")
    rows.change(Account, deleted_at=now())
    with pytest.raises(TokenInvalid):
        tokens.authenticate(parts, token)


def test_an_account_has_fifty_tokens_and_revoked_ones_give_room(parts: Parts, rows: Rows, ada: Account) -> None:
    for number in range(50):
        facts = {"token_hash": sha256_of(str(number)), "account_id": ada.id, "name": "old", "scopes": ["read"]}
        rows.add(AccessToken(**facts))
    with pytest.raises(TokensExhausted):
        made(parts, ada)
    made(parts, rows.account("ben"))
    tokens.revoke_token(actor_of(ada), parts, tokens.list_tokens(actor_of(ada), parts)[0].id)
    made(parts, ada)


def test_a_use_is_noted_once_a_minute(parts: Parts, rows: Rows, ada: Account) -> None:
    token = made(parts, ada)
    tokens.authenticate(parts, token)
    assert rows.one(AccessToken).last_used_at is not None
    for age, is_noted in ((30, False), (61, True)):
        rows.change(AccessToken, last_used_at=now(-age))
        before = rows.one(AccessToken).last_used_at
        tokens.authenticate(parts, token)
        assert (rows.one(AccessToken).last_used_at != before) is is_noted
