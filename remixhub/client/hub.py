"""`Hub`: one hub, as one account or as a visitor."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from remixhub.client import credentials
from remixhub.client.entering import Entering
from remixhub.client.generated import schemas
from remixhub.client.generated.operations import Operations
from remixhub.client.memory import remembered
from remixhub.client.mixing import Mixing
from remixhub.client.pulling import Pull, Pulled
from remixhub.client.pushing import Push, Pushed, PushWishes
from remixhub.client.signing_in import access_of
from remixhub.client.stem_folder import read_folder
from remixhub.client.telling import Silent, Teller
from remixhub.client.watching import SETTLED_SECONDS, watch
from remixhub.client.wire import PATIENCE_SECONDS, PlainToken, Wire


class Hub:
    """All methods raise `ClientFailure`: `Refused` for the hub's problems, `Unreachable`, `FileDamaged` and others.

    `api` has every operation of the API with types. Without `url` it is the hub of REMIXHUB_HUB or the one that
    `remixhub login` was last used for; without `token`, REMIXHUB_TOKEN's or what `login` has kept, or a visitor's.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        tell: Teller | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        config: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._config = config or credentials.folder(environ)
        kept = credentials.Credentials(self._config)
        self.url = kept.chosen(url or environ.get("REMIXHUB_HUB"))
        said = token or environ.get("REMIXHUB_TOKEN")
        self.tell = tell or Silent()
        access = PlainToken(said) if said else access_of(kept, self.url, self.tell)
        self.wire = Wire(self.url, access, patience_seconds=patience_seconds, tell=self.tell)
        self.api = Operations(self.wire)

    def whoami(self) -> schemas.Account:
        return self.api.get_account()

    def push(
        self,
        folder: Path | str,
        *,
        title: str | None = None,
        licence: str | None = None,
        publish: bool = False,
        new_version: bool = False,
        note: str = "",
        force: bool = False,
        wait: bool = True,
        work: str | None = None,
    ) -> Pushed:
        """A folder of stems becomes a draft, or what was made of it follows the folder (docs/client.md)."""
        read = read_folder(Path(folder), title=title, licence=licence)
        wishes = PushWishes(publish, new_version, note, force, wait, work)
        with remembered(self.url, read.path, self._config) as memory:
            return Push(self.wire, self.api, memory, self.tell, read, wishes).run()

    def pull(self, what: str, into: Path | str = ".", *, format: str | None = None) -> list[Pulled]:
        """A work, or all works of a collection, by id or address; `format` is one of the exports'."""
        return Pull(self.wire, self.api, self.tell, Path(into), format).run(what)

    def mix(
        self,
        spec: Path | str | Mapping[str, Any],
        *,
        work: str | None = None,
        title: str | None = None,
        out: Path | str | None = None,
        format: str | None = None,
    ) -> tuple[schemas.Mix, Path]:
        """Rendered by the hub; the mix, and the file that it was downloaded to."""
        said = Path(spec) if isinstance(spec, str) else spec
        to = Path(out) if out is not None else None
        return Mixing(self.wire, self.api, self.tell).run(said, work=work, title=title, out=to, format=format)

    def enter(
        self,
        contest: str,
        *,
        file: Path | str | None = None,
        work: str | None = None,
        title: str | None = None,
        note: str = "",
        accept: bool = False,
    ) -> schemas.ReceiptOfEntry:
        """`accept` says that its rules were read; they are told, and asked for, otherwise."""
        entering = Entering(self.wire, self.api, self.tell)
        if file is None:
            return entering.run(contest, work=work, note=note, accept=accept)
        path = Path(file).resolve()
        with remembered(f"{self.url}\n{contest}", path, self._config) as memory:
            return entering.run(contest, file=path, memory=memory, title=title, note=note, accept=accept)

    def watch(self, folder: Path | str, *, settled_seconds: float = SETTLED_SECONDS, **wishes: Any) -> None:
        """Pushes on each save, with the `wishes` of `push`, until KeyboardInterrupt."""
        path = Path(folder)
        read_folder(path)
        watch(path, lambda: self.push(path, **wishes), self.tell, settled_seconds=settled_seconds)
