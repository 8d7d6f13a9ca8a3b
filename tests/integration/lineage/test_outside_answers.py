"""What the API answers of ways and neighbourhoods over sources from elsewhere."""

from __future__ import annotations

from remixhub.domain.lineage.foreign_addresses import node_id
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue

RAIN = "https://freesound.org/s/1/"


def test_ways_and_neighbours_over_what_both_cite(hub: Hub) -> None:
    catalogue, visitor, node = Catalogue(hub.parts), hub.visitor(), node_id(RAIN)
    source = catalogue.work("Source")
    first, second = catalogue.work("First", [source]), catalogue.work("Second", [catalogue.work("Other")])
    for work in (first, second):
        catalogue.elsewhere(work, RAIN)
    path = visitor.get(f"/works/{first}/path", query_string={"to": second}).get_json()
    assert (path["length"], path["steps"], path["links"]) == (2, [first, node, second], [])
    assert [work["id"] for work in path["nodes"]] == [first, second]
    assert [(one["id"], one["address"], len(one["citations"])) for one in path["elsewhere"]] == [(node, RAIN, 2)]
    near = visitor.get(f"/works/{first}/neighbourhood", query_string={"hops": 1}).get_json()
    assert [(one["id"], one["hops"], one["hidden_remixes"]) for one in near["elsewhere"]] == [(node, 1, 1)]
    page = visitor.http.get(f"/works/{first}/lineage").text
    assert "Show 1 more made from it" in page
    opened = visitor.http.get(f"/works/{first}/lineage?open={node}").text
    assert "more made from it" not in opened
    assert f"/works/{second}" in opened
