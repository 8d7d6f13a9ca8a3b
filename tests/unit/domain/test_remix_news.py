"""What artists and followers are told of a remix."""

from __future__ import annotations

from remixhub.domain.remix_news import Cited, news_of
from remixhub.domain.states import SourceKind


def test_an_artist_hears_which_stems_were_used_and_how() -> None:
    cited = [Cited("Harbour", True, SourceKind.REMIX, ("Bass", "Kick", "Lead"))]
    assert news_of("Dawn", "Ben", cited) == (
        "“Dawn” by Ben is a remix of your “Harbour”",
        "Harbour: remix, with the stems Bass, Kick and Lead.",
    )


def test_who_follows_and_who_stands_further_up_reads_so() -> None:
    cited = [Cited("Harbour", False, SourceKind.SAMPLE, ()), Cited("Quay", True, None, ())]
    assert news_of("Dawn", "Ben", cited) == (
        "“Dawn” by Ben samples “Harbour”",
        "Harbour: sample; which stems were used is not said (you follow it).\nQuay: further up in its lineage.",
    )
    assert news_of("Dawn", "Ben", cited[1:])[0] == "“Dawn” by Ben goes back to your “Quay”"


def test_of_very_many_the_first_are_named_and_the_rest_counted() -> None:
    _, text = news_of("Dawn", "Ben", [Cited(f"Work {n}", True, SourceKind.MASHUP, ("Bass",)) for n in range(9)])
    assert text.splitlines()[4:] == ["Work 4: mashup, with the stem Bass.", "And of 4 more works."]
