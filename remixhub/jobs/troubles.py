"""Whose fault is it? The one place that tells the hub's own troubles from what is wrong with a file.

What was raised is looked at with all that it was raised from: a rule's "no" that came of a full disk is no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass

import boto3.exceptions
import botocore.exceptions
import redis
import sqlalchemy as sa
import urllib3.exceptions

from remixhub.domain.errors import RemixHubError, Unavailable
from remixhub.domain.troubles import FAILED, trouble_of_errno, trouble_said

_VENDORS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((MemoryError,), "out_of_memory"),
    ((BrokenExecutor,), "worker_died"),
    (
        (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError),
        "database_unavailable",
    ),
    ((redis.RedisError,), "carrier_unavailable"),
    (
        (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError, boto3.exceptions.Boto3Error),
        "storage_unavailable",
    ),
    ((urllib3.exceptions.HTTPError,), "storage_unavailable"),
)
_STORAGE_REFUSES = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling"})


@dataclass(frozen=True)
class Trouble:
    code: str
    detail: str
    """For operators: what was raised."""


def trouble_of(fault: BaseException) -> Trouble | None:
    """The hub's own trouble in it, or in what it was raised from; None where there is none."""
    chain = list(_chain(fault))
    for find in (_by_system, _by_part):  # a full disk says more than the encoder that broke on it
        for one in chain:
            code = find(one)
            if code is not None:
                return Trouble(code, said_of(one))
    return None


def is_verdict(fault: BaseException) -> bool:
    """Is it about the subject itself, so that trying again changes nothing?"""
    return isinstance(fault, RemixHubError) and fault.is_verdict and trouble_of(fault) is None


def said_of(fault: BaseException) -> str:
    """One line, as in the log: below, databases add the row and the parameters."""
    code = f"{fault.code}: " if isinstance(fault, RemixHubError) and fault.code != FAILED else ""
    return f"{type(fault).__name__}: {code}{fault}".partition("\n")[0]


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """It, and all that it came of, the nearest first; each once."""
    waiting: list[BaseException | None] = [fault]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, None if one.__suppress_context__ else one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _by_system(fault: BaseException) -> str | None:
    if isinstance(fault, OSError):
        # a library that counts what it wrote says no number
        return trouble_of_errno(fault) or (None if fault.errno else trouble_said(str(fault)))
    if isinstance(fault, MemoryError):
        return "out_of_memory"
    if isinstance(fault, RuntimeError) and "can't start new thread" in str(fault):
        return "out_of_processes"
    if isinstance(fault, Unavailable) or not isinstance(fault, RemixHubError):
        return trouble_said(str(fault))
    return None


def _by_part(fault: BaseException) -> str | None:
    if isinstance(fault, Unavailable):
        return fault.code
    if isinstance(fault, sa.exc.DBAPIError) and fault.connection_invalidated:
        return "database_unavailable"
    if isinstance(fault, botocore.exceptions.ClientError):
        said = fault.response.get("Error", {}).get("Code", "")
        status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return "storage_unavailable" if status >= 500 or said in _STORAGE_REFUSES or "Capacity" in said else None
    return next((code for kinds, code in _VENDORS if isinstance(fault, kinds)), None)
