"""Conflicts of interest in a contest, by the graph: who made it, who works with whom, whose works are in it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from remixhub.models import Contest, ContestEntry, JudgeConflict, LabelMember, SourceLink, Work

OWN = "own entry"
SAME_LABEL = "a label in common with the entrant"
COLLABORATOR = "own work among the entry's sources"


def conflicts(
    session: Session, contest: Contest, account_ids: Collection[str], *, among: Collection[str] | None = None
) -> dict[str, dict[str, str]]:
    """By account, the entries that are too near to it, with the reason; declared ones included. Four statements.

    Of all entries, or of those `among` which somebody decides. The contest's release itself makes nobody a
    collaborator: it is in every entry.
    """
    asked = ContestEntry.contest_id == contest.id
    if among is not None:
        asked = sa.and_(asked, ContestEntry.id.in_(among))
    found: dict[str, dict[str, str]] = {account: {} for account in account_ids}
    for account, entry, reason in session.execute(
        sa.select(JudgeConflict.account_id, JudgeConflict.entry_id, JudgeConflict.reason).where(
            JudgeConflict.contest_id == contest.id, JudgeConflict.account_id.in_(account_ids)
        )
    ):
        found[account][entry] = reason
    for account, entry in session.execute(_works_within(contest, account_ids, asked)):
        found[account][entry] = COLLABORATOR
    for account, entry in session.execute(_labels_in_common(account_ids, asked)):
        found[account][entry] = SAME_LABEL
    own = sa.select(ContestEntry.account_id, ContestEntry.id).where(asked, ContestEntry.account_id.in_(account_ids))
    for account, entry in session.execute(own):
        found[account][entry] = OWN
    return found


def _works_within(contest: Contest, account_ids: Collection[str], asked: sa.ColumnElement[bool]) -> sa.Select[str, str]:
    """Accounts of `account_ids` with entries whose lineage holds works of theirs: one walk for all entries."""
    in_time = SourceLink.declared_at < contest.closes_at  # or an entrant could cite a judge who did not like the entry
    walk = (
        sa.select(ContestEntry.id.label("entry_id"), SourceLink.source_seq.label("seq"))
        .join(SourceLink, SourceLink.derivative_id == ContestEntry.work_id)
        .where(asked, in_time)
        .cte("within", recursive=True)
    )
    walk = walk.union(
        sa.select(walk.c.entry_id, SourceLink.source_seq)
        .join(walk, SourceLink.derivative_seq == walk.c.seq)
        .where(in_time)
    )
    return (
        sa.select(Work.account_id, walk.c.entry_id)
        .join(walk, walk.c.seq == Work.seq)
        .where(Work.account_id.in_(account_ids), Work.id != (contest.release_id or ""))
        .distinct()
    )


def _labels_in_common(account_ids: Collection[str], asked: sa.ColumnElement[bool]) -> sa.Select[str, str]:
    mine, theirs = aliased(LabelMember), aliased(LabelMember)
    return (
        sa.select(mine.account_id, ContestEntry.id)
        .join(theirs, theirs.label_id == mine.label_id)
        .join(ContestEntry, ContestEntry.account_id == theirs.account_id)
        .where(asked, mine.account_id.in_(account_ids), mine.account_id != theirs.account_id)
        .distinct()
    )
