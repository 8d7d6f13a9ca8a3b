"""How figures, times and words are written on pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import flask
from markupsafe import Markup, escape

from remixhub.domain.comment_text import PieceKind, pieces
from remixhub.domain.comments import GONE_WORDS, CommentFault, CommentState
from remixhub.domain.figures import clock, count, day, dbtp, decibels, duration, lufs, rate, size, tempo
from remixhub.domain.house import OWN_NAME
from remixhub.domain.licences.marks import licence_meaning
from remixhub.domain.licences.terms import Licence, short_name, terms_of
from remixhub.domain.lineage.generations import ordinal
from remixhub.domain.moderation import REASON_WORDS, SUSPENSION_WORDS, ReportReason, SuspensionReason
from remixhub.domain.musical_key import with_camelot
from remixhub.domain.stems.qc import FindingCode
from remixhub.domain.stems.roles import family, role_name
from remixhub.domain.times import rfc3339
from remixhub.markdown import markdown
from remixhub.models import Comment, Work
from remixhub.services.accounts.browsers import browser_name
from remixhub.web.covers import print_version, thumbnail, thumbnails


def in_zone(moment: dt.datetime, zone: str) -> str:
    """`3 Jun 2026, 18:00 CEST`."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def time_left(seconds: float) -> str:
    """For who has no script: `2 days`, `5 hours`."""
    for length, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return count(int(seconds // length), name)
    return "less than a minute"


def catalogue_number(work: Work) -> str:
    """`RH-0042`, by the number that publishing gave; drafts have none."""
    return f"RH-{work.seq:04}" if work.seq else "RH-draft"


def licence_name(licence: Licence) -> str:
    """`CC BY-SA 4.0`, `CC BY 3.0 DE`."""
    return short_name(licence)


def licence_url(licence: Licence) -> str:
    return terms_of(licence).url


_FINDINGS: dict[str, str] = {
    FindingCode.NO_STEMS: "There are no stems",
    FindingCode.STEM_UNREADABLE: "It cannot be read",
    FindingCode.RATES_DIFFER: "Another sample rate than the rest",
    FindingCode.LENGTHS_DIFFER: "{longer} than the rest",
    FindingCode.SPLIT_STEREO: "One half of a stereo sound",
    FindingCode.STARTS_DIFFER: "Starts at another moment",
    FindingCode.SPEED_DIFFERS: "Runs at another speed",
    FindingCode.NOT_IN_MIX: "Not in the reference mix",
    FindingCode.LEVEL_DIFFERS: "Another level than in the reference mix",
    FindingCode.SIDES_SWAPPED: "Left and right are exchanged",
    FindingCode.SIDES_LOST: "Mono, and stereo in the reference mix",
    FindingCode.BAND_LIMITED: "Its high frequencies are cut off",
    FindingCode.ALTERED: "Sounds otherwise than in the reference mix",
    FindingCode.NEAR_COPIES: "Some cannot be told apart",
    FindingCode.CLIPPED: "Clipped",
    FindingCode.NEAR_SILENT: "Nearly silent",
    FindingCode.DUPLICATE: "The same audio twice",
    FindingCode.POLARITY_INVERTED: "Polarity is inverted",
    FindingCode.DC_OFFSET: "Off the centre line",
    FindingCode.LOW_HEADROOM: "No headroom",
    FindingCode.LOSSY: "A lossy file",
    FindingCode.RATE_BELOW_WANTED: "A lower sample rate than asked for",
    FindingCode.BIT_DEPTH_BELOW_WANTED: "Fewer bits than asked for",
    FindingCode.MIX_RATE_DIFFERS: "Another sample rate than the stems",
    FindingCode.MIX_LENGTH_DIFFERS: "{longer} than the stems",
    FindingCode.MIX_STARTS_DIFFERENTLY: "Starts at another moment than the stems",
    FindingCode.MIX_DIFFERS: "The stems add up to something else",
}


def finding_title(finding: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """`names` maps the stems' ids to their names; a finding without a stem speaks of the reference mix or the pack."""
    stem = finding.get("stem")
    about = f"“{names.get(stem, stem)}”" if stem else "Reference mix" if "mix_" in finding["code"] else "All stems"
    said = _finding_words(finding)
    return f"{about}: {said[0].lower()}{said[1:]}"


def finding_place(finding: Mapping[str, Any]) -> str:
    """Beside its stem: `Clipped in 3 places, first at 0:41`."""
    runs = int(finding.get("figure") or 0) if finding["code"] == FindingCode.CLIPPED else 0
    said = _finding_words(finding) + (f" in {count(runs, 'place')}" if runs else "")
    at_seconds = finding.get("at_seconds")
    if at_seconds is None:
        return said
    return f"{said}{', first' if runs > 1 else ''} at {duration(at_seconds)}"


def _finding_words(finding: Mapping[str, Any]) -> str:
    said = _FINDINGS.get(finding["code"], str(finding["code"]).replace("_", " ").capitalize())
    said = said.format(longer="longer" if (finding.get("figure") or 0) > 0 else "shorter")
    return said[0].upper() + said[1:]


def step_name(step: str) -> str:
    """What a worker says it is doing, as a sentence's start."""
    return "Waiting for a free worker" if step in ("", "waiting") else step[0].upper() + step[1:]


def because(reason: ReportReason) -> str:
    """To follow “because”."""
    return REASON_WORDS[reason]


def suspended_because(reason: SuspensionReason) -> str:
    return SUSPENSION_WORDS[reason]


def reason_name(reason: ReportReason) -> str:
    return reason.value.replace("_", " ").capitalize()


def with_code(text: str) -> Markup:
    """What stands between backticks as code."""
    parts = str(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)
    )


def of_house(title: str, name: str) -> str:
    """A page's title with this hub's name in place of the software's; with an empty one the title alone."""
    if title == OWN_NAME:
        return name or title
    own = title.removesuffix(f" – {OWN_NAME}")
    return own + f" – {name}" if name and own != title else own


def comment_text(comment: Comment) -> Markup:
    """Plain, with its links and the accounts that it mentions as links."""
    found = []
    for kind, text in pieces(comment.text, comment.mentions):
        if kind is PieceKind.LINK:
            found.append(Markup('<a href="{0}" rel="nofollow ugc noopener">{0}</a>').format(text))
        elif kind is PieceKind.MENTION:
            address = flask.url_for("web.accounts.profile", handle=text.removeprefix("@").lower())
            found.append(Markup('<a href="{}">{}</a>').format(address, text))
        else:
            found.append(escape(text))
    return Markup("").join(found)


def gone_words(state: CommentState) -> str:
    return GONE_WORDS[state]


def comment_fault_name(fault: CommentFault) -> str:
    return fault.value.capitalize()


def register_filters(app: flask.Flask) -> None:
    for function in (
        duration, size, lufs, dbtp, decibels, rate, tempo, day, clock, role_name, with_camelot, family,
        catalogue_number, licence_name, licence_url, licence_meaning, count, print_version, thumbnail, thumbnails,
        finding_place, finding_title, step_name, because, reason_name, with_code, in_zone, rfc3339, time_left, ordinal,
        markdown, of_house, suspended_because, browser_name, comment_text, gone_words, comment_fault_name,
    ):  # fmt: skip
        app.add_template_filter(function)
