"""Where Litestream may copy to, and what it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from remixhub.dev.litestream import TEMPLATE, litestream_environ
from remixhub.dev.process import StackFailure


@pytest.mark.parametrize("url", ["file:///mnt/copies", "s3://bucket/hub"])
def test_every_variable_of_the_template_is_given(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITESTREAM_ENDPOINT", "https://s3.example")
    given = litestream_environ(Path("var/remixhub.db"), url)
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in [line.split("${")[1].split("}")[0] for line in text.splitlines() if "${" in line]:
        text = text.replace("${" + name + "}", given[name])
    assert "${" not in text
    assert f"url: {url}" in text
    assert "endpoint: https://s3.example" in text


@pytest.mark.parametrize("url", ["/mnt/copies", "file://mnt", "ftp://x", "s3:bucket", ""])
def test_another_place_is_refused(url: str) -> None:
    with pytest.raises(StackFailure, match="no place for copies"):
        litestream_environ(Path("hub.db"), url)
