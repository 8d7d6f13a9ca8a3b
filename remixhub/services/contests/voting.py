"""The community's vote: who may, what they heard, duels and scores, and the host's review of ballots."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor, require_account
from remixhub.domain.contests.entries import (
    BallotState,
    BallotTwice,
    EntryNotFound,
    EntryNotHeard,
    VoterNotEligible,
    enough_heard,
)
from remixhub.domain.contests.judging import BallotOutsideRubric, listening_orders
from remixhub.domain.contests.log import LogKind
from remixhub.domain.contests.phases import ContestAct
from remixhub.domain.contests.result import SCORE_LIMIT
from remixhub.domain.contests.terms import VoteKind
from remixhub.domain.errors import Conflict, NotFound
from remixhub.models import Contest, ContestBallot, ContestEntry, DuelOffer, Hearing, new_id
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.contests import screening, tallies
from remixhub.services.contests.conflicts import conflicts
from remixhub.services.contests.entry_audio import duration_seconds
from remixhub.services.contests.holding import Held, counted_entries, database_time, hold, hold_as_host
from remixhub.services.contests.log import append, pseudonym
from remixhub.services.contests.voters import require_voting

BEAT_SECONDS = 15
"""Players tell at least so often that they play; a longer silence counts for nothing."""


class DuelNotOffered(Conflict):
    code = "duel_not_offered"
    title = "This is not the duel that you were offered"


@dataclass(frozen=True)
class Whence:
    """Where a ballot comes from, as keyed hashes: enough to see what came from one place, and no more."""

    origin: str
    agent: str
    device: str = ""


def whence(parts: Parts, contest_id: str, address: str, agent: str, device_id: str = "") -> Whence:
    """Of an IPv4 address the /24, of an IPv6 address the /48; of the device what its cookie says, if it has one."""
    try:
        ip = ipaddress.ip_address(address)
        network = str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))
    except ValueError:
        network = ""
    return Whence(*(_keyed(parts, contest_id, one) if one else "" for one in (network, agent, device_id)))


def beat(actor: Actor, parts: Parts, contest_id: str, entry_id: str) -> Hearing:
    """The player plays this entry. Time counts from beat to beat of one entry, by the database's clock.

    One account hears one entry at a time: a beat of another entry begins anew.
    """
    account_id = require_account(actor)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        held.require(ContestAct.VOTE)
        _require_counted(session, contest_id, [entry_id])
        mine = sa.and_(Hearing.contest_id == contest_id, Hearing.account_id == account_id)
        last = session.scalars(sa.select(Hearing).where(mine).order_by(Hearing.last_beat_at.desc()).limit(1)).first()
        passed_ms = 0
        if last is not None and last.entry_id == entry_id:
            passed = held.moment - last.last_beat_at
            passed_ms = round(passed.total_seconds() * 1000) if passed.total_seconds() <= BEAT_SECONDS else 0
        row = {"contest_id": contest_id, "account_id": account_id, "entry_id": entry_id}
        written = insert(session, Hearing).values(**row, heard_ms=0, last_beat_at=held.moment)
        session.execute(
            written.on_conflict_do_update(
                index_elements=["contest_id", "account_id", "entry_id"],
                set_={"heard_ms": Hearing.heard_ms + passed_ms, "last_beat_at": held.moment},
            )
        )
        return session.get_one(Hearing, (contest_id, account_id, entry_id), populate_existing=True)


def answer_duel(
    actor: Actor, parts: Parts, contest_id: str, favoured_id: str, against_id: str, source: Whence
) -> ContestBallot:
    """Raises DuelNotOffered, EntryNotHeard, BallotTwice, VoterNotEligible, and by the deadline ContestDeadlineOver."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        require_voting(session, held, account_id, VoteKind.DUELS)
        subject = " ".join(sorted((favoured_id, against_id)))
        if session.scalar(_ballot_on(contest_id, account_id, subject)):
            raise BallotTwice("Each pair is answered once.")
        offer = session.get(DuelOffer, (contest_id, account_id))
        if offer is None or {offer.left_id, offer.right_id} != {favoured_id, against_id}:
            raise DuelNotOffered("Answer the pair that is put before you.")
        session.delete(offer)
        return _cast(session, parts, held, actor, account_id, subject, source, favoured_id, against_id=against_id)


def give_score(
    actor: Actor, parts: Parts, contest_id: str, entry_id: str, score: float, source: Whence
) -> ContestBallot:
    """From 0 to 10 in halves, once an entry."""
    account_id = require_account(actor)
    with parts.database.writing() as session:
        held = hold(session, actor, contest_id)
        require_voting(session, held, account_id, VoteKind.SCORES)
        if not 0 <= score <= SCORE_LIMIT or score * 2 != int(score * 2):
            message = f"A number from 0 to {SCORE_LIMIT} in halves."
            raise BallotOutsideRubric(message, violations={"/score": [message]})
        return _cast(session, parts, held, actor, account_id, entry_id, source, entry_id, score=score)


def to_score(session: Session, actor: Actor, contest: Contest) -> dict[str, float | None]:
    """Every entry that one may score, in an order of one's own, with the score that one gave."""
    account_id = require_account(actor)
    require_voting(session, Held(contest, database_time(session)), account_id, VoteKind.SCORES)
    near = conflicts(session, contest, [account_id])[account_id]
    order = listening_orders([account_id], counted_entries(session, contest.id), contest.seed)[account_id]
    given = session.execute(
        sa.select(ContestBallot.favoured_id, ContestBallot.score).where(
            ContestBallot.contest_id == contest.id, ContestBallot.account_id == account_id
        )
    )
    scores = {row.favoured_id: row.score for row in given}
    return {entry_id: scores.get(entry_id) for entry_id in order if entry_id not in near}


def review_ballots(
    actor: Actor, parts: Parts, contest_id: str, ballot_ids: Sequence[str], *, exclude: bool, reason: str
) -> int:
    """Excludes ballots, or lets them count again; how many changed. They are never deleted."""
    with parts.database.writing() as session:
        held = hold_as_host(session, actor, contest_id)
        held.require(ContestAct.RULE_OUT)
        state = BallotState.EXCLUDED if exclude else BallotState.COUNTED
        rows = session.scalars(
            sa.select(ContestBallot)
            .where(ContestBallot.contest_id == contest_id, ContestBallot.id.in_(ballot_ids))
            .order_by(ContestBallot.id)
        ).all()
        if len(rows) < len(set(ballot_ids)):
            raise NotFound("Some of these ballots are none of this contest's.", what="ballot")
        changed = [row for row in rows if row.state is not state]
        for row in changed:
            row.state, row.review_note, row.reviewed_by_id, row.reviewed_at = (
                state, reason, actor.account_id, held.moment,
            )  # fmt: skip
            kind = LogKind.BALLOT_OUT if exclude else LogKind.BALLOT_BACK
            append(session, held.contest, kind, {"ballot": row.id, "reason": reason, "by": "host"})
            tallies.count(session, row, -1 if exclude else 1)
        after = {"ballots": [row.id for row in changed], "reason": reason}
        journal.record(session, actor, f"ballots.{state.value}", "contest", contest_id, after=after)
    return len(changed)


def _cast(
    session: Session,
    parts: Parts,
    held: Held,
    actor: Actor,
    account_id: str,
    subject: str,
    source: Whence,
    favoured_id: str,
    *,
    against_id: str | None = None,
    score: float | None = None,
) -> ContestBallot:
    contest = held.contest
    entries = [favoured_id, *([against_id] if against_id else [])]
    _require_counted(session, contest.id, entries)
    _require_far_and_heard(session, contest, account_id, entries)
    row = {
        "id": new_id(), "contest_id": contest.id, "account_id": account_id, "subject": subject,
        "favoured_id": favoured_id, "against_id": against_id, "score": score, "origin": source.origin,
        "agent": source.agent, "device": source.device, "state": BallotState.COUNTED,
        "review_note": "", "cast_at": held.moment,
    }  # fmt: skip
    cast = session.scalar(
        insert(session, ContestBallot).values(row).on_conflict_do_nothing().returning(ContestBallot.id)
    )
    if cast is None:
        raise BallotTwice("You have answered this already.")
    facts = {"ballot": cast, "voter": pseudonym(contest, "voter", account_id), "favoured": favoured_id}
    append(session, contest, LogKind.BALLOT, facts | ({"against": against_id} if against_id else {"score": score}))
    journal.record(session, actor, "ballot.cast", "contest", contest.id, after={"ballot": cast})
    ballot = session.get_one(ContestBallot, cast)
    tallies.count(session, ballot)
    screening.order_soon(session, parts, contest.id)
    return ballot


def _require_far_and_heard(session: Session, contest: Contest, account_id: str, entry_ids: Sequence[str]) -> None:
    near = conflicts(session, contest, [account_id], among=entry_ids)[account_id]
    for entry_id in entry_ids:
        if entry_id in near:
            raise VoterNotEligible(f"You cannot vote on this entry: {near[entry_id]}.", entry=entry_id)
        hearing = session.get(Hearing, (contest.id, account_id, entry_id))
        entry = session.get_one(ContestEntry, entry_id)
        if not enough_heard(hearing.heard_ms if hearing else 0, duration_seconds(session, entry)):
            raise EntryNotHeard("Listen to more of each entry before you decide.", entry=entry_id)


def _require_counted(session: Session, contest_id: str, entry_ids: Sequence[str]) -> None:
    missing = set(entry_ids).difference(counted_entries(session, contest_id, entry_ids))
    if missing:
        raise EntryNotFound(f"There is no entry {min(missing)!r} that counts in this contest.")


def _ballot_on(contest_id: str, account_id: str, subject: str) -> sa.Select[str]:
    return sa.select(ContestBallot.id).where(
        ContestBallot.contest_id == contest_id,
        ContestBallot.account_id == account_id,
        ContestBallot.subject == subject,
    )


def _keyed(parts: Parts, contest_id: str, text: str) -> str:
    key = parts.settings.secret_key.encode()
    return hmac.new(key, f"{contest_id}\n{text}".encode(), hashlib.sha256).hexdigest()
