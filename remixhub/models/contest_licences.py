"""Contest licences as they were written, and who accepted them when."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from remixhub.domain.licences.contest_licences import ContestLicenceTerms, Remixers, Sharing
from remixhub.domain.licences.terms import Licence
from remixhub.models.accounts import Account
from remixhub.models.base import CreatedAt, Digest, Row, UtcTime, Word, now, one_of


class ContestLicence(Row):
    """Never changed, never deleted: works stand under it."""

    __tablename__ = "contest_licences"
    __table_args__ = (one_of(Remixers, "remixers"), one_of(Sharing, "sharing"))

    id: Mapped[Licence] = mapped_column(Word(Licence), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    remixers: Mapped[Remixers] = mapped_column(Word(Remixers))
    sharing: Mapped[Sharing] = mapped_column(Word(Sharing))
    is_non_commercial: Mapped[bool]
    expires_at: Mapped[dt.datetime | None]
    text_sha256: Mapped[Digest]
    """`domain.licences.contest_licences.ContestLicenceTerms.sha256`."""
    created_at: Mapped[CreatedAt]

    @property
    def terms(self) -> ContestLicenceTerms:
        return ContestLicenceTerms(
            self.title, self.text, self.remixers, self.sharing, self.is_non_commercial, self.expires_at
        )


class LicenceAcceptance(Row):
    """The entrant's receipt: this account accepted this text."""

    __tablename__ = "licence_acceptances"

    licence_id: Mapped[Licence] = mapped_column(Word(Licence), sa.ForeignKey("contest_licences.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True, index=True)
    text_sha256: Mapped[Digest]
    accepted_at: Mapped[dt.datetime] = mapped_column(UtcTime, default=now())
