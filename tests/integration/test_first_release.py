"""A hub of release 0.1.0 is upgraded: all its rows are there, and it goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import urllib3
from alembic import command

from remixhub.cli import main
from remixhub.domain.states import JobKind, JobState
from remixhub.models import Database, Job, Row
from remixhub.models.migrate import alembic_config, upgrade
from remixhub.services.contests import tending
from remixhub.services.mixes import together
from remixhub.services.stems import preparing
from remixhub.services.upkeep.sweeping import enqueue_sweep
from remixhub.services.works import printing
from tests.integration.conftest import Client, Hub
from tests.releases import first
from tests.releases.plain_sound import plain_wav

Kept = dict[str, list[str]]


@pytest.fixture
def kept(database_url: str) -> tuple[Kept, Kept]:
    """The rows of the release, before the upgrade and after it, by the columns of then."""
    engine = Database.connect(database_url).engine
    with engine.begin() as connection:
        Row.metadata.drop_all(connection)
        connection.execute(sa.text("DROP TABLE alembic_version"))
    command.upgrade(alembic_config(database_url), first.HEAD)
    with engine.begin() as connection:
        tables = first.tables_of_then(connection)
        first.fill(connection, tables)
        before = dict(rows(connection, tables))
    upgrade(database_url)
    with engine.begin() as connection:
        after = dict(rows(connection, tables))
    engine.dispose()
    return before, after


def rows(connection: sa.Connection, tables: sa.MetaData) -> Iterator[tuple[str, list[str]]]:
    for table in tables.sorted_tables:
        found = connection.execute(sa.select(table)).mappings()
        yield table.name, sorted(json.dumps(dict(row), sort_keys=True, default=str) for row in found)


def test_a_full_hub_of_the_first_release_goes_on_after_its_upgrade(
    kept: tuple[Kept, Kept], hub: Hub, tmp_path: Path
) -> None:
    """One story: to bring such a hub up costs seconds."""
    before, after = kept
    assert sum(map(len, before.values())) >= 570
    changed = {table: (Counter(lines) - Counter(after[table])).total() for table, lines in before.items()}
    assert {table: count for table, count in changed.items() if count} == {"works": 1}, "tags that are composed now"
    assert {table: len(lines) for table, lines in after.items()} == {
        table: len(lines) + 2 * (table == "counters") for table, lines in before.items()
    }, "the lineage's lock and the search's"
    first.put_objects(hub.parts.store)
    works = {work["title"]: work for work in hub.visitor().get("/works?limit=50").get_json()["works"]}
    assert len(works) == 8
    contests = hub.visitor().get("/contests?limit=50").get_json()["contests"]
    (winter,) = (one for one in contests if one["title"] == "Winter at the pier")
    reads_its_pages(hub, works, [one["id"] for one in contests])
    its_result_verifies(hub, winter, works["Rain"], tmp_path)
    its_sound_is_heard_and_mixed(hub, hub.visitor().get(f"/works/{works['Pier Lights']['id']}").get_json())


def reads_its_pages(hub: Hub, works: dict[str, Any], contests: list[str]) -> None:
    """Those of its works, contests and people, and each person's own, who sign in by the password of then."""
    of_works = [f"/works/{work['id']}{rest}" for work in works.values() for rest in ("", "/lineage")]
    of_contests = [f"/contests/{contest}{rest}" for contest in contests for rest in ("", "/calendar.ics")]
    people = ["/@north-pier", "/@ada", "/labels/harbour-lights", "/charts", "/", "/contests/", "/sitemaps/works-1.xml"]
    reads(hub.visitor(), *of_works, *of_contests, *people)
    for handle, rests in (
        ("ada", ["/notices", "/my/receipts", "/mixes", "/my/works", "/my/claims", "/settings/sessions"]),
        (
            "north-pier",
            ["/my/labels", "/labels/harbour-lights/settings", *[f"/contests/{one}/host" for one in contests]],
        ),
        ("operator", ["/moderation", "/moderation/takedowns", "/notices"]),
    ):
        reads(signed_in(hub, handle), *rests)


def reads(client: Client, *addresses: str) -> None:
    answers = {address: client.http.get(address).status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status != 200} == {}


def signed_in(hub: Hub, handle: str) -> Client:
    client = Client(hub.app.test_client(), hub.parts, handle)
    opened = client.post("/sessions", {"login": handle, "password": first.PASSWORD.format(handle)})
    assert opened.status_code == 201, opened.text
    return client


def its_result_verifies(hub: Hub, contest: dict[str, Any], winner: dict[str, Any], folder: Path) -> None:
    path = f"/contests/{contest['id']}"
    published = hub.visitor().get(f"{path}/result").get_json()
    entries = {one["id"]: one["work_id"] for one in hub.visitor().get(f"{path}/entries").get_json()["entries"]}
    assert entries[published["result"]["standings"][0]["entry_id"]] == winner["id"]
    assert published["winners"][0]["released_url"] == "https://example.org/rain"
    packed = folder / "contest.zip"
    packed.write_bytes(hub.visitor().get(f"{path}/export").data)
    assert main(["verify-contest", str(packed)]) == 0


def its_sound_is_heard_and_mixed(hub: Hub, release: dict[str, Any]) -> None:
    """A download gives the bytes of then; the jobs that were left and one of today are done."""
    ben = signed_in(hub, "ben")
    stems = ben.get(f"/stem-packs/{release['stem_pack_id']}").get_json()["stems"]
    for number, stem in enumerate(stems):
        led = ben.get(f"/stems/{stem['id']}/original")
        assert urllib3.request("GET", led.headers["Location"]).data == plain_wav(number)
    lanes = [{"stem": stem["id"], "gain_db": -2.5} for stem in stems]
    mix = ben.post(
        "/mixes", {"stem_pack_id": release["stem_pack_id"], "spec": {"version": 1, "lanes": lanes}}
    ).get_json()
    for order in (tending.order_due, printing.order_prints, together.order_due, preparing.order_due, enqueue_sweep):
        order(hub.parts)  # as the scheduler does
    hub.drain()
    assert ben.get(f"/mixes/{mix['id']}").get_json()["state"] == "ready"
    today = {JobKind.PREPARE_STEM, JobKind.PRINT_COVER, JobKind.RENDER_MIXDOWN, JobKind.SWEEP}
    assert {job.kind for job in hub.rows(Job) if job.state is JobState.DONE} >= today
    failed = [one for one in hub.rows(Job) if one.state is JobState.DEAD or one.delays]
    assert [(one.kind, one.error_code, one.error_detail) for one in failed] == []
