"""Addresses of sound, peaks and pictures that stay the same; each sends on to the object storage for a while.

Covers that the house prints are drawn here.
"""

from __future__ import annotations

import flask

from remixhub.domain.covers.svg import MEDIA_TYPE as SVG
from remixhub.domain.covers.thumbnails import SIDES_PIXELS
from remixhub.domain.errors import NotFound
from remixhub.domain.states import RenditionKind
from remixhub.edge.actor import current_actor, current_parts
from remixhub.services.contests import entry_audio
from remixhub.services.discovery.embeds import shared_mix_preview_url
from remixhub.services.mixes.playback import mix_rendition_url
from remixhub.services.stems.playback import stem_rendition_url, work_rendition_url
from remixhub.services.works import prints
from remixhub.web.covers import DIGITS

blueprint = flask.Blueprint("media", __name__, url_prefix="/media")

_HEARD = {
    "preview": RenditionKind.PREVIEW,
    "peaks": RenditionKind.PEAKS,
    "peaks-coarse": RenditionKind.PEAKS_COARSE,
}
_WHOLE = {
    **_HEARD,
    "cover": RenditionKind.COVER,
    "link-picture": RenditionKind.LINK_PICTURE,
    **{f"thumbnail-{side}": kind for kind, side in SIDES_PIXELS.items()},
}
_MIX = {
    **_HEARD,
    "opening": RenditionKind.OPENING,
    "mixdown": RenditionKind.MIXDOWN,
    "mixdown-wav": RenditionKind.MIXDOWN_WAV,
    "mixdown-mp3": RenditionKind.MIXDOWN_MP3,
    "mixdown-opus": RenditionKind.MIXDOWN_OPUS,
}
_STEM = {
    "preview": RenditionKind.PREVIEW,
    "peaks": RenditionKind.PEAKS,
    "mixer": RenditionKind.MIXER,
    "mixer-index": RenditionKind.MIXER_INDEX,
}


@blueprint.get("/works/<work_id>/<kind>")
def work_file(work_id: str, kind: str) -> flask.typing.ResponseReturnValue:
    """Feeds name it as an enclosure: what reads them asks by HEAD how large it is."""
    for_head = flask.request.method == "HEAD"
    return _sent_on(
        work_rendition_url(current_actor(), current_parts(), work_id, _known(_WHOLE, kind), for_head=for_head)
    )


@blueprint.get("/works/<work_id>/cover.svg")
def printed_cover(work_id: str) -> flask.typing.ResponseReturnValue:
    """Kept for ever under the digest that pages ask for; drawings that anybody sees, by anybody."""
    cover = prints.printed_cover(current_actor(), current_parts(), work_id)
    response = flask.Response(cover.svg, mimetype=SVG)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    if flask.request.args.get("v") == cover.digest[:DIGITS]:
        whose = "public" if cover.is_public else "private"
        response.headers["Cache-Control"] = f"{whose}, max-age=31536000, immutable"
    return response


@blueprint.get("/stems/<stem_id>/<kind>")
def stem_file(stem_id: str, kind: str) -> flask.typing.ResponseReturnValue:
    return _sent_on(stem_rendition_url(current_actor(), current_parts(), stem_id, _known(_STEM, kind)))


@blueprint.get("/mixes/<mix_id>/<kind>")
def mix_file(mix_id: str, kind: str) -> flask.typing.ResponseReturnValue:
    return _sent_on(mix_rendition_url(current_actor(), current_parts(), mix_id, _known(_MIX, kind)))


@blueprint.get("/shared-mixes/<share_token>/preview")
def shared_mix_preview(share_token: str) -> flask.typing.ResponseReturnValue:
    """For whoever has the link, where the mix was rendered as it stands."""
    return _sent_on(shared_mix_preview_url(current_parts(), share_token))


@blueprint.get("/entries/<entry_id>/<kind>")
def entry_file(entry_id: str, kind: str) -> flask.typing.ResponseReturnValue:
    """Of a contest's entry, without a name."""
    return _sent_on(entry_audio.preview_url(current_actor(), current_parts(), entry_id, _known(_HEARD, kind)))


def _known(kinds: dict[str, RenditionKind], word: str) -> RenditionKind:
    if word not in kinds:
        raise NotFound(f"There is no {word!r} here; there are {', '.join(kinds)}.")
    return kinds[word]


def _sent_on(url: str) -> flask.typing.ResponseReturnValue:
    """Browsers may keep the redirect for half as long as the URL is good: by then a song is loaded."""
    response = flask.make_response(flask.redirect(url))
    response.headers["Cache-Control"] = f"private, max-age={current_parts().settings.presign_seconds // 2}"
    return response
