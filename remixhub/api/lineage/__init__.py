"""JSON of the remix graph: listings, kinship, surroundings, drawings, charts, exports."""

from remixhub.api.lineage import charts, drawings, exports, kinship, lineage, surroundings

BLUEPRINTS = (
    lineage.blueprint, kinship.blueprint, surroundings.blueprint, drawings.blueprint, charts.blueprint,
    exports.blueprint,
)  # fmt: skip
