"""What the licence solver says, in words for people."""

from __future__ import annotations

import pytest

from remixhub.domain.licences.judging import HeldLicence
from remixhub.domain.licences.terms import Licence
from remixhub.services.licences.verdicts import conflict_of
from remixhub.web.verdicts import clash_words


def held(licence: Licence, *titles: str) -> HeldLicence:
    return HeldLicence(titles[-1] if titles else "", licence, titles, titles)


@pytest.mark.parametrize(
    ("sources", "wanted", "said"),
    [
        (
            [held(Licence.BY_SA, "Beat"), held(Licence.BY_NC, "Tide", "Harbour")],
            None,
            "“Beat” and “Harbour” cannot meet in one remix. CC BY-SA 4.0 asks for the same licence; CC BY-NC 4.0 "
            "forbids sale. No licence does both.",
        ),
        (
            [held(Licence.BY_NC, "Harbour")],
            Licence.BY,
            "“Harbour” is under CC BY-NC 4.0, which forbids sale. So the remix cannot be under CC BY 4.0.",
        ),
        ([held(Licence.BY_ND, "Harbour")], Licence.BY, "“Harbour” is under CC BY-ND 4.0, which allows no remixes."),
        (
            [held(Licence.BY_SA), held(Licence.BY_NC)],
            None,
            "CC BY-SA 4.0 and CC BY-NC 4.0 cannot be used together. CC BY-SA 4.0 asks for the same licence; "
            "CC BY-NC 4.0 forbids sale. No licence does both.",
        ),
    ],
)
def test_a_clash_is_told_by_names(sources: list[HeldLicence], wanted: Licence | None, said: str) -> None:
    conflict = conflict_of(wanted, sources)
    assert conflict is not None
    assert clash_words(conflict) == said
