"""Passkeys: whose signature counts for what, and that nothing is answered twice."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from remixhub.compose import Parts
from remixhub.domain.access import Actor, ProofNeeded
from remixhub.domain.factors import LastWayIn
from remixhub.models import Account, AuditEntry, BrowserSession, Passkey, RecoveryCode, SpentChallenge, now
from remixhub.services.accounts import challenges, factors, passkeys
from remixhub.services.accounts.challenges import ChallengeOver, Purpose
from remixhub.services.accounts.passkeys import PasskeyInvalid, PasskeyKnown, PasskeyNotFound, PasskeyRefused
from tests.soft_key import SoftKey
from tests.unit.rows import Rows, actor_of

COOKIE = "of this browser"


@pytest.fixture
def ada(rows: Rows) -> Account:
    account = rows.account("ada", password_hash="hash")
    rows.add(BrowserSession(id="here", token_hash="h" * 64, account_id=account.id, expires_at=now(3600)))
    return account


def here(account: Account) -> Actor:
    return dataclasses.replace(actor_of(account), session_id="here")


def registered(parts: Parts, account: Account, key: SoftKey | None = None, name: str = "Phone") -> SoftKey:
    key = key or SoftKey()
    passkeys.register(here(account), parts, key.create(passkeys.registration_options(here(account), parts)), name=name)
    return key


def alone(parts: Parts, key: SoftKey, options: dict[str, Any] | None = None, cookie: str = COOKIE) -> str:
    options = options or passkeys.sign_in_options(parts, COOKIE)
    return passkeys.take_signature(parts, key.get(options), Purpose.SIGN_IN, cookie)


def test_a_passkey_is_kept_by_its_public_half_and_signs_in_alone(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    row = rows.one(Passkey)
    assert (row.name, row.signs_in_alone, row.transports, row.sign_count) == ("Phone", True, ["internal"], 0)
    assert alone(parts, key) == ada.id
    assert rows.one(Passkey).sign_count == 1
    assert rows.one(Passkey).last_used_at is not None


def test_only_a_fresh_session_registers_and_removes(parts: Parts, rows: Rows, ada: Account) -> None:
    registered(parts, ada)
    stale = dataclasses.replace(here(ada), is_fresh=False)
    for act in (
        lambda: passkeys.registration_options(stale, parts),
        lambda: passkeys.register(stale, parts, {}, name="x"),
        lambda: passkeys.remove(stale, parts, rows.one(Passkey).id),
        lambda: factors.drop_password(stale, parts),
    ):
        with pytest.raises(ProofNeeded):
            act()


def test_a_challenge_is_answered_once(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    options = passkeys.sign_in_options(parts, COOKIE)
    alone(parts, key, options)
    with pytest.raises(ChallengeOver):
        alone(parts, key, options)
    made = passkeys.registration_options(here(ada), parts)
    passkeys.register(here(ada), parts, SoftKey().create(made), name="Second")
    with pytest.raises(ChallengeOver):
        passkeys.register(here(ada), parts, SoftKey().create(made), name="Third")


def test_a_challenge_that_was_answered_wrongly_is_spent_too(parts: Parts, ada: Account) -> None:
    key = registered(parts, ada)
    options = passkeys.sign_in_options(parts, COOKIE)
    with pytest.raises(PasskeyRefused):
        alone(parts, key.but(origin="https://evil.example"), options)
    with pytest.raises(ChallengeOver):
        alone(parts, key, options)


def test_a_challenge_is_good_in_one_browser_and_for_one_purpose(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    with pytest.raises(ChallengeOver):
        alone(parts, key, cookie="of another browser")
    with pytest.raises(ChallengeOver):
        alone(parts, key, passkeys.second_step_options(parts, ada.id, COOKIE))
    with pytest.raises(ChallengeOver):
        alone(parts, key, {"challenge": "bWFkZSB1cA"})
    before = len(rows.all(SpentChallenge))
    passkeys.sign_in_options(parts, COOKIE)
    assert len(rows.all(SpentChallenge)) == before, "asking writes nothing"


@pytest.mark.parametrize(("age", "is_good"), [(299, True), (300, False), (-1, False)])
def test_a_challenge_is_good_for_five_minutes(
    parts: Parts, ada: Account, monkeypatch: pytest.MonkeyPatch, age: int, is_good: bool
) -> None:
    key = registered(parts, ada)
    begun = challenges.time.time() - age
    with monkeypatch.context() as earlier:
        earlier.setattr(challenges.time, "time", lambda: begun)
        options = passkeys.sign_in_options(parts, COOKIE)
    monkeypatch.setattr(challenges.time, "time", lambda: begun + age)
    if is_good:
        assert alone(parts, key, options) == ada.id
    else:
        with pytest.raises(ChallengeOver):
            alone(parts, key, options)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8080"},
        {"rp_id": "evil.example"},
        {"cross_origin": True},
        {"private": SoftKey().private},
        {"user": ""},
    ],
)
def test_a_signature_of_another_place_page_or_key_is_refused(
    parts: Parts, rows: Rows, ada: Account, wrong: dict[str, Any]
) -> None:
    key = registered(parts, ada)
    with pytest.raises(PasskeyRefused):
        alone(parts, key.but(**wrong))
    assert rows.one(Passkey).last_used_at is None


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}])
def test_nothing_is_registered_for_another_place(parts: Parts, rows: Rows, ada: Account, wrong: dict[str, Any]) -> None:
    with pytest.raises(PasskeyInvalid):
        registered(parts, ada, SoftKey(**wrong))
    assert rows.all(Passkey) == []


def test_nobody_signs_in_as_somebody_else(parts: Parts, rows: Rows, ada: Account) -> None:
    """Neither by a user handle of hers, nor at her second step."""
    ben = rows.account("ben", password_hash="hash")
    hers, his = registered(parts, ada), registered(parts, ben)
    with pytest.raises(PasskeyRefused):
        alone(parts, his.but(user=hers.user))
    options = passkeys.second_step_options(parts, ada.id, "step")
    with pytest.raises(PasskeyRefused):
        passkeys.take_signature(parts, his.get(options), Purpose.SECOND_STEP, "step", account_id=ada.id)
    options = passkeys.second_step_options(parts, ada.id, "step")
    lying = his.but(user=hers.user).get(options)
    with pytest.raises(PasskeyRefused):
        passkeys.take_signature(parts, lying, Purpose.SECOND_STEP, "step", account_id=ada.id)


def test_a_key_that_asks_its_user_for_nothing_is_a_second_step_alone(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada, SoftKey(verifies=False, is_discoverable=False))
    assert rows.one(Passkey).signs_in_alone is False
    with pytest.raises(PasskeyRefused):
        alone(parts, key.but(is_discoverable=True))
    options = passkeys.second_step_options(parts, ada.id, "step")
    assert [one["transports"] for one in options["allowCredentials"]] == [["internal"]]
    taken = passkeys.take_signature(parts, key.get(options), Purpose.SECOND_STEP, "step", account_id=ada.id)
    assert taken == ada.id


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_counter_that_does_not_go_on_is_refused_and_noted(parts: Parts, rows: Rows, ada: Account, count: int) -> None:
    key = registered(parts, ada)
    rows.change(Passkey, sign_count=5)
    with pytest.raises(PasskeyRefused):
        alone(parts, key.but(sign_count=count - 1))
    assert rows.one(Passkey).sign_count == 5
    assert [row.action for row in rows.all(AuditEntry)][-1] == "passkey.counter_went_back"
    assert alone(parts, key.but(sign_count=5)) == ada.id


def test_what_was_not_signed_raises_no_alarm(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    rows.change(Passkey, sign_count=5)
    with pytest.raises(PasskeyRefused):
        alone(parts, key.but(private=SoftKey().private))
    assert "passkey.counter_went_back" not in [row.action for row in rows.all(AuditEntry)]


def test_an_authenticator_without_a_counter_signs_in_again_and_again(parts: Parts, ada: Account) -> None:
    key = registered(parts, ada, SoftKey(counts=False))
    assert [alone(parts, key), alone(parts, key)] == [ada.id, ada.id]


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": None},
        {"response": {"clientDataJSON": 5}},
        {"response": {"clientDataJSON": "%%%"}},
        {"response": {"clientDataJSON": "W10"}},
        {"response": {"clientDataJSON": "bm90IEpTT04"}},
        {"id": "a", "rawId": "b", "type": "public-key", "response": {}},
        {"id": ["a"], "rawId": {}, "type": 7, "response": {"clientDataJSON": "e30"}},
    ],
)
def test_whatever_else_is_sent_is_refused(parts: Parts, ada: Account, credential: dict[str, Any]) -> None:
    with pytest.raises(PasskeyInvalid):
        passkeys.take_signature(parts, credential, Purpose.SIGN_IN, COOKIE)
    with pytest.raises(PasskeyInvalid):
        passkeys.register(here(ada), parts, credential, name="x")


def test_broken_bytes_behind_a_right_challenge_are_refused(parts: Parts, ada: Account) -> None:
    key = registered(parts, ada)
    for name in ("authenticatorData", "signature", "userHandle"):
        sent = key.get(passkeys.sign_in_options(parts, COOKIE))
        sent["response"][name] = "AAAA"
        with pytest.raises((PasskeyRefused, PasskeyInvalid)):
            passkeys.take_signature(parts, sent, Purpose.SIGN_IN, COOKIE)
    made = SoftKey().create(passkeys.registration_options(here(ada), parts))
    made["response"]["attestationObject"] = "oWNmbXRkbm9uZQ"
    with pytest.raises(PasskeyInvalid):
        passkeys.register(here(ada), parts, made, name="x")


def test_a_passkey_is_there_once_and_told_so_beforehand(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    options = passkeys.registration_options(here(ada), parts)
    assert len(options["excludeCredentials"]) == 1
    with pytest.raises(PasskeyKnown):
        passkeys.register(here(ada), parts, key.create(options), name="Again")
    ben = rows.account("ben", password_hash="hash")
    with pytest.raises(PasskeyKnown):
        registered(parts, ben, key)


def test_one_renames_and_removes_ones_own(parts: Parts, rows: Rows, ada: Account) -> None:
    key = registered(parts, ada)
    passkey_id = rows.one(Passkey).id
    ben = rows.account("ben", password_hash="hash")
    with pytest.raises(PasskeyNotFound):
        passkeys.rename(here(ben), parts, passkey_id, "Mine")
    with pytest.raises(PasskeyNotFound):
        passkeys.remove(here(ben), parts, passkey_id)
    passkeys.rename(here(ada), parts, passkey_id, "Laptop")
    assert rows.one(Passkey).name == "Laptop"
    passkeys.remove(here(ada), parts, passkey_id)
    with pytest.raises(PasskeyRefused):
        alone(parts, key)


def test_the_password_goes_when_two_passkeys_or_one_and_recovery_codes_stay(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    registered(parts, ada)
    registered(parts, ada, SoftKey(verifies=False), name="Touch only")
    with pytest.raises(LastWayIn):
        factors.drop_password(here(ada), parts)
    assert rows.one(Account).password_hash == "hash"
    rows.add(RecoveryCode(account_id=ada.id, start="AAAA", code_hash="x"))
    factors.drop_password(here(ada), parts)
    assert rows.one(Account).password_hash is None
    (phone,) = rows.all(Passkey, Passkey.signs_in_alone)
    with pytest.raises(LastWayIn):
        passkeys.remove(here(ada), parts, phone.id)
    registered(parts, ada, name="Second")
    registered(parts, ada, name="Third")
    passkeys.remove(here(ada), parts, phone.id)
    assert len(rows.all(Passkey, Passkey.signs_in_alone)) == 2
