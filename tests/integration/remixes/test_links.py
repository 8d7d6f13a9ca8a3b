"""Source links after publication: who may say what, what counts, and that no interleaving makes a circle."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.access import Actor, session_actor
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Account, LinkEvent, SourceLink, Work
from remixhub.services.accounts.accounts import make_operator
from remixhub.services.licences.sources import NewSource
from remixhub.services.remixes import links
from remixhub.services.remixes.links import SourceYounger
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.lineage.test_lineage import ids, reachable

TRIALS, THREADS = 60, 8


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def operator(hub: Hub) -> Client:
    client = hub.browser("house")
    make_operator(hub.parts, "house")
    return client


def counts(hub: Hub) -> dict[str, tuple[int, int, int]]:
    hub.drain()
    return {work.id: (work.remix_count, work.descendant_count, work.generation) for work in hub.rows(Work)}


def test_an_artist_adds_a_source_and_everything_below_follows(hub: Hub, catalogue: Catalogue) -> None:
    fan = hub.account("fan")
    root, loop = catalogue.work("Root"), catalogue.work("Loop", by="other")
    remix = catalogue.work("Remix", [loop], by="fan")
    again = catalogue.work("Again", [remix], by="other")
    assert counts(hub)[loop] == (1, 2, 0)
    answer = fan.post(f"/works/{remix}/links", {"source_id": root, "kind": "sample", "note": "The choir."})
    assert (answer.status_code, answer.get_json()["kind"]) == (201, "sample"), answer.text
    assert counts(hub) == {root: (1, 2, 0), loop: (1, 2, 0), remix: (1, 1, 1), again: (0, 0, 2)}
    assert ids(hub.visitor(), f"/works/{again}/ancestors") == [root, loop, remix]
    repeated = fan.post(f"/works/{remix}/links", {"source_id": root})
    assert (repeated.status_code, repeated.get_json()["code"]) == (409, "link_exists")
    events = hub.visitor().get(f"/works/{root}/link-events").get_json()["events"]
    assert [(event["act"], event["by"]["handle"], event["note"]) for event in events] == [
        ("added", "fan", "The choir.")
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"source_id": "younger"}, 422, "source_younger"),
        ({"source_id": "itself"}, 422, "source_cyclic"),
        ({"source_id": "nowhere"}, 404, "source_not_found"),
        ({"source_id": "closed"}, 422, "licence_conflict"),
    ],
)
def test_a_source_that_cannot_be_is_refused(
    hub: Hub, catalogue: Catalogue, body: dict[str, Any], status: int, code: str
) -> None:
    fan = hub.account("fan")
    root, closed = catalogue.work("Root"), catalogue.work("Closed", licence=Licence.BY_ND)
    remix = catalogue.work("Remix", [root], by="fan")
    named = {"younger": catalogue.work("Younger"), "itself": remix, "closed": closed}
    answer = fan.post(f"/works/{remix}/links", {"source_id": named.get(body["source_id"], "nowhere")})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert [link.source_id for link in hub.rows(SourceLink)] == [root]
    assert hub.rows(LinkEvent) == []


@pytest.mark.parametrize("named", ["https://[::1", "http://\u2100/", "https://[x]/works/nothing", "?#"])
def test_an_address_that_names_no_work_is_refused_on_the_page(hub: Hub, catalogue: Catalogue, named: str) -> None:
    work = catalogue.work("Mine", by="artist")
    artist = hub.browser("fan").http
    answer = artist.post(f"/works/{work}/links", data={"act": "claim", "source": named, "note": "It is."})
    assert answer.status_code in (404, 422)


def test_a_claim_becomes_a_link_when_it_is_accepted(hub: Hub, catalogue: Catalogue) -> None:
    artist, fan, stranger = hub.account("artist"), hub.account("fan"), hub.account("stranger")
    root = catalogue.work("Root", by="artist")
    beat = catalogue.work("Beat", by="fan")
    body = {"source_id": root, "kind": "sample", "note": "That is my bass."}
    assert stranger.post(f"/works/{beat}/link-claims", body).get_json()["code"] == "link_act_forbidden"
    claim = artist.post(f"/works/{beat}/link-claims", body)
    assert claim.status_code == 201, claim.text
    assert artist.post(f"/works/{beat}/link-claims", body).get_json()["code"] == "claim_exists"
    assert counts(hub)[root] == (0, 0, 0)
    assert [one["note"] for one in fan.get("/link-claims").get_json()["claims"]] == ["That is my bass."]
    assert stranger.get("/link-claims").get_json()["claims"] == []
    path = f"/link-claims/{claim.get_json()['id']}/answer"
    assert stranger.post(path, {"accept": True}).get_json()["code"] == "link_act_forbidden"
    assert fan.post(path, {"accept": True, "note": "True."}).get_json()["state"] == "accepted"
    assert fan.post(path, {"accept": False}).get_json()["code"] == "claim_not_found"
    assert counts(hub) == {root: (1, 1, 0), beat: (0, 0, 1)}
    assert fan.get(f"/works/{beat}/sources").get_json()["sources"][0]["kind"] == "sample"


def test_a_dispute_is_decided_by_an_operator(hub: Hub, catalogue: Catalogue) -> None:
    house, artist, fan = operator(hub), hub.account("artist"), hub.account("fan")
    root = catalogue.work("Root", by="artist")
    remix = catalogue.work("Remix", [root], by="fan")
    again = catalogue.work("Again", [remix], by="fan")
    path = f"/works/{remix}/links/{root}"
    decision = {"uphold": True, "note": "I heard it."}
    assert house.post(f"{path}/decision", decision).get_json()["code"] == "link_not_disputed"
    assert artist.post(f"{path}/dispute", {"note": "Not mine."}).status_code == 204
    assert fan.post(f"{path}/dispute", {"note": "Indeed."}).get_json()["code"] == "link_disputed"
    assert counts(hub)[root] == (1, 2, 0)
    assert fan.post(f"{path}/decision", decision).get_json()["code"] == "link_act_forbidden"
    assert house.post(f"{path}/decision", decision).status_code == 204
    assert fan.post(f"{path}/dispute", {"note": "Listen again."}).status_code == 204
    assert house.post(f"{path}/decision", {"uphold": False, "note": "You are right."}).status_code == 204
    assert counts(hub) == {root: (0, 0, 0), remix: (1, 1, 0), again: (0, 0, 1)}
    assert ids(hub.visitor(), f"/works/{root}/descendants") == []
    events = hub.visitor().get(f"/works/{remix}/link-events?limit=2").get_json()
    assert [event["act"] for event in events["events"]] == ["removed", "disputed"]
    assert events["next"] is not None


def test_what_an_operator_removed_only_an_operator_adds_again(hub: Hub, catalogue: Catalogue) -> None:
    house, artist, fan = operator(hub), hub.account("artist"), hub.account("fan")
    root = catalogue.work("Root", by="artist")
    remix = catalogue.work("Remix", [root], by="fan")
    artist.post(f"/works/{remix}/links/{root}/dispute", {"note": "Not mine."})
    removal = house.post(f"/works/{remix}/links/{root}/decision", {"uphold": False, "note": "Indeed."})
    assert removal.status_code == 204
    forbidden = (403, "link_act_forbidden")
    added = fan.post(f"/works/{remix}/links", {"source_id": root})
    assert (added.status_code, added.get_json()["code"]) == forbidden
    claim = artist.post(f"/works/{remix}/link-claims", {"source_id": root, "note": "It is, after all."}).get_json()
    added = fan.post(f"/works/{remix}/links", {"source_id": root})
    assert (added.status_code, added.get_json()["code"]) == forbidden, "a claim opens no way around"
    answer = f"/link-claims/{claim['id']}/answer"
    accepted = fan.post(answer, {"accept": True})
    assert (accepted.status_code, accepted.get_json()["code"]) == forbidden
    assert house.post(answer, {"accept": True}).status_code == 200
    assert counts(hub)[root] == (1, 1, 0)


def test_a_refused_claim_is_not_made_again(hub: Hub, catalogue: Catalogue) -> None:
    artist, fan = hub.account("artist"), hub.account("fan")
    root, beat = catalogue.work("Root", by="artist"), catalogue.work("Beat", by="fan")
    body = {"source_id": root, "note": "That is my bass."}
    claim = artist.post(f"/works/{beat}/link-claims", body).get_json()
    assert fan.post(f"/link-claims/{claim['id']}/answer", {"accept": False}).status_code == 200
    again = artist.post(f"/works/{beat}/link-claims", body)
    assert (again.status_code, again.get_json()["code"]) == (409, "claim_exists")
    assert "Report the work" in again.get_json()["detail"]
    assert fan.post(f"/works/{beat}/links", {"source_id": root}).status_code == 201, "its artist may think again"


@pytest.mark.parametrize("state", [WorkState.WITHDRAWN, WorkState.TAKEN_DOWN])
def test_what_was_said_of_a_tombstone_s_links_is_still_decided(
    hub: Hub, catalogue: Catalogue, state: WorkState
) -> None:
    house, artist, fan = operator(hub), hub.account("artist"), hub.account("fan")
    root, other = catalogue.work("Root", by="artist"), catalogue.work("Other", by="artist")
    remix = catalogue.work("Remix", [root], by="fan")
    claim = artist.post(f"/works/{remix}/link-claims", {"source_id": other, "note": "And that."}).get_json()
    links = f"/works/{remix}/links"
    assert "Add a source" in fan.http.get(links, headers=fan.headers).text
    catalogue.set_state(remix, state)
    catalogue.set_state(other, state)
    assert "Add a source" not in fan.http.get(links, headers=fan.headers).text
    assert fan.post(links, {"source_id": root}).get_json()["code"] == "work_not_in_lineage"
    late = artist.post(f"/works/{remix}/link-claims", {"source_id": root, "note": "Late."})
    assert late.get_json()["code"] == "work_not_in_lineage"
    assert artist.post(f"{links}/{root}/dispute", {"note": "Not mine."}).status_code == 204
    removal = {"uphold": False, "note": "Indeed."}
    assert house.post(f"{links}/{root}/decision", removal).status_code == 204
    assert fan.post(f"/link-claims/{claim['id']}/answer", {"accept": True}).status_code == 200
    assert counts(hub) == {root: (0, 0, 0), other: (1, 1, 0), remix: (0, 0, 1)}
    assert house.post(links, {"source_id": root}).status_code == 201, "an operator says what is so"


def test_an_operator_cites_what_was_withdrawn_and_an_artist_does_not(hub: Hub, catalogue: Catalogue) -> None:
    house, fan = operator(hub), hub.account("fan")
    root, remix = catalogue.work("Root"), catalogue.work("Remix", by="fan")
    catalogue.set_state(root, WorkState.WITHDRAWN)
    refused = fan.post(f"/works/{remix}/links", {"source_id": root})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "source_withdrawn")
    assert house.post(f"/works/{remix}/links", {"source_id": root}).status_code == 201


def test_links_added_at_once_never_make_a_circle(hub: Hub, catalogue: Catalogue) -> None:
    """Sixty trials: eight artists link the same few works to each other, all at once."""
    works = [catalogue.work(f"Work {number}", by=f"fan{number}", licence=Licence.CC0) for number in range(THREADS)]
    actors = _actors(hub)

    def link(number: int, source: str) -> None:
        with suppress(SourceYounger):
            links.add_link(actors[number], hub.parts, works[number], NewSource(source))

    for trial in range(TRIALS):
        _at_once(trial, works, link)
        with hub.parts.database.writing() as session:
            pairs = session.execute(sa.select(SourceLink.derivative_id, SourceLink.source_id)).all()
            assert pairs
            assert not _has_circle(pairs)
            session.execute(sa.delete(SourceLink))


def test_looking_before_linking_would_make_circles(hub: Hub, catalogue: Catalogue) -> None:
    """The proof that the test above has teeth: the same trials, with a look for a path instead of the numbers."""
    works = [f"work {number}" for number in range(THREADS)]
    metadata = sa.MetaData()
    naive = sa.Table("naive_links", metadata, sa.Column("derivative", sa.Text), sa.Column("source", sa.Text))
    metadata.create_all(hub.parts.database.engine)

    def link(number: int, source: str) -> None:
        with hub.parts.database.reading() as session:
            pairs = session.execute(sa.select(naive)).all()
        if not _has_circle([*pairs, (works[number], source)]):
            with hub.parts.database.writing() as session:
                session.execute(sa.insert(naive).values(derivative=works[number], source=source))

    circles = 0
    for trial in range(TRIALS):
        _at_once(trial, works, link)
        with hub.parts.database.writing() as session:
            circles += _has_circle(session.execute(sa.select(naive)).all())
            session.execute(sa.delete(naive))
    assert circles > 0


def _at_once(trial: int, works: list[str], link: Callable[[int, str], None]) -> None:
    chance = random.Random(trial)
    wanted = [(number, chance.choice(works)) for number in range(THREADS)]
    barrier = threading.Barrier(THREADS)

    def run(one: tuple[int, str]) -> None:
        barrier.wait()
        if works[one[0]] != one[1]:
            link(*one)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, wanted))


def _has_circle(pairs: Any) -> bool:
    nexts: dict[str, list[str]] = {}
    for derivative, source in pairs:
        nexts.setdefault(source, []).append(derivative)
    return any(start in reachable(nexts, start) for start in nexts)


def _actors(hub: Hub) -> list[Actor]:
    accounts = {account.handle: account.id for account in hub.rows(Account)}
    return [session_actor(accounts[f"fan{number}"], f"fan{number}", is_operator=False) for number in range(THREADS)]
