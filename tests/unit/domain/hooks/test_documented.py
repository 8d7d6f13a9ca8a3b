"""docs/webhooks.md has an example of each event, and it is what the hub would send."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from remixhub.domain.hooks import payloads
from remixhub.domain.hooks.words import EventKind

_DOCS = Path(__file__).parents[4] / "docs" / "webhooks.md"
_HUB = "https://stems.example"
_AT = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
_WORK = payloads.work_facts(
    id="5f0c2f4be1a14a0fa7c1f1a7c7b8c1d2", kind="release", title="Harbour Light", handle="north-pier",
    display_name="North Pier", licence="cc-by-4.0", permalink=f"{_HUB}/works/5f0c2f4be1a14a0fa7c1f1a7c7b8c1d2",
)  # fmt: skip
_REMIX = payloads.work_facts(
    id="a3c9e0d5b7f24f6c8e1d2b3a49587760", kind="remix", title="Harbour Light (before dawn)", handle="mika",
    display_name="Mika", licence="cc-by-4.0", permalink=f"{_HUB}/works/a3c9e0d5b7f24f6c8e1d2b3a49587760",
)  # fmt: skip
_LABEL = payloads.label_facts(handle="nightshift", name="Night Shift", permalink=f"{_HUB}/labels/nightshift")
_CONTEST = payloads.contest_facts(
    id="b8a79685746352413021f0e1d2c3b4a5", title="Remix the harbour", label=_LABEL,
    opens_at=dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC), closes_at=dt.datetime(2026, 4, 15, 12, tzinfo=dt.UTC),
    voting_closes_at=None, judging_closes_at=dt.datetime(2026, 4, 29, 12, tzinfo=dt.UTC),
    permalink=f"{_HUB}/contests/b8a79685746352413021f0e1d2c3b4a5",
)  # fmt: skip
EXAMPLES = {
    EventKind.WORK_PUBLISHED: payloads.published(_WORK),
    EventKind.WORK_REMIXED: payloads.remixed(_REMIX, [_WORK]),
    EventKind.WORK_TAKEN_DOWN: payloads.taken_down(_REMIX, "missing_credit"),
    EventKind.WORK_RESTORED: payloads.restored(_REMIX),
    EventKind.LABEL_RELEASE_ADDED: payloads.release_added(_LABEL, _WORK),
    EventKind.CONTEST_PHASE_CHANGED: payloads.phase_changed(_CONTEST, "open"),
    EventKind.CONTEST_EXTENDED: payloads.extended(_CONTEST, "A week more, for everybody."),
    EventKind.CONTEST_DECIDED: payloads.decided(_CONTEST, [_REMIX], None),
    EventKind.ENTRY_RECEIVED: payloads.entry_received(_CONTEST, 12, None),
    EventKind.TEST: payloads.test_message("Zine bot"),
}


def documented() -> dict[str, str]:
    text = _DOCS.read_text(encoding="utf-8")
    return dict(re.findall(r"^### `([a-z._]+)`.*?```json\n(.*?)```", text, re.DOTALL | re.MULTILINE))


def test_each_event_has_its_example_and_no_other() -> None:
    assert set(documented()) == set(EventKind) == set(EXAMPLES)


@pytest.mark.parametrize("kind", EventKind)
def test_the_example_is_what_is_sent(kind: EventKind) -> None:
    assert json.loads(documented()[kind]) == json.loads(payloads.body_of(kind, _AT, EXAMPLES[kind]))
