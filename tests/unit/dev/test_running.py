"""The operator's commands find the hub of `make run`, while it runs and where nothing else is said."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from remixhub.config import Settings, SettingsError
from remixhub.dev.running import leave_settings, settings_for_operator, take_settings_away
from remixhub.dev.stack import Stack, StackFailure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def settings(folder: Path) -> Iterator[Settings]:
    stack = Stack(folder)
    yield stack.settings
    stack.stop()


def test_it_is_found_while_its_stack_holds_the_folder_and_named(
    folder: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with Stack(folder).locked():
        leave_settings(folder, settings)
        assert settings_for_operator({}, folder) == settings
    told = capsys.readouterr()
    assert (told.out, settings.public_url in told.err, str(folder) in told.err) == ("", True, True)
    assert stat.S_IMODE((folder / "environment.json").stat().st_mode) == 0o600


def test_what_a_killed_stack_left_is_not_believed(folder: Path, settings: Settings) -> None:
    leave_settings(folder, settings)
    (folder / "lock").touch()
    with pytest.raises(SettingsError, match=r"has ended.(?s:.*)REMIXHUB_DATABASE_URL is missing"):
        settings_for_operator({}, folder)
    (folder / "lock").unlink()
    with pytest.raises(SettingsError, match="has ended"):
        settings_for_operator({}, folder)


def test_where_none_runs_it_says_so_and_what_is_missing(folder: Path, settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"no hub of `make run`(?s:.*)REMIXHUB_REDIS_URL is missing"):
        settings_for_operator({}, folder)
    leave_settings(folder, settings)
    take_settings_away(folder)
    with pytest.raises(SettingsError, match="no hub of `make run`"):
        settings_for_operator({}, folder)


def test_a_variable_outranks_it_even_where_others_are_missing(folder: Path, settings: Settings) -> None:
    other = {**settings.to_env(), "REMIXHUB_PUBLIC_URL": "https://hub.example"}
    with Stack(folder).locked():
        leave_settings(folder, settings)
        assert settings_for_operator(other, folder).public_url == "https://hub.example"
        with pytest.raises(SettingsError, match="REMIXHUB_DATABASE_URL is missing"):
            settings_for_operator({"REMIXHUB_LOG_LEVEL": "INFO"}, folder)


def test_settings_of_somebody_else_are_not_believed(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Stack(folder).locked():
        leave_settings(folder, settings)
        monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
        with pytest.raises(SettingsError, match="belongs to somebody else"):
            settings_for_operator({}, folder)


def test_a_stack_starts_though_a_command_looks_whether_one_runs(folder: Path) -> None:
    folder.mkdir()
    with (folder / "lock").open("a+") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        done = threading.Timer(0.05, lambda: fcntl.flock(looking, fcntl.LOCK_UN))
        done.start()
        with Stack(folder).locked():
            done.join()
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with pytest.raises(StackFailure, match="runs on"), Stack(folder).locked():
            raise AssertionError
