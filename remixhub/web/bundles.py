"""What is to be taken along: what a bundle would hold, ordering one, and the page that follows it."""

from __future__ import annotations

import flask

from remixhub.domain.bundles.contents import BundleKind
from remixhub.domain.bundles.orders import kind_of
from remixhub.edge.actor import current_actor, current_parts
from remixhub.edge.whence import asker
from remixhub.services.bundles import ordering
from remixhub.web.pages import see

blueprint = flask.Blueprint("bundles", __name__)


@blueprint.get("/bundles/<bundle_kind>/<bundled_id>")
def show(bundle_kind: str, bundled_id: str) -> flask.typing.ResponseReturnValue:
    kind = kind_of(bundle_kind)
    view = ordering.view_bundle(current_actor(), current_parts(), kind, bundled_id)
    return flask.render_template(
        "bundles/show.html", view=view, bundle=view.bundle, export=view.archive, delayed=view.archive.delay,
        name="bundle", back=_page_of(kind, bundled_id), **_addresses(kind, bundled_id),
    )  # fmt: skip


@blueprint.get("/bundles/<bundle_kind>/<bundled_id>/progress")
def progress(bundle_kind: str, bundled_id: str) -> flask.typing.ResponseReturnValue:
    """The piece of the page that follows it; at its end it leads to the page itself, which costs more."""
    kind = kind_of(bundle_kind)
    archive = ordering.follow_bundle(current_actor(), current_parts(), kind, bundled_id)
    return flask.render_template(
        "exports/progress.html",
        export=archive,
        delayed=archive.delay,
        name="bundle",
        shown_at=flask.url_for("web.bundles.show", bundle_kind=kind, bundled_id=bundled_id),
        **_addresses(kind, bundled_id),
    )


@blueprint.post("/bundles/<bundle_kind>/<bundled_id>")
def order(bundle_kind: str, bundled_id: str) -> flask.typing.ResponseReturnValue:
    kind = kind_of(bundle_kind)
    ordering.order_bundle(asker(), current_parts(), kind, bundled_id)
    return see("web.bundles.show", bundle_kind=kind, bundled_id=bundled_id)


def _addresses(kind: BundleKind, id: str) -> dict[str, str]:
    return {
        "order": flask.url_for("web.bundles.order", bundle_kind=kind, bundled_id=id),
        "progress": flask.url_for("web.bundles.progress", bundle_kind=kind, bundled_id=id),
    }


def _page_of(kind: BundleKind, id: str) -> str:
    match kind:
        case BundleKind.WORK:
            return flask.url_for("web.works.show", work_id=id)
        case BundleKind.CONTEST:
            return flask.url_for("web.contests.show", contest_id=id)
        case BundleKind.COLLECTION:
            return flask.url_for("web.collections.show", collection_id=id)
        case BundleKind.LABEL:
            return flask.url_for("web.labels.show", label=id)
