"""What pages say in the words of schema.org: valid, of what is public, and no text gets out of its script."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import WorkState
from remixhub.models import Account, ElsewhereSource
from tests.integration.conftest import Hub
from tests.integration.contests.conftest import JURY, ContestStage
from tests.integration.discovery.test_feeds import change, give_sound
from tests.integration.lineage.catalogue import Catalogue
from tests.schema_org import said_by

HOSTILE = "</script><script>alert(1)</script><!-- <b>&amp;\u2028"


def said(hub: Hub, path: str) -> dict[str, Any]:
    return said_by(hub.visitor().http.get(path).text)


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def test_a_remix_is_a_recording_that_is_based_on_others(hub: Hub, catalogue: Catalogue) -> None:
    source = catalogue.work("Harbour", by="ada", licence=Licence.BY_SA)
    remix = catalogue.work("Tide", [source], by="ben", licence=Licence.BY_SA, credits=[{"name": "Cy", "role": "v"}])
    give_sound(hub, catalogue, remix)
    change(hub, remix, tags=["dub", "techno"], key="A minor", description="By night.")
    url, facts = hub.parts.settings.public_url, said(hub, f"/works/{remix}")
    source_facts = facts.pop("isBasedOn")
    assert [one["@id"] for one in source_facts] == [f"{url}/works/{source}"]
    assert source_facts[0]["byArtist"]["name"] == "Ada"
    assert facts["byArtist"] == {"@type": "MusicGroup", "@id": f"{url}/@ben", "url": f"{url}/@ben", "name": "Ben"}
    assert facts["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert (facts["duration"], facts["keywords"]) == ("PT1S", ["dub", "techno"])
    assert facts["audio"]["contentUrl"] == f"{url}/media/works/{remix}/preview"
    assert facts["audio"]["encodingFormat"] == "audio/mpeg"
    assert facts["recordingOf"]["musicalKey"] == "A minor"
    assert facts["contributor"] == [{"@type": "Person", "name": "Cy"}]


def test_a_source_from_elsewhere_is_named_by_its_own_address(hub: Hub, catalogue: Catalogue) -> None:
    remix = catalogue.work("Tide", [catalogue.work("Harbour", by="ada")], by="ben")
    address = "https://freesound.org/people/rain/sounds/1/?a=1&b=2"
    with hub.parts.database.writing() as session:
        session.add(
            ElsewhereSource(
                derivative_id=remix, node_id="e" * 64, position=1, address=address, title="Rain", artist="Cy",
                licence=Licence.BY, seen_on=dt.date(2026, 3, 1),
            )
        )  # fmt: skip
    outside = said(hub, f"/works/{remix}")["isBasedOn"][1]
    assert (outside["url"], outside["byArtist"]["name"]) == (address, "Cy")
    assert outside["name"].startswith("Rain")


def test_what_is_gone_says_nothing(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work("Harbour")
    assert said(hub, f"/works/{work_id}")["name"] == "Harbour"
    catalogue.set_state(work_id, WorkState.WITHDRAWN)
    assert "ld+json" not in hub.visitor().http.get(f"/works/{work_id}").text


def test_no_text_ends_the_script(hub: Hub, catalogue: Catalogue) -> None:
    work_id = catalogue.work(HOSTILE, by="ada")
    change(hub, work_id, description=HOSTILE, tags=[HOSTILE[:40]])
    with hub.parts.database.writing() as session:
        session.execute(sa.update(Account).values(display_name=HOSTILE, bio=HOSTILE))
    assert said(hub, f"/works/{work_id}")["name"] == HOSTILE
    assert said(hub, "/@ada")["description"] == HOSTILE
    for path in (f"/works/{work_id}", "/@ada"):
        assert "alert(1)</script>" not in hub.visitor().http.get(path).text


def test_a_contest_is_an_event_of_its_label(hub: Hub) -> None:
    stage = ContestStage(hub)
    host = stage.label()
    contest = stage.contest(JURY, brief="Make it **wet**.")
    path = f"/contests/{contest['id']}"
    stage.announce(contest)
    facts = said(hub, path)
    assert (facts["@type"], facts["name"], facts["description"]) == ("Event", "Remix the harbour", "Make it wet.")
    assert (facts["startDate"], facts["endDate"]) == (contest["opens_at"], contest["judging_closes_at"])
    assert facts["organizer"]["name"] == said(hub, "/labels/nightshift")["name"] == "Night Shift"
    assert facts["about"]["name"] == "Harbour"
    assert facts["eventStatus"].endswith("EventScheduled")
    cancelled = host.post(f"{path}/cancellation", {"note": "No time."})
    assert cancelled.status_code == 200, cancelled.text
    assert said(hub, path)["eventStatus"].endswith("EventCancelled")
