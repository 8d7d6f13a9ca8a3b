"""Settings come from the environment, and the document tells each of them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from remixhub.config import Settings, SettingsError

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"
REQUIRED = {
    "REMIXHUB_DATABASE_URL": "sqlite:///hub.db",
    "REMIXHUB_REDIS_URL": "redis://localhost",
    "REMIXHUB_S3_ENDPOINT_URL": "http://localhost:8333",
    "REMIXHUB_S3_ACCESS_KEY_ID": "key",
    "REMIXHUB_S3_SECRET_ACCESS_KEY": "secret",
    "REMIXHUB_SECRET_KEY": "x" * 32,
    "REMIXHUB_PUBLIC_URL": "https://stems.example",
}


def test_the_present_secret_signs_receipts_and_retired_ones_follow() -> None:
    assert Settings.from_env(REQUIRED).receipt_secrets == ("x" * 32,)
    retired = f"{'y' * 32}, {'z' * 32},"
    assert Settings.from_env({**REQUIRED, "REMIXHUB_RETIRED_SECRET_KEYS": retired}).receipt_secrets == (
        "x" * 32, "y" * 32, "z" * 32,
    )  # fmt: skip


def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as failure:
        Settings.from_env({})
    assert set(re.findall(r"REMIXHUB_\w+", str(failure.value))) == set(REQUIRED)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("y" * 40 + "\n", encoding="utf-8")
    environ = {**REQUIRED, "REMIXHUB_SECRET_KEY": "", "REMIXHUB_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert Settings.from_env(environ).secret_key == "y" * 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECURITY_CONTACT", "security@stems.example"),
        ("RETIRED_SECRET_KEYS", "x" * 32 + ",short"),
        ("PUBLIC_URL", "stems.example"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://stems.example:http"),
        ("S3_ENDPOINT_URL", "http://:8333"),
        ("PUBLIC_URL", "http://stems.example"),
        ("PUBLIC_URL", "https://stems.example/hub"),
        ("DATABASE_URL", "mysql://localhost/hub"),
        ("DATABASE_URL", "hub.db"),
        ("REDIS_URL", "localhost:6379"),
        ("UPLOAD_PART_BYTES", "1000"),
        ("STEMS_LIMIT", "many"),
        ("STEMS_LIMIT", "-1"),
        ("ENVIRONMENT", "staging"),
        ("SANDBOX_LEVEL", "none"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "imap://mail.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example:mail"),
        ("SMTP_URL", "smtp+plain://hub:password@mail.example"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"REMIXHUB_{name}"):
        Settings.from_env({**REQUIRED, f"REMIXHUB_{name}": value})


@pytest.mark.parametrize("written", ["https://stems.example/", "https://Stems.Example"])
def test_the_public_address_is_kept_as_browsers_write_an_origin(written: str) -> None:
    assert Settings.from_env({**REQUIRED, "REMIXHUB_PUBLIC_URL": written}).public_url == "https://stems.example"


def test_settings_go_to_another_process_and_come_back() -> None:
    settings = Settings.from_env({**REQUIRED, "REMIXHUB_STEMS_LIMIT": "12"})
    assert Settings.from_env(settings.to_env()) == settings


def test_secrets_are_not_printed() -> None:
    shown = repr(Settings.from_env(REQUIRED))
    assert "x" * 32 not in shown
    assert "redis://" not in shown


def test_the_document_tells_every_setting_and_its_default() -> None:
    rows = re.findall(r"^\| `(REMIXHUB_\w+)` \| (.+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    defaults = {
        f"REMIXHUB_{setting.name.upper()}": "**required**"
        if setting.default is dataclasses.MISSING
        else f"`{setting.default}`"
        if setting.default != ""
        else {"s3_public_url": "the endpoint"}.get(setting.name, "none")
        for setting in dataclasses.fields(Settings)
    }
    assert dict(rows) == defaults
