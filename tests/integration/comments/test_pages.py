"""Comments on pages, without a script: written, answered, edited, deleted, closed, blocked, reported."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from remixhub.models import Comment, Report, Work
from remixhub.services.accounts.accounts import make_operator
from tests.integration.conftest import Client, Hub
from tests.integration.lineage.catalogue import Catalogue


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the database decides is asked on both in test_comments.py."""
    return sqlite_url


@pytest.fixture
def people(hub: Hub) -> dict[str, Client]:
    return {handle: hub.browser(handle) for handle in ("ada", "fan", "oda")}


@pytest.fixture
def work(hub: Hub, people: dict[str, Client]) -> str:
    """A second long."""
    del people
    catalogue = Catalogue(hub.parts)
    work_id = catalogue.work("Song", by="ada")
    catalogue.pack(work_id, [catalogue.original()])
    return work_id


def read(client: Client, address: str) -> str:
    answer = client.http.get(address, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def comment(client: Client, work: str, text: str, **more: str) -> str:
    """Its id, by where the form leads to."""
    answer = client.http.post(f"/works/{work}/comments", data={"text": text, **more})
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(rf"/works/{work}\?comment=(\w+)#comment-\1", answer.headers["Location"])
    assert found is not None, answer.headers["Location"]
    return found[1]


def test_a_comment_stands_on_the_page_with_its_moment_and_nothing_in_it_is_markup(
    people: dict[str, Client], work: str
) -> None:
    hostile = '<script>alert(1)</script>\n**bold** @ada, https://example.org/?a="><b>&c.\njavascript:alert(1)'
    comment(people["fan"], work, hostile, at="0:00.5")
    page = read(people["oda"], f"/works/{work}")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold**" in page
    assert '<a href="/@ada">@ada</a>' in page
    assert '<a href="https://example.org/?a=" rel="nofollow ugc noopener">https://example.org/?a=</a>' in page
    assert 'href="javascript' not in page
    assert 'data-at="0.5"' in page
    assert "Comments · 1" in page


def test_what_is_wrong_stands_beside_what_was_typed(people: dict[str, Client], work: str) -> None:
    post = people["fan"].http.post
    for data, fault in (
        ({"text": ""}, "This must not be empty."),
        ({"text": "Kept.", "at": "soon"}, "Write minutes and seconds, such as 0:42."),
        ({"text": "Kept.", "at": "0:42"}, "Choose a moment from 0:00 to 0:01, where the work ends."),
        ({"text": "x" * 2_001}, "At most 2000 characters"),
    ):
        refused = post(f"/works/{work}/comments", data=data)
        assert (refused.status_code, fault in refused.text) == (422, True), refused.text
        assert data["text"] in refused.text
    visitor = people["fan"].http.application.test_client()
    assert visitor.post(f"/works/{work}/comments", data={"text": "Me."}).status_code == 401
    assert "Sign in to comment" in visitor.get(f"/works/{work}").text


def test_an_answer_an_edit_and_a_deletion(people: dict[str, Client], work: str) -> None:
    fan, ada = people["fan"], people["ada"]
    first = comment(fan, work, "Teh pad.")
    assert "Your answer to ada" not in read(ada, f"/comments/{first}/answer")
    assert "Your answer to fan" in read(ada, f"/comments/{first}/answer")
    answer = comment(ada, work, "Yes.", answers=first)
    assert "mentions" not in read(fan, "/notices")
    assert "@ada answers you on “Song”" in read(fan, "/notices")
    edited = fan.http.post(f"/comments/{first}/edit", data={"text": "The pad.", "revision": "1"})
    assert edited.status_code == 303
    late = fan.http.post(f"/comments/{first}/edit", data={"text": "A pad.", "revision": "1"})
    assert (late.status_code, "Somebody changed this" in late.text, "A pad." in late.text) == (422, True, True)
    assert ada.http.get(f"/comments/{first}/edit").status_code == 403
    history = read(people["oda"], f"/comments/{first}/history")
    assert "Teh pad." in history
    assert "The pad." in history
    assert fan.http.post(f"/comments/{first}/delete").status_code == 303
    page = read(ada, f"/works/{work}?comment={answer}")
    assert "Deleted by who wrote it." in page
    assert "pad" not in page
    assert "Yes." in page
    assert "went with it" in read(ada, f"/comments/{first}/history")
    assert ada.http.post(f"/comments/{answer}/delete").status_code == 303
    assert "pad" not in read(ada, "/notices")


def test_the_artist_removes_closes_hides_and_opens(people: dict[str, Client], work: str) -> None:
    fan, ada = people["fan"], people["ada"]
    comment(fan, work, "Stays.")
    pest = comment(fan, work, "Goes.")
    assert ada.http.post(f"/comments/{pest}/delete").status_code == 303
    assert "Removed by the artist." in read(fan, f"/works/{work}")
    for policy, said, seen in (
        ("closed", "The artist has closed the comments. Those that are there stay.", True),
        ("hidden", "Comments are closed.", False),
    ):
        assert ada.http.post(f"/works/{work}/comment-policy", data={"policy": policy}).status_code == 303
        page = read(fan, f"/works/{work}")
        assert said in page
        assert ("Stays." in page) is seen
        assert 'name="text"' not in page
        refused = fan.http.post(f"/works/{work}/comments", data={"text": "More."})
        assert (refused.status_code, "has closed the comments" in refused.text) == (422, True)
    assert "only you see these" in read(ada, f"/works/{work}")
    assert fan.http.post(f"/works/{work}/comment-policy", data={"policy": "open"}).status_code == 403
    ada.http.post(f"/works/{work}/comment-policy", data={"policy": ""})
    comment(fan, work, "More.")
    settings = {"policy": "closed", "revision": "1"}
    assert ada.http.post("/settings/people", data=settings).status_code == 303
    assert ada.http.post("/settings/people", data=settings).status_code == 422
    assert "The artist has closed the comments." in read(fan, f"/works/{work}")


def test_a_block_is_made_on_the_profile_and_ended_in_the_settings(people: dict[str, Client], work: str) -> None:
    fan, ada = people["fan"], people["ada"]
    comment(fan, work, "Hello.")
    assert "Block…" in read(ada, "/@fan")
    assert ada.http.post("/@fan/block").status_code == 303
    assert "Hello." not in read(ada, f"/works/{work}")
    assert "Block no more" in read(ada, "/@fan")
    page = read(fan, f"/works/{work}")
    assert "This artist does not take your comments." in page
    assert "Hello." in page
    assert "lock" not in read(fan, "/notices").split("<main")[1].split("</main")[0]
    refused = fan.http.post(f"/works/{work}/comments", data={"text": "More."})
    assert (refused.status_code, "does not take your comments" in refused.text) == (422, True)
    assert "@fan" in read(ada, "/settings/people")
    assert ada.http.post("/@fan/unblock", data={"next": "/settings/people"}).headers["Location"] == "/settings/people"
    assert "Hello." in read(ada, f"/works/{work}")


def test_a_report_reaches_the_queue_and_a_moderator_removes_the_comment(
    hub: Hub, people: dict[str, Client], work: str
) -> None:
    fan, ada, oda = people["fan"], people["ada"], people["oda"]
    make_operator(hub.parts, "oda")
    spam = comment(fan, work, "Buy <b>this</b>!")
    form = ada.http.post(f"/comments/{spam}/report", data={"fault": "bad"})
    assert form.status_code == 422
    assert ada.http.post(f"/comments/{spam}/report", data={"fault": "spam", "note": "Again."}).status_code == 303
    again = ada.http.post(f"/comments/{spam}/report", data={"fault": "spam"})
    assert (again.status_code, "wait for the decision" in again.text) == (422, True)
    queue = read(oda, "/moderation")
    assert "Buy &lt;b&gt;this&lt;/b&gt;!" in queue
    assert "Take down…" not in queue
    (report,) = hub.rows(Report)
    decided = oda.http.post(f"/moderation/reports/{report.id}/decision", data={"outcome": "upheld", "note": "No ads."})
    assert decided.status_code == 303
    assert "Removed by the moderators of this hub." in read(fan, f"/works/{work}")
    assert "The reason: it is spam. No ads." in read(fan, "/notices")
    assert "Your report of a comment on “Song” was upheld" in read(ada, "/notices")
    assert "Buy" not in read(oda, "/moderation?state=upheld")


def test_many_comments_are_leafed_through_and_a_link_leads_to_each(
    hub: Hub, people: dict[str, Client], work: str
) -> None:
    account_id = Catalogue(hub.parts).account("fan")
    with hub.parts.database.writing() as session:
        session.add_all(
            Comment(work_id=work, account_id=account_id, text=f"Comment {n:03}", at_ms=n) for n in range(500)
        )
        session.execute(sa.update(Work).where(Work.id == work).values(comment_count=500, mix_sha256="a" * 64))
    page = read(people["oda"], f"/works/{work}")
    assert page.count('<article class="comment"') == 10
    assert page.count("<li data-at=") == 200
    seen: list[str] = []
    address = f"/works/{work}/comments?order=moment"
    while address:
        leaf = read(people["oda"], address)
        seen += re.findall(r"Comment \d{3}", leaf)
        found = re.search(r'<a class="key" href="([^"]+)"[^>]*rel="next"', leaf)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Comment {n:03}" for n in range(500)]
    far = next(one for one in hub.rows(Comment) if one.text == "Comment 000")
    linked = read(people["oda"], f"/works/{work}?comment={far.id}")
    assert f'id="comment-{far.id}" data-linked' in linked
    assert read(people["oda"], f"/works/{work}?comment=nothing").count('<article class="comment"') == 10
