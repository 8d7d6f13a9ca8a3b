"""Entries: submitting, replacing and taking back; what the host rules out; and the receipts of all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import SYSTEM, Actor, may_see_work, require_account
from remixhub.domain.contests.dealing import seed_commitment
from remixhub.domain.contests.entries import (
    TAKEN_BACK,
    Candidate,
    EntryLimitReached,
    EntryNotFound,
    EntryNotPublished,
    EntryOutsideLineage,
    EntryRefused,
    EntryState,
    EntryTwice,
    entrant_refusal,
    require_enterable,
)
from remixhub.domain.contests.log import LogKind, next_sha256
from remixhub.domain.contests.phases import ContestAct, ContestPhaseWrong, Phase, phase_of
from remixhub.domain.contests.terms import Sealing
from remixhub.domain.errors import Conflict, Invalid, NotFound
from remixhub.domain.states import Scope, StemPackState, WorkKind, WorkState
from remixhub.domain.times import rfc3339
from remixhub.models import Contest, ContestEntry, ContestSignUp, ContestSlot, EntryReceipt, StemPack, Work, new_id
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.contests import holding, telling
from remixhub.services.contests.holding import Held, database_time, hold, hold_as_host
from remixhub.services.contests.log import append, dates, pseudonym
from remixhub.services.contests.news import tell
from remixhub.services.lineage.ancestry import ancestor_seqs
from remixhub.services.paging import Keyset, Listing, Page, Position
from remixhub.services.remixes.remixes import check_publishable

_BY_ID = Keyset(ContestEntry.id)


def submit(
    actor: Actor, parts: Parts, contest_id: str, work_id: str, *, note: str = "", replaces: str | None = None
) -> EntryReceipt:
    """The receipt of an entry that counts. One that does not raises why, with the receipt's id in `context`.

    `replaces` names an entry of one's own that gives its place. Raises ContestNotFound, ContestPhaseWrong,
    ContestDeadlineOver, EntryRefused, EntryNotFound.
    """
    account_id = require_account(actor)
    try:
        with parts.database.writing() as session:
            held = hold(session, actor, contest_id)
            return _submit(session, actor, parts, held, account_id, work_id, note, replaces)
    except Conflict as refused:
        receipt = _record_refusal(parts, contest_id, account_id, work_id, refused)
        refused.context["receipt_id"] = receipt.id
        raise


def take_back(actor: Actor, parts: Parts, entry_id: str) -> ContestEntry:
    """Until the close. Taking back again changes nothing."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        entry, held = _hold_entry(session, actor, entry_id)
        if entry.account_id != account_id:
            raise EntryNotFound(f"There is no entry {entry_id!r} of yours.")
        if entry.state in TAKEN_BACK:
            return entry
        held.require(ContestAct.ENTER)
        if entry.state is EntryState.RULED_OUT:
            raise EntryRefused("The host has ruled it out; that stays on record.", state=entry.state.value)
        _leave(session, held.contest, entry, EntryState.WITHDRAWN, "taken back by the entrant", "entrant")
        journal.record(session, actor, "entry.withdrawn", "contest", held.contest.id, after={"entry": entry_id})
        session.flush()
    return entry


def rule_out(actor: Actor, parts: Parts, entry_id: str, reason: str) -> ContestEntry:
    """By the host, with a reason that the entrant and the log are told; until the decision."""
    return _rule(actor, parts, entry_id, reason, EntryState.RULED_OUT)


def let_in(actor: Actor, parts: Parts, entry_id: str, reason: str) -> ContestEntry:
    """Takes a ruling back."""
    return _rule(actor, parts, entry_id, reason, EntryState.COUNTED)


def leave_contests(session: Session, account_id: str) -> None:
    """When an account is deleted: takes back its entries in contests that are open."""
    mine = sa.select(ContestEntry).where(
        ContestEntry.account_id == account_id, ContestEntry.state == EntryState.COUNTED
    )
    for entry in session.scalars(mine.order_by(ContestEntry.contest_id, ContestEntry.id)).all():
        held = hold(session, SYSTEM, entry.contest_id)
        if held.phase is Phase.OPEN:
            _leave(session, held.contest, entry, EntryState.WITHDRAWN, "the entrant's account was deleted", "entrant")


def list_own_receipts(actor: Actor, parts: Parts, contest_id: str) -> Sequence[EntryReceipt]:
    """Newest first: every attempt of one's own, counted or not."""
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        holding.find(session, actor, contest_id)
        return own_receipts(session, account_id, contest_id)


def own_receipts(session: Session, account_id: str, contest_id: str) -> Sequence[EntryReceipt]:
    query = sa.select(EntryReceipt).where(EntryReceipt.contest_id == contest_id, EntryReceipt.account_id == account_id)
    return session.scalars(query.order_by(EntryReceipt.created_at.desc(), EntryReceipt.id).limit(200)).all()


def get_receipt(actor: Actor, parts: Parts, receipt_id: str) -> EntryReceipt:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        receipt = session.get(EntryReceipt, receipt_id)
    if receipt is None or receipt.account_id != account_id:
        raise NotFound(f"There is no receipt {receipt_id!r}, or it is private.", what="receipt")
    return receipt


def list_own_entries(actor: Actor, parts: Parts, contest_id: str) -> Sequence[ContestEntry]:
    account_id = require_account(actor, Scope.READ)
    with parts.database.reading() as session:
        holding.find(session, actor, contest_id)
        return own_entries(session, account_id, contest_id)


def own_entries(session: Session, account_id: str, contest_id: str) -> Sequence[ContestEntry]:
    query = sa.select(ContestEntry).where(ContestEntry.contest_id == contest_id, ContestEntry.account_id == account_id)
    return session.scalars(query.order_by(ContestEntry.submitted_at, ContestEntry.id)).all()


def list_entries(
    actor: Actor, parts: Parts, contest_id: str, *, after: Position | None, limit: int
) -> Page[ContestEntry]:
    """Those that the actor may see by name now, in the order of their ids, which says nothing about who was first.

    Sealed entries are their entrants' alone until all ballots are in, so that judges and voters hear without names; a
    host whom the terms let see them does so at once.
    """
    with parts.database.reading() as session:
        contest = holding.find(session, actor, contest_id)
        return entries_seen(
            session, actor, contest, after=after, limit=limit, is_host=holding.is_host(session, actor, contest),
            are_named=may_see_names(session, actor, contest),
        )  # fmt: skip


def entries_seen(
    session: Session,
    actor: Actor,
    contest: Contest,
    *,
    are_named: bool,
    is_host: bool,
    after: Position | None,
    limit: int,
) -> Page[ContestEntry]:
    """As `list_entries`, for who is known to be a host or none, and to see names or none."""
    listing = _entries_seen(are_named=are_named, is_host=is_host)
    return listing.page(session, after, limit, contest_id=contest.id, account_id=actor.account_id or "")


@cache
def _entries_seen(*, are_named: bool, is_host: bool) -> Listing[ContestEntry]:
    own = ContestEntry.account_id == sa.bindparam("account_id")
    query = sa.select(ContestEntry).where(ContestEntry.contest_id == sa.bindparam("contest_id"))
    query = query.where(sa.or_(own, sa.not_(holding.TAKEN_BACK_DRAFT)))
    if not are_named:
        query = query.where(own)
    if not is_host:
        query = query.where(ContestEntry.state == EntryState.COUNTED)
    return Listing(query, _BY_ID)


def may_see_names(session: Session, actor: Actor, contest: Contest) -> bool:
    sealing = contest.parsed_terms.sealing
    if sealing is Sealing.PUBLIC:
        return True
    is_host = sealing is Sealing.HOST and holding.is_host(session, actor, contest)
    return are_named(contest, phase_of(contest.rule, database_time(session)), is_host=is_host)


def are_named(contest: Contest, phase: Phase, *, is_host: bool) -> bool:
    """Whether the entries may be seen by name, by a host or by others."""
    sealing = contest.parsed_terms.sealing
    is_open = sealing is Sealing.PUBLIC or phase in (Phase.COUNTING, Phase.DECIDED)
    return is_open or (sealing is Sealing.HOST and is_host)


def _submit(
    session: Session,
    actor: Actor,
    parts: Parts,
    held: Held,
    account_id: str,
    work_id: str,
    note: str,
    replaces: str | None,
) -> EntryReceipt:
    contest, terms = held.contest, held.contest.parsed_terms
    held.require(ContestAct.ENTER)
    work = session.get(Work, work_id)
    if work is None or not may_see_work(actor, owner_id=work.account_id, state=work.state):
        raise NotFound(f"There is no work {work_id!r}, or it is private.", what="work")
    is_ready = work.state is WorkState.PUBLISHED
    if work.state is WorkState.DRAFT and work.account_id == account_id and terms.sealing is not Sealing.PUBLIC:
        is_ready = _is_complete(session, work)
    candidate = Candidate(
        is_published=is_ready,
        is_own=work.account_id == account_id,
        comes_from_release=_comes_from(session, work, _source_of(session, contest, account_id)),
        has_stems=_has_stems(session, work),
        has_audio=work.playable_digest is not None,
    )
    is_host = not contest.is_secret_remixer and holding.is_host(session, actor, contest)
    refusal = entrant_refusal(is_host=is_host, is_judge=False)
    if refusal is not None:
        raise refusal
    is_judge = holding.is_judge(session, account_id, contest)
    require_enterable(candidate, needs_own_stems=terms.needs_own_stems, is_judge=is_judge)
    if contest.terms_frozen_at is None:
        if contest.release is not None:  # it may have got another licence since the contest was made
            terms = replace(terms, licence=contest.release.licence)
            contest.terms = terms.dump()
        contest.terms_frozen_at = held.moment
        frozen = {
            "terms_sha256": terms.sha256(),
            "seed_commitment": seed_commitment(contest.seed),
            "dates": dates(contest.deadlines),
        }
        append(session, contest, LogKind.TERMS, frozen)
    if replaces is not None:
        _give_place(session, contest, account_id, replaces)
    entry = _take_place(session, held, account_id, work, note)
    facts = {
        "entry": entry.id,
        "entrant": pseudonym(contest, "entrant", account_id),
        "audio_sha256": entry.audio_sha256,
        "submitted_at": rfc3339(held.moment),
    }
    append(session, contest, LogKind.ENTRY, facts)
    journal.record(session, actor, "entry.submitted", "contest", contest.id, after={"work": work_id})
    telling.entry_received(session, parts, contest, work)
    return _receipt(session, contest, account_id, work_id, held.moment, entry)


def _take_place(session: Session, held: Held, account_id: str, work: Work, note: str) -> ContestEntry:
    """The first free slot. The constraint decides between two submissions at once, not the count."""
    contest = held.contest
    standing = (EntryState.COUNTED, EntryState.RULED_OUT)
    if session.scalar(
        sa.select(ContestEntry.id).where(
            ContestEntry.contest_id == contest.id, ContestEntry.work_id == work.id, ContestEntry.state.in_(standing)
        )
    ):
        raise EntryTwice("It is entered already; replace that entry if you want to change it.")
    assert work.playable_digest is not None
    slots = session.scalars(
        sa.select(ContestSlot.slot).where(ContestSlot.contest_id == contest.id).order_by(ContestSlot.slot)
    ).all()
    for slot in slots:
        row = {
            "id": new_id(), "contest_id": contest.id, "account_id": account_id, "work_id": work.id, "slot": slot,
            "state": EntryState.COUNTED, "reason": "", "audio_sha256": work.playable_digest, "note": note,
            "submitted_at": held.moment,
        }  # fmt: skip
        taken = session.scalar(
            insert(session, ContestEntry).values(row).on_conflict_do_nothing().returning(ContestEntry.id)
        )
        if taken is not None:
            return session.get_one(ContestEntry, taken)
    raise EntryLimitReached(
        f"The terms allow {len(slots)} for each account. Take one back or replace it.", limit=len(slots)
    )


def _give_place(session: Session, contest: Contest, account_id: str, entry_id: str) -> None:
    entry = session.get(ContestEntry, entry_id)
    if entry is None or entry.account_id != account_id or entry.contest_id != contest.id:
        raise EntryNotFound(f"There is no entry {entry_id!r} of yours in this contest.")
    if entry.state is not EntryState.COUNTED:
        raise EntryRefused("The entry to be replaced does not count itself.")
    _leave(session, contest, entry, EntryState.REPLACED, "replaced by the entrant", "entrant")
    session.flush()


def _leave(session: Session, contest: Contest, entry: ContestEntry, state: EntryState, reason: str, by: str) -> None:
    entry.state, entry.reason = state, reason
    append(session, contest, LogKind.ENTRY_OUT, {"entry": entry.id, "reason": reason, "by": by})


def _rule(actor: Actor, parts: Parts, entry_id: str, reason: str, state: EntryState) -> ContestEntry:
    require_account(actor, Scope.CONTEST)
    with parts.database.writing() as session:
        entry, _ = _hold_entry(session, actor, entry_id)
        held = hold_as_host(session, actor, entry.contest_id)
        held.require(ContestAct.RULE_OUT)
        if not may_see_names(session, actor, held.contest):
            raise ContestPhaseWrong(
                "The entries are sealed until all ballots are in; rule then.", phase=held.phase.value
            )
        before = EntryState.COUNTED if state is EntryState.RULED_OUT else EntryState.RULED_OUT
        if entry.state is not before:
            raise EntryRefused(f"It is {entry.state.replace('_', ' ')} already.", state=entry.state.value)
        if state is EntryState.RULED_OUT:
            _leave(session, held.contest, entry, state, reason, "host")
        else:
            entry.state, entry.reason = state, ""
            append(session, held.contest, LogKind.ENTRY_BACK, {"entry": entry.id, "reason": reason, "by": "host"})
        says = "does not count any more" if state is EntryState.RULED_OUT else "counts again"
        tell(session, held.contest, f"Your entry to “{held.contest.title}” {says}", reason, only={entry.account_id})
        after = {"entry": entry_id, "reason": reason}
        journal.record(session, actor, f"entry.{state.value}", "contest", entry.contest_id, after=after)
        session.flush()
    return entry


def _hold_entry(session: Session, actor: Actor, entry_id: str) -> tuple[ContestEntry, Held]:
    contest_id = session.scalar(sa.select(ContestEntry.contest_id).where(ContestEntry.id == entry_id))
    if contest_id is None:
        raise EntryNotFound(f"There is no entry {entry_id!r}.")
    held = hold(session, actor, contest_id)
    return session.get_one(ContestEntry, entry_id, populate_existing=True), held


def _is_complete(session: Session, work: Work) -> bool:
    """A draft that could be published at once, as it will be when it is unsealed."""
    try:
        check_publishable(session, work)
    except (Conflict, Invalid) as exc:
        raise EntryNotPublished(f"Complete the draft first: {exc.title}. {exc.detail}", reason=exc.code) from exc
    return work.kind is WorkKind.REMIX


def _source_of(session: Session, contest: Contest, account_id: str) -> str:
    """What the entry has to come from. Raises EntryOutsideLineage for who takes no part in a secret remixer."""
    if contest.release_id is not None:
        return contest.release_id
    sign_up = session.get(ContestSignUp, (contest.id, account_id))
    if sign_up is None or sign_up.dealt_work_id is None:
        raise EntryOutsideLineage("You were dealt no source: sign up before the deal.")
    return sign_up.dealt_work_id


def _comes_from(session: Session, work: Work, source_id: str) -> bool:
    above = ancestor_seqs([work.id])
    query = sa.select(Work.id).join(above, above.c.seq == Work.seq).where(Work.id == source_id)
    return session.scalar(query) is not None


def _has_stems(session: Session, work: Work) -> bool:
    states = (StemPackState.FROZEN,) if work.state is WorkState.PUBLISHED else tuple(StemPackState)
    query = sa.select(StemPack.id).where(StemPack.work_id == work.id, StemPack.state.in_(states), StemPack.stems.any())
    return session.scalar(query.limit(1)) is not None


def _receipt(
    session: Session,
    contest: Contest,
    account_id: str,
    work_id: str,
    moment: dt.datetime,
    entry: ContestEntry | None,
    refused: Conflict | None = None,
) -> EntryReceipt:
    facts: dict[str, Any] = {
        "contest": contest.id,
        "entrant": pseudonym(contest, "entrant", account_id),
        "work": work_id,
        "is_counted": entry is not None,
        "because": "" if refused is None else refused.detail,
        "audio_sha256": entry.audio_sha256 if entry is not None else "",
        "at": rfc3339(moment),
        "log_head": contest.log_head if entry is not None else "",
    }
    receipt = EntryReceipt(
        id=new_id(), contest_id=contest.id, account_id=account_id, work_id=work_id[:64],
        entry_id=None if entry is None else entry.id, is_counted=entry is not None,
        code="" if refused is None else refused.code, detail=facts["because"], audio_sha256=facts["audio_sha256"],
        sha256=next_sha256(facts["log_head"], facts), created_at=moment,
    )  # fmt: skip
    session.add(receipt)
    session.flush()
    return receipt


def _record_refusal(parts: Parts, contest_id: str, account_id: str, work_id: str, refused: Conflict) -> EntryReceipt:
    with parts.database.writing() as session:
        contest = session.get_one(Contest, contest_id)
        return _receipt(session, contest, account_id, work_id, database_time(session), None, refused)
