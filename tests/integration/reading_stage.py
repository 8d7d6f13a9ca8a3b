"""A hub with `rows` of everything that a page or an API route can show, and an address for each route to read."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import flask.testing
import sqlalchemy as sa

from remixhub.domain.access import SYSTEM, Actor, session_actor
from remixhub.domain.hooks.words import DeliveryState, EventKind, HookKind, HookScope, HookState
from remixhub.domain.letters import LetterKind, LinkPurpose, MailTopic
from remixhub.domain.licences.terms import Licence
from remixhub.domain.moderation import NoticeKind, ReportReason, SuspensionReason, SuspensionState
from remixhub.domain.states import ClaimState, IngestState, JobState, LinkAct, RenditionKind, StemPackState, WishState
from remixhub.models import (
    Account,
    Appeal,
    AppGrant,
    Arrival,
    BrowserSession,
    Contest,
    Hook,
    HookDelivery,
    HookEvent,
    Job,
    Label,
    LabelMember,
    Letter,
    LinkClaim,
    LinkEvent,
    Mixdown,
    MixRevision,
    Notice,
    OAuthClient,
    Original,
    Receipt,
    Rendition,
    SourceWish,
    Stem,
    StemPack,
    Suspension,
    Takedown,
    Work,
    new_id,
    now,
)
from remixhub.services.bundles.signing import hub_keys
from remixhub.services.discovery.search import indexing
from remixhub.services.events import HUB
from remixhub.services.house.furnishing import furnish
from remixhub.services.house.invitations import invite
from remixhub.services.lineage import settling
from remixhub.services.mail import links
from remixhub.services.mail.messages import message_of, unsubscribe_token
from remixhub.services.mail.smtp import hand_over
from remixhub.services.moderation.suspensions import suspend
from remixhub.services.moderation.takedowns import take_down
from tests.integration.conftest import Client, Hub
from tests.integration.contests.conftest import BOTH, JURY, ContestStage
from tests.integration.lineage.catalogue import Catalogue
from tests.unit.rows import LONG_AGO

_ENDING = "<ending>"
_EVERY_KIND = (
    RenditionKind.PREVIEW, RenditionKind.PEAKS, RenditionKind.PEAKS_COARSE, RenditionKind.MIXER,
    RenditionKind.MIXER_INDEX, RenditionKind.MIXDOWN, RenditionKind.COVER,
)  # fmt: skip


class Ask(NamedTuple):
    address: str
    by: str = "host"


@dataclass
class ReadingStage:
    """`host` is an artist, an operator, owner of a label, host and judge of its contests; `fan0` enters them."""

    hub: Hub
    rows: int
    ids: dict[str, str] = field(default_factory=dict)
    contests: ContestStage = field(init=False)
    catalogue: Catalogue = field(init=False)
    host: Client = field(init=False)

    def __post_init__(self) -> None:
        self.contests = ContestStage(self.hub)
        self.catalogue = self.contests.catalogue
        self.host = self.contests.label()
        with self.hub.parts.database.writing() as session:
            session.execute(sa.update(Account).where(Account.handle == "host").values(is_operator=True))
        self._add_works()
        self._add_links()
        self._add_mixes()
        self._add_contests()
        self._add_permissions()
        self._add_elsewhere()
        self._add_account()
        self._add_comments()
        self._add_moderation()
        self._add_mail()
        self._add_house()
        self._add_hooks()
        self._add_apps()
        self._count()

    def browser(self, handle: str) -> flask.testing.FlaskClient:
        self.contests.person(handle)
        with self.hub.parts.database.writing() as session:
            digest = hashlib.sha256(f"session of {handle}".encode()).hexdigest()
            account_id = session.scalars(sa.select(Account.id).where(Account.handle == handle)).one()
            soon = now(3600)  # a session seen a minute ago is stamped, by statements of its own
            session.add(BrowserSession(token_hash=digest, account_id=account_id, expires_at=soon, last_seen_at=soon))
        client = self.hub.app.test_client()
        client.set_cookie("remixhub_session", f"session of {handle}")
        return client

    def _add_elsewhere(self) -> None:
        """Sources that are not on this hub: of the remix, of what is made of it, and wanted by drafts."""
        leave = {"leave_licence": Licence.BY, "leave_words": "Go ahead.", "leave_on": dt.date(2024, 3, 1)}
        for n in self._each():
            address = f"https://freesound.org/people/ines/sounds/{n}/"
            for work in ("remix", "draft"):
                facts = {"licence": Licence.ALL_RIGHTS_RESERVED, **leave} if n == 0 else {}
                self.ids["node"] = self.catalogue.elsewhere(self.ids[work], address, position=n, **facts)

        wanted = {"is_wanted": True, "licence": Licence.BY_ND}
        self.catalogue.elsewhere(self.ids["refused"], "https://music.example/rain", **wanted)

    def _add_mail(self) -> None:
        """A link of each kind to the host's account, and a letter that the hub kept instead of sending it."""
        with self.hub.parts.database.writing() as session:
            host = session.scalars(sa.select(Account).where(Account.handle == "host")).one()
            for purpose in LinkPurpose:
                token = links.mint(session, purpose, account_id=host.id, address=host.email or "")
                self.ids[purpose.value] = token
        settings = self.hub.parts.settings
        self.ids["unsubscribe"] = unsubscribe_token(settings, host.id, MailTopic.CONTESTS)
        folder = settings.work_dir / "mail"
        keeping = replace(self.hub.parts, settings=replace(settings, smtp_url=f"folder://{folder}"))
        letter = Letter(id="a" * 32, kind=LetterKind.VERIFY_ADDRESS, address="host@example.org", facts={})
        message = message_of(keeping, letter, handle="host", token="none", sent_at=LONG_AGO)
        hand_over(keeping.settings, message, to=letter.address, envelope_id=letter.id)
        self.hub.app.extensions["remixhub"] = keeping

    def _add_hooks(self) -> None:
        """One of each kind and state, and what came of what it was sent."""
        events = ["work.published", "work.remixed"]
        with self.hub.parts.database.writing() as session:
            host = session.scalars(sa.select(Account).where(Account.handle == "host")).one()
            label_id = session.scalars(sa.select(Label.id)).first() or ""
            for n in self._each():
                scope = list(HookScope)[n % 3]
                scope_id = {HookScope.ACCOUNT: host.id, HookScope.LABEL: label_id, HookScope.HUB: HUB}[scope]
                hook = Hook(
                    id=new_id(), kind=list(HookKind)[n % 2], scope=scope, scope_id=scope_id, account_id=host.id,
                    name=f"Bot {n}", address="https://zine.example/hook", secret_sealed="", events=events,
                    state=list(HookState)[n % 3], disabled_reason="Nothing has arrived for five days.",
                )  # fmt: skip
                session.add(hook)
                session.flush()
                for state in DeliveryState:
                    event = HookEvent(id=new_id(), kind=EventKind.TEST.value, facts={"message": "Hello"})
                    session.add(event)
                    session.flush()
                    session.add(HookDelivery(
                        hook_id=hook.id, event_id=event.id, state=state, attempts=n + 1, tried_at=LONG_AGO, status=500,
                        duration_ms=84, answer="we are asleep", error="It answered 500: something failed there.",
                    ))  # fmt: skip
                self.ids.setdefault("hook", hook.id)

    def _add_apps(self) -> None:
        """Those that the host registered and let in, twice each."""
        with self.hub.parts.database.writing() as session:
            host = session.scalars(sa.select(Account).where(Account.handle == "host")).one()
            facts = {"redirects": ["https://zine.example/back"], "scopes": ["read"], "secret_hash": "0" * 64}
            for n in self._each():
                client = OAuthClient(id=new_id(), account_id=host.id, name=f"Site {n}", **facts)
                session.add(client)
                for _ in range(2):
                    session.add(AppGrant(
                        account_id=host.id, client_id=client.id, name=client.name, scopes=["read"],
                        taken_at=LONG_AGO, expires_at=now(3600),
                    ))  # fmt: skip
                self.ids["client"] = client.id

    def _count(self) -> None:
        """As the jobs of the lineage and of the search soon do."""
        with self.hub.parts.database.writing() as session:
            while settling.settle(session, limit=100):
                pass
        while settling.settle_rest(self.hub.parts):
            pass
        with self.hub.parts.database.writing() as session:
            while indexing.index_changes(session):
                pass
            session.execute(sa.update(Original).values(sound=bytes(12), sound_recipe=1))

    def _each(self) -> range:
        return range(self.rows)

    def _add_works(self) -> None:
        licences = [
            self.contests.person("fan0").post(
                "/contest-licences", {"title": f"By fan {n}", "text": f"Remix it, {n}.", "remixers": "entrants"}
            )
            for n in self._each()
        ]
        self.ids["entrants_licence"] = licences[0].get_json()["id"]
        roots = [self.catalogue.work(f"Root {n}", by=f"root{n}", credits=_credits(n)) for n in self._each()]
        release = self._whole("release", self.catalogue.work("Release", by="host", credits=_credits(9)))
        for n in self._each():
            self.catalogue.work(f"Remix {n} of it", [release], by=f"fan{n}")
        self.ids["source"] = roots[0]
        remix = self._whole("remix", self.catalogue.work("Remix", [release, *roots], by="host"))
        self._whole("draft", self.catalogue.draft("Draft", [release, *roots], by="host"), is_ready=False)
        self._whole("new", self.catalogue.draft("New", by="host"), is_ready=False)
        for n in self._each():
            self.catalogue.work(f"Remix {n} of the remix", [remix], by=f"fan{n}")
            self.catalogue.draft(f"Draft {n}", [remix], by="host")
        entrants = self._whole("for_entrants", self.catalogue.work("For entrants", by="fan0"))
        self.catalogue.relicense(entrants, Licence(self.ids["entrants_licence"]))

    def _whole(self, name: str, work_id: str, *, is_ready: bool = True) -> str:
        """With audio, a cover, `rows` published packs (or a draft of one) and as many stems in each."""
        self.ids[name] = self.contests.give_audio(work_id, 2.0)
        sha256 = hashlib.sha256(work_id.encode()).hexdigest()
        cover = hashlib.sha256(f"cover of {work_id}".encode()).hexdigest()
        with self.hub.parts.database.writing() as session:
            shares = {"inherited_shares": [2000, 500], "tags": ["night", "rain"], "cover_digest": cover}
            session.execute(sa.update(Work).where(Work.id == work_id).values(**shares))
            if not is_ready:
                session.get_one(Original, sha256).ingest_state = IngestState.PENDING
            session.add_all(_renditions(sha256) + _renditions(cover))
            for version in range(1, (self.rows if is_ready else 1) + 1):
                pack = StemPack(work_id=work_id, version=version, tempo_bpm=120.0, key="A minor", digest="d" * 64)
                pack.state = StemPackState.FROZEN if is_ready else StemPackState.DRAFT
                session.add(pack)
                session.flush()
                stems = [self._stem(session, pack, n, is_ready=is_ready) for n in self._each()]
                session.add_all(stems)
                session.flush()
                self.ids[f"{name}_pack"], self.ids[f"{name}_stem"] = pack.id, stems[0].id
        return work_id

    def _stem(self, session: Any, pack: StemPack, n: int, *, is_ready: bool) -> Stem:
        sha256 = hashlib.sha256(f"{pack.id} {n}".encode()).hexdigest()
        session.add(
            Original(
                sha256=sha256, key=f"originals/{sha256[:2]}/{sha256}", size_bytes=1000, container="wav",
                codec="pcm_s16le", media_type="audio/wav", sample_rate_hz=44_100, channels=2, bit_depth=16,
                duration_frames=44_100, ingest_state=IngestState.READY if is_ready else IngestState.PENDING,
            )
        )  # fmt: skip
        session.add_all(_renditions(sha256))
        return Stem(
            stem_pack_id=pack.id, position=n + 1, name=f"Stem {n}", role="other", filename=f"{n}.wav",
            original_sha256=sha256,
        )  # fmt: skip

    def _add_links(self) -> None:
        host = self.catalogue.account("host")
        with self.hub.parts.database.writing() as session:
            for n in self._each():
                source = self.catalogue_id(session, f"Remix {n} of it")
                pair = {"derivative_id": self.ids["remix"], "source_id": source}
                author = session.scalars(sa.select(Work.account_id).where(Work.id == source)).one()
                session.add(LinkClaim(**pair, account_id=author, state=ClaimState.OPEN, note="It is mine."))
                session.add(LinkEvent(**pair, account_id=host, act=LinkAct.ADDED, note="It is."))

    @staticmethod
    def catalogue_id(session: Any, title: str) -> str:
        return str(session.scalars(sa.select(Work.id).where(Work.title == title)).one())

    def _add_mixes(self) -> None:
        for n in self._each():
            for name, gain_db in (("waiting", n + 1.0), ("ready", -n - 1.0)):
                lanes = [{"stem": self.ids["release_stem"], "gain_db": gain_db}]
                made = self.host.post(
                    "/mixes", {"stem_pack_id": self.ids["release_pack"], "spec": {"version": 1, "lanes": lanes}}
                )
                assert made.status_code == 201, made.text
                self.ids[f"{name}_mix"] = made.get_json()["id"]
                if name == "ready":
                    self._render(lanes)
        self._add_mix_drafts(lanes)
        self.ids["job"] = next(job.id for job in self.hub.rows(Job) if job.account_id is not None)

    def _add_mix_drafts(self, lanes: list[dict[str, Any]]) -> None:
        for _ in self._each():
            made = self.host.post(
                "/mix-drafts", {"stem_pack_id": self.ids["release_pack"], "spec": {"version": 1, "lanes": lanes}}
            )
            assert made.status_code == 201, made.text
            self.ids["mix_draft"] = made.get_json()["id"]
        with self.hub.parts.database.writing() as session:
            first = session.get_one(MixRevision, (self.ids["mix_draft"], 1))
            session.add_all(
                MixRevision(mix_draft_id=first.mix_draft_id, number=-n, spec=first.spec, size_bytes=first.size_bytes)
                for n in self._each()
            )
        shared = self.host.post(f"/mix-drafts/{self.ids['mix_draft']}/share")
        self.ids["shared_mix"] = shared.get_json()["share_url"].rpartition("/")[2]

    def _render(self, lanes: list[dict[str, Any]]) -> None:
        with self.hub.parts.database.writing() as session:
            (mixdown,) = [
                one
                for one in session.scalars(sa.select(Mixdown))
                if one.spec["lanes"][0]["gain_db"] == lanes[0]["gain_db"]
            ]
            mixdown.state, mixdown.duration_frames = IngestState.READY, 44_100
            session.execute(sa.update(Job).where(Job.subject_id == mixdown.digest).values(state=JobState.DONE))
            session.add_all(_renditions(mixdown.digest))

    def _add_contests(self) -> None:
        for n in self._each():
            self.contests.judge(f"judge{n}")
            assert self.host.post("/labels/nightshift/releases", {"work_id": self._release(n)}).status_code == 204
            self.contests.opened(JURY, title=f"Further {n}")
        slots = {"entries_per_account": self.rows}
        self.ids["draft_contest"] = self.contests.contest({**JURY, **slots}, title="Draft")["id"]
        self.contests.person("asked")
        asked = self.host.post(f"/contests/{self.ids['draft_contest']}/judge-requests", {"handle": "asked"})
        assert asked.get_json() == {"is_judge": False}
        self._contest("open", {**JURY, **slots})
        for name, terms in (("closed", BOTH), ("scored", {**BOTH, "vote": "scores"})):
            closed = self._contest(name, {**terms, **slots})
            self.contests.pass_hours(closed, 1)
        self._decide(self._contest("decided", {**JURY, **slots, "prizes": ["A synth"]}))
        secret = self.contests.contest({**JURY}, release_id=None, is_secret_remixer=True, title="Secret")
        self.ids["secret_contest"] = secret["id"]
        self.contests.announce(secret)
        given = self.catalogue.work("Given", by="fan0")
        signed = self.contests.person("fan0").put(f"/contests/{secret['id']}/sign-up", {"work_id": given})
        assert signed.status_code == 200, signed.text
        invitation = self.host.post("/labels/nightshift/invitations", {"role": "judge"}).get_json()
        self.ids["invitation"] = invitation["token"]

    def _release(self, n: int) -> str:
        return self.catalogue.work(f"Release {n} of the label", by="host")

    def _contest(self, name: str, terms: dict[str, Any]) -> dict[str, Any]:
        contest = self.contests.opened(terms, title=name.title())
        self.ids[f"{name}_contest"] = contest["id"]
        path = f"/contests/{contest['id']}"
        for handle in ("host", *(f"judge{n}" for n in self._each())):
            assert self.host.post(f"{path}/judges", {"handle": handle}).status_code == 204
        for n in self._each():
            assert self.host.post(f"{path}/announcements", {"text": f"News {n}."}).status_code == 201
            for handle in {"fan0", f"fan{n}"}:
                entered = self.contests.enter(handle, contest)
                assert entered.status_code == 201, entered.text
                self.ids[f"{name}_entry"] = entered.get_json()["entry_id"]
                if handle == "fan0":
                    self.ids["receipt_of_entry"] = entered.get_json()["id"]
        with self.hub.parts.database.reading() as session:
            audio = session.scalars(
                sa.select(Original.sha256).where(
                    Original.sha256.not_in(sa.select(Rendition.subject_digest)), Original.size_bytes == 1000
                )
            ).all()
        with self.hub.parts.database.writing() as session:
            for sha256 in audio:
                session.add_all(_renditions(sha256))
        return contest

    def _decide(self, contest: dict[str, Any]) -> None:
        path = f"/contests/{contest['id']}"
        self.contests.pass_hours(contest, 1)
        for handle in ("host", *(f"judge{n}" for n in self._each())):
            judge = self.contests.person(handle)
            for one in judge.get(f"{path}/desk").get_json()["entries"]:
                scored = judge.put(f"{path}/scores/{one['id']}", {"scores": {"craft": 5, "idea": 1}})
                assert scored.status_code == 200, scored.text
        self.contests.pass_hours(contest, 2)
        assert self.host.post(f"{path}/decision").status_code == 200

    def _add_permissions(self) -> None:
        """Asked of the host and by the host; the draft has as many questions."""
        for n in self._each():
            closed = self.catalogue.work(f"Closed {n}", by="fan0", licence=Licence.BY_ND)
            mine = self.catalogue.work(f"Closed by the host {n}", by="host", licence=Licence.BY_ND)
            asked = {"licence": "cc-by-4.0", "note": f"Question {n}."}
            for_draft = {**asked, "work_id": closed, "remix_id": self.ids["draft"]}
            assert self.host.post("/permissions", for_draft).status_code == 201
            fan = self.contests.person(f"fan{n}")
            of_host = fan.post("/permissions", {**asked, "work_id": mine, "remix_title": f"Planned {n}"})
            assert of_host.status_code == 201, of_host.text
            self.ids["permission"] = of_host.get_json()["id"]
        self.ids["closed"] = self.catalogue.work("Closed to all", by="fan0", licence=Licence.BY_ND)
        self.ids["refused"] = self.catalogue.draft("Refused", [self.ids["release"]], by="host")
        wish = SourceWish(derivative_id=self.ids["refused"], source_id=self.ids["closed"], state=WishState.WANTED)
        with self.hub.parts.database.writing() as session:
            session.add(wish)

    def _root(self, n: int) -> str:
        with self.hub.parts.database.reading() as session:
            return session.scalars(sa.select(Work.id).where(Work.title == f"Root {n}")).one()

    def _add_account(self) -> None:
        host = self.catalogue.account("host")
        with self.hub.parts.database.writing() as session:
            label_id = session.get_one(Contest, self.ids["open_contest"]).label_id
            assert session.get(LabelMember, (label_id, host)) is not None
            for n in self._each():
                session.add(
                    Notice(
                        account_id=host, kind=NoticeKind.CONTEST, subject_kind="contest", title=f"Notice {n}",
                        subject_id=self.ids["open_contest"],
                    )
                )  # fmt: skip
                session.add(
                    Receipt(
                        account_id=host, stem_pack_id=self.ids["remix_pack"], stem_id=f"{n}", licence=Licence.BY,
                        licence_sha256="e" * 64,
                    )
                )  # fmt: skip
            session.flush()
            self.ids["receipt"] = session.scalars(sa.select(Receipt.id).where(Receipt.account_id == host)).all()[0]
        self.host.post(f"/works/{self.ids['source']}/follow")
        for n in self._each():
            self.host.post(f"/accounts/fan{n}/follow")
            liked = self._root(n)
            self.host.post(f"/works/{liked}/like")
            begun = self.host.post("/collections", {"title": f"Set {n}", "visibility": "public"}).get_json()["id"]
            self.ids.setdefault("collection", begun)
            self.host.post(f"/collections/{self.ids['collection']}/works", {"work_id": liked, "note": "Opens."})
            self.host.post("/account/tag-follows", {"tag": f"tag {n}"})
            upload = self.host.post("/uploads", {"filename": f"{n}.wav", "size_bytes": 1000, "purpose": "stem"})
            self.ids["upload"] = upload.get_json()["id"]
            saved = self.host.post("/account/searches", {"searched": "works", "words": {"q": f"zz {n}"}})
            self.ids["saved_search"] = saved.get_json()["id"]
            licence = self.host.post("/contest-licences", {"title": f"Own {n}", "text": f"Remix {n}."}).get_json()
            self.ids["licence"] = licence["id"]

    def _add_comments(self) -> None:
        """Threads of fans at moments of the remix, edited and answered, and accounts that the host blocks."""
        path = f"/works/{self.ids['remix']}/comments"
        for n in self._each():
            fan = self.contests.person(f"fan{n}")
            first = fan.post(path, {"text": f"Thread {n}, @host, https://example.org/.", "at_seconds": 0.5 + n / 10})
            self.ids["comment"] = first.get_json()["id"]
            edited = fan.patch(f"/comments/{self.ids['comment']}", {"text": f"Thread {n}, @host!"}, revision=1)
            assert edited.status_code == 200, edited.text
            assert self.host.post(f"/comments/{self.ids['comment']}/reports", {"fault": "spam"}).status_code == 201
            for m in self._each():
                answer = {"text": f"Answer {m} in {n}.", "answers": self.ids["comment"]}
                assert self.contests.person(f"fan{m}").post(path, answer).status_code == 201
            self.contests.person(f"pest{n}")
            assert self.host.post(f"/accounts/pest{n}/block").status_code == 200

    def _add_moderation(self) -> None:
        fans = [self.catalogue.account(f"fan{n}") for n in self._each()]
        for n in self._each():
            report = {"work_id": self.ids["release"], "reason": "offensive"}
            assert self.contests.person(f"fan{n}").post("/reports", report).status_code == 201
            assert self.host.post("/reports", {**report, "work_id": self._remix_of(n)}).status_code == 201
            assert self.host.post(f"/comments/{self.ids['comment']}/reports", {"fault": "spam"}).status_code in (
                201,
                409,
            )
            gone = [self.catalogue.work(f"Gone {m} of {n}", by=f"fan{m}") for m in self._each()]
            takedown, _ = take_down(SYSTEM, self.hub.parts, work_ids=gone, reason=ReportReason.OFFENSIVE)
            with self.hub.parts.database.writing() as session:
                session.add_all(Appeal(takedown_id=takedown.id, account_id=one, note="No.") for one in fans)
                session.get_one(Takedown, takedown.id).state = "appealed"  # type: ignore[assignment]
            self.ids |= {"takedown": takedown.id, "gone": gone[0]}

    def _add_house(self) -> None:
        """Rules that everybody has read, invitations that somebody came by, and appeals against suspensions."""
        furnish(SYSTEM, self.hub.parts, {"imprint": "Us.", "rules": "# Be kind", "invitations_each": 50}, revision=None)
        for n in self._each():
            guest = self.catalogue.account(f"came{n}")
            self.catalogue.account(f"out{n}")
            made = suspend(SYSTEM, self.hub.parts, handle=f"out{n}", reason=SuspensionReason.SPAM)
            row, token = invite(self.operator, self.hub.parts, uses=2)
            with self.hub.parts.database.writing() as session:
                appealed = {"state": SuspensionState.APPEALED, "appealed_at": now(), "appeal_note": "No."}
                session.execute(sa.update(Suspension).where(Suspension.id == made.id).values(appealed))
                session.add(Arrival(account_id=guest, invitation_id=row.id))
            self.ids |= {"suspension": made.id, "hub_invitation": token}
        with self.hub.parts.database.writing() as session:
            session.execute(sa.update(Account).values(accepted_rules=1))

    @property
    def operator(self) -> Actor:
        with self.hub.parts.database.reading() as session:
            host = session.scalars(sa.select(Account).where(Account.handle == "host")).one()
        return session_actor(host.id, host.handle, is_operator=True)

    def _remix_of(self, n: int) -> str:
        with self.hub.parts.database.reading() as session:
            return self.catalogue_id(session, f"Remix {n} of it")


def _credits(n: int) -> list[dict[str, str]]:
    return [{"name": f"Singer {n}", "role": "vocals"}, {"name": f"Writer {n}", "role": "writing"}]


def _renditions(digest: str) -> list[Rendition]:
    return [
        Rendition(
            subject_digest=digest, kind=kind, key=f"renditions/{digest[:2]}/{digest}/{kind.value}.bin", size_bytes=10,
            media_type="application/octet-stream", engine_version="1",
        )
        for kind in _EVERY_KIND
    ]  # fmt: skip


def asks(stage: ReadingStage) -> dict[str, Ask]:
    """By the route's rule; what differs by its subject or by who asks has words behind it."""
    ids = stage.ids
    release, remix, draft = ids["release"], ids["remix"], ids["draft"]
    api = "/api/v1"
    of_works = {
        rule: Ask(f"{api}/works/{remix}{rule}")
        for rule in (
            "", "/allowed-licences", "/ancestors", "/ancestry", "/comments", "/credits", "/descendants",
            "/elsewhere-events", "/elsewhere-sources", "/lineage",
            "/lineage-drawing", "/link-events", "/neighbourhood", "/remixes", "/roots", "/shares", "/sources",
            "/stem-packs", "/takedown-reach",
        )
    }  # fmt: skip
    on_contests = {
        "": "closed", "/desk": "closed", "/entries": "closed", "/entries-archive": "closed", "/flags": "closed",
        "/announcement": "draft", "/judging-progress": "closed", "/export": "decided", "/result": "decided",
    }  # fmt: skip
    own = {"/my-entries": "open", "/my-receipts": "open", "/sign-up": "secret"}
    plain = (
        "/account", "/account/blocks", "/account/contest-licences", "/account/factors", "/account/follows",
        "/account/labels", "/account/searches", "/account/collections", "/account/likes",
        "/account/mail-topics", "/account/notices", "/account/reports", "/account/works", "/audit-entries",
        "/charts/most-remixed", "/contests", "/docs", "/feed", "/search/works", "/search/stems", "/search/artists",
        "/search/labels", "/search/contests",
        "/charts/most-remixed", "/contests", "/docs", "/hooks",
        "/licences", "/link-claims", "/mix-drafts", "/mixes", "/openapi.json", "/permissions", "/picks", "/receipts",
        "/acting-apps", "/oauth-clients",
        "/reports", "/sessions", "/house", "/invitations", "/suspensions", "/takedowns", "/tokens", "/uploads",
        "/works",
    )  # fmt: skip
    pages = (
        "/", "/charts", "/contest-licences/", "/contest-licences/new", "/contests/", "/feed", "/labels/new",
        "/licences", "/mixes", "/styleguide",
        "/house", "/imprint", "/invitations", "/rules",
        "/moderation", "/moderation/audit", "/moderation/suspensions", "/moderation/takedowns", "/my/claims",
        "/my/follows", "/my/collections", "/my/likes", "/my/labels", "/my/searches", "/search",
        "/my/permissions", "/my/receipts", "/my/uploads", "/my/works", "/new", "/notices", "/problems", "/settings",
        "/settings/code-app", "/settings/delete", "/settings/hooks", "/settings/mail", "/settings/passkeys/new",
        "/settings/people", "/settings/apps", "/settings/apps/registered", "/device",
        "/settings/profile",
        "/settings/prove", "/settings/security", "/settings/sessions", "/settings/tokens", "/sign-in",
        "/sign-in/second-step", "/sign-up", "/forgotten", "/forgotten/on-its-way", "/dev/mail",
    )  # fmt: skip
    contest = "/contests/<contest_id>"
    companion = "/companion/s3"
    return {
        **{f"{api}{rule}": Ask(f"{api}{rule}") for rule in plain},
        **{f"{api}/search{rule}": Ask(f"{api}/search{rule}?q=zz") for rule in ("", "/suggestions")},
        **{rule: Ask(rule) for rule in pages},
        **{f"{api}/works/<work_id>{rule}": ask for rule, ask in of_works.items()},
        **{f"{api}{contest}{rule}": Ask(f"{api}/contests/{ids[f'{on}_contest']}{rule}")
           for rule, on in on_contests.items()},
        **{f"{api}{contest}{rule}": Ask(f"{api}/contests/{ids[f'{on}_contest']}{rule}", "fan0")
           for rule, on in own.items()},
        f"{api}{contest}/duel": Ask(f"{api}/contests/{ids['closed_contest']}/duel", "guest"),
        f"{api}/account/searches/<saved_search_id>": Ask(f"{api}/account/searches/{ids['saved_search']}", "host"),
        "/search/stems/<stem_id>/similar": Ask(f"/search/stems/{ids['release_stem']}/similar", "host"),
        "/my/searches/<saved_search_id>": Ask(f"/my/searches/{ids['saved_search']}", "host"),
        **{f"/search/{kind}": Ask(f"/search/{kind}?q=zz", "host")
           for kind in ("works", "stems", "artists", "labels", "contests")},
        f"{api}/comments/<comment_id>": Ask(f"{api}/comments/{ids['comment']}"),
        f"{api}/comments/<comment_id>/answers": Ask(f"{api}/comments/{ids['comment']}/answers"),
        f"{api}/comments/<comment_id>/revisions": Ask(f"{api}/comments/{ids['comment']}/revisions"),
        f"{api}/oauth-clients/<client_id>": Ask(f"{api}/oauth-clients/{ids['client']}"),
        "/settings/apps/registered/<client_id>": Ask(f"/settings/apps/registered/{ids['client']}"),
        "/oauth/authorize": Ask(
            f"/oauth/authorize?response_type=code&client_id={ids['client']}&scope=read&code_challenge_method=S256"
            f"&code_challenge={'a' * 43}", "fan0",
        ),
        "/.well-known/oauth-authorization-server": Ask("/.well-known/oauth-authorization-server"),
        "/settings/hooks/<hook_id>": Ask(f"/settings/hooks/{ids['hook']}"),
        f"{api}/hooks/<hook_id>": Ask(f"{api}/hooks/{ids['hook']}"),
        f"{api}/hooks/<hook_id>/deliveries": Ask(f"{api}/hooks/{ids['hook']}/deliveries"),
        f"{api}/accounts/<handle>": Ask(f"{api}/accounts/host"),
        f"{api}/accounts/<handle>/collections": Ask(f"{api}/accounts/host/collections"),
        f"{api}/collections/<collection_id>": Ask(f"{api}/collections/{ids['collection']}"),
        "/collections/<collection_id>": Ask(f"/collections/{ids['collection']}"),
        "/works/<work_id>/collect": Ask(f"/works/{ids['source']}/collect"),
        f"{api}/accounts/<handle>/influence": Ask(f"{api}/accounts/host/influence"),
        f"{api}/contest-licences/<contest_licence_id>": Ask(f"{api}/contest-licences/{ids['licence']}"),
        f"{api}/entry-receipts/<entry_receipt_id>": Ask(f"{api}/entry-receipts/{ids['receipt_of_entry']}", "fan0"),
        f"{api}/elsewhere-sources/<elsewhere_id>": Ask(f"{api}/elsewhere-sources/{ids['node']}"),
        f"{api}/works/<work_id>/elsewhere-sources/<elsewhere_id>": Ask(
            f"{api}/works/{remix}/elsewhere-sources/{ids['node']}"
        ),
        f"{api}/graph-exports/<format>": Ask(f"{api}/graph-exports/graphml"),
        f"{api}/jobs/<job_id>": Ask(f"{api}/jobs/{ids['job']}"),
        f"{api}/label-invitations/<invitation_token>": Ask(f"{api}/label-invitations/{ids['invitation']}"),
        f"{api}/labels/<label>": Ask(f"{api}/labels/nightshift"),
        f"{api}/labels/<label>/releases": Ask(f"{api}/labels/nightshift/releases"),
        f"{api}/mix-drafts/<mix_draft_id>": Ask(f"{api}/mix-drafts/{ids['mix_draft']}"),
        f"{api}/mix-drafts/<mix_draft_id>/revisions": Ask(f"{api}/mix-drafts/{ids['mix_draft']}/revisions"),
        f"{api}/mix-drafts/<mix_draft_id>/revisions/<revision>": Ask(
            f"{api}/mix-drafts/{ids['mix_draft']}/revisions/1"
        ),
        f"{api}/shared-mixes/<share_token>": Ask(f"{api}/shared-mixes/{ids['shared_mix']}"),
        f"{api}/mixes/<mix_id>": Ask(f"{api}/mixes/{ids['ready_mix']}"),
        f"{api}/permissions/<permission_id>": Ask(f"{api}/permissions/{ids['permission']}"),
        f"{api}/receipts/<receipt_id>": Ask(f"{api}/receipts/{ids['receipt']}"),
        f"{api}/stem-packs/<stem_pack_id>": Ask(f"{api}/stem-packs/{ids['release_pack']}"),
        f"{api}/stem-packs/<stem_pack_id>/archive": Ask(f"{api}/stem-packs/{ids['release_pack']}/archive"),
        f"{api}/bundles/<bundle_kind>/<bundled_id>": Ask(f"{api}/bundles/work/{remix}"),
        f"{api}/bundles/<bundle_kind>/<bundled_id> of a contest": Ask(
            f"{api}/bundles/contest/{ids['decided_contest']}"
        ),
        f"{api}/bundles/<bundle_kind>/<bundled_id> of a label": Ask(f"{api}/bundles/label/nightshift"),
        "/bundles/<bundle_kind>/<bundled_id>": Ask(f"/bundles/work/{release}"),
        "/bundles/<bundle_kind>/<bundled_id>/progress": Ask(f"/bundles/work/{release}/progress"),
        f"{api}/stem-packs/<stem_pack_id>/exports": Ask(f"{api}/stem-packs/{ids['release_pack']}/exports"),
        f"{api}/stem-packs/<stem_pack_id>/exports/<export_format>": Ask(
            f"{api}/stem-packs/{ids['release_pack']}/exports/dawproject"
        ),
        f"{api}/mixes/<mix_id>/exports": Ask(f"{api}/mixes/{ids['ready_mix']}/exports"),
        f"{api}/mixes/<mix_id>/exports/<export_format>": Ask(f"{api}/mixes/{ids['ready_mix']}/exports/reaper"),
        f"{api}/stem-packs/<stem_pack_id>/receipt": Ask(f"{api}/stem-packs/{ids['release_pack']}/receipt"),
        f"{api}/stems/<stem_id>/similar": Ask(f"{api}/stems/{ids['release_stem']}/similar"),
        f"{api}/stems/<stem_id>/original": Ask(f"{api}/stems/{ids['release_stem']}/original"),
        f"{api}/suspensions/<suspension_id>": Ask(f"{api}/suspensions/{ids['suspension']}"),
        f"{api}/takedowns/<takedown_id>": Ask(f"{api}/takedowns/{ids['takedown']}"),
        f"{api}/uploads/<upload_id>": Ask(f"{api}/uploads/{ids['upload']}"),
        f"{api}/works/<work_id>/common-ancestors": Ask(f"{api}/works/{remix}/common-ancestors?with={draft}"),
        f"{api}/works/<work_id>/credits/<credit_format>": Ask(f"{api}/works/{remix}/credits/md"),
        f"{api}/works/<work_id>/lineage-exports/<format>": Ask(f"{api}/works/{remix}/lineage-exports/dot"),
        f"{api}/works/<work_id>/path": Ask(f"{api}/works/{remix}/path?to={release}"),
        f"{companion}/multipart/<upload_id>": Ask(f"{companion}/multipart/{ids['upload']}"),
        f"{companion}/multipart/<upload_id>/<int:number>": Ask(f"{companion}/multipart/{ids['upload']}/1"),
        f"{companion}/params": Ask(f"{companion}/params?metadata[upload_id]={ids['upload']}"),
        "/@<handle>": Ask("/@host"),
        "/collections/<collection_id>/report": Ask(f"/collections/{ids['collection']}/report", "fan0"),
        "/comments/<comment_id>": Ask(f"/comments/{ids['comment']}"),
        "/comments/<comment_id>/answer": Ask(f"/comments/{ids['comment']}/answer"),
        "/comments/<comment_id>/edit": Ask(f"/comments/{ids['comment']}/edit", f"fan{stage.rows - 1}"),
        "/comments/<comment_id>/history": Ask(f"/comments/{ids['comment']}/history"),
        "/comments/<comment_id>/report": Ask(f"/comments/{ids['comment']}/report"),
        "/comments/<comment_id>/thread": Ask(f"/comments/{ids['comment']}/thread"),
        "/works/<work_id> with a linked comment": Ask(f"/works/{remix}?comment={ids['comment']}", "fan0"),
        "/works/<work_id>/comments": Ask(f"/works/{remix}/comments"),
        "/permissions/<permission_id>": Ask(f"/permissions/{ids['permission']}"),
        "/works/<work_id>/in-the-way": Ask(f"/works/{draft}/in-the-way?licence=cc0-1.0"),
        "/works/<work_id>/leave": Ask(f"/works/{ids['closed']}/leave?remix={draft}"),
        "/works/<work_id>/leave for a new remix": Ask(f"/works/{ids['closed']}/leave"),
        "/contest-licences/<contest_licence_id>": Ask(f"/contest-licences/{ids['licence']}"),
        contest: Ask(f"/contests/{ids['open_contest']}", "fan0"),
        f"{contest} of its host": Ask(f"/contests/{ids['open_contest']}"),
        f"{contest} decided": Ask(f"/contests/{ids['decided_contest']}", "fan0"),
        f"{contest}/calendar.ics": Ask(f"/contests/{ids['open_contest']}/calendar.ics"),
        "/embed/works/<work_id>": Ask(f"/embed/works/{release}", "guest"),
        "/embed/mixes/<share_token>": Ask(f"/embed/mixes/{ids['shared_mix']}", "guest"),
        "/embed/contests/<contest_id>": Ask(f"/embed/contests/{ids['open_contest']}", "guest"),
        "/embed/contests/<contest_id> decided": Ask(f"/embed/contests/{ids['decided_contest']}", "guest"),
        "/oembed": Ask(f"/oembed?url={stage.hub.parts.addresses.work(release)}", "guest"),
        "/media/shared-mixes/<share_token>/preview": Ask(f"/media/shared-mixes/{ids['shared_mix']}/preview", "guest"),
        f"/search/works/feed.{_ENDING}": Ask("/search/works/feed.atom?q=remix", "guest"),
        f"/feed.{_ENDING}": Ask("/feed.atom", "guest"),
        f"/@<handle>/feed.{_ENDING}": Ask("/@host/feed.json", "guest"),
        f"/labels/<label>/feed.{_ENDING}": Ask("/labels/nightshift/feed.atom", "guest"),
        f"/contests/feed.{_ENDING}": Ask("/contests/feed.json", "guest"),
        f"{contest}/feed.{_ENDING}": Ask(f"/contests/{ids['decided_contest']}/feed.atom", "guest"),
        f"{contest}/desk": Ask(f"/contests/{ids['closed_contest']}/desk"),
        f"{contest}/judge-request": Ask(f"/contests/{ids['draft_contest']}/judge-request", "asked"),
        f"{api}{contest}/judge-request": Ask(f"{api}/contests/{ids['draft_contest']}/judge-request", "asked"),
        f"{contest}/announce": Ask(f"/contests/{ids['draft_contest']}/announce"),
        f"{contest}/edit": Ask(f"/contests/{ids['draft_contest']}/edit"),
        f"{contest}/host": Ask(f"/contests/{ids['closed_contest']}/host"),
        f"{contest}/host of a draft": Ask(f"/contests/{ids['draft_contest']}/host"),
        f"{contest}/host decided": Ask(f"/contests/{ids['decided_contest']}/host"),
        f"{contest}/host/entries.<extension>": Ask(
            f"/contests/{ids['closed_contest']}/host/entries.csv"
        ),
        f"{contest}/host/entries-archive": Ask(f"/contests/{ids['closed_contest']}/host/entries-archive"),
        f"{contest}/host/entries-archive/progress": Ask(
            f"/contests/{ids['closed_contest']}/host/entries-archive/progress"
        ),
        f"{contest}/result": Ask(f"/contests/{ids['decided_contest']}/result"),
        f"{contest}/vote": Ask(f"/contests/{ids['closed_contest']}/vote", "guest"),
        f"{contest}/vote by scores": Ask(f"/contests/{ids['scored_contest']}/vote", "guest"),
        "/label-invitations/<token>": Ask(f"/label-invitations/{ids['invitation']}"),
        "/labels/<label>": Ask("/labels/nightshift"),
        "/labels/<label>/settings": Ask("/labels/nightshift/settings"),
        "/labels/<label>/contests/new": Ask("/labels/nightshift/contests/new"),
        "/media/entries/<entry_id>/<kind>": Ask(f"/media/entries/{ids['closed_entry']}/preview"),
        "/media/mixes/<mix_id>/<kind>": Ask(f"/media/mixes/{ids['ready_mix']}/mixdown"),
        "/media/stems/<stem_id>/<kind>": Ask(f"/media/stems/{ids['release_stem']}/preview"),
        "/.well-known/security.txt": Ask("/.well-known/security.txt"),
        "/.well-known/remixhub-keys.json": Ask("/.well-known/remixhub-keys.json"),
        "/.well-known/remixhub-keys/<key_id>.pem": Ask(
            f"/.well-known/remixhub-keys/{hub_keys(stage.hub.parts).id}.pem"
        ),
        "/manifest.webmanifest": Ask("/manifest.webmanifest"),
        "/robots.txt": Ask("/robots.txt"),
        "/sitemap.xml": Ask("/sitemap.xml"),
        "/sitemaps/<name>.xml": Ask("/sitemaps/works-0.xml"),
        "/media/works/<work_id>/cover.svg": Ask(f"/media/works/{release}/cover.svg"),
        "/media/works/<work_id>/<kind>": Ask(f"/media/works/{release}/preview"),
        "/mix-drafts/<mix_draft_id>": Ask(f"/mix-drafts/{ids['mix_draft']}"),
        "/mix-drafts/<mix_draft_id>/mix.json": Ask(f"/mix-drafts/{ids['mix_draft']}/mix.json"),
        "/shared-mixes/<share_token>": Ask(f"/shared-mixes/{ids['shared_mix']}", "guest"),
        "/shared-mixes/<share_token>/copy": Ask(f"/shared-mixes/{ids['shared_mix']}/copy", "guest"),
        "/mixes/<mix_id>": Ask(f"/mixes/{ids['ready_mix']}"),
        "/mixes/<mix_id> waiting": Ask(f"/mixes/{ids['waiting_mix']}"),
        "/mixes/<mix_id>/files": Ask(f"/mixes/{ids['ready_mix']}/files"),
        "/mixes/<mix_id>/progress": Ask(f"/mixes/{ids['waiting_mix']}/progress"),
        "/moderation/works/<work_id>": Ask(f"/moderation/works/{release}"),
        "/problems/<code>": Ask("/problems/not_found"),
        "/stem-packs/<stem_pack_id>/mix": Ask(f"/stem-packs/{ids['release_pack']}/mix?after={ids['ready_mix']}"),
        "/moderation/accounts/<handle>": Ask("/moderation/accounts/out0"),
        "/sign-up/<invitation_token>": Ask(f"/sign-up/{ids['hub_invitation']}"),
        "/suspensions/<suspension_id>": Ask(f"/suspensions/{ids['suspension']}"),
        "/takedowns/<takedown_id>": Ask(f"/takedowns/{ids['takedown']}"),
        "/verify-address/<token>": Ask("/verify-address/none"),
        "/confirm-address/<token>": Ask(f"/confirm-address/{ids['change_address']}", "guest"),
        "/keep-address/<token>": Ask(f"/keep-address/{ids['keep_address']}", "guest"),
        "/reset-password/<token>": Ask(f"/reset-password/{ids['reset_password']}", "guest"),
        f"{api}/password-resets/<reset_token>": Ask(f"{api}/password-resets/{ids['reset_password']}"),
        "/unsubscribe/<token>": Ask(f"/unsubscribe/{ids['unsubscribe']}", "guest"),
        "/dev/mail/<letter_id>": Ask(f"/dev/mail/{'a' * 32}"),
        "/dev/mail/<letter_id>/html": Ask(f"/dev/mail/{'a' * 32}/html"),
        "/works/<work_id>": Ask(f"/works/{release}", "fan0"),
        "/works/<work_id> of a remix": Ask(f"/works/{remix}"),
        "/works/<work_id> for entrants": Ask(f"/works/{ids['for_entrants']}"),
        "/works/<work_id> taken down": Ask(f"/works/{ids['gone']}"),
        "/works/<work_id>/archive": Ask(f"/works/{release}/archive"),
        "/works/<work_id>/archive/progress": Ask(f"/works/{release}/archive/progress"),
        "/works/<work_id>/exports/<export_format>": Ask(f"/works/{release}/exports/ableton"),
        "/works/<work_id>/exports/<export_format>/progress": Ask(f"/works/{release}/exports/ableton/progress"),
        "/mixes/<mix_id>/exports/<export_format>": Ask(f"/mixes/{ids['ready_mix']}/exports/dawproject"),
        "/mixes/<mix_id>/exports/<export_format>/progress": Ask(
            f"/mixes/{ids['ready_mix']}/exports/dawproject/progress"
        ),
        "/works/<work_id>/edit": Ask(f"/works/{draft}/edit"),
        "/works/<work_id>/edit with a refused source": Ask(f"/works/{ids['refused']}/edit"),
        "/works/<work_id>/edit of a release": Ask(f"/works/{ids['new']}/edit"),
        "/my/receipts that changed": Ask("/my/receipts?since=changed"),
        "/works/<work_id>/sheet": Ask(f"/works/{draft}/sheet"),
        "/works/<work_id>/sheet with a refused source": Ask(f"/works/{ids['refused']}/sheet"),
        "/works/<work_id>/edit/verdict": Ask(f"/works/{draft}/edit/verdict?licence=cc0-1.0"),
        "/elsewhere/<node_id>": Ask(f"/elsewhere/{ids['node']}"),
        "/elsewhere/<node_id>/card": Ask(f"/elsewhere/{ids['node']}/card"),
        "/works/<work_id>/elsewhere/site": Ask(f"/works/{draft}/elsewhere/site?address=https://freesound.org/s/1/"),
        f"{api}/works/<work_id>/handback": Ask(f"{api}/works/{draft}/handback"),
        "/works/<work_id>/sources/pick": Ask(f"/works/{draft}/sources/pick"),
        "/works/<work_id>/sources/pick by a word": Ask(f"/works/{draft}/sources/pick?q=remix"),
        "/works/<work_id>/edit/pulse": Ask(f"/works/{draft}/edit/pulse"),
        "/works/<work_id>/lineage": Ask(f"/works/{remix}/lineage"),
        "/works/<work_id>/lineage of more": Ask(f"/works/{remix}/lineage?open={release}"),
        "/works/<work_id>/lineage/card": Ask(f"/works/{remix}/lineage/card"),
        "/works/<work_id>/links": Ask(f"/works/{remix}/links"),
        "/works/<work_id>/report": Ask(f"/works/{release}/report"),
        "/works/<work_id>/stems/<stem_id>/original": Ask(f"/works/{release}/stems/{ids['release_stem']}/original"),
    }  # fmt: skip
