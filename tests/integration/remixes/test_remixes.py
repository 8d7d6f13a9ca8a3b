"""Drafting remixes: sources, their licences over all generations, and what a citation is refused for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.judging import LicenceConflict
from remixhub.domain.licences.terms import Licence
from remixhub.domain.states import IngestState, WorkState
from remixhub.models import AuditEntry, Original, SourceLink, Upload, Work
from remixhub.services.accounts.accounts import make_operator
from remixhub.services.remixes.remixes import check_publishable
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.stems.studio import Desk
from tests.integration.uploads.test_uploads import write_wav


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


@pytest.fixture
def fan(hub: Hub) -> Client:
    return hub.account("fan")


def draft(client: Client, *sources: str, **more: Any) -> TestResponse:
    return client.post("/remixes", {"title": "Remix", "sources": [{"source_id": id} for id in sources], **more})


def problem(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_draft_holds_its_sources_in_order_with_the_licences_held_now(
    hub: Hub, catalogue: Catalogue, fan: Client
) -> None:
    first = catalogue.work("First", licence=Licence.BY)
    second = catalogue.work("Second", licence=Licence.CC0)
    _, (stem,) = catalogue.pack(first, [catalogue.original()])
    sources = [
        {"source_id": second, "kind": "sample", "note": "The bell.", "starts_seconds": 1.5, "ends_seconds": 4},
        {"source_id": first, "stems": [stem]},
    ]
    answer = fan.post("/remixes", {"title": "Both", "sources": sources, "tags": ["#Dub", "dub"], "key": "Am"})
    assert answer.status_code == 201, answer.text
    work = answer.get_json()
    assert (work["kind"], work["state"], work["licence"]) == ("remix", "draft", "cc-by-4.0")
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"].endswith(f"/works/{work['id']}")
    catalogue.relicense(first, Licence.BY_ND)
    listed = fan.get(f"/works/{work['id']}/sources").get_json()["sources"]
    assert [(source["source_id"], source["kind"], source["licence"]) for source in listed] == [
        (second, "sample", "cc0-1.0"),
        (first, "remix", "cc-by-4.0"),
    ]
    assert (listed[0]["starts_seconds"], listed[0]["ends_seconds"], listed[0]["note"]) == (1.5, 4.0, "The bell.")
    assert listed[1]["stems"] == [stem]
    row = next(row for row in hub.rows(Work) if row.id == work["id"])
    assert (row.tags, row.key) == (["dub"], "A minor")
    assert "remix.created" in {entry.action for entry in hub.rows(AuditEntry)}


def test_a_draft_leaves_the_counters_of_its_sources_alone(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release = catalogue.work("Release")
    assert draft(fan, release).status_code == 201
    row = next(row for row in hub.rows(Work) if row.id == release)
    assert (row.remix_count, row.descendant_count) == (0, 0)


@pytest.mark.parametrize(
    ("licences", "default"),
    [
        ([Licence.CC0], "cc0-1.0"),
        ([Licence.CC0, Licence.BY], "cc-by-4.0"),
        ([Licence.BY, Licence.BY_NC], "cc-by-nc-4.0"),
        ([Licence.BY_NC, Licence.BY_NC_SA], "cc-by-nc-sa-4.0"),
        ([Licence.BY_SA, Licence.BY], "cc-by-sa-4.0"),
    ],
)
def test_without_a_wish_the_strictest_licence_of_the_sources_holds(
    catalogue: Catalogue, fan: Client, licences: list[Licence], default: str
) -> None:
    sources = [catalogue.work(f"Source {licence}", licence=licence) for licence in licences]
    assert draft(fan, *sources).get_json()["licence"] == default


def test_a_licence_that_a_source_does_not_allow_is_refused_by_name(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release = catalogue.work("Strict", licence=Licence.BY_NC)
    answer = draft(fan, release, licence="cc-by-4.0")
    assert problem(answer) == (422, "licence_conflict")
    context = answer.get_json()["context"]
    assert context["path"] == ["Strict"]
    assert context["licences"] == ["cc-by-nc-4.0", "cc-by-4.0"]
    offered = ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"]
    assert context["allowed"][:3] == offered
    assert context["remedies"][0] == f"Choose one of: {', '.join(offered)}."
    assert [work.title for work in hub.rows(Work)] == ["Strict"]
    assert hub.rows(SourceLink) == []
    for licence in Licence:
        taken = draft(fan, release, licence=licence.value).status_code == 201
        assert taken == (licence in context["allowed"]), "what is listed is what is taken"


def test_two_sources_that_cannot_be_combined_are_both_named(catalogue: Catalogue, fan: Client) -> None:
    alike = catalogue.work("Alike", licence=Licence.BY_SA)
    unsold = catalogue.work("Unsold", licence=Licence.BY_NC)
    answer = draft(fan, alike, unsold)
    assert problem(answer) == (422, "licence_conflict")
    context = answer.get_json()["context"]
    assert (context["path"], context["other_path"]) == (["Alike"], ["Unsold"])
    assert (context["licences"], context["allowed"]) == (["cc-by-sa-4.0", "cc-by-nc-4.0"], [])
    assert [source["ids"] for source in context["sources"]] == [[alike], [unsold]]
    assert "Leave out “Alike” or “Unsold”." in context["remedies"]


def test_a_work_that_allows_no_derivatives_is_no_source(catalogue: Catalogue, fan: Client) -> None:
    answer = draft(fan, catalogue.work("Closed", licence=Licence.BY_ND))
    assert problem(answer) == (422, "licence_conflict")
    assert "Closed" in answer.get_json()["detail"]


def test_a_conflict_over_two_generations_names_the_whole_path(catalogue: Catalogue, fan: Client) -> None:
    """The remix in between has been put under a freer licence since, but its own source still binds."""
    root = catalogue.work("Root", licence=Licence.BY_NC)
    between = catalogue.work("Between", [root], licence=Licence.BY_NC)
    newest = catalogue.work("Newest", [between], licence=Licence.BY_NC)
    for work_id in (between, newest):
        catalogue.relicense(work_id, Licence.BY)
    answer = draft(fan, newest, licence="cc-by-4.0")
    assert problem(answer) == (422, "licence_conflict")
    assert answer.get_json()["context"]["path"] == ["Newest", "Between"]
    assert "Newest → Between is under cc-by-nc-4.0" in answer.get_json()["detail"]
    assert draft(fan, newest, licence="cc-by-nc-4.0").status_code == 201


def test_ancestors_of_two_sources_can_clash_deep_down(catalogue: Catalogue, fan: Client) -> None:
    alike = catalogue.work("Alike", licence=Licence.BY_SA)
    left = catalogue.work("Left", [alike], licence=Licence.BY)
    unsold = catalogue.work("Unsold", licence=Licence.BY_NC)
    right = catalogue.work("Right", [unsold], licence=Licence.BY)
    context = draft(fan, left, right).get_json()["context"]
    assert (context["path"], context["other_path"]) == (["Left", "Alike"], ["Right", "Unsold"])


def test_relicensing_later_never_breaks_a_declared_remix(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release = catalogue.work("Release", licence=Licence.BY)
    remix = draft(fan, release).get_json()
    catalogue.relicense(release, Licence.BY_NC_ND)
    with_audio(hub, remix["id"], catalogue.original())
    assert_publishable(hub, remix["id"])
    assert problem(draft(fan, release)) == (422, "licence_conflict")


def test_a_licence_that_stays_is_not_judged_again(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    root, closed = catalogue.work("Root"), catalogue.work("Closed", licence=Licence.BY_ND)
    remix = catalogue.work("Remix", [root], by="fan")
    house = hub.browser("house")
    make_operator(hub.parts, "house")
    assert house.post(f"/works/{remix}/links", {"source_id": closed}).status_code == 201
    revision = fan.get(f"/works/{remix}").get_json()["revision"]
    renamed = fan.patch(f"/works/{remix}", {"title": "Renamed", "licence": "cc-by-4.0"}, revision=revision)
    assert (renamed.status_code, renamed.get_json()["title"]) == (200, "Renamed")
    other = fan.patch(f"/works/{remix}", {"licence": "cc-by-nc-4.0"}, revision=revision + 1)
    assert problem(other) == (422, "licence_conflict")


def test_a_release_that_got_sources_is_judged_over_them(catalogue: Catalogue, fan: Client) -> None:
    shared = catalogue.work("Shared", licence=Licence.BY_SA)
    release = catalogue.work("Release", licence=Licence.BY_SA, by="fan")
    assert fan.post(f"/works/{release}/links", {"source_id": shared}).status_code == 201
    revision = fan.get(f"/works/{release}").get_json()["revision"]
    assert problem(fan.patch(f"/works/{release}", {"licence": "cc-by-4.0"}, revision=revision)) == (
        422,
        "licence_conflict",
    )


def test_allowed_licences_follow_the_whole_lineage(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    root = catalogue.work("Root", licence=Licence.BY_NC)
    between = catalogue.work("Between", [root], licence=Licence.BY_NC)
    catalogue.relicense(between, Licence.BY)
    noncommercial = ["cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"]
    allowed = hub.visitor().get(f"/works/{between}/allowed-licences").get_json()
    assert allowed["for_work"] == allowed["for_remixes"]
    assert allowed["for_work"][:3] == noncommercial
    assert all("-nc-" in one for one in allowed["for_work"])
    licences = hub.visitor().get("/licences").get_json()["licences"]
    assert [one["id"] for one in licences] == [licence.value for licence in Licence]
    assert next(one for one in licences if one["id"] == "cc-by-nc-4.0")["allowed_for_remixes"] == allowed["for_work"]


@pytest.mark.parametrize("make", ["absent", "foreign draft"])
def test_a_source_that_is_not_there_and_somebody_elses_draft_answer_alike(
    catalogue: Catalogue, fan: Client, make: str
) -> None:
    source = "f" * 32 if make == "absent" else catalogue.draft("Secret")
    answer = draft(fan, source)
    assert problem(answer) == (404, "source_not_found")
    assert answer.get_json()["detail"] == f"There is no work '{source}', or it is private."
    assert answer.get_json()["context"] == {"pointer": "/sources/0/source_id"}


def test_ones_own_unpublished_work_cannot_be_cited_yet(catalogue: Catalogue, fan: Client) -> None:
    assert problem(draft(fan, catalogue.draft("Mine", by="fan"))) == (409, "source_not_published")


@pytest.mark.parametrize(
    ("state", "code"), [(WorkState.WITHDRAWN, "source_withdrawn"), (WorkState.TAKEN_DOWN, "source_taken_down")]
)
def test_a_tombstone_cannot_be_cited_anew(catalogue: Catalogue, fan: Client, state: WorkState, code: str) -> None:
    release = catalogue.work("Release")
    catalogue.set_state(release, state)
    assert problem(draft(fan, release)) == (409, code)


def test_a_source_withdrawn_after_it_was_declared_stays_a_source(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release, other = catalogue.work("Release"), catalogue.work("Other")
    remix = draft(fan, release).get_json()
    catalogue.set_state(release, WorkState.WITHDRAWN)
    sources = {"sources": [{"source_id": release}, {"source_id": other}]}
    assert fan.put(f"/works/{remix['id']}/sources", sources, revision=1).status_code == 200
    with_audio(hub, remix["id"], catalogue.original())
    assert_publishable(hub, remix["id"])
    catalogue.set_state(release, WorkState.TAKEN_DOWN)
    assert refusal(hub, remix["id"]) == "source_taken_down"


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        ([], "sources_missing"),
        ([{}, {}], "source_duplicate"),
        ([{}] * 51, "sources_limit"),
        ([{"starts_seconds": 5, "ends_seconds": 5}], "source_range_invalid"),
        ([{"starts_seconds": -1}], "source_range_invalid"),
        ([{"stems": ["f" * 32]}], "source_stem_unknown"),
    ],
)
def test_a_list_of_sources_that_breaks_a_rule_is_refused_with_its_code(
    hub: Hub, catalogue: Catalogue, fan: Client, sources: list[dict[str, Any]], code: str
) -> None:
    release = catalogue.work("Release")
    listed = [{"source_id": release, **one} for one in sources]
    assert problem(fan.post("/remixes", {"title": "Remix", "sources": listed})) == (422, code)
    assert hub.rows(SourceLink) == []


def test_stems_must_belong_to_the_source_and_be_published(catalogue: Catalogue, fan: Client) -> None:
    release, other = catalogue.work("Release"), catalogue.work("Other")
    original = catalogue.original()
    _, (foreign,) = catalogue.pack(other, [original])
    _, (unpublished,) = catalogue.pack(release, [original], frozen=False)
    for stem in (foreign, unpublished):
        answer = fan.post("/remixes", {"title": "Remix", "sources": [{"source_id": release, "stems": [stem]}]})
        assert problem(answer) == (422, "source_stem_unknown")
        assert answer.get_json()["violations"][0]["pointer"] == "/sources/0/stems"


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Remix"},
        {"title": "", "sources": []},
        {"title": "Remix", "sources": [{"source_id": "x", "kind": "theft"}]},
        {"title": "Remix", "sources": [{"source_id": "x", "starts_seconds": "1"}]},
        {"title": "Remix", "sources": [{"source_id": "x", "surprise": 1}]},
        {"title": "Remix", "sources": "x"},
        {"title": "Remix", "sources": [{"source_id": "x"}], "licence": "mine"},
    ],
)
def test_a_body_that_does_not_fit_the_schema_is_refused(fan: Client, body: dict[str, Any]) -> None:
    assert problem(fan.post("/remixes", body)) == (422, "invalid")


def test_only_accounts_that_may_publish_draft_remixes(hub: Hub, catalogue: Catalogue) -> None:
    release = catalogue.work("Release")
    assert problem(draft(hub.visitor(), release)) == (401, "unauthenticated")
    assert problem(draft(hub.account("reader", scopes=("read",)), release)) == (403, "scope_missing")


def test_new_sources_replace_the_old_ones_and_may_bring_a_licence(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    alike, unsold = (catalogue.work(str(licence), licence=licence) for licence in (Licence.BY_SA, Licence.BY_NC))
    path = f"/works/{draft(fan, alike).get_json()['id']}/sources"
    body: dict[str, Any] = {"sources": [{"source_id": unsold}]}
    assert problem(fan.put(path, body, revision=1)) == (422, "licence_conflict")
    answer = fan.put(path, {**body, "licence": "cc-by-nc-4.0"}, revision=1)
    assert answer.status_code == 200, answer.text
    assert (answer.get_json()["licence"], answer.get_json()["revision"]) == ("cc-by-nc-4.0", 2)
    assert [link.source_id for link in hub.rows(SourceLink)] == [unsold]


def test_a_source_keeps_the_licence_of_its_first_declaration(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release, other = catalogue.work("Release"), catalogue.work("Other")
    remix = draft(fan, release).get_json()
    declared_at = hub.rows(SourceLink)[0].declared_at
    catalogue.relicense(release, Licence.BY_ND)
    body = {"sources": [{"source_id": other}, {"source_id": release, "note": "More of it."}]}
    assert fan.put(f"/works/{remix['id']}/sources", body, revision=1).status_code == 200
    kept = next(link for link in hub.rows(SourceLink) if link.source_id == release)
    assert (kept.licence, kept.note, kept.declared_at, kept.position) == (Licence.BY, "More of it.", declared_at, 1)


def test_a_remix_cannot_be_its_own_source(catalogue: Catalogue, fan: Client) -> None:
    remix = draft(fan, catalogue.work("Release")).get_json()["id"]
    assert problem(fan.put(f"/works/{remix}/sources", {"sources": [{"source_id": remix}]}, revision=1)) == (
        422,
        "source_cyclic",
    )


def test_a_published_remix_cannot_cite_its_own_descendant(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release = catalogue.work("Release")
    remix = draft(fan, release).get_json()["id"]
    catalogue.publish(remix)
    descendant = catalogue.work("Descendant", [remix])
    answer = fan.put(f"/works/{remix}/sources", {"sources": [{"source_id": descendant}]}, revision=1)
    assert problem(answer) == (409, "work_published")
    assert (remix, descendant) not in {(link.derivative_id, link.source_id) for link in hub.rows(SourceLink)}


def test_editing_sources_needs_the_present_revision_and_the_owner(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    release = catalogue.work("Release")
    path = f"/works/{draft(fan, release).get_json()['id']}/sources"
    body = {"sources": [{"source_id": release}]}
    assert problem(fan.put(path, body)) == (428, "revision_required")
    assert problem(fan.put(path, body, revision=7)) == (412, "revision_outdated")
    assert fan.put(path, body, revision=1).status_code == 200
    assert problem(fan.put(path, body, revision=1)) == (412, "revision_outdated")
    stranger = hub.account("stranger")
    assert problem(stranger.put(path, body, revision=2)) == (404, "not_found")
    assert problem(stranger.put(f"/works/{release}/sources", body, revision=1)) == (403, "forbidden")


def test_a_release_has_no_sources(catalogue: Catalogue, fan: Client) -> None:
    mine, other = catalogue.draft("Mine", by="fan"), catalogue.work("Other")
    answer = fan.put(f"/works/{mine}/sources", {"sources": [{"source_id": other}]}, revision=1)
    assert problem(answer) == (409, "not_a_remix")


def test_an_upload_becomes_the_remix_audio_and_is_claimed_once(
    hub: Hub, catalogue: Catalogue, fan: Client, tmp_path: Path
) -> None:
    release = catalogue.work("Release")
    upload_id = fan.send_upload(write_wav(tmp_path / "remix.wav"), "remix")
    assert problem(draft(fan, release, upload_id=upload_id)) == (409, "upload_not_ready")
    hub.drain()
    remix = draft(fan, release, upload_id=upload_id)
    assert remix.status_code == 201, remix.text
    row = next(row for row in hub.rows(Work) if row.id == remix.get_json()["id"])
    (original,) = hub.rows(Original)
    assert row.mix_sha256 == original.sha256
    assert draft(fan, release, upload_id=upload_id).status_code == 409
    assert refusal(hub, row.id) == "remix_audio_pending"


def test_a_refused_draft_leaves_the_upload_unclaimed(
    hub: Hub, catalogue: Catalogue, fan: Client, tmp_path: Path
) -> None:
    closed = catalogue.work("Closed", licence=Licence.BY_ND)
    upload_id = fan.send_upload(write_wav(tmp_path / "remix.wav"), "remix")
    hub.drain()
    assert problem(draft(fan, closed, upload_id=upload_id)) == (422, "licence_conflict")
    assert [upload.state for upload in hub.rows(Upload)] == ["ready"]
    assert problem(draft(fan, closed, upload_id=upload_id, mix_id="x")) == (422, "audio_twice")


def test_what_is_not_ready_cannot_be_published(hub: Hub, catalogue: Catalogue, fan: Client) -> None:
    remix = draft(fan, catalogue.work("Release")).get_json()["id"]
    assert refusal(hub, remix) == "remix_audio_missing"
    for letter, state, code in (
        ("b", IngestState.PENDING, "remix_audio_pending"),
        ("c", IngestState.REFUSED, "remix_audio_refused"),
    ):
        with_audio(hub, remix, catalogue.original(letter * 64, state=state))
        assert refusal(hub, remix) == code
    with_audio(hub, remix, catalogue.original())
    assert_publishable(hub, remix)


def test_a_licence_set_behind_the_sources_back_is_refused_at_publication(
    hub: Hub, catalogue: Catalogue, fan: Client
) -> None:
    remix = draft(fan, catalogue.work("Release", licence=Licence.BY_SA)).get_json()["id"]
    with_audio(hub, remix, catalogue.original())
    catalogue.relicense(remix, Licence.BY)
    assert refusal(hub, remix) == LicenceConflict.code


def with_audio(hub: Hub, work_id: str, original: Original) -> None:
    with hub.parts.database.writing() as session:
        session.get_one(Work, work_id).mix_sha256 = original.sha256


def assert_publishable(hub: Hub, work_id: str) -> None:
    with hub.parts.database.reading() as session:
        check_publishable(session, session.get_one(Work, work_id))


def refusal(hub: Hub, work_id: str) -> str:
    with pytest.raises(RemixHubError) as refused:
        assert_publishable(hub, work_id)
    return refused.value.code


def test_three_generations_come_about_through_the_api(hub: Hub, fan: Client, tmp_path: Path) -> None:
    desk = Desk(hub, tmp_path)
    artist, other = hub.account("artist"), hub.account("other")
    release = desk.release(artist, licence="cc-by-nc-4.0")
    pack = desk.pack(fan, release)
    spec = {"version": 1, "lanes": [{"stem": stem["id"], "gain_db": -6.0} for stem in pack["stems"]]}
    mix = fan.post("/mixes", {"stem_pack_id": pack["id"], "spec": spec}).get_json()
    remix = draft(fan, release["id"], mix_id=mix["id"]).get_json()
    assert (remix["audio_state"], problem(fan.post(f"/works/{remix['id']}/publish"))) == (
        "pending",
        (409, "remix_audio_pending"),
    )
    hub.drain()
    remix = fan.post(f"/works/{remix['id']}/publish").get_json()
    assert (remix["state"], remix["audio_state"], remix["licence"]) == ("published", "ready", "cc-by-nc-4.0")
    assert remix["preview_url"] is not None
    upload_id = desk.upload(other, write_wav(tmp_path / "again.wav"), "remix")
    again = draft(other, remix["id"], upload_id=upload_id).get_json()
    hub.drain()
    assert other.post(f"/works/{again['id']}/publish").status_code == 200
    assert other.post(f"/works/{again['id']}/publish").status_code == 200
    assert artist.post(f"/works/{release['id']}/withdraw").status_code == 200
    ancestors = hub.visitor().get(f"/works/{again['id']}/ancestors").get_json()["works"]
    assert [(work["id"], work["state"]) for work in ancestors] == [
        (release["id"], "withdrawn"),
        (remix["id"], "published"),
    ]
    hub.drain()
    counts = {work.id: (work.remix_count, work.descendant_count) for work in hub.rows(Work)}
    assert counts == {release["id"]: (1, 2), remix["id"]: (1, 1), again["id"]: (0, 0)}
    credits = hub.visitor().get(f"/works/{again['id']}/credits").get_json()
    assert [credit["work_id"] for credit in credits["credits"]] == [release["id"], remix["id"]]
