"""Receipts that are presented as files: checked, and kept for the account that presents them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from remixhub.compose import Parts
from remixhub.domain.access import Actor
from remixhub.domain.licences.grants import Grant, GrantKind
from remixhub.domain.states import StemPackState
from remixhub.domain.stems.receipt_files import ReceiptFile, ReceiptKeys, ReceiptOfAnotherWork, read
from remixhub.models import Receipt, StemPack, new_id, now
from remixhub.models.upsert import insert
from remixhub.services import journal
from remixhub.services.licences.sources import NewSource


def receipt_keys(parts: Parts) -> ReceiptKeys:
    return ReceiptKeys.of(parts.settings.receipt_secrets)


def keep_presented(session: Session, actor: Actor, parts: Parts, cited: Iterable[NewSource]) -> None:
    """From then on they are receipts of the actor's account like those of its own downloads, taken today.

    Raises what `receipt_files.read` raises, and ReceiptOfAnotherWork.
    """
    for position, one in enumerate(cited):
        if one.receipt:
            file = _read(session, parts, one.receipt, [one.source_id], f"/sources/{position}/receipt")
            row = {
                "id": new_id(), "account_id": actor.account_id, "stem_pack_id": file.stem_pack_id, "stem_id": "",
                "stem_name": "", "licence": file.licence, "licence_sha256": file.licence_sha256, "created_at": now(),
            }  # fmt: skip
            written = insert(session, Receipt).values(row).on_conflict_do_nothing().returning(Receipt.id)
            if session.execute(written).scalar_one_or_none() is not None:
                after = {"file_sha256": file.sha256, "licence": file.licence}
                journal.record(session, actor, "receipt.presented", "stem_pack", file.stem_pack_id, after=after)


def presented_grants(
    session: Session, parts: Parts, texts: Sequence[str], source_ids: Sequence[str]
) -> Mapping[str, Sequence[Grant]]:
    """Of files that are only asked about, by source. Raises as `keep_presented` does."""
    grants: dict[str, list[Grant]] = {}
    for position, text in enumerate(texts):
        file = _read(session, parts, text, source_ids, f"/receipts/{position}")
        moment = session.execute(sa.select(now())).scalar_one()
        grant = Grant(GrantKind.RECEIPT, file.sha256[:32], file.licence, file.licence_sha256, file.sha256, moment)
        grants.setdefault(file.work_id, []).append(grant)
    return grants


def _read(session: Session, parts: Parts, text: str, source_ids: Sequence[str], pointer: str) -> ReceiptFile:
    file = read(text, receipt_keys(parts), parts.addresses.hub, pointer)
    pack = session.get(StemPack, file.stem_pack_id)
    is_there = pack is not None and pack.work_id == file.work_id and pack.state is StemPackState.FROZEN
    if file.work_id not in source_ids or not is_there:
        raise ReceiptOfAnotherWork(
            f"It is for “{file.title}” ({file.work_id}), which is not the source it was given for.",
            pointer=pointer,
            violations={pointer: ["For another work."]},
            work_id=file.work_id,
        )
    return file
