"""The hub's own troubles: a full disk, no memory, a part that is away. They are waited out and laid at nobody's door.

A trouble has a stable code. Operators see the code with what was raised; artists see the words that stand here for it
and never anything of an exception.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

FAILED = "internal"
"""Of what fails again and again and is nobody's trouble that we know: a fault in our program."""
SET_ASIDE = (FAILED, "worker_died")
"""Of dead jobs that did not die of their subject; the second is written no more."""

_BY_ERRNO = {
    errno.ENOSPC: "scratch_full",
    errno.EDQUOT: "scratch_full",
    errno.ENOMEM: "out_of_memory",
    errno.EMFILE: "out_of_file_handles",
    errno.ENFILE: "out_of_file_handles",
    errno.EAGAIN: "out_of_processes",
    errno.EIO: "disk_failing",
    errno.EROFS: "disk_failing",
    errno.ESTALE: "disk_failing",
    errno.ENXIO: "disk_failing",
    errno.ENOTCONN: "disk_failing",
    errno.ECONNREFUSED: "network_failing",
    errno.ECONNRESET: "network_failing",
    errno.ECONNABORTED: "network_failing",
    errno.ETIMEDOUT: "network_failing",
    errno.EHOSTUNREACH: "network_failing",
    errno.ENETUNREACH: "network_failing",
    errno.ENETDOWN: "network_failing",
}
_SAID_BY_PROGRAMS = {
    "No space left on device": "scratch_full",
    "Disk quota exceeded": "scratch_full",
    "Cannot allocate memory": "out_of_memory",
    "Too many open files": "out_of_file_handles",
    "Resource temporarily unavailable": "out_of_processes",
    "Input/output error": "disk_failing",
    "Read-only file system": "disk_failing",
}
_WORDS = {
    "scratch_full": "Our scratch disk is full.",
    "out_of_memory": "Our machine is short of memory.",
    "out_of_file_handles": "Our machine has too much open at once.",
    "out_of_processes": "Our machine has too much to do at once.",
    "disk_failing": "A disk of ours fails.",
    "network_failing": "Our parts cannot reach each other.",
    "database_unavailable": "Our database does not answer.",
    "storage_unavailable": "Our storage does not answer.",
    "stored_bytes_missing": "Our storage has lost sight of it.",
    "carrier_unavailable": "What calls our workers does not answer.",
    "mail_unavailable": "Our mail server does not answer.",
    "mail_put_off": "The mail server at the other end asks us to come again.",
    "ffmpeg_missing": "Our decoder is missing.",
    "decoder_unavailable": "Our decoder does not start.",
    "decoder_too_old": "Our decoder is too old for this kind of file.",
    "encoder_failed": "Our encoder does not work.",
    "worker_died": "A worker of ours was stopped.",
    "job_of_newer_release": "Our parts are of two releases just now.",
}
CODES = frozenset(_WORDS)
BY_US = CODES | set(SET_ASIDE)
"""Of jobs that wait, or died, and not of their subject."""
_SAFE = "Your file is safe and goes on by itself."
_TOLD = "Something fails on our side. Your file is safe; whoever runs this hub has been told and sends it on."


@dataclass(frozen=True)
class Delay:
    """Why something waits, as whoever waits for it is told."""

    code: str
    detail: str


USED_UP = Delay("processing_time_used_up", "Today's processing time is used up; it goes on at 00:00 UTC.")
"""Nobody's trouble: an account has had its share of the day."""
OVERDUE = Delay("overdue", "Everything you send is kept and goes on by itself; there is nothing to repeat.")
"""Something has been due for a while and nobody has taken it up."""


def delay(code: str, *, is_dead: bool = False) -> Delay:
    """In the words for artists; whatever the code, they say nothing else. `is_dead`: it waits for an operator."""
    if is_dead:
        return Delay(FAILED, _TOLD)
    if code == USED_UP.code:
        return USED_UP
    return Delay(code, f"{_WORDS.get(code, 'Something fails on our side.')} {_SAFE}")


def trouble_of_errno(fault: OSError) -> str | None:
    """The code; None where the system's answer may well be about the file."""
    return None if fault.errno is None else _BY_ERRNO.get(fault.errno)


def is_ours(fault: OSError) -> bool:
    return trouble_of_errno(fault) is not None


def trouble_said(text: str) -> str | None:
    """By what a program of ours wrote of its end; only for text that holds no words of people."""
    return next((code for words, code in _SAID_BY_PROGRAMS.items() if words in text), None)
