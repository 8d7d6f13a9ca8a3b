"""`push`: a folder of stems becomes a draft, the draft follows the folder, a published work gets a new stem pack.

Every step is kept before it is taken (`memory`) and compared with what the hub has, so that a push that was killed
anywhere goes on where it was, and a second one makes nothing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from remixhub.client.addresses import id_in
from remixhub.client.failures import ClientFailure, FindingsStop, Refused, Undecided, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory
from remixhub.client.stem_folder import PlannedStem, StemFolder
from remixhub.client.telling import Teller
from remixhub.client.uploading import Uploader, patiently
from remixhub.client.wire import Wire

_FACTS_OF_WORK = (
    "title", "description", "licence", "tempo_bpm", "key", "tags", "credits", "inherited_shares",
)  # fmt: skip


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


class Push:
    """One push of one folder."""

    def __init__(
        self, wire: Wire, api: Operations, memory: Memory, tell: Teller, folder: StemFolder, wishes: PushWishes
    ) -> None:
        self._wire, self._api, self._memory, self._tell = wire, api, memory, tell
        self._folder, self._wishes = folder, wishes
        self._uploader = Uploader(wire, api, memory, tell)
        self._changes = list[str]()
        self._sent_files = 0

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
        self._bring_facts(work)
        pack_id = work["stem_pack_id"]
        if pack_id is None:
            raise ClientFailure("The draft has no stem pack.", f"Look at {self._url(work)}.")
        self._bring_stems(work, self._api.get_stem_pack(pack_id), digests)
        self._bring_mix(work["id"])
        self._bring_cover(work["id"])
        pack = self._reviewed(pack_id) if self._wishes.wait or self._wishes.publish else None
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
            work: schemas.Work = make(opening["body"], idempotency_key=opening["key"])
        except Refused as exc:
            if exc.status < 500:
                self._memory.opening = None  # it was decided that there will be none
                self._memory.keep()
            if exc.code == "idempotency_key_reused":
                return self._begun_work()
            raise
        self._memory.work_id, self._memory.opening = work["id"], None
        self._memory.facts = {name: opening["body"][name] for name in _FACTS_OF_WORK if name in opening["body"]}
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

    def _bring_facts(self, work: schemas.Work) -> None:
        """Only what changed here since it was last sent: what was edited at the hub stays."""
        wanted = {name: value for name, value in self._folder.facts.items() if name in _FACTS_OF_WORK}
        last = self._memory.facts
        told = {**self._folder.release.facts} if not last else wanted  # into a work of others' making: what is written
        edit = {name: value for name, value in told.items() if last.get(name) != value}
        if edit:
            body = cast("schemas.WorkEdit", edit)
            self._edited(work["id"], lambda revision: self._api.edit_work(work["id"], body, revision=revision))
            names = ", ".join(edit)
            self._changed("facts_changed", f"changed {names}", names=list(edit))
        self._memory.facts = {**last, **told}
        self._memory.keep()

    # its stems

    def _bring_stems(self, work: schemas.Work, pack: schemas.StemPack, digests: Mapping[str, str]) -> None:
        """All files are sent first, so that the hub checks one while the next is on its way."""
        there = _by_file(pack["stems"], digests)
        missing = [stem for stem in self._folder.stems if stem.file not in there]
        self._memory.put = sorted({*self._memory.put, *(digests[stem.file] for stem in missing)})
        for stem in missing:
            self._sent_files += self._uploader.send(stem.file, stem.path, "stem")
        replaced = self._replaced(pack["stems"], digests, there)
        for position, stem in enumerate(self._folder.stems, 1):
            if stem.file in there:
                self._bring_words(stem, there[stem.file])
            else:
                self._add(work["id"], stem, position)
        for old in replaced:
            self._api.remove_stem(old["id"])
            self._changed("stem_removed", f"{old['filename']}: taken out", file=old["filename"], stem_id=old["id"])
        self._memory.put = sorted(set(digests.values()))
        self._memory.keep()

    def _add(self, work_id: str, stem: PlannedStem, position: int) -> None:
        self._uploader.wait_until_checked(stem.file)
        upload_id = self._memory.files[stem.file].upload_id
        assert upload_id is not None
        said = {name: value for name, value in _words(stem).items() if value is not None}
        body = cast("schemas.NewStem", {"upload_id": upload_id, "name": stem.name, "position": position, **said})
        added = self._api.add_stem(work_id, body)
        self._uploader.used(stem.file)
        self._memory.words[stem.file] = said
        self._memory.keep()
        self._changed(
            "stem_added",
            f"{stem.file}: {added['name']} ({added['role'].replace('_', ' ')})",
            file=stem.file,
            stem_id=added["id"],
            name=added["name"],
            role=added["role"],
        )

    def _bring_words(self, stem: PlannedStem, there: schemas.Stem) -> None:
        """What release.toml says anew."""
        said = {name: value for name, value in _words(stem).items() if value is not None}
        last = self._memory.words.get(stem.file, {})
        edit = {name: value for name, value in said.items() if last.get(name) != value and there.get(name) != value}
        if edit:
            self._api.edit_stem(there["id"], cast("schemas.StemEdit", edit), revision=there["revision"])
            self._changed("stem_changed", f"{stem.file}: changed {', '.join(edit)}", file=stem.file, names=list(edit))
        self._memory.words[stem.file] = said

    def _replaced(
        self, stems: Sequence[schemas.Stem], digests: Mapping[str, str], there: Mapping[str, schemas.Stem]
    ) -> Sequence[schemas.Stem]:
        """Those that this folder put there and has no more, or has otherwise; others' are left."""
        kept = {one["id"] for one in there.values()}
        ours = set(self._memory.put) - set(digests.values())
        return [one for one in stems if one["id"] not in kept and one["sha256"] in ours]

    # beside its stems

    def _bring_mix(self, work_id: str) -> None:
        if self._folder.mix is None:
            return
        file = self._folder.mix.relative_to(self._folder.path).as_posix()
        sha256 = self._uploader.digest(file, self._folder.mix)
        if self._memory.mix_sha256 == sha256:
            return
        purpose = "remix" if self._folder.is_remix else "reference_mix"
        self._sent_files += self._uploader.send(file, self._folder.mix, purpose)
        self._uploader.wait_until_checked(file)
        body: schemas.MixChoice = {"upload_id": str(self._memory.files[file].upload_id)}
        self._edited(work_id, lambda revision: self._api.set_mix(work_id, body, revision=revision))
        self._memory.mix_sha256 = sha256
        self._uploader.used(file)
        self._memory.keep()
        self._changed("mix_set", f"{file}: the whole piece", file=file)

    def _bring_cover(self, work_id: str) -> None:
        if self._folder.cover is None:
            return
        file = self._folder.cover.relative_to(self._folder.path).as_posix()
        sha256 = self._uploader.digest(file, self._folder.cover)
        if self._memory.cover_sha256 == sha256:
            return
        self._sent_files += self._uploader.send(file, self._folder.cover, "cover")
        self._uploader.wait_until_checked(file)
        body: schemas.CoverChoice = {"upload_id": str(self._memory.files[file].upload_id)}
        self._edited(work_id, lambda revision: self._api.set_cover(work_id, body, revision=revision))
        self._memory.cover_sha256 = sha256
        self._uploader.used(file)
        self._memory.keep()
        self._changed("cover_set", f"{file}: the cover", file=file)

    def _edited(self, work_id: str, edit: Any) -> None:
        """At the revision that is there now; once more where somebody else was quicker."""
        for attempt in (1, 2, 3):
            try:
                edit(self._api.get_work(work_id)["revision"])
                return
            except Refused as exc:
                if exc.status != 412 or attempt == 3:
                    raise

    # a published work

    def _renew(self, work: schemas.Work, digests: Mapping[str, str]) -> Pushed:
        pack = self._api.get_stem_pack(work["stem_pack_id"]) if work["stem_pack_id"] else None
        stems = pack["stems"] if pack else []
        there = _by_file(stems, digests)
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

    def _changed(self, event: str, text: str, **facts: Any) -> None:
        self._changes.append(text)
        self._tell.say(event, text, **facts)

    def _url(self, work: schemas.Work) -> str:
        return f"{self._wire.url}/works/{work['id']}"


def _by_file(stems: Sequence[schemas.Stem], digests: Mapping[str, str]) -> dict[str, schemas.Stem]:
    """Which stem of the pack holds a file's bytes; equal files get one each, by name where that tells."""
    free = list(stems)
    found = dict[str, schemas.Stem]()
    for file, sha256 in digests.items():
        alike = [one for one in free if one["sha256"] == sha256]
        if alike:
            name = file.rpartition("/")[2]
            found[file] = next((one for one in alike if one["filename"] == name), alike[0])
            free.remove(found[file])
    return found


def _words(stem: PlannedStem) -> dict[str, Any]:
    return {"name": stem.said.name, "role": stem.said.role, "gain_db": stem.said.gain_db}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as exc:
        raise UsageWrong(f"{path.name} cannot be read.", "Name the RECEIPT.json that lay with the stems.") from exc
