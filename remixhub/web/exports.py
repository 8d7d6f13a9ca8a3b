"""Stems and mixes as sessions of music programs: ordering one, and the page that follows it."""

from __future__ import annotations

import flask

from remixhub.domain.exports.formats import FORMS, ExportFormat, StemFile, format_of
from remixhub.domain.stems.roles import Family
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.models import StemPack
from remixhub.services.exports import ordering
from remixhub.services.stems.families import choose_families, families_of
from remixhub.web.forms import typed_whole, typed_word
from remixhub.web.pages import require_sign_in, see

blueprint = flask.Blueprint("exports", __name__)


@blueprint.post("/works/<work_id>/exports")
def order_of_work(work_id: str) -> flask.typing.ResponseReturnValue:
    format = typed_word(ExportFormat, "format")
    ordering.order_work_export(asker(), current_parts(), work_id, format)
    return see("web.exports.of_work", work_id=work_id, export_format=format)


@blueprint.get("/works/<work_id>/exports/<export_format>")
def of_work(work_id: str, export_format: str) -> flask.typing.ResponseReturnValue:
    return _of_work("exports/show.html", work_id, export_format)


@blueprint.get("/works/<work_id>/exports/<export_format>/progress")
def work_progress(work_id: str, export_format: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows it."""
    return _of_work("exports/progress.html", work_id, export_format)


@blueprint.post("/works/<work_id>/families")
def group_stems(work_id: str) -> flask.typing.ResponseReturnValue:
    """With which of four each stem goes."""
    require_sign_in()
    actor, parts = current_actor(), current_parts()
    pack = ordering.get_work_export(actor, parts, work_id, ExportFormat.STEMS)[0]
    choices = {stem.id: typed_word(Family, stem.id) for stem in pack.stems}
    choose_families(actor, parts, pack.id, choices, revision=typed_whole("revision"))
    flask.flash("The stems are grouped. A file that was made before stays as it was; make it anew.")
    return see("web.exports.of_work", work_id=work_id, export_format=ExportFormat.STEMS)


@blueprint.post("/mixes/<mix_id>/exports")
def order_of_mix(mix_id: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    format = typed_word(ExportFormat, "format")
    ordering.order_mix_export(asker(), current_parts(), mix_id, format)
    return see("web.exports.of_mix", mix_id=mix_id, export_format=format)


@blueprint.get("/mixes/<mix_id>/exports/<export_format>")
def of_mix(mix_id: str, export_format: str) -> flask.typing.ResponseReturnValue:
    require_sign_in()
    return _of_mix("exports/show.html", mix_id, export_format)


@blueprint.get("/mixes/<mix_id>/exports/<export_format>/progress")
def mix_progress(mix_id: str, export_format: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows it."""
    return _of_mix("exports/progress.html", mix_id, export_format)


def _of_work(template: str, work_id: str, export_format: str) -> str:
    format = format_of(export_format)
    pack, view = ordering.get_work_export(current_actor(), current_parts(), work_id, format)
    return flask.render_template(
        template,
        export=view,
        delayed=view.delay,
        form=FORMS[format],
        title=pack.work.title,
        pack=pack,
        families=families_of(pack) if _may_group(pack, format) else None,
        back=flask.url_for("web.works.show", work_id=work_id),
        name=FORMS[format].name,
        format=format,
        order=flask.url_for("web.exports.order_of_work", work_id=work_id),
        progress=flask.url_for("web.exports.work_progress", work_id=work_id, export_format=format),
    )


def _may_group(pack: StemPack, format: ExportFormat) -> bool:
    return isinstance(FORMS[format].made, StemFile) and pack.work.account_id == current_actor().account_id


def _of_mix(template: str, mix_id: str, export_format: str) -> str:
    format = format_of(export_format, of_mix=True)
    mix, view = ordering.get_mix_export(current_actor(), current_parts(), mix_id, format)
    return flask.render_template(
        template,
        export=view,
        delayed=view.delay,
        form=FORMS[format],
        title=mix.title or "Your mix",
        back=flask.url_for("web.mixes.show", mix_id=mix_id),
        name=FORMS[format].name,
        format=format,
        order=flask.url_for("web.exports.order_of_mix", mix_id=mix_id),
        progress=flask.url_for("web.exports.mix_progress", mix_id=mix_id, export_format=format),
    )
