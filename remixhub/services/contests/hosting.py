"""Contests from the host's side: drafting, announcing, extending, cancelling, news; and the page for everybody."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests import phases as rules
from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.entries import EntryState
from remixhub.domain.contests.labels import LabelRole, require_host
from remixhub.domain.contests.log import GENESIS, LogKind
from remixhub.domain.contests.phases import ContestAct, ContestState, Deadlines, Phase, check_deadlines, phase_of
from remixhub.domain.contests.terms import ContestTerms, ContestTermsInvalid
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.times import rfc3339
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import (
    Account,
    Contest,
    ContestAnnouncement,
    ContestBallot,
    ContestEntry,
    ContestJudge,
    ContestSlot,
    Label,
    LabelMember,
    now,
)
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.contests import holding, tending
from remixhub.services.contests.holding import begin_edit, hold_as_host
from remixhub.services.contests.labels import LabelNotFound, role_in
from remixhub.services.contests.log import append, dates, pseudonym
from remixhub.services.contests.news import tell
from remixhub.services.paging import Keyset, Page, Position, page


class JudgeNotAMember(Invalid):
    code = "judge_not_a_member"
    title = "Judges are members of the label"


class JudgeHasVoted(Conflict):
    code = "judge_has_voted"
    title = "A voter cannot judge as well"


class JudgeIsEntrant(Conflict):
    code = "judge_is_entrant"
    title = "An entrant cannot judge"


_LONGEST_EMBARGO = dt.timedelta(days=90)
_LAST_TO_CLOSE = Keyset(Contest.closes_at.desc(), Contest.id.desc())


@dataclass(frozen=True)
class ContestView:
    """A contest as the actor sees it now."""

    contest: Contest
    terms: ContestTerms
    phase: Phase
    moment: dt.datetime
    """The database's time, for countdowns."""
    role: LabelRole | None
    """The actor's, in the label."""
    is_judge: bool
    entry_count: int
    seed_commitment: str
    announcements: Sequence[ContestAnnouncement]

    @property
    def result_is_public(self) -> bool:
        until = self.contest.embargo_until
        return self.contest.result is not None and (until is None or until <= self.moment)


def create_contest(
    actor: Actor,
    parts: Parts,
    *,
    label: str,
    title: str,
    terms: ContestTerms,
    deadlines: Deadlines,
    release_id: str | None = None,
    brief: str = "",
    embargo_until: dt.datetime | None = None,
    is_secret_remixer: bool = False,
) -> Contest:
    """A draft that the label's owners and managers see. Raises LabelNotFound, LabelMembersOnly, NotFound and what
    the rules for terms and dates raise.
    """
    require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        host = session.scalars(sa.select(Label).where(Label.handle == label.lower())).one_or_none()
        if host is None:
            raise LabelNotFound(f"There is no label {label!r}.")
        require_host(role_in(session, actor, host.id))
        contest = Contest(
            label_id=host.id, title=title, brief=brief, terms=terms.dump(), seed=secrets.token_hex(16),
            salt=secrets.token_hex(16), log_head=GENESIS, release_id=release_id, embargo_until=embargo_until,
            is_secret_remixer=is_secret_remixer, **vars(deadlines),
        )  # fmt: skip
        _check(session, actor, contest, terms, deadlines)
        session.add(contest)
        session.flush()
        _set_slots(session, contest, terms)
        journal.record(session, actor, "contest.created", "contest", contest.id, after={"title": title})
        session.refresh(contest)
    return contest


def edit_contest(actor: Actor, parts: Parts, contest_id: str, changes: Mapping[str, Any], *, revision: int) -> Contest:
    """`changes` may hold title, brief, embargo_until, release_id, terms, and while it is a draft the dates.

    The brief and the terms change until the first entry, terms with notice to whom it concerns.
    Raises ContestTermsFrozen, ContestPhaseWrong, PreconditionFailed.
    """
    with parts.database.writing() as session:
        held = begin_edit(session, actor, contest_id, revision)
        contest = held.contest
        words = {"title", "embargo_until"}
        if changes.keys() - words:
            held.require(ContestAct.EDIT)
        elif contest.state in (ContestState.DECIDED, ContestState.CANCELLED):
            raise rules.ContestPhaseWrong("It is over.", phase=held.phase.value)
        if "embargo_until" in changes and held.phase not in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
            raise rules.ContestPhaseWrong("The embargo stays as it is once entries are closed.", phase=held.phase.value)
        before = {name: _plain(getattr(contest, name)) for name in changes}
        for name, value in changes.items():
            setattr(contest, name, value.dump() if isinstance(value, ContestTerms) else value)
        if contest.state is not ContestState.DRAFT and dates_changed(before, contest):
            raise rules.ContestDatesInvalid("Announced dates are extended by `POST …/extensions`, with a note.")
        _check(session, actor, contest, contest.parsed_terms, contest.deadlines)
        _set_slots(session, contest, contest.parsed_terms)
        after = {name: _plain(getattr(contest, name)) for name in changes}
        journal.record(session, actor, "contest.edited", "contest", contest.id, before=before, after=after)
        if contest.state is ContestState.ANNOUNCED and "terms" in changes:
            tell(session, contest, f"The terms of “{contest.title}” have changed", "Read them before you enter.")
        session.flush()
        session.refresh(contest)
    return contest


def dates_changed(before: Mapping[str, Any], contest: Contest) -> bool:
    names = ("opens_at", "closes_at", "voting_closes_at", "judging_closes_at")
    return any(name in before and before[name] != _plain(getattr(contest, name)) for name in names)


def announce(actor: Actor, parts: Parts, contest_id: str) -> Contest:
    """From now on everybody sees it, and its deadlines only move later."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        contest.state = held.require(ContestAct.ANNOUNCE)
        contest.announced_at = held.moment
        contest.revision += 1
        journal.record(session, actor, "contest.announced", "contest", contest.id, before={"state": "draft"})
        tending.begin(contest, held.moment)
        session.flush()
    return contest


def extend(actor: Actor, parts: Parts, contest_id: str, deadlines: Mapping[str, dt.datetime], note: str) -> Contest:
    """Later dates with a public note. Raises ContestDatesInvalid, ContestPhaseWrong."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        before = contest.deadlines
        later = rules.extend(contest.rule, Deadlines(**{**vars(before), **deadlines}), held.moment).deadlines
        for name, date in vars(later).items():
            setattr(contest, name, date)
        contest.revision += 1
        tending.begin(contest, held.moment)
        facts: dict[str, Any] = {"before": dates(before), "after": dates(later), "note": note}
        append(session, contest, LogKind.EXTENDED, facts)
        session.add(ContestAnnouncement(contest_id=contest.id, text=f"Deadlines are extended: {note}"))
        journal.record(session, actor, "contest.extended", "contest", contest.id, before=facts["before"], after=facts)
        tell(session, contest, f"“{contest.title}” closes later", note)
    return contest


def cancel(actor: Actor, parts: Parts, contest_id: str, note: str) -> Contest:
    """For good; entries stay their artists'."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        held.contest.state = held.require(ContestAct.CANCEL)
        held.contest.cancel_note = note
        held.contest.revision += 1
        journal.record(session, actor, "contest.cancelled", "contest", contest_id, after={"note": note})
        tell(session, held.contest, f"“{held.contest.title}” is cancelled", note)
    return held.contest


def say(actor: Actor, parts: Parts, contest_id: str, text: str) -> ContestAnnouncement:
    """News on the contest's page and in its feeds, and a notice to whom it concerns."""
    with parts.database.writing() as session:
        contest = hold_as_host(session, actor, contest_id).contest
        if contest.state is ContestState.DRAFT:
            raise rules.ContestPhaseWrong("Announce the contest first: nobody sees a draft.", phase="draft")
        news = ContestAnnouncement(contest_id=contest_id, text=text)
        session.add(news)
        journal.record(session, actor, "contest.news", "contest", contest_id, after={"text": text})
        tell(session, contest, f"News of “{contest.title}”", text)
        session.flush()
        session.refresh(news)
    return news


def add_judge(actor: Actor, parts: Parts, contest_id: str, handle: str) -> None:
    """A member of the label. Raises JudgeIsEntrant, ContestPhaseWrong once judging is over."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        if held.phase in (Phase.COUNTING, Phase.DECIDED, Phase.CANCELLED):
            raise rules.ContestPhaseWrong("Judging is over.", phase=held.phase.value)
        account_id = _member(session, contest.label_id, handle)
        entered = sa.select(ContestEntry.id).where(
            ContestEntry.contest_id == contest_id, ContestEntry.account_id == account_id
        )
        if session.scalar(entered.limit(1)) is not None:
            raise JudgeIsEntrant(f"@{handle} has entered this contest.")
        voted = sa.select(ContestBallot.id).where(
            ContestBallot.contest_id == contest_id, ContestBallot.account_id == account_id
        )
        if session.scalar(voted.limit(1)) is not None:
            raise JudgeHasVoted(f"@{handle} has voted in this contest.")
        session.merge(ContestJudge(contest_id=contest_id, account_id=account_id))
        journal.record(session, actor, "contest.judge_added", "contest", contest_id, after={"account": account_id})


def remove_judge(actor: Actor, parts: Parts, contest_id: str, handle: str, reason: str) -> None:
    """Their scores do not count any more; the log keeps them, and the result gives the reason.

    Raises NotFound, ContestPhaseWrong after the decision.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        if held.phase in (Phase.DECIDED, Phase.CANCELLED):
            raise rules.ContestPhaseWrong("It is over.", phase=held.phase.value)
        judge = session.scalars(
            sa.select(ContestJudge).where(
                ContestJudge.contest_id == contest_id,
                ContestJudge.account.has(Account.handle == handle.lower().removeprefix("@")),
            )
        ).one_or_none()
        if judge is None:
            raise NotFound(f"@{handle} is no judge of this contest.", what="judge")
        account_id = judge.account_id
        session.delete(judge)
        if held.contest.state is not ContestState.DRAFT:
            removed = {"judge": pseudonym(held.contest, "judge", account_id), "reason": reason}
            append(session, held.contest, LogKind.JUDGE_OUT, removed)
        before, after = {"account": account_id}, {"reason": reason}
        journal.record(session, actor, "contest.judge_removed", "contest", contest_id, before=before, after=after)
        tell(session, held.contest, f"You judge “{held.contest.title}” no more", reason, only={account_id})


def get_contest(actor: Actor, parts: Parts, contest_id: str) -> ContestView:
    with parts.database.reading() as session:
        return find_view(session, actor, contest_id)


def find_view(session: Session, actor: Actor, contest_id: str) -> ContestView:
    (view,) = viewed(session, actor, [holding.find(session, actor, contest_id)])
    return view


def list_contests(
    actor: Actor, parts: Parts, *, label: str | None, after: Position | None, limit: int
) -> Page[ContestView]:
    """Announced ones, those that close last first; and for the label's hosts their drafts."""
    with parts.database.reading() as session:
        return contests_seen(session, actor, label=label, after=after, limit=limit)


def contests_seen(
    session: Session, actor: Actor, *, label: str | None, after: Position | None, limit: int
) -> Page[ContestView]:
    query = sa.select(Contest).join(Label)
    own = sa.select(LabelMember.label_id).where(
        LabelMember.account_id == actor.account_id, LabelMember.role.in_([LabelRole.OWNER, LabelRole.MANAGER])
    )
    query = query.where(sa.or_(Contest.announced_at.is_not(None), Contest.label_id.in_(own)))
    if label is not None:
        query = query.where(Label.handle == label.lower())
    found = page(session, query, _LAST_TO_CLOSE, after=after, limit=limit)
    return Page(viewed(session, actor, found.rows), found.next_position)


def viewed(session: Session, actor: Actor, contests: Sequence[Contest]) -> list[ContestView]:
    """In two statements, whatever their number."""
    ids = [one.id for one in contests]
    counted = sa.select(sa.func.count()).where(
        ContestEntry.contest_id == Contest.id, ContestEntry.state == EntryState.COUNTED
    )
    role = sa.select(LabelMember.role).where(
        LabelMember.label_id == Contest.label_id, LabelMember.account_id == actor.account_id
    )
    judges = sa.exists().where(ContestJudge.contest_id == Contest.id, ContestJudge.account_id == actor.account_id)
    found = session.execute(
        sa.select(
            Contest.id, now().label("moment"), counted.scalar_subquery().label("entry_count"),
            role.scalar_subquery().label("role"), judges.label("is_judge"),
        ).where(Contest.id.in_(ids))
    )  # fmt: skip
    facts = {row.id: row for row in found}
    news: dict[str, list[ContestAnnouncement]] = {}
    said = sa.select(ContestAnnouncement).where(ContestAnnouncement.contest_id.in_(ids))
    for one in session.scalars(said.order_by(ContestAnnouncement.created_at.desc())):
        news.setdefault(one.contest_id, []).append(one)
    return [_view(one, facts[one.id], news.get(one.id, ())) for one in contests]


def _view(contest: Contest, facts: sa.Row[Any], announcements: Sequence[ContestAnnouncement]) -> ContestView:
    return ContestView(
        contest=contest,
        terms=contest.parsed_terms,
        phase=phase_of(contest.rule, facts.moment),
        moment=facts.moment,
        role=facts.role,
        is_judge=facts.is_judge,
        entry_count=facts.entry_count,
        seed_commitment=seed_commitment(contest.seed),
        announcements=announcements,
    )


def _check(session: Session, actor: Actor, contest: Contest, terms: ContestTerms, deadlines: Deadlines) -> None:
    check_deadlines(deadlines)
    dates = {"voting_closes_at": terms.has_vote, "judging_closes_at": terms.has_jury}
    for name, is_needed in dates.items():
        if (getattr(deadlines, name) is not None) != is_needed:
            message = "The terms need this date." if is_needed else "The terms have no use for this date."
            raise rules.ContestDatesInvalid(message, violations={f"/{name}": [message]})
    embargo = contest.embargo_until
    if embargo is not None and embargo > deadlines.ends_at + _LONGEST_EMBARGO:
        message = f"At most {_LONGEST_EMBARGO.days} days after the last ballots."
        raise rules.ContestDatesInvalid(
            "The result cannot be held back so long.", violations={"/embargo_until": [message]}
        )
    if terms.release_by is not None and terms.release_by < deadlines.ends_at.date():
        message = "Must not be before the last ballots are in."
        raise ContestTermsInvalid("There is no time for a release.", violations={"/terms/release_by": [message]})
    if contest.is_secret_remixer:
        if contest.release_id is not None:
            message = "Everybody brings a source; leave it out."
            raise ContestTermsInvalid("A secret remixer has no release.", violations={"/release_id": [message]})
        return
    if contest.release_id is None:
        message = "Name what is to be remixed."
        raise ContestTermsInvalid("There is nothing to remix.", violations={"/release_id": [message]})
    with session.no_autoflush:  # an id of no work is told apart here, not by the foreign key
        work = find_visible_work(session, actor, contest.release_id)
    if work.state is not WorkState.PUBLISHED:
        raise WorkNotPublished("Publish what is to be remixed first.", state=work.state.value)
    if contest.terms_frozen_at is None:
        contest.terms = replace(terms, licence=work.licence).dump()


def _set_slots(session: Session, contest: Contest, terms: ContestTerms) -> None:
    """Terms change only before the first entry, so no slot is in use."""
    if contest.terms_frozen_at is not None:
        return
    session.execute(sa.delete(ContestSlot).where(ContestSlot.contest_id == contest.id))
    numbers = range(1, terms.entries_per_account + 1)
    session.execute(sa.insert(ContestSlot), [{"contest_id": contest.id, "slot": number} for number in numbers])


def _member(session: Session, label_id: str, handle: str) -> str:
    found = session.scalar(
        sa.select(LabelMember.account_id)
        .join(Account, Account.id == LabelMember.account_id)
        .where(LabelMember.label_id == label_id, Account.handle == handle.lower().removeprefix("@"))
    )
    if found is None:
        raise JudgeNotAMember(f"Invite @{handle} to the label first.", violations={"/handle": ["Not a member."]})
    return found


def _plain(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, dt.datetime) else value
