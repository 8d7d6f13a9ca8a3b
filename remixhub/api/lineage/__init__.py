"""JSON of the remix graph: listings, kinship, surroundings, charts, exports."""
