"""Guesses slow down whoever guesses; a device that the account knows waits for nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from remixhub.compose import Parts
from remixhub.config import Settings
from remixhub.models import Account, GuessCount, now
from remixhub.services.accounts import sessions
from remixhub.services.accounts.devices import LIFETIME_SECONDS, Browser, Device, device_cookie, read_device
from remixhub.services.accounts.passwords import hash_password
from remixhub.services.accounts.proving import PasswordWrong, require_fresh
from remixhub.services.accounts.sessions import Opened, SignInFailed
from remixhub.services.throttle import TooManyAttempts
from tests.unit.rows import Rows, actor_of

PASSWORD = "a sentence nobody guesses"
HASH = hash_password(PASSWORD)
UNKNOWN = Device()


@pytest.fixture
def ada(rows: Rows) -> Account:
    return rows.account("ada", password_hash=HASH)


def sign_in(parts: Parts, address: str = "here", login: str = "ada", device: Device = UNKNOWN) -> Opened:
    return sessions.sign_in(parts, login, PASSWORD, Browser(address, device=device))


def guess(parts: Parts, address: str = "elsewhere", login: str = "ada", device: Device = UNKNOWN) -> None:
    with pytest.raises(SignInFailed):
        sessions.sign_in(parts, login, "wrong", Browser(address, device=device))


def waits(attempt: Callable[[], object]) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        attempt()
    return refused.value.retry_after_seconds


def pass_time(rows: Rows, seconds: float) -> None:
    for row in rows.all(GuessCount):
        left = (row.held_until - rows.moment()).total_seconds()
        rows.change(GuessCount, GuessCount.subject == row.subject, held_until=now(left - seconds))


def guess_until_held(parts: Parts, rows: Rows, wrong: int) -> None:
    for _ in range(wrong):
        guess(parts)
        pass_time(rows, 2000)


def test_strangers_guesses_cost_a_known_device_nothing_even_at_the_same_address(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    known = sign_in(parts).device
    guess_until_held(parts, rows, 15)
    guess(parts)
    assert waits(lambda: sign_in(parts, "elsewhere")) in range(890, 901)
    assert sign_in(parts, "elsewhere", device=known).account.id == ada.id


def test_a_new_device_elsewhere_waits_for_nobody(parts: Parts, rows: Rows, ada: Account) -> None:
    guess_until_held(parts, rows, 15)
    sign_in(parts, "at home")


def test_delays_grow_and_end_with_the_right_password(parts: Parts, rows: Rows, ada: Account) -> None:
    for _ in range(5):
        guess(parts)
    for delay in (1, 2, 4):
        assert waits(lambda: sign_in(parts, "elsewhere")) == delay
        pass_time(rows, delay)
        guess(parts)
    pass_time(rows, 8)
    sign_in(parts, "elsewhere")
    for _ in range(5):
        guess(parts)
    assert waits(lambda: guess(parts)) == 1, "what was refused was not counted, and the series began anew"


def test_a_known_device_is_slowed_down_by_its_own_guesses(parts: Parts, rows: Rows, ada: Account) -> None:
    known = sign_in(parts).device
    for _ in range(5):
        guess(parts, device=known)
    assert waits(lambda: sign_in(parts, device=known)) == 1
    sign_in(parts, "here")
    pass_time(rows, 1)
    sign_in(parts, device=known)


def test_many_addresses_wait_for_turns_and_so_does_a_new_device_of_the_owner(
    parts: Parts, rows: Rows, ada: Account
) -> None:
    """Ten at once instead of fifty: hashing takes its time."""
    parts = replace(parts, settings=replace(parts.settings, login_attempts=1))
    known = sign_in(parts).device
    for number in range(10):
        guess(parts, f"bot {number}")
    first = waits(lambda: guess(parts, "bot 10"))
    wait = waits(lambda: sign_in(parts, "new"))
    last = waits(lambda: guess(parts, "bot 11"))
    assert (wait - first in range(178, 182), last - wait in range(178, 182)) == (True, True)
    sign_in(parts, device=known)
    pass_time(rows, wait)
    sign_in(parts, "new")


def test_an_address_is_slowed_down_over_all_names_together(parts: Parts, rows: Rows, ada: Account) -> None:
    parts = replace(parts, settings=replace(parts.settings, login_attempts=1))
    for number in range(10):
        guess(parts, login=f"name-{number}")
    assert waits(lambda: sign_in(parts, "elsewhere")) in range(1, 19)
    sign_in(parts, "here")


def test_right_passwords_do_not_count_for_an_address_or_a_name(parts: Parts, rows: Rows, ada: Account) -> None:
    for _ in range(60):
        rows.change(GuessCount, wrong=0)
        sign_in(parts)


def test_unknown_names_are_treated_as_known_ones(parts: Parts, rows: Rows, ada: Account) -> None:
    for login in ("ada", "nobody"):
        for _ in range(5):
            guess(parts, login=login)
        assert waits(lambda login=login: guess(parts, login=login)) == 1  # type: ignore[misc]


def test_no_count_tells_which_address_belongs_to_which_handle(parts: Parts, ada: Account) -> None:
    for _ in range(5):
        guess(parts)
    guess(parts, login="ada@example.org")


def test_confirming_the_password_slows_down_the_session_that_guesses(parts: Parts, rows: Rows, ada: Account) -> None:
    here, thief = (sessions.authenticate(parts, sign_in(parts).token).actor for _ in range(2))
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            require_fresh(thief, parts, "wrong")
    assert waits(lambda: require_fresh(thief, parts, PASSWORD)) == 1
    assert require_fresh(here, parts, PASSWORD).id == ada.id
    pass_time(rows, 1)
    require_fresh(thief, parts, PASSWORD)
    with pytest.raises(PasswordWrong):
        require_fresh(actor_of(ada), parts, "wrong")


def test_what_is_over_is_forgotten(parts: Parts, rows: Rows, ada: Account) -> None:
    guess(parts)
    assert len(rows.all(GuessCount)) == 3
    rows.change(GuessCount, forgotten_at=now(-1))
    sign_in(parts)
    assert [row.wrong for row in rows.all(GuessCount)] == [0, 0]


def test_neither_names_nor_addresses_are_kept(parts: Parts, rows: Rows, ada: Account) -> None:
    guess(parts)
    assert {len(row.subject) for row in rows.all(GuessCount)} == {64}


def test_a_device_is_known_by_its_signature_for_400_days(settings: Settings) -> None:
    device = Device().with_account(one := Account(id="a")).with_account(Account(id="b")).with_account(one)
    assert device.account_ids == ("a", "b")
    cookie = device_cookie(settings, device)
    assert read_device(settings, cookie) == device
    for wrong in (None, "", cookie[:-1], cookie + "x", "x.y.z"):
        assert read_device(settings, wrong) == Device()
    assert LIFETIME_SECONDS == 400 * 24 * 3600


def test_a_browser_keeps_eight_accounts(settings: Settings) -> None:
    device = Device()
    for number in range(9):
        device = device.with_account(Account(id=str(number)))
    assert device.account_ids == tuple("87654321")
