"""Whose fault it is, told by what was raised and by what that was raised from."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

import pytest
import redis
import sqlalchemy as sa
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from remixhub.domain import troubles
from remixhub.domain.errors import Conflict, Unavailable
from remixhub.domain.media import Damaged, EncoderFailed
from remixhub.jobs.troubles import is_verdict, said_of, trouble_of


def fault(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def answered(status: int, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


class Away(Unavailable):
    code = "storage_unavailable"


OURS: list[tuple[BaseException, str]] = [
    (fault(errno.ENOSPC), "scratch_full"),
    (fault(errno.EDQUOT), "scratch_full"),
    (fault(errno.ENOMEM), "out_of_memory"),
    (MemoryError(), "out_of_memory"),
    (fault(errno.EMFILE), "out_of_file_handles"),
    (fault(errno.ENFILE), "out_of_file_handles"),
    (fault(errno.EAGAIN), "out_of_processes"),
    (RuntimeError("can't start new thread"), "out_of_processes"),
    (fault(errno.EIO), "disk_failing"),
    (fault(errno.EROFS), "disk_failing"),
    (fault(errno.ECONNREFUSED), "network_failing"),
    (BrokenProcessPool("one died"), "worker_died"),
    (sa.exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error")), "database_unavailable"),
    (sa.exc.InterfaceError("SELECT 1", {}, Exception("closed")), "database_unavailable"),
    (sa.exc.TimeoutError("pool"), "database_unavailable"),
    (redis.ConnectionError("refused"), "carrier_unavailable"),
    (ConnectTimeoutError(endpoint_url="http://s3"), "storage_unavailable"),
    (ReadTimeoutError(endpoint_url="http://s3"), "storage_unavailable"),
    (answered(500, "InternalError"), "storage_unavailable"),
    (answered(503, "SlowDown"), "storage_unavailable"),
    (answered(400, "InsufficientCapacity"), "storage_unavailable"),
    (Away("It is away."), "storage_unavailable"),
    (EncoderFailed("ffmpeg could not encode: /x: No space left on device"), "scratch_full"),
    (EncoderFailed("ffmpeg could not encode: Cannot allocate memory"), "out_of_memory"),
    (EncoderFailed("ffmpeg has no libmp3lame"), "encoder_failed"),
]


@pytest.mark.parametrize(("raised", "code"), OURS, ids=lambda one: one if isinstance(one, str) else repr(one)[:40])
def test_the_hubs_troubles_are_known(raised: BaseException, code: str) -> None:
    found = trouble_of(raised)
    assert found is not None
    assert found.code == code
    assert code in troubles.CODES


@pytest.mark.parametrize(
    "raised",
    [
        Damaged("The end is missing."), Conflict("Not now."), ValueError("odd"), fault(errno.ENOENT), BrokenPipeError(),
        answered(404, "NoSuchKey"), sa.exc.IntegrityError("INSERT", {}, Exception("twice")),
        OSError("broken data stream when reading image file"), Damaged("“No space left on device.wav” is damaged."),
    ],
)  # fmt: skip
def test_what_says_nothing_of_the_hub_is_no_trouble_of_it(raised: BaseException) -> None:
    assert trouble_of(raised) is None


def by_cause(cause: Exception) -> None:
    raise Damaged("It cannot be read.") from cause


def by_context(cause: Exception) -> None:
    try:
        raise cause
    except OSError:
        raise Damaged("It cannot be read.")  # noqa: B904


def by_group(cause: Exception) -> None:
    raise Damaged("It cannot be read.") from ExceptionGroup("several", [ValueError("odd"), cause])


@pytest.mark.parametrize("raise_it", [by_cause, by_context, by_group])
def test_a_no_that_came_of_a_trouble_is_no_verdict(raise_it: Callable[[Exception], None]) -> None:
    with pytest.raises(Damaged) as raised:
        raise_it(fault(errno.ENOSPC))
    assert not is_verdict(raised.value)
    with pytest.raises(Damaged) as raised:
        raise_it(fault(errno.ENOENT))
    assert is_verdict(raised.value)


def test_a_full_disk_says_more_than_what_broke_on_it() -> None:
    broken = EncoderFailed("Writing mp3 failed.")
    broken.__cause__ = fault(errno.ENOSPC)
    found = trouble_of(broken)
    assert found is not None
    assert (found.code, "OSError" in found.detail) == ("scratch_full", True)


def test_operators_read_one_line_with_type_and_code() -> None:
    assert said_of(ValueError("one\ntwo")) == "ValueError: one"
    assert said_of(Damaged("It is cut.")) == "Damaged: damaged: It is cut."


@pytest.mark.parametrize("code", sorted(troubles.BY_US | {"of_tomorrow"}))
@pytest.mark.parametrize("is_dead", [False, True])
def test_artists_read_what_happens_next_and_no_exception(code: str, is_dead: bool) -> None:
    told = troubles.delay(code, is_dead=is_dead).detail
    assert "Your file is safe" in told
    assert "Error" not in told
