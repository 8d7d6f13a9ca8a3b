"""`pull`: a work or a collection as folders of stems, with licence, credits and receipt; or as a program's sessions."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remixhub.client.addresses import place_in
from remixhub.client.downloading import AtMost, fetch, has_digest, require_digest
from remixhub.client.failures import ClientFailure, FileDamaged, Refused
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.telling import Teller
from remixhub.client.uploading import patiently, shown_bytes
from remixhub.client.wire import Wire
from remixhub.domain.filenames import download_name

_MANIFEST = "manifest.json"
_ENDINGS = {"dawproject": ".dawproject", "stems": ".stem.mp4", "stems_alac": " (lossless).stem.mp4"}
_LARGEST_TEXT_BYTES = 50_000_000
_MOST_FILES = 2_000
_MOST_RATIO = 10
"""Of what a ZIP unpacks to: the hub stores sound as it is."""
_LARGEST_PREVIEW_BYTES = 2 * 1024**3
_ROOM = ". (lossless).stem.mp4.unpacking.part"
"""What stands around a name, at most, while it arrives."""
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError)


@dataclass(frozen=True)
class Pulled:
    work_id: str
    title: str
    path: Path
    """A folder, or the one file of a session."""
    files: Sequence[str]
    """Below the folder."""
    was_there: bool = False
    """All of it, verified, from an earlier time."""


class NothingToPull(ClientFailure):
    code = "nothing_to_pull"


class Pull:
    def __init__(self, wire: Wire, api: Operations, tell: Teller, into: Path, format: str | None = None) -> None:
        self._wire, self._api, self._tell = wire, api, tell
        self._into, self._format = into, format

    def run(self, what: str) -> list[Pulled]:
        """`what` is an id or an address of a work or of a collection."""
        kind, found = place_in(what, self._wire.url)
        if kind == "collections":
            return self._collection(self._api.get_collection(found), self._into)
        try:
            return [self._work(found, self._into)]
        except Refused as exc:
            if kind == "works" or exc.status != 404:
                raise
            try:
                collection = self._api.get_collection(found)
            except Refused:
                raise exc from None
            return self._collection(collection, self._into)

    def _collection(self, collection: schemas.Collection, into: Path) -> list[Pulled]:
        folder = into / download_name(collection["title"], "")
        folder.mkdir(parents=True, exist_ok=True)
        pulled = []
        for number, one in enumerate(collection["works"], 1):
            work = one["work"]
            self._tell.say(
                "collected",
                f"{number} of {len(collection['works'])}: {work['title']}",
                number=number,
                work_id=work["id"],
                title=work["title"],
            )
            try:
                pulled.append(self._work(work["id"], folder))
            except (NothingToPull, Refused) as exc:
                if isinstance(exc, Refused) and exc.status not in (403, 404, 409, 410):
                    raise
                self._tell.say("left_out", f"{work['title']}: {exc}", work_id=work["id"], code=exc.code)
        _write_json(folder / "collection.json", collection)
        return pulled

    def _work(self, work_id: str, into: Path) -> Pulled:
        work = self._api.get_work(work_id)
        title = f"{work['artist']['display_name']} - {work['title']}"
        name = download_name(title, _ROOM).removesuffix(_ROOM)
        if work["stem_pack_id"] is None:
            return self._whole_piece(work, into / name)
        if self._format is not None:
            return self._session(work, into, name, self._format)
        pack = self._api.get_stem_pack(work["stem_pack_id"])
        return self._pack(work, pack, into / download_name(name, f" (stems v{_version(pack)})"))

    def _pack(self, work: schemas.Work, pack: schemas.StemPack, folder: Path) -> Pulled:
        """The hub's ZIP, unpacked: it holds the stems as they are given out, licence, receipt and their digests."""
        files = _all_there(folder, pack)
        was_there = files is not None
        if files is None:
            archive = folder.with_name(f".{folder.name}.zip")
            if not archive.is_file():
                fetch(self._wire, self._archive_address(pack["id"]), archive, self._tell, work["title"])
            self._tell.waiting(f"{work['title']}: unpacking and verifying")
            files = unpack(archive, folder)
            archive.unlink()
        self._beside(work, folder)
        self._tell.say(
            "pulled",
            f"{folder}: {len(files)} files, verified" + (", there already" if was_there else ""),
            work_id=work["id"],
            path=str(folder),
            files=len(files),
            was_there=was_there,
        )
        return Pulled(work["id"], work["title"], folder, files, was_there)

    def _archive_address(self, stem_pack_id: str) -> Callable[[], AtMost]:
        look, order = self._api.get_stem_pack_archive, self._api.order_stem_pack_archive
        return lambda: self._built(lambda: look(stem_pack_id), lambda: order(stem_pack_id), "the ZIP")

    def _session(self, work: schemas.Work, into: Path, name: str, format: str) -> Pulled:
        pack_id = str(work["stem_pack_id"])
        path = into / download_name(name, _ENDINGS.get(format, f" ({format}).zip"))
        if not path.is_file():
            look: Any = self._api.get_stem_pack_export
            order: Any = self._api.order_stem_pack_export
            fetch(
                self._wire,
                lambda: self._built(lambda: look(pack_id, format), lambda: order(pack_id, format), format),
                path,
                self._tell,
                path.name,
            )
            if not _is_whole(path):
                path.unlink()
                raise FileDamaged(f"{path.name} arrived damaged.", "Pull again.")
        size = shown_bytes(path.stat().st_size)
        self._tell.say("pulled", f"{path}: {size}", work_id=work["id"], path=str(path), files=1, was_there=False)
        return Pulled(work["id"], work["title"], path, (path.name,))

    def _whole_piece(self, work: schemas.Work, folder: Path) -> Pulled:
        """Of a work without stems there is what everybody hears."""
        if work["preview_url"] is None or self._format is not None:
            raise NothingToPull(f"“{work['title']}” has no stems.", f"Hear it at {self._wire.url}/works/{work['id']}.")
        address = str(work["preview_url"])
        path = folder / "preview.mp3"
        if not path.is_file():
            fetch(
                self._wire, lambda: AtMost(self._led(address), _LARGEST_PREVIEW_BYTES), path, self._tell, work["title"]
            )
        self._beside(work, folder)
        text = f"{folder}: no stems, so its preview"
        self._tell.say("pulled", text, work_id=work["id"], path=str(folder), files=1, was_there=False)
        return Pulled(work["id"], work["title"], folder, (path.name,))

    def _led(self, address: str) -> str:
        """Where an address of the hub leads, without following with the token."""
        if not address.startswith(f"{self._wire.url}/"):
            return address
        answer = self._wire.once("GET", address, headers=self._wire.own_headers(address))
        return answer.headers.get("Location", address)

    def _beside(self, work: schemas.Work, folder: Path) -> None:
        """What is asked anew each time: credits may have become right since."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "CREDITS.txt").write_bytes(self._api.write_credits(work["id"], "txt"))
        _write_json(folder / "work.json", work)

    def _built(self, look: Callable[[], schemas.Archive], order: Callable[[], schemas.Archive], what: str) -> AtMost:
        """Where that is what a worker makes on demand."""
        is_ordered = False
        for archive in patiently(self._wire, look):
            if archive["state"] == "ready" and archive["url"]:
                return AtMost(str(archive["url"]), int(archive["size_bytes"] or 0))
            if archive["state"] == "failed" and is_ordered:
                raise ClientFailure(f"The hub cannot make {what}: {archive['failure']}", "Try again later.")
            if archive["state"] in ("absent", "failed"):
                order()
                is_ordered = True
            self._tell.waiting(f"the hub makes {what} ({archive['progress']['percent']:.0f} %)")
        raise AssertionError("patience has no end")


def _is_whole(path: Path) -> bool:
    """Of ZIPs, by their checksums; of others the length was right."""
    if not zipfile.is_zipfile(path):
        return path.suffix == ".mp4"
    try:
        with zipfile.ZipFile(path) as opened:
            _require_modest(opened, path)
            return opened.testzip() is None
    except (*_BROKEN, FileDamaged):
        return False


def _require_modest(opened: zipfile.ZipFile, path: Path) -> None:
    """Before anything of it is unpacked. Raises FileDamaged."""
    entries = opened.infolist()
    if len(entries) > _MOST_FILES:
        raise FileDamaged("The ZIP holds too many files.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise FileDamaged("The ZIP is packed in a way that the hub does not use.")
    if sum(entry.file_size for entry in entries) > _MOST_RATIO * path.stat().st_size + _LARGEST_TEXT_BYTES:
        raise FileDamaged("The ZIP holds more than it says: unpacked it would be far larger.")


def unpack(archive: Path, folder: Path) -> list[str]:
    """The files of a pack's ZIP, each stem held to the digest that the manifest has of it; all of them or none.

    Raises FileDamaged. Names that would leave the folder, or that the manifest does not know, are refused.
    """
    half = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            _require_modest(opened, archive)
            digests = _digests(_text(opened, _MANIFEST))
            for entry in opened.infolist():
                name = _trusted(entry.filename)
                if name not in digests and entry.file_size > _LARGEST_TEXT_BYTES:
                    raise FileDamaged(f"The ZIP holds more than it says: {name!r}.")
                with opened.open(entry) as source, (half / name).open("xb") as target:
                    shutil.copyfileobj(source, target, 2**20)
                if name in digests:
                    require_digest(half / name, digests[name], name)
    except _BROKEN as exc:
        shutil.rmtree(half, ignore_errors=True)
        if isinstance(exc, OSError) and exc.errno is not None and not isinstance(exc, FileExistsError):
            raise ClientFailure(f"{folder} cannot be written: {exc.strerror}.", "Make room, then pull again.") from exc
        archive.unlink()
        raise FileDamaged(f"The ZIP arrived damaged: {exc}.", "Pull again.") from exc
    except FileDamaged:
        shutil.rmtree(half, ignore_errors=True)
        archive.unlink()
        raise
    missing = [name for name in digests if not (half / name).is_file()]
    if missing:
        shutil.rmtree(half, ignore_errors=True)
        archive.unlink()
        raise FileDamaged(f"The ZIP lacks {missing[0]!r}.", "Pull again.")
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(one.name for one in half.iterdir())
    for name in names:
        (half / name).replace(folder / name)
    half.rmdir()
    return names


def _version(pack: schemas.StemPack) -> int:
    """Raises FileDamaged, for what becomes a part of a path is what it should be."""
    try:
        return int(pack["version"])
    except (TypeError, ValueError) as exc:
        raise FileDamaged(f"The hub's pack has no version that is a number: {pack['version']!r}.") from exc


def _trusted(name: str) -> str:
    """Of a file in a pack. Raises FileDamaged."""
    if download_name(name) != name:
        raise FileDamaged(f"The ZIP holds a name that is not to be trusted: {name!r}.")
    return name


def _all_there(folder: Path, pack: schemas.StemPack) -> list[str] | None:
    """The files of this version, if all are there with their digests."""
    try:
        text = (folder / _MANIFEST).read_text(encoding="utf-8")
        is_this = json.loads(text)["stem_pack"]["digest"] == pack["digest"]
        digests = _digests(text)
    except (OSError, ValueError, KeyError, TypeError, FileDamaged):
        return None
    if not is_this or not all(has_digest(folder / name, sha256) for name, sha256 in digests.items()):
        return None
    return sorted([*digests, _MANIFEST])


def _digests(manifest: str) -> Mapping[str, str]:
    """SHA-256 by file name."""
    try:
        stems = json.loads(manifest)["stems"]
        return {_trusted(str(one["file"])): str(one["sha256"]) for one in stems}
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise FileDamaged("The pack does not say what is in it.", "Pull again.") from exc


def _text(opened: zipfile.ZipFile, name: str) -> str:
    for entry in opened.infolist():
        if entry.filename == name and entry.file_size <= _LARGEST_TEXT_BYTES:
            return opened.read(entry).decode()
    raise FileDamaged("The pack does not say what is in it.", "Pull again.")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
