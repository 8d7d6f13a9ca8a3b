"""What letters say, and that both layouts say it, whatever words people bring along."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from remixhub.domain.addresses import Addresses
from remixhub.domain.bounces import Answer
from remixhub.domain.letter_layout import Foot, as_html, as_text
from remixhub.domain.letters import Facts, Letter, LetterKind, LinkPurpose, MailTopic, compose, topic_of
from remixhub.domain.moderation import NoticeKind

HUB = Addresses("https://stems.example")
LINK = "https://stems.example/reset-password/" + "x" * 43
FOOT = Foot(HUB.hub, "Stems & Co", "ada", "News of contests", "https://stems.example/unsubscribe/t")
NASTY = "<img src=x onerror=alert(1)>\r\nBcc: all@example.org\u2028\u202etxet\x00 &amp;"


def letter(kind: LetterKind, **said: Any) -> Letter:
    if kind is LetterKind.DIGEST:
        told = {"title": said["title"], "text": said["text"]}
        said = {"rhythm": "weekly", "groups": [{"topic": "remixes", "notices": [told], "more": 2}]}
    return compose(kind, Facts(HUB, "ada", LINK, said))


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.loads += [value or "" for name, value in attrs if name in ("src", "background", "srcset")]


@pytest.mark.parametrize("kind", LetterKind)
def test_each_kind_says_something_short_and_its_link_stands_in_both_layouts(kind: LetterKind) -> None:
    made = letter(kind, title="It opens", text="Until Friday.", new_address="new@example.org")
    assert 0 < len(made.subject) <= 70
    assert made.paragraphs
    text, page = as_text(made, FOOT), as_html(made, FOOT)
    for paragraph in made.paragraphs:
        assert " ".join(paragraph.split()) in " ".join(text.split())
    if kind.link:
        assert made.button is not None
        assert made.button[1] == LINK
    if made.button:
        assert f"\n{made.button[1]}\n" in text
        assert made.button[1] in Tags(page).links
    assert all(len(line) <= 72 for line in text.splitlines() if "://" not in line)


@pytest.mark.parametrize("kind", LetterKind)
def test_nothing_is_fetched_and_nobodys_words_are_markup(kind: LetterKind) -> None:
    made = letter(kind, title=NASTY, text=NASTY, new_address=NASTY, how=NASTY)
    assert re.search(r"[\x00-\x1f\u2028\u202e]", made.subject) is None
    page = Tags(as_html(made, Foot(HUB.hub, NASTY, "ada", NASTY, LINK)))
    assert page.loads == []
    assert "img" not in page.tags
    assert all(link.startswith(HUB.hub) for link in page.links)


def test_a_subject_is_of_bounded_length() -> None:
    made = letter(LetterKind.NOTICE, title="x" * 300)
    assert made.subject == "x" * 149 + "…"
    assert len(made.paragraphs) == 1, "a notice without a text has none"


def test_the_foot_says_whose_it_is_and_how_no_more_comes() -> None:
    made = letter(LetterKind.NOTICE, title="It opens")
    assert "-- \nStems & Co, https://stems.example\nTo you as @ada.\n" in as_text(made, FOOT)
    assert "\nhttps://stems.example/unsubscribe/t\n" in as_text(made, FOOT)
    assert "Stems &amp; Co" in as_html(made, FOOT)
    assert "unsubscribe" not in as_text(made, Foot(HUB.hub, "Stems")) + as_html(made, Foot(HUB.hub, "Stems"))


def test_all_but_notices_are_about_access_and_cannot_be_stopped() -> None:
    assert [kind for kind in LetterKind if not kind.is_security] == [LetterKind.NOTICE, LetterKind.DIGEST]
    assert {topic_of(kind) for kind in NoticeKind} == set(MailTopic)
    assert topic_of(NoticeKind.WORK_TAKEN_DOWN) is MailTopic.MODERATION


def test_links_last_as_long_as_they_say() -> None:
    hours = {purpose: purpose.seconds / 3600 for purpose in LinkPurpose}
    assert hours == {
        LinkPurpose.RESET_PASSWORD: 0.5, LinkPurpose.VERIFY_ADDRESS: 48, LinkPurpose.CHANGE_ADDRESS: 48,
        LinkPurpose.KEEP_ADDRESS: 168,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "is_final", "is_about_address"),
    [
        (Answer(450, "4.2.0 greylisted", at_recipient=True), False, False),
        (Answer(550, "5.1.1 unknown", at_recipient=True), True, True),
        (Answer(550, "unknown", at_recipient=True), True, True),
        (Answer(550, "unknown"), True, False),
        (Answer(550, "5.1.10 null MX"), True, True),
        (Answer(550, "5.7.1 policy", at_recipient=True), True, False),
        (Answer(552, "mailbox full", at_recipient=True), True, False),
        (Answer(552, "5.2.2 mailbox full", at_recipient=True), True, False),
        (Answer(0, "5.1.1"), True, True),
        (Answer(0, "4.4.1"), False, False),
        (Answer(0, "nothing"), False, False),
    ],
)
def test_what_servers_say_is_about_the_address_or_it_is_not(
    answer: Answer, is_final: bool, is_about_address: bool
) -> None:
    assert (answer.is_final, answer.is_about_address) == (is_final, is_about_address)
