"""JSON of the remix graph: listings, kinship, surroundings, charts, exports."""

from remixhub.api.lineage import charts, exports, kinship, lineage, surroundings

BLUEPRINTS = (lineage.blueprint, kinship.blueprint, surroundings.blueprint, charts.blueprint, exports.blueprint)
