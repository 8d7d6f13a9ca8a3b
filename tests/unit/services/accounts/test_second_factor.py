"""Signing in by a second step: no session before it, each code once, and guesses that slow down."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pyotp
import pytest

from remixhub.compose import Parts
from remixhub.domain.access import Actor, ProofNeeded
from remixhub.domain.factors import CodeWrong
from remixhub.models import (
    Account,
    AuditEntry,
    BrowserSession,
    CodeApp,
    GuessCount,
    Letter,
    RecoveryCode,
    SecondStep,
    now,
)
from remixhub.services.accounts import (
    factors,
    one_time_codes,
    passkeys,
    proving,
    recovery_codes,
    second_factor,
    sessions,
)
from remixhub.services.accounts.challenges import ChallengeOver
from remixhub.services.accounts.devices import Browser, Device
from remixhub.services.accounts.one_time_codes import CodeAppNotBegun
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.recovery_codes import NothingToRecover
from remixhub.services.accounts.second_steps import SecondStepOver, end_second_step, waiting_second_step
from remixhub.services.accounts.sessions import Opened, StepNeeded
from remixhub.services.throttle import TooManyAttempts
from tests.soft_key import SoftKey
from tests.unit.rows import Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
HERE = Browser("here")


@pytest.fixture
def ada(rows: Rows) -> Account:
    account = rows.account("ada", password_hash=HASH)
    rows.add(BrowserSession(id="here", token_hash="h" * 64, account_id=account.id, expires_at=now(3600)))
    return account


@pytest.fixture
def app(parts: Parts, rows: Rows, ada: Account) -> pyotp.TOTP:
    """The app of ada's phone, set up a while ago."""
    app = pyotp.TOTP(one_time_codes.begin_setup(actor_of(ada), parts).secret)
    one_time_codes.confirm_setup(actor_of(ada), parts, code_of(app, rows))
    rows.change(CodeApp, last_step=0)
    return app


def code_of(app: pyotp.TOTP, rows: Rows, seconds: float = 0) -> str:
    """By the database's clock."""
    return app.at(rows.moment() + dt.timedelta(seconds=seconds))


def here(account: Account) -> Actor:
    return dataclasses.replace(actor_of(account), session_id="here")


def step_of(parts: Parts, browser: Browser = HERE) -> str:
    step = sessions.sign_in(parts, "ada", PASSWORD, browser)
    assert isinstance(step, StepNeeded)
    return step.second_step


def test_the_password_alone_opens_no_session_once_there_is_a_second_factor(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    setup = one_time_codes.begin_setup(actor_of(ada), parts)
    assert isinstance(sessions.sign_in(parts, "ada", PASSWORD, HERE), Opened), "an app that was not confirmed is none"
    one_time_codes.confirm_setup(actor_of(ada), parts, code_of(pyotp.TOTP(setup.secret), rows))
    rows.change(BrowserSession, expires_at=now(-1))
    step = step_of(parts)
    assert rows.all(BrowserSession, BrowserSession.expires_at > now()) == []
    assert step not in str(rows.one(SecondStep).__dict__), "only a hash is stored"
    assert list(waiting_second_step(parts, step).ways) == ["code"]


def test_a_code_signs_in_once(parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP) -> None:
    code = code_of(app, rows)
    opened = second_factor.finish_by_code(parts, step_of(parts), f"{code[:3]} {code[3:]}", HERE)
    assert sessions.authenticate(parts, opened.token).actor.account_id == ada.id
    with pytest.raises(CodeWrong):
        second_factor.finish_by_code(parts, step_of(parts), code, HERE)


def test_a_second_step_is_taken_once_within_ten_minutes_and_for_its_account(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    step = step_of(parts)
    second_factor.finish_by_code(parts, step, code_of(app, rows, -30), HERE)
    for over in (step, "made-up", ""):
        with pytest.raises(SecondStepOver):
            second_factor.finish_by_code(parts, over, code_of(app, rows), HERE)
    late = step_of(parts)
    rows.change(SecondStep, expires_at=now(-1))
    with pytest.raises(SecondStepOver):
        second_factor.finish_by_code(parts, late, code_of(app, rows), HERE)


@pytest.mark.parametrize(("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_may_be_one_step_early_or_late(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP, seconds: int, is_right: bool
) -> None:
    """The steps are those of the moment in which the code is checked, which may be the next already."""
    before = rows.moment().timestamp() // 30
    taken = one_time_codes.take_code(parts, ada.id, code_of(app, rows, seconds))
    if rows.moment().timestamp() // 30 == before:
        assert taken is is_right


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000\n000000"])
def test_what_is_no_code_is_wrong(parts: Parts, ada: Account, app: pyotp.TOTP, code: str) -> None:
    assert not one_time_codes.take_code(parts, ada.id, code)


def test_no_code_of_a_step_before_the_last_is_taken(parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP) -> None:
    earlier = code_of(app, rows, -30)
    assert one_time_codes.take_code(parts, ada.id, code_of(app, rows))
    assert not one_time_codes.take_code(parts, ada.id, earlier)


def test_the_secret_is_sealed_and_a_retired_key_still_opens_it(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    assert app.secret not in rows.one(CodeApp).sealed_secret
    old = parts.settings.secret_key
    changed = dataclasses.replace(parts.settings, secret_key="another" * 8)
    lost = dataclasses.replace(parts, settings=changed)
    assert not one_time_codes.take_code(lost, ada.id, code_of(app, rows)), "without the old key none is right"
    kept = dataclasses.replace(parts, settings=dataclasses.replace(changed, retired_secret_keys=old))
    assert one_time_codes.take_code(kept, ada.id, code_of(app, rows))
    rows.change(CodeApp, last_step=0)
    assert one_time_codes.take_code(lost, ada.id, code_of(app, rows)), "sealed anew when it was used"
    ben = rows.account("ben", password_hash=HASH)
    rows.change(CodeApp, account_id=ben.id, last_step=0)
    assert not one_time_codes.take_code(lost, ben.id, code_of(app, rows)), "nobody puts it into another row"


def test_an_app_counts_once_its_first_code_came_and_then_in_place_of_the_one_before(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    new = pyotp.TOTP(one_time_codes.begin_setup(actor_of(ada), parts).secret)
    with pytest.raises(CodeWrong):
        one_time_codes.confirm_setup(actor_of(ada), parts, code_of(app, rows))
    assert one_time_codes.take_code(parts, ada.id, code_of(app, rows, -30))
    one_time_codes.confirm_setup(actor_of(ada), parts, code_of(new, rows))
    assert not one_time_codes.take_code(parts, ada.id, code_of(app, rows, 30))
    assert not one_time_codes.take_code(parts, ada.id, code_of(new, rows)), "the confirming code was its first use"
    with pytest.raises(CodeAppNotBegun):
        one_time_codes.confirm_setup(actor_of(ada), parts, code_of(new, rows, 30))


def test_wrong_codes_slow_down_and_a_known_device_waits_for_nobody_else(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    step = step_of(parts)
    for _ in range(parts.settings.login_attempts):
        with pytest.raises(CodeWrong):
            second_factor.finish_by_code(parts, step, "000000", HERE)
    with pytest.raises(TooManyAttempts):
        second_factor.finish_by_code(parts, step, code_of(app, rows), HERE)
    with pytest.raises(TooManyAttempts):
        second_factor.finish_by_recovery_code(parts, step, "2222-2222-2222", HERE)
    known = Browser("home", device=Device("phone").with_account(ada))
    second_factor.finish_by_code(parts, step_of(parts, known), code_of(app, rows), known)
    assert len(rows.all(GuessCount)) >= 1


def test_a_recovery_code_signs_in_once_and_only_hashes_are_kept(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    codes = recovery_codes.renew_codes(actor_of(ada), parts)
    assert (len(codes), len(set(codes))) == (10, 10)
    stored = " ".join(f"{row.start} {row.code_hash}" for row in rows.all(RecoveryCode))
    assert not [code for code in codes if code.replace("-", "")[4:] in stored]
    typed = codes[3].lower().replace("-", " ")
    opened = second_factor.finish_by_recovery_code(parts, step_of(parts), typed, HERE)
    assert sessions.authenticate(parts, opened.token).actor.account_id == ada.id
    assert [row.after for row in rows.all(AuditEntry) if row.action == "recovery_code.used"] == [{"left": 9}]
    for code in (codes[3], codes[4][:-1] + ("2" if codes[4][-1] != "2" else "3"), "", "x" * 40):
        with pytest.raises(CodeWrong):
            second_factor.finish_by_recovery_code(parts, step_of(parts), code, HERE)
    recovery_codes.renew_codes(actor_of(ada), parts)
    with pytest.raises(CodeWrong):
        second_factor.finish_by_recovery_code(parts, step_of(parts), codes[5], HERE)


def test_recovery_codes_are_one_account_s_and_go_with_the_last_factor(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    ben = rows.account("ben", password_hash=HASH)
    with pytest.raises(NothingToRecover):
        recovery_codes.renew_codes(actor_of(ben), parts)
    codes = recovery_codes.renew_codes(actor_of(ada), parts)
    assert recovery_codes.find_code(parts, ben.id, codes[0]) is None
    one_time_codes.remove_app(actor_of(ada), parts)
    assert rows.all(RecoveryCode) == []
    assert isinstance(sessions.sign_in(parts, "ada", PASSWORD, HERE), Opened)


def test_a_passkey_takes_the_second_step_for_its_own_sign_in(parts: Parts, rows: Rows, ada: Account) -> None:
    key = SoftKey(verifies=False)
    made = key.create(passkeys.registration_options(here(ada), parts))
    passkeys.register(here(ada), parts, made, name="Stick")
    step = step_of(parts)
    options = second_factor.passkey_options(parts, step)
    opened = second_factor.finish_by_passkey(parts, step, key.get(options), HERE)
    assert sessions.authenticate(parts, opened.token).actor.account_id == ada.id
    other = step_of(parts)
    with pytest.raises(ChallengeOver):
        second_factor.finish_by_passkey(parts, other, key.get(options), HERE)


def test_a_code_or_a_passkey_proves_a_session_anew(parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP) -> None:
    opened = second_factor.finish_by_code(parts, step_of(parts), code_of(app, rows, -30), HERE)

    def actor() -> Actor:
        return sessions.authenticate(parts, opened.token).actor

    key = SoftKey()
    passkeys.register(actor(), parts, key.create(passkeys.registration_options(actor(), parts)), name="Phone")
    for prove in (
        lambda: proving.prove_by_code(actor(), parts, code_of(app, rows)),
        lambda: proving.prove_by_passkey(actor(), parts, key.get(passkeys.proof_options(actor(), parts))),
    ):
        rows.change(BrowserSession, proved_at=now(-700))
        with pytest.raises(ProofNeeded):
            recovery_codes.renew_codes(actor(), parts)
        prove()
        recovery_codes.renew_codes(actor(), parts)


def test_an_operator_gives_an_account_back_to_who_lost_everything(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    recovery_codes.renew_codes(actor_of(ada), parts)
    second_factor.finish_by_code(parts, step_of(parts), code_of(app, rows), HERE)
    waiting = step_of(parts)
    assert factors.reset_factors(parts, "@Ada") == 1
    assert [rows.all(table) for table in (CodeApp, RecoveryCode, SecondStep, BrowserSession)] == [[], [], [], []]
    with pytest.raises(SecondStepOver):
        waiting_second_step(parts, waiting)
    assert isinstance(sessions.sign_in(parts, "ada", PASSWORD, HERE), Opened)
    assert "factors.reset" in [row.action for row in rows.all(AuditEntry)]


def test_the_owner_is_told_of_factors_and_of_who_guesses_codes(mailing: Parts, rows: Rows, ada: Account) -> None:
    app = pyotp.TOTP(one_time_codes.begin_setup(actor_of(ada), mailing).secret)
    one_time_codes.confirm_setup(actor_of(ada), mailing, code_of(app, rows))
    codes = recovery_codes.renew_codes(actor_of(ada), mailing)
    second_factor.finish_by_recovery_code(
        mailing, step_of(mailing), codes[0], Browser("", device=Device("d").with_account(ada))
    )
    step = step_of(mailing)
    for _ in range(mailing.settings.login_attempts):
        with pytest.raises(CodeWrong):
            second_factor.finish_by_code(mailing, step, "000000", HERE)
    for _ in range(2):
        with pytest.raises(TooManyAttempts):
            second_factor.finish_by_code(mailing, step, "000000", HERE)
    one_time_codes.remove_app(actor_of(ada), mailing)
    factors.reset_factors(mailing, "ada")
    kinds = [one.kind.value for one in rows.all(Letter)]
    assert sorted(kinds) == [
        "factor_added", "factor_added", "factor_removed", "factors_reset", "password_known", "recovery_code_used",
    ]  # fmt: skip
    mailing.database.observations.write()
    assert (
        rows.one(AuditEntry, AuditEntry.action == "second_step.failed").observed_count
        == mailing.settings.login_attempts
    )


def test_of_two_that_come_at_once_with_one_code_or_one_step_one_gets_in(
    parts: Parts, rows: Rows, ada: Account, app: pyotp.TOTP
) -> None:
    """Both have found the row already; the statement that takes it decides."""
    code_id = recovery_codes.find_code(parts, ada.id, recovery_codes.renew_codes(actor_of(ada), parts)[0])
    assert code_id is not None
    step = step_of(parts)
    with parts.database.writing() as session:
        assert [recovery_codes.use_code(session, code_id) for _ in range(2)] == [True, False]
        end_second_step(session, step)
        with pytest.raises(SecondStepOver):
            end_second_step(session, step)
    late = step_of(parts)
    rows.change(SecondStep, expires_at=now(-1))
    with parts.database.writing() as session, pytest.raises(SecondStepOver):
        end_second_step(session, late)
    with pytest.raises(SecondStepOver):
        waiting_second_step(parts, late)
