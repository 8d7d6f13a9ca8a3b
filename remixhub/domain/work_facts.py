"""What an artist says of a work, made uniform: tags, credits, key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from remixhub.domain.errors import Invalid
from remixhub.domain.lineage.shares import check_split, clean_inherited_shares
from remixhub.domain.musical_key import parse_key
from remixhub.domain.text import NotText, composed, written

TAGS_LIMIT = 20
TAG_LENGTH_LIMIT = 40
CREDITS_LIMIT = 100
TEMPO_BPM = (20, 400)
_NOT_IN_TAGS = '"\\,'


class TagsInvalid(Invalid):
    code = "tags_invalid"
    title = "These tags cannot be used"


class KeyUnknown(Invalid):
    code = "key_unknown"
    title = "This is not a musical key"


class CreditsInvalid(Invalid):
    code = "credits_invalid"
    title = "These credits cannot be used"


def clean_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts` with tags, key and credits made uniform, as far as they are there. Raises what the others raise, and
    Invalid for what is no tempo.
    """
    cleaned = dict(facts)
    if "tags" in facts:
        cleaned["tags"] = clean_tags(facts["tags"])
    if facts.get("tempo_bpm") is not None:
        _check_tempo(facts["tempo_bpm"])
    if facts.get("key") is not None:
        cleaned["key"] = clean_key(facts["key"])
    if "credits" in facts:
        cleaned["credits"] = clean_credits(facts["credits"])
    if "inherited_shares" in facts:
        cleaned["inherited_shares"] = clean_inherited_shares(facts["inherited_shares"])
    return cleaned


def _check_tempo(bpm: float) -> None:
    low, high = TEMPO_BPM
    if not low <= bpm <= high:
        message = f"From {low} to {high} beats a minute."
        raise Invalid(f"{bpm:g} is no tempo that is taken.", violations={"/tempo_bpm": [message]})


def clean_tags(tags: Iterable[str]) -> list[str]:
    """As `tag_searched` has them, each once, in the given order. Raises TagsInvalid."""
    cleaned: dict[str, None] = {}
    for position, given in enumerate(tags):
        try:
            tag, message = tag_searched(written(given)), ""
        except NotText as exc:
            tag, message = given, str(exc)
        if not message and (len(tag) > TAG_LENGTH_LIMIT or any(ch in tag for ch in _NOT_IN_TAGS)):
            message = f"At most {TAG_LENGTH_LIMIT} characters, no quotes, commas or backslashes."
        if message:
            raise TagsInvalid(f"The tag {tag[:60]!r} cannot be used.", violations={f"/tags/{position}": [message]})
        if tag:
            cleaned[tag] = None
    if len(cleaned) > TAGS_LIMIT:
        raise TagsInvalid(
            f"Use at most {TAGS_LIMIT} tags; these are {len(cleaned)}.", violations={"/tags": ["Too many."]}
        )
    return list(cleaned)


def tag_searched(text: str) -> str:
    """As tags are kept and found: lower case in NFC, without a leading `#`, its words one space apart."""
    return re.sub(" +", " ", composed(text.lower()).strip().removeprefix("#").strip())


def clean_key(text: str) -> str:
    """The classical name, such as `A minor`, of a key in any notation that is read. Raises KeyUnknown."""
    key = parse_key(text)
    if key is None:
        raise KeyUnknown(
            f"{text!r} is not a key; write it as `A minor`, `Am` or `8A`.", violations={"/key": ["Not a musical key."]}
        )
    return key.name


def clean_credits(credits: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """In the given order, each name and role once. Raises CreditsInvalid for too many, SharesInvalid."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for given in credits:
        line: dict[str, Any] = {"name": given["name"].strip(), "role": given.get("role", "").strip()}
        if given.get("share_percent"):
            line["share_percent"] = given["share_percent"]
        lines.setdefault((composed(line["name"]), composed(line["role"])), line)
    if len(lines) > CREDITS_LIMIT:
        raise CreditsInvalid(
            f"Name at most {CREDITS_LIMIT} credits; these are {len(lines)}.", violations={"/credits": ["Too many."]}
        )
    check_split(list(lines.values()))
    return list(lines.values())
