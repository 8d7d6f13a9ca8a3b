"""A request and an answer of the protocol, apart from any web framework."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from remixhub.models import AppGrant

_SAFE = "https://hub.invalid/"
"""Authlib looks whether the transport is safe. `config.py` decides that for the whole hub, passwords included."""


class _Fields(OAuth2Payload):
    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in fields:
            if value:  # OAuth 2.1, section 3: sent without a value is as if left out
                self._lists[name].append(value)

    @property
    def data(self) -> Mapping[str, str]:
        return {name: values[0] for name, values in self._lists.items()}

    @property
    def datalist(self) -> Mapping[str, Sequence[str]]:
        return self._lists


class Asked(OAuth2Request):
    """`fields` are those of the query of an authorisation, and of the form elsewhere: never of both."""

    grant: AppGrant | None = None
    """What the answer is about, once it was found."""

    def __init__(self, method: str, fields: Iterable[tuple[str, str]], headers: Mapping[str, str]) -> None:
        super().__init__(method, _SAFE, headers=headers)
        self.payload = _Fields(fields)

    @property
    def form(self) -> Mapping[str, str]:
        given: Mapping[str, str] = self.payload.data
        return given

    def basic_authorization(self) -> tuple[str | None, str | None]:
        """Raises ValueError for letters that are none."""
        name, secret = extract_basic_authorization(self.headers)
        return name, secret

    @property
    def repeated(self) -> Sequence[str]:
        return sorted(name for name, values in self.payload.datalist.items() if len(values) > 1)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")
