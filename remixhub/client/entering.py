"""`enter`: a remix into a contest, after its rules were shown and accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from remixhub.client.addresses import id_in
from remixhub.client.failures import ClientFailure, Refused, Undecided, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory
from remixhub.client.telling import Teller
from remixhub.client.uploading import Uploader, patiently
from remixhub.client.wire import Wire

_CONTEST_LICENCE = "LicenseRef-contest-"
_HOSTS = ("owner", "manager")


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
        work_id = id_in(work, "works", self._wire.url) if work is not None else memory.work_id if memory else None
        self._require_enterable(found, work_id, has_stems=work is not None)  # before anything is sent or public
        source = self._source(found)
        self._show(found, source, is_made_public=file is not None and _is_public(found))
        if not accept and not self._tell.ask("Do you accept these rules and enter?"):
            raise Undecided("The rules were not accepted.", "Read them, then enter with --accept.")
        if work is None and file is not None and memory is not None:
            work_id = self._remix(found, source, file, memory, title)
        if work_id is None:
            raise UsageWrong("Nothing says what is entered.", "Name a sound file, or one's own remix with --work.")
        try:
            receipt = self._api.submit_entry(found["id"], {"work_id": work_id, "note": note})
        except ClientFailure as exc:
            if work is None:
                _say_what_is_there(exc, f"{self._wire.url}/works/{work_id}", is_public=_is_public(found))
            raise
        self._tell.say(
            "entered",
            f"entry of {self._wire.url}/works/{work_id}: {receipt['verdict']}",
            contest_id=found["id"],
            work_id=work_id,
            receipt=receipt,
        )
        return receipt

    def _require_enterable(self, contest: schemas.Contest, work_id: str | None, *, has_stems: bool) -> None:
        """Raises ClientFailure under the hub's own codes for what can be known before the entry."""
        if contest["phase"] != "open":
            dates = f"it opens at {contest['opens_at']} and closes at {contest['closes_at']}"
            raise ClientFailure(f"The contest takes no entries now: {dates}.", code="contest_phase_wrong")
        if contest["my_role"] in _HOSTS and not contest["is_secret_remixer"]:
            raise ClientFailure("Its label's owners and managers cannot enter a contest.", code="entrant_is_host")
        if contest["am_judge"]:
            raise ClientFailure("You judge this contest.", code="entrant_is_judge")
        if contest["terms"].get("needs_own_stems") and not has_stems:
            raise ClientFailure(
                "The contest asks for the stems of your remix too.",
                "Push them as a folder whose release.toml names the source, then enter with --work.",
                code="entry_without_stems",
            )
        entries = self._api.list_own_entries(contest["id"])["entries"]
        standing = [one for one in entries if one["state"] in ("counted", "ruled_out")]
        if any(one["work_id"] == work_id for one in standing):
            raise ClientFailure("This remix is entered already.", code="entry_twice")
        allowed = contest["terms"].get("entries_per_account", 1)
        if len(standing) >= allowed:
            raise ClientFailure(
                f"You have {len(standing)} of the {allowed} that the terms allow each account.",
                f"Take one back or replace it at {self._wire.url}/contests/{contest['id']}.",
                code="entry_limit_reached",
            )

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

    def _show(self, contest: schemas.Contest, source: schemas.Work, *, is_made_public: bool) -> None:
        rules = contest["terms_in_plain_words"]
        told = [
            f"{contest['title']}, by {contest['label_name']}: {contest['phase']}, closes {contest['closes_at']}",
            contest["brief"],
            f"To be remixed: “{source['title']}” by {source['artist']['display_name']} ({source['licence']})",
            *(f"· {rule}" for rule in rules),
            "Entries of this contest are public: your remix is published just before it is entered."
            if is_made_public
            else "",
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
        if _is_public(contest) and work["state"] == "draft":
            # sending may have taken hours
            self._require_enterable(self._api.get_contest(contest["id"]), work_id, has_stems=False)
            self._api.publish_work(work_id)
            self._tell.say("published", f"remix published: {self._wire.url}/works/{work_id}", work_id=work_id)
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


def _is_public(contest: schemas.Contest) -> bool:
    return bool(contest["terms"].get("sealing") == "public")


def _say_what_is_there(failure: ClientFailure, url: str, *, is_public: bool) -> None:
    """It is not withdrawn by itself: others may have heard it, and a tombstone would stay."""
    told = f"Your remix at {url} is a draft still, which nobody else sees."
    if is_public:
        told = f"But your remix is public now: {url}. Enter it with --work, or withdraw it on that page."
    failure.advice = f"{told} {failure.advice}".strip()
    failure.args = (f"{failure.detail} {failure.advice}",)
