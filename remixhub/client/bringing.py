"""What a folder brings into a work that can be edited: facts, stems, the mix, the cover; only what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from remixhub.client.failures import Refused
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import Memory
from remixhub.client.stem_folder import PlannedStem, StemFolder
from remixhub.client.telling import Teller
from remixhub.client.uploading import Uploader
from remixhub.client.wire import Wire

FACTS_OF_WORK = (
    "title", "description", "licence", "tempo_bpm", "key", "tags", "credits", "inherited_shares",
)  # fmt: skip


class Bringing:
    def __init__(self, wire: Wire, api: Operations, memory: Memory, tell: Teller, folder: StemFolder) -> None:
        self._wire, self._api, self._memory, self._tell, self._folder = wire, api, memory, tell, folder
        self._uploader = Uploader(wire, api, memory, tell)
        self._changes = list[str]()
        self._sent_files = 0

    def _bring_facts(self, work: schemas.Work) -> None:
        """Only what changed here since it was last sent: what was edited at the hub stays."""
        wanted = {name: value for name, value in self._folder.facts.items() if name in FACTS_OF_WORK}
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

    def _bring_stems(self, work: schemas.Work, pack: schemas.StemPack, digests: Mapping[str, str]) -> None:
        """All files are sent first, so that the hub checks one while the next is on its way."""
        there = by_file(pack["stems"], digests)
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

    def _edited(self, work_id: str, edit: Callable[[int], object]) -> None:
        """At the revision that is there now; once more where somebody else was quicker."""
        for attempt in (1, 2, 3):
            try:
                edit(self._api.get_work(work_id)["revision"])
                return
            except Refused as exc:
                if exc.status != 412 or attempt == 3:
                    raise

    def _changed(self, event: str, text: str, **facts: Any) -> None:
        self._changes.append(text)
        self._tell.say(event, text, **facts)

    def _url(self, work: schemas.Work) -> str:
        return f"{self._wire.url}/works/{work['id']}"


def by_file(stems: Sequence[schemas.Stem], digests: Mapping[str, str]) -> dict[str, schemas.Stem]:
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
