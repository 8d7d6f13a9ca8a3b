"""Contests from the host's side: drafting, editing, extending, cancelling, news."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests import phases as rules
from remixhub.domain.contests.drafts import check_draft
from remixhub.domain.contests.labels import LabelNotFound, require_host
from remixhub.domain.contests.log import GENESIS, LogKind
from remixhub.domain.contests.phases import ContestAct, ContestState, Deadlines, Phase
from remixhub.domain.contests.terms import ContestTerms, ContestTermsInvalid
from remixhub.domain.licences.terms import short_name, terms_of
from remixhub.domain.states import Scope, WorkState
from remixhub.domain.times import rfc3339
from remixhub.domain.work_refusals import WorkNotPublished
from remixhub.models import (
    Contest,
    ContestAnnouncement,
    ContestSlot,
    Label,
    Work,
)
from remixhub.services import journal
from remixhub.services.access import find_visible_work
from remixhub.services.contests import telling, tending
from remixhub.services.contests.drafting import of_label
from remixhub.services.contests.holding import begin_edit, hold_as_host
from remixhub.services.contests.juries import jury_of
from remixhub.services.contests.labels import acting_role
from remixhub.services.contests.log import append, dates
from remixhub.services.contests.news import tell


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
        require_host(acting_role(session, actor, host.id))
        contest = Contest(
            label_id=host.id, title=title, brief=brief, terms=terms.dump(), seed=secrets.token_hex(16),
            salt=secrets.token_hex(16), log_head=GENESIS, release_id=release_id, embargo_until=embargo_until,
            is_secret_remixer=is_secret_remixer, **vars(deadlines),
        )  # fmt: skip
        _check(session, actor, contest, terms, deadlines, is_chosen=True)
        session.add(contest)
        session.flush()
        _set_slots(session, contest, terms)
        journal.record(session, actor, "contest.created", "contest", contest.id, after={"title": title})
        session.refresh(contest)
    return contest


def edit_contest(actor: Actor, parts: Parts, contest_id: str, changes: Mapping[str, Any], *, revision: int) -> Contest:
    """`changes` may hold title, brief, embargo_until, release_id, terms, and while it is a draft the dates and
    is_secret_remixer.

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
        if "is_secret_remixer" in changes and contest.state is not ContestState.DRAFT:
            raise rules.ContestPhaseWrong("What is remixed stays once it is announced.", phase=held.phase.value)
        before = {name: _plain(getattr(contest, name)) for name in changes}
        for name, value in changes.items():
            setattr(contest, name, value.dump() if isinstance(value, ContestTerms) else value)
        if contest.state is not ContestState.DRAFT and _dates_changed(before, contest):
            raise rules.ContestDatesInvalid("Announced dates are extended by `POST …/extensions`, with a note.")
        _check(session, actor, contest, contest.parsed_terms, contest.deadlines, is_chosen="release_id" in changes)
        _set_slots(session, contest, contest.parsed_terms)
        after = {name: _plain(getattr(contest, name)) for name in changes}
        journal.record(session, actor, "contest.edited", "contest", contest.id, before=before, after=after)
        if contest.state is ContestState.ANNOUNCED and "terms" in changes and before["terms"] != after["terms"]:
            tell(session, contest, f"The terms of “{contest.title}” have changed", "Read them before you enter.")
        session.flush()
        session.refresh(contest)
    return contest


def _dates_changed(before: Mapping[str, Any], contest: Contest) -> bool:
    names = ("opens_at", "closes_at", "voting_closes_at", "judging_closes_at")
    return any(name in before and before[name] != _plain(getattr(contest, name)) for name in names)


def extend(actor: Actor, parts: Parts, contest_id: str, deadlines: Mapping[str, dt.datetime], note: str) -> Contest:
    """Later dates with a public note; the judging also after its close, while entries lack score sheets.

    Raises ContestDatesInvalid, ContestPhaseWrong.
    """
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        contest = held.contest
        before = contest.deadlines
        is_over = contest.judging_closes_at is not None and contest.judging_closes_at <= held.moment
        is_reopened = is_over and "judging_closes_at" in deadlines and not jury_of(session, contest).is_complete
        asked = Deadlines(**{**vars(before), **deadlines})
        later = rules.extend(contest.rule, asked, held.moment, lacks_sheets=is_reopened).deadlines
        if is_reopened:
            contest.judging_reopened_at = held.moment
        telling.phases_passed(session, parts, contest, held.moment)
        for name, date in vars(later).items():
            setattr(contest, name, date)
        contest.revision += 1
        tending.begin(contest, held.moment)
        facts: dict[str, Any] = {"before": dates(before), "after": dates(later), "note": note}
        append(session, contest, LogKind.EXTENDED, facts)
        session.add(ContestAnnouncement(contest_id=contest.id, text=f"Deadlines are extended: {note}"))
        journal.record(session, actor, "contest.extended", "contest", contest.id, before=facts["before"], after=facts)
        tell(session, contest, f"“{contest.title}” closes later", note)
        telling.extended(session, parts, contest, note)
    return contest


def cancel(actor: Actor, parts: Parts, contest_id: str, note: str) -> Contest:
    """For good; entries stay their artists'."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        was_public = held.contest.announced_at is not None
        state = held.require(ContestAct.CANCEL)
        telling.phases_passed(session, parts, held.contest, held.moment)
        held.contest.state, held.contest.tended_until = state, held.moment
        held.contest.cancel_note = note
        held.contest.revision += 1
        journal.record(session, actor, "contest.cancelled", "contest", contest_id, after={"note": note})
        tell(session, held.contest, f"“{held.contest.title}” is cancelled", note)
        if was_public:
            telling.phase(session, parts, held.contest, Phase.CANCELLED, note=note)
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


def _check(
    session: Session, actor: Actor, contest: Contest, terms: ContestTerms, deadlines: Deadlines, *, is_chosen: bool
) -> None:
    """`is_chosen` says that what is remixed is being chosen now; a licence that changed since is the announcement's."""
    check_draft(terms, deadlines, contest.embargo_until)
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
    if is_chosen and not _is_of_label(session, work.id, contest.label_id):
        message = "By no member of the label, and not among its releases."
        raise ContestTermsInvalid("It is not the label’s to give.", violations={"/release_id": [message]})
    if is_chosen and not terms_of(work.licence).allows_remixes:
        message = f"{short_name(work.licence)} permits no remixes."
        raise ContestTermsInvalid("Nobody could publish a remix of it.", violations={"/release_id": [message]})
    if contest.terms_frozen_at is None:
        contest.terms = replace(terms, licence=work.licence).dump()


def _is_of_label(session: Session, work_id: str, label_id: str) -> bool:
    found = sa.select(Work.id).where(Work.id == work_id, of_label(label_id))
    return session.scalar(found) is not None


def _set_slots(session: Session, contest: Contest, terms: ContestTerms) -> None:
    """Terms change only before the first entry, so no slot is in use."""
    if contest.terms_frozen_at is not None:
        return
    session.execute(sa.delete(ContestSlot).where(ContestSlot.contest_id == contest.id))
    numbers = range(1, terms.entries_per_account + 1)
    session.execute(sa.insert(ContestSlot), [{"contest_id": contest.id, "slot": number} for number in numbers])


def _plain(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, dt.datetime) else value
