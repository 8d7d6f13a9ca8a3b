"""What is said on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from remixhub.domain.bundles.contents import BundledWork

Picture = Callable[[BundledWork], bytes | None]
"""A work's cover as PNG or JPEG; None without one, or where it is withheld."""
Pictures = Mapping[str, bytes | None]
"""Those by the work's id."""

HOW_TO_REMIX = (
    "Scan a work's square code, or copy its folder from the stick.",
    "Take the stems. They all begin at the same moment: put them into your music program at the very beginning.",
    "Keep to the licence, and name whose music it is; the credits in here are the words to use.",
    "Publish what you made, and name your sources, so that the next one can go on from yours.",
)


def facts(work: BundledWork) -> str:
    told = [
        length(work.duration_seconds) if work.duration_seconds else "",
        f"{work.tempo_bpm:g} BPM" if work.tempo_bpm else "",
        work.key or "",
        work.licence_name,
    ]
    return " · ".join(filter(None, told))


def length(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def credit_of(work: BundledWork) -> list[str]:
    """Its own people, then a line for all that it was made from."""
    return [*(f"{name}: {role}" if role else name for name, role in work.credits), *work.credit_lines]
