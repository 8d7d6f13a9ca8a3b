"""Codes that people read from one screen and type at another."""

from __future__ import annotations

import re

from remixhub.domain.oauth.user_codes import new_user_code, read_user_code


def test_codes_are_eight_letters_of_which_no_word_comes() -> None:
    codes = {new_user_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", code) for code in codes)
    assert {letter for code in codes for letter in code} == set("BCDFGHJKLMNPQRSTVWXZ-")


def test_how_it_is_typed_does_not_matter() -> None:
    for typed in ("WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B–M.J_H T"):
        assert read_user_code(typed) == "WDJBMJHT"
    for typed in ("", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ẞDJB-MJHT", "WDJB-MJHT\0"):
        assert read_user_code(typed) is None
