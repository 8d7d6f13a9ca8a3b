"""The jury of a contest as it stands: who has to score what, what came, and what was ruled where sheets are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.domain.contests.coverage import Coverage, Ruling, coverages
from remixhub.models import Account, Contest, ContestJudge, ContestRuling, JudgeScores
from remixhub.models.suspensions import is_suspended
from remixhub.services.contests.conflicts import conflicts
from remixhub.services.contests.holding import counted_entries

IS_ABSENT = sa.or_(Account.deleted_at.is_not(None), is_suspended(Account.id))


class Absence(StrEnum):
    """Why no further sheet comes from a judge; what they scored counts on."""

    DELETED = "deleted"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class JudgeProgress:
    handle: str
    due: int
    scored: int
    absence: Absence | None = None

    @property
    def is_waited_for(self) -> bool:
        return self.scored < self.due


@dataclass(frozen=True)
class Jury:
    """By account ids of judges and ids of entries."""

    handles: Mapping[str, str]
    absences: Mapping[str, Absence]
    due: Mapping[str, Sequence[str]]
    """Entries that count and are not too near."""
    sheets: Mapping[str, AbstractSet[str]]
    rulings: Mapping[str, ContestRuling]
    entries: Sequence[str]
    judges_per_entry: int | None

    @cached_property
    def coverage(self) -> dict[str, Coverage]:
        given = {entry: one.ruling for entry, one in self.rulings.items()}
        return coverages(self.judges_per_entry, self.entries, self.due, self.sheets, given)

    @property
    def progress(self) -> list[JudgeProgress]:
        return [
            JudgeProgress(
                handle, len(self.due[judge]), len(self.due[judge]) - len(self.missing_of(judge)),
                self.absences.get(judge),
            )
            for judge, handle in self.handles.items()
        ]  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Whether every entry has its sheets, without any ruling."""
        return all(one.is_complete for one in self.coverage.values())

    @property
    def unsettled(self) -> list[str]:
        return [entry for entry, one in self.coverage.items() if not one.is_settled]

    def missing_of(self, judge: str) -> list[str]:
        """What the judge has to score and has not."""
        return [entry for entry in self.due[judge] if entry not in self.sheets.get(judge, ())]

    def missing_for(self, entry: str) -> list[str]:
        """Handles of those who have to score the entry and have not."""
        return sorted(handle for judge, handle in self.handles.items() if entry in self.missing_of(judge))

    def excused_from(self, entry: str) -> list[str]:
        """Handles of those who are too near to the entry."""
        return sorted(handle for judge, handle in self.handles.items() if entry not in self.due[judge])

    def ruling_on(self, entry: str) -> tuple[Ruling, str] | None:
        """The one in force, with its reason."""
        ruling = self.coverage[entry].in_force
        return None if ruling is None else (ruling, self.rulings[entry].reason)


def jury_of(session: Session, contest: Contest) -> Jury:
    judges = sa.select(ContestJudge, is_suspended(ContestJudge.account_id)).where(ContestJudge.contest_id == contest.id)
    rows = session.execute(judges.order_by(ContestJudge.account_id)).all()
    handles = {row.account_id: row.account.handle for row, _ in rows}
    absent = {row.account_id: _absence(row, is_suspended_now) for row, is_suspended_now in rows}
    near = conflicts(session, contest, list(handles))
    counted = counted_entries(session, contest.id)
    sheets: dict[str, set[str]] = {}
    given = sa.select(JudgeScores.account_id, JudgeScores.entry_id).where(JudgeScores.contest_id == contest.id)
    for account, entry in session.execute(given):
        sheets.setdefault(account, set()).add(entry)
    rulings = session.scalars(sa.select(ContestRuling).where(ContestRuling.contest_id == contest.id))
    return Jury(
        handles=handles,
        absences={judge: absence for judge, absence in absent.items() if absence is not None},
        due={judge: [entry for entry in counted if entry not in near[judge]] for judge in handles},
        sheets=sheets,
        rulings={one.entry_id: one for one in rulings},
        entries=counted,
        judges_per_entry=contest.parsed_terms.judges_per_entry,
    )


def _absence(judge: ContestJudge, is_suspended_now: bool) -> Absence | None:
    if judge.account.deleted_at is not None:
        return Absence.DELETED
    return Absence.SUSPENDED if is_suspended_now else None
