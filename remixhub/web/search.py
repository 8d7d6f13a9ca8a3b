"""The search: what is asked stands in the address, so that it can be sent to somebody and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import flask

from remixhub.domain.discovery.asked import Facets, StemsAsked, WorksAsked
from remixhub.domain.discovery.may import May
from remixhub.domain.discovery.written import Searched, asked_of, words_of, works_of
from remixhub.domain.errors import Invalid
from remixhub.domain.lengths import length_written
from remixhub.domain.musical_key import with_camelot
from remixhub.domain.stems.roles import StemRole, role_name
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.discovery import similar
from remixhub.services.discovery.search import asking, saved
from remixhub.services.discovery.search.asking import Found
from remixhub.web.forms import NO_FAULTS, Faults, checked, faults_of, refused, typed
from remixhub.web.pages import CARDS_LIMIT, LINES_LIMIT, asked_position, is_piece, next_cursor, require_sign_in

blueprint = flask.Blueprint("search", __name__, url_prefix="/search")

KINDS = {"works": "Works", "stems": "Stems", "artists": "Artists", "labels": "Labels", "contests": "Contests"}
_OF_EACH = 4
_ROLES = [("", "Any"), *((role.value, role_name(role)) for role in StemRole)]
_MAY_WORDS = {May.REMIX: "a remix may be published", May.SELL: "a remix may be sold"}


class Chip(NamedTuple):
    """Something that narrows the search, and the address without it."""

    words: str
    address: str


@dataclass(frozen=True)
class Shown:
    """Of one kind."""

    kind: str
    words: Mapping[str, str]
    found: Found[Any] | None
    """None where the question cannot be read."""
    next_cursor: str | None = None
    chips: Sequence[Chip] = ()
    faults: Faults = NO_FAULTS


@blueprint.get("")
def show() -> flask.typing.ResponseReturnValue:
    """The best few of each kind."""
    if clean := _clean_address("web.search.show"):
        return flask.redirect(clean)
    text = _asked_text()
    try:
        words = words_of(works_of({"q": text}))
        found = (
            asking.search_everything(current_actor(), current_parts(), words["q"], limit=_OF_EACH) if words else None
        )
    except Invalid as error:
        page = _page("search/everything.html", text=text, found=None, faults=faults_of(error))
        return refused(page, error)
    return _page("search/everything.html", text=text, found=found, faults=NO_FAULTS)


@blueprint.get("/works")
def works() -> flask.typing.ResponseReturnValue:
    return _narrowed("works")


@blueprint.get("/stems")
def stems() -> flask.typing.ResponseReturnValue:
    return _narrowed("stems")


@blueprint.get("/artists")
def artists() -> flask.typing.ResponseReturnValue:
    return _named("artists", asking.search_artists)


@blueprint.get("/labels")
def labels() -> flask.typing.ResponseReturnValue:
    return _named("labels", asking.search_labels)


@blueprint.get("/contests")
def contests() -> flask.typing.ResponseReturnValue:
    return _named("contests", asking.search_contests)


@blueprint.get("/stems/<stem_id>/similar")
def similar_to(stem_id: str) -> str:
    """Stems that sound like one."""
    found = similar.similar_stems(current_actor(), current_parts(), stem_id, limit=CARDS_LIMIT)
    return flask.render_template("search/similar.html", found=found)


@blueprint.post("/works/save")
def save_works() -> flask.typing.ResponseReturnValue:
    return _save(Searched.WORKS)


@blueprint.post("/stems/save")
def save_stems() -> flask.typing.ResponseReturnValue:
    return _save(Searched.STEMS)


def _save(searched: Searched) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    words = {name: typed(name) for name in flask.request.form if name != "name"}
    name = checked("name", at_most=120)
    kept = saved.save_search(current_actor(), current_parts(), searched=searched, words=words, name=name)
    flask.flash(f"Kept as “{kept.name}”: you are told when it finds something new. It stands among your searches.")
    return flask.redirect(_address(f"web.search.{searched}", kept.words), 303)


def _narrowed(kind: str) -> flask.typing.ResponseReturnValue:
    """Works or stems, by text and by what they are."""
    if clean := _clean_address(f"web.search.{kind}"):
        return flask.redirect(clean)
    asked_for = _typed_words()
    try:
        asked = asked_of(Searched(kind), asked_for)
        words = words_of(asked)
        listing = f"page:search:{kind}:{urlencode(sorted(words.items()))}"
        found = _asked(asked, listing)
    except Invalid as error:
        return _refused(Shown(kind, asked_for, None, faults=faults_of(error)), error)
    return _shown(Shown(kind, words, found, next_cursor(found.page, listing), _chips(kind, asked, words)))


def _asked(asked: WorksAsked | StemsAsked, listing: str) -> Found[Any]:
    after, actor, parts = asked_position(listing), current_actor(), current_parts()
    if isinstance(asked, WorksAsked):
        return asking.search_works(actor, parts, asked, after=after, limit=CARDS_LIMIT, counted=True)
    return asking.search_stems(actor, parts, asked, after=after, limit=CARDS_LIMIT, counted=True)


def _named(kind: str, ask: Any) -> flask.typing.ResponseReturnValue:
    """Artists, labels or contests, by their names."""
    if clean := _clean_address(f"web.search.{kind}"):
        return flask.redirect(clean)
    words = {"q": _asked_text()} if _asked_text() else {}
    try:
        text = works_of(words).text
        listing = f"page:search:{kind}:{text}"
        after = asked_position(listing)
        found = ask(current_actor(), current_parts(), text, after=after, limit=LINES_LIMIT, counted=True)
    except Invalid as error:
        return _refused(Shown(kind, words, None, faults=faults_of(error)), error)
    return _shown(Shown(kind, words, found, next_cursor(found.page, listing)))


def _refused(shown: Shown, error: Invalid) -> flask.typing.ResponseReturnValue:
    """A piece of a page is shown with whatever status it has only if that is a success."""
    return _shown(shown) if is_piece() else refused(_shown(shown), error)


def _shown(shown: Shown) -> str:
    """As one types, the part of the page that changes."""
    template = "search/found.html" if is_piece() else "search/narrowed.html"
    values = {**flask.request.args.to_dict(), **shown.words}
    if "mixes_with_key" in shown.words:
        values |= {"key": shown.words["mixes_with_key"], "keys": "mixing"}
    further = {**shown.words, "cursor": shown.next_cursor} if shown.next_cursor else None
    next_address = _address(f"web.search.{shown.kind}", further) if further else ""
    return _page(
        template,
        next_address=next_address,
        shown=shown,
        values=values,
        faults=shown.faults,
        text=shown.words.get("q", ""),
    )


def _page(template: str, **shown: Any) -> str:
    return flask.render_template(template, kinds=KINDS, roles=_ROLES, search_address=_for_text, **shown)


def _for_text(kind: str, text: str = "") -> str:
    """Of the page for a kind, or without one for all of them."""
    return _address(f"web.search.{kind or 'show'}", {"q": text} if text else {})


def _asked_text() -> str:
    return flask.request.args.get("q", "").strip()


def _typed_words() -> dict[str, str]:
    """What the form sends, with its one field for keys as the two parameters that it stands for."""
    words = {name: text for name, text in flask.request.args.items() if text.strip()}
    if words.pop("keys", "") == "mixing" and "key" in words:
        words["mixes_with_key"] = words.pop("key")
    return words


def _clean_address(endpoint: str) -> str | None:
    """Where a form has sent fields that nobody filled in: the address that one would share. None where it is one."""
    asked = flask.request.args
    if is_piece() or not any(not text.strip() for text in asked.values()):
        return None
    return _address(endpoint, {name: text for name, text in asked.items() if text.strip()})


def _address(endpoint: str, words: Mapping[str, str]) -> str:
    return flask.url_for(endpoint) + (f"?{urlencode(words)}" if words else "")


def _chips(kind: str, asked: WorksAsked | StemsAsked, words: Mapping[str, str]) -> list[Chip]:
    def without(*names: str) -> str:
        return _address(f"web.search.{kind}", {name: word for name, word in words.items() if name not in names})

    said = [*_of_facets(asked.facets), *(_of_works(asked) if isinstance(asked, WorksAsked) else _of_stems(asked))]
    return [Chip(text, without(*names)) for text, names in said]


def _of_facets(facets: Facets) -> list[tuple[str, tuple[str, ...]]]:
    said: list[tuple[str, tuple[str, ...]]] = []
    if facets.tempo is not None:
        also = ", half and double" if facets.tempo.with_half_and_double else ""
        figures = _between(_plain(facets.tempo.min_bpm), _plain(facets.tempo.max_bpm))
        said.append((f"{figures} BPM{also}", ("min_tempo_bpm", "max_tempo_bpm", "with_half_and_double")))
    if facets.key is not None:
        said.append((with_camelot(facets.key.name), ("key",)))
    if facets.mixes_with_key is not None:
        said.append((f"mixes with {with_camelot(facets.mixes_with_key.name)}", ("mixes_with_key",)))
    if facets.mixes_with is not None:
        said.append(("in a key that mixes with the work", ("mixes_with",)))
    if facets.may is not None:
        said.append((_MAY_WORDS[facets.may], ("may",)))
    if facets.combines_with is not None:
        said.append(("may be combined with the work", ("combines_with",)))
    if facets.min_seconds is not None or facets.max_seconds is not None:
        ends = [None if one is None else length_written(one) for one in (facets.min_seconds, facets.max_seconds)]
        said.append((f"{_between(*ends)} long", ("min_seconds", "max_seconds")))
    return said


def _of_works(asked: WorksAsked) -> list[tuple[str, tuple[str, ...]]]:
    years = _between(_plain(asked.min_year), _plain(asked.max_year)) if asked.min_year or asked.max_year else None
    said = [
        (f"{asked.kind}s" if asked.kind else None, ("kind",)),
        (f"with {role_name(asked.roles[0]).lower()}" if asked.roles else None, ("role",)),
        ({True: "with stems", False: "without stems", None: None}[asked.has_stems], ("has_stems",)),
        (f"published {years}" if years else None, ("min_year", "max_year")),
        (f"on {asked.label}" if asked.label else None, ("label",)),
        (f"tagged “{asked.tag}”" if asked.tag else None, ("tag",)),
        ("in an open contest" if asked.in_open_contest else None, ("in_open_contest",)),
    ]
    return [(text, names) for text, names in said if text]


def _of_stems(asked: StemsAsked) -> list[tuple[str, tuple[str, ...]]]:
    said: list[tuple[str, tuple[str, ...]]] = [(role_name(role), ("role",)) for role in asked.roles]
    if asked.min_lufs is not None or asked.max_lufs is not None:
        figures = _between(_plain(asked.min_lufs), _plain(asked.max_lufs))
        said.append((f"{figures} LUFS".replace("-", "−"), ("min_lufs", "max_lufs")))
    return said


def _plain(figure: float | None) -> str | None:
    return None if figure is None else f"{figure:g}"


def _between(low: str | None, high: str | None) -> str:
    if low is None:
        return f"up to {high}"
    return f"from {low}" if high is None else low if low == high else f"{low} to {high}"
