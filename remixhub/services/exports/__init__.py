"""Stem packs and mixes as sessions that music programs open: described, ordered, and built by workers on demand."""
