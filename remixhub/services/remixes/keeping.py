"""What was typed into the editor of a draft, kept in one transaction: the words about the work, and those of its stems.

A form tells by stamps what it showed at first: so an edit elsewhere is noticed, and what nobody touched in an old page
overwrites nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_own_work
from remixhub.domain.states import StemPackState
from remixhub.domain.work_facts import clean_facts
from remixhub.models import Stem, StemPack, Work
from remixhub.services.access import find_visible_work
from remixhub.services.stems.orders import order_review
from remixhub.services.stems.stems import edit_stem, lock_draft
from remixhub.services.works.works import edit_work

_WORDS = ("title", "description", "tempo_bpm", "key", "tags", "licence", "credits", "inherited_shares")


@dataclass(frozen=True)
class Typed:
    """`changes` is what could be read of the fields; `seen` is the stamp of what they showed at first."""

    changes: Mapping[str, Any]
    seen: str


@dataclass(frozen=True)
class Kept:
    words_outdated: bool = False
    """They were edited elsewhere meanwhile: nothing of them was kept."""
    stems_outdated: frozenset[str] = frozenset()
    """The same of these stems."""
    is_news: bool = False


def keep_typed(actor: Actor, parts: Parts, work_id: str, words: Typed | None, stems: Mapping[str, Typed]) -> Kept:
    """`stems` by their ids; one that was removed meanwhile is left out. Raises what `update_work` raises."""
    with parts.database.writing() as session:
        session.execute(sa.update(Work).where(Work.id == work_id).values(revision=Work.revision))
        work = find_visible_work(session, actor, work_id, anew=True)
        require_own_work(actor, owner_id=work.account_id, state=work.state, what="work", id=work_id)
        outdated, is_news = False, False
        if words is not None:
            shown = _shown_of_work(work)
            wanted = _shown(clean_facts(words.changes))
            new = {name: words.changes[name] for name in wanted if wanted[name] != shown[name]}
            outdated = _is_outdated(shown, wanted, words.seen)
            if new and not outdated and _stamp({**shown, **wanted}) != words.seen:
                edit_work(session, actor, work_id, new)
                is_news = True
        stems_outdated, stems_new = (
            _keep_stems(session, actor, parts, work_id, stems) if stems else (frozenset(), False)
        )
    return Kept(outdated, stems_outdated, is_news or stems_new)


def stamp_of_work(work: Work) -> str:
    """The revision would not do: stems that arrive meanwhile raise it."""
    return _stamp(_shown_of_work(work))


def stamp_of_stem(stem: Stem) -> str:
    return _stamp(_shown_of_stem(stem))


def credit_line(line: Mapping[str, Any]) -> str:
    """As forms have it: `name, role, 20 %`; what is not stated is left out from the end."""
    share = line.get("share_percent")
    if share:
        return f"{line['name']}, {line['role']}, {share:g} %"
    return f"{line['name']}, {line['role']}".removesuffix(", ")


def _keep_stems(
    session: Session, actor: Actor, parts: Parts, work_id: str, typed: Mapping[str, Typed]
) -> tuple[frozenset[str], bool]:
    pack_id = session.scalar(
        sa.select(StemPack.id).where(StemPack.work_id == work_id, StemPack.state == StemPackState.DRAFT)
    )
    if pack_id is None:
        return frozenset(), False
    news = [_news(stem, typed) for stem in _stems(session, pack_id)]
    if not any(news):
        return frozenset(), False
    renews_review = any("role" in new for new in news)
    if renews_review:
        order_review(session, actor, parts, pack_id)
    lock_draft(session, pack_id, reviewed=not renews_review)
    outdated, is_news = set[str](), False
    for stem in _stems(session, pack_id):
        new, shown = _news(stem, typed), _shown_of_stem(stem)
        if not new:
            continue
        said = {**shown, **_shown(typed[stem.id].changes)}
        if _is_outdated(shown, said, typed[stem.id].seen):
            outdated.add(stem.id)
        elif _stamp(said) != typed[stem.id].seen:
            edit_stem(session, actor, work_id, stem, new)
            is_news = True
    return frozenset(outdated), is_news


def _news(stem: Stem, typed: Mapping[str, Typed]) -> dict[str, Any]:
    if stem.id not in typed:
        return {}
    return {name: said for name, said in typed[stem.id].changes.items() if getattr(stem, name) != said}


def _is_outdated(shown: Mapping[str, str], said: Mapping[str, str], seen: str) -> bool:
    """Something was typed over words that are not there any more."""
    together = {**shown, **said}
    return together != shown and seen not in (_stamp(shown), _stamp(together))


def _shown_of_work(work: Work) -> dict[str, str]:
    return _shown({name: getattr(work, name) for name in _WORDS})


def _shown_of_stem(stem: Stem) -> dict[str, str]:
    """A role that was guessed is no word of anybody's: it may be guessed anew."""
    role = "" if stem.is_role_guessed else stem.role
    return _shown({"name": stem.name, "gain_db": stem.gain_db, "role": role})


def _shown(facts: Mapping[str, Any]) -> dict[str, str]:
    shown = dict(facts)
    if "credits" in facts:
        shown["credits"] = [credit_line(line) for line in facts["credits"]]
    return {name: json.dumps(fact) for name, fact in shown.items()}


def _stamp(shown: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(shown.items())).encode()).hexdigest()[:16]


def _stems(session: Session, stem_pack_id: str) -> list[Stem]:
    query = sa.select(Stem).where(Stem.stem_pack_id == stem_pack_id).order_by(Stem.position, Stem.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))
