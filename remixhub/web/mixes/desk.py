"""The page of the desk: what its script reads, and the plain form for who has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import flask

from remixhub.domain.musical_key import parse_key
from remixhub.domain.states import IngestState
from remixhub.edge.actor import current_actor
from remixhub.models import Stem
from remixhub.services.mixes.desk import MixDesk
from remixhub.web.filters import family
from remixhub.web.forms import NO_FAULTS, Faults


def desk_page(desk: MixDesk, values: Mapping[str, Any], faults: Faults = NO_FAULTS) -> str:
    work = desk.pack.work
    return flask.render_template(
        "mixes/desk.html",
        work=work,
        stems=desk.pack.stems,
        may_remix=desk.may_remix,
        desk=desk_json(desk),
        has_form=True,
        values=values,
        faults=faults,
    )


def desk_json(desk: MixDesk) -> dict[str, Any]:
    """What the desk's script starts from."""
    pack, work = desk.pack, desk.pack.work
    key = parse_key(desk.music.key) if desk.music.key else None
    here = flask.request.full_path.rstrip("?")
    return {
        "draft": None,
        "title": desk.title,
        "spec": desk.spec,
        "pack": {
            "id": pack.id,
            "work_id": work.id,
            "title": work.title,
            "artist": work.account.display_name,
            "work_url": flask.url_for("web.works.show", work_id=work.id),
            "rate_hz": desk.rate_hz,
            "tempo_bpm": desk.music.tempo_bpm,
            "first_beat_seconds": None,
            "key": key.short_name if key else None,
            "stems": [_stem(stem, desk.rate_hz) for stem in pack.stems],
        },
        "reference": _reference(desk),
        "may_remix": desk.may_remix,
        "is_read_only": False,
        "may_keep": current_actor().account_id is not None,
        "urls": {
            "drafts": "/api/v1/mix-drafts",
            "page": None,
            "copy": None,
            "sign_in": flask.url_for("web.accounts.sign_in") + "?" + urlencode({"next": here}),
        },
    }


def _stem(stem: Stem, rate_hz: int) -> dict[str, Any]:
    """`frames` at the desk's rate, as resampling makes them (docs/mix-spec.md)."""
    original = stem.original
    frames, own_rate_hz = original.duration_frames or 0, original.sample_rate_hz or rate_hz
    return {
        "id": stem.id,
        "name": stem.name,
        "role": stem.role,
        "family": family(stem.role),
        "frames": (2 * frames * rate_hz + own_rate_hz) // (2 * own_rate_hz),
        "channels": original.channels,
        "gain_db": stem.gain_db,
        "peaks": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="peaks"),
        "sound": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="mixer"),
        "index": flask.url_for("web.media.stem_file", stem_id=stem.id, kind="mixer-index"),
    }


def _reference(desk: MixDesk) -> dict[str, Any] | None:
    piece = desk.reference
    if piece is None or piece.state is not IngestState.READY:
        return None
    address = flask.url_for("web.media.work_file", work_id=desk.pack.work_id, kind="preview")
    return {"address": address, "lufs": piece.integrated_lufs}
