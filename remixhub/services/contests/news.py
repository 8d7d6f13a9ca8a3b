"""Whom a contest concerns, and notices to them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.moderation import NoticeKind
from remixhub.models import Contest, ContestEntry, ContestJudge, ContestSignUp, Receipt, StemPack
from remixhub.services import notices


def tell(session: Session, contest: Contest, title: str, text: str, *, only: Collection[str] | None = None) -> None:
    """A notice to all whom it concerns, or `only` to some."""
    people = concerned(session, contest) if only is None else set(only)
    notices.send(session, people, NoticeKind.CONTEST, ("contest", contest.id), title, text)


def concerned(session: Session, contest: Contest) -> set[str]:
    """Entrants, judges, who signed up, and who took the release's stems since it was announced."""
    found = downloaders(session, contest)
    for table in (ContestEntry, ContestJudge, ContestSignUp):
        found |= set(session.scalars(sa.select(table.account_id).where(table.contest_id == contest.id)))
    return found


def downloaders(session: Session, contest: Contest) -> set[str]:
    if contest.announced_at is None:
        return set()
    taken = (
        sa.select(Receipt.account_id)
        .join(StemPack, StemPack.id == Receipt.stem_pack_id)
        .where(StemPack.work_id == contest.release_id, Receipt.created_at >= contest.announced_at)
    )
    return set(session.scalars(taken))
