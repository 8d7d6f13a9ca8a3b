"""`enter`: a remix into a contest, after its rules were shown and accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from remixhub.client.addresses import id_in
from remixhub.client.failures import Refused, Undecided, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory
from remixhub.client.telling import Teller
from remixhub.client.uploading import Uploader, patiently
from remixhub.client.wire import Wire

_CONTEST_LICENCE = "LicenseRef-contest-"


class Entering:
    def __init__(self, wire: Wire, api: Operations, tell: Teller) -> None:
        self._wire, self._api, self._tell = wire, api, tell

    def run(
        self,
        contest: str,
        *,
        work: str | None = None,
        file: Path | None = None,
        memory: Memory | None = None,
        title: str | None = None,
        note: str = "",
        accept: bool = False,
    ) -> schemas.ReceiptOfEntry:
        """Either one's own remix `work`, or a sound `file` that becomes one, with `memory` of it."""
        found = self._api.get_contest(id_in(contest, "contests", self._wire.url))
        source = self._source(found)
        self._show(found, source)
        if not accept and not self._tell.ask("Do you accept these rules and enter?"):
            raise Undecided("The rules were not accepted.", "Read them, then enter with --accept.")
        if work is not None:
            work_id = id_in(work, "works", self._wire.url)
        elif file is not None and memory is not None:
            work_id = self._remix(found, source, file, memory, title)
        else:
            raise UsageWrong("Nothing says what is entered.", "Name a sound file, or one's own remix with --work.")
        receipt = self._api.submit_entry(found["id"], {"work_id": work_id, "note": note})
        self._tell.say(
            "entered",
            f"entry of {self._wire.url}/works/{work_id}: {receipt['verdict']}",
            contest_id=found["id"],
            work_id=work_id,
            receipt=receipt,
        )
        return receipt

    def _source(self, contest: schemas.Contest) -> schemas.Work:
        """What is to be remixed: the contest's release, or what was dealt to oneself."""
        source_id = contest["release_id"]
        if source_id is None:
            source_id = self._api.get_contest_sign_up(contest["id"])["dealt_work_id"]
        if source_id is None:
            raise UsageWrong(
                "This contest has not dealt its sources yet.", "Sign up on its page and wait for the deal."
            )
        return self._api.get_work(source_id)

    def _show(self, contest: schemas.Contest, source: schemas.Work) -> None:
        rules = contest["terms_in_plain_words"]
        told = [
            f"{contest['title']}, by {contest['label_name']}: {contest['phase']}, closes {contest['closes_at']}",
            contest["brief"],
            f"To be remixed: “{source['title']}” by {source['artist']['display_name']} ({source['licence']})",
            *(f"· {rule}" for rule in rules),
        ]
        text = "\n".join(line for line in told if line)
        facts: dict[str, Any] = {"rules": rules, "terms_sha256": contest["terms_sha256"]}
        licence = self._contest_licence(source)
        if licence is not None:
            text += f"\n\n{licence['title']}\n{licence['text']}"
            facts["licence_sha256"] = licence["text_sha256"]
        self._tell.say("rules", text, contest_id=contest["id"], **facts)

    def _contest_licence(self, source: schemas.Work) -> schemas.ReadContestLicence | None:
        if not source["licence"].startswith(_CONTEST_LICENCE):
            return None
        return self._api.get_contest_licence(source["licence"])

    def _remix(
        self, contest: schemas.Contest, source: schemas.Work, file: Path, memory: Memory, title: str | None
    ) -> str:
        """A draft of its own; published where entries are public, as the contest asks for."""
        licence = self._contest_licence(source)
        if licence is not None and licence["accepted_at"] is None:
            self._api.accept_contest_licence(licence["id"], {"text_sha256": licence["text_sha256"]})
        if not file.is_file():
            raise UsageWrong(f"{file} is no file.", "Name the sound of your remix.")
        uploader = Uploader(self._wire, self._api, memory, self._tell)
        sha256 = uploader.digest(file.name, file)
        work = self._known(memory) if memory.put == [sha256] else None
        if work is None:
            uploader.send(file.name, file, "remix")
            uploader.wait_until_checked(file.name)
            body = {
                "title": title or f"{source['title']} (remix)",
                "sources": [{"source_id": source["id"]}],
                "upload_id": memory.files[file.name].upload_id,
            }
            work = self._api.create_remix(cast("schemas.NewRemix", body))
            memory.work_id, memory.put = work["id"], [sha256]
            uploader.used(file.name)
            memory.keep()
            self._tell.say("draft_made", f"remix made: {self._wire.url}/works/{work['id']}", work_id=work["id"])
        work_id = work["id"]
        for ready in patiently(self._wire, lambda: self._api.get_work(work_id)):
            if ready["audio_state"] != "pending":
                break
            self._tell.waiting("the hub reads the remix")
        if contest["terms"].get("sealing") == "public" and work["state"] == "draft":
            self._api.publish_work(work_id)
        return work_id

    def _known(self, memory: Memory) -> schemas.Work | None:
        if memory.work_id is None:
            return None
        try:
            return self._api.get_work(memory.work_id)
        except Refused as exc:
            if exc.status != 404:
                raise
            memory.forget_work()
            return None
