"""`mix`: a mix spec is rendered by the hub from a work's stems, and comes back as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

from remixhub.client.addresses import id_in
from remixhub.client.downloading import fetch
from remixhub.client.failures import ClientFailure, FileInvalid, UsageWrong
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.telling import Teller
from remixhub.client.uploading import patiently
from remixhub.client.wire import Wire
from remixhub.domain.filenames import download_name
from remixhub.domain.stems.archive import stem_file_name

_LARGEST_BYTES = 5_000_000


class MixRefused(ClientFailure):
    code = "mix_refused"


class Mixing:
    def __init__(self, wire: Wire, api: Operations, tell: Teller) -> None:
        self._wire, self._api, self._tell = wire, api, tell

    def run(
        self,
        spec: Path | Mapping[str, Any],
        *,
        work: str | None = None,
        title: str | None = None,
        out: Path | None = None,
        format: str | None = None,
    ) -> tuple[schemas.Mix, Path]:
        """`spec` names stems by id, by name or by file; beside a pulled pack, `work` is known. `format` is one of
        `wav`, `flac`, `mp3`, `opus`; without it, the full-quality render comes as it is.
        """
        beside = spec.parent if isinstance(spec, Path) else None
        read = _read(spec) if isinstance(spec, Path) else dict(spec)
        work_id = id_in(work, "works", self._wire.url) if work else _pulled_work(beside)
        pack_id = self._api.get_work(work_id)["stem_pack_id"]
        if pack_id is None:
            raise UsageWrong("This work has no stems to be mixed.", "Name another one with --work.")
        pack = self._api.get_stem_pack(pack_id)
        body: dict[str, Any] = {"stem_pack_id": pack_id, "spec": named_by_id(read, pack["stems"])}
        mix = self._api.create_mix(cast("schemas.NewMix", {**body, **({"title": title} if title else {})}))
        self._tell.say("mix_made", f"mix {mix['title'] or mix['id']}", mix_id=mix["id"], work_id=work_id)
        mix = self._rendered(mix["id"])
        ending = PurePosixPath(urlsplit(str(mix["mixdown_url"])).path).suffix if format is None else f".{format}"
        to = out or Path(download_name(f"{mix['title'] or 'mix ' + mix['id'][:8]}{ending}"))
        fetch(self._wire, lambda: self._address(mix["id"], format), to, self._tell, to.name)
        self._tell.say("mix_pulled", f"{to}", mix_id=mix["id"], path=str(to), lufs=mix["integrated_lufs"])
        return mix, to

    def _rendered(self, mix_id: str) -> schemas.Mix:
        for mix in patiently(self._wire, lambda: self._api.get_mix(mix_id)):
            if mix["state"] == "refused":
                refusal = mix["refusal"] or {"code": "mix_refused", "detail": "The hub refused the mix."}
                raise MixRefused(str(refusal["detail"]), code=str(refusal["code"]))
            if mix["state"] == "ready" and mix["mixdown_url"]:
                for warning in mix["warnings"]:
                    self._tell.say("warning", warning["detail"], code=warning["code"])
                return cast("schemas.Mix", mix)
            self._tell.waiting(f"the hub mixes ({mix['progress']['percent']:.0f} %)")
        raise AssertionError("patience has no end")

    def _address(self, mix_id: str, format: str | None) -> str:
        """Anew for each attempt, since addresses are good for a while."""
        return str(self._api.get_mix(mix_id)["mixdown_url"]) if format is None else self._file(mix_id, format)

    def _file(self, mix_id: str, format: str) -> str:
        body = cast("schemas.NewMixFile", {"format": format})
        for made in patiently(self._wire, lambda: self._api.order_mix_file(mix_id, body)):
            file = cast("schemas.MixFile", made)
            if file["state"] == "ready" and file["url"]:
                return str(file["url"])
            if file["state"] == "failed":
                raise MixRefused(f"The hub cannot make {format}: {file['failure']}", "Try another format.")
            self._tell.waiting(f"the hub makes {format} ({file['percent']:.0f} %)")
        raise AssertionError("patience has no end")


def named_by_id(spec: Mapping[str, Any], stems: list[schemas.Stem]) -> dict[str, Any]:
    """The spec with ids in place of names. Raises FileInvalid for a name that is no stem's, or several stems'."""
    named = dict[str, set[str]]()
    for stem in stems:
        file = stem_file_name(stem["position"], stem["name"], stem["container"])
        for known in (stem["id"], stem["name"], stem["filename"], file):
            named.setdefault(known, set()).add(stem["id"])
    lanes = spec.get("lanes")
    if not isinstance(lanes, list):
        raise FileInvalid("/lanes", "has to be a list.", "docs/mix-spec.md says what a mix spec is.")
    written = []
    for number, lane in enumerate(lanes):
        name = lane.get("stem") if isinstance(lane, dict) else None
        ids = named.get(name, set()) if isinstance(name, str) else set()
        if len(ids) != 1:
            names = ", ".join(repr(stem["name"]) for stem in stems[:8])
            reason = "is the name of several stems" if ids else "is no stem of this work"
            raise FileInvalid(f"/lanes/{number}/stem", f"{name!r} {reason}.", f"Its stems are {names}.")
        written.append({**lane, "stem": next(iter(ids))})
    return {**{name: value for name, value in spec.items() if name != "stems"}, "lanes": written}


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise UsageWrong(f"{path} cannot be read: {exc.strerror}.", "Name the file of a mix spec.") from exc
    except (ValueError, RecursionError) as exc:
        raise FileInvalid(str(path), "is no JSON.", "docs/mix-spec.md says what a mix spec is.") from exc
    if not isinstance(read, dict):
        raise FileInvalid(str(path), "is no mix spec.", "docs/mix-spec.md says what one is.")
    return read


def _pulled_work(folder: Path | None) -> str:
    """Of a spec that lies beside pulled stems."""
    try:
        return str(json.loads(((folder or Path()) / "work.json").read_text(encoding="utf-8"))["id"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise UsageWrong("Nothing says whose stems are mixed.", "Name the work with --work.") from exc
