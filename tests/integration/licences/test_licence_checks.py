"""Whether works can be remixed together, asked beforehand; and receipts of what was taken under which licence."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from remixhub.cli import main
from remixhub.domain.licences.terms import OFFERED, Licence, text_sha256
from remixhub.models import SourceLink
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def catalogue(hub: Hub) -> Catalogue:
    return Catalogue(hub.parts)


def test_a_check_tells_what_is_allowed_and_what_is_asked(hub: Hub, catalogue: Catalogue) -> None:
    free, shared = catalogue.work("Free", licence=Licence.CC0), catalogue.work("Shared", licence=Licence.BY_SA_3)
    answer = hub.visitor().post("/licence-checks", {"sources": [free, shared]}).get_json()
    assert answer["allowed"] == ["cc-by-sa-4.0", "cc-by-sa-3.0"]
    assert (answer["licence"], answer["conflict"]) == ("cc-by-sa-4.0", None)
    assert answer["obligations"] == [
        "Name the title, the artist, the source and the licence, and say what you changed.",
        "Publish what you make of it under this licence, or a later version of it.",
    ]
    wished = hub.visitor().post("/licence-checks", {"sources": [free, shared], "licence": "cc-by-4.0"}).get_json()
    assert wished["conflict"]["sources"] == [{"licence": "cc-by-sa-3.0", "titles": ["Shared"], "ids": [shared]}]
    assert "Leave out “Shared”." in wished["conflict"]["remedies"]
    nothing = hub.visitor().post("/licence-checks", {"sources": [free]}).get_json()
    assert nothing["licence"] == "cc0-1.0"
    assert nothing["obligations"] == ["Nothing: do what you like with it."]


def test_a_conflict_names_both_works_the_ways_to_them_and_what_would_help(hub: Hub, catalogue: Catalogue) -> None:
    money = catalogue.work("No money", licence=Licence.BY_NC)
    remix = catalogue.work("Remix", [money], licence=Licence.BY_NC)
    shared = catalogue.work("Shared", licence=Licence.BY_SA)
    body = {"sources": [remix, shared]}
    conflict = hub.visitor().post("/licence-checks", body).get_json()["conflict"]
    assert [source["titles"] for source in conflict["sources"]] == [["Remix"], ["Shared"]]
    catalogue.relicense(remix, Licence.BY)
    answer = hub.visitor().post("/licence-checks", body).get_json()
    assert answer["allowed"] == []
    assert [source["ids"] for source in answer["conflict"]["sources"]] == [[remix, money], [shared]] or [
        source["ids"] for source in answer["conflict"]["sources"]
    ] == [[shared], [remix, money]]
    catalogue.relicense(money, Licence.BY)
    again = hub.visitor().post("/licence-checks", body).get_json()
    assert again["allowed"] == [], "the link keeps the licence as it was held"
    assert any("CC BY 4.0 today" in remedy for remedy in again["conflict"]["remedies"])


def test_a_source_that_is_freer_today_is_pointed_out_wherever_licences_clash(hub: Hub, catalogue: Catalogue) -> None:
    fan = hub.browser("fan")
    money = catalogue.work("No money", licence=Licence.BY_NC)
    shared = catalogue.work("Shared", licence=Licence.BY_SA)
    draft = fan.post("/remixes", {"title": "Mine", "sources": [{"source_id": money}]}).get_json()
    clashing = catalogue.draft("Clashing", [money, shared], by="fan")
    catalogue.relicense(money, Licence.BY)
    remedy = "“No money” was cited under CC BY-NC 4.0 and is under CC BY 4.0 today: a work that cites it anew may"
    both = {"sources": [{"source_id": money}, {"source_id": shared}]}
    refused = fan.put(f"/works/{draft['id']}/sources", both, revision=draft["revision"]).get_json()
    assert any(one.startswith(remedy) for one in refused["context"]["remedies"])
    assert remedy in fan.http.get(f"/works/{clashing}/edit").text
    catalogue.relicense(money, Licence.BY_NC_SA)
    assert " today: a work" not in fan.http.get(f"/works/{clashing}/edit").text, "another licence is not a freer one"


def test_a_refusal_deep_in_the_lineage_takes_as_many_queries_as_a_shallow_one(hub: Hub, catalogue: Catalogue) -> None:
    money = catalogue.work("No money", licence=Licence.BY_NC)
    shared = catalogue.work("Shared", licence=Licence.BY_SA)

    def queries(source: str) -> tuple[int, list[str]]:
        asked: list[str] = []
        listen = lambda *args: asked.append(args[2])  # noqa: E731
        sa.event.listen(hub.parts.database.engine, "before_cursor_execute", listen)
        answer = hub.visitor().post("/licence-checks", {"sources": [source, shared]}).get_json()
        sa.event.remove(hub.parts.database.engine, "before_cursor_execute", listen)
        return len(asked), max((one["titles"] for one in answer["conflict"]["sources"]), key=len)

    tip = near = catalogue.work("Remix 0", [money], licence=Licence.BY_NC)
    for number in range(1, 30):
        tip = catalogue.work(f"Remix {number}", [tip], licence=Licence.BY_NC)
        catalogue.relicense(tip, Licence.BY)
    catalogue.relicense(near, Licence.BY)
    shallow, _ = queries(near)
    deep, path = queries(tip)
    assert deep == shallow
    assert path == [f"Remix {number}" for number in range(29, -1, -1)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"sources": []}, 422, "invalid"),
        ({"sources": ["nowhere"]}, 404, "source_not_found"),
        ({}, 422, "invalid"),
    ],
)
def test_a_check_of_nothing_is_refused(hub: Hub, body: dict[str, object], status: int, code: str) -> None:
    answer = hub.visitor().post("/licence-checks", body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_links_keep_the_digest_of_the_licence_they_were_declared_under(hub: Hub, catalogue: Catalogue) -> None:
    fan = hub.account("fan")
    root = catalogue.work("Root", licence=Licence.BY_NC)
    fan.post("/remixes", {"title": "Remix", "sources": [{"source_id": root}]})
    catalogue.relicense(root, Licence.BY)
    with hub.parts.database.reading() as session:
        links = session.execute(sa.select(SourceLink.licence, SourceLink.licence_sha256)).all()
    assert links == [(Licence.BY_NC, text_sha256(Licence.BY_NC))]


def test_a_download_leaves_one_receipt_that_a_new_licence_does_not_change(hub: Hub, catalogue: Catalogue) -> None:
    fan, other = hub.account("fan"), hub.account("other")
    work = catalogue.work("Root", licence=Licence.BY_NC)
    pack, (stem,) = catalogue.pack(work, [catalogue.original()])
    for _ in range(2):
        assert fan.get(f"/stems/{stem}/original").status_code == 302
    assert hub.visitor().get(f"/stems/{stem}/original").status_code == 302
    catalogue.relicense(work, Licence.BY)
    assert fan.get(f"/stems/{stem}/original").status_code == 302
    receipts = fan.get("/receipts").get_json()["receipts"]
    assert [(one["licence"], one["stem_pack_id"], one["stem_id"], one["title"]) for one in receipts] == [
        ("cc-by-4.0", pack, stem, "Root"),
        ("cc-by-nc-4.0", pack, stem, "Root"),
    ]
    assert fan.get(f"/receipts/{receipts[1]['id']}").get_json() == receipts[1]
    assert receipts[1]["licence_sha256"] == text_sha256(Licence.BY_NC)
    assert other.get(f"/receipts/{receipts[1]['id']}").status_code == 404
    assert other.get("/receipts").get_json() == {"receipts": [], "next": None}


def test_the_command_line_judges_licences_without_a_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    del tmp_path
    assert main(["check-licences", "cc-by-3.0", "cc-by-sa-3.0"]) == 0
    assert "cc-by-sa-4.0, cc-by-sa-3.0" in capsys.readouterr().out
    deed = "http://creativecommons.org/licenses/by-sa/2.0/de/deed.de"
    assert main(["check-licences", "CC BY 3.0", deed]) == 0
    assert "cc-by-sa-2.0, cc-by-sa-2.0-de" in capsys.readouterr().out
    assert main(["check-licences", "cc-by-sa-4.0", "cc-by-nc-4.0"]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("A work under cc-by-sa-4.0 and a work under cc-by-nc-4.0 cannot be combined")
    assert "Leave out the work under cc-by-sa-4.0 or the work under cc-by-nc-4.0." in shown
    assert main(["check-licences", "CC BY-ND 4.0", "cc0"]) == 1
    assert capsys.readouterr().out.startswith("A work is under cc-by-nd-4.0, which allows no remix")


def test_works_from_elsewhere_are_entered_truthfully_by_any_spelling(hub: Hub) -> None:
    artist = hub.account()
    for spelling, id in (
        ("http://creativecommons.org/licenses/sampling+/1.0/", "cc-sampling-plus-1.0"),
        ("CC BY-NC-SA 2.5 Scotland", "cc-by-nc-sa-2.5-scotland"),
        ("CC-BY-NC-ND-1.0", "cc-by-nc-nd-1.0"),
        ("Attribution 4.0 International (CC BY 4.0)", "cc-by-4.0"),
    ):
        work = artist.post("/releases", {"title": "From elsewhere", "licence": spelling}).get_json()
        assert work["licence"] == id
        assert artist.get(f"/works/{work['id']}").get_json()["licence"] == id
        assert artist.edit(f"/works/{work['id']}", {"licence": "CC0"}).get_json()["licence"] == "cc0-1.0"
    listed = {one["id"]: one for one in artist.get("/licences").get_json()["licences"]}
    assert listed["cc-sampling-plus-1.0"]["elements"] == ["by", "sampling"]
    assert listed["cc-by-sa-1.0"]["allowed_for_remixes"] == ["cc-by-sa-1.0"]
    open_ended = artist.post("/releases", {"title": "From elsewhere", "licence": "CC BY"})
    assert open_ended.status_code == 422
    assert "`CC BY 4.0`, `CC BY 3.0`" in open_ended.get_json()["violations"][0]["message"]


def test_a_licence_from_elsewhere_is_typed_on_the_page(hub: Hub) -> None:
    artist = hub.browser()
    form = {"title": "Sampled", "licence": "cc-by-4.0", "other_licence": "Sampling+"}
    made = artist.http.post("/new", data=form)
    assert made.status_code == 303
    page = artist.http.get(made.headers["Location"]).text
    assert 'value="cc-sampling-plus-1.0" checked' in page
    refused = artist.http.post("/new", data={**form, "other_licence": "CC BY-SA"})
    assert refused.status_code == 422
    assert "leaves open which version is meant" in refused.text
    assert 'value="CC BY-SA"' in refused.text


def test_sampled_and_noncommercial_sources_go_together_under_what_suits_both(hub: Hub, catalogue: Catalogue) -> None:
    held = {"Sampled": Licence.SAMPLING_PLUS, "Free": Licence.BY_NC_3}
    sources = [{"source_id": catalogue.work(title, licence=licence)} for title, licence in held.items()]
    remix = hub.account("fan").post("/remixes", {"title": "Both", "sources": sources})
    assert (remix.status_code, remix.get_json()["licence"]) == (201, "cc-nc-sampling-plus-1.0")


def test_the_command_line_judges_works_too(
    hub: Hub, catalogue: Catalogue, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in hub.parts.settings.to_env().items():
        monkeypatch.setenv(name, value)
    money, shared = catalogue.work("No money", licence=Licence.BY_NC), catalogue.work("Shared", licence=Licence.BY_SA)
    assert main(["check-licences", money]) == 0
    assert "cc-by-nc-4.0" in capsys.readouterr().out
    assert main(["check-licences", money, shared]) == 1
    assert "No money (cc-by-nc-4.0) and Shared (cc-by-sa-4.0) cannot be combined" in capsys.readouterr().out
    assert main(["check-licences", "0" * 32]) == 1
    assert "[source_not_found]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (["cc-by-sa-9.0"], "'cc-by-sa-9.0' is neither a licence, such as cc-by-sa-3.0, nor the id of a work"),
        (["cc-by-4.0", "0" * 32], "name licences or works, not both"),
    ],
)
def test_the_command_line_says_what_it_cannot_judge(
    capsys: pytest.CaptureFixture[str], sources: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check-licences", *sources])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_only_offered_licences_are_chosen_from_on_the_page(hub: Hub) -> None:
    page = hub.app.test_client().get("/licences").get_data(as_text=True)
    assert page.count('class="stamp"') == len(OFFERED)
    assert "CC BY 3.0" not in page


def test_the_draft_of_a_remix_says_what_its_sources_ask(hub: Hub, catalogue: Catalogue) -> None:
    fan = hub.browser("fan")
    root = catalogue.work("Root", licence=Licence.BY_NC)
    draft = fan.post("/remixes", {"title": "Remix", "sources": [{"source_id": root}]}).get_json()
    page = fan.http.get(f"/works/{draft['id']}/edit").text
    assert "Your sources, over their whole lineage, ask of you" in page
    assert "Do not use it commercially." in page
