"""`push`: a folder of stems becomes a draft, the draft follows the folder, a published work gets a new stem pack.

Every step is kept before it is taken (`memory`) and compared with what the hub has, so that a push that was killed
anywhere goes on where it was, and a second one makes nothing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from remixhub.client.addresses import id_in
from remixhub.client.bringing import FACTS_OF_WORK, Bringing, by_file
from remixhub.client.failures import ClientFailure, Exit, FindingsStop, Refused, Undecided, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory
from remixhub.client.stem_folder import StemFolder
from remixhub.client.telling import Teller
from remixhub.client.uploading import patiently
from remixhub.client.wire import Wire


class StemRefused(ClientFailure):
    code = "stem_refused"


@dataclass(frozen=True)
class PushWishes:
    publish: bool = False
    new_version: bool = False
    """Of a published work's stem pack, without being asked."""
    note: str = ""
    """What has changed, for those who have the version before."""
    force: bool = False
    """Also with findings that say the pack is broken."""
    wait: bool = True
    """Until the hub has measured and reviewed all stems."""
    work: str | None = None
    """A draft or a work to push into, by id or address, for a folder that was never pushed."""


@dataclass(frozen=True)
class Pushed:
    work_id: str
    url: str
    state: str
    stem_pack_id: str | None
    stem_pack_version: int | None
    findings: Sequence[Mapping[str, Any]] = ()
    sent_files: int = 0
    changes: Sequence[str] = field(default_factory=tuple)
    """What was done at the hub, in words."""


class Push(Bringing):
    """One push of one folder."""

    def __init__(
        self, wire: Wire, api: Operations, memory: Memory, tell: Teller, folder: StemFolder, wishes: PushWishes
    ) -> None:
        super().__init__(wire, api, memory, tell, folder)
        self._wishes = wishes

    def run(self) -> Pushed:
        self._check()
        self._tell.waiting("asking the hub who is there")
        handle = self._api.get_account()["handle"]
        self._tell.say("signed_in", f"pushing to {self._wire.url} as {handle}", hub=self._wire.url, handle=handle)
        work = self._known_work() or self._begun_work()  # before gigabytes are read for nothing
        digests = {stem.file: self._uploader.digest(stem.file, stem.path) for stem in self._folder.stems}
        if work["state"] == "published":
            return self._renew(work, digests)
        if work["state"] != "draft":
            raise UsageWrong(f"The work is {work['state']}.", "Push a copy of the folder to begin a new one.")
        with _licence_in_words(self._folder.facts):
            self._bring_facts(work)
        pack_id = work["stem_pack_id"]
        if pack_id is not None:
            self._bring_stems(work, self._api.get_stem_pack(pack_id), digests)
        elif digests:
            raise ClientFailure("The draft has no stem pack.", f"Look at {self._url(work)}.")
        self._bring_mix(work["id"])
        self._bring_cover(work["id"])
        waits = self._wishes.wait or self._wishes.publish
        pack = self._reviewed(pack_id) if pack_id and digests and waits else None
        if self._folder.mix and waits:
            self._require_heard(work["id"])
        if self._wishes.publish:
            self._tell.waiting("publishing")
            work = self._api.publish_work(work["id"], idempotency_key=str(uuid.uuid4()))
            self._changed("published", f"published: {self._url(work)}", work_id=work["id"])
        return self._over(work, pack)

    def _check(self) -> None:
        for finding in self._folder.findings:
            shown = finding.to_json()
            self._tell.say("finding", f"{finding.severity}: {finding.stem or 'the pack'}: {finding.advice}", **shown)
        broken = [one for one in self._folder.findings if one.severity == "error"]
        if broken and not self._wishes.force:
            raise FindingsStop(
                f"The pack is broken: {len(broken)} of its findings are errors.",
                "Mend the files and push again, or push them as they are with --force.",
            )
        if self._folder.unmeasured:
            names = ", ".join(self._folder.unmeasured[:3])
            self._tell.say(
                "unmeasured",
                f"rate and length of {names} are known once the hub has read them",
                files=list(self._folder.unmeasured),
            )

    # the work

    def _known_work(self) -> schemas.Work | None:
        """The one that this folder was pushed to, or is to be."""
        named = id_in(self._wishes.work, "works", self._wire.url) if self._wishes.work else None
        if named and named != self._memory.work_id:
            self._memory.forget_work()
            self._memory.work_id = named
        if self._memory.work_id is None:
            return None
        try:
            work = self._api.get_work(self._memory.work_id)
        except Refused as exc:
            if exc.status != 404 or named:
                raise
            self._tell.say("work_gone", "what was pushed before is gone from the hub; beginning anew")
            self._memory.forget_work()
            self._memory.keep()
            return None
        self._memory.keep()
        return work

    def _begun_work(self) -> schemas.Work:
        """The key and the body are kept before they are sent: sent again, they make no second draft."""
        opening = self._memory.opening
        if opening is None:
            opening = {"key": str(uuid.uuid4()), "is_remix": self._folder.is_remix, "body": self._opening_body()}
            self._memory.opening = opening
            self._memory.keep()
        make = self._api.create_remix if opening["is_remix"] else self._api.create_release
        try:
            with _licence_in_words(opening["body"]):
                work: schemas.Work = make(opening["body"], idempotency_key=opening["key"])
        except Refused as exc:
            if exc.status < 500:
                self._memory.opening = None  # it was decided that there will be none
                self._memory.keep()
            if exc.code == "idempotency_key_reused":
                return self._begun_work()
            raise
        self._memory.work_id, self._memory.opening = work["id"], None
        self._memory.facts = {name: opening["body"][name] for name in FACTS_OF_WORK if name in opening["body"]}
        self._memory.keep()
        self._changed("draft_made", f"draft made: {self._url(work)}", work_id=work["id"], url=self._url(work))
        return work

    def _opening_body(self) -> dict[str, Any]:
        facts = dict(self._folder.facts)
        if not self._folder.is_remix:
            if "licence" not in facts:
                raise UsageWrong(
                    "Nothing says under which licence the stems are.",
                    'Write licence = "cc-by-4.0" into release.toml, or give --licence; `remixhub licences` lists them.',
                )
            return facts
        sources = []
        for one in self._folder.release.sources:
            said = {name: value for name, value in one.items() if name not in ("work", "receipt")}
            if "receipt" in one:
                said["receipt"] = _text_of(self._folder.path / one["receipt"])
            sources.append({"source_id": id_in(one["work"], "works", self._wire.url), **said})
        elsewhere = [dict(one) for one in self._folder.release.elsewhere_sources]
        return {**facts, "sources": sources, **({"elsewhere_sources": elsewhere} if elsewhere else {})}

    # a published work

    def _renew(self, work: schemas.Work, digests: Mapping[str, str]) -> Pushed:
        pack = self._api.get_stem_pack(work["stem_pack_id"]) if work["stem_pack_id"] else None
        stems = pack["stems"] if pack else []
        there = by_file(stems, digests)
        changed = [stem.file for stem in self._folder.stems if stem.file not in there]
        changed += [f"{one['filename']} (gone)" for one in self._replaced(stems, digests, there)]
        if pack and pack["state"] == "draft" and not changed:
            changed = [f"version {pack['version']}, which is a draft"]  # of a push that did not come to its end
        facts = [name for name, value in self._folder.facts.items() if self._memory.facts.get(name, value) != value]
        if not (changed or facts):
            self._tell.say("unchanged", f"nothing has changed: {self._url(work)}", work_id=work["id"])
            return self._over(work, pack)
        self._require_decision(work, [*changed, *facts])
        if facts:
            with _licence_in_words(self._folder.facts):
                self._bring_facts(work)
        self._bring_cover(work["id"])
        if not changed:
            return self._over(work, pack)
        draft = self._api.begin_stem_pack(work["id"], idempotency_key=str(uuid.uuid4()))
        self._changed("version_begun", f"version {draft['version']} begun", version=draft["version"])
        self._bring_stems(work, draft, digests)
        self._reviewed(draft["id"])
        published = self._api.publish_stem_pack(draft["id"], {"note": self._wishes.note})
        self._changed("version_published", f"version {published['version']} published", version=published["version"])
        return self._over(work, self._api.get_stem_pack(draft["id"]))

    def _require_decision(self, work: schemas.Work, told: Sequence[str]) -> None:
        if self._wishes.new_version:
            return
        names = ", ".join(told[:5]) + (f" and {len(told) - 5} more" if len(told) > 5 else "")
        answer = self._tell.ask(f"“{work['title']}” is published. Publish what has changed ({names})?")
        if not answer:
            raise Undecided(
                f"“{work['title']}” is published, and {names} changed.",
                "Push with --new-version to publish a new version of its stem pack; fans keep the one before.",
            )

    # afterwards

    def _reviewed(self, stem_pack_id: str) -> schemas.StemPack:
        """Once the hub has read all stems and compared them. Raises StemRefused."""
        for pack in patiently(self._wire, lambda: self._api.get_stem_pack(stem_pack_id)):
            refused = [one for one in pack["stems"] if one["state"] == "refused"]
            if refused:
                told = "; ".join(
                    f"{one['filename']}: {(one['refusal'] or {}).get('detail', 'refused')}" for one in refused
                )
                raise StemRefused(told, "Mend or remove these files, then push again.")
            waiting = [one for one in pack["stems"] if one["state"] == "pending"]
            if not waiting and pack["findings"] is not None:
                for finding in pack["findings"]:
                    where = finding.get("stem") or "the pack"
                    names = {one["id"]: one["name"] for one in pack["stems"]}
                    text = f"{finding['severity']}: {names.get(where, where)}: {finding['advice']}"
                    self._tell.say("finding", text, **finding)
                return cast("schemas.StemPack", pack)
            if waiting:
                first = waiting[0]
                percent = sum(one["progress"]["percent"] for one in waiting) / len(waiting)
                self._tell.waiting(f"the hub reads {first['name']} ({len(waiting)} to go, {percent:.0f} %)")
            else:
                self._tell.waiting("the hub compares the stems")
        raise AssertionError("patience has no end")

    def _require_heard(self, work_id: str) -> None:
        """The whole piece is read too. Raises StemRefused."""
        for work in patiently(self._wire, lambda: self._api.get_work(work_id)):
            if work["audio_state"] == "refused":
                raise StemRefused((work["refusal"] or {}).get("detail", "The mix was refused."), "Mend the mix.")
            if work["audio_state"] != "pending":
                return
            self._tell.waiting("the hub reads the whole piece")

    def _over(self, work: schemas.Work, pack: schemas.StemPack | None) -> Pushed:
        return Pushed(
            work_id=work["id"],
            url=self._url(work),
            state=work["state"],
            stem_pack_id=pack["id"] if pack else work["stem_pack_id"],
            stem_pack_version=pack["version"] if pack else None,
            findings=tuple(pack["findings"] or ()) if pack else (),
            sent_files=self._sent_files,
            changes=tuple(self._changes),
        )


class LicenceRefused(Refused):
    """The hub knows no such licence, or does not offer it."""

    exit = Exit.USAGE

    def __init__(self, refused: Refused, licence: str) -> None:
        super().__init__(refused.status, refused.problem)
        self.detail = f"“{licence}” is no licence that this hub takes here."
        self.advice = "`remixhub licences` lists them; give --licence cc-by-4.0, or write it into release.toml."
        self.args = (f"{self.detail} {self.advice}",)


@contextmanager
def _licence_in_words(body: Mapping[str, Any]) -> Iterator[None]:
    """The API speaks of its schema; whoever typed the licence did not."""
    try:
        yield
    except Refused as exc:
        if exc.code == "invalid" and any(one.get("pointer") == "/licence" for one in exc.violations):
            raise LicenceRefused(exc, str(body.get("licence", ""))) from exc
        raise


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as exc:
        raise UsageWrong(f"{path.name} cannot be read.", "Name the RECEIPT.json that lay with the stems.") from exc
