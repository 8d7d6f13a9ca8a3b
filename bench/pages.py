"""What a reading page costs beside a view that only hands out as many bytes, through the same app and all its hooks."""

from __future__ import annotations

import gc
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import flask
import sqlalchemy as sa

from bench.lineage import settings_of
from bench.runs import Figure
from remixhub.app import create_app
from remixhub.compose import build_parts
from remixhub.models import BrowserSession, Original, StemPack, Work, now
from remixhub.models.migrate import upgrade
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import JURY, ContestStage

ROUNDS, ASKED_A_ROUND, WARM_UP = 7, 40, 20
STEMS, REMIXES, ENTRIES, WORKS, RELEASES = 6, 10, 8, 60, 8
_COOKIE = "remixhub_session=session-of-host"
_ACCEPTED = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br, zstd", "Sec-Fetch-Site": "same-origin"}
"""As a browser asks from a page, so that answers are compressed."""


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="remixhub-bench-") as folder, stage(Path(folder)) as (hub, pages):
        for name, (address, cookie) in pages.items():
            yield _figure(f"page_cpu_vs_trivial_{name}", hub, address, {"Cookie": cookie} if cookie else {})
        work = pages["work"][0]
        for name, address in (
            ("work", f"/api/v1{work}"),
            ("works", "/api/v1/works"),
            ("lineage", f"/api/v1{work}/lineage"),
        ):
            yield _figure(f"api_{name}_cpu_vs_trivial", hub, address, {})


def _figure(name: str, hub: Hub, address: str, who: Mapping[str, str]) -> Figure:
    """Round by round the CPU time of this process, the page and the trivial view in turn; the median of the rounds."""
    body = hub.app.extensions["bench"] = _asking(hub, address, who)()
    page, trivial = _asking(hub, address, {**who, **_ACCEPTED}), _asking(hub, "/bench", {**who, **_ACCEPTED})
    for _ in range(WARM_UP):
        page()
        trivial()
    rounds = [(_cpu_ms(page), _cpu_ms(trivial)) for _ in range(ROUNDS)]
    ratio = round(statistics.median(ours / theirs for ours, theirs in rounds), 2)
    ours_ms, theirs_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
    baseline = f"a view of {len(body):,} bytes and nothing else; {ours_ms:.2f} ms against {theirs_ms:.2f} ms"
    return Figure(name, ratio, "ratio", baseline, ratio)


def _cpu_ms(ask: Callable[[], bytes]) -> float:
    began = time.process_time()
    for _ in range(ASKED_A_ROUND):
        ask()
    return (time.process_time() - began) * 1000 / ASKED_A_ROUND


def _asking(hub: Hub, address: str, headers: Mapping[str, str]) -> Callable[[], bytes]:
    """As a server calls the app."""
    environ = hub.app.test_request_context(address, headers=headers).request.environ
    given = {name: value for name, value in environ.items() if not name.startswith(("werkzeug.", "flask."))}

    def ask() -> bytes:
        status = []
        answer = hub.app.wsgi_app({**given, "wsgi.input": BytesIO()}, lambda line, *_: status.append(line))
        body = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        assert status[0].startswith("200"), f"{address}: {status[0]}"
        return body

    return ask


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Hub, Mapping[str, tuple[str, str]]]]:
    """A hub of one artist, who is a label, and many fans; each page with its address and the cookie of who asks."""
    settings = settings_of(
        f"sqlite:///{Path(folder, 'hub.db')}", log_level="WARNING", limit_requests=0, keep_pages_seconds=0
    )
    upgrade(settings.database_url)
    hub = Hub(create_app(settings, build_parts(settings)), build_parts(settings))
    hub.app.extensions["remixhub"] = hub.parts
    hub.app.add_url_rule("/bench", view_func=_hand_out)
    pages = _pages(hub)
    gc.collect()
    gc.freeze()  # as wsgi.py does
    yield hub, pages
    hub.parts.close()


def _hand_out() -> flask.Response:
    return flask.Response(flask.current_app.extensions["bench"], mimetype="text/html")


def _pages(hub: Hub) -> dict[str, tuple[str, str]]:
    contests = ContestStage(hub)
    host = contests.label()
    songs = [contests.give_audio(contests.catalogue.work(f"Song {n}", by="host")) for n in range(WORKS)]
    roots = [
        contests.give_audio(contests.catalogue.work(f"Root {n}", by=f"fan{n}", credits=_credits(n))) for n in range(2)
    ]
    work = contests.give_audio(contests.catalogue.work("Harbour at night", roots, by="host", credits=_credits(3)))
    _add_stems(contests, work)
    remixes = [contests.remix(f"fan{n}", work, title=f"Remix {n}") for n in range(REMIXES)]
    for n, one in enumerate(remixes[:5]):
        contests.remix(f"fan{n + 5}", one, title=f"Remix of remix {n}")
    opened = contests.opened({**JURY, "prizes": ["A synth"]})
    for n in range(ENTRIES):
        assert contests.enter(f"fan{n}", opened).status_code == 201
    for song in songs[:RELEASES]:
        assert host.post("/labels/nightshift/releases", {"work_id": song}).status_code == 204
    _sign_in(hub, contests.catalogue.account("host"))
    return {
        "home": ("/", ""),
        "work": (f"/works/{work}", ""),
        "lineage": (f"/works/{work}/lineage", ""),
        "contest": (f"/contests/{opened['id']}", ""),
        "label": ("/labels/nightshift", ""),
        "profile": ("/@host", ""),
        "own_works": ("/my/works", _COOKIE),
        "listing": ("/?kind=release", _COOKIE),
    }


def _add_stems(contests: ContestStage, work_id: str) -> None:
    pack_id, _ = contests.catalogue.pack(work_id, [contests.catalogue.original(f"{n:064x}") for n in range(STEMS)])
    measured = {"integrated_lufs": -14.2, "true_peak_dbtp": -1.1}
    with contests.hub.parts.database.writing() as session:
        session.execute(sa.update(Original).values(measurements=measured))
        session.execute(sa.update(StemPack).where(StemPack.id == pack_id).values(tempo_bpm=120.0, key="A minor"))
        printed = {"print_digest": "0" * 64, "printed_revision": Work.revision}
        facts = {"description": "Recorded at the quay.\n" * 5, "tags": ["night", "harbour", "dub"], **printed}
        session.execute(sa.update(Work).values(**facts))


def _credits(n: int) -> list[dict[str, str]]:
    return [{"name": f"Player {n}", "role": "bass"}, {"name": f"Singer {n}", "role": "vocals"}]


def _sign_in(hub: Hub, account_id: str) -> None:
    """Seen just now, so that nothing is stamped while it is timed."""
    digest, soon = hashlib.sha256(_COOKIE.partition("=")[2].encode()).hexdigest(), now(3600)
    with hub.parts.database.writing() as session:
        known: dict[str, Any] = {"account_id": account_id, "expires_at": soon, "last_seen_at": soon}
        session.add(BrowserSession(token_hash=digest, **known))
