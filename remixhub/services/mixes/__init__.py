"""Mixes: somebody's mix spec over a stem pack, its mixdown rendered once for equal specs."""
